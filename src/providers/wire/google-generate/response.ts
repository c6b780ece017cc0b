/** A whole answer, read as a stream of one chunk; without `alt=sse` the API streams an array of chunks. */
import { collect } from '../../../language/collect';
import { exactJson } from '../../../language/exact-json';
import type { ChatResponse } from '../../../language/request';
import type { DecodePlan } from '../../provider';
import { isObject, type Json, malformed, parseAnswer } from '../json';
import { inBandError } from './error';
import { GenerateDecoder } from './stream';

/** Throws what an error inside a 200 means, else `upstream_malformed` where the body is no answer. */
export function fromResponse(body: string, plan: DecodePlan): ChatResponse {
	const chunks = chunksOf(body);
	const failed = chunks.find((chunk) => chunk.error);
	if (failed) throw inBandError(failed);
	if (!chunks.some((chunk) => Array.isArray(chunk.candidates) || isObject(chunk.promptFeedback))) {
		throw malformed('The upstream sent an answer without candidates.');
	}
	const decoder = new GenerateDecoder(plan);
	return collect([...chunks.flatMap((chunk) => decoder.chunk(chunk)), ...decoder.finished()]);
}

function chunksOf(body: string): readonly Json[] {
	if (!body.trimStart().startsWith('[')) return [parseAnswer(body, exactJson)];
	const chunks = exactJson(body);
	if (Array.isArray(chunks) && chunks.length > 0 && chunks.every(isObject)) return chunks;
	throw malformed('The upstream sent an answer that is not a JSON object.');
}
