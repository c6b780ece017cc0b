import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ledgerClient } from '../../src/ledger/client';
import type { CloseRequest } from '../../src/ledger/contract';
import { directStore } from '../../src/ledger/direct';
import { openRequest } from '../ledger/fixtures';
import { LedgerBench, organization, rowsInD1, settled, totalsInD1 } from './org-ledger-support';

beforeEach(() => organization());
afterEach(settled);

/** An isolate with the real object behind it. */
function isolate(): {
	readonly client: ReturnType<typeof ledgerClient>;
	done(): Promise<void>;
	readonly lost: string[];
} {
	const work: Promise<unknown>[] = [];
	const lost: string[] = [];
	const client = ledgerClient({
		stub: (organizationId) => env.ORG_LEDGER.get(env.ORG_LEDGER.idFromName(organizationId)),
		direct: directStore(env.DB),
		time: {
			now: () => Date.now(),
			after: (ms, task) => {
				const timer = setTimeout(task, ms);
				return () => clearTimeout(timer);
			},
		},
		random: () => 0,
		defer: (promise) => work.push(promise),
		log: (_, event) => {
			if (event === 'ledger-entry-lost') lost.push(event);
		},
		queues: new Map<string, CloseRequest[]>(),
	});
	return {
		client,
		lost,
		async done() {
			for (let at = 0; at < work.length; at += 1) await work[at];
		},
	};
}

describe('the promise of the ledger', () => {
	it.each([
		['right after the opens', 'opened'],
		['as the closes are queued', 'closing'],
		['while the closes are committed', 'committing'],
	])('holds where the object is killed %s: each call has its one entry', async (_, moment) => {
		const bench = new LedgerBench();
		const { client, done, lost } = isolate();
		const requests: string[] = [];
		for (let wave = 0; wave < 5; wave += 1) {
			await bench.stub();
			const ids = Array.from({ length: 6 }, (_, at) => `r${wave}-${at}`);
			requests.push(...ids);
			const open = (requestId: string) => client.open(openRequest({ requestId, expiresAt: bench.now + 660_000 }));
			expect((await Promise.all(ids.map(open))).map(({ answer }) => answer.kind)).toEqual(ids.map(() => 'open'));
			if (moment === 'opened') await bench.kill();
			for (const requestId of ids) client.close({ entry: bench.entry(requestId), final: true });
			if (moment === 'closing') await bench.kill();
			if (moment === 'committing') {
				await new Promise((resolve) => setTimeout(resolve, 12));
				await bench.kill();
			}
			await done();
		}
		await bench.alarm();
		bench.now += 700_000;
		await bench.open({ requestId: 'last', holdNanoUsd: 0n });
		await bench.alarm();
		bench.now += 10_000;
		await bench.alarm();
		expect(lost).toEqual([]);
		const rows = await rowsInD1();
		expect(rows.map((row) => [row.attempt_id, row.state])).toEqual(requests.map((id) => [`${id}.1`, 'settled']).sort());
		expect(await totalsInD1()).toMatchObject({ requests: 30, cost: '12000' });
	});

	it('leaves an unknown entry, priced by its hold, for each request whose isolate died', async () => {
		const bench = new LedgerBench();
		await bench.open({ requestId: 'a' });
		await bench.open({ requestId: 'b', holdNanoUsd: null });
		await bench.committed();
		await bench.kill();
		bench.now += 660_000;
		await bench.alarm();
		bench.now += 5_000;
		await bench.alarm();
		expect(await rowsInD1()).toMatchObject([
			{ attempt_id: 'a.1', state: 'unknown', cost: '1000' },
			{ attempt_id: 'b.1', state: 'unknown', cost: null },
		]);
	});
});
