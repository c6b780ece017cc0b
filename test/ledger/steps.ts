/** Arbitrary lives of requests, and arbitrary things that happen to the ledger meanwhile. */
import fc from 'fast-check';
import type { KeyLimits } from '../../src/ledger/contract';
import { NO_KEY_LIMITS, NO_LIMITS } from './fixtures';

export const HOLD = 1_000n;
export const BUDGET = 4_000n;
export const PER_MINUTE = 4;
export const PER_DAY = 7;
export const LIMITS = {
	...NO_LIMITS,
	requestsPerMinute: PER_MINUTE,
	requestsPerDay: PER_DAY,
	budgetDayNanoUsd: BUDGET,
	budgetMonthNanoUsd: 2n * BUDGET,
};
export const KEY_PER_MINUTE = 3;
export const KEY_PER_DAY = 4;
export const KEY_BUDGET = 2_500n;
export const KEY_TOTAL = 4_500n;

export interface Key {
	readonly id: string | null;
	readonly limits: KeyLimits | null;
	/** Of a token: the id of the key that issued it. */
	readonly issuer?: string;
}

const requestsLimited: KeyLimits = {
	...NO_KEY_LIMITS,
	requestsPerMinute: KEY_PER_MINUTE,
	requestsPerDay: KEY_PER_DAY,
};
const budgeted: KeyLimits = {
	...NO_KEY_LIMITS,
	budgetDayNanoUsd: KEY_BUDGET,
	budgetMonthNanoUsd: KEY_BUDGET + 1_000n,
	budgetTotalNanoUsd: KEY_TOTAL,
};
/** More than a generation of memory holds, so that accounts come and go. */
export const KEYS: readonly Key[] = [
	{ id: 'k-requests', limits: requestsLimited },
	{ id: 'k-budgets', limits: budgeted },
	{ id: 'k-both', limits: { ...requestsLimited, ...budgeted, requestsPerMinute: 2, requestsPerDay: 3 } },
	{ id: 'k-total', limits: { ...NO_KEY_LIMITS, budgetTotalNanoUsd: KEY_BUDGET } },
	{ id: 'k-none', limits: null },
	{ id: 't-requests', limits: null, issuer: 'k-both' },
	{ id: 't-budgets', limits: { ...NO_KEY_LIMITS, budgetTotalNanoUsd: KEY_BUDGET - 500n }, issuer: 'k-budgets' },
	{ id: 't-budgets-too', limits: requestsLimited, issuer: 'k-budgets' },
	{ id: 't-none', limits: null, issuer: 'k-none' },
	{ id: null, limits: null },
];

/** How long a hold lives (ms). */
export const LIFE = 120_000;

/** What one request will do. */
export interface Script {
	/** Cost of each attempt; null: it failed and is released. */
	readonly costs: readonly (number | null)[];
	/** The end is told by a close of its own, without an entry. */
	readonly closesEmpty: boolean;
	/** Which of `KEYS` it comes with. */
	readonly key: number;
}

export type Action = 'open' | 'reopen' | 'extend' | 'close' | 'again' | 'direct' | 'absorb' | 'reorder' | 'die';

export type Step =
	| { readonly kind: Action; readonly request: number }
	| { readonly kind: 'advance'; readonly ms: number }
	| { readonly kind: 'commit' | 'crash' | 'expire' | 'prepare' | 'settle' };

export const SCRIPTS = 10;

export const script: fc.Arbitrary<Script> = fc.record({
	costs: fc.array(fc.option(fc.nat(1_500)), { minLength: 1, maxLength: 3 }),
	closesEmpty: fc.boolean(),
	key: fc.oneof(fc.nat(KEYS.length - 1), fc.constantFrom(0, 1, 2, 6, 7)),
});

const request = fc.nat(SCRIPTS - 1);
const acts = (weight: number, kind: Action) => ({ weight, arbitrary: fc.record({ kind: fc.constant(kind), request }) });
const does = (weight: number, kind: 'commit' | 'crash' | 'expire' | 'prepare' | 'settle') => ({
	weight,
	arbitrary: fc.record({ kind: fc.constant(kind) }),
});

export const step: fc.Arbitrary<Step> = fc.oneof(
	acts(8, 'open'),
	acts(8, 'close'),
	acts(1, 'reopen'),
	acts(3, 'extend'),
	acts(2, 'again'),
	acts(1, 'direct'),
	acts(1, 'absorb'),
	acts(2, 'reorder'),
	acts(1, 'die'),
	does(4, 'commit'),
	does(2, 'crash'),
	does(2, 'expire'),
	does(1, 'prepare'),
	does(3, 'settle'),
	{
		weight: 5,
		arbitrary: fc.record({
			kind: fc.constant('advance' as const),
			ms: fc.oneof({ weight: 3, arbitrary: fc.nat(2_000) }, fc.constantFrom(1, 1_000, 59_999, 60_000, LIFE)),
		}),
	},
);
