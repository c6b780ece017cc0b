import { describe, expect, it } from 'vitest';
import { Ledger } from '../../src/ledger/core';
import { ledgerAt, ledgerEntry, NO_LIMITS, ORGANIZATION, openRequest, START } from './fixtures';

describe('close', () => {
	it('takes what an attempt cost from the hold once, however often it is told', () => {
		const { ledger } = ledgerAt();
		ledger.open(openRequest(), START);
		for (let told = 0; told < 3; told += 1) ledger.close({ entry: ledgerEntry(), final: false }, START);
		expect(ledger.balance.held).toBe(600n);
	});

	it('lets the first terminal entry of an attempt stand', () => {
		const { ledger, entries } = ledgerAt();
		ledger.open(openRequest(), START);
		ledger.close({ entry: ledgerEntry({ costNanoUsd: 400n }), final: false }, START);
		ledger.close({ entry: ledgerEntry({ costNanoUsd: 900n }), final: false }, START);
		ledger.close({ entry: ledgerEntry({ state: 'released', costNanoUsd: 0n }), final: true }, START);
		expect(entries().get('r1.1')).toMatchObject({ state: 'settled', costNanoUsd: 400n });
		expect(ledger.balance.spentDay(START)).toBe(400n);
		expect(ledger.balance.held).toBe(0n);
	});

	it('remembers a closed attempt across a restart', () => {
		const { store, ledger, commit } = ledgerAt();
		ledger.close({ entry: ledgerEntry(), final: true }, START);
		commit();
		const restarted = new Ledger(store);
		restarted.restore(store.image());
		restarted.close({ entry: ledgerEntry(), final: true }, START);
		expect(restarted.balance.spentDay(START)).toBe(400n);
		expect(restarted.take(START).rows).toEqual([]);
	});

	it('is complete in itself where the open was never seen', () => {
		const { ledger, entries } = ledgerAt();
		ledger.close({ entry: ledgerEntry(), final: true }, START);
		expect(ledger.balance.spentDay(START)).toBe(400n);
		expect(entries().size).toBe(1);
	});

	it('gives back no more than was held where the truth is dearer', () => {
		const { ledger } = ledgerAt();
		ledger.open(openRequest({ holdNanoUsd: 100n }), START);
		ledger.close({ entry: ledgerEntry({ costNanoUsd: 700n }), final: false }, START);
		expect(ledger.balance.held).toBe(0n);
		expect(ledger.balance.spentDay(START)).toBe(700n);
	});

	it('counts what an attempt cost in the day and month in which it started', () => {
		const { ledger } = ledgerAt();
		const midnight = Date.UTC(2026, 3, 1);
		ledger.close(
			{ entry: ledgerEntry({ startedAt: midnight - 5, endedAt: midnight + 5 }), final: true },
			midnight + 10,
		);
		expect(ledger.balance.spentDay(midnight + 10)).toBe(0n);
		expect(ledger.balance.spentMonth(midnight + 10)).toBe(0n);
	});
});

describe('absorb', () => {
	it('counts a row an isolate wrote to D1 once and writes it again to mark it', () => {
		const { ledger, commit, store } = ledgerAt();
		const entry = ledgerEntry({ source: 'direct' });
		ledger.absorb(entry, START);
		commit();
		ledger.absorb(entry, START);
		commit();
		expect(ledger.balance.spentDay(START)).toBe(400n);
		expect(store.rows).toHaveLength(2);
	});

	it('corrects an unknown that stood for it', () => {
		const { ledger, entries } = ledgerAt();
		ledger.open(openRequest(), START);
		ledger.expire(START + 660_000);
		ledger.absorb(ledgerEntry({ source: 'direct', costNanoUsd: 10n }), START + 700_000);
		expect(ledger.balance.spentDay(START + 700_000)).toBe(10n);
		expect([...entries().values()].map(({ attemptId, state }) => [attemptId, state])).toEqual([['r1.1', 'settled']]);
	});

	it('keeps a hold whose request goes on by way of D1 from ending as a phantom', () => {
		const { ledger, entries } = ledgerAt();
		ledger.open(openRequest(), START);
		ledger.absorb(ledgerEntry({ source: 'direct' }), START + 1_000);
		expect(ledger.balance.held).toBe(600n);
		ledger.expire(START + 660_000);
		expect(ledger.balance.held).toBe(0n);
		expect([...entries().keys()]).toEqual(['r1.1']);
	});

	it('takes no stand-in for an open that came after its request was over', () => {
		const { ledger, commit, entries } = ledgerAt();
		ledger.absorb(ledgerEntry({ source: 'direct' }), START);
		commit();
		ledger.open(openRequest(), START + 5);
		ledger.expire(START + 660_000);
		expect([...entries().keys()]).toEqual(['r1.1']);
		expect(ledger.balance.held).toBe(0n);
	});
});

describe('restore', () => {
	it('continues with holds, balances, windows and the pending change as they were stored', () => {
		const { ledger, store, commit } = ledgerAt();
		const limits = { ...NO_LIMITS, requestsPerMinute: 2, requestsPerDay: 2 };
		ledger.open(openRequest({ requestId: 'a', limits }), START);
		ledger.open(openRequest({ requestId: 'b', limits }), START + 1_500);
		ledger.close({ entry: ledgerEntry({ requestId: 'a', attemptId: 'a.1' }), final: true }, START + 1_600);
		ledger.version.prepare(START + 1_700);
		commit(START + 2_000);
		const restarted = new Ledger(store);
		restarted.restore(store.image());
		expect(restarted.organizationId).toBe(ORGANIZATION);
		expect(restarted.balance.held).toBe(1_000n);
		expect(restarted.balance.spentDay(START + 3_000)).toBe(400n);
		expect(restarted.open(openRequest({ requestId: 'c' }), START + 3_000)).toEqual({ kind: 'unsettled' });
		expect(restarted.open(openRequest({ requestId: 'c', fresh: true, limits }), START + 3_000)).toMatchObject({
			kind: 'rate-limited',
		});
		expect(restarted.requests.minute.count(START + 60_000)).toBe(1);
		expect(restarted.requests.minute.count(START + 61_500)).toBe(0);
	});

	it('does not hold again what had expired', () => {
		const { ledger, store, commit } = ledgerAt();
		ledger.open(openRequest(), START);
		ledger.expire(START + 660_000);
		commit();
		const restarted = new Ledger(store);
		restarted.restore(store.image());
		expect(restarted.balance.held).toBe(0n);
		restarted.close({ entry: ledgerEntry({ costNanoUsd: 5n }), final: true }, START + 700_000);
		expect(restarted.balance.spentDay(START + 700_000)).toBe(5n);
	});

	it('stores nothing of a hold that came and went between two commits', () => {
		const { ledger } = ledgerAt();
		ledger.open(openRequest(), START);
		ledger.close({ entry: ledgerEntry(), final: true }, START);
		const changes = ledger.take(START);
		expect(changes.holds).toEqual([]);
		expect(changes.dropped).toEqual([]);
		expect(changes.rows).toHaveLength(1);
		expect(ledger.dirty).toBe(false);
	});
});
