import { describe, expect, it } from 'vitest';
import type { KeyLimits, OpenAnswer } from '../../src/ledger/contract';
import { Ledger } from '../../src/ledger/core';
import { GENERATION } from '../../src/ledger/key-accounts';
import { DAY_MS } from '../../src/ledger/limiter';
import {
	type Bench,
	kindOf,
	ledgerAt,
	ledgerEntry,
	NO_KEY_LIMITS,
	NO_LIMITS,
	ORGANIZATION,
	openRequest,
	START,
} from './fixtures';

const LATE = START + 660_000;
const restarted = ({ store }: Bench): Ledger => {
	const ledger = new Ledger(store);
	ledger.restore(store.image());
	return ledger;
};

interface Asking {
	readonly id: string;
	readonly key?: string | null;
	readonly limits?: Partial<KeyLimits>;
	readonly hold?: bigint;
	readonly at?: number;
}

const opening = ({ id, key = 'k1', limits, hold = 1_000n, at = START }: Asking) =>
	openRequest({
		requestId: id,
		keyId: key,
		keyLimits: limits ? { ...NO_KEY_LIMITS, ...limits } : null,
		holdNanoUsd: hold,
		expiresAt: at + 660_000,
	});

const ask = (ledger: Ledger, asking: Asking): OpenAnswer | null => ledger.open(opening(asking), asking.at ?? START);

/** The request's only attempt ends. */
const pay = (ledger: Ledger, id: string, costNanoUsd: bigint, at = START, keyId: string | null = 'k1'): void =>
	ledger.close(
		{ entry: ledgerEntry({ requestId: id, attemptId: `${id}.1`, keyId, costNanoUsd, startedAt: at }), final: true },
		at,
	);

