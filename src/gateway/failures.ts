/**
 * What each failure of an upstream call does: one row each, read by everything that decides (`retry`, `pursue`,
 * `meter`, `report`). `docs/failures.md` is printed from it. Pure.
 */
import type { ErrorCode, GatewayError, UpstreamFailure } from '../errors';
import type { EntryState } from '../ledger/contract';

export type FailureName =
	| 'key dead'
	| 'quota used up'
	| 'rate limited'
	| 'overloaded'
	| 'server error'
	| 'network'
	| 'timeout: first event'
	| 'timeout: idle'
	| 'timeout: total'
	| 'timeout: commit deadline'
	| 'upstream gave up'
	| "client's fault"
	| 'context too long'
	| 'content filter'
	| 'model missing'
	| 'malformed answer'
	| 'redirect'
	| 'error event after 200'
	| 'cut after content'
	| 'client left'
	| 'our own fault';

export interface FailureRule {
	readonly name: FailureName;
	/** When it is this one, for the docs. */
	readonly means: string;
	/** `backoff`: the same target at once. `later`: others first, then this one again. `never`: not in this request. */
	readonly again: 'backoff' | 'later' | 'never';
	/**
	 * Who is asked next. `key`: the next in order, the other keys of the same place among them. `target`: another place
	 * before those. A chain: those named for this failure, in place of all others. `nowhere`: the failure is the answer.
	 */
	readonly elsewhere: 'key' | 'target' | 'context chain' | 'filter chain' | 'nowhere';
	/** Which circuit breaker counts it: of the endpoint as a whole, or of the class of models there. */
	readonly breaker: 'endpoint' | 'model' | 'none';
	/** What it says of the key. */
	readonly key: 'refused' | 'limited' | 'none';
	/** What becomes of the ledger's entry where no content had come; what has delivered content is settled. */
	readonly ledger: Exclude<EntryState, 'held'>;
	/** What the caller gets where it is the end, the usual one first. */
	readonly answer: readonly ErrorCode[];
}

type Row = Omit<FailureRule, 'name'>;

const TIMEOUT = {
	again: 'later',
	elsewhere: 'target',
	breaker: 'model',
	key: 'none',
	ledger: 'unknown',
	answer: ['upstream_timeout'],
} as const satisfies Omit<Row, 'means'>;

const UNREADABLE = {
	again: 'later',
	elsewhere: 'target',
	breaker: 'none',
	key: 'none',
	ledger: 'released',
	answer: ['upstream_malformed'],
} as const satisfies Omit<Row, 'means'>;

const ROWS: Readonly<Record<FailureName, Row>> = {
	'key dead': {
		means: 'The upstream answers 401 or 403 to the key it was asked with.',
		again: 'never',
		elsewhere: 'key',
		breaker: 'none',
		key: 'refused',
		ledger: 'released',
		answer: ['upstream_rejected'],
	},
	'quota used up': {
		means:
			'The account behind the key has no credit or volume left (402, or a 429 that says so): waiting does not help.',
		again: 'never',
		elsewhere: 'key',
		breaker: 'none',
		key: 'refused',
		ledger: 'released',
		answer: ['upstream_rejected', 'rate_limited'],
	},
	'rate limited': {
		means: 'The upstream answers 429.',
		again: 'later',
		elsewhere: 'key',
		breaker: 'none',
		key: 'limited',
		ledger: 'released',
		answer: ['rate_limited'],
	},
	overloaded: {
		means: 'The upstream has no capacity: 503, 529, 498, or an event that says so inside a 200.',
		again: 'backoff',
		elsewhere: 'target',
		breaker: 'model',
		key: 'none',
		ledger: 'released',
		answer: ['upstream_unavailable'],
	},
	'server error': {
		means: 'Any other 5xx, a conflict of its own (409, 424, 425), or an event of that kind inside a 200.',
		again: 'backoff',
		elsewhere: 'target',
		breaker: 'model',
		key: 'none',
		ledger: 'released',
		answer: ['upstream_unavailable'],
	},
	network: {
		means: 'No connection, a reset, or an answer that ends before any content.',
		again: 'backoff',
		elsewhere: 'target',
		breaker: 'endpoint',
		key: 'none',
		ledger: 'released',
		answer: ['upstream_unavailable'],
	},
	'timeout: first event': { means: 'Nothing came within the first-event limit.', ...TIMEOUT },
	'timeout: idle': {
		means: 'After its first event the upstream fell silent for longer than the idle limit.',
		...TIMEOUT,
	},
	'timeout: total': {
		means: 'The request as a whole took longer than its total limit.',
		...TIMEOUT,
		again: 'never',
		elsewhere: 'nowhere',
		breaker: 'none',
	},
	'timeout: commit deadline': {
		means: 'There was no content by the deadline that all attempts share, though events may have come.',
		...TIMEOUT,
		again: 'never',
		elsewhere: 'nowhere',
	},
	'upstream gave up': { means: 'The upstream reports a timeout of its own: 408, 504, 522, 524.', ...TIMEOUT },
	"client's fault": {
		means: 'The upstream refuses the request itself: 400, 413, 422 and other 4xx.',
		again: 'never',
		elsewhere: 'nowhere',
		breaker: 'none',
		key: 'none',
		ledger: 'released',
		answer: ['invalid_request', 'too_large'],
	},
	'context too long': {
		means: "The upstream says that the conversation does not fit the model's window.",
		again: 'never',
		elsewhere: 'context chain',
		breaker: 'none',
		key: 'none',
		ledger: 'released',
		answer: ['context_too_long'],
	},
	'content filter': {
		means: "The upstream's content filter refuses the request.",
		again: 'never',
		elsewhere: 'filter chain',
		breaker: 'none',
		key: 'none',
		ledger: 'released',
		answer: ['invalid_request'],
	},
	'model missing': {
		means: 'The upstream does not know the model, or this key may not use it: 404.',
		again: 'never',
		elsewhere: 'target',
		breaker: 'none',
		key: 'none',
		ledger: 'released',
		answer: ['model_not_found'],
	},
	'malformed answer': {
		means:
			'What came can not be read: a web page (also in place of a 401 or 404), broken JSON, an answer or a frame above the size limit.',
		...UNREADABLE,
		answer: ['upstream_malformed', 'upstream_rejected'],
	},
	redirect: {
		means: 'The upstream answers with a redirect, which is never followed: keys must not travel.',
		...UNREADABLE,
		again: 'never',
	},
	'error event after 200': {
		means: 'An error inside a 200, before any content, of a kind nobody knows. One of a known kind is that failure.',
		...UNREADABLE,
	},
	'cut after content': {
		means:
			'The stream broke off, fell silent or reported an error after its first content: the caller has begun to read.',
		again: 'never',
		elsewhere: 'nowhere',
		breaker: 'model',
		key: 'none',
		ledger: 'settled',
		answer: ['upstream_unavailable', 'upstream_timeout', 'upstream_malformed'],
	},
	'client left': {
		means: 'The caller closed the request; whatever is waited for ends at once.',
		again: 'never',
		elsewhere: 'nowhere',
		breaker: 'none',
		key: 'none',
		ledger: 'unknown',
		answer: ['aborted'],
	},
	'our own fault': {
		means: 'Nothing the upstream did: an address that is refused, or an error of the gateway itself.',
		again: 'never',
		elsewhere: 'target',
		breaker: 'none',
		key: 'none',
		ledger: 'released',
		answer: ['internal', 'invalid_request'],
	},
};

