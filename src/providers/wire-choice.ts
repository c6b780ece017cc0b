/** Which wire a request takes at a provider: its own, or one of its alternatives. */

import type { ChatRequest } from '../language/request';
import { originOf, type SignatureOrigin } from '../language/signature';
import { matchesName } from './model-name';
import type { AlternativeWire, Provider, Quirks, WireId } from './provider';

export interface WireChoice {
	readonly wire: WireId;
	readonly quirks: Quirks;
}

/** Whose signatures a wire with `sealedReasoning` can replay. */
const SEALED_BY: Partial<Readonly<Record<WireId, SignatureOrigin>>> = { 'openai-responses': 'openai' };

/** Pure; looks at the conversation only where the provider has an alternative that asks for it. */
export function wireChoice(provider: Provider, model: string, request: ChatRequest): WireChoice {
	const among = (patterns: readonly string[] | undefined): boolean =>
		patterns?.some((pattern) => matchesName(pattern, model)) ?? false;
	const fits = ({ models, sealedReasoning, toolModels, wire }: AlternativeWire): boolean =>
		among(models) ||
		(callsTools(request) && among(toolModels)) ||
		(sealedReasoning === true && wantsSealed(request, SEALED_BY[wire]));
	const chosen = provider.alternatives?.find(fits);
	return chosen
		? { wire: chosen.wire, quirks: chosen.quirks ?? provider.quirks ?? {} }
		: { wire: provider.wire, quirks: provider.quirks ?? {} };
}

const callsTools = ({ tools, reasoning }: ChatRequest): boolean =>
	tools !== undefined && tools.length > 0 && reasoning?.effort !== 'none';

function wantsSealed({ reasoning, messages }: ChatRequest, origin: SignatureOrigin | undefined): boolean {
	if (reasoning?.sealed) return true;
	return messages.some(
		(message) =>
			message.role === 'assistant' &&
			message.content.some(
				(part) => part.type === 'reasoning' && part.signature !== undefined && originOf(part.signature) === origin,
			),
	);
}
