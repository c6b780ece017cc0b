/** Errors of the REST API as problem details (RFC 9457). */
import type { ErrorCode, GatewayError } from '../../errors';
import { errorHeaders, OWN_ERROR } from '../../http/headers';

function titleOf(code: ErrorCode): string {
	switch (code) {
		case 'invalid_request':
			return 'Invalid request';
		case 'context_too_long':
			return 'Context too long';
		case 'unauthorized':
			return 'Unauthorized';
		case 'forbidden':
			return 'Forbidden';
		case 'not_found':
			return 'Not found';
		case 'model_not_found':
			return 'Model not found';
		case 'conflict':
			return 'Conflict';
		case 'too_large':
			return 'Request too large';
		case 'budget_exceeded':
			return 'Budget exceeded';
		case 'rate_limited':
			return 'Rate limited';
		case 'aborted':
			return 'Request aborted';
		case 'internal':
			return 'Internal error';
		case 'upstream_rejected':
			return 'Upstream rejected our credential';
		case 'upstream_malformed':
			return 'Upstream answer unreadable';
		case 'upstream_unavailable':
			return 'Upstream unavailable';
		case 'upstream_timeout':
			return 'Upstream timed out';
	}
}

/** `code` and `param` are extension members; `type` is `about:blank`, as there are no pages to point to. */
export const problemBody = (error: GatewayError) => ({
	type: 'about:blank',
	title: titleOf(error.code),
	status: error.status,
	detail: error.message,
	code: error.code,
	param: error.param ?? null,
});

const written = (body: { readonly status: number }, headers: Headers): Response => {
	headers.set('content-type', 'application/problem+json');
	headers.set('cache-control', 'no-store');
	return new Response(JSON.stringify(body), { status: body.status, headers });
};

export const problemResponse = (error: GatewayError): Response => written(problemBody(error), errorHeaders(error));

/** 405, which no other door has. `allowed`: at least one method. */
export function methodNotAllowed(method: string, allowed: readonly string[]): Response {
	const body = {
		type: 'about:blank',
		title: 'Method not allowed',
		status: 405,
		detail: `${method} is not allowed here: use ${allowed.join(', ')}.`,
		code: 'method_not_allowed',
		param: null,
	};
	return written(body, new Headers({ ...OWN_ERROR, allow: allowed.join(', '), 'x-should-retry': 'false' }));
}
