/** Errors of this API: by status, by `error.type`, by `error.details.error_code` (PROVIDERS section 3). */
import type { FailureClass, GatewayError } from '../../../errors';
import { contextFailure, contextLimit } from '../context-limit';
import { failureOfStatus, type Scope, upstreamError } from '../failure';
import { type Json, objectOf, textOf, tryJson } from '../json';

/** The status that goes with an error inside a 200. */
const STATUS_OF_TYPE: Readonly<Record<string, number>> = {
	invalid_request_error: 400,
	authentication_error: 401,
	billing_error: 402,
	permission_error: 403,
	not_found_error: 404,
	request_too_large: 413,
	rate_limit_error: 429,
	api_error: 500,
	timeout_error: 504,
	overloaded_error: 529,
};

/** 429s that waiting does not cure. */
const SPENT: ReadonlySet<string> = new Set(['enforced_spend_limit_reached', 'contract_spend_limit_reached']);

/** A non-2xx answer; proxies in front of the API answer in HTML, then the status decides. */
export function fromError(status: number, headers: Headers, body: string): GatewayError {
	return classified(status, objectOf(objectOf(tryJson(body))?.error), headers);
}

/** `{"type":"error"}` under HTTP 200, in a stream or as the whole body. */
export function errorInside(payload: Json): GatewayError {
	const error = objectOf(payload.error);
	const type = textOf(error?.type) ?? '';
	const status = Object.hasOwn(STATUS_OF_TYPE, type) ? STATUS_OF_TYPE[type] : undefined;
	if (status === undefined) {
		const message = textOf(error?.message);
		return upstreamError({ failure: 'server', scope: 'provider', status: 200, message, code: 'upstream_malformed' });
	}
	return classified(status, error, undefined);
}

function classified(status: number, error: Json | undefined, headers: Headers | undefined): GatewayError {
	const message = textOf(error?.message) ?? '';
	const code = textOf(objectOf(error?.details)?.error_code) ?? '';
	const facts = { status, message, headers };
	if (status === 400 || status === 413 || status === 422) {
		const tooLong = contextLimit(message);
		if (tooLong) return upstreamError({ ...facts, ...contextFailure(tooLong) });
	}
	const { failure, scope } = failureOf(status, textOf(error?.type) ?? '', code, message);
	return upstreamError({ ...facts, failure, scope, param: failure === 'bad-request' ? paramOf(message) : undefined });
}

function failureOf(
	status: number,
	type: string,
	code: string,
	message: string,
): { readonly failure: FailureClass; readonly scope: Scope } {
	if (SPENT.has(code) || type === 'billing_error' || /credit balance is too low/i.test(message)) {
		return { failure: 'quota', scope: 'key' };
	}
	if (type === 'overloaded_error') return { failure: 'overloaded', scope: 'provider' };
	return failureOfStatus(status);
}

/** "messages.0.content.1.text: Field required" names the field ahead of its fault. */
function paramOf(message: string): string | undefined {
	const path = /^([a-z_]+(?:\.[\w-]+)*): /.exec(message)?.[1];
	return path?.replaceAll(/\.(\d+)(?=\.|$)/g, '[$1]');
}
