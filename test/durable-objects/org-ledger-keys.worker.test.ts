import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Account, LedgerEntry } from '../../src/ledger/contract';
import { directStore } from '../../src/ledger/direct';
import { NO_KEY_LIMITS, NO_LIMITS, ORGANIZATION } from '../ledger/fixtures';
import {
	cursorInD1,
	failingDb,
	gatewayKey,
	LedgerBench,
	lastUsedInD1,
	NOON,
	organization,
	rowsInD1,
	settled,
	started,
} from './org-ledger-support';

const DAY = 86_400_000;

beforeEach(() => organization());
afterEach(settled);

const account = async (bench: LedgerBench, keyId: string | null): Promise<Account> =>
	(await bench.stub()).account(bench.organizationId, keyId);

/** One request of the key, opened, answered and closed. */
async function spend(bench: LedgerBench, id: string, keyId: string, costNanoUsd: bigint): Promise<void> {
	expect(await bench.open({ requestId: id, keyId })).toMatchObject({ kind: 'open' });
	await bench.close({ entry: bench.entry(id, { keyId, costNanoUsd }), final: true });
}

async function flushed(bench: LedgerBench): Promise<void> {
	bench.now += 5_000;
	await bench.alarm();
}

async function loseStorage(bench: LedgerBench): Promise<void> {
	await runInDurableObject(await bench.stub(), (_, state) => state.storage.deleteAll());
	await bench.kill();
}

describe('the accounts of keys', () => {
	it('survive a kill, each with its own sums, holds and windows', async () => {
		const bench = new LedgerBench();
		const keyLimits = { ...NO_KEY_LIMITS, requestsPerMinute: 2, budgetTotalNanoUsd: 2_000n };
		await bench.open({ requestId: 'a', keyId: 'k1', keyLimits });
		await bench.close({ entry: bench.entry('a', { keyId: 'k1', costNanoUsd: 900n }), final: true });
		await bench.open({ requestId: 'b', keyId: 'k2', keyLimits });
		await bench.committed();
		await bench.kill();
		bench.now += 1_000;
		const k1 = { heldNanoUsd: 0n, dayNanoUsd: 900n, totalNanoUsd: 900n, requestsMinute: 1, minuteResetMs: 59_000 };
		expect((await account(bench, 'k1')).key).toMatchObject(k1);
		expect((await account(bench, 'k2')).key).toMatchObject({ heldNanoUsd: 1_000n, totalNanoUsd: 0n, requestsDay: 1 });
		const again = { requestId: 'c', keyId: 'k1', keyLimits };
		expect(await bench.open({ ...again, holdNanoUsd: 1_101n })).toMatchObject({ of: 'key', period: 'total' });
		expect(await bench.open({ ...again, holdNanoUsd: 1_100n })).toMatchObject({ kind: 'open' });
		expect(await bench.open({ ...again, requestId: 'd' })).toMatchObject({
			kind: 'rate-limited',
			of: 'key',
			retryAfterMs: 59_000,
		});
	});

	it('leave no window in storage that is past', async () => {
		const bench = new LedgerBench();
		const keyLimits = { ...NO_KEY_LIMITS, requestsPerMinute: 9 };
		for (const keyId of ['k1', 'k2']) await bench.open({ requestId: keyId, keyId, keyLimits });
		await bench.committed();
		expect(await bench.stored('key_arrivals')).toBe(2);
		bench.now += 61_000;
		await bench.open({ requestId: 'later', keyId: null });
		await bench.committed();
		expect(await bench.stored('key_arrivals')).toBe(0);
	});

	it('are told beside that of the organization', async () => {
		const bench = new LedgerBench();
		await spend(bench, 'a', 'k1', 300n);
		await spend(bench, 'b', 'k2', 50n);
		const { organization: whole, key } = await account(bench, 'k2');
		expect([whole.dayNanoUsd, whole.requestsDay]).toEqual([350n, 2]);
		expect([key?.dayNanoUsd, key?.requestsDay]).toEqual([50n, 1]);
		expect(await account(bench, null)).toEqual({ organization: whole, key: null });
		expect((await account(bench, 'never-used')).key).toMatchObject({ totalNanoUsd: 0n, requestsDay: 0 });
	});

	it('count an extension against the budget of the key', async () => {
		const bench = new LedgerBench();
		const keyLimits = { ...NO_KEY_LIMITS, budgetDayNanoUsd: 1_500n };
		await bench.open({ keyLimits });
		const stub = await bench.stub();
		const more = { requestId: 'r1', limits: NO_LIMITS, keyId: 'k1', keyLimits, issuer: null };
		expect(await stub.extend({ ...more, nanoUsd: 501n })).toBe(false);
		expect(await stub.extend({ ...more, nanoUsd: 500n })).toBe(true);
		await bench.committed();
		await bench.kill();
		expect((await account(bench, 'k1')).key?.heldNanoUsd).toBe(1_500n);
	});
});

