/** Arbitrary lives of requests, and arbitrary things that happen to the ledger meanwhile. */
import fc from 'fast-check';
import { NO_LIMITS } from './fixtures';

export const HOLD = 1_000n;
export const BUDGET = 4_000n;
export const PER_MINUTE = 3;
export const PER_DAY = 5;
export const LIMITS = {
	...NO_LIMITS,
	requestsPerMinute: PER_MINUTE,
	requestsPerDay: PER_DAY,
	budgetDayNanoUsd: BUDGET,
	budgetMonthNanoUsd: 2n * BUDGET,
};
/** How long a hold lives (ms). */
export const LIFE = 120_000;

/** What one request will do. */
export interface Script {
	/** Cost of each attempt; null: it failed and is released. */
	readonly costs: readonly (number | null)[];
	/** The end is told by a close of its own, without an entry. */
	readonly closesEmpty: boolean;
}

export type Action = 'open' | 'reopen' | 'extend' | 'close' | 'again' | 'direct' | 'absorb' | 'reorder' | 'die';

export type Step =
	| { readonly kind: Action; readonly request: number }
	| { readonly kind: 'advance'; readonly ms: number }
	| { readonly kind: 'commit' | 'crash' | 'expire' | 'prepare' | 'settle' };

export const SCRIPTS = 6;

export const script: fc.Arbitrary<Script> = fc.record({
	costs: fc.array(fc.option(fc.nat(1_500)), { minLength: 1, maxLength: 3 }),
	closesEmpty: fc.boolean(),
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
	acts(1, 'extend'),
	acts(2, 'again'),
	acts(1, 'direct'),
	acts(1, 'absorb'),
	acts(2, 'reorder'),
	acts(1, 'die'),
	does(4, 'commit'),
	does(2, 'crash'),
	does(2, 'expire'),
	does(1, 'prepare'),
	does(2, 'settle'),
	{
		weight: 5,
		arbitrary: fc.record({
			kind: fc.constant('advance' as const),
			ms: fc.oneof({ weight: 3, arbitrary: fc.nat(2_000) }, fc.constantFrom(1, 1_000, 59_999, 60_000, LIFE)),
		}),
	},
);
