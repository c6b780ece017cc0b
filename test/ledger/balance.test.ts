import { describe, expect, it } from 'vitest';
import { Balance, untilNextMonth } from '../../src/ledger/balance';
import { NO_LIMITS, START } from './fixtures';

const midnight = Date.UTC(2026, 3, 1);

describe('the balance', () => {
	it('keeps what tomorrow costs for tomorrow, where an isolate is ahead of this clock', () => {
		const balance = new Balance();
		balance.spend(midnight + 3, 50n, midnight - 2);
		expect(balance.spentDay(midnight - 2)).toBe(0n);
		expect(balance.spentMonth(midnight - 2)).toBe(0n);
		expect(balance.spentDay(midnight)).toBe(50n);
		expect(balance.spentMonth(midnight)).toBe(50n);
	});

	it('forgets days and months that are over', () => {
		const balance = new Balance();
		balance.spend(START, 1n, START);
		balance.spend(midnight, 2n, midnight);
		balance.spend(midnight + 86_400_000 * 40, 3n, midnight + 86_400_000 * 40);
		expect(balance.state().days.map(([, nanoUsd]) => nanoUsd)).toEqual(['3']);
		expect(balance.state().months.map(([, nanoUsd]) => nanoUsd)).toEqual(['2', '3']);
	});

	it('counts holds against both budgets, and allows a budget to be used to the last nano-dollar', () => {
		const balance = new Balance();
		balance.hold(60n);
		balance.spend(START, 30n, START);
		const day = { ...NO_LIMITS, budgetDayNanoUsd: 100n };
		expect(balance.broken(day, 10n, START)).toBeNull();
		expect(balance.broken(day, 11n, START)).toBe('day');
		expect(balance.broken({ ...day, budgetMonthNanoUsd: 100n }, 11n, START)).toBe('month');
		expect(balance.broken({ ...NO_LIMITS, budgetDayNanoUsd: 0n }, 0n, START + 86_400_000)).toBe('day');
		balance.hold(-60n);
		expect(balance.broken({ ...NO_LIMITS, budgetDayNanoUsd: 0n }, 0n, START + 86_400_000)).toBeNull();
	});

	it('knows how long a month is', () => {
		expect(untilNextMonth(Date.UTC(2026, 11, 31, 23, 59, 59, 999))).toBe(1);
		expect(untilNextMonth(Date.UTC(2026, 1, 1))).toBe(28 * 86_400_000);
	});
});
