/** The canonical request as JSON: the mock understands all of it but log probabilities. */
import type { ChatRequest } from '../../../language/request';
import type { WireRequest, WireTarget } from '../../provider';
import { Warnings } from '../warnings';
import type { MockChat } from './protocol';

/** Throws `invalid_request` where a strict request asks for log probabilities. */
export function toRequest(request: ChatRequest, target: WireTarget): WireRequest {
	const warnings = new Warnings(request.strict);
	if (request.logprobs) warnings.add('logprobs', 'The mock gives no log probabilities.');
	const { messages, tools, toolChoice, parallelToolCalls, responseFormat, maxTokens, stop, reasoning } = request;
	const body: MockChat = {
		model: target.model,
		stream: target.stream,
		messages,
		...(tools && { tools }),
		...(toolChoice !== undefined && { toolChoice }),
		...(parallelToolCalls !== undefined && { parallelToolCalls }),
		...(responseFormat && { responseFormat }),
		...(maxTokens !== undefined && { maxTokens }),
		...(stop && { stop }),
		...(reasoning && { reasoning }),
	};
	return {
		path: '/chat',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ ...body, ...request.providerOptions?.[target.providerId], stream: target.stream }),
		warnings: warnings.list,
		plan: {},
	};
}
