import type { TokenLogprob } from '../../../language/request';
import { arrayOf, isObject, numberOf, textOf } from '../json';

/** Text chunks of one or more tokens; the probability of several is their product. */
export function logprobsFrom(raw: unknown): TokenLogprob[] {
	const chunks = Array.isArray(raw) ? raw : [raw];
	return chunks.filter(isObject).flatMap((chunk) => {
		const logprobs = arrayOf(chunk.logprobs).flatMap((one) => numberOf(one) ?? []);
		if (logprobs.length === 0) return [];
		const logprob = logprobs.reduce((sum, one) => sum + one, 0);
		return [{ token: textOf(chunk.text) ?? '', logprob, top: [] }];
	});
}
