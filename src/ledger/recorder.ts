/** Collects what must be stored: the entry that stands for each attempt, holds that changed, admissions. */
import type { Balance } from './balance';
import type { Changes, ClosedAttempt, LedgerState } from './changes';
import type { LedgerEntry, NanoUsd } from './contract';
import type { Hold } from './holds';
import type { KeyAccounts } from './key-accounts';
import { arrivalsSince, MINUTE_MS, type SlidingMinute, secondOf } from './limiter';

const NEVER = Number.POSITIVE_INFINITY;

export class Recorder {
	#closed = new Map<string, ClosedAttempt>();
	#rows: LedgerEntry[] = [];
	#changed = new Set<Hold>();
	#dropped: string[] = [];
	#arrivedAt = NEVER;
	#stateChanged = false;
	/** Request ids of the holds in storage. */
	readonly #stored = new Set<string>();

	constructor(
		private readonly stored: (attemptId: string) => ClosedAttempt | null,
		private readonly balance: Balance,
		private readonly accounts: KeyAccounts,
	) {}

	get dirty(): boolean {
		if (this.#stateChanged || this.#changed.size > 0 || this.#dropped.length > 0) return true;
		return this.#rows.length > 0 || this.accounts.dirty;
	}

	find(attemptId: string): ClosedAttempt | null {
		return this.#closed.get(attemptId) ?? this.stored(attemptId);
	}

	/**
	 * Lets the entry stand for its attempt, balances corrected by the difference. False: another stands already.
	 * What is assumed gives way to anything; an `unknown` that was reported, to a reported end only. With `first`
	 * the hold has shown already that none stands, which spares a look into storage.
	 */
	record(entry: LedgerEntry, now: number, assumed = false, first = false): boolean {
		const standing = first ? null : this.find(entry.attemptId);
		if (standing !== null) {
			const replaces = standing.assumed || (standing.state === 'unknown' && entry.state !== 'unknown' && !assumed);
			if (!replaces) return false;
			this.#spend(entry, standing.startedAt, -(standing.costNanoUsd ?? 0n), now);
		}
		this.#spend(entry, entry.startedAt, entry.costNanoUsd ?? 0n, now);
		const { state, costNanoUsd, startedAt } = entry;
		this.#closed.set(entry.attemptId, { state, costNanoUsd, startedAt, assumed });
		this.#rows.push(entry);
		return true;
	}

	/** A row for D1 that changes nothing here. */
	write(entry: LedgerEntry): void {
		this.#rows.push(entry);
	}

	/** A request was counted at `now`. */
	arrived(now: number): void {
		this.#arrivedAt = Math.min(this.#arrivedAt, now);
	}

	touch(hold: Hold): void {
		this.#changed.add(hold);
	}

	drop(hold: Hold): void {
		this.#changed.delete(hold);
		if (this.#stored.delete(hold.requestId)) this.#dropped.push(hold.requestId);
	}

	/** This hold comes from storage. */
	restored(hold: Hold): void {
		this.#stored.add(hold.requestId);
	}

	touchState(): void {
		this.#stateChanged = true;
	}

	/** The changes so far, to be stored before anything else happens: the holds in it are live. */
	take(now: number, state: LedgerState, minute: SlidingMinute): Changes {
		const changes: Changes = {
			state,
			holds: [...this.#changed],
			dropped: this.#dropped,
			arrivals: arrivalsSince(minute, this.#arrivedAt, now),
			arrivalsFrom: secondOf(now - MINUTE_MS),
			...this.accounts.take(now),
			closed: [...this.#closed],
			rows: this.#rows,
			at: now,
		};
		for (const hold of this.#changed) this.#stored.add(hold.requestId);
		this.#closed = new Map();
		this.#rows = [];
		this.#changed = new Set();
		this.#dropped = [];
		this.#arrivedAt = NEVER;
		this.#stateChanged = false;
		return changes;
	}

	#spend(by: Pick<LedgerEntry, 'keyId' | 'issuerKeyId'>, startedAt: number, nanoUsd: NanoUsd, now: number): void {
		if (nanoUsd === 0n) return;
		this.balance.spend(startedAt, nanoUsd, now);
		for (const account of this.accounts.concerned(by, now)) {
			account.spend(startedAt, nanoUsd, now);
			this.accounts.touch(account);
		}
	}
}
