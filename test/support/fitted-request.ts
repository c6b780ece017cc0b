import type { ChatRequest } from '../../src/language/request';
import { fitRequest } from '../../src/providers/fit';
import type { Provider, WireTarget } from '../../src/providers/provider';
import { openaiChat } from '../../src/providers/wire/openai-chat';

export interface SentRequest {
	readonly body: Record<string, unknown>;
	/** Fields that the warnings name. */
	readonly fields: readonly string[];
}

/** What the gateway sends to a provider on the openai-chat wire: fitted to its table, then in the wire's form. */
export function fittedRequest(provider: Provider, target: WireTarget, request: ChatRequest): SentRequest {
	const fitted = fitRequest(request, {
		name: `${provider.id}/${target.model}`,
		wire: openaiChat,
		provider,
		quirks: target.quirks,
		traits: target.traits,
	});
	const wire = openaiChat.toRequest(fitted.request, target);
	return {
		body: JSON.parse(wire.body),
		fields: [...fitted.warnings, ...wire.warnings].map(({ field }) => field),
	};
}
