import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recall, retain } from '../src/recency';

describe('a bounded cache', () => {
	it('lets the least recently used entry go first', () => {
		const entries = new Map<string, number>();
		retain(entries, 'a', 1, 2);
		retain(entries, 'b', 2, 2);
		expect(recall(entries, 'a')).toBe(1);
		retain(entries, 'c', 3, 2);
		expect([...entries.keys()]).toEqual(['a', 'c']);
	});

	it('replaces an entry without letting another go', () => {
		const entries = new Map([
			['a', 1],
			['b', 2],
		]);
		retain(entries, 'a', 9, 2);
		expect([...entries]).toEqual([
			['b', 2],
			['a', 9],
		]);
	});

	it('never holds more than its bound, and always what was put in last', () => {
		const step = fc.record({ key: fc.nat(9), read: fc.boolean() });
		fc.assert(
			fc.property(fc.array(step), fc.integer({ min: 1, max: 5 }), (steps, bound) => {
				const entries = new Map<number, number>();
				for (const [at, { key, read }] of steps.entries()) {
					if (read) recall(entries, key);
					else retain(entries, key, at, bound);
					expect(entries.size).toBeLessThanOrEqual(bound);
					if (!read) expect([...entries].at(-1)).toEqual([key, at]);
				}
			}),
		);
	});
});
