/**
 * The ledger of one organization as a pure state machine: no clock, no storage, no network. Decisions are
 * made in memory; `take()` hands out what must be stored, and `restore()` starts from what was stored.
 *
 * Exactly one terminal entry stands for each attempt: the first one wins, but what is assumed or `unknown`
 * gives way to the truth.
 */
import { Balance } from './balance';
import type { Changes, Image, Stored } from './changes';
import { ConfigVersion } from './config-version';
import type {
	Account,
	CloseRequest,
	ExtendRequest,
	LedgerEntry,
	NanoUsd,
	OpenAnswer,
	OpenRequest,
	Spending,
} from './contract';
import { attemptOf, closeAttempt, finish, type Hold, holdFor, standIn, unheard, withdrawn } from './holds';
import type { KeyAccount } from './key-account';
import { GENERATION, KeyAccounts } from './key-accounts';
import { Recorder } from './recorder';
import { type Bound, boundsOf, refusalOf, type Whole } from './refusal';
import { RequestLimits } from './request-limits';

/** How long an expired hold is remembered, so that a late close finds what was assumed of it (ms). */
export const LATE_MS = 86_400_000;

/** For accounts that are restored: nothing of them is past. */
const LONG_AGO = 0;

export class Ledger {
	readonly version = new ConfigVersion();
	readonly balance = new Balance();
	readonly requests = new RequestLimits();
	readonly keys: KeyAccounts;
	organizationId: string | null = null;
	readonly #holds = new Map<string, Hold>();
	readonly #recorder: Recorder;

	/** `generation`: accounts of keys in each of the two generations that memory holds. */
	constructor(stored: Stored, generation = GENERATION) {
		this.keys = new KeyAccounts((keyId) => stored.account(keyId), generation);
		this.#recorder = new Recorder((attemptId) => stored.find(attemptId), this.balance, this.keys);
	}

