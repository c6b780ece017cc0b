/** Errors of Google's APIs: `google.rpc.Status`, in an array where another endpoint answers (PROVIDERS section 4). */
import type { GatewayError } from '../../../errors';
import { contextFailure, contextLimit } from '../context-limit';
import { type Failure, failureOfStatus, upstreamError } from '../failure';
import { arrayOf, isObject, type Json, numberOf, objectOf, textOf, tryJson } from '../json';

const STATUS_OF_WORD: Readonly<Record<string, number>> = {
	INVALID_ARGUMENT: 400,
	FAILED_PRECONDITION: 400,
	OUT_OF_RANGE: 400,
	UNAUTHENTICATED: 401,
	PERMISSION_DENIED: 403,
	NOT_FOUND: 404,
	ABORTED: 409,
	RESOURCE_EXHAUSTED: 429,
	CANCELLED: 499,
	INTERNAL: 500,
	UNKNOWN: 500,
	DATA_LOSS: 500,
	UNIMPLEMENTED: 501,
	UNAVAILABLE: 503,
	DEADLINE_EXCEEDED: 504,
};

/** Reasons (`google.rpc.ErrorInfo`) and sentences that are about our key or project, whatever the status. */
const KEY_REASON = /^(?:API_KEY_|SERVICE_DISABLED|CONSUMER_|ACCESS_TOKEN_|CREDENTIALS_|IAM_PERMISSION_|USER_PROJECT_)/;
const KEY_SENTENCE = /\bapi key (?:not valid|expired|not found|was reported)|user location is not supported/i;
/** Of the account: nothing the caller could change. */
const BILLING_SENTENCE = /free tier is not available|billing|credits? (?:are|is) (?:depleted|exhausted)|prepay/i;
/** Of what the request refers to, though the status is that of a refused key or a missing model. */
const OWN_FAULT = /\b(?:files\/|the file\b|cached ?content)/i;

const DAY_MS = 86_400_000;

type Verdict = Pick<Failure, 'failure' | 'scope' | 'contextLimit' | 'promptTokens'>;

/** A non-2xx answer. Where it is not the API's own (a page of a proxy, a wrong path), the status decides. */
export function fromError(status: number, headers: Headers, body: string): GatewayError {
	const error = errorIn(tryJson(body.trim()));
	if (error) return classified(status, error, headers);
	const usual = failureOfStatus(status);
	const foreign = usual.failure === 'model-missing' || usual.failure === 'key-dead';
	return upstreamError({
		...(foreign ? { failure: 'malformed', scope: 'provider' } : usual),
		...(usual.failure === 'key-dead' && { code: 'upstream_rejected' }),
		status,
		headers,
	});
}

/** An error inside a 200, whole or in a stream. */
export function inBandError(body: unknown): GatewayError {
	const error = errorIn(body) ?? {};
	const code = numberOf(error.code);
	const word = textOf(error.status) ?? '';
	const named = Object.hasOwn(STATUS_OF_WORD, word) ? STATUS_OF_WORD[word] : undefined;
	const status = code !== undefined && code >= 400 && code <= 599 ? Math.trunc(code) : named;
	if (status !== undefined) return classified(status, error, undefined);
	const message = textOf(error.message);
	return upstreamError({ failure: 'server', scope: 'provider', status: 200, message, code: 'upstream_malformed' });
}

function errorIn(body: unknown): Json | undefined {
	const said = objectOf(Array.isArray(body) ? body[0] : body);
	return typeof said?.error === 'string' ? { message: said.error } : objectOf(said?.error);
}

function classified(status: number, error: Json, headers: Headers | undefined): GatewayError {
	const message = textOf(error.message) ?? '';
	const details = arrayOf(error.details).filter(isObject);
	const verdict = verdictOf(status, message, details);
	return upstreamError({
		...verdict,
		status,
		message,
		headers,
		param: verdict.failure === 'bad-request' ? fieldOf(details) : undefined,
		retryAfterMs: retryDelay(details),
	});
}

function verdictOf(status: number, message: string, details: readonly Json[]): Verdict {
	if (details.some(({ reason }) => KEY_REASON.test(textOf(reason) ?? '')) || KEY_SENTENCE.test(message)) {
		return { failure: 'key-dead', scope: 'key' };
	}
	switch (status) {
		case 400: {
			if (BILLING_SENTENCE.test(message)) return { failure: 'quota', scope: 'key' };
			const tooLong = contextLimit(message);
			if (tooLong) return contextFailure(tooLong);
			break;
		}
		case 403:
		case 404:
			if (OWN_FAULT.test(message)) return { failure: 'bad-request', scope: 'request' };
			break;
		case 429:
			return limited(details);
	}
	return failureOfStatus(status);
}

/** A day's quota, or one of nothing, is no rate: waiting seconds does not help. Most limits are a model's own. */
function limited(details: readonly Json[]): Verdict {
	const violations = details.flatMap((detail) => arrayOf(detail.violations).filter(isObject));
	const ids = violations.map((violation) => textOf(violation.quotaId) ?? '');
	const spent = ids.some((id) => id.includes('PerDay')) || violations.some(({ quotaValue }) => quotaValue === '0');
	const scope = ids.length > 0 && ids.every((id) => id.includes('PerModel')) ? 'model' : 'key';
	return { failure: spent ? 'quota' : 'rate-limited', scope };
}

/** `google.rpc.RetryInfo`: "34.4s". No header says it. */
function retryDelay(details: readonly Json[]): number | undefined {
	for (const detail of details) {
		const seconds = /^(\d{1,9}(?:\.\d{1,9})?)s$/.exec(textOf(detail.retryDelay) ?? '')?.[1];
		const ms = Math.ceil(Number(seconds ?? 0) * 1000);
		if (ms > 0) return Math.min(ms, DAY_MS);
	}
	return undefined;
}

/** `google.rpc.BadRequest`. */
const fieldOf = (details: readonly Json[]): string | undefined =>
	details
		.flatMap((detail) => arrayOf(detail.fieldViolations).filter(isObject))
		.map((violation) => textOf(violation.field))
		.find((field) => field);
