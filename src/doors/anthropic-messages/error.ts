/** Errors as Anthropic writes them: `{type:"error",error:{type,message},request_id}`. */
import type { GatewayError } from '../../errors';
import { errorHeaders } from '../../http/headers';

/** Anthropic's word for each of our codes; an upstream's 529 keeps its own. */
function typeOf(error: GatewayError): string {
	switch (error.code) {
		case 'invalid_request':
		case 'context_too_long':
			return 'invalid_request_error';
		case 'unauthorized':
			return 'authentication_error';
		case 'budget_exceeded':
			return 'billing_error';
		case 'forbidden':
			return 'permission_error';
		case 'not_found':
		case 'model_not_found':
			return 'not_found_error';
		case 'conflict':
			return 'conflict_error';
		case 'too_large':
			return 'request_too_large';
		case 'rate_limited':
			return 'rate_limit_error';
		case 'upstream_unavailable':
			return isOverload(error) ? 'overloaded_error' : 'api_error';
		case 'aborted':
		case 'internal':
		case 'upstream_rejected':
		case 'upstream_malformed':
		case 'upstream_timeout':
			return 'api_error';
	}
}

const OVERLOADED = 529;

const isOverload = ({ code, upstream }: GatewayError): boolean =>
	code === 'upstream_unavailable' && upstream?.status === OVERLOADED;

/** Anthropic's SDK runs its loop of tools in a thread until it hears of this code, then without one. */
const NO_THREADS = { details: { error_code: 'thread_unsupported_request' } };

const refusesThread = ({ code, param }: GatewayError): boolean => code === 'invalid_request' && param === 'thread';

/** The words by which Anthropic's clients know a conversation that is to be shortened. */
const TOO_LONG = 'prompt is too long';

const messageOf = ({ code, message }: GatewayError): string =>
	code !== 'context_too_long' || message.includes(TOO_LONG) ? message : `${TOO_LONG}: ${message}`;

export const anthropicErrorBody = (error: GatewayError, requestId: string | null) => ({
	type: 'error',
	error: { type: typeOf(error), message: messageOf(error), ...(refusesThread(error) && NO_THREADS) },
	request_id: requestId,
});

/** `requestId` as the answer's `x-request-id`; here it is `request-id` too, which Anthropic's SDK reads. */
export function anthropicErrorResponse(error: GatewayError, requestId: string | null): Response {
	const headers = errorHeaders(error);
	if (requestId !== null) headers.set('request-id', requestId);
	return Response.json(anthropicErrorBody(error, requestId), {
		status: isOverload(error) ? OVERLOADED : error.status,
		headers,
	});
}
