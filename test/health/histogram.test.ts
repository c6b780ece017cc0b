import fc from 'fast-check';
import { expect, it } from 'vitest';
import { newHistogram, quantiles, sample } from '../../src/health/histogram';

const START = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;

it('knows nothing without samples, and takes none that is no time', () => {
	const histogram = newHistogram();
	for (const none of [null, Number.NaN, -1, Number.POSITIVE_INFINITY]) sample(histogram, none, START);
	expect(quantiles(histogram, [0.5, 0.95], START)).toEqual([null, null]);
});

it('tells quantiles to a tenth, over any spread', () => {
	fc.assert(
		fc.property(fc.array(fc.integer({ min: 1, max: 600_000 }), { minLength: 1, maxLength: 200 }), (samples) => {
			const histogram = newHistogram();
			for (const ms of samples) sample(histogram, ms, START);
			const sorted = [...samples].sort((left, right) => left - right);
			for (const share of [0.5, 0.95]) {
				const exact = sorted[Math.ceil(sorted.length * share) - 1] ?? 0;
				const [told] = quantiles(histogram, [share], START);
				expect(Math.abs((told ?? 0) - exact)).toBeLessThanOrEqual(exact * 0.091 + 0.5);
			}
		}),
	);
});

it('looks back on five minutes, the current one included', () => {
	const histogram = newHistogram();
	for (let n = 0; n < 9; n++) sample(histogram, 10, START);
	sample(histogram, 5_000, START + 4 * MINUTE);
	expect(quantiles(histogram, [0.5], START + 5 * MINUTE - 1)[0]).toBeLessThan(12);
	expect(quantiles(histogram, [0.5], START + 5 * MINUTE)[0]).toBeGreaterThan(4_500);
	expect(quantiles(histogram, [0.5], START + 9 * MINUTE)).toEqual([null]);
});

it('stays small for ever, times beyond all measure included', () => {
	const histogram = newHistogram();
	for (let n = 0; n < 5_000; n++) sample(histogram, n % 2 ? Number.MAX_VALUE : n, START + n * 1_000);
	expect(histogram.length).toBeLessThanOrEqual(5);
	expect(Math.max(...histogram.map(({ counts }) => counts.length))).toBeLessThanOrEqual(80);
	expect(JSON.parse(JSON.stringify(histogram))).toEqual(histogram);
});
