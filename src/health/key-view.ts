/** What one isolate knows of the keys of an endpoint: its own calls, and the object's word where that is newer. */
import type { HealthSnapshot, KeyLimits, KeySnapshot, KeyStanding, KeyUse } from './contract';
import { type KeyMemory, type KeyUsage, limitHeard, MOST_KEYS, newKey, noteKey, refusedBy, usageOf } from './keys';
import { ahead, type LimitMemory, limitsAt, newLimit, noteLimit } from './limits';
import { heard, type Recency } from './recency';

/** Counts that the object told longer ago than this are over (ms). */
const COUNTS_MS = 60_000;

/** Calls are numbered as the view counts them; 0: none. */
interface LocalLimit extends LimitMemory {
	/** The last call that said good or limited, and that stated rates. */
	word: number;
	stated: number;
}

export interface LocalKey extends KeyMemory<LocalLimit> {
	/** Calls and tokens that are still to be reported. */
	untoldRequests: number;
	untoldTokens: number;
	/** The last call that said good or refused. */
	word: number;
}

/** What of an isolate's view its keys depend on. */
export interface KeysView {
	readonly snapshot: HealthSnapshot | null;
	readonly seenAt: number;
	readonly recorded: number;
	readonly told: number;
	readonly keys: Recency<LocalKey>;
}

/** Which of its standings. */
export interface KeyQuestion {
	readonly mark: string;
	readonly modelClass: string;
	readonly organizationId: string;
}

/** The object's word of a key; undefined: it has nothing to say. */
const toldOf = ({ snapshot }: KeysView, mark: string): KeySnapshot | undefined =>
	snapshot !== null && Object.hasOwn(snapshot.keys, mark) ? snapshot.keys[mark] : undefined;

const limitIn = (told: KeySnapshot | undefined, modelClass: string): KeyLimits | undefined =>
	told !== undefined && Object.hasOwn(told.limits, modelClass) ? told.limits[modelClass] : undefined;

const newLocalKey = (name: string): LocalKey =>
	Object.assign(newKey<LocalLimit>(name), { untoldRequests: 0, untoldTokens: 0, word: 0 });

const newLocalLimit = (name: string): LocalLimit => Object.assign(newLimit(name), { word: 0, stated: 0 });

/** Counts a call's key at once. True: others should hear of it soon. */
export function noteLocally(view: KeysView, modelClass: string, use: KeyUse, now: number): boolean {
	const key = heard(view.keys, use.mark, MOST_KEYS, now, newLocalKey);
	if (key.slots.length === 0) adopt(key, view);
	const wasRefused = ahead(key.refusedUntil, now) !== null;
	noteKey(key, use, now);
	if (use.word === 'good' || use.word === 'refused') key.word = view.recorded;
	key.untoldRequests += 1;
	if (use.tokens > 0) key.untoldTokens = Math.min(key.untoldTokens + use.tokens, Number.MAX_SAFE_INTEGER);
	const wasLimited = noteLimitLocally(key, view, modelClass, use, now);
	return use.word === 'refused' || use.word === 'limited' || (use.word === 'good' && (wasRefused || wasLimited));
}

/** True: it was limited until now. */
function noteLimitLocally(key: LocalKey, view: KeysView, modelClass: string, use: KeyUse, now: number): boolean {
	if (use.word === 'silent' && use.rates === null) return false;
	let limit = key.limits.get(modelClass);
	if (limit === undefined) {
		limit = limitHeard(key.limits, modelClass, now, newLocalLimit);
		adoptLimit(limit, limitIn(toldOf(view, key.name), modelClass), view.told);
	}
	const wasLimited = ahead(limit.limitedUntil, now) !== null;
	limit.heardAt = now;
	noteLimit(limit, use, now);
	if (use.word === 'good' || use.word === 'limited') limit.word = view.recorded;
	if (use.rates !== null) limit.stated = view.recorded;
	return wasLimited;
}

/** Takes the object's word where that knows all that was heard here. */
export function adopt(key: LocalKey, view: KeysView): void {
	const told = toldOf(view, key.name);
	if (key.word <= view.told) {
		key.refusedUntil = told?.refusedUntil ?? null;
		key.refusing = told?.refusedBy ?? null;
		key.refusingSeveral = key.refusedUntil !== null && key.refusing === null;
	}
	for (const limit of key.limits.values()) adoptLimit(limit, limitIn(told, limit.name), view.told);
}

function adoptLimit(limit: LocalLimit, told: KeyLimits | undefined, reported: number): void {
	if (limit.word <= reported) limit.limitedUntil = told?.limitedUntil ?? null;
	if (told?.rates && limit.stated <= reported) limit.rates = told.rates;
}

/** null: neither this isolate nor the object knows anything of it. */
export function standingIn(view: KeysView, question: KeyQuestion, now: number): KeyStanding | null {
	const { mark, modelClass, organizationId } = question;
	const key = view.keys.get(mark);
	const told = toldOf(view, mark);
	const known = key ?? told;
	if (known === undefined) return null;
	const by = key ? refusedBy(key) : (told?.refusedBy ?? null);
	const limit = key?.limits.get(modelClass) ?? limitIn(told, modelClass);
	const { limitedUntil, rates } = limit ? limitsAt(limit, now) : UNLIMITED;
	const { requestsMinute, tokensMinute } = usageIn(view, key, told, now);
	return {
		refusedUntil: by === null || by === organizationId ? ahead(known.refusedUntil, now) : null,
		limitedUntil,
		requestsMinute,
		tokensMinute,
		rates,
	};
}

const UNLIMITED: KeyLimits = { limitedUntil: null, rates: null };
const UNUSED: KeyUsage = { requestsMinute: 0, tokensMinute: 0 };

/** What the object counted and what it was not told yet; of what it told too long ago, the isolate's own. */
function usageIn(view: KeysView, key: LocalKey | undefined, told: KeySnapshot | undefined, now: number): KeyUsage {
	const counts = told && now - view.seenAt < COUNTS_MS ? told : UNUSED;
	if (!key) return counts;
	const own = usageOf(key, now);
	if (counts === UNUSED) return own;
	return {
		requestsMinute: Math.max(own.requestsMinute, counts.requestsMinute + key.untoldRequests),
		tokensMinute: Math.max(own.tokensMinute, counts.tokensMinute + key.untoldTokens),
	};
}