describe('the limits of a key', () => {
	it('come after those of its organization, and the refusal says whose it was', () => {
		const { ledger } = ledgerAt();
		const both = openRequest({
			limits: { ...NO_LIMITS, requestsPerMinute: 1, budgetDayNanoUsd: 1_500n },
			keyLimits: { ...NO_KEY_LIMITS, requestsPerDay: 1, budgetMonthNanoUsd: 1_500n },
		});
		expect(kindOf(ledger.open(both, START))).toBe('open');
		const next = { ...both, requestId: 'r2' };
		expect(ledger.open(next, START)).toMatchObject({ of: 'organization', limit: 'requests-per-minute' });
		expect(ledger.open(next, START + 60_000)).toMatchObject({ of: 'organization', period: 'day' });
		const roomy = { ...next, limits: NO_LIMITS };
		expect(ledger.open(roomy, START)).toMatchObject({ of: 'key', limit: 'requests-per-day' });
		expect(ledger.open({ ...roomy, operation: 'health' }, START)).toMatchObject({
			kind: 'budget-exceeded',
			of: 'key',
			period: 'month',
			retryAfterMs: Date.UTC(2026, 3, 1) - START,
		});
	});

	it('consume nothing of key or organization where they refuse', () => {
		const { ledger } = ledgerAt();
		ask(ledger, { id: 'a', limits: { requestsPerMinute: 1 } });
		const before = ledger.account('k1', START);
		for (const limits of [{ requestsPerMinute: 1 }, { requestsPerDay: 1 }, { budgetTotalNanoUsd: 1_500n }])
			expect(ask(ledger, { id: 'b', limits })).toMatchObject({ of: 'key' });
		expect(ledger.account('k1', START)).toEqual(before);
		expect(before).toMatchObject({ organization: { requestsMinute: 1, requestsDay: 1, heldNanoUsd: 1_000n } });
	});

	it('count each key by itself', () => {
		const { ledger } = ledgerAt();
		const limits = { requestsPerMinute: 1, budgetDayNanoUsd: 1_000n };
		for (const key of ['k1', 'k2']) expect(kindOf(ask(ledger, { id: `${key}-a`, key, limits }))).toBe('open');
		expect(ask(ledger, { id: 'k1-b', key: 'k1', limits, hold: 0n })).toMatchObject({
			kind: 'rate-limited',
			of: 'key',
			limit: 'requests-per-minute',
			retryAfterMs: 60_000,
			requests: { limit: 1, remaining: 0, resetMs: 60_000 },
		});
		expect(ask(ledger, { id: 'k2-b', key: 'k2', limits: { budgetDayNanoUsd: 1_000n } })).toMatchObject({
			kind: 'budget-exceeded',
			of: 'key',
			period: 'day',
			retryAfterMs: DAY_MS / 2,
		});
	});

	it('have a total that no waiting helps against, and that outlives days and months', () => {
		const { ledger } = ledgerAt();
		const limits = { budgetTotalNanoUsd: 2_000n, budgetDayNanoUsd: 1_500n };
		ask(ledger, { id: 'a', limits });
		pay(ledger, 'a', 1_000n);
		const later = START + 70 * DAY_MS;
		expect(kindOf(ask(ledger, { id: 'b', limits, at: later }))).toBe('open');
		pay(ledger, 'b', 1_000n, later);
		expect(ask(ledger, { id: 'c', limits, hold: 1n, at: later })).toEqual({
			kind: 'budget-exceeded',
			of: 'key',
			period: 'total',
			retryAfterMs: null,
		});
		expect(ledger.account('k1', later).key).toMatchObject({ dayNanoUsd: 1_000n, totalNanoUsd: 2_000n });
	});

	it('count what was used before they were set', () => {
		const { ledger } = ledgerAt();
		for (const id of ['a', 'b']) {
			ask(ledger, { id });
			pay(ledger, id, 600n);
		}
		expect(ask(ledger, { id: 'c', limits: { budgetDayNanoUsd: 1_000n }, hold: 0n })).toMatchObject({ period: 'day' });
		expect(ask(ledger, { id: 'c', limits: { budgetMonthNanoUsd: 1_000n }, hold: 0n })).toMatchObject({
			period: 'month',
		});
		expect(ask(ledger, { id: 'c', limits: { budgetTotalNanoUsd: 1_000n }, hold: 0n })).toMatchObject({
			period: 'total',
		});
		expect(ask(ledger, { id: 'c', limits: { requestsPerDay: 2 } })).toMatchObject({ limit: 'requests-per-day' });
		expect(ask(ledger, { id: 'c', limits: { requestsPerMinute: 2 } })).toMatchObject({ limit: 'requests-per-minute' });
	});

	it('let x-ratelimit tell whichever of all four has the fewest requests left', () => {
		const { ledger } = ledgerAt();
		const open = (id: string, organization: [number, number], key: [number, number]): OpenAnswer | null =>
			ledger.open(
				openRequest({
					requestId: id,
					limits: { ...NO_LIMITS, requestsPerMinute: organization[0], requestsPerDay: organization[1] },
					keyLimits: { ...NO_KEY_LIMITS, requestsPerMinute: key[0], requestsPerDay: key[1] },
				}),
				START,
			);
		expect(open('a', [4, 9], [9, 9])).toEqual({ kind: 'open', requests: { limit: 4, remaining: 3, resetMs: 60_000 } });
		expect(open('b', [9, 5], [9, 9])).toMatchObject({ requests: { limit: 5, remaining: 3, resetMs: DAY_MS / 2 } });
		expect(open('c', [9, 9], [6, 9])).toMatchObject({ requests: { limit: 6, remaining: 3, resetMs: 60_000 } });
		expect(open('d', [9, 9], [9, 7])).toMatchObject({ requests: { limit: 7, remaining: 3, resetMs: DAY_MS / 2 } });
		expect(ask(ledger, { id: 'e', limits: { requestsPerDay: 30 } })).toMatchObject({ requests: { remaining: 25 } });
	});

	it('do not count health checks as requests, but their money', () => {
		const { ledger } = ledgerAt();
		const limits = { requestsPerDay: 1, budgetDayNanoUsd: 1_500n };
		const health = { ...opening({ id: 'a', limits }), operation: 'health' as const };
		expect(kindOf(ledger.open(health, START))).toBe('open');
		expect(ledger.open({ ...health, requestId: 'b' }, START)).toMatchObject({ kind: 'budget-exceeded', of: 'key' });
		expect(kindOf(ask(ledger, { id: 'c', limits, hold: 0n }))).toBe('open');
	});
});

