/** What has been spent this UTC day and month, and what live holds may still spend. Nano-dollars. */
import type { LedgerLimits, NanoUsd } from './contract';
import { DAY_MS, dayOf } from './limiter';
import { type EarlierSums, Sums, type SumsState } from './sums';

export interface BalanceState {
	readonly days: SumsState;
	readonly months: SumsState;
}

/** As it was stored, by this release or the first. */
export interface StoredBalance {
	readonly days: SumsState | EarlierSums;
	readonly months: SumsState | EarlierSums;
}

/** Months since year 0, UTC. */
export function monthOf(ms: number): number {
	const date = new Date(ms);
	return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

/** Milliseconds until the next UTC month. */
export function untilNextMonth(now: number): number {
	const date = new Date(now);
	return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1) - now;
}

/** Spending belongs to the day and month in which its attempt started, as the daily aggregates in D1 have it. */
export class Balance {
	readonly #days = new Sums();
	readonly #months = new Sums();
	#held: NanoUsd = 0n;
	#day = 0;
	#month = 0;

	get held(): NanoUsd {
		return this.#held;
	}

	spentDay(now: number): NanoUsd {
		this.#roll(now);
		return this.#days.during;
	}

	spentMonth(now: number): NanoUsd {
		this.#roll(now);
		return this.#months.during;
	}

	/** The budget that `more` would break, on top of what is spent and held; null where none. */
	broken(limits: LedgerLimits, more: NanoUsd, now: number): 'day' | 'month' | null {
		const { budgetDayNanoUsd, budgetMonthNanoUsd } = limits;
		if (budgetMonthNanoUsd !== null && this.spentMonth(now) + this.#held + more > budgetMonthNanoUsd) return 'month';
		if (budgetDayNanoUsd !== null && this.spentDay(now) + this.#held + more > budgetDayNanoUsd) return 'day';
		return null;
	}

	/** Negative gives back. */
	hold(nanoUsd: NanoUsd): void {
		this.#held += nanoUsd;
	}

	/** Negative corrects. `startedAt` of the attempt; what is older than yesterday or last month is past caring. */
	spend(startedAt: number, nanoUsd: NanoUsd, now: number): void {
		this.#roll(now);
		const day = dayOf(startedAt);
		const month = day === this.#day ? this.#month : monthOf(startedAt);
		this.#days.add(day, nanoUsd);
		this.#months.add(month, nanoUsd);
	}

	/** Sums of D1 for an object that has lost its own: the current day and month. */
	seed(dayNanoUsd: NanoUsd, monthNanoUsd: NanoUsd, now: number): void {
		this.#roll(now);
		this.#days.add(this.#day, dayNanoUsd);
		this.#months.add(this.#month, monthNanoUsd);
	}

	state(): BalanceState {
		return { days: this.#days.state(), months: this.#months.state() };
	}

	restore(state: StoredBalance): void {
		this.#days.restore(state.days);
		this.#months.restore(state.months);
	}

	/** A clock that steps back stays in the day it had reached, until the next start. */
	#roll(now: number): void {
		const day = dayOf(now);
		if (day <= this.#day) return;
		this.#day = day;
		this.#month = monthOf(day * DAY_MS);
		this.#days.move(day);
		this.#months.move(this.#month);
	}
}
