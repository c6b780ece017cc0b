import { collect } from '../../../language/collect';
import { exactJson } from '../../../language/exact-json';
import type { ChatResponse } from '../../../language/request';
import { sseFramer } from '../../framing/sse';
import type { DecodePlan } from '../../provider';
import { isObject, type Json, malformed, parseAnswer } from '../json';
import { asChunk } from './bare-answer';
import { hasError, inBandError } from './error';
import { ChatDecoder, firstChoice } from './stream';

/** A whole answer, read as a stream of one chunk. A missing finish reason is a stop: the JSON was whole. */
export function fromResponse(body: string, plan: DecodePlan): ChatResponse {
	if (isStream(body)) return fold(body, plan);
	const answer = parseAnswer(body, exactJson);
	if (hasError(answer)) throw inBandError(answer);
	const plain = asChunk(answer, 'message');
	const choice = firstChoice(plain);
	if (!choice || !isAnswered(choice)) throw malformed('The upstream sent an answer without a message.');
	const decoder = new ChatDecoder(plan);
	const ended = { ...plain, choices: [{ ...choice, finish_reason: choice.finish_reason || 'stop' }] };
	return collect([...decoder.chunk(ended, 'message'), ...decoder.end()]);
}

/** Azure leaves the message out of an answer that its filter withheld. */
const isAnswered = ({ message, finish_reason: finish }: Json): boolean =>
	isObject(message) || (message === undefined && finish === 'content_filter');

/** `transformers serve` streams what was asked for whole. */
const isStream = (body: string): boolean => /^(?:data|event|id|retry)?:/.test(body.slice(0, 100).trimStart());

function fold(body: string, plan: DecodePlan): ChatResponse {
	const framer = sseFramer();
	const decoder = new ChatDecoder(plan);
	const frames = [...framer.push(new TextEncoder().encode(body)), ...framer.end()];
	return collect([...frames.flatMap((frame) => decoder.push(frame)), ...decoder.end()]);
}
