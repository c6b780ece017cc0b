/** Refusals of the mock: classified by status, as any provider's are. */
import type { GatewayError } from '../../../errors';
import { contextFailure, contextLimit } from '../context-limit';
import { failureOfStatus, upstreamError } from '../failure';
import { type Json, numberOf, objectOf, textOf, tryJson } from '../json';

/** A non-2xx answer. */
export function fromError(status: number, headers: Headers, body: string): GatewayError {
	const message = textOf(objectOf(objectOf(tryJson(body))?.error)?.message) ?? '';
	return classified(status, message, headers);
}

/** An error inside a 200: of the class its status stands for; without one of an unknown kind. */
export function errorInside(error: Json | undefined): GatewayError {
	const message = textOf(error?.message) ?? '';
	const status = numberOf(error?.status) ?? 200;
	if (status >= 400 && status <= 599) return classified(status, message);
	return upstreamError({ failure: 'server', scope: 'provider', status: 200, message, code: 'upstream_malformed' });
}

function classified(status: number, message: string, headers?: Headers): GatewayError {
	const tooLong = status === 400 ? contextLimit(message) : null;
	return upstreamError({
		...(tooLong ? contextFailure(tooLong) : failureOfStatus(status)),
		status,
		message,
		headers,
	});
}
