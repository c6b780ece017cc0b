import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equalDigests, sha256Hex } from '../../src/auth/digest';

describe('sha256Hex', () => {
	it('gives the digests of FIPS 180-2', async () => {
		expect(await sha256Hex('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
		expect(await sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
	});

	it('digests the UTF-8 bytes of the text', async () => {
		expect(await sha256Hex('é')).toBe('4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c');
	});
});

describe('equalDigests', () => {
	it('is equality', () => {
		fc.assert(
			fc.property(fc.string(), fc.string(), (left, right) => {
				expect(equalDigests(left, right)).toBe(left === right);
				expect(equalDigests(left, left)).toBe(true);
			}),
		);
	});

	it('notices one changed character wherever it is', () => {
		const digest = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
		for (let at = 0; at < digest.length; at += 1)
			expect(equalDigests(digest, `${digest.slice(0, at)}x${digest.slice(at + 1)}`)).toBe(false);
	});

	it('refuses a digest that is only the beginning', () => {
		expect(equalDigests('abcd', 'abc')).toBe(false);
		expect(equalDigests('', 'a')).toBe(false);
	});
});
