import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newId } from '../src/id';

const bytes = (value: number) => (length: number) => new Uint8Array(length).fill(value);

describe('an id', () => {
	it('sorts by the time it was made at, whatever its random part', () => {
		fc.assert(
			fc.property(fc.nat(2 ** 31), fc.nat(2 ** 31), fc.nat(255), fc.nat(255), (early, more, left, right) => {
				const first = newId(early * 1_000, bytes(left));
				const second = newId(early * 1_000 + more + 1, bytes(right));
				expect(first < second).toBe(true);
			}),
		);
	});

	it('has 26 characters that are safe in a URL, a header and a file name', () => {
		expect(newId(Date.UTC(2026, 10, 21), bytes(255))).toMatch(/^[0-9a-z]{26}$/);
	});

	it('differs where only its random part differs', () => {
		expect(newId(1, bytes(1))).not.toBe(newId(1, bytes(2)));
	});
});
