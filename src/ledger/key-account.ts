/** What one key has used: windows and balances as its organization has them, and what it ever spent. */
import { Balance } from './balance';
import type { AccountState } from './changes';
import type { KeyLimits, NanoUsd } from './contract';
import { MINUTE_MS } from './limiter';
import { RequestLimits } from './request-limits';

const NEVER = Number.POSITIVE_INFINITY;

export class KeyAccount {
	readonly balance = new Balance();
	readonly requests = new RequestLimits();
	/** Differs from what is stored. */
	changed = false;
	/** First admission whose second is not stored as it is now (ms since epoch); Infinity: none. */
	arrivedAt = NEVER;
	#totalNanoUsd: NanoUsd = 0n;
	/** Its minute has a limit, so that the window is stored: what nobody is judged by is kept in memory alone. */
	#stored = false;

	constructor(readonly keyId: string) {}

	get totalNanoUsd(): NanoUsd {
		return this.#totalNanoUsd;
	}

	/** A request was admitted. `limited`: this key has a limit per minute. */
	arrived(now: number, limited: boolean): void {
		this.requests.add(now);
		if (limited) this.arrivedAt = Math.min(this.arrivedAt, this.#stored ? now : now - MINUTE_MS);
		this.#stored = limited;
	}

	/** As `Balance.broken`; the period that lasts longest is named. */
	broken(limits: KeyLimits, more: NanoUsd, now: number): 'day' | 'month' | 'total' | null {
		const { budgetTotalNanoUsd } = limits;
		if (budgetTotalNanoUsd !== null && this.#totalNanoUsd + this.balance.held + more > budgetTotalNanoUsd)
			return 'total';
		return this.balance.broken(limits, more, now);
	}

	/** As `Balance.spend`. */
	spend(startedAt: number, nanoUsd: NanoUsd, now: number): void {
		this.#totalNanoUsd += nanoUsd;
		this.balance.spend(startedAt, nanoUsd, now);
	}

	/** Sums of D1 for an object that has lost its own. */
	seed(dayNanoUsd: NanoUsd, monthNanoUsd: NanoUsd, totalNanoUsd: NanoUsd, requests: number, now: number): void {
		this.#totalNanoUsd += totalNanoUsd;
		this.balance.seed(dayNanoUsd, monthNanoUsd, now);
		this.requests.day.add(now, requests);
	}

	/** All that matters of it is stored: memory may let go of it. */
	restful(now: number): boolean {
		if (this.changed || this.balance.held !== 0n) return false;
		return !this.#stored || this.requests.minute.newest + MINUTE_MS <= now;
	}

	state(): AccountState {
		return {
			balance: this.balance.state(),
			totalNanoUsd: this.#totalNanoUsd.toString(),
			day: this.requests.day.state(),
		};
	}

	restore(state: AccountState): void {
		this.balance.restore(state.balance);
		this.requests.day.restore(state.day);
		this.#totalNanoUsd = BigInt(state.totalNanoUsd);
	}

	/** Puts one stored second of admissions back, seconds in rising order. */
	restoreArrivals(second: number, offsets: Uint16Array): void {
		this.requests.minute.restore(second, offsets);
		this.#stored = true;
	}
}
