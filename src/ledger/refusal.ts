/** Which limit an open would break, and whose: the organization's are asked first, the key's, then its issuer's. */
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

/** An account that a request is counted in, with the limits that hold there. */
export interface Bound {
	readonly of: Exclude<LimitOwner, 'organization'>;
	readonly account: KeyAccount;
	readonly limits: KeyLimits;
}

/** Those of the accounts concerned that have limits. */
export function boundsOf(
	{ keyLimits, issuer }: Pick<OpenRequest, 'keyLimits' | 'issuer'>,
	[key, issuing]: readonly KeyAccount[],
): readonly Bound[] {
	const bounds: Bound[] = [];
	if (key && keyLimits) bounds.push({ of: 'key', account: key, limits: keyLimits });
	if (issuing && issuer?.limits) bounds.push({ of: 'issuer', account: issuing, limits: issuer.limits });
	return bounds;
}

/** null: none. Consumes nothing. */
export function refusalOf(
	request: OpenRequest,
	whole: Whole,
	bounds: readonly Bound[],
	now: number,
): OpenAnswer | null {
	const refusal = refused('organization', request, request.limits, whole, now);
	if (refusal) return refusal;
	for (const { of, account, limits } of bounds) {
		const own = refused(of, request, limits, { balance: account, requests: account.requests }, now);
		if (own) return own;
	}
	return null;
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