describe('an object that lost its storage', () => {
	it('starts from what D1 has of each key that may still be used: day, month, and its whole life', async () => {
		await gatewayKey('k1');
		await gatewayKey('k2', { expiresAt: NOON - 40 * DAY });
		await gatewayKey('revoked', { revokedAt: 5 });
		await gatewayKey('token', { parentId: 'k1', expiresAt: NOON - 1 });
		const bench = await started();
		const old: Partial<LedgerEntry> = { keyId: 'k1', costNanoUsd: 1_000n, startedAt: NOON - 45 * DAY };
		await bench.close({ entry: bench.entry('old', old), final: true });
		for (const keyId of ['k1', 'k2', 'revoked', 'token']) await spend(bench, keyId, keyId, 30n);
		await flushed(bench);
		await directStore(env.DB).write([bench.entry('direct', { keyId: 'k1', costNanoUsd: 5n })]);
		await loseStorage(bench);
		// With what the token it issued has used.
		const k1 = { dayNanoUsd: 65n, monthNanoUsd: 65n, totalNanoUsd: 1_065n, requestsDay: 2, heldNanoUsd: 0n };
		expect((await account(bench, 'k1')).key).toMatchObject(k1);
		expect((await account(bench, 'k2')).key).toMatchObject({ totalNanoUsd: 30n, requestsDay: 1 });
		for (const over of ['revoked', 'token']) expect((await account(bench, over)).key?.totalNanoUsd).toBe(0n);
		expect((await account(bench, null)).organization).toMatchObject({ dayNanoUsd: 125n, requestsDay: 4 });
		await bench.committed();
		await bench.kill();
		expect((await account(bench, 'k1')).key).toMatchObject(k1);
	});

	it('counts what isolates wrote of a token for its issuer too, and for no person', async () => {
		await gatewayKey('k1');
		for (const [id, parentId] of [
			['t1', 'k1'],
			['t2', 'user:ann'],
		] as const)
			await gatewayKey(id, { parentId, expiresAt: NOON + DAY });
		const bench = await started();
		for (const keyId of ['t1', 't2'])
			await directStore(env.DB).write([bench.entry(keyId, { keyId, issuerKeyId: 'k1', costNanoUsd: 40n })]);
		await spend(bench, 'other', 'k2', 1n);
		await flushed(bench);
		const spent = async (id: string) => (await account(bench, id)).key?.totalNanoUsd;
		expect(await Promise.all(['t1', 't2', 'k1', 'user:ann'].map(spent))).toEqual([40n, 40n, 40n, 0n]);
	});

	it('admits nothing before it has counted that, whatever it hears of first', async () => {
		await gatewayKey('k1');
		const bench = await started();
		await spend(bench, 'a', 'k1', 900n);
		await flushed(bench);
		await loseStorage(bench);
		await (await bench.stub()).settle(ORGANIZATION, 1);
		const keyLimits = { ...NO_KEY_LIMITS, budgetTotalNanoUsd: 1_000n };
		const request = { requestId: 'b', keyId: 'k1', keyLimits };
		expect(await bench.open({ ...request, holdNanoUsd: 101n })).toMatchObject({ of: 'key', period: 'total' });
		expect(await bench.open({ ...request, holdNanoUsd: 100n })).toMatchObject({ kind: 'open' });
	});

	it('counts nothing twice where D1 failed in the middle of it', async () => {
		await gatewayKey('k1');
		const bench = await started();
		await spend(bench, 'a', 'k1', 900n);
		await flushed(bench);
		await loseStorage(bench);
		const db = failingDb('after', 'not', 'after');
		await bench.use(db);
		for (let failure = 0; failure < 2; failure += 1)
			await expect(account(bench, 'k1')).rejects.toThrow('connection lost');
		expect(await account(bench, 'k1')).toMatchObject({
			organization: { dayNanoUsd: 900n },
			key: { totalNanoUsd: 900n },
		});
	});
});

