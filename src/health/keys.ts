/**
 * What is remembered of the keys used at an endpoint, by `Credential.mark`: functions over plain memory that is JSON
 * as it stands, the same for the shared object and each isolate. Time is an argument (ms since epoch).
 */
import type { Allowance, KeyRates, KeyStanding, KeyUse } from './contract';
import { heard, type Named, type Recency } from './recency';
import { othersThan, type Sightings, see } from './sightings';

/** Keys remembered per endpoint; the one used longest ago goes. */
export const MOST_KEYS = 256;
const LEAST_REFUSED_MS = 60_000;
const MOST_REFUSED_MS = 600_000;
const LEAST_LIMITED_MS = 1_000;
const MOST_LIMITED_MS = 60_000;
/** Whatever an upstream says, a key is not left alone for longer by its word. */
const DAY_MS = 86_400_000;
const SLOT_MS = 5_000;
const SLOTS = 12;
/** A stated rate of which less than this is left is worth telling. */
const LITTLE_LEFT = 0.2;
/** More doublings than any of the waits above takes. */
const MOST_DOUBLINGS = 16;

interface Slot {
	/** Of five seconds each, since epoch. */
	readonly slot: number;
	requests: number;
	tokens: number;
}

/** Its sightings are the organizations for which it was good. */
export interface KeyMemory extends Named, Sightings {
	refusedUntil: number | null;
	/** Refusals since it was last good, those of one stretch counted once. */
	refusals: number;
	/** Who was refused first since it was last good for anybody; null: nobody. */
	refusing: string | null;
	limitedUntil: number | null;
	/** The same of 429s that do not say how long. */
	limits: number;
	rates: KeyRates | null;
	/** Oldest first. */
	slots: Slot[];
}

export const newKey = (name: string): KeyMemory => ({
	name,
	heardAt: 0,
	refusedUntil: null,
	refusals: 0,
	refusing: null,
	limitedUntil: null,
	limits: 0,
	rates: null,
	slots: [],
	latest: null,
	other: null,
});

export const keyHeard = (keys: Recency<KeyMemory>, mark: string, now: number): KeyMemory =>
	heard(keys, mark, MOST_KEYS, now, newKey);

/** Takes what a call said of its key. */
export function note(key: KeyMemory, use: KeyUse, now: number): void {
	count(key, use.tokens, now);
	if (use.rates !== null)
		key.rates = { requests: bounded(use.rates.requests, now), tokens: bounded(use.rates.tokens, now) };
	if (use.word === 'good') good(key, use.organizationId, now);
	else if (use.word === 'refused') refused(key, use.organizationId, now);
	else if (use.word === 'limited') limited(key, use.until, now);
}

/** What to think of it now. */
export function standingOf(key: KeyMemory, now: number): KeyStanding {
	const oldest = Math.floor(now / SLOT_MS) - SLOTS;
	let requests = 0;
	let tokens = 0;
	for (const past of key.slots) {
		if (past.slot <= oldest) continue;
		requests += past.requests;
		tokens += past.tokens;
	}
	return {
		refusedUntil: ahead(key.refusedUntil, now),
		limitedUntil: ahead(key.limitedUntil, now),
		requestsMinute: requests,
		tokensMinute: tokens,
		rates: ratesAt(key.rates, now),
	};
}

/** Is there something to say of it, beside how much it was used? */
export const isNotable = ({ refusedUntil, limitedUntil, rates }: KeyStanding): boolean =>
	refusedUntil !== null || limitedUntil !== null || isScarce(rates?.requests) || isScarce(rates?.tokens);

/** null where that time has come. */
export const ahead = (until: number | null, now: number): number | null =>
	until !== null && now < until ? until : null;

/** Without what was stated of a time that is over; null: nothing is left. */
export function ratesAt(rates: KeyRates | null, now: number): KeyRates | null {
	if (rates === null) return null;
	const requests = isOver(rates.requests, now) ? null : rates.requests;
	const tokens = isOver(rates.tokens, now) ? null : rates.tokens;
	if (requests === null && tokens === null) return null;
	return requests === rates.requests && tokens === rates.tokens ? rates : { requests, tokens };
}

const isOver = (allowance: Allowance | null, now: number): boolean => allowance === null || allowance.resetAt <= now;

const isScarce = (allowance: Allowance | null | undefined): boolean =>
	!!allowance && allowance.remaining < (allowance.limit === null ? 1 : allowance.limit * LITTLE_LEFT);

function good(key: KeyMemory, organizationId: string, now: number): void {
	see(key, organizationId, now);
	key.refusedUntil = null;
	key.refusals = 0;
	key.refusing = null;
	key.limitedUntil = null;
	key.limits = 0;
}

/** A key that is good for another organization, too, is left alone only once two were refused. */
function refused(key: KeyMemory, organizationId: string, now: number): void {
	key.refusing ??= organizationId;
	if (key.refusing === organizationId && othersThan(key, organizationId, now)) return;
	if (ahead(key.refusedUntil, now) !== null) return;
	key.refusals = Math.min(key.refusals + 1, MOST_DOUBLINGS);
	key.refusedUntil = now + Math.min(LEAST_REFUSED_MS * 2 ** (key.refusals - 1), MOST_REFUSED_MS);
}

function limited(key: KeyMemory, until: number | null, now: number): void {
	const already = ahead(key.limitedUntil, now);
	if (until !== null && Number.isFinite(until)) {
		key.limitedUntil = Math.max(already ?? 0, Math.min(until, now + DAY_MS));
		return;
	}
	if (already !== null) return;
	key.limits = Math.min(key.limits + 1, MOST_DOUBLINGS);
	key.limitedUntil = now + Math.min(LEAST_LIMITED_MS * 2 ** (key.limits - 1), MOST_LIMITED_MS);
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

function count(key: KeyMemory, tokens: number, now: number): void {
	const slot = Math.floor(now / SLOT_MS);
	let last = key.slots.at(-1);
	if (!last || last.slot < slot) {
		last = { slot, requests: 0, tokens: 0 };
		key.slots = key.slots.filter((past) => past.slot > slot - SLOTS);
		key.slots.push(last);
	}
	last.requests += 1;
	if (tokens > 0) last.tokens = Math.min(last.tokens + tokens, Number.MAX_SAFE_INTEGER);
}
