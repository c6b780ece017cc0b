/** Request windows, exact: the last 60 seconds at millisecond resolution, and the UTC day. */
export const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;

/** Days since 1970-01-01 UTC. */
export const dayOf = (ms: number): number => Math.floor(ms / DAY_MS);

/** Most keys are seen seldom, and many only once: a window takes room with its first arrival. */
const NO_TIMES = new Float64Array(0);
const NO_COUNTS = new Uint32Array(0);
const LEAST_SLOTS = 8;

/**
 * Arrivals of the last 60 seconds, one slot per millisecond that had any, so at most 60,000 however many
 * requests come. An arrival at t leaves the window at t + 60,000.
 */
export class SlidingMinute {
	#times = NO_TIMES;
	#counts = NO_COUNTS;
	#head = 0;
	#length = 0;
	#total = 0;

	/** The last arrival (ms since epoch); 0 where there is none. */
	get newest(): number {
		return this.#length === 0 ? 0 : this.#time(this.#slot(this.#length - 1));
	}

	/** Arrivals within the window. */
	count(now: number): number {
		this.#evict(now);
		return this.#total;
	}

	/** A clock that stepped back counts at the last time known. */
	add(now: number): void {
		this.#evict(now);
		if (this.#length > 0 && this.newest >= now) {
			const last = this.#slot(this.#length - 1);
			this.#counts[last] = this.#at(last) + 1;
			this.#total += 1;
			return;
		}
		if (this.#length === this.#times.length) this.#grow();
		const slot = this.#slot(this.#length);
		this.#times[slot] = now;
		this.#counts[slot] = 1;
		this.#length += 1;
		this.#total += 1;
	}

	/** Milliseconds until fewer than `limit` arrivals are within the window; 0 where that is so now. */
	freeAfter(limit: number, now: number): number {
		let leaving = this.count(now) - limit + 1;
		if (leaving <= 0) return 0;
		for (let index = 0; index < this.#length; index += 1) {
			const slot = this.#slot(index);
			leaving -= this.#at(slot);
			if (leaving <= 0) return this.#time(slot) + MINUTE_MS - now;
		}
		return MINUTE_MS;
	}

	/** Milliseconds until the window is empty. */
	emptyAfter(now: number): number {
		this.#evict(now);
		return this.#length === 0 ? 0 : this.newest + MINUTE_MS - now;
	}

	/** Arrivals of one second (ms ÷ 1000), each as its offset within it, in order. */
	offsets(second: number): Uint16Array {
		const start = second * 1000;
		let first = this.#length;
		let size = 0;
		let after = 0;
		while (first > 0 && this.#time(this.#slot(first - 1)) >= start) {
			first -= 1;
			const slot = this.#slot(first);
			if (this.#time(slot) < start + 1000) size += this.#at(slot);
			else after += 1;
		}
		const offsets = new Uint16Array(size);
		let at = 0;
		for (let index = first; index < this.#length - after; index += 1) {
			const slot = this.#slot(index);
			const offset = this.#time(slot) - start;
			for (let count = this.#at(slot); count > 0; count -= 1) {
				offsets[at] = offset;
				at += 1;
			}
		}
		return offsets;
	}

	/** Puts one second of arrivals back, seconds in rising order. */
	restore(second: number, offsets: Uint16Array): void {
		for (const offset of offsets) this.add(second * 1000 + offset);
	}

	#slot(index: number): number {
		return (this.#head + index) & (this.#times.length - 1);
	}

	#time(slot: number): number {
		return this.#times[slot] ?? 0;
	}

	#at(slot: number): number {
		return this.#counts[slot] ?? 0;
	}

	#evict(now: number): void {
		if (this.newest > now + MINUTE_MS) {
			// The clock had run ahead by more than a window: what was counted then says nothing about now.
			this.#length = 0;
			this.#total = 0;
		}
		while (this.#length > 0 && this.#time(this.#head) <= now - MINUTE_MS) {
			this.#total -= this.#at(this.#head);
			this.#head = this.#slot(1);
			this.#length -= 1;
		}
	}

	#grow(): void {
		const times = new Float64Array(Math.max(LEAST_SLOTS, this.#times.length * 2));
		const counts = new Uint32Array(times.length);
		for (let index = 0; index < this.#length; index += 1) {
			times[index] = this.#time(this.#slot(index));
			counts[index] = this.#at(this.#slot(index));
		}
		this.#times = times;
		this.#counts = counts;
		this.#head = 0;
	}
}

/** Arrivals of one second (ms since epoch ÷ 1000), each as its millisecond within it. */
export interface Arrivals {
	readonly second: number;
	readonly offsets: Uint16Array;
}

/** ms since epoch ÷ 1000, whole. */
export const secondOf = (ms: number): number => Math.floor(ms / 1000);

/** The seconds of a window that an arrival at or after `since` may have changed, as they are now. */
export function arrivalsSince(minute: SlidingMinute, since: number, now: number): Arrivals[] {
	const arrivals: Arrivals[] = [];
	const last = secondOf(Math.max(now, minute.newest));
	for (let second = secondOf(Math.max(since, now - MINUTE_MS)); second <= last; second += 1) {
		const offsets = minute.offsets(second);
		if (offsets.length > 0) arrivals.push({ second, offsets });
	}
	return arrivals;
}

/** Requests of the current UTC day. A clock that stepped back stays in the day it had reached. */
export class DayCounter {
	#day = 0;
	#count = 0;

	count(now: number): number {
		const day = dayOf(now);
		if (day > this.#day) {
			this.#day = day;
			this.#count = 0;
		}
		return this.#count;
	}

	add(now: number, requests = 1): void {
		this.#count = this.count(now) + requests;
	}

	state(): { readonly day: number; readonly count: number } {
		return { day: this.#day, count: this.#count };
	}

	restore(state: { readonly day: number; readonly count: number }): void {
		this.#day = state.day;
		this.#count = state.count;
	}
}

/** Milliseconds until the next UTC midnight. */
export const untilTomorrow = (now: number): number => (dayOf(now) + 1) * DAY_MS - now;
