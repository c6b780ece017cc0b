import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { directStore } from '../../src/ledger/direct';
import { readStanding } from '../../src/ledger/usage-table';
import { DECISION, NO_LIMITS, ORGANIZATION } from '../ledger/fixtures';
import { decisionsInD1, LedgerBench, organization, rowsInD1, settled, started, totalsInD1 } from './org-ledger-support';

beforeEach(() => organization());
afterEach(settled);

describe('a hold that expires', () => {
	it('is an unknown row in D1 until the truth replaces it, totals included', async () => {
		const bench = await started();
		await bench.open({ requestId: 'a' });
		await bench.committed();
		expect(await bench.alarmIn()).toBe(660_000);
		await bench.kill();
		bench.now += 660_000;
		await bench.alarm();
		bench.now += 5_000;
		await bench.alarm();
		expect(await rowsInD1()).toMatchObject([{ attempt_id: 'a.1', state: 'unknown', cost: '1000' }]);
		await bench.close({ entry: bench.entry('a', { costNanoUsd: 30n }), final: true });
		bench.now += 5_000;
		await bench.alarm();
		expect(await rowsInD1()).toMatchObject([{ attempt_id: 'a.1', state: 'settled', cost: '30' }]);
		expect(await totalsInD1()).toMatchObject({ requests: 1, cost: '30' });
	});

	it('is a released row where its attempt was never made', async () => {
		const bench = await started();
		await bench.open({ requestId: 'a' });
		bench.now += 660_000;
		await bench.alarm();
		bench.now += 5_000;
		await bench.alarm();
		await bench.close({ entry: null, requestId: 'a', organizationId: ORGANIZATION, final: true });
		bench.now += 5_000;
		await bench.alarm();
		expect(await rowsInD1()).toMatchObject([{ attempt_id: 'a.1', state: 'released', cost: '0' }]);
		await bench.close({ entry: bench.entry('a', { costNanoUsd: 7n }), final: true });
		bench.now += 5_000;
		await bench.alarm();
		expect(await rowsInD1()).toMatchObject([{ attempt_id: 'a.1', state: 'settled', cost: '7' }]);
	});

	it('never replaces what an isolate wrote to D1 and the object has yet to read', async () => {
		const bench = await started();
		await bench.open({ requestId: 'a' });
		await directStore(env.DB).write([bench.entry('a', { state: 'unknown', costNanoUsd: 12n })]);
		bench.now += 660_000;
		await bench.alarm();
		bench.now += 5_000;
		await bench.alarm();
		expect(await rowsInD1()).toMatchObject([{ attempt_id: 'a.1', state: 'unknown', cost: '12', source: 'direct' }]);
		expect((await rowsInD1())[0]?.seq).not.toBeNull();
		const limits = { ...NO_LIMITS, budgetMonthNanoUsd: 12n };
		expect(await bench.open({ requestId: 'b', holdNanoUsd: 0n, limits })).toMatchObject({ kind: 'open' });
		expect(await bench.open({ requestId: 'c', holdNanoUsd: 1n, limits })).toMatchObject({ kind: 'budget-exceeded' });
	});
});