describe('extend', () => {
	it('asks both budgets and adds to both holds', () => {
		const { ledger } = ledgerAt();
		const limits = { ...NO_LIMITS, budgetDayNanoUsd: 1_500n };
		const keyLimits = { ...NO_KEY_LIMITS, budgetTotalNanoUsd: 1_200n };
		ask(ledger, { id: 'a', limits: keyLimits });
		const more = { requestId: 'a', keyId: 'k1', keyLimits, issuer: null, limits };
		expect(ledger.extend({ ...more, nanoUsd: 201n }, START)).toBe(false);
		expect(ledger.extend({ ...more, keyLimits: null, nanoUsd: 501n }, START)).toBe(false);
		expect(ledger.account('k1', START)).toMatchObject({ organization: { heldNanoUsd: 1_000n } });
		expect(ledger.extend({ ...more, nanoUsd: 200n }, START)).toBe(true);
		expect(ledger.account('k1', START)).toMatchObject({
			organization: { heldNanoUsd: 1_200n },
			key: { heldNanoUsd: 1_200n },
		});
		ledger.close({ entry: null, requestId: 'a', organizationId: ORGANIZATION, final: true }, START);
		expect(ledger.account('k1', START).key?.heldNanoUsd).toBe(0n);
	});
});

describe('the account of a key', () => {
	it('is empty where the key never came by', () => {
		const { ledger } = ledgerAt();
		ask(ledger, { id: 'a' });
		const nothing = { dayNanoUsd: 0n, monthNanoUsd: 0n, totalNanoUsd: 0n, heldNanoUsd: 0n };
		const { organization, key } = ledger.account('k2', START);
		expect(key).toEqual({ requestsMinute: 0, minuteResetMs: 0, requestsDay: 0, ...nothing });
		expect(organization).toMatchObject({ requestsMinute: 1, minuteResetMs: 60_000, heldNanoUsd: 1_000n });
		expect(ledger.account(null, START).key).toBeNull();
	});

	it('is none for callers without a key, and nothing is kept or stored for them', () => {
		const { ledger } = ledgerAt();
		ask(ledger, { id: 'a', key: null });
		pay(ledger, 'a', 300n, START, null);
		const { accounts, keyArrivals } = ledger.take(START);
		expect([accounts, keyArrivals, ledger.keys.size]).toEqual([[], [], 0]);
	});

	it('is corrected with its organization: assumed, superseded, withdrawn, read back', () => {
		const { ledger } = ledgerAt();
		const spent = (): unknown[] => {
			const { organization, key } = ledger.account('k1', LATE);
			expect(key?.heldNanoUsd).toBe(organization.heldNanoUsd);
			expect([key?.dayNanoUsd, key?.monthNanoUsd]).toEqual([organization.dayNanoUsd, organization.monthNanoUsd]);
			return [key?.totalNanoUsd, key?.heldNanoUsd];
		};
		for (const id of ['a', 'b']) ask(ledger, { id });
		expect(spent()).toEqual([0n, 2_000n]);
		ledger.expire(LATE);
		expect(spent()).toEqual([2_000n, 0n]);
		pay(ledger, 'a', 250n);
		expect(spent()).toEqual([1_250n, 0n]);
		ledger.close({ entry: null, requestId: 'b', organizationId: ORGANIZATION, final: true }, LATE);
		expect(spent()).toEqual([250n, 0n]);
		const direct = ledgerEntry({ requestId: 'c', attemptId: 'c.1', source: 'direct', costNanoUsd: 40n });
		for (let time = 0; time < 2; time += 1) ledger.absorb(direct, LATE);
		expect(spent()).toEqual([290n, 0n]);
	});

	it('comes back after a kill: sums, holds, requests of day and minute', () => {
		const bench = ledgerAt();
		const limits = { requestsPerMinute: 9 };
		ask(bench.ledger, { id: 'a', limits });
		pay(bench.ledger, 'a', 700n);
		ask(bench.ledger, { id: 'b', limits, at: START + 1_500 });
		const before = bench.ledger.account('k1', START + 2_000);
		bench.commit(START + 2_000);
		expect(restarted(bench).account('k1', START + 2_000)).toEqual(before);
		expect(before.key).toMatchObject({ requestsMinute: 2, totalNanoUsd: 700n, heldNanoUsd: 1_000n });
	});

	it('is stored only where it changed', () => {
		const { ledger } = ledgerAt();
		ask(ledger, { id: 'a' });
		ask(ledger, { id: 'b', key: 'k2' });
		expect(ledger.take(START).accounts.map(([keyId]) => keyId)).toEqual(['k1', 'k2']);
		pay(ledger, 'b', 5n, START, 'k2');
		ledger.account('k1', START);
		expect(ledger.take(START).accounts.map(([keyId]) => keyId)).toEqual(['k2']);
		expect(ledger.dirty).toBe(false);
	});
});

