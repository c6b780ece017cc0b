/** A whole answer, read by the decoder of the stream, so that it equals the fold of one. */
import { collect } from '../../../language/collect';
import { exactJson } from '../../../language/exact-json';
import type { ChatResponse } from '../../../language/request';
import type { DecodePlan } from '../../provider';
import { malformed, objectOf, parseAnswer } from '../json';
import { ConverseDecoder } from './stream';

/** Throws `upstream_malformed` where the body is no message. */
export function fromResponse(body: string, plan: DecodePlan): ChatResponse {
	const answer = parseAnswer(body, exactJson);
	if (!Array.isArray(objectOf(objectOf(answer.output)?.message)?.content)) {
		throw malformed('The upstream sent an answer without content.');
	}
	const decoder = new ConverseDecoder(plan);
	return collect([...decoder.whole(answer), ...decoder.end()]);
}
