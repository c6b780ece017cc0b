import { describe, expect, it } from 'vitest';
import { Ledger } from '../../src/ledger/core';
import { kindOf, ledgerAt, ledgerEntry, MemoryStore, NO_LIMITS, ORGANIZATION, openRequest, START } from './fixtures';

const KEY = { keyId: 'k1', keyLimits: null, issuer: null };

describe('open', () => {
	it('holds the estimate of the whole request until its final close gives the rest back', () => {
		const { ledger } = ledgerAt();
		expect(kindOf(ledger.open(openRequest(), START))).toBe('open');
		expect(ledger.balance.held).toBe(1_000n);
		ledger.close({ entry: ledgerEntry({ state: 'released', costNanoUsd: 0n }), final: false }, START);
		expect(ledger.balance.held).toBe(1_000n);
		ledger.close({ entry: ledgerEntry({ attemptId: 'r1.2', costNanoUsd: 400n }), final: true }, START);
		expect(ledger.balance.held).toBe(0n);
		expect(ledger.balance.spentDay(START)).toBe(400n);
	});

	it('counts a request that is opened twice once', () => {
		const { ledger } = ledgerAt();
		const limits = { ...NO_LIMITS, requestsPerMinute: 1 };
		expect(kindOf(ledger.open(openRequest({ limits }), START))).toBe('open');
		expect(kindOf(ledger.open(openRequest({ limits }), START + 5))).toBe('open');
		expect(ledger.balance.held).toBe(1_000n);
		expect(ledger.requests.minute.count(START + 5)).toBe(1);
	});

	it('refuses past the sliding minute and says when a place is free', () => {
		const { ledger } = ledgerAt();
		const limits = { ...NO_LIMITS, requestsPerMinute: 2 };
		ledger.open(openRequest({ requestId: 'a', limits }), START);
		ledger.open(openRequest({ requestId: 'b', limits }), START + 10_000);
		expect(ledger.open(openRequest({ requestId: 'c', limits }), START + 20_000)).toEqual({
			kind: 'rate-limited',
			of: 'organization',
			limit: 'requests-per-minute',
			retryAfterMs: 40_000,
			requests: { limit: 2, remaining: 0, resetMs: 50_000 },
		});
		expect(kindOf(ledger.open(openRequest({ requestId: 'c', limits }), START + 59_999))).toBe('rate-limited');
		expect(kindOf(ledger.open(openRequest({ requestId: 'c', limits }), START + 60_000))).toBe('open');
	});

	it('refuses past the day until UTC midnight', () => {
		const { ledger } = ledgerAt();
		const limits = { ...NO_LIMITS, requestsPerDay: 1, requestsPerMinute: 1 };
		ledger.open(openRequest({ requestId: 'a', limits }), START);
		const refused = ledger.open(openRequest({ requestId: 'b', limits }), START + 120_000);
		expect(refused).toMatchObject({ kind: 'rate-limited', limit: 'requests-per-day', retryAfterMs: 43_080_000 });
		const midnight = Date.UTC(2026, 2, 11);
		expect(kindOf(ledger.open(openRequest({ requestId: 'b', limits }), midnight - 1))).toBe('rate-limited');
		expect(kindOf(ledger.open(openRequest({ requestId: 'b', limits }), midnight))).toBe('open');
	});

	it('lets a refusal consume nothing', () => {
		const { ledger } = ledgerAt();
		const limits = { ...NO_LIMITS, requestsPerMinute: 5, budgetDayNanoUsd: 999n };
		expect(kindOf(ledger.open(openRequest({ limits }), START))).toBe('budget-exceeded');
		expect(ledger.requests.minute.count(START)).toBe(0);
		expect(ledger.requests.day.count(START)).toBe(0);
		expect(ledger.balance.held).toBe(0n);
		expect(ledger.dirty).toBe(false);
	});

	it('does not count health checks as requests but holds their money', () => {
		const { ledger } = ledgerAt();
		const limits = { ...NO_LIMITS, requestsPerMinute: 1, budgetDayNanoUsd: 2_500n };
		for (const requestId of ['a', 'b'])
			expect(kindOf(ledger.open(openRequest({ requestId, operation: 'health', limits }), START))).toBe('open');
		expect(ledger.requests.minute.count(START)).toBe(0);
		expect(kindOf(ledger.open(openRequest({ requestId: 'c', operation: 'health', limits }), START))).toBe(
			'budget-exceeded',
		);
	});

	it('admits up to the budget exactly, spent and held together, and names the period', () => {
		const { ledger } = ledgerAt();
		const limits = { ...NO_LIMITS, budgetDayNanoUsd: 2_000n, budgetMonthNanoUsd: 3_000n };
		expect(kindOf(ledger.open(openRequest({ requestId: 'a', limits }), START))).toBe('open');
		expect(kindOf(ledger.open(openRequest({ requestId: 'b', limits }), START))).toBe('open');
		expect(ledger.open(openRequest({ requestId: 'c', holdNanoUsd: 1n, limits }), START)).toEqual({
			kind: 'budget-exceeded',
			of: 'organization',
			period: 'day',
			retryAfterMs: 12 * 3_600_000,
		});
		for (const id of ['a', 'b'])
			ledger.close(
				{ entry: ledgerEntry({ requestId: id, attemptId: `${id}.1`, costNanoUsd: 1_000n }), final: true },
				START,
			);
		const tomorrow = START + 86_400_000;
		expect(kindOf(ledger.open(openRequest({ requestId: 'd', limits }), tomorrow))).toBe('open');
		expect(ledger.open(openRequest({ requestId: 'e', holdNanoUsd: 1n, limits }), tomorrow)).toMatchObject({
			kind: 'budget-exceeded',
			period: 'month',
			retryAfterMs: Date.UTC(2026, 3, 1) - tomorrow,
		});
	});

	it('admits a request of unknown price under a budget, holding nothing', () => {
		const { ledger } = ledgerAt();
		const limits = { ...NO_LIMITS, budgetDayNanoUsd: 10n };
		expect(kindOf(ledger.open(openRequest({ holdNanoUsd: null, limits }), START))).toBe('open');
		expect(ledger.balance.held).toBe(0n);
	});

	it('tells the limit with the fewest requests left', () => {
		const { ledger } = ledgerAt();
		const limits = { ...NO_LIMITS, requestsPerMinute: 10, requestsPerDay: 3 };
		expect(ledger.open(openRequest({ limits }), START)).toEqual({
			kind: 'open',
			requests: { limit: 3, remaining: 2, resetMs: 12 * 3_600_000 },
		});
		const minute = { ...NO_LIMITS, requestsPerMinute: 3, requestsPerDay: 10 };
		expect(ledger.open(openRequest({ requestId: 'b', limits: minute }), START + 1_000)).toEqual({
			kind: 'open',
			requests: { limit: 3, remaining: 1, resetMs: 60_000 },
		});
	});
});

