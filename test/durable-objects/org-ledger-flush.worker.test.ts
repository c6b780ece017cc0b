import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ContextReceipt } from '../../src/language/context';
import type { LedgerEntry } from '../../src/ledger/contract';
import { directStore } from '../../src/ledger/direct';
import { COLUMNS, rowJson } from '../../src/ledger/row';
import { type Batch, writeBatch } from '../../src/ledger/usage-table';
import { DECISION, ORGANIZATION, openRequest } from '../ledger/fixtures';
import {
	closes,
	cursorInD1,
	decisionsInD1,
	failingDb,
	gatewayKey,
	LedgerBench,
	lastUsedInD1,
	organization,
	rowsInD1,
	settled,
	started,
	totalsInD1,
} from './org-ledger-support';

const CONTEXT: ContextReceipt = {
	before: 9,
	after: 9,
	limit: 100,
	reserve: 10,
	method: 'bound',
	factor: 1,
	dropped: [],
	shortened: [],
	summarized: [],
	replans: 0,
};

beforeEach(() => organization());
afterEach(settled);

describe('rows on their way to D1', () => {
	it('are due five seconds after the first, and arrive with totals and cursor', async () => {
		const bench = await started();
		await bench.close(...closes(bench, 2));
		expect(await bench.alarmIn()).toBe(5_000);
		bench.now += 5_000;
		await bench.alarm();
		expect(await rowsInD1()).toEqual([
			{ attempt_id: 'r0.1', state: 'settled', cost: '400', source: 'ledger', seq: 2 },
			{ attempt_id: 'r1.1', state: 'settled', cost: '400', source: 'ledger', seq: 2 },
		]);
		expect(await totalsInD1()).toEqual({ requests: 2, cost: '800', unpriced: 0 });
		expect(await cursorInD1()).toBe(2);
		expect(await bench.stored('outbox')).toBe(0);
		expect(await bench.alarmIn()).toBeNull();
	});

	it('go at most 500 at a time, all with one alarm', async () => {
		const bench = await started();
		const db = failingDb();
		await bench.use(db);
		await bench.close(...closes(bench, 1_100));
		bench.now += 5_000;
		await bench.alarm();
		expect(await rowsInD1()).toHaveLength(1_100);
		expect(db.batches).toBe(4);
		expect(await cursorInD1()).toBe(1_100);
	});

	it('go at most a megabyte at a time', async () => {
		const bench = await started();
		const db = failingDb();
		await bench.use(db);
		const tags = Array.from({ length: 64 }, () => 'é'.repeat(512));
		const large = closes(bench, 40).map((close) =>
			close.entry ? { ...close, entry: { ...close.entry, tags } } : close,
		);
		await bench.close(...large);
		bench.now += 5_000;
		await bench.alarm();
		expect(await rowsInD1()).toHaveLength(40);
		expect(db.batches).toBe(4);
	});

	it('keep an alarm where one is written beside the one that runs, which its own time would end with it', async () => {
		const bench = await started();
		await bench.close(...closes(bench, 1));
		bench.now += 5_000;
		const stub = await bench.stub();
		await runInDurableObject(stub, async (object) => {
			// Not committed yet: the alarm does it, at the very time it was set for.
			void object.open(openRequest({ organizationId: ORGANIZATION, expiresAt: bench.now + 660_000 }));
			await object.alarm();
		});
		expect(await bench.alarmIn()).toBeGreaterThan(0);
		bench.now += 10;
		await bench.alarm();
		expect(await bench.alarmIn()).toBe(659_990);
	});

	it('get another alarm where theirs was lost', async () => {
		const bench = await started();
		await bench.close(...closes(bench, 1));
		await runInDurableObject(await bench.stub(), (_, state) => state.storage.deleteAlarm());
		bench.now += 8_000;
		await bench.close({ entry: bench.entry('late'), final: true });
		expect(await bench.alarmIn()).toBe(0);
		await bench.alarm();
		expect(await rowsInD1()).toHaveLength(2);
	});

	it('keep costs above 2^53 exact', async () => {
		const bench = await started();
		await bench.close({ entry: bench.entry('a', { costNanoUsd: 9_007_199_254_740_993n }), final: true });
		bench.now += 5_000;
		await bench.alarm();
		expect((await rowsInD1())[0]?.cost).toBe('9007199254740993');
		expect((await totalsInD1())?.cost).toBe('9007199254740993');
	});

	it('arrive once where the answer to their batch was lost, also when more came meanwhile', async () => {
		const bench = await started();
		await bench.use(failingDb('after'));
		await bench.close(...closes(bench, 3));
		bench.now += 5_000;
		await bench.alarm();
		expect(bench.logged.map(({ event }) => event)).toEqual(['ledger-exchange-failed']);
		expect(await rowsInD1()).toHaveLength(3);
		expect(await bench.stored('outbox')).toBe(3);
		await bench.close({ entry: bench.entry('late'), final: true });
		bench.now += 1_000;
		await bench.alarm();
		expect(await rowsInD1()).toHaveLength(4);
		expect(await totalsInD1()).toMatchObject({ requests: 4, cost: '1600' });
		expect(await cursorInD1()).toBe(4);
		expect(await bench.stored('outbox')).toBe(0);
	});

	it('wait with doubling patience, a minute at most, where D1 fails, and the alarm never throws', async () => {
		const bench = await started();
		await bench.use(failingDb(...Array.from({ length: 9 }, () => 'before' as const)));
		await bench.close(...closes(bench, 1));
		const waits: (number | null)[] = [];
		bench.now += 5_000;
		for (let failure = 0; failure < 9; failure += 1) {
			expect(await bench.alarm()).toBe(true);
			const wait = await bench.alarmIn();
			waits.push(wait);
			bench.now += wait ?? 0;
		}
		expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
		await bench.close(...closes(bench, 2));
		await bench.alarm();
		expect(await rowsInD1()).toHaveLength(2);
		expect(await totalsInD1()).toMatchObject({ requests: 2 });
		await bench.use(failingDb('before'));
		await bench.close({ entry: bench.entry('again'), final: true });
		bench.now += 5_000;
		await bench.alarm();
		expect(await bench.alarmIn()).toBe(1_000);
	});

	it('are not tried with every commit while D1 fails and a change is open', async () => {
		const bench = await started();
		await (await bench.stub()).prepare(ORGANIZATION);
		const db = failingDb(...Array.from({ length: 9 }, () => 'before' as const));
		await bench.use(db);
		bench.now += 2_000;
		await bench.alarm();
		for (let at = 0; at < 4; at += 1) {
			expect(await bench.open({ requestId: `c${at}` })).toEqual({ kind: 'unsettled' });
			await bench.open({ requestId: `f${at}`, fresh: true });
			await bench.committed();
		}
		expect(await bench.alarmIn()).toBe(1_000);
		expect([db.batches, db.reads]).toEqual([1, 1]);
	});

	it('survive a kill on the way', async () => {
		const bench = await started();
		await bench.use(failingDb('before'));
		await bench.close(...closes(bench, 2));
		bench.now += 5_000;
		await bench.alarm();
		await bench.kill();
		bench.db = null;
		await bench.alarm();
		expect(await rowsInD1()).toHaveLength(2);
	});

	it('hold the decision of their request, where there is one', async () => {
		const bench = await started();
		await bench.close({ entry: bench.entry('a', { routing: DECISION }), final: true }, ...closes(bench, 1));
		bench.now += 5_000;
		await bench.alarm();
		expect(await decisionsInD1()).toEqual([
			['a.1', DECISION],
			['r0.1', null],
		]);
	});

	it('arrive in the shape of an older release too, which had no decision in them', async () => {
		const bench = await started();
		await bench.use(failingDb('before'));
		await bench.close({ entry: bench.entry('new', { routing: DECISION }), final: true });
		const cells = JSON.parse(rowJson(bench.entry('old', { context: CONTEXT }))) as unknown[];
		await runInDurableObject(await bench.stub(), (_, { storage }) => {
			const older = JSON.stringify(cells.slice(0, COLUMNS.indexOf('routing')));
			storage.sql.exec('insert into outbox (row, queued_at) values (?, ?)', older, bench.now);
		});
		bench.now += 5_000;
		await bench.alarm();
		await bench.kill();
		bench.db = null;
		await bench.alarm();
		expect(await rowsInD1()).toMatchObject([
			{ attempt_id: 'new.1', state: 'settled', source: 'ledger' },
			{ attempt_id: 'old.1', state: 'settled', cost: '400', source: 'ledger' },
		]);
		expect(await decisionsInD1()).toEqual([
			['new.1', DECISION],
			['old.1', null],
		]);
		expect(await env.DB.prepare(`select context from llm_usage_logs where attempt_id = 'old.1'`).first('context')).toBe(
			JSON.stringify(CONTEXT),
		);
		expect(await bench.stored('outbox')).toBe(0);
	});

	it('go on from where a restored D1 stands', async () => {
		const bench = await started();
		await bench.close(...closes(bench, 3));
		bench.now += 5_000;
		await bench.alarm();
		await env.DB.batch([env.DB.prepare('delete from llm_usage_logs'), env.DB.prepare('delete from ledger_cursor')]);
		await bench.close({ entry: bench.entry('new'), final: true });
		bench.now += 5_000;
		await bench.alarm();
		expect((await rowsInD1()).map((row) => row.attempt_id)).toEqual(['new.1']);
		expect(bench.logged.map(({ event }) => event)).toEqual(['ledger-cursor-moved']);
		expect(await bench.stored('outbox')).toBe(0);
	});
});

