import { collect } from '../../../language/collect';
import { exactJson } from '../../../language/exact-json';
import type { ChatResponse } from '../../../language/request';
import { isObject, malformed, parseAnswer } from '../json';
import { ChatDecoder } from './stream';

/** Throws what an error inside a 200 means, else `upstream_malformed` where the body is no answer. */
export function fromResponse(body: string): ChatResponse {
	const answer = parseAnswer(body, exactJson);
	if (!answer.error && !isObject(answer.message)) throw malformed('The upstream sent an answer without a message.');
	return collect(new ChatDecoder().line({ ...answer, done: true }));
}