describe('the configuration version', () => {
	it('is asked for before the first answer', () => {
		const ledger = new Ledger(new MemoryStore());
		expect(ledger.open(openRequest(), START)).toBeNull();
		expect(ledger.open(openRequest(), START, true)).toBeNull();
	});

	it('makes an older isolate reload, and reads D1 for a newer one', () => {
		const { ledger } = ledgerAt(5);
		expect(ledger.open(openRequest({ configVersion: 4 }), START)).toEqual({ kind: 'stale', version: 5 });
		expect(kindOf(ledger.open(openRequest({ configVersion: 4, fresh: true }), START))).toBe('open');
		expect(ledger.open(openRequest({ requestId: 'b', configVersion: 6 }), START)).toBeNull();
		ledger.version.read(6, ledger.version.epoch, START);
		expect(kindOf(ledger.open(openRequest({ requestId: 'b', configVersion: 6 }), START, true))).toBe('open');
		expect(ledger.open(openRequest({ requestId: 'c', configVersion: 7 }), START, true)).toEqual({
			kind: 'stale',
			version: 6,
		});
	});
});

describe('extend', () => {
	it('adds to the hold within the budget and refuses beyond it', () => {
		const { ledger } = ledgerAt();
		const limits = { ...NO_LIMITS, budgetDayNanoUsd: 1_500n };
		ledger.open(openRequest({ limits }), START);
		expect(ledger.extend({ requestId: 'r1', nanoUsd: 500n, limits, ...KEY }, START)).toBe(true);
		expect(ledger.balance.held).toBe(1_500n);
		expect(ledger.extend({ requestId: 'r1', nanoUsd: 1n, limits, ...KEY }, START)).toBe(false);
		ledger.close({ entry: null, requestId: 'r1', organizationId: ORGANIZATION, final: true }, START);
		expect(ledger.balance.held).toBe(0n);
	});
});

describe('extend after the last close', () => {
	it('holds nothing more, even while the close of an earlier attempt is missing', () => {
		const { ledger } = ledgerAt();
		ledger.open(openRequest(), START);
		ledger.close({ entry: ledgerEntry({ attemptId: 'r1.2' }), final: true }, START);
		expect(ledger.extend({ requestId: 'r1', nanoUsd: 70n, limits: NO_LIMITS, ...KEY }, START)).toBe(true);
		expect(ledger.balance.held).toBe(0n);
	});
});
