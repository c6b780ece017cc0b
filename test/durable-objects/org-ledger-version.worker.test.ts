import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ORGANIZATION } from '../ledger/fixtures';
import { type FailingDb, failingDb, LedgerBench, organization, settled } from './org-ledger-support';

beforeEach(() => organization());
afterEach(settled);

/** An object that knows version 1, on a D1 that is watched. */
async function at(...failures: 'before'[]): Promise<{ readonly bench: LedgerBench; readonly db: FailingDb }> {
	const bench = new LedgerBench();
	await bench.open({ requestId: 'first' });
	await bench.committed();
	const db = failingDb(...failures);
	await bench.use(db);
	return { bench, db };
}

/** Opened with what was asked of D1 meanwhile answered. */
async function opened(bench: LedgerBench, db: FailingDb, requestId: string, configVersion = 1): Promise<string> {
	const { kind } = await bench.open({ requestId, configVersion });
	await db.idle();
	await bench.committed();
	return kind;
}

describe('a change that nobody told the object of', () => {
	it('holds within a second, while requests come', async () => {
		const { bench, db } = await at();
		await organization(2);
		bench.now += 999;
		expect([await opened(bench, db, 'a'), db.reads]).toEqual(['open', 0]);
		bench.now += 1;
		expect([await opened(bench, db, 'b'), db.reads]).toEqual(['open', 1]);
		expect(await bench.open({ requestId: 'c' })).toEqual({ kind: 'stale', version: 2 });
		expect(await opened(bench, db, 'c', 2)).toBe('open');
	});

	it('is looked for once a second, however many requests come, and never by a batch', async () => {
		const { bench, db } = await at();
		for (let second = 1; second <= 3; second += 1) {
			bench.now += 1_000;
			for (let request = 0; request < 5; request += 1) await opened(bench, db, `r${second}-${request}`);
		}
		expect([db.reads, db.batches]).toEqual([3, 0]);
	});

	it('is known after a kill, once it was found', async () => {
		const { bench, db } = await at();
		await organization(2);
		bench.now += 1_000;
		await opened(bench, db, 'a');
		await bench.kill();
		expect(await bench.open({ requestId: 'b' })).toEqual({ kind: 'stale', version: 2 });
	});

	it('holds up no request, however long D1 takes', async () => {
		const { bench, db } = await at();
		await organization(2);
		db.hold();
		bench.now += 1_000;
		expect(await bench.open({ requestId: 'a' })).toMatchObject({ kind: 'open' });
		bench.now += 9_000;
		expect(await bench.open({ requestId: 'b' })).toMatchObject({ kind: 'open' });
		expect(db.reads).toBe(1);
		db.answer();
		await db.idle();
		expect(await bench.open({ requestId: 'c' })).toEqual({ kind: 'stale', version: 2 });
	});

	it('overtaken by one that was told of, is no step back', async () => {
		const { bench, db } = await at();
		db.hold();
		bench.now += 1_000;
		await bench.open({ requestId: 'a' });
		const stub = await bench.stub();
		await stub.prepare(ORGANIZATION);
		await stub.settle(ORGANIZATION, 9);
		db.answer();
		await db.idle();
		expect(await bench.open({ requestId: 'b' })).toEqual({ kind: 'stale', version: 9 });
	});

	it('refuses nobody while D1 fails, and is looked for less and less, with one line each time', async () => {
		const { bench, db } = await at(...Array.from({ length: 5 }, () => 'before' as const));
		const pauses: unknown[] = [];
		for (let second = 1; second <= 40; second += 1) {
			bench.now += 1_000;
			expect(await opened(bench, db, `r${second}`)).toBe('open');
		}
		for (const { event, fields } of bench.logged) {
			expect(event).toBe('ledger-version-unread');
			pauses.push(fields.retryAfterMs);
		}
		expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 10_000]);
		await organization(2);
		bench.now += 1_000;
		await opened(bench, db, 'found');
		expect(await bench.open({ requestId: 'after' })).toEqual({ kind: 'stale', version: 2 });
	});
});

describe('a change that was begun', () => {
	it('and is never heard of again, is found in D1 by the first request after two seconds, with no alarm', async () => {
		const { bench, db } = await at();
		await (await bench.stub()).prepare(ORGANIZATION);
		await organization(2);
		bench.now += 1_999;
		expect(await opened(bench, db, 'a')).toBe('unsettled');
		expect(await opened(bench, db, 'a')).toBe('unsettled');
		bench.now += 1_001;
		expect(await opened(bench, db, 'a')).toBe('unsettled');
		expect(await bench.open({ requestId: 'a' })).toEqual({ kind: 'stale', version: 2 });
		expect(await opened(bench, db, 'a', 2)).toBe('open');
	});

	it('is not taken for ended by what D1 was asked before its two seconds were over', async () => {
		const { bench, db } = await at();
		await (await bench.stub()).prepare(ORGANIZATION);
		db.hold();
		bench.now += 1_999;
		await bench.open({ requestId: 'a' });
		bench.now += 1;
		db.answer();
		await db.idle();
		expect([db.reads, await bench.open({ requestId: 'a' })]).toEqual([1, { kind: 'unsettled' }]);
	});

	it('and came to nothing in D1, leaves the version where it was', async () => {
		const { bench } = await at();
		const stub = await bench.stub();
		await stub.prepare(ORGANIZATION);
		await stub.settle(ORGANIZATION, 1);
		expect(await bench.open({ requestId: 'a' })).toMatchObject({ kind: 'open' });
	});

	it('beside another whose end is told first, is no step back', async () => {
		const { bench } = await at();
		const stub = await bench.stub();
		await stub.prepare(ORGANIZATION);
		await stub.prepare(ORGANIZATION);
		await organization(3);
		await stub.settle(ORGANIZATION, 3);
		expect(await bench.open({ requestId: 'a', configVersion: 3 })).toEqual({ kind: 'unsettled' });
		await stub.settle(ORGANIZATION, 2);
		for (const configVersion of [1, 2])
			expect(await bench.open({ requestId: 'a', configVersion })).toEqual({ kind: 'stale', version: 3 });
		expect(await bench.open({ requestId: 'a', configVersion: 3 })).toMatchObject({ kind: 'open' });
		await bench.kill();
		expect(await bench.open({ requestId: 'b', configVersion: 2 })).toEqual({ kind: 'stale', version: 3 });
	});
});
