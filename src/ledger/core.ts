/**
 * The ledger of one organization as a pure state machine: no clock, no storage, no network. Decisions are
 * made in memory; `take()` hands out what must be stored, and `restore()` starts from what was stored.
 *
 * Exactly one terminal entry stands for each attempt: the first one wins, but what is assumed or `unknown`
 * gives way to the truth.
 */
import { Balance, untilNextMonth } from './balance';
import type { Changes, ClosedAttempt, Image } from './changes';
import { ConfigVersion } from './config-version';
import type { CloseRequest, ExtendRequest, LedgerEntry, LedgerLimits, OpenAnswer, OpenRequest } from './contract';
import { attemptOf, closeAttempt, finish, type Hold, holdFor, standIn, unheard, withdrawn } from './holds';
import { untilTomorrow } from './limiter';
import { Recorder } from './recorder';
import { RequestLimits } from './request-limits';

/** How long an expired hold is remembered, so that a late close finds what was assumed of it (ms). */
export const LATE_MS = 86_400_000;

export class Ledger {
	readonly version = new ConfigVersion();
	readonly balance = new Balance();
	readonly requests = new RequestLimits();
	organizationId: string | null = null;
	readonly #holds = new Map<string, Hold>();
	readonly #recorder: Recorder;

	/** `find`: a closed attempt from the stored memory; what is not stored yet is known here. */
	constructor(find: (attemptId: string) => ClosedAttempt | null) {
		this.#recorder = new Recorder(find, this.balance);
	}

	/**
	 * null: the version must be read from D1 first, then asked again with `read`. A refusal consumes nothing.
	 * A request opened twice is counted once. Without a price (`holdNanoUsd` null) nothing is held.
	 */
	open(request: OpenRequest, now: number, read = false): OpenAnswer | null {
		const verdict = this.version.judge(request.configVersion, request.fresh);
		if (verdict === 'unsettled') return { kind: 'unsettled' };
		if (verdict !== 'current') {
			const { known } = this.version;
			return known === null || (verdict === 'read' && !read) ? null : { kind: 'stale', version: known };
		}
		if (this.#holds.has(request.requestId)) return this.#opened(request.limits, now);
		const counted = request.operation !== 'health';
		const refused = counted ? this.requests.refusal(request.limits, now) : null;
		if (refused) return refused;
		const amount = request.holdNanoUsd ?? 0n;
		const period = this.balance.broken(request.limits, amount, now);
		if (period) {
			const retryAfterMs = period === 'day' ? untilTomorrow(now) : untilNextMonth(now);
			return { kind: 'budget-exceeded', period, retryAfterMs };
		}
		if (counted) {
			this.requests.add(now);
			this.#recorder.arrived(now);
		}
		this.balance.hold(amount);
		const hold = holdFor(request, now);
		this.#holds.set(hold.requestId, hold);
		this.#recorder.touch(hold);
		return this.#opened(request.limits, now);
	}

	/** Adds to the hold. False: it would break a budget. Without a live hold only the budget is asked. */
	extend(request: ExtendRequest, now: number): boolean {
		if (this.balance.broken(request.limits, request.nanoUsd, now)) return false;
		const hold = this.#holds.get(request.requestId);
		if (!hold || hold.expired || hold.final) return true;
		hold.nanoUsd = (hold.nanoUsd ?? 0n) + request.nanoUsd;
		this.balance.hold(request.nanoUsd);
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
		this.#giveBack(hold, finish(hold));
		this.#follow(hold, now);
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
		for (const hold of image.holds) {
			this.#holds.set(hold.requestId, hold);
			this.#recorder.restored(hold);
			if (!hold.expired) this.balance.hold(hold.nanoUsd ?? 0n);
		}
	}

	#opened(limits: LedgerLimits, now: number): OpenAnswer {
		return { kind: 'open', requests: this.requests.state(limits, now) };
	}

	/** True where the entry was recorded. */
	#close(entry: LedgerEntry, final: boolean, direct: boolean, now: number): boolean {
		const hold = this.#holds.get(entry.requestId);
		const attempt = attemptOf(entry.attemptId);
		const first = hold !== undefined && !hold.expired && attempt > hold.highest;
		const recorded = this.#recorder.record(entry, now, false, first);
		if (!hold) return recorded;
		if (recorded) this.#giveBack(hold, closeAttempt(hold, attempt, entry.costNanoUsd ?? 0n));
		if (direct) hold.direct = true;
		if (final) this.#giveBack(hold, finish(hold));
		this.#follow(hold, now);
		return recorded;
	}

	#giveBack(hold: Hold, nanoUsd: bigint): void {
		if (!hold.expired) this.balance.hold(-nanoUsd);
	}

	/** What a close means for the hold itself: over, corrected, or just smaller. */
	#follow(hold: Hold, now: number): void {
		if (hold.expired) this.#assume(hold, now);
		else if (hold.final && hold.missing.length === 0) this.#drop(hold);
		else this.#recorder.touch(hold);
	}

	#lapse(hold: Hold, now: number): void {
		this.balance.hold(-(hold.nanoUsd ?? 0n));
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
