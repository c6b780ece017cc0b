/**
 * When D1 is asked in the background for the configuration version: at most once a second while requests come, so
 * that a change nobody told the object of holds within a second, and with growing pauses while D1 fails.
 */

/** Between two reads (ms). */
export const REFRESH_MS = 1_000;
/** Longest pause while D1 fails (ms). */
const MOST_BACKOFF_MS = 10_000;
/** An answer that takes longer is not waited for (ms). */
const LOST_MS = 10_000;

export class Refresh {
	/** Until then an answer may be on its way (ms since epoch). */
	#runningTo = 0;
	/** Not before this (ms since epoch). */
	#from = 0;
	/** The same where a read is urgent: a success a moment ago says nothing about a doubt that has come since. */
	#urgentFrom = 0;
	#backoffMs = 0;

	due(now: number, urgent: boolean): boolean {
		return now >= this.#runningTo && now >= (urgent ? this.#urgentFrom : this.#from);
	}

	began(now: number): void {
		this.#runningTo = now + LOST_MS;
		this.#urgentFrom = now + REFRESH_MS;
	}

	/** The version was read, by whomever. */
	read(now: number): void {
		this.#runningTo = 0;
		this.#backoffMs = 0;
		this.#from = now + REFRESH_MS;
	}

	/** Returns how long D1 is left alone (ms). */
	failed(now: number): number {
		this.#runningTo = 0;
		this.#backoffMs = Math.min(Math.max(REFRESH_MS, this.#backoffMs * 2), MOST_BACKOFF_MS);
		this.#from = now + this.#backoffMs;
		this.#urgentFrom = this.#from;
		return this.#backoffMs;
	}
}
