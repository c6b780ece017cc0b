import { describe, expect, it } from 'vitest';
import { RequestLedger } from '../../src/gateway/request-ledger';
import type { ContextReceipt } from '../../src/language/context';
import { ledgerEntry } from '../ledger/fixtures';
import { CONTEXT } from '../support/door-app';
import { snapshotOf } from './snapshots';

const AS_IT_CAME: ContextReceipt = { ...CONTEXT, dropped: [], shortened: [], summarized: [], replans: 0 };

/** The log's line of a request whose last attempt was this one. */
async function lineOf(context: ContextReceipt | null): Promise<Readonly<Record<string, unknown>>> {
	const lines: Readonly<Record<string, unknown>>[] = [];
	const deferred: Promise<unknown>[] = [];
	const unused = () => {
		throw new Error('the request is over');
	};
	const ledger = new RequestLedger('r1', snapshotOf(), null, {
		ledger: { close: () => undefined, open: unused, extend: unused, account: unused },
		log: (level, event, fields) => {
			expect([level, event]).toEqual(['info', 'request']);
			lines.push(fields);
		},
		defer: (work) => {
			deferred.push(work);
		},
	});
	ledger.owe({ ...ledgerEntry(), context });
	ledger.finish();
	await Promise.all(deferred);
	expect(lines).toHaveLength(1);
	return lines[0] ?? {};
}

describe("the log's line of a request", () => {
	it('has the figures of a conversation that had to be shortened: messages, not runs', async () => {
		expect((await lineOf(CONTEXT)).context).toEqual({
			before: 12_000,
			after: 3_900,
			limit: 4_096,
			method: 'exact',
			dropped: 3,
			images: 2,
			shortened: 1,
			summarized: 2,
			replans: 1,
		});
	});

	it.each<[string, Partial<ContextReceipt>]>([
		['a shortened result', { shortened: CONTEXT.shortened }],
		['a summary', { summarized: CONTEXT.summarized }],
		['an image', { dropped: CONTEXT.dropped.slice(1) }],
		['a plan made anew', { replans: 1 }],
	])('has them for %s alone', async (_, taken) => {
		expect(await lineOf({ ...AS_IT_CAME, ...taken })).toHaveProperty('context');
	});

	it('has none of a conversation that went as it came, nor where nothing is planned', async () => {
		for (const context of [AS_IT_CAME, null]) expect(await lineOf(context)).not.toHaveProperty('context');
	});
});
