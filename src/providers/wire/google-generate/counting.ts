/** `:countTokens`, with instructions and tools counted in. */

import { exactText } from '../../../language/exact-json';
import type { ChatRequest } from '../../../language/request';
import type { WireRequest, WireTarget } from '../../provider';
import { malformed, numberOf, parseAnswer } from '../json';
import { inBandError } from './error';
import { compose } from './request';
import { pathOf, resourceOf } from './resource';

/** What a prompt consists of; the settings count for nothing. */
const COUNTED = ['contents', 'systemInstruction', 'tools', 'toolConfig', 'cachedContent'];

/** Throws as the wire's `toRequest`. */
export function toCountRequest(request: ChatRequest, target: WireTarget): WireRequest {
	const { body, warnings, plan } = compose(request, target);
	const counted = COUNTED.flatMap((field) => (body[field] === undefined ? [] : [[field, body[field]]]));
	const generateContentRequest = { model: resourceOf(target.model), ...Object.fromEntries(counted) };
	return {
		path: pathOf(target.model, 'countTokens'),
		headers: { 'content-type': 'application/json', accept: 'application/json' },
		body: exactText({ generateContentRequest }),
		warnings,
		plan,
	};
}

/** Throws `upstream_malformed`, or what an error inside a 200 means. */
export function fromCountResponse(body: string): number {
	const answer = parseAnswer(body);
	if (answer.error) throw inBandError(answer);
	const count = numberOf(answer.totalTokens);
	if (count === undefined || count < 0) throw malformed('The upstream sent a count without a number.');
	return Math.trunc(count);
}
