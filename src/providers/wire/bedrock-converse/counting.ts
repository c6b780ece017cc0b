/** `POST /model/{id}/count-tokens`: prompt tokens at no charge, for Claude; asked about others it refuses with 400. */

import { exactText } from '../../../language/exact-json';
import type { ChatRequest } from '../../../language/request';
import type { Wire, WireRequest, WireTarget } from '../../provider';
import { malformed, numberOf, parseAnswer } from '../json';
import { pathOf, toPrompt } from './request';

/** It knows base ids only, and refuses the profiles (`us.anthropic…`) by which the same models are called. */
const baseId = (model: string): string => model.slice(Math.max(0, model.search(/\banthropic\./)));

function toRequest(request: ChatRequest, target: WireTarget): WireRequest {
	const { body, warnings } = toPrompt(request, target);
	return {
		path: pathOf(baseId(target.model), 'count-tokens'),
		headers: { 'content-type': 'application/json', accept: 'application/json' },
		body: exactText({ input: { converse: body } }),
		warnings: warnings.list,
		plan: {},
	};
}

function fromResponse(body: string): number {
	const count = numberOf(parseAnswer(body).inputTokens);
	if (count === undefined || count < 0) throw malformed('The upstream counted no tokens.');
	return count;
}

export const counting: NonNullable<Wire['counting']> = { toRequest, fromResponse };
