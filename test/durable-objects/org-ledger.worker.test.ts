import { runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NO_LIMITS, ORGANIZATION } from '../ledger/fixtures';
import { failingDb, LedgerBench, NOON, organization, rowsInD1, settled } from './org-ledger-support';

beforeEach(() => organization());
afterEach(settled);

describe('a killed object', () => {
	it('comes back with its holds, balances and windows', async () => {
		const bench = new LedgerBench();
		const limits = { ...NO_LIMITS, requestsPerMinute: 3, budgetDayNanoUsd: 2_500n };
		await bench.open({ requestId: 'a', limits });
		await bench.open({ requestId: 'b', limits });
		await bench.close({ entry: bench.entry('a', { costNanoUsd: 700n }), final: true });
		await bench.kill();
		bench.now += 1_000;
		expect(await bench.open({ requestId: 'c', limits })).toMatchObject({ kind: 'budget-exceeded', period: 'day' });
		expect(await bench.open({ requestId: 'd', holdNanoUsd: 800n, limits })).toEqual({
			kind: 'open',
			requests: { limit: 3, remaining: 0, resetMs: 60_000 },
		});
		expect(await bench.open({ requestId: 'e', holdNanoUsd: 0n, limits })).toMatchObject({
			kind: 'rate-limited',
			retryAfterMs: 59_000,
		});
	});

	it('has lost no entry whose close was answered, and counts none twice', async () => {
		const bench = new LedgerBench();
		for (const requestId of ['a', 'b', 'c']) {
			await bench.open({ requestId });
			await bench.close({ entry: bench.entry(requestId), final: true });
			await bench.kill();
		}
		await bench.close({ entry: bench.entry('a'), final: true }, { entry: bench.entry('c'), final: true });
		await bench.alarm();
		expect(await rowsInD1()).toHaveLength(3);
		const limits = { ...NO_LIMITS, budgetDayNanoUsd: 1_200n };
		expect(await bench.open({ requestId: 'd', holdNanoUsd: 0n, limits })).toMatchObject({ kind: 'open' });
		expect(await bench.open({ requestId: 'e', holdNanoUsd: 1n, limits })).toMatchObject({ kind: 'budget-exceeded' });
	});

	it('reads only what lives: nothing of the requests that are over', async () => {
		const bench = new LedgerBench();
		for (let at = 0; at < 12; at += 1) {
			await bench.open({ requestId: `r${at}` });
			if (at > 1) await bench.close({ entry: bench.entry(`r${at}`), final: true });
		}
		expect(await bench.stored('hold')).toBe(2);
		expect(await bench.stored('arrivals')).toBe(1);
		bench.now += 61_000;
		await bench.open({ requestId: 'later' });
		await bench.committed();
		expect(await bench.stored('arrivals')).toBe(1);
	});
});

describe('a change of the configuration', () => {
	it('makes cached isolates reload from the moment it is settled', async () => {
		const bench = new LedgerBench();
		expect(await bench.open({ requestId: 'a' })).toMatchObject({ kind: 'open' });
		const stub = await bench.stub();
		await stub.prepare(ORGANIZATION);
		expect(await bench.open({ requestId: 'b' })).toEqual({ kind: 'unsettled' });
		expect(await bench.open({ requestId: 'c', fresh: true })).toMatchObject({ kind: 'open' });
		await organization(2);
		await stub.settle(ORGANIZATION, 2);
		expect(await bench.open({ requestId: 'd' })).toEqual({ kind: 'stale', version: 2 });
		expect(await bench.open({ requestId: 'd', configVersion: 2 })).toMatchObject({ kind: 'open' });
		expect(await stub.version(ORGANIZATION)).toBe(2);
	});

	it('survives a kill between prepare and settle, and ends by itself after two seconds', async () => {
		const bench = new LedgerBench();
		await (await bench.stub()).prepare(ORGANIZATION);
		await bench.alarm();
		await organization(2);
		await bench.kill();
		expect(await bench.open({ requestId: 'a' })).toEqual({ kind: 'unsettled' });
		await bench.alarm();
		expect(await bench.open({ requestId: 'a' })).toEqual({ kind: 'unsettled' });
		expect(await (await bench.stub()).version(ORGANIZATION)).toBe(2);
		expect(await bench.alarmIn()).toBe(2_000);
		bench.now += 2_000;
		await bench.alarm();
		expect(await bench.open({ requestId: 'a' })).toEqual({ kind: 'stale', version: 2 });
	});

	it('is found in D1 where an isolate knows of it and the object does not', async () => {
		const bench = new LedgerBench();
		await bench.open({ requestId: 'a' });
		await organization(5);
		expect(await bench.open({ requestId: 'b', configVersion: 5 })).toMatchObject({ kind: 'open' });
		expect(await bench.open({ requestId: 'c', configVersion: 6 })).toEqual({ kind: 'stale', version: 5 });
		expect(await bench.open({ requestId: 'd', configVersion: 4 })).toEqual({ kind: 'stale', version: 5 });
	});

	it('is followed back by a restored backup of D1, after one reader of D1 came by', async () => {
		const bench = new LedgerBench();
		await organization(7);
		await bench.open({ requestId: 'a', configVersion: 7 });
		await organization(3);
		expect(await bench.open({ requestId: 'b', configVersion: 3 })).toEqual({ kind: 'stale', version: 7 });
		expect(await bench.open({ requestId: 'b', configVersion: 3, fresh: true })).toMatchObject({ kind: 'open' });
		expect(await bench.open({ requestId: 'c', configVersion: 4 })).toEqual({ kind: 'stale', version: 3 });
		expect(await bench.open({ requestId: 'd', configVersion: 3 })).toMatchObject({ kind: 'open' });
	});
});

