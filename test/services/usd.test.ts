import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_AMOUNT } from '../../src/db/money';
import { GatewayError } from '../../src/errors';
import { nanoUsdOf, picoUsdOf, usdOf, usdPerMillionOf } from '../../src/services/usd';

describe('USD', () => {
	it.each([
		['12.50', 12_500_000_000n],
		[' 3 ', 3_000_000_000n],
		['0.000000001', 1n],
		['0', 0n],
		[0.1, 100_000_000n],
		[1e-9, 1n],
		[1e9, 1_000_000_000_000_000_000n],
		['1.5000000000000', 1_500_000_000n],
		['2.5E3', 2_500_000_000_000n],
		['9007199.254740993', 9_007_199_254_740_993n],
	])('%j is %d nano-dollars', (usd, nano) => {
		expect(nanoUsdOf(usd, 'budgetDayUsd')).toBe(nano);
	});

	it.each([
		['-1', 'amount in USD'],
		['', 'amount in USD'],
		['1,5', 'amount in USD'],
		['1_000', 'amount in USD'],
		['0x10', 'amount in USD'],
		[Number.NaN, 'amount in USD'],
		[Number.POSITIVE_INFINITY, 'amount in USD'],
		['0.0000000001', 'at most 9 decimal places'],
		[1e-10, 'at most 9 decimal places'],
		['9223372036.854775808', 'at most 9223372036.854775807'],
		[1e300, 'at most'],
	])('%j is refused, naming the field', (usd, message) => {
		const refused = () => nanoUsdOf(usd, 'budgetDayUsd');
		expect(refused).toThrow(GatewayError);
		expect(refused).toThrow(expect.objectContaining({ code: 'invalid_request', param: 'budgetDayUsd' }));
		expect(refused).toThrow(message);
	});

	it('goes out and comes back unchanged, over the whole range', () => {
		fc.assert(
			fc.property(fc.bigInt({ min: 0n, max: MAX_AMOUNT }), (nano) => {
				expect(nanoUsdOf(usdOf(nano), 'x')).toBe(nano);
			}),
		);
	});

	it('is written without trailing zeros', () => {
		expect([0n, 1n, 12_500_000_000n, -1_500_000_000n].map(usdOf)).toEqual(['0', '0.000000001', '12.5', '-1.5']);
	});
});

describe('USD per million tokens', () => {
	it.each([
		['1', 1_000_000n],
		['0.075', 75_000n],
		['0.000001', 1n],
		[1e-6, 1n],
		['1000000', 1_000_000_000_000n],
		['0', 0n],
	])('%j is %d pico-dollars per token', (usd, pico) => {
		expect(picoUsdOf(usd, 'prices.input')).toBe(pico);
	});

	it.each([
		['0.0000001', 'at most 6 decimal places'],
		['1000000.000001', 'at most 1000000 USD'],
		['-1', 'amount in USD'],
		['1e300', 'at most 1000000 USD'],
	])('%j is refused, naming the field', (usd, message) => {
		const refused = () => picoUsdOf(usd, 'prices.input');
		expect(refused).toThrow(expect.objectContaining({ code: 'invalid_request', param: 'prices.input' }));
		expect(refused).toThrow(message);
	});

	it('goes out and comes back unchanged', () => {
		fc.assert(
			fc.property(fc.bigInt({ min: 0n, max: 10n ** 12n }), (pico) => {
				expect(picoUsdOf(usdPerMillionOf(pico), 'x')).toBe(pico);
			}),
		);
	});
});
