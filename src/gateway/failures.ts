/**
 * What each failure of an upstream call does: one row each, read by everything that decides (`retry`, `pursue`,
 * `meter`, `report`), which `failure-rule.ts` finds for an error. `docs/failures.md` is printed from it. Plain data.
 */
import type { ErrorCode } from '../errors';
import type { EntryState } from '../ledger/contract';

export type FailureName =
	| 'key dead'
	| 'quota used up'
	| 'rate limited'
	| 'overloaded'
	| 'server error'
	| 'network'
	| 'cut before content'
	| 'timeout: first event'
	| 'timeout: idle'
	| 'timeout: content'
	| 'timeout: total'
	| 'timeout: commit deadline'
	| 'upstream gave up'
	| "client's fault"
	| 'context too long'
	| 'content filter'
	| 'model missing'
	| 'malformed answer'
	| 'web page'
	| 'redirect'
	| 'error event after 200'
	| 'cut after content'
	| 'client left'
	| 'our own fault';

export interface FailureRule {
	readonly name: FailureName;
	/** When it is this one, for the docs. */
	readonly means: string;
	/**
	 * `backoff`: the same target at once. `later`: others first, then this one again. `never`: not in this request.
	 * `replan`: where no chain has anybody left, this one once more with less of the conversation.
	 */
	readonly again: 'backoff' | 'later' | 'never' | 'replan';
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

const FOR_GOOD = {
	again: 'never',
	breaker: 'none',
	key: 'none',
	ledger: 'released',
} as const satisfies Partial<Row>;

const TIMEOUT = {
	again: 'later',
	elsewhere: 'target',
	breaker: 'model',
	key: 'none',
	ledger: 'unknown',
	answer: ['upstream_timeout'],
} as const satisfies Omit<Row, 'means'>;

const UNAVAILABLE = {
	again: 'backoff',
	elsewhere: 'target',
	breaker: 'model',
	key: 'none',
	ledger: 'released',
	answer: ['upstream_unavailable'],
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
		...UNAVAILABLE,
	},
	'server error': {
		means: 'Any other 5xx, a conflict of its own (409, 424, 425), or an event of that kind inside a 200.',
		...UNAVAILABLE,
	},
	network: {
		means: 'No connection, or a reset before an answer has begun.',
		...UNAVAILABLE,
		breaker: 'endpoint',
	},
	'cut before content': {
		means: 'An answer has begun (2xx), and breaks off or ends before the caller has any of its content.',
		...UNAVAILABLE,
		// The endpoint was reached, and what it did until then may be billed.
		ledger: 'unknown',
	},
	'timeout: first event': { means: 'Nothing came within the first-event limit.', ...TIMEOUT },
	'timeout: idle': {
		means: 'After its first event the upstream fell silent for longer than the idle limit.',
		...TIMEOUT,
	},
	'timeout: content': {
		means:
			'Events come, pings for instance, but no content, and others wait: the time of one first event is kept for them.',
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
		...FOR_GOOD,
		elsewhere: 'nowhere',
		answer: ['invalid_request', 'too_large'],
	},
	'context too long': {
		means: "The upstream says that the conversation does not fit the model's window.",
		...FOR_GOOD,
		again: 'replan',
		elsewhere: 'context chain',
		answer: ['context_too_long'],
	},
	'content filter': {
		means: "The upstream's content filter refuses the request.",
		...FOR_GOOD,
		elsewhere: 'filter chain',
		answer: ['invalid_request'],
	},
	'model missing': {
		means: 'The upstream does not know the model, or this key may not use it: 404.',
		...FOR_GOOD,
		elsewhere: 'target',
		answer: ['model_not_found'],
	},
	'malformed answer': {
		means:
			'What came as an answer (2xx) can not be read: broken JSON, or none, nothing at all, an answer or a frame above the size limit.',
		...UNREADABLE,
		// It was produced, and may be billed as it is.
		ledger: 'unknown',
	},
	'web page': {
		means:
			"A web page, or what else is none of the API's, comes in the place of an answer, of a 401 or of a 404: from something in between, or from a wrong address.",
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
		...FOR_GOOD,
		elsewhere: 'target',
		answer: ['internal', 'invalid_request'],
	},
};

const named = (rows: Readonly<Record<FailureName, Row>>): readonly FailureRule[] =>
	(Object.keys(rows) as FailureName[]).map((name) => ({ name, ...rows[name] }));

/** Every row, in the order of the docs. */
export const FAILURE_RULES: readonly FailureRule[] = named(ROWS);
