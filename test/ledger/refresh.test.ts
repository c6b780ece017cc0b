import { describe, expect, it } from 'vitest';
import { Refresh } from '../../src/ledger/refresh';
import { START } from './fixtures';

describe('the version in D1', () => {
	it('is read by the first request and then once a second', () => {
		const refresh = new Refresh();
		expect(refresh.due(START, false)).toBe(true);
		refresh.began(START);
		refresh.read(START + 30);
		expect(refresh.due(START + 1_029, false)).toBe(false);
		expect(refresh.due(START + 1_030, false)).toBe(true);
	});

	it('is not asked for while an answer is on its way, unless that was ten seconds ago', () => {
		const refresh = new Refresh();
		refresh.began(START);
		expect([refresh.due(START + 9_999, false), refresh.due(START + 9_999, true)]).toEqual([false, false]);
		expect(refresh.due(START + 10_000, false)).toBe(true);
	});

	it('is read at once where it is doubted, but no doubt is looked into twice within a second', () => {
		const refresh = new Refresh();
		refresh.read(START);
		expect([refresh.due(START, false), refresh.due(START, true)]).toEqual([false, true]);
		refresh.began(START);
		refresh.read(START + 5);
		expect(refresh.due(START + 999, true)).toBe(false);
		expect(refresh.due(START + 1_000, true)).toBe(true);
	});

	it('is left alone for longer and longer while D1 fails, ten seconds at most, doubted or not', () => {
		const refresh = new Refresh();
		let now = START;
		const pauses: number[] = [];
		for (let failure = 0; failure < 6; failure += 1) {
			refresh.began(now);
			const pause = refresh.failed(now);
			expect(refresh.due(now + pause - 1, true)).toBe(false);
			expect(refresh.due(now + pause - 1, false)).toBe(false);
			now += pause;
			expect(refresh.due(now, false)).toBe(true);
			pauses.push(pause);
		}
		expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
		refresh.read(now);
		refresh.began(now + 1_000);
		expect(refresh.failed(now + 1_000)).toBe(1_000);
	});
});