describe('a token that a key issued', () => {
	const budget = { budgetTotalNanoUsd: 2_500n };
	const token = (id: string, key: string, own: Partial<KeyLimits> | null, issuing: Partial<KeyLimits> | null) => ({
		...opening({ id, key, ...(own && { limits: own }) }),
		issuer: { keyId: 'k1', limits: issuing && { ...NO_KEY_LIMITS, ...issuing } },
	});

	it('spends the budget of its issuer, which a thousand tokens can not outspend', () => {
		const { ledger } = ledgerAt();
		const answers = Array.from({ length: 1_000 }, (_, at) =>
			ledger.open(token(`r${at}`, `t${at}`, budget, budget), START),
		);
		expect(answers.filter((answer) => answer?.kind === 'open')).toHaveLength(2);
		expect(answers.at(-1)).toEqual({ kind: 'budget-exceeded', of: 'issuer', period: 'total', retryAfterMs: null });
		expect(ledger.account('k1', START).key).toMatchObject({ requestsDay: 2, heldNanoUsd: 2_000n });
		expect(ask(ledger, { id: 'own', limits: budget })).toMatchObject({ of: 'key', period: 'total' });
	});

	it('counts against the requests of its issuer, as the issuer itself does', () => {
		const { ledger } = ledgerAt();
		const issuing = { requestsPerMinute: 2, requestsPerDay: 3 };
		expect(kindOf(ask(ledger, { id: 'own', limits: issuing }))).toBe('open');
		const second = ledger.open(token('a', 't1', { requestsPerMinute: 9 }, issuing), START);
		expect(second).toEqual({ kind: 'open', requests: { limit: 2, remaining: 0, resetMs: 60_000 } });
		const third = token('b', 't2', null, issuing);
		expect(ledger.open(third, START)).toMatchObject({ of: 'issuer', limit: 'requests-per-minute' });
		expect(kindOf(ledger.open(third, START + 60_000))).toBe('open');
		expect(ledger.open(token('c', 't2', null, issuing), START + 60_000)).toMatchObject({ limit: 'requests-per-day' });
	});

	it('is refused by its own limits first, and a refusal of either consumes nothing of the other', () => {
		const { ledger } = ledgerAt();
		ledger.open(token('a', 't1', budget, budget), START);
		const before = [ledger.account('t1', START), ledger.account('k1', START)];
		const narrow = { budgetTotalNanoUsd: 1_500n };
		expect(ledger.open(token('b', 't1', narrow, narrow), START)).toMatchObject({ of: 'key' });
		expect(ledger.open(token('b', 't1', budget, narrow), START)).toMatchObject({ of: 'issuer' });
		expect([ledger.account('t1', START), ledger.account('k1', START)]).toEqual(before);
	});

	it('is paid, corrected and stored in both accounts', () => {
		const bench = ledgerAt();
		const { ledger } = bench;
		for (const id of ['a', 'b']) ledger.open(token(id, 't1', null, null), START);
		const entry = ledgerEntry({ attemptId: 'a.1', requestId: 'a', keyId: 't1', issuerKeyId: 'k1', costNanoUsd: 300n });
		ledger.close({ entry, final: true }, START);
		const accounts = (of: Ledger) => ['t1', 'k1'].map((id) => of.account(id, LATE).key);
		const [own, issuing] = accounts(ledger);
		expect(own).toMatchObject({ totalNanoUsd: 300n, heldNanoUsd: 1_000n, requestsDay: 2 });
		expect(issuing).toEqual(own);
		bench.commit();
		const again = restarted(bench);
		expect(accounts(again)).toEqual([own, issuing]);
		again.expire(LATE);
		for (const account of accounts(again)) expect(account).toMatchObject({ totalNanoUsd: 1_300n, heldNanoUsd: 0n });
		again.close({ entry: null, requestId: 'b', organizationId: ORGANIZATION, final: true }, LATE);
		for (const account of accounts(again)) expect(account).toMatchObject({ totalNanoUsd: 300n, heldNanoUsd: 0n });
	});

	it('extends its hold as far as its issuer has the budget', () => {
		const { ledger } = ledgerAt();
		const open = token('a', 't1', null, { budgetDayNanoUsd: 1_500n });
		ledger.open(open, START);
		const { keyId, keyLimits, issuer, limits } = open;
		const more = { requestId: 'a', keyId, keyLimits, issuer, limits };
		expect(ledger.extend({ ...more, nanoUsd: 501n }, START)).toBe(false);
		expect(ledger.extend({ ...more, nanoUsd: 500n }, START)).toBe(true);
		for (const id of ['t1', 'k1']) expect(ledger.account(id, START).key?.heldNanoUsd).toBe(1_500n);
	});
});

