/** A whole answer is a `message_start` that brings everything, so that it equals the fold of its stream. */
import { collect } from '../../../language/collect';
import { exactJson } from '../../../language/exact-json';
import type { ChatResponse } from '../../../language/request';
import type { DecodePlan } from '../../provider';
import { isObject, malformed, parseAnswer } from '../json';
import { errorInside } from './error';
import { MessageDecoder } from './stream';

/** Throws what an error inside a 200 means, else `upstream_malformed` where the body is no message. */
export function fromResponse(body: string, plan: DecodePlan): ChatResponse {
	const message = parseAnswer(body, exactJson);
	if (message.type === 'error' || isObject(message.error)) throw errorInside(message);
	if (!Array.isArray(message.content)) throw malformed('The upstream sent an answer without content.');
	const decoder = new MessageDecoder(plan);
	return collect([...decoder.read('message_start', { message }), ...decoder.end()]);
}