	/**
	 * null: the version must be read from D1 first, then asked again with `read`. The organization's limits come
	 * first, then the key's, then its issuer's; a refusal consumes nothing of any. A request opened twice is counted
	 * once. Without a price (`holdNanoUsd` null) nothing is held.
	 */
	open(request: OpenRequest, now: number, read = false): OpenAnswer | null {
		const verdict = this.version.judge(request.configVersion, request.fresh);
		if (verdict === 'unsettled') return { kind: 'unsettled' };
		if (verdict !== 'current') {
			const { known } = this.version;
			return known === null || (verdict === 'read' && !read) ? null : { kind: 'stale', version: known };
		}
		const hold = holdFor(request, now);
		const accounts = this.keys.concerned(hold, now);
		const bounds = boundsOf(request, accounts);
		if (this.#holds.has(request.requestId)) return this.#opened(request, bounds, now);
		const refused = refusalOf(request, this, bounds, now);
		if (refused) return refused;
		if (request.operation !== 'health') {
			this.requests.add(now);
			this.#recorder.arrived(now);
			for (const account of accounts) {
				const limits = bounds.find((bound) => bound.account === account)?.limits;
				account.arrived(now, limits !== undefined && limits.requestsPerMinute !== null);
				this.keys.touch(account);
			}
		}
		this.#hold(hold.nanoUsd ?? 0n, accounts);
		this.#holds.set(hold.requestId, hold);
		this.#recorder.touch(hold);
		return this.#opened(request, bounds, now);
	}

	/** Adds to the hold. False: it would break a budget. Without a live hold only the budgets are asked. */
	extend(request: ExtendRequest, now: number): boolean {
		const { requestId, nanoUsd, limits, keyId, issuer } = request;
		if (this.balance.broken(limits, nanoUsd, now)) return false;
		const asking = this.keys.concerned({ keyId, issuerKeyId: issuer?.keyId ?? null }, now);
		for (const bound of boundsOf(request, asking)) if (bound.account.broken(bound.limits, nanoUsd, now)) return false;
		const hold = this.#holds.get(requestId);
		if (!hold || hold.expired || hold.final) return true;
		hold.nanoUsd = (hold.nanoUsd ?? 0n) + nanoUsd;
		this.#hold(nanoUsd, this.keys.concerned(hold, now));
		this.#recorder.touch(hold);
		return true;
	}

	/** Idempotent by attempt id. A close whose open was never seen is complete in itself. */
	close(close: CloseRequest, now: number): void {
		if (close.entry !== null) {
			this.#close(close.entry, close.final, false, now);
			return;
		}
		const hold = this.#holds.get(close.requestId);
		if (!hold) return;
		this.#giveBack(hold, finish(hold), now);
		this.#follow(hold, now);
	}

	/** What is spent and held. `keyId` null: of the organization alone. */
	account(keyId: string | null, now: number): Account {
		const organization = this.#spending(this, now);
		if (keyId === null) return { organization, key: null };
		const key = this.keys.of(keyId, now);
		return { organization, key: { ...this.#spending(key, now), totalNanoUsd: key.totalNanoUsd } };
	}

	/** An entry that an isolate wrote to D1 itself. Counted once; its row is written again to mark it as read. */
	absorb(entry: LedgerEntry, now: number): void {
		if (!this.#close(entry, false, true, now)) this.#recorder.write(entry);
	}

	/** Turns holds past their time into `unknown` entries and forgets those long past. */
	expire(now: number): void {
		for (const hold of this.#holds.values()) {
			if (hold.expired) {
				if (hold.expiresAt + LATE_MS <= now) this.#drop(hold);
			} else if (hold.expiresAt <= now) this.#lapse(hold, now);
		}
	}

	/** When the next hold expires (ms since epoch); Infinity: none is live. */
	nextExpiry(): number {
		let next = Number.POSITIVE_INFINITY;
		for (const hold of this.#holds.values()) if (!hold.expired) next = Math.min(next, hold.expiresAt);
		return next;
	}

	/** Something changed since the last `take`. */
	get dirty(): boolean {
		return this.#recorder.dirty;
	}

	/** The state itself changed, with no hold or entry to show for it. */
	touch(): void {
		this.#recorder.touchState();
	}

	/** All that changed since the last call, to be stored in one transaction, at once. */
	take(now: number): Changes {
		const state = {
			organizationId: this.organizationId,
			version: this.version.state(),
			balance: this.balance.state(),
			day: this.requests.day.state(),
		};
		return this.#recorder.take(now, state, this.requests.minute);
	}

	restore(image: Image): void {
		if (image.state) {
			this.organizationId = image.state.organizationId;
			this.version.restore(image.state.version);
			this.balance.restore(image.state.balance);
			this.requests.day.restore(image.state.day);
		}
		for (const { second, offsets } of image.arrivals) this.requests.minute.restore(second, offsets);
		for (const { keyId, second, offsets } of image.keyArrivals)
			this.keys.of(keyId, LONG_AGO).restoreArrivals(second, offsets);
		for (const hold of image.holds) {
			this.#holds.set(hold.requestId, hold);
			this.#recorder.restored(hold);
			if (!hold.expired) this.#hold(hold.nanoUsd ?? 0n, this.keys.concerned(hold, LONG_AGO));
		}
	}

	/** With whichever limit has the fewest requests left. */
	#opened({ limits }: OpenRequest, bounds: readonly Bound[], now: number): OpenAnswer {
		let fewest = this.requests.state(limits, now);
		for (const bound of bounds) {
			const own = bound.account.requests.state(bound.limits, now);
			if (own !== null && (fewest === null || own.remaining < fewest.remaining)) fewest = own;
		}
		return { kind: 'open', requests: fewest };
	}

	#spending({ balance, requests }: Whole, now: number): Spending {
		return {
			requestsMinute: requests.minute.count(now),
			minuteResetMs: requests.minute.emptyAfter(now),
			requestsDay: requests.day.count(now),
			dayNanoUsd: balance.spentDay(now),
			monthNanoUsd: balance.spentMonth(now),
			heldNanoUsd: balance.held,
		};
	}

	/** Negative gives back. */
	#hold(nanoUsd: NanoUsd, accounts: readonly KeyAccount[]): void {
		this.balance.hold(nanoUsd);
		for (const account of accounts) account.balance.hold(nanoUsd);
	}

	/** True where the entry was recorded. */
	#close(entry: LedgerEntry, final: boolean, direct: boolean, now: number): boolean {
		const hold = this.#holds.get(entry.requestId);
		const attempt = attemptOf(entry.attemptId);
		const first = hold !== undefined && !hold.expired && attempt > hold.highest;
		const recorded = this.#recorder.record(entry, now, false, first);
		if (!hold) return recorded;
		let back = recorded ? closeAttempt(hold, attempt, entry.costNanoUsd ?? 0n) : 0n;
		if (direct) hold.direct = true;
		if (final) back += finish(hold);
		this.#giveBack(hold, back, now);
		this.#follow(hold, now);
		return recorded;
	}

	#giveBack(hold: Hold, nanoUsd: NanoUsd, now: number): void {
		if (!hold.expired && nanoUsd !== 0n) this.#hold(-nanoUsd, this.keys.concerned(hold, now));
	}

	/** What a close means for the hold itself: over, corrected, or just smaller. */
	#follow(hold: Hold, now: number): void {
		if (hold.expired) this.#assume(hold, now);
		else if (hold.final && hold.missing.length === 0) this.#drop(hold);
		else this.#recorder.touch(hold);
	}

	#lapse(hold: Hold, now: number): void {
		this.#giveBack(hold, hold.nanoUsd ?? 0n, now);
		hold.expired = true;
		this.#assume(hold, now);
	}

	/** Makes the entries that stand in for what was not heard of an expired hold what is now to be assumed. */
	#assume(hold: Hold, now: number): void {
		const due = unheard(hold);
		const organizationId = this.organizationId ?? '';
		for (const attempt of hold.assumed)
			if (!due.some((assumption) => assumption.attempt === attempt))
				this.#recorder.record(withdrawn(hold, organizationId, attempt), now, true);
		for (const assumption of due) {
			const entry = standIn(hold, organizationId, assumption);
			const standing = this.#recorder.find(entry.attemptId);
			if (standing?.state === 'unknown' && standing.costNanoUsd === entry.costNanoUsd) continue;
			this.#recorder.record(entry, now, true);
		}
		hold.assumed = due.map((assumption) => assumption.attempt);
		if (due.length === 0) this.#drop(hold);
		else this.#recorder.touch(hold);
	}

	#drop(hold: Hold): void {
		this.#holds.delete(hold.requestId);
		this.#recorder.drop(hold);
	}
}
