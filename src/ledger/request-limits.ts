/** Requests per sliding minute and per UTC day, as an open is judged by them and as `x-ratelimit-*` tells them. */
import type { LedgerLimits, LimitOwner, OpenAnswer, RateState } from './contract';
import { DayCounter, SlidingMinute, untilTomorrow } from './limiter';

export class RequestLimits {
	readonly minute = new SlidingMinute();
	readonly day = new DayCounter();

	add(now: number): void {
		this.minute.add(now);
		this.day.add(now);
	}

	/** Of two limits reached the one that lasts longer is named. */
	refusal(of: LimitOwner, limits: LedgerLimits, now: number): Extract<OpenAnswer, { kind: 'rate-limited' }> | null {
		const { requestsPerDay, requestsPerMinute } = limits;
		if (requestsPerDay !== null && this.day.count(now) >= requestsPerDay) {
			const retryAfterMs = untilTomorrow(now);
			const requests = { limit: requestsPerDay, remaining: 0, resetMs: retryAfterMs };
			return { kind: 'rate-limited', of, limit: 'requests-per-day', retryAfterMs, requests };
		}
		if (requestsPerMinute !== null && this.minute.count(now) >= requestsPerMinute) {
			const retryAfterMs = this.minute.freeAfter(requestsPerMinute, now);
			const requests = { limit: requestsPerMinute, remaining: 0, resetMs: this.minute.emptyAfter(now) };
			return { kind: 'rate-limited', of, limit: 'requests-per-minute', retryAfterMs, requests };
		}
		return null;
	}

	/** The limit with the fewest requests left; null where none is set. */
	state(limits: LedgerLimits, now: number): RateState | null {
		const { requestsPerDay, requestsPerMinute } = limits;
		const leftToday = requestsPerDay === null ? Number.POSITIVE_INFINITY : requestsPerDay - this.day.count(now);
		if (requestsPerMinute !== null) {
			const left = requestsPerMinute - this.minute.count(now);
			if (left <= leftToday)
				return { limit: requestsPerMinute, remaining: Math.max(0, left), resetMs: this.minute.emptyAfter(now) };
		}
		if (requestsPerDay === null) return null;
		return { limit: requestsPerDay, remaining: Math.max(0, leftToday), resetMs: untilTomorrow(now) };
	}
}
