import type { EmbedResponse } from '../../../language/request';
import { usageOf } from '../../../language/usage';
import type { DecodePlan } from '../../provider';
import { malformed, tryJson } from '../json';
import { hasError, inBandError } from '../openai-chat/error';
import { vectorsOf } from '../vectors';

/** Deeper than any pipeline nests. */
const DEEPEST = 4;

/**
 * `number[][]`, one vector per input; a lone vector for a lone input; of models without pooling a vector per token,
 * whose mean is taken. The answer names no model; its tokens stand in a header where an endpoint counts them.
 */
export function fromResponse(body: string, inputs: number, _plan?: DecodePlan, headers?: Headers): EmbedResponse {
	const answer = tryJson(body.trim());
	if (hasError(answer)) throw inBandError(answer);
	if (!Array.isArray(answer)) throw malformed('The upstream sent embeddings that are not a list.');
	const lone = inputs === 1 && typeof answer[0] === 'number';
	const vectors = (lone ? [answer] : answer).map((one: unknown) => pooled(one, DEEPEST));
	return { model: '', embeddings: vectorsOf(vectors, inputs), usage: usageFrom(headers) };
}

/** A vector as it is; of several their mean; what a list of one holds. */
function pooled(value: unknown, deepest: number): unknown {
	if (!Array.isArray(value) || !Array.isArray(value[0]) || deepest === 0) return value;
	const rows = vectorsOf(
		value.map((one: unknown) => pooled(one, deepest - 1)),
		value.length,
	);
	return rows.reduce((sum, row) => sum.map((one, at) => one + (row[at] ?? 0))).map((one) => one / rows.length);
}

/** Text Embeddings Inference counts in `x-compute-tokens`. */
function usageFrom(headers: Headers | undefined): EmbedResponse['usage'] {
	const tokens = Number(headers?.get('x-compute-tokens') ?? Number.NaN);
	return tokens > 0 ? usageOf({ input: tokens }) : null;
}
