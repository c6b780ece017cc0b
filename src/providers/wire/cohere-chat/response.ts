/** A whole answer, read as the events that would have streamed it, so that it equals their fold. */
import { collect } from '../../../language/collect';
import type { ChatEvent } from '../../../language/event';
import type { ChatResponse } from '../../../language/request';
import type { DecodePlan } from '../../provider';
import { arrayOf, isObject, type Json, malformed, parseAnswer } from '../json';
import { logprobsFrom } from './logprobs';
import { MessageDecoder } from './stream';

/** Throws what a failed finish reason means, else `upstream_malformed` where the body is no message. */
export function fromResponse(body: string, plan: DecodePlan): ChatResponse {
	const answer = parseAnswer(body);
	const { message } = answer;
	if (!isObject(message)) throw malformed('The upstream sent an answer without a message.');
	const decoder = new MessageDecoder(plan);
	const response = collect([...eventsOf(answer, message, decoder), ...decoder.end()]);
	const logprobs = logprobsFrom(answer.logprobs);
	return logprobs.length > 0 ? { ...response, logprobs } : response;
}

function eventsOf(answer: Json, message: Json, decoder: MessageDecoder): ChatEvent[] {
	const told = (type: string, index: number, part: Json, rest: Json = {}): ChatEvent[] =>
		decoder.read(type, { index, delta: { message: part }, ...rest });
	return [
		...decoder.read('message-start', { id: answer.id }),
		...told('tool-plan-delta', 0, { tool_plan: message.tool_plan }),
		...arrayOf(message.content).flatMap((content, index) => told('content-start', index, { content })),
		...arrayOf(message.citations).flatMap((citations) => told('citation-start', 0, { citations })),
		...arrayOf(message.tool_calls).flatMap((call, index) => told('tool-call-start', index, { tool_calls: call })),
		// Without a reason the JSON was whole all the same.
		...decoder.read('message-end', { delta: { ...answer, finish_reason: answer.finish_reason ?? 'COMPLETE' } }),
	];
}
