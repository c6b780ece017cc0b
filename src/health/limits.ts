/**
 * What is remembered of a key's limits with one class of models: most upstreams limit each model by itself. Functions
 * over plain memory that is JSON as it stands, the same for the shared object and each isolate.
 */
import type { Allowance, KeyLimits, KeyRates, KeyUse } from './contract';
import type { Named } from './recency';

/** Classes remembered of one key; the one heard of longest ago goes. */
export const MOST_LIMITS = 16;
const LEAST_LIMITED_MS = 1_000;
const MOST_LIMITED_MS = 60_000;
/** Whatever an upstream says, a key is not left alone for longer by its word. */
const DAY_MS = 86_400_000;
/** A stated rate of which less than this is left is worth telling. */
const LITTLE_LEFT = 0.2;
/** More doublings than the wait above takes. */
const MOST_DOUBLINGS = 16;

/** By model class. */
export interface LimitMemory extends Named {
	limitedUntil: number | null;
	/** 429s since it was last good that do not say how long, those of one stretch counted once. */
	unsaid: number;
	rates: KeyRates | null;
}

export const newLimit = (name: string): LimitMemory => ({
	name,
	heardAt: 0,
	limitedUntil: null,
	unsaid: 0,
	rates: null,
});

/** Takes what a call with that class of models said. */
export function noteLimit(limit: LimitMemory, { word, until, rates }: KeyUse, now: number): void {
	if (rates !== null) limit.rates = { requests: bounded(rates.requests, now), tokens: bounded(rates.tokens, now) };
	if (word === 'good') lift(limit);
	else if (word === 'limited') limited(limit, until, now);
}

/** It may be used again. */
export function lift(limit: LimitMemory): void {
	limit.limitedUntil = null;
	limit.unsaid = 0;
}

/** What of it holds now. */
export const limitsAt = ({ limitedUntil, rates }: KeyLimits, now: number): KeyLimits => ({
	limitedUntil: ahead(limitedUntil, now),
	rates: ratesAt(rates, now),
});

/** Is there anything of it that others must know? */
export const isNotable = ({ limitedUntil, rates }: KeyLimits): boolean =>
	limitedUntil !== null || leftOf(rates) < LITTLE_LEFT;

/** The least share that is left of a stated rate, 0–1; 1 where none is, or none has an end. */
export const leftOf = (rates: KeyRates | null): number => Math.min(shareOf(rates?.requests), shareOf(rates?.tokens));

/** null where that time has come. */
export const ahead = (until: number | null, now: number): number | null =>
	until !== null && now < until ? until : null;

function shareOf(allowance: Allowance | null | undefined): number {
	if (!allowance) return 1;
	const { limit, remaining } = allowance;
	return limit === null ? Math.min(remaining, 1) : remaining / limit;
}

/** Without what was stated of a time that is over; null: nothing is left. */
function ratesAt(rates: KeyRates | null, now: number): KeyRates | null {
	if (rates === null) return null;
	const requests = isOver(rates.requests, now) ? null : rates.requests;
	const tokens = isOver(rates.tokens, now) ? null : rates.tokens;
	if (requests === null && tokens === null) return null;
	return requests === rates.requests && tokens === rates.tokens ? rates : { requests, tokens };
}

const isOver = (allowance: Allowance | null, now: number): boolean => allowance === null || allowance.resetAt <= now;

function limited(limit: LimitMemory, until: number | null, now: number): void {
	const already = ahead(limit.limitedUntil, now);
	if (until !== null && Number.isFinite(until)) {
		limit.limitedUntil = Math.max(already ?? 0, Math.min(until, now + DAY_MS));
		return;
	}
	if (already !== null) return;
	limit.unsaid = Math.min(limit.unsaid + 1, MOST_DOUBLINGS);
	limit.limitedUntil = now + Math.min(LEAST_LIMITED_MS * 2 ** (limit.unsaid - 1), MOST_LIMITED_MS);
}

/** Every number in it finite; null where it says nothing. */
function bounded(allowance: Allowance | null, now: number): Allowance | null {
	if (allowance === null) return null;
	const { limit, remaining, resetAt } = allowance;
	if (!Number.isFinite(remaining) || !(resetAt > now)) return null;
	return {
		limit: limit !== null && Number.isFinite(limit) && limit > 0 ? limit : null,
		remaining: remaining > 0 ? remaining : 0,
		resetAt: Math.min(resetAt, now + DAY_MS),
	};
}
