/** `POST /v1/messages/count_tokens`: what a request would count, at no charge. It refuses every other field. */

import { exactText } from '../../../language/exact-json';
import type { ChatRequest } from '../../../language/request';
import type { WireRequest, WireTarget } from '../../provider';
import { malformed, numberOf, parseAnswer } from '../json';
import { compose } from './request';

const COUNTED = [
	'model',
	'system',
	'messages',
	'tools',
	'tool_choice',
	'thinking',
	'output_config',
	'cache_control',
	'context_management',
	'speed',
];

/** Throws as the wire's `toRequest`. */
export function toCountRequest(request: ChatRequest, target: WireTarget): WireRequest {
	const { headers, body, warnings, plan } = compose(request, target);
	const counted = COUNTED.flatMap((field) => (body[field] === undefined ? [] : [[field, body[field]]]));
	return {
		path: '/v1/messages/count_tokens',
		headers,
		body: exactText(Object.fromEntries(counted)),
		warnings,
		plan,
	};
}

/** Throws `upstream_malformed`. */
export function fromCountResponse(body: string): number {
	const count = numberOf(parseAnswer(body).input_tokens);
	if (count === undefined || count < 0) throw malformed('The upstream sent a count without a number.');
	return Math.trunc(count);
}
