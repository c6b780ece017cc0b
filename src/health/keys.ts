/**
 * What is remembered of the keys used at an endpoint, by `Credential.mark`: functions over plain memory that is JSON
 * as it stands but for what is kept by name, the same for the shared object and each isolate. Time is an argument (ms
 * since epoch).
 */
import type { KeyAtWorst, KeyLimits, KeyRates, KeySnapshot, KeyUse } from './contract';
import { ahead, isNotable, type LimitMemory, leftOf, lift, limitsAt, MOST_LIMITS, newLimit, noteLimit } from './limits';
import { WHOLE_ENDPOINT } from './place';
import { heard, type Named, type Recency } from './recency';
import { othersThan, type Sightings, see } from './sightings';

/** Keys remembered per endpoint; the one used longest ago goes. */
export const MOST_KEYS = 256;
const LEAST_REFUSED_MS = 60_000;
const MOST_REFUSED_MS = 600_000;
const SLOT_MS = 5_000;
const SLOTS = 12;
/** More doublings than the wait above takes. */
const MOST_DOUBLINGS = 16;

interface Slot {
	/** Of five seconds each, since epoch. */
	readonly slot: number;
	requests: number;
	tokens: number;
}

/** Its sightings are the organizations for which it was good. */
export interface KeyMemory<Limit extends LimitMemory = LimitMemory> extends Named, Sightings {
	refusedUntil: number | null;
	/** Refusals since it was last good, those of one stretch counted once. */
	refusals: number;
	/** Who was refused first since it was last good for anybody; null: nobody. */
	refusing: string | null;
	/** A second organization was refused since. */
	refusingSeveral: boolean;
	readonly limits: Recency<Limit>;
	/** Oldest first. */
	slots: Slot[];
}

export const newKey = <Limit extends LimitMemory = LimitMemory>(name: string): KeyMemory<Limit> => ({
	name,
	heardAt: 0,
	refusedUntil: null,
	refusals: 0,
	refusing: null,
	refusingSeveral: false,
	limits: new Map(),
	slots: [],
	latest: null,
	other: null,
});

/** Takes what a call with that class of models said of its key. */
export function absorbKey(keys: Recency<KeyMemory>, modelClass: string, use: KeyUse, now: number): KeyMemory {
	const key = heard(keys, use.mark, MOST_KEYS, now, newKey);
	noteKey(key, use, now);
	const says = use.word === 'limited' || use.rates !== null || key.limits.has(modelClass);
	if (says) noteLimit(limitHeard(key.limits, modelClass, now, newLimit), use, now);
	// Somebody has tried the key by itself, and it is good.
	if (use.word === 'good' && modelClass === WHOLE_ENDPOINT) for (const limit of key.limits.values()) lift(limit);
	return key;
}

/** Its class, made where it is missing. */
export const limitHeard = <Limit extends LimitMemory>(
	limits: Recency<Limit>,
	modelClass: string,
	now: number,
	make: (name: string) => Limit,
): Limit => heard(limits, modelClass, MOST_LIMITS, now, make, isLimited);

const isLimited = ({ limitedUntil }: KeyLimits, now: number): boolean => ahead(limitedUntil, now) !== null;

/** Takes what a call said of its key, whatever the model. */
export function noteKey(key: KeyMemory, { tokens, word, organizationId }: KeyUse, now: number): void {
	count(key, tokens, now);
	if (word === 'good') good(key, organizationId, now);
	else if (word === 'refused') refused(key, organizationId, now);
}

/** The only organization it is refused for; null: it is for all, or it is not. */
export const refusedBy = ({ refusing, refusingSeveral }: Pick<KeyMemory, 'refusing' | 'refusingSeveral'>) =>
	refusingSeveral ? null : refusing;

export interface KeyUsage {
	readonly requestsMinute: number;
	readonly tokensMinute: number;
}

/** Calls and tokens of the last 60 s. */
export function usageOf({ slots }: Pick<KeyMemory, 'slots'>, now: number): KeyUsage {
	const oldest = Math.floor(now / SLOT_MS) - SLOTS;
	let requestsMinute = 0;
	let tokensMinute = 0;
	for (const past of slots) {
		if (past.slot <= oldest) continue;
		requestsMinute += past.requests;
		tokensMinute += past.tokens;
	}
	return { requestsMinute, tokensMinute };
}

/** `all`: with rates of which much is left, too. */
export function keySnapshot(key: KeyMemory, all: boolean, now: number): KeySnapshot {
	const refusedUntil = ahead(key.refusedUntil, now);
	const { requestsMinute, tokensMinute } = usageOf(key, now);
	const limits: [string, KeyLimits][] = [];
	for (const limit of key.limits.values()) {
		const told = limitsAt(limit, now);
		if (isNotable(told) || (all && told.rates !== null)) limits.push([limit.name, told]);
	}
	return {
		refusedUntil,
		refusedBy: refusedUntil === null ? null : refusedBy(key),
		requestsMinute,
		tokensMinute,
		// Names are others' words: set by definition, so that none of them is taken for the prototype.
		limits: Object.fromEntries(limits),
	};
}

/** At the class that is limited for longest, else at the one of whose rates least is left. */
export function keyAtWorst(key: KeyMemory, now: number): KeyAtWorst {
	let worst: (KeyLimits & { readonly modelClass: string }) | null = null;
	for (const limit of key.limits.values()) {
		const told = { modelClass: limit.name, ...limitsAt(limit, now) };
		if ((told.limitedUntil !== null || told.rates !== null) && (worst === null || isWorse(told, worst))) worst = told;
	}
	const refusedUntil = ahead(key.refusedUntil, now);
	return { refusedUntil, ...usageOf(key, now), ...(worst ?? UNLIMITED) };
}

const UNLIMITED: { readonly limitedUntil: number | null; readonly rates: KeyRates | null } = {
	limitedUntil: null,
	rates: null,
};

function isWorse(one: KeyLimits, other: KeyLimits): boolean {
	const [until, otherUntil] = [one.limitedUntil ?? 0, other.limitedUntil ?? 0];
	return until === otherUntil ? leftOf(one.rates) < leftOf(other.rates) : until > otherUntil;
}

function good(key: KeyMemory, organizationId: string, now: number): void {
	see(key, organizationId, now);
	key.refusedUntil = null;
	key.refusals = 0;
	key.refusing = null;
	key.refusingSeveral = false;
}

/** A key that is good for another organization, too, is left alone only once two were refused. */
function refused(key: KeyMemory, organizationId: string, now: number): void {
	key.refusing ??= organizationId;
	if (key.refusing !== organizationId) key.refusingSeveral = true;
	if (!key.refusingSeveral && othersThan(key, organizationId, now)) return;
	if (ahead(key.refusedUntil, now) !== null) return;
	key.refusals = Math.min(key.refusals + 1, MOST_DOUBLINGS);
	key.refusedUntil = now + Math.min(LEAST_REFUSED_MS * 2 ** (key.refusals - 1), MOST_REFUSED_MS);
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
