import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Prices } from '../../src/catalog/facts';
import { usageOf } from '../../src/language/usage';
import { holdOf } from '../../src/ledger/hold';
import { costOf, MOST_NANO_USD } from '../../src/ledger/price';

const plain: Prices = { input: 3_000_000n, output: 15_000_000n };

describe('costOf', () => {
	it('multiplies each part by its own price', () => {
		const prices: Prices = {
			input: 1_000n,
			output: 2_000n,
			cacheRead: 3_000n,
			cacheWrite5m: 5_000n,
			cacheWrite1h: 7_000n,
			inputAudio: 11_000n,
			reasoning: 13_000n,
			outputAudio: 17_000n,
		};
		const parts = ['input', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h', 'inputAudio', 'inputImage'] as const;
		expect(parts.map((part) => costOf(usageOf({ [part]: 1 }), prices))).toEqual([1n, 3n, 5n, 7n, 11n, 1n]);
		const out = ['output', 'reasoning', 'outputAudio'] as const;
		expect(out.map((part) => costOf(usageOf({ [part]: 1 }), prices))).toEqual([2n, 13n, 17n]);
	});

	it('falls back to input and output where a part has no price, and from the 1 h cache to the 5 min one', () => {
		const usage = usageOf({
			cacheRead: 1,
			cacheWrite5m: 1,
			cacheWrite1h: 1,
			inputAudio: 1,
			reasoning: 1,
			outputAudio: 1,
		});
		expect(costOf(usage, { input: 1_000n, output: 100_000n })).toBe(204n);
		expect(costOf(usageOf({ cacheWrite1h: 1 }), { input: 1_000n, output: 1n, cacheWrite5m: 9_000n })).toBe(9n);
	});

	it('rounds half up once, at the end', () => {
		expect(costOf(usageOf({ input: 1 }), { input: 499n, output: 0n })).toBe(0n);
		expect(costOf(usageOf({ input: 1 }), { input: 500n, output: 0n })).toBe(1n);
		expect(costOf(usageOf({ input: 1, output: 1 }), { input: 400n, output: 400n })).toBe(1n);
		expect(costOf(usageOf({ input: 3 }), { input: 500n, output: 0n })).toBe(2n);
	});

	it('stays exact far above 2^53', () => {
		expect(costOf(usageOf({ output: 9_007_199_254_740_991 }), { input: 0n, output: 75_000_000n })).toBe(
			9_007_199_254_740_991n * 75_000n,
		);
	});

	it('applies the highest tier below the prompt to the whole request, prompt meaning all input', () => {
		const prices: Prices = {
			...plain,
			tiers: [
				{ above: 500_000, prices: { input: 12_000_000n, output: 30_000_000n } },
				{ above: 200_000, prices: { input: 6_000_000n, output: 22_500_000n } },
			],
		};
		expect(costOf(usageOf({ input: 200_000, output: 1 }), prices)).toBe(600_015_000n);
		expect(costOf(usageOf({ input: 150_000, cacheRead: 50_001, output: 1 }), prices)).toBe(1_200_028_500n);
		expect(costOf(usageOf({ input: 500_001 }), prices)).toBe(6_000_012_000n);
	});

	it('believes what the provider says it charged', () => {
		expect(costOf(usageOf({ input: 1_000, reportedNanoUsd: 42n }), plain)).toBe(42n);
		expect(costOf(usageOf({ input: 1_000, reportedNanoUsd: 0n }), plain)).toBe(0n);
	});

	it('never costs less for more tokens of any part', () => {
		const count = fc.nat(3_000_000);
		fc.assert(
			fc.property(fc.constantFrom('input', 'cacheRead', 'output', 'reasoning'), count, count, (part, base, more) => {
				const less = costOf(usageOf({ output: 5, [part]: base }), plain);
				expect(costOf(usageOf({ output: 5, [part]: base + more }), plain)).toBeGreaterThanOrEqual(less);
			}),
		);
	});
});

describe('holdOf', () => {
	it('holds for the dearest target of the chain', () => {
		const cheap: Prices = { input: 100_000n, output: 400_000n };
		expect(holdOf({ inputTokens: 1_000, outputTokens: 100, prices: [cheap, plain, null] })).toBe(4_500_000n);
	});

	it('is no sum that could not be added up, whatever output is asked for', () => {
		const dear: Prices = { input: 10n ** 12n, output: 10n ** 12n };
		const held = holdOf({ inputTokens: 1, outputTokens: Number.MAX_SAFE_INTEGER, prices: [dear] });
		expect(held).toBe(MOST_NANO_USD);
	});

	it('is null only where no target has a price', () => {
		expect(holdOf({ inputTokens: 10, outputTokens: 10, prices: [null, null] })).toBeNull();
		expect(holdOf({ inputTokens: 10, outputTokens: 10, prices: [] })).toBeNull();
		expect(holdOf({ inputTokens: 10, outputTokens: 10, prices: [null, { input: 0n, output: 0n }] })).toBe(0n);
	});

	it('expects all output at the dearer of answer and reasoning, and whole tokens', () => {
		const prices: Prices = { input: 1_000n, output: 1_000n, reasoning: 3_000n };
		expect(holdOf({ inputTokens: 1.2, outputTokens: 10, prices: [prices] })).toBe(32n);
	});
});