describe('rows that isolates wrote to D1 themselves', () => {
	const limits = { ...NO_LIMITS, budgetDayNanoUsd: 800n };

	it('keep the decision of their request when they are read back and marked', async () => {
		const bench = new LedgerBench();
		await directStore(env.DB).write([bench.entry('a', { routing: DECISION }), bench.entry('b')]);
		const { direct } = await readStanding(env.DB, ORGANIZATION);
		expect(direct.map(({ attemptId, routing }) => [attemptId, routing])).toEqual([
			['a.1', DECISION],
			['b.1', null],
		]);
		await bench.open({ requestId: 'x' });
		await bench.alarm();
		expect((await rowsInD1()).map((row) => [row.source, row.seq === null])).toEqual([
			['direct', false],
			['direct', false],
		]);
		expect(await decisionsInD1()).toEqual([
			['a.1', DECISION],
			['b.1', null],
		]);
	});

	it('are counted once, whatever dies in between, and marked as read', async () => {
		const bench = new LedgerBench();
		await directStore(env.DB).write([bench.entry('a'), bench.entry('b')]);
		expect((await rowsInD1()).map((row) => [row.source, row.seq])).toEqual([
			['direct', null],
			['direct', null],
		]);
		expect(await bench.open({ requestId: 'x', holdNanoUsd: 1n, limits })).toMatchObject({ kind: 'budget-exceeded' });
		await bench.kill();
		await bench.alarm();
		await bench.kill();
		await bench.alarm();
		expect((await rowsInD1()).map((row) => [row.source, row.seq === null])).toEqual([
			['direct', false],
			['direct', false],
		]);
		expect(await totalsInD1()).toMatchObject({ requests: 2, cost: '800' });
		expect(await bench.open({ requestId: 'y', holdNanoUsd: 0n, limits })).toMatchObject({ kind: 'open' });
		expect(await bench.open({ requestId: 'z', holdNanoUsd: 1n, limits })).toMatchObject({ kind: 'budget-exceeded' });
	});

	it('count once where the object had the entry as well', async () => {
		const bench = await started();
		await bench.close({ entry: bench.entry('a'), final: true });
		await directStore(env.DB).write([bench.entry('a')]);
		bench.now += 5_000;
		await bench.alarm();
		bench.now += 5_000;
		await bench.alarm();
		expect(await rowsInD1()).toMatchObject([{ attempt_id: 'a.1', source: 'direct', cost: '400' }]);
		expect((await rowsInD1())[0]?.seq).not.toBeNull();
		expect(await totalsInD1()).toMatchObject({ requests: 1, cost: '400' });
		expect(await bench.open({ requestId: 'x', holdNanoUsd: 400n, limits })).toMatchObject({ kind: 'open' });
	});

	it('change nothing where they are written again, or after the object wrote the truth', async () => {
		const bench = await started();
		await bench.close({ entry: bench.entry('a'), final: true });
		bench.now += 5_000;
		await bench.alarm();
		const direct = directStore(env.DB);
		await direct.write([bench.entry('a', { costNanoUsd: 5n })]);
		await direct.write([bench.entry('b')]);
		await direct.write([bench.entry('b', { costNanoUsd: 9n })]);
		expect(await rowsInD1()).toMatchObject([
			{ attempt_id: 'a.1', source: 'ledger', cost: '400' },
			{ attempt_id: 'b.1', source: 'direct', cost: '400' },
		]);
	});

	it('replace an unknown of the object, which then reads the difference back', async () => {
		const bench = await started();
		await bench.open({ requestId: 'a' });
		bench.now += 660_000;
		await bench.alarm();
		bench.now += 5_000;
		await bench.alarm();
		expect(await rowsInD1()).toMatchObject([{ state: 'unknown', cost: '1000', source: 'ledger' }]);
		await directStore(env.DB).write([bench.entry('a', { costNanoUsd: 5n })]);
		await bench.kill();
		await bench.open({ requestId: 'x', holdNanoUsd: 0n });
		expect(await bench.alarm()).toBe(true);
		expect(await rowsInD1()).toMatchObject([{ state: 'settled', cost: '5', source: 'direct' }]);
		expect(await bench.open({ requestId: 'b', holdNanoUsd: 795n, limits })).toMatchObject({ kind: 'open' });
		expect(await bench.open({ requestId: 'c', holdNanoUsd: 1n, limits })).toMatchObject({ kind: 'budget-exceeded' });
	});
});

describe('the direct reads of an isolate', () => {
	const standing = (keyId: string | null): Promise<unknown> => directStore(env.DB).standing(ORGANIZATION, keyId);

	it('tell the version, and whether the key still holds', async () => {
		const insert = env.DB.prepare(
			`insert into gateway_keys (id, organization_id, name, secret_hash, last4, scopes, created_by, created_at, revoked_at)
				values (?1, ?2, 'k', 'h', '1234', '[]', 'operator', 0, ?3)`,
		);
		await organization(1, 'org-b');
		await env.DB.batch([
			insert.bind('live', ORGANIZATION, null),
			insert.bind('dead', ORGANIZATION, 5),
			insert.bind('foreign', 'org-b', null),
		]);
		expect(await standing('live')).toEqual({ configVersion: 1, keyRevoked: false });
		expect(await standing(null)).toEqual({ configVersion: 1, keyRevoked: false });
		for (const keyId of ['dead', 'foreign', 'missing'])
			expect(await standing(keyId)).toEqual({ configVersion: 1, keyRevoked: true });
		await env.DB.prepare('update organizations set deleted_at = 1 where id = ?').bind(ORGANIZATION).run();
		expect(await standing('live')).toEqual({ configVersion: null, keyRevoked: false });
	});
});
