/** From what an upstream said to the one typed error: the outward code follows from the failure class. */
import { type ErrorCode, type FailureClass, GatewayError, type UpstreamFailure } from '../../errors';
import { DAY_MS, retryAfterInMessage, retryAfterMs, shouldRetry } from './retry-after';
import { scrub } from './scrub';

export type Scope = UpstreamFailure['scope'];

export interface Failure {
	readonly failure: FailureClass;
	readonly scope: Scope;
	/** HTTP status, or the one an error inside a 200 names. */
	readonly status: number;
	/** The upstream's own words, unscrubbed. */
	readonly message?: string | undefined;
	/** The field the upstream names. */
	readonly param?: string | undefined;
	/** Tokens. */
	readonly contextLimit?: number | undefined;
	/** The same: what the prompt counted there. */
	readonly promptTokens?: number | undefined;
	/** Absent for an error inside a stream. */
	readonly headers?: Headers | undefined;
	/** In place of the code that follows from the class. */
	readonly code?: ErrorCode | undefined;
	/** What a field of the body says; a header comes first. */
	readonly retryAfterMs?: number | undefined;
}

/** Builds the error. Only faults of the caller quote the upstream, scrubbed; the rest goes to the log as `cause`. */
export function upstreamError(facts: Failure): GatewayError {
	const { failure, scope, status, headers, param } = facts;
	const said = facts.message ? scrub(facts.message) : '';
	const code = facts.code ?? codeOf(failure, status);
	const retry = code === 'rate_limited' || code === 'upstream_unavailable' ? waitMs(facts) : undefined;
	const again = headers && shouldRetry(headers);
	return new GatewayError(code, outward(code, facts, said), {
		upstream: {
			failure,
			scope,
			status,
			...(facts.contextLimit !== undefined && { contextLimit: facts.contextLimit }),
			...(facts.promptTokens !== undefined && { promptTokens: facts.promptTokens }),
			...(again !== undefined && { shouldRetry: again }),
		},
		...(param && code === 'invalid_request' && { param: scrub(param) }),
		...(retry !== undefined && { retryAfterMs: retry }),
		...(said && { cause: said }),
	});
}

/** The body ended before the answer did: counts as a cut. */
export function cutShort(): GatewayError {
	return new GatewayError('upstream_unavailable', 'The upstream ended its stream before its finish reason.', {
		upstream: { failure: 'network', scope: 'provider', status: 200 },
	});
}

/** The usual meaning of an HTTP status; a body that says more comes first. */
export function failureOfStatus(status: number): { readonly failure: FailureClass; readonly scope: Scope } {
	switch (status) {
		case 401:
		case 403:
			return { failure: 'key-dead', scope: 'key' };
		case 402:
			return { failure: 'quota', scope: 'key' };
		case 404:
			return { failure: 'model-missing', scope: 'model' };
		case 408:
		case 504:
		case 522:
		case 524:
			return { failure: 'timeout', scope: 'provider' };
		case 429:
			return { failure: 'rate-limited', scope: 'key' };
		case 498: // Groq: no flex capacity
		case 503:
		case 529:
			return { failure: 'overloaded', scope: 'provider' };
		case 409:
		case 424:
		case 425:
			return { failure: 'server', scope: 'provider' };
	}
	if (status >= 500) return { failure: 'server', scope: 'provider' };
	if (status >= 400) return { failure: 'bad-request', scope: 'request' };
	return { failure: 'malformed', scope: 'provider' };
}

function codeOf(failure: FailureClass, status: number): ErrorCode {
	switch (failure) {
		case 'key-dead':
			return 'upstream_rejected';
		case 'quota':
			return status === 429 ? 'rate_limited' : 'upstream_rejected';
		case 'rate-limited':
			return 'rate_limited';
		case 'overloaded':
		case 'server':
		case 'network':
			return 'upstream_unavailable';
		case 'timeout':
			return 'upstream_timeout';
		case 'bad-request':
			return status === 413 ? 'too_large' : 'invalid_request';
		case 'context-too-long':
			return 'context_too_long';
		case 'content-filter':
			return 'invalid_request';
		case 'model-missing':
			return 'model_not_found';
		case 'malformed':
			return 'upstream_malformed';
	}
}

function waitMs({ headers, message, retryAfterMs: stated }: Failure): number | undefined {
	const said = stated === undefined ? undefined : Math.min(stated, DAY_MS);
	return (headers && retryAfterMs(headers)) ?? said ?? (message ? retryAfterInMessage(message) : undefined);
}

/** What a client reads. Messages about our key or the provider's state are ours; the caller's faults are quoted. */
function outward(code: ErrorCode, { failure, status, contextLimit: limit }: Failure, said: string): string {
	const quoted = said && `: ${said}`;
	switch (failure) {
		case 'key-dead':
			return `The upstream refused the configured key (HTTP ${status}); check the provider's key and its permissions.`;
		case 'quota':
			return 'The upstream account is out of quota or credit; its owner must raise it.';
		case 'rate-limited':
			return 'The upstream limits the rate of requests; try again later.';
		case 'overloaded':
		case 'server':
		case 'network':
			if (code === 'upstream_malformed') return 'The upstream reported an error of an unknown kind.';
			return `The upstream is unavailable (HTTP ${status}).`;
		case 'timeout':
			return 'The upstream gave up before it had an answer.';
		case 'bad-request':
			return said || `The upstream refused the request (HTTP ${status}) and gave no reason.`;
		case 'context-too-long':
			return `The request does not fit the model's context window${limit ? ` of ${limit} tokens` : ''}${quoted}`;
		case 'content-filter':
			return `The upstream's content filter refused the request${quoted}`;
		case 'model-missing':
			return said || 'The upstream does not know this model.';
		case 'malformed':
			if (status < 300) return 'The upstream answered with something that can not be read.';
			return `The upstream answered HTTP ${status} with no API answer; check the provider's base URL.`;
	}
}