describe('the last use of a key', () => {
	it('comes to D1 with its rows, in the same batch, and never goes back', async () => {
		await organization(1, 'org-b');
		await gatewayKey('k1');
		await gatewayKey('ahead', { lastUsedAt: NOON + DAY });
		await gatewayKey('idle');
		await gatewayKey('foreign', { organizationId: 'org-b' });
		const bench = await started();
		const db = failingDb();
		await bench.use(db);
		for (const keyId of ['k1', 'ahead', 'foreign']) await spend(bench, keyId, keyId, 1n);
		bench.now += 700;
		await spend(bench, 'later', 'k1', 1n);
		await flushed(bench);
		expect(db.batches).toBe(2);
		expect(await Promise.all(['k1', 'ahead', 'idle', 'foreign'].map(lastUsedInD1))).toEqual([
			NOON + 700,
			NOON + DAY,
			null,
			null,
		]);
		await bench.close({ entry: bench.entry('older', { keyId: 'k1', startedAt: NOON }), final: true });
		await flushed(bench);
		expect(await lastUsedInD1('k1')).toBe(NOON + 700);
	});

	it('is not lost where the object is killed before it told D1', async () => {
		await gatewayKey('k1');
		const bench = await started();
		await spend(bench, 'a', 'k1', 1n);
		await bench.kill();
		await flushed(bench);
		// An object that wakes with rows to tell sets its alarm for at once, and the runtime may run it first.
		await vi.waitFor(async () => expect(await lastUsedInD1('k1')).toBe(NOON), { timeout: 5_000 });
	});

	it('stays as it was where the rows are not written', async () => {
		await gatewayKey('k1');
		const bench = await started();
		await spend(bench, 'a', 'k1', 1n);
		await bench.use(failingDb('before'));
		await flushed(bench);
		expect([await lastUsedInD1('k1'), await rowsInD1(), await cursorInD1()]).toEqual([null, [], null]);
		await flushed(bench);
		expect([await lastUsedInD1('k1'), await cursorInD1()]).toEqual([NOON, 1]);
	});
});

describe('an account', () => {
	it('is forgotten two days after its last use where its key can not be used again, and kept where it can', async () => {
		await gatewayKey('live');
		await gatewayKey('expired', { expiresAt: NOON + 1 });
		await gatewayKey('token', { parentId: 'live', expiresAt: NOON + 3_600_000 });
		await gatewayKey('revoked', { revokedAt: NOON });
		const bench = await started();
		for (const keyId of ['live', 'expired', 'token', 'revoked', 'gone']) await spend(bench, keyId, keyId, 70n);
		await flushed(bench);
		bench.now = NOON + 2 * DAY - 1;
		await spend(bench, 'late', 'revoked', 70n);
		await flushed(bench);
		expect(await bench.stored('account')).toBe(3);
		await bench.kill();
		const totals = async (): Promise<(bigint | undefined)[]> =>
			Promise.all(
				['live', 'expired', 'token', 'revoked', 'gone'].map(async (id) => (await account(bench, id)).key?.totalNanoUsd),
			);
		expect(await totals()).toEqual([70n, 70n, 0n, 140n, 0n]);
		bench.now = NOON + 5 * DAY;
		await spend(bench, 'much-later', 'live', 70n);
		await flushed(bench);
		await bench.kill();
		expect(await totals()).toEqual([140n, 70n, 0n, 0n, 0n]);
	});

	it('is asked about once in two days, and D1 failing then holds up no row', async () => {
		await gatewayKey('live');
		const bench = await started();
		await spend(bench, 'a', 'live', 1n);
		await flushed(bench);
		bench.now += 2 * DAY;
		await spend(bench, 'b', 'live', 1n);
		const asked: string[] = [];
		let broken = true;
		const prepare = (query: string): D1PreparedStatement => {
			if (query.includes('select id from gateway_keys')) {
				asked.push(query);
				if (broken) throw new Error('D1_ERROR: no connection');
			}
			return env.DB.prepare(query);
		};
		await bench.use(Object.assign(failingDb(), { prepare }));
		await flushed(bench);
		expect([asked.length, (await rowsInD1()).length]).toEqual([1, 2]);
		broken = false;
		bench.now += 1_000;
		await bench.alarm();
		for (const id of ['c', 'd']) {
			await spend(bench, id, 'live', 1n);
			await flushed(bench);
		}
		expect(asked.length).toBe(2);
		expect((await account(bench, 'live')).key?.totalNanoUsd).toBe(4n);
	});
});
