/** What limits say by plain counting: the naive model that the ledger is held against. */
import type {
	Account,
	KeyLimits,
	KeySpending,
	LedgerEntry,
	LedgerLimits,
	LimitOwner,
	NanoUsd,
} from '../../src/ledger/contract';
import type { Hold } from '../../src/ledger/holds';
import { DAY_MS, dayOf } from '../../src/ledger/limiter';
import { HOLD } from './steps';

export interface Admitted {
	readonly at: number;
	/** Its key, and the one that issued that. */
	readonly keyIds: readonly (string | null | undefined)[];
	committed: boolean;
}

const inMinute = (admitted: readonly Admitted[], now: number): Admitted[] =>
	admitted.filter(({ at }) => at > now - 60_000);
const inDay = (admitted: readonly Admitted[], now: number): Admitted[] =>
	admitted.filter(({ at }) => dayOf(at) === dayOf(now));

/** How one more request of `HOLD` is refused; null: it is not. */
export function refusedBy(
	of: LimitOwner,
	limits: LedgerLimits & Partial<KeyLimits>,
	admitted: readonly Admitted[],
	spending: KeySpending,
	now: number,
): object | null {
	const minute = inMinute(admitted, now);
	const { requestsPerDay, requestsPerMinute } = limits;
	if (requestsPerDay !== null && inDay(admitted, now).length >= requestsPerDay)
		return { kind: 'rate-limited', of, limit: 'requests-per-day', retryAfterMs: DAY_MS - (now % DAY_MS) };
	if (requestsPerMinute !== null && minute.length >= requestsPerMinute) {
		const leaving = minute.at(-requestsPerMinute)?.at ?? 0;
		return { kind: 'rate-limited', of, limit: 'requests-per-minute', retryAfterMs: leaving + 60_000 - now };
	}
	const period = exceeded(limits, { ...spending, heldNanoUsd: spending.heldNanoUsd + HOLD });
	if (period === null) return null;
	return { kind: 'budget-exceeded', of, period, ...(period === 'total' && { retryAfterMs: null }) };
}

/** The budget that is exceeded, the longest first; null: none is. */
export function exceeded(limits: LedgerLimits & Partial<KeyLimits>, spending: KeySpending): string | null {
	const breaks = (spent: NanoUsd, budget: NanoUsd | null | undefined): boolean =>
		typeof budget === 'bigint' && spent + spending.heldNanoUsd > budget;
	if (breaks(spending.totalNanoUsd, limits.budgetTotalNanoUsd)) return 'total';
	if (breaks(spending.monthNanoUsd, limits.budgetMonthNanoUsd)) return 'month';
	if (breaks(spending.dayNanoUsd, limits.budgetDayNanoUsd)) return 'day';
	return null;
}

/** Requests left of each limit. */
export function requestsLeft(
	{ requestsPerMinute, requestsPerDay }: LedgerLimits,
	admitted: readonly Admitted[],
	now: number,
): number[] {
	const left: number[] = [];
	if (requestsPerMinute !== null) left.push(requestsPerMinute - inMinute(admitted, now).length);
	if (requestsPerDay !== null) left.push(requestsPerDay - inDay(admitted, now).length);
	return left;
}

export const sum = (entries: readonly LedgerEntry[]): NanoUsd =>
	entries.reduce((total, entry) => total + (entry.costNanoUsd ?? 0n), 0n);

/** What is spent and held by entries that stand and holds that live. */
export function sumsOf(
	entries: readonly LedgerEntry[],
	holds: readonly Hold[],
	now: number,
): Pick<Account['organization'], 'dayNanoUsd' | 'monthNanoUsd' | 'heldNanoUsd'> {
	const month = (ms: number): number => new Date(ms).getUTCMonth();
	return {
		heldNanoUsd: holds.reduce((total, hold) => total + (hold.nanoUsd ?? 0n), 0n),
		dayNanoUsd: sum(entries.filter((entry) => dayOf(entry.startedAt) === dayOf(now))),
		monthNanoUsd: sum(entries.filter((entry) => month(entry.startedAt) === month(now))),
	};
}