const named = (rows: Readonly<Record<FailureName, Row>>): readonly FailureRule[] =>
	(Object.keys(rows) as FailureName[]).map((name) => ({ name, ...rows[name] }));

/** Every row, in the order of the docs. */
export const FAILURE_RULES: readonly FailureRule[] = named(ROWS);

const BY_NAME = Object.fromEntries(FAILURE_RULES.map((rule) => [rule.name, rule])) as Readonly<
	Record<FailureName, FailureRule>
>;

const OF_LIMIT: Readonly<Record<NonNullable<UpstreamFailure['limit']>, FailureName>> = {
	'first-event': 'timeout: first event',
	idle: 'timeout: idle',
	commit: 'timeout: commit deadline',
	total: 'timeout: total',
};

function upstreamName({ failure, limit, status = 0 }: UpstreamFailure, code: ErrorCode): FailureName {
	switch (failure) {
		case 'key-dead':
			return 'key dead';
		case 'quota':
			return 'quota used up';
		case 'rate-limited':
			return 'rate limited';
		case 'overloaded':
			return 'overloaded';
		case 'server':
			return code === 'upstream_malformed' ? 'error event after 200' : 'server error';
		case 'network':
			return 'network';
		case 'timeout':
			return limit === undefined ? 'upstream gave up' : OF_LIMIT[limit];
		case 'bad-request':
			return "client's fault";
		case 'context-too-long':
			return 'context too long';
		case 'content-filter':
			return 'content filter';
		case 'model-missing':
			return 'model missing';
		case 'malformed':
			return status >= 300 && status < 400 ? 'redirect' : 'malformed answer';
	}
}

/** A limit of the model behind an aggregator, or one request that is too large for any minute (Groq's 413). */
const isAboutKey = ({ scope, status }: UpstreamFailure): boolean => scope === 'key' && status !== 413;

/**
 * The row of a failure, as far as the upstream says nothing against it: a retry that it calls useless
 * (`x-should-retry: false`) is none, and what concerns a model or one request alone says nothing of the key.
 */
export function ruleOf({ code, upstream }: GatewayError): FailureRule {
	if (!upstream) return BY_NAME[code === 'aborted' ? 'client left' : 'our own fault'];
	const rule = BY_NAME[upstreamName(upstream, code)];
	const again = upstream.shouldRetry === false ? 'never' : rule.again;
	if (rule.key !== 'none' && !isAboutKey(upstream)) return { ...rule, again, key: 'none', elsewhere: 'target' };
	return again === rule.again ? rule : { ...rule, again };
}

/** The same after content: whatever would have counted against the upstream is a cut. */
export function ruleAfterContent(error: GatewayError): FailureRule {
	const rule = ruleOf(error);
	return rule.breaker === 'none' ? rule : BY_NAME['cut after content'];
}
