/** Which limit an open would break, and whose: the organization's are asked first, then the key's. */
import { type Balance, untilNextMonth } from './balance';
import type { KeyLimits, LedgerLimits, LimitOwner, OpenAnswer, OpenRequest } from './contract';
import type { KeyAccount } from './key-account';
import { untilTomorrow } from './limiter';
import type { RequestLimits } from './request-limits';

/** What counts against the organization's limits. */
export interface Whole {
	readonly balance: Balance;
	readonly requests: RequestLimits;
}

/** null: none. Consumes nothing. `key` null: nobody's key, or one that has no account. */
export function refusalOf(request: OpenRequest, whole: Whole, key: KeyAccount | null, now: number): OpenAnswer | null {
	const { limits, keyLimits } = request;
	return (
		refused('organization', request, limits, whole, now) ??
		(key && keyLimits ? refused('key', request, keyLimits, { balance: key, requests: key.requests }, now) : null)
	);
}

type Period = 'day' | 'month' | 'total';

interface Counted<L extends LedgerLimits> {
	readonly balance: { broken(limits: L, more: bigint, now: number): Period | null };
	readonly requests: RequestLimits;
}

function refused<L extends LedgerLimits | KeyLimits>(
	of: LimitOwner,
	request: OpenRequest,
	limits: L,
	{ balance, requests }: Counted<L>,
	now: number,
): OpenAnswer | null {
	const limited = request.operation === 'health' ? null : requests.refusal(of, limits, now);
	if (limited) return limited;
	const period = balance.broken(limits, request.holdNanoUsd ?? 0n, now);
	return period && { kind: 'budget-exceeded', of, period, retryAfterMs: until(period, now) };
}

function until(period: Period, now: number): number | null {
	switch (period) {
		case 'day':
			return untilTomorrow(now);
		case 'month':
			return untilNextMonth(now);
		case 'total':
			return null;
	}
}