describe('the minute of a key', () => {
	it('is stored only where it has a limit, and whole from when it gets one', () => {
		const bench = ledgerAt();
		ask(bench.ledger, { id: 'a' });
		bench.commit(START);
		expect(bench.store.keyArrivals.size).toBe(0);
		ask(bench.ledger, { id: 'b', limits: { requestsPerMinute: 5 }, at: START + 30_000 });
		bench.commit(START + 30_000);
		const ledger = restarted(bench);
		expect(ask(ledger, { id: 'c', limits: { requestsPerMinute: 2 }, at: START + 59_999 })).toMatchObject({
			kind: 'rate-limited',
			of: 'key',
			retryAfterMs: 1,
		});
		expect(kindOf(ask(ledger, { id: 'c', limits: { requestsPerMinute: 2 }, at: START + 60_000 }))).toBe('open');
	});

	it('begins anew at a kill where it had no limit', () => {
		const bench = ledgerAt();
		ask(bench.ledger, { id: 'a' });
		bench.commit();
		const { key } = restarted(bench).account('k1', START);
		expect([key?.requestsMinute, key?.requestsDay]).toEqual([0, 1]);
	});
});

describe('memory', () => {
	const MANY = 20 * GENERATION;

	it('holds no more accounts than two generations of them, however many keys come by, and forgets no sum', () => {
		const bench = ledgerAt();
		for (let at = 0; at < MANY; at += 1) {
			const [id, key] = [`r${at}`, `k${at}`];
			ask(bench.ledger, { id, key, limits: { budgetTotalNanoUsd: 5_000n } });
			pay(bench.ledger, id, BigInt(at), START, key);
			if (at % 500 === 0) bench.commit();
			expect(bench.ledger.keys.size).toBeLessThanOrEqual(2 * GENERATION);
		}
		for (const at of [1, 4_000, MANY - 1])
			expect(bench.ledger.account(`k${at}`, START).key).toMatchObject({ requestsDay: 1, totalNanoUsd: BigInt(at) });
	}, 60_000);

	it('keeps what is held and the windows that limit, and lets go of them when they are over', () => {
		const bench = ledgerAt();
		const limits = { requestsPerMinute: 5 };
		ask(bench.ledger, { id: 'held', key: 'k-held' });
		ask(bench.ledger, { id: 'window', key: 'k-window', limits });
		pay(bench.ledger, 'window', 1n, START, 'k-window');
		const strangers = (from: number, at: number): void => {
			bench.commit(at);
			for (let next = 0; next < 3 * GENERATION; next += 1) bench.ledger.account(`s${from + next}`, at);
		};
		strangers(0, START + 30_000);
		expect(bench.ledger.account('k-held', START + 30_000).key).toMatchObject({ heldNanoUsd: 1_000n });
		expect(bench.ledger.account('k-window', START + 30_000).key).toMatchObject({ requestsMinute: 1 });
		strangers(MANY, START + 60_000);
		expect(bench.ledger.account('k-window', START + 60_000).key).toMatchObject({ requestsMinute: 0, requestsDay: 1 });
		expect(bench.ledger.keys.size).toBeLessThanOrEqual(2 * GENERATION + 1);
	});

	it('holds as many as are live, where that is more', () => {
		const bench = ledgerAt();
		const live = 5 * GENERATION;
		for (let at = 0; at < live; at += 1) ask(bench.ledger, { id: `r${at}`, key: `k${at}` });
		bench.commit();
		for (let at = 0; at < live; at += 1)
			expect(bench.ledger.account(`k${at}`, START).key?.heldNanoUsd, `k${at}`).toBe(1_000n);
		expect(bench.ledger.keys.size).toBe(live);
	});
});
