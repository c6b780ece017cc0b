import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nanoUsd } from '../../../src/providers/wire/nano-usd';

describe('dollars as nano-dollars', () => {
	it.each([
		[0.00006, 60_000n],
		[0.001156, 1_156_000n],
		['0.1', 100_000_000n],
		[1e-7, 100n],
		['1.5E-9', 2n],
		['0.0000000004', 0n],
		['0.0000000005', 1n],
		[12, 12_000_000_000n],
		[0, 0n],
		[1.1, 1_100_000_000n],
		['123456789.123456789', 123_456_789_123_456_789n],
		[1e21, 10n ** 30n],
	])('reads %j exactly', (dollars, nano) => {
		expect(nanoUsd(dollars)).toBe(nano);
	});

	it.each([-1, '-0.5', Number.NaN, Number.POSITIVE_INFINITY, '', 'free', null, undefined, {}, '1e999'])(
		'does not read %j',
		(value) => {
			expect(nanoUsd(value)).toBeUndefined();
		},
	);

	it('gives back every whole number of nano-dollars', () => {
		fc.assert(
			fc.property(fc.bigInt({ min: 0n, max: 10n ** 18n }), (nano) => {
				const text = `${nano / 10n ** 9n}.${(nano % 10n ** 9n).toString().padStart(9, '0')}`;
				expect(nanoUsd(text)).toBe(nano);
			}),
		);
	});
});