describe('the object', () => {
	it('refuses to speak for another organization', async () => {
		const bench = new LedgerBench();
		await bench.open();
		const stub = await bench.stub();
		const asked = async (): Promise<number> => await stub.version('org-b');
		await expect(asked()).rejects.toThrow('no such organization');
	});

	it('opens nothing for an organization that D1 does not know', async () => {
		const bench = new LedgerBench('nobody');
		await expect(bench.open()).rejects.toThrow('no such organization');
		expect(await bench.stored('hold')).toBe(0);
	});

	it('opens nothing while the version is unknown and D1 can not be read, and consumes nothing', async () => {
		const bench = new LedgerBench();
		await bench.use(failingDb('before'));
		await expect(bench.open()).rejects.toThrow();
		const limits = { ...NO_LIMITS, requestsPerMinute: 1 };
		expect(await bench.open({ limits })).toMatchObject({ kind: 'open', requests: { remaining: 0 } });
	});

	it('needs D1 no more once it knows the version, not even after a kill', async () => {
		const bench = new LedgerBench();
		await bench.open({ requestId: 'a' });
		await bench.committed();
		await bench.kill();
		await bench.use(failingDb(...Array.from({ length: 9 }, () => 'before' as const)));
		expect(await bench.open({ requestId: 'b' })).toMatchObject({ kind: 'open' });
	});

	it('commits what many opens queued at once', async () => {
		const bench = new LedgerBench();
		await bench.open({ requestId: 'first' });
		await bench.committed();
		await Promise.all(Array.from({ length: 60 }, (_, at) => bench.open({ requestId: `r${at}` })));
		await bench.committed();
		expect(await bench.stored('hold')).toBe(61);
	});

	it('says yes to no extension that breaks a budget', async () => {
		const bench = new LedgerBench();
		const limits = { ...NO_LIMITS, budgetMonthNanoUsd: 1_500n };
		await bench.open({ limits });
		const stub = await bench.stub();
		expect(
			await stub.extend({ requestId: 'r1', nanoUsd: 500n, limits, keyId: 'k1', keyLimits: null, issuer: null }),
		).toBe(true);
		expect(
			await stub.extend({ requestId: 'r1', nanoUsd: 1n, limits, keyId: 'k1', keyLimits: null, issuer: null }),
		).toBe(false);
		await bench.committed();
		await bench.kill();
		expect(await bench.open({ requestId: 'r2', holdNanoUsd: 1n, limits })).toMatchObject({ kind: 'budget-exceeded' });
	});

	it('starts from the sums in D1 where its own storage is lost', async () => {
		const bench = new LedgerBench();
		await bench.open({ requestId: 'a' });
		await bench.close({ entry: bench.entry('a', { costNanoUsd: 900n }), final: true });
		await bench.alarm();
		await runInDurableObject(await bench.stub(), (_, state) => state.storage.deleteAll());
		await bench.kill();
		bench.now = NOON + 60_000;
		const limits = { ...NO_LIMITS, budgetDayNanoUsd: 1_000n, requestsPerDay: 2 };
		expect(await bench.open({ requestId: 'b', holdNanoUsd: 101n, limits })).toMatchObject({ kind: 'budget-exceeded' });
		expect(await bench.open({ requestId: 'b', holdNanoUsd: 100n, limits })).toMatchObject({ kind: 'open' });
		expect(await bench.open({ requestId: 'c', holdNanoUsd: 0n, limits })).toMatchObject({ kind: 'rate-limited' });
		await bench.close({ entry: bench.entry('b'), final: true });
		await bench.alarm();
		expect((await rowsInD1()).map((row) => row.seq)).toEqual([1, 2]);
	});
});
