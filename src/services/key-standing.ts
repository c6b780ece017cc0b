/** Limits beside what counts against them: how much is left, and until when. Pure. */
import type { KeyLimits, KeySpending, LedgerLimits, NanoUsd, Spending } from '../ledger/contract';

export interface RequestWindow {
	readonly limit: number;
	readonly used: number;
	readonly remaining: number;
	/** ms until nothing of it counts any more. */
	readonly resetsInMs: number;
}

export interface BudgetWindow {
	readonly limitNanoUsd: NanoUsd;
	readonly spentNanoUsd: NanoUsd;
	/** What requests in flight may still spend. */
	readonly heldNanoUsd: NanoUsd;
	/** Never below zero. */
	readonly leftNanoUsd: NanoUsd;
	/** ms since epoch; null: never. */
	readonly resetsAt: number | null;
}

/** null: no such limit. */
export interface Standing {
	readonly requestsPerMinute: RequestWindow | null;
	readonly requestsPerDay: RequestWindow | null;
	readonly day: BudgetWindow | null;
	readonly month: BudgetWindow | null;
	readonly total: BudgetWindow | null;
	readonly spending: Spending | KeySpending;
}

const DAY_MS = 86_400_000;

const nextDay = (now: number): number => (Math.floor(now / DAY_MS) + 1) * DAY_MS;

function nextMonth(now: number): number {
	const date = new Date(now);
	return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
}

const requestWindow = (limit: number | null, used: number, resetsInMs: number): RequestWindow | null =>
	limit === null ? null : { limit, used, remaining: Math.max(0, limit - used), resetsInMs };

function budgetWindow(
	limitNanoUsd: NanoUsd | null,
	spentNanoUsd: NanoUsd,
	heldNanoUsd: NanoUsd,
	resetsAt: number | null,
): BudgetWindow | null {
	if (limitNanoUsd === null) return null;
	const left = limitNanoUsd - spentNanoUsd - heldNanoUsd;
	return { limitNanoUsd, spentNanoUsd, heldNanoUsd, leftNanoUsd: left > 0n ? left : 0n, resetsAt };
}

/** `now`: ms since epoch. */
export function standingOf(
	limits: LedgerLimits & Partial<KeyLimits>,
	spending: Spending | KeySpending,
	now: number,
): Standing {
	const { heldNanoUsd: held } = spending;
	const total = 'totalNanoUsd' in spending ? spending.totalNanoUsd : 0n;
	return {
		requestsPerMinute: requestWindow(limits.requestsPerMinute, spending.requestsMinute, spending.minuteResetMs),
		requestsPerDay: requestWindow(limits.requestsPerDay, spending.requestsDay, nextDay(now) - now),
		day: budgetWindow(limits.budgetDayNanoUsd, spending.dayNanoUsd, held, nextDay(now)),
		month: budgetWindow(limits.budgetMonthNanoUsd, spending.monthNanoUsd, held, nextMonth(now)),
		total: budgetWindow(limits.budgetTotalNanoUsd ?? null, total, held, null),
		spending,
	};
}

const least = <T extends bigint | number>(one: T, other: T | undefined): T =>
	other === undefined || one < other ? one : other;

const leftOfBoth = (own: BudgetWindow | null, issuing: BudgetWindow | null): BudgetWindow | null =>
	own && { ...own, leftNanoUsd: least(own.leftNanoUsd, issuing?.leftNanoUsd) };

const requestsLeft = (own: RequestWindow | null, issuing: RequestWindow | null): RequestWindow | null =>
	own && { ...own, remaining: least(own.remaining, issuing?.remaining) };

/** What a token has left is no more than its issuer has; what it used is its own. */
export const withinIssuer = (own: Standing, issuing: Standing): Standing => ({
	requestsPerMinute: requestsLeft(own.requestsPerMinute, issuing.requestsPerMinute),
	requestsPerDay: requestsLeft(own.requestsPerDay, issuing.requestsPerDay),
	day: leftOfBoth(own.day, issuing.day),
	month: leftOfBoth(own.month, issuing.month),
	total: leftOfBoth(own.total, issuing.total),
	spending: own.spending,
});
