/** A whole answer is the list of its events, so that it equals the fold of its stream. */
import { collect } from '../../../language/collect';
import type { ChatResponse } from '../../../language/request';
import { isObject, malformed, objectOf, parseAnswer } from '../json';
import { errorInside } from './error';
import { MockDecoder } from './stream';

/** Throws what an error inside the answer means, else `upstream_malformed` where the body is no answer. */
export function fromResponse(body: string): ChatResponse {
	const answer = parseAnswer(body);
	if (isObject(answer.error)) throw errorInside(objectOf(answer.error));
	if (!Array.isArray(answer.events)) throw malformed('The mock sent an answer without events.');
	const decoder = new MockDecoder();
	return collect([...answer.events.filter(isObject).flatMap((event) => decoder.read(event)), ...decoder.end()]);
}
