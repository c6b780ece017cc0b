/** Errors as OpenAI writes them: `{error:{message,type,code,param}}`. */
import type { ErrorCode, GatewayError } from '../../errors';
import { errorHeaders } from '../../http/headers';

export interface OpenAiErrorBody {
	readonly error: {
		readonly message: string;
		readonly type: string;
		readonly code: ErrorCode;
		readonly param: string | null;
	};
}

/** OpenAI's coarse word for each of our codes. */
function typeOf(code: ErrorCode): string {
	switch (code) {
		case 'invalid_request':
		case 'context_too_long':
		case 'not_found':
		case 'model_not_found':
		case 'conflict':
		case 'too_large':
			return 'invalid_request_error';
		case 'unauthorized':
			return 'authentication_error';
		case 'forbidden':
			return 'permission_error';
		case 'budget_exceeded':
			return 'insufficient_quota';
		case 'rate_limited':
			return 'rate_limit_error';
		case 'aborted':
			return 'request_cancelled';
		case 'internal':
		case 'upstream_rejected':
		case 'upstream_malformed':
		case 'upstream_unavailable':
			return 'server_error';
		case 'upstream_timeout':
			return 'timeout_error';
	}
}

/** OpenAI's own code, and words of its messages: by them clients know a conversation that is to be shortened. */
const TOO_LONG = 'context_length_exceeded';
const SAYS_SO = /context_length_exceeded|maximum context length|exceeds the context window/;

const messageOf = ({ code, message }: GatewayError): string =>
	code !== 'context_too_long' || SAYS_SO.test(message) ? message : `${message} (${TOO_LONG})`;

export const openAiErrorBody = (error: GatewayError): OpenAiErrorBody => ({
	error: { message: messageOf(error), type: typeOf(error.code), code: error.code, param: error.param ?? null },
});

export const openAiErrorResponse = (error: GatewayError): Response =>
	Response.json(openAiErrorBody(error), { status: error.status, headers: errorHeaders(error) });
