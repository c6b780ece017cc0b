import { describe, expect, it } from 'vitest';
import type { ContextReceipt, Dropped, Shortened, Summarized } from '../../src/language/context';
import { cutReceipt } from '../../src/planner/receipt';

const receipt = (lists: Partial<ContextReceipt>): ContextReceipt => ({
	before: 9_000,
	after: 4_000,
	limit: 5_000,
	reserve: 1_024,
	method: 'exact',
	factor: 1,
	dropped: [],
	shortened: [],
	summarized: [],
	replans: 0,
	...lists,
});
const runs = (length: number, what: Dropped['what'] = 'messages'): Dropped[] =>
	Array.from({ length }, (_, at) => ({ first: at * 3, last: at * 3 + 1, tokens: 10 + at, what }));
const tokensOf = (list: readonly { readonly tokens: number }[]): number =>
	list.reduce((sum, { tokens }) => sum + tokens, 0);

describe('a receipt cut for a row', () => {
	it('is the very same where its lists are short', () => {
		const short = receipt({ dropped: runs(64) });
		expect(cutReceipt(short)).toBe(short);
	});

	it('has no list longer than that, and loses no sum', () => {
		const shortened: Shortened[] = runs(70).map(({ first }) => ({ message: first, before: 900, after: 300 }));
		const summarized: Summarized[] = runs(70).map(({ first, last, tokens }) => ({
			first,
			last,
			tokens,
			into: 5,
			model: 'openai/small',
			cached: true,
		}));
		const cut = cutReceipt(receipt({ dropped: runs(500), shortened, summarized }));
		expect(cut.dropped).toHaveLength(63);
		expect(cut.dropped.slice(0, 62)).toEqual(runs(62));
		expect(cut.dropped[62]).toMatchObject({ first: 62 * 3, last: 499 * 3 + 1, what: 'messages' });
		expect(tokensOf(cut.dropped)).toBe(tokensOf(runs(500)));
		expect(cut.shortened).toHaveLength(64);
		expect(cut.shortened.at(-1)).toEqual({ message: 63 * 3, before: 7 * 900, after: 7 * 300 });
		expect(cut.summarized).toHaveLength(64);
		expect(cut.summarized.at(-1)).toMatchObject({ first: 63 * 3, last: 69 * 3 + 1, into: 35, cached: true });
		expect(tokensOf(cut.summarized)).toBe(tokensOf(summarized));
	});

	it('tells messages from images in what stands for the rest', () => {
		const dropped = runs(100).flatMap((run) => [run, { ...run, what: 'images' as const }]);
		const cut = cutReceipt(receipt({ dropped }), 10);
		expect(cut.dropped).toHaveLength(10);
		expect(cut.dropped.slice(8).map(({ what }) => what)).toEqual(['messages', 'images']);
		expect(tokensOf(cut.dropped)).toBe(tokensOf(dropped));
	});
});
