import { describe, expect, it } from 'vitest';
import { LATE_MS } from '../../src/ledger/core';
import { ledgerAt, ledgerEntry, ORGANIZATION, openRequest, START } from './fixtures';

describe('a hold that expires', () => {
	const late = START + 660_000;

	it('becomes one unknown entry, priced by what was held', () => {
		const { ledger, entries } = ledgerAt();
		ledger.open(openRequest(), START);
		ledger.expire(late - 1);
		expect(ledger.balance.held).toBe(1_000n);
		ledger.expire(late);
		expect([...entries().values()]).toEqual([
			expect.objectContaining({ attemptId: 'r1.1', state: 'unknown', costNanoUsd: 1_000n, provider: 'mock' }),
		]);
		expect(ledger.balance.held).toBe(0n);
		expect(ledger.balance.spentDay(late)).toBe(1_000n);
	});

	it('stands in for the attempt after the highest one closed', () => {
		const { ledger, entries } = ledgerAt();
		ledger.open(openRequest(), START);
		ledger.close({ entry: ledgerEntry({ costNanoUsd: 300n }), final: false }, START);
		ledger.expire(late);
		expect(entries().get('r1.2')).toMatchObject({ state: 'unknown', costNanoUsd: 700n });
		expect(ledger.balance.spentDay(late)).toBe(1_000n);
	});

	it('is superseded by the truth, balances corrected by the difference', () => {
		const { ledger, entries } = ledgerAt();
		ledger.open(openRequest(), START);
		ledger.expire(late);
		ledger.close({ entry: ledgerEntry({ costNanoUsd: 250n }), final: true }, late + 5_000);
		expect(entries().get('r1.1')).toMatchObject({ state: 'settled', costNanoUsd: 250n });
		expect(entries().size).toBe(1);
		expect(ledger.balance.spentDay(late)).toBe(250n);
	});

	it('is withdrawn where the attempt turns out never to have happened', () => {
		const { ledger, entries } = ledgerAt();
		ledger.open(openRequest(), START);
		ledger.close({ entry: ledgerEntry({ costNanoUsd: 300n }), final: false }, START);
		ledger.expire(late);
		ledger.close({ entry: null, requestId: 'r1', organizationId: ORGANIZATION, final: true }, late + 1);
		expect(entries().get('r1.2')).toMatchObject({ state: 'released', costNanoUsd: 0n });
		expect(ledger.balance.spentDay(late)).toBe(300n);
	});

	it('moves on to the next attempt where a late close was not the last', () => {
		const { ledger, entries } = ledgerAt();
		ledger.open(openRequest(), START);
		ledger.expire(late);
		ledger.close({ entry: ledgerEntry({ costNanoUsd: 300n }), final: false }, late + 1);
		expect(entries().get('r1.2')).toMatchObject({ state: 'unknown', costNanoUsd: 700n });
		ledger.close({ entry: ledgerEntry({ attemptId: 'r1.2', costNanoUsd: 50n }), final: true }, late + 2);
		expect(ledger.balance.spentDay(late)).toBe(350n);
		expect([...entries().values()].map((entry) => entry.state)).toEqual(['settled', 'settled']);
	});

	it('leaves an unknown without a price for a gap below the last attempt', () => {
		const { ledger, entries } = ledgerAt();
		ledger.open(openRequest(), START);
		ledger.close({ entry: ledgerEntry({ attemptId: 'r1.2', costNanoUsd: 300n }), final: true }, START);
		expect(ledger.balance.held).toBe(0n);
		ledger.expire(late);
		expect(entries().get('r1.1')).toMatchObject({ state: 'unknown', costNanoUsd: null });
		expect(ledger.balance.spentDay(late)).toBe(300n);
		ledger.close({ entry: ledgerEntry({ costNanoUsd: 20n }), final: false }, late + 1);
		expect(entries().get('r1.1')).toMatchObject({ state: 'settled' });
		expect(ledger.balance.spentDay(late)).toBe(320n);
	});

	it('gives way to an unknown the isolate itself reports', () => {
		const { ledger, entries } = ledgerAt();
		ledger.open(openRequest(), START);
		ledger.expire(late);
		ledger.close({ entry: ledgerEntry({ state: 'unknown', costNanoUsd: 80n }), final: true }, late + 1);
		expect(entries().get('r1.1')).toMatchObject({ state: 'unknown', costNanoUsd: 80n, finishReason: 'stop' });
		expect(entries().size).toBe(1);
		expect(ledger.balance.spentDay(late)).toBe(80n);
	});

	it('is forgotten a day later', () => {
		const { ledger, store, commit } = ledgerAt();
		ledger.open(openRequest(), START);
		ledger.expire(late);
		commit(late);
		ledger.expire(late + LATE_MS - 1);
		commit(late);
		expect(store.holds.size).toBe(1);
		ledger.expire(late + LATE_MS);
		commit(late);
		expect(store.holds.size).toBe(0);
	});

	it('says when the next one is due', () => {
		const { ledger } = ledgerAt();
		expect(ledger.nextExpiry()).toBe(Number.POSITIVE_INFINITY);
		ledger.open(openRequest({ requestId: 'a', expiresAt: START + 900 }), START);
		ledger.open(openRequest({ requestId: 'b', expiresAt: START + 500 }), START);
		expect(ledger.nextExpiry()).toBe(START + 500);
		ledger.expire(START + 500);
		expect(ledger.nextExpiry()).toBe(START + 900);
	});
});
