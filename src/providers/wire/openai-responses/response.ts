import { collect } from '../../../language/collect';
import type { ChatResponse } from '../../../language/request';
import type { DecodePlan } from '../../provider';
import { malformed, parseAnswer, textOf } from '../json';
import { hasError } from '../openai-chat/error';
import { failure } from './error';
import { ResponsesDecoder } from './stream';

/** A whole answer, read as a stream of its last event. */
export function fromResponse(body: string, plan: DecodePlan): ChatResponse {
	const answer = parseAnswer(body);
	if (!Array.isArray(answer.output)) {
		if (hasError(answer)) throw failure(answer.error ?? answer);
		throw malformed('The upstream sent an answer without output.');
	}
	if (answer.error) throw failure(answer.error);
	return collect(new ResponsesDecoder(plan).response(answer, textOf(answer.status) ?? 'completed'));
}