describe('a batch', () => {
	const batch = (parts: Partial<LedgerEntry>, from: number): Batch => ({
		json: `[${rowJson(new LedgerBench().entry('a', parts))}]`,
		uses: [],
		from,
		to: from + 1,
	});

	it('writes nothing, marks nothing and moves nothing where the cursor stands elsewhere', async () => {
		await directStore(env.DB).write([new LedgerBench().entry('a')]);
		await gatewayKey('k1');
		const late = {
			...batch({ source: 'direct' }, 3),
			json: `[${rowJson(new LedgerBench().entry('b'))}]`,
			uses: [['k1', 5]] as const,
		};
		expect(await writeBatch(env.DB, ORGANIZATION, batch({ source: 'direct' }, 3))).toBe(false);
		expect(await writeBatch(env.DB, ORGANIZATION, late)).toBe(false);
		expect(await rowsInD1()).toMatchObject([{ attempt_id: 'a.1', seq: null }]);
		expect([await cursorInD1(), await lastUsedInD1('k1')]).toEqual([0, null]);
		expect(await writeBatch(env.DB, ORGANIZATION, { ...late, from: 0, to: 1 })).toBe(true);
		expect([await cursorInD1(), await lastUsedInD1('k1')]).toEqual([1, 5]);
	});

	it('marks a direct row only in the state in which it was read', async () => {
		await directStore(env.DB).write([new LedgerBench().entry('a')]);
		expect(await writeBatch(env.DB, ORGANIZATION, batch({ source: 'direct', state: 'unknown' }, 0))).toBe(true);
		expect((await rowsInD1())[0]?.seq).toBeNull();
		expect(await writeBatch(env.DB, ORGANIZATION, batch({ source: 'direct' }, 1))).toBe(true);
		expect((await rowsInD1())[0]?.seq).toBe(2);
	});

	it('is kept where the cursor has moved beyond anything this object could have written', async () => {
		const bench = await started();
		await bench.close(...closes(bench, 2));
		await env.DB.prepare('insert into ledger_cursor (organization_id, seq) values (?, 900)').bind(ORGANIZATION).run();
		bench.now += 5_000;
		await bench.alarm();
		expect((await rowsInD1()).map((row) => row.seq)).toEqual([902, 902]);
		expect(bench.logged.map(({ event }) => event)).toEqual(['ledger-cursor-moved']);
	});
});

describe('closed attempts', () => {
	it('are remembered for a quarter of an hour at least, and until they are in D1', async () => {
		const bench = await started();
		await bench.close(...closes(bench, 3));
		await bench.use(failingDb('before'));
		bench.now += 3_600_000;
		await bench.alarm();
		expect(await bench.stored('closed')).toBe(3);
		bench.now += 1_000;
		await bench.alarm();
		expect(await bench.stored('outbox')).toBe(0);
		expect(await bench.stored('closed')).toBe(0);
		await bench.close({ entry: bench.entry('fresh'), final: true });
		bench.now += 899_999;
		await bench.alarm();
		expect(await bench.stored('closed')).toBe(1);
	});
});
