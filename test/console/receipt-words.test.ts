import { describe, expect, it } from 'vitest';
import { methodText, placesText, receiptText, takenAway } from '../../src/console/context/receipt-words';
import type { ContextReceipt } from '../../src/language/context';

const WHOLE: ContextReceipt = {
	before: 1_200,
	after: 1_200,
	limit: 1_872,
	reserve: 128,
	method: 'bound',
	factor: 1,
	dropped: [],
	shortened: [],
	summarized: [],
	replans: 0,
};

const CUT: ContextReceipt = {
	...WHOLE,
	before: 20_400,
	after: 1_810,
	method: 'calibrated',
	factor: 1.1234,
	dropped: [
		{ first: 9, last: 9, tokens: 40, what: 'messages' },
		{ first: 11, last: 13, tokens: 900, what: 'messages' },
		{ first: 14, last: 14, tokens: 1_105, what: 'images' },
	],
	shortened: [{ message: 10, before: 5_000, after: 256 }],
	summarized: [{ first: 1, last: 8, tokens: 12_000, into: 300, model: 'mock/echo', cached: true }],
};

describe('the receipt of the context planner in words', () => {
	it('says that nothing was taken away where nothing was', () => {
		expect(receiptText(WHOLE)).toBe('Nothing was taken away: 1,200 prompt tokens, and 1,872 fit.');
		expect(takenAway(WHOLE)).toEqual([]);
	});

	it('does not say that it fits where it was sent all the same', () => {
		expect(receiptText({ ...WHOLE, before: 5_000, after: 5_000 })).toBe(
			'Nothing was taken away: 5,000 prompt tokens, though only 1,872 fit.',
		);
	});

	it('tells each kind of what was taken away, by messages and not by runs', () => {
		expect(receiptText(CUT)).toBe(
			'From 20,400 to 1,810 prompt tokens, since 1,872 fit: 1 tool result shortened, the images of 1 message left out, 8 messages summarized, and 4 messages dropped.',
		);
	});

	it('tells of planning anew, whether or not anything was taken away', () => {
		expect(receiptText({ ...WHOLE, replans: 1 })).toContain('Planned anew once, since the provider still found it');
		expect(receiptText({ ...CUT, replans: 2 })).toContain('Planned anew 2 times');
		expect(receiptText(CUT)).not.toContain('Planned anew');
	});

	it('lists them in the order of the conversation, with places counted from 1', () => {
		expect(takenAway(CUT)).toEqual([
			{ what: 'summarized by mock/echo, kept from an earlier request', messages: '2–9', before: 12_000, after: 300 },
			{ what: 'dropped', messages: '10', before: 40, after: 0 },
			{ what: 'tool result shortened', messages: '11', before: 5_000, after: 256 },
			{ what: 'dropped', messages: '12–14', before: 900, after: 0 },
			{ what: 'images left out', messages: '15', before: 1_105, after: 0 },
		]);
		expect(placesText({ first: 0, last: 0 })).toBe('1');
	});

	it('says how it was counted, and by what factor where there is one', () => {
		expect(methodText(WHOLE)).toBe('at most so many, from lengths alone');
		expect(methodText(CUT)).toBe('by a similar encoding, times 1.123');
		expect(methodText({ method: 'calibrated', factor: 1 })).toBe('by a similar encoding');
		expect(methodText({ method: 'exact', factor: 1 })).toBe('by the model’s own encoding');
		expect(methodText({ method: 'provider', factor: 1 })).toBe('by the provider itself');
	});
});
