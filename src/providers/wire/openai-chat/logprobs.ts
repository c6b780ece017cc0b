import type { TokenLogprob } from '../../../language/request';
import { arrayOf, isObject, type Json, numberOf, objectOf, textOf } from '../json';

/** The tokens of the text in `choice.logprobs`, or of the refusal; empty where none were asked for. */
export function logprobsFrom(raw: unknown, of: 'content' | 'refusal' = 'content'): TokenLogprob[] {
	const said = objectOf(raw);
	if (!said) return [];
	return arrayOf(said[of])
		.filter(isObject)
		.map((entry) => ({ ...token(entry), top: arrayOf(entry.top_logprobs).filter(isObject).map(token) }));
}

function token(entry: Json): Omit<TokenLogprob, 'top'> {
	const bytes = entry.bytes;
	return {
		token: textOf(entry.token) ?? '',
		logprob: numberOf(entry.logprob) ?? -9999,
		...(Array.isArray(bytes) && { bytes: bytes.filter((byte) => typeof byte === 'number') }),
		...(bytes === null && { bytes }),
	};
}
