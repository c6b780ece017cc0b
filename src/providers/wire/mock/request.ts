/** The canonical request as JSON: the mock is sent all of it but what only the gateway reads. */
import type { ChatRequest } from '../../../language/request';
import type { WireRequest, WireTarget } from '../../provider';

/** What JSON leaves out: only the gateway reads it. */
const UNSENT = {
	models: undefined,
	tags: undefined,
	runId: undefined,
	context: undefined,
	strict: undefined,
	providerOptions: undefined,
};

export function toRequest(request: ChatRequest, { providerId, model, stream }: WireTarget): WireRequest {
	const body = { ...request, ...UNSENT, model, ...request.providerOptions?.[providerId], stream };
	return {
		path: '/chat',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(body),
		warnings: [],
		plan: {},
	};
}
