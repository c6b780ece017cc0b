import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sumKnown, usdDecimal, usdNumber } from '../../src/http/money';

describe('nano-dollars', () => {
	it.each([
		[0n, '0'],
		[1n, '0.000000001'],
		[15_000n, '0.000015'],
		[1_000_000_000n, '1'],
		[12_500_000_000n, '12.5'],
		[-1_500_000_000n, '-1.5'],
		[123_456_789_012_345_678_901n, '123456789012.345678901'],
	])('%s are %s USD', (nano, usd) => {
		expect(usdDecimal(nano)).toBe(usd);
	});

	it('read back exactly from their decimal', () => {
		fc.assert(
			fc.property(fc.bigInt({ min: 0n, max: 10n ** 24n }), (nano) => {
				const [whole = '', fraction = ''] = usdDecimal(nano).split('.');
				expect(BigInt(whole + fraction.padEnd(9, '0'))).toBe(nano);
			}),
		);
	});

	it('are as a number the nearest one', () => {
		expect(usdNumber(15_000n)).toBe(0.000015);
		expect(usdNumber(300_000_000n)).toBe(0.3);
	});

	it('have no sum where one is unknown', () => {
		expect(sumKnown([1n, 2n])).toBe(3n);
		expect(sumKnown([1n, null])).toBeNull();
	});
});
