/** What has been spent this UTC day and month, and what live holds may still spend. Nano-dollars. */
import type { LedgerLimits, NanoUsd } from './contract';
import { DAY_MS, dayOf } from './limiter';

export interface BalanceState {
	/** Day number → decimal nano-dollars. */
	readonly days: readonly (readonly [number, string])[];
	/** Month number (year × 12 + month) → decimal nano-dollars. */
	readonly months: readonly (readonly [number, string])[];
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
	#days = new Map<number, NanoUsd>();
	#months = new Map<number, NanoUsd>();
	#held: NanoUsd = 0n;
	#day = 0;
	#month = 0;

	get held(): NanoUsd {
		return this.#held;
	}

	spentDay(now: number): NanoUsd {
		this.#roll(now);
		return this.#days.get(this.#day) ?? 0n;
	}

	spentMonth(now: number): NanoUsd {
		this.#roll(now);
		return this.#months.get(this.#month) ?? 0n;
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
		const month = monthOf(startedAt);
		if (day >= this.#day - 1) this.#days.set(day, (this.#days.get(day) ?? 0n) + nanoUsd);
		if (month >= this.#month - 1) this.#months.set(month, (this.#months.get(month) ?? 0n) + nanoUsd);
	}

	/** Sums of D1 for an object that has lost its own: the current day and month. */
	seed(dayNanoUsd: NanoUsd, monthNanoUsd: NanoUsd, now: number): void {
		this.#roll(now);
		this.#days.set(this.#day, this.spentDay(now) + dayNanoUsd);
		this.#months.set(this.#month, this.spentMonth(now) + monthNanoUsd);
	}

	state(): BalanceState {
		const text = ([key, nanoUsd]: [number, NanoUsd]): [number, string] => [key, nanoUsd.toString()];
		return { days: [...this.#days].map(text), months: [...this.#months].map(text) };
	}

	restore(state: BalanceState): void {
		const amount = ([key, nanoUsd]: readonly [number, string]): [number, NanoUsd] => [key, BigInt(nanoUsd)];
		this.#days = new Map(state.days.map(amount));
		this.#months = new Map(state.months.map(amount));
	}

	/** A clock that stepped back stays in the day it had reached. */
	#roll(now: number): void {
		const day = dayOf(now);
		if (day <= this.#day) return;
		this.#day = day;
		this.#month = monthOf(day * DAY_MS);
		for (const key of this.#days.keys()) if (key < day - 1) this.#days.delete(key);
		for (const key of this.#months.keys()) if (key < this.#month - 1) this.#months.delete(key);
	}
}
