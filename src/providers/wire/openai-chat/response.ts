import { collect } from '../../../language/collect';
import type { ChatResponse } from '../../../language/request';
import type { DecodePlan } from '../../provider';
import { isObject, malformed, parseAnswer } from '../json';
import { hasError, inBandError } from './error';
import { ChatDecoder, firstChoice } from './stream';

/** A whole answer, read as a stream of one chunk. A missing finish reason is a stop: the JSON was whole. */
export function fromResponse(body: string, plan: DecodePlan): ChatResponse {
	const answer = parseAnswer(body);
	if (hasError(answer)) throw inBandError(answer);
	const choice = firstChoice(answer);
	if (!choice || !isObject(choice.message)) throw malformed('The upstream sent an answer without a message.');
	const decoder = new ChatDecoder(plan);
	const ended = { ...answer, choices: [{ ...choice, finish_reason: choice.finish_reason || 'stop' }] };
	return collect([...decoder.chunk(ended, 'message'), ...decoder.end()]);
}
