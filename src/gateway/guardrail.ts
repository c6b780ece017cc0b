/** What the configuration and the models bound, whatever may be done to the conversation: checked before anything is opened. */
import { GatewayError, invalid } from '../errors';
import type { ChatRequest, Warning } from '../language/request';
import type { Counted } from './sizes';
import type { Target } from './target';

export interface Bound {
	/** The same object where nothing had to change. */
	readonly request: ChatRequest;
	readonly warnings: readonly Warning[];
}

const NONE: readonly Warning[] = [];

/**
 * `asked`: `maxTokens` is the caller's own word, which is refused over the bound (`invalid_request`); the
 * configuration's is lowered to it. Who asks for none is given the bound.
 */
export function boundOutput(request: ChatRequest, asked: boolean, most: number | undefined): Bound {
	const { maxTokens } = request;
	if (most === undefined || (maxTokens !== undefined && maxTokens <= most)) return { request, warnings: NONE };
	const bounded = { ...request, maxTokens: most };
	if (maxTokens === undefined) return { request: bounded, warnings: NONE };
	if (asked) throw invalid('maxTokens', `maxTokens: ${maxTokens} is more than the ${most} that may be asked for here.`);
	const message = `The configuration sets ${maxTokens}, and bounds it to ${most}: lowered to that.`;
	return { request: bounded, warnings: [{ field: 'maxTokens', message }] };
}

/** Throws `context_too_long` where the request as it came counts more than may be sent. */
export function checkInput({ total, counter }: Pick<Counted, 'total' | 'counter'>, most: number): void {
	if (total <= most) return;
	const figures = `${total} tokens (${counter.method}), and at most ${most} may be sent here`;
	throw new GatewayError('context_too_long', `messages: the prompt counts ${figures}. Shorten it.`, {
		param: 'messages',
	});
}

/** Throws `invalid_request` where the caller asks for more than any of these gives; of a model nobody lists that is unknown. */
export function checkOutput(maxTokens: number | undefined, targets: readonly Target[]): void {
	if (maxTokens === undefined) return;
	let most = 0;
	let name = '';
	for (const { facts, name: own } of targets) {
		if (!facts.known || facts.maxOutput === null || facts.maxOutput >= maxTokens) return;
		if (facts.maxOutput <= most) continue;
		most = facts.maxOutput;
		name = own;
	}
	if (name === '') return;
	throw invalid('maxTokens', `maxTokens: ${maxTokens} is more than the ${most} that '${name}' gives at most.`);
}
