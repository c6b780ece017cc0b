/** What one isolate knows of the keys of an endpoint: its own calls, and the object's word where that is newer. */
import type { HealthSnapshot, KeyStanding, KeyUse } from './contract';
import { ahead, type KeyMemory, MOST_KEYS, newKey, note, ratesAt, standingOf } from './keys';
import { heard, type Recency } from './recency';

/** Counts that the object told longer ago than this are over (ms). */
const COUNTS_MS = 60_000;

export interface LocalKey extends KeyMemory {
	/** Calls and tokens that are still to be reported. */
	untoldRequests: number;
	untoldTokens: number;
	/** The last call (as the view counts them) that said good, refused or limited, and that stated rates; 0: none. */
	word: number;
	stated: number;
}

/** What of an isolate's view its keys depend on. */
export interface KeysView {
	readonly snapshot: HealthSnapshot | null;
	readonly seenAt: number;
	readonly recorded: number;
	readonly told: number;
	readonly keys: Recency<LocalKey>;
}

/** The object's word of a key; undefined: it has nothing to say. */
const toldOf = ({ snapshot }: KeysView, mark: string): KeyStanding | undefined =>
	snapshot !== null && Object.hasOwn(snapshot.keys, mark) ? snapshot.keys[mark] : undefined;

const newLocalKey = (name: string): LocalKey =>
	Object.assign(newKey(name), { untoldRequests: 0, untoldTokens: 0, word: 0, stated: 0 });

/** Counts a call's key at once. True: others should hear of it soon. */
export function noteLocally(view: KeysView, use: KeyUse, now: number): boolean {
	const key = heard(view.keys, use.mark, MOST_KEYS, now, newLocalKey);
	if (key.slots.length === 0) adopt(key, view);
	const held = ahead(key.refusedUntil, now) !== null || ahead(key.limitedUntil, now) !== null;
	note(key, use, now);
	if (use.word !== 'silent') key.word = view.recorded;
	if (use.rates !== null) key.stated = view.recorded;
	key.untoldRequests += 1;
	if (use.tokens > 0) key.untoldTokens = Math.min(key.untoldTokens + use.tokens, Number.MAX_SAFE_INTEGER);
	return use.word === 'refused' || use.word === 'limited' || (use.word === 'good' && held);
}

/** Takes the object's word where that knows all that was heard here. */
export function adopt(key: LocalKey, view: KeysView): void {
	const told = toldOf(view, key.name);
	if (key.word <= view.told) {
		key.refusedUntil = told?.refusedUntil ?? null;
		key.limitedUntil = told?.limitedUntil ?? null;
	}
	if (told?.rates && key.stated <= view.told) key.rates = told.rates;
}

/** null: neither this isolate nor the object knows anything of it. */
export function standingIn(view: KeysView, mark: string, now: number): KeyStanding | null {
	const key = view.keys.get(mark);
	const told = toldOf(view, mark);
	const counts = told && now - view.seenAt < COUNTS_MS ? told : undefined;
	if (!key) return told ? aged(told, counts, now) : null;
	const own = standingOf(key, now);
	if (!counts) return own;
	return {
		refusedUntil: own.refusedUntil,
		limitedUntil: own.limitedUntil,
		requestsMinute: Math.max(own.requestsMinute, counts.requestsMinute + key.untoldRequests),
		tokensMinute: Math.max(own.tokensMinute, counts.tokensMinute + key.untoldTokens),
		rates: own.rates,
	};
}

const aged = (told: KeyStanding, counts: KeyStanding | undefined, now: number): KeyStanding => ({
	refusedUntil: ahead(told.refusedUntil, now),
	limitedUntil: ahead(told.limitedUntil, now),
	requestsMinute: counts?.requestsMinute ?? 0,
	tokensMinute: counts?.tokensMinute ?? 0,
	rates: ratesAt(told.rates, now),
});
