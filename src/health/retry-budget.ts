/**
 * How many retries an organization may make at an endpoint, in one isolate: ten a second, and beyond that a fifth of
 * its calls of the last ten seconds, so that retries never multiply the load on whoever is in trouble.
 */
import { heard, type Named, type Recency } from './recency';

/** Organizations remembered per endpoint; the one heard of longest ago goes. */
const MOST_ORGANIZATIONS = 64;
const PER_SECOND = 10;
const SHARE = 0.2;
const WINDOW_SECONDS = 10;

interface Second {
	/** Seconds since epoch. */
	readonly second: number;
	calls: number;
	retries: number;
}

/** By organization; JSON as it stands. */
export interface RetryMemory extends Named {
	/** Oldest first. */
	seconds: Second[];
}

const newRetries = (name: string): RetryMemory => ({ name, heardAt: 0, seconds: [] });

export function countCall(memory: Recency<RetryMemory>, organizationId: string, now: number): void {
	currentOf(heard(memory, organizationId, MOST_ORGANIZATIONS, now, newRetries), now).calls += 1;
}

/** True counts as one. */
export function takeRetry(memory: Recency<RetryMemory>, organizationId: string, now: number): boolean {
	const own = heard(memory, organizationId, MOST_ORGANIZATIONS, now, newRetries);
	const current = currentOf(own, now);
	if (current.retries >= PER_SECOND && !hasShare(own, now)) return false;
	current.retries += 1;
	return true;
}

function hasShare(own: RetryMemory, now: number): boolean {
	const oldest = Math.floor(now / 1000) - WINDOW_SECONDS;
	let calls = 0;
	let retries = 0;
	for (const past of own.seconds) {
		if (past.second <= oldest) continue;
		calls += past.calls;
		retries += past.retries;
	}
	return retries + 1 <= calls * SHARE;
}

function currentOf(own: RetryMemory, now: number): Second {
	const second = Math.floor(now / 1000);
	const last = own.seconds.at(-1);
	if (last && last.second >= second) return last;
	const current = { second, calls: 0, retries: 0 };
	own.seconds = own.seconds.filter((past) => past.second > second - WINDOW_SECONDS);
	own.seconds.push(current);
	return current;
}
