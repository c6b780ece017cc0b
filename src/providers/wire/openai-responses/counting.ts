import type { ChatRequest } from '../../../language/request';
import type { WireRequest, WireTarget } from '../../provider';
import { malformed, numberOf, parseAnswer } from '../json';
import { requestBody, wireRequest } from './request';

/** What `POST /responses/input_tokens` takes; the rest does not change the count. */
const COUNTED: readonly string[] = [
	'model',
	'input',
	'instructions',
	'tools',
	'tool_choice',
	'parallel_tool_calls',
	'text',
	'reasoning',
	'truncation',
];

export const counting = {
	toRequest(request: ChatRequest, target: WireTarget): WireRequest {
		const { body, ...rest } = requestBody(request, { ...target, stream: false });
		const counted = Object.fromEntries(Object.entries(body).filter(([field]) => COUNTED.includes(field)));
		return wireRequest('/responses/input_tokens', false, { ...rest, body: counted });
	},
	/** Prompt tokens. Throws `upstream_malformed`. */
	fromResponse(body: string): number {
		const counted = numberOf(parseAnswer(body).input_tokens);
		if (counted === undefined || counted < 0) throw malformed('The upstream sent no count of input tokens.');
		return counted;
	},
};
