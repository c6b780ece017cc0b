/**
 * The one error of Switchyard: a closed union of outward codes, and, where an upstream was involved,
 * the rich facts the router needs. Doors translate `code` by an exhaustive switch; nothing else leaves.
 */

/** Outward codes; each has one HTTP status. */
export type ErrorCode =
	| 'invalid_request'
	| 'context_too_long'
	| 'unauthorized'
	| 'forbidden'
	| 'not_found'
	| 'model_not_found'
	| 'conflict'
	| 'too_large'
	| 'budget_exceeded'
	| 'rate_limited'
	| 'aborted'
	| 'internal'
	| 'upstream_rejected'
	| 'upstream_malformed'
	| 'upstream_unavailable'
	| 'upstream_timeout';

/** HTTP status of each code (RFC 9110; 499 is nginx's "client closed request"). */
export const STATUS: Readonly<Record<ErrorCode, number>> = {
	invalid_request: 400,
	context_too_long: 400,
	unauthorized: 401,
	budget_exceeded: 402,
	forbidden: 403,
	not_found: 404,
	model_not_found: 404,
	conflict: 409,
	too_large: 413,
	rate_limited: 429,
	aborted: 499,
	internal: 500,
	upstream_rejected: 502,
	upstream_malformed: 502,
	upstream_unavailable: 503,
	upstream_timeout: 504,
};

/** Why an upstream call failed; decides retry, next target and what the breaker counts. */
export type FailureClass =
	| 'key-dead' // 401/403 of our key
	| 'quota' // paid-for volume used up: waiting does not help
	| 'rate-limited'
	| 'overloaded' // 503/529
	| 'server' // other 5xx, error event inside a 200
	| 'network' // no connection, reset, cut
	| 'timeout'
	| 'bad-request' // the caller's fault
	| 'context-too-long'
	| 'content-filter'
	| 'model-missing'
	| 'malformed'; // unreadable answer

/** What an upstream told us, inside only: never serialised to a client. */
export interface UpstreamFailure {
	readonly failure: FailureClass;
	/** HTTP status of the upstream; absent where no response arrived. */
	readonly status?: number;
	/** What the failure is about: this key, this model, the whole provider, or this request alone. */
	readonly scope: 'key' | 'model' | 'provider' | 'request';
	/** The upstream's stated token limit, where it names one (tokens). */
	readonly contextLimit?: number;
	/** What the prompt counted there, without the output asked for, where it says so (tokens). */
	readonly promptTokens?: number;
	/** Which of our time limits ended it; absent: none of ours did. */
	readonly limit?: 'first-event' | 'idle' | 'content' | 'commit' | 'total';
	/** The upstream's own `x-should-retry`, which overrides the class. */
	readonly shouldRetry?: boolean;
	/** A web page came in the place of an answer, with a status of success. */
	readonly page?: true;
}

export interface GatewayErrorOptions {
	/** The field at fault, in the door's own spelling, e.g. `messages[0].content`. */
	readonly param?: string;
	/** Milliseconds after which a new try may succeed. */
	readonly retryAfterMs?: number;
	readonly upstream?: UpstreamFailure;
	/** State of the request limit that refused, for `x-ratelimit-*`. */
	readonly requests?: { readonly limit: number; readonly remaining: number; readonly resetMs: number };
	/** Logged, never sent. */
	readonly cause?: unknown;
}

/** Failure classes that a second try at the same target may cure. */
const TRANSIENT: ReadonlySet<FailureClass> = new Set(['rate-limited', 'overloaded', 'server', 'network', 'timeout']);

export class GatewayError extends Error {
	override readonly name = 'GatewayError';
	readonly code: ErrorCode;
	readonly param: string | undefined;
	readonly retryAfterMs: number | undefined;
	readonly upstream: UpstreamFailure | undefined;
	readonly requests: GatewayErrorOptions['requests'];

	/** `message` is outward: it says which field and what to do, and holds no key, SQL or upstream body. */
	constructor(code: ErrorCode, message: string, options: GatewayErrorOptions = {}) {
		super(message, options.cause === undefined ? undefined : { cause: options.cause });
		this.code = code;
		this.param = options.param;
		this.retryAfterMs = options.retryAfterMs;
		this.upstream = options.upstream;
		this.requests = options.requests;
	}

	get status(): number {
		return STATUS[this.code];
	}

	/** Who is at fault, or at a limit: the upstream that was asked, or the gateway (and whoever asked it). */
	get source(): 'gateway' | 'upstream' {
		return this.upstream ? 'upstream' : 'gateway';
	}

	/** True where the same request may succeed later, or elsewhere. */
	get retryable(): boolean {
		if (this.upstream) return this.upstream.shouldRetry ?? TRANSIENT.has(this.upstream.failure);
		return this.code === 'rate_limited' || this.code === 'upstream_unavailable' || this.code === 'upstream_timeout';
	}
}

/** Any thrown value as a `GatewayError`; what we did not foresee becomes `internal` with nothing revealed. */
export function toGatewayError(thrown: unknown): GatewayError {
	if (thrown instanceof GatewayError) return thrown;
	return new GatewayError('internal', 'Internal error. The request id identifies it in the log.', { cause: thrown });
}

export const invalid = (param: string, message: string): GatewayError =>
	new GatewayError('invalid_request', message, { param });
