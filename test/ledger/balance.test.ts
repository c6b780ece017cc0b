import { describe, expect, it } from 'vitest';
import { Balance, untilNextMonth } from '../../src/ledger/balance';
import { DAY_MS } from '../../src/ledger/limiter';
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
		const { days, months } = balance.state();
		expect(days.slice(1)).toEqual(['0', '3', '0']);
		expect(months.slice(1)).toEqual(['2', '3', '0']);
	});

	it('finds its days again after a start, whichever side of midnight the clock is on', () => {
		const before = new Balance();
		before.spend(midnight - 1, 1n, midnight + 5);
		before.spend(midnight + 5, 2n, midnight + 5);
		before.spend(midnight + DAY_MS, 4n, midnight + 5);
		expect(before.spentDay(midnight - 1)).toBe(2n);
		const started = (now: number): [bigint, bigint] => {
			const balance = new Balance();
			balance.restore(before.state());
			return [balance.spentDay(now), balance.spentMonth(now)];
		};
		expect(started(midnight - 1)).toEqual([1n, 1n]);
		expect(started(midnight + 5)).toEqual([2n, 6n]);
		expect(started(midnight + DAY_MS)).toEqual([4n, 6n]);
		expect(started(midnight - DAY_MS - 1)).toEqual([0n, 1n]);
		expect(started(midnight + 3 * DAY_MS)).toEqual([0n, 6n]);
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

it('a balance stored by the first release is taken over', () => {
	const now = Date.UTC(2026, 10, 21, 12);
	const balance = new Balance();
	const day = Math.floor(now / 86_400_000);
	const month = 2026 * 12 + 10;
	balance.restore({
		days: [
			[day - 1, '5'],
			[day, '7'],
		],
		months: [[month, '12']],
	});
	expect([balance.spentDay(now), balance.spentMonth(now)]).toEqual([7n, 12n]);
	const empty = new Balance();
	empty.restore({ days: [], months: [] });
	expect(empty.spentMonth(now)).toBe(0n);
});
