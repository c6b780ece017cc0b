import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModelFacts } from '../../src/catalog/facts';
import type { TokenSample } from '../../src/health/contract';
import { tokenizerKey } from '../../src/health/place';
import {
	absorbSample,
	type CalibrationMemory,
	calibrationOf,
	isTelling,
	newCalibration,
} from '../../src/planner/calibration';
import { SAMPLED_AT, sampleOf, times } from '../support/token-samples';

const START = SAMPLED_AT;
const DAY = 86_400_000;

const FACTS: ModelFacts = {
	provider: 'openrouter',
	model: 'm',
	known: true,
	kind: 'chat',
	contextWindow: 1_000,
	inputLimit: null,
	maxOutput: null,
	input: ['text'],
	tools: true,
	structuredOutput: true,
	reasoning: false,
	reasoningOptions: [],
	sampling: true,
	tokenizer: 'unknown',
	prices: null,
	priceVersion: null,
};

/** A memory that has taken these, one after the other. */
function learnedFrom(samples: readonly TokenSample[], now = START): CalibrationMemory {
	const memory = newCalibration('claude');
	for (const sample of samples) absorbSample(memory, sample, now);
	return memory;
}

const factorAfter = (samples: readonly TokenSample[], now = START): number | undefined =>
	calibrationOf(learnedFrom(samples, now), now)?.factor;

/** Uniform in [−1, 1), the same for the same seed. */
function noise(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return state / 2 ** 31 - 1;
	};
}

const anyRatio = fc.double({ min: 0.01, max: 20, noNaN: true });
const anySample = (organizations: readonly string[]): fc.Arbitrary<TokenSample> =>
	fc.record({
		tokenizer: fc.constant('claude'),
		organizationId: fc.constantFrom(...organizations),
		at: fc.constant(START),
		estimated: fc.constantFrom(0, 63, 64, 1_000, 100_000),
		actual: fc.oneof(
			anyRatio.map((ratio) => ratio * 1_000),
			fc.double(),
		),
		by: fc.constantFrom('usage', 'stated'),
	});

describe('what is learned of a tokenizer', () => {
	it('is nothing before the first sample', () => {
		expect(calibrationOf(newCalibration('claude'), START)).toBeNull();
	});

	it('comes within 2 % of the truth after 50 samples with 3 % noise, wherever that lies', () => {
		for (let seed = 1; seed <= 200; seed++) {
			const next = noise(seed);
			const truth = 1.195 + 0.38 * next();
			const samples = Array.from({ length: 50 }, () => sampleOf(truth * (1 + 0.03 * next())));
			const factor = factorAfter(samples) ?? 0;
			expect(Math.abs(factor / truth - 1), `seed ${seed}, truth ${truth}, learned ${factor}`).toBeLessThan(0.02);
		}
	});

	it('moves slowly by usage: one sample is a rumour, tens are the truth', () => {
		expect(factorAfter(times(1, 1.5))).toBeLessThan(1.15);
		expect(factorAfter(times(30, 1.5))).toBeGreaterThan(1.47);
	});

	it('rises faster than it falls', () => {
		const settled = times(60, 1.2);
		const up = (factorAfter([...settled, ...times(5, 1.3)]) ?? 0) - 1.2;
		const down = 1.2 - (factorAfter([...settled, ...times(5, 1.1)]) ?? 0);
		expect(up).toBeGreaterThan(down);
		expect(down).toBeGreaterThan(0);
	});

	it('is corrected at once by what an upstream states, and no usage soon undoes that', () => {
		const settled = times(40, 1);
		expect(factorAfter([...settled, sampleOf(1.4, { by: 'stated' })])).toBe(1.4);
		expect(factorAfter([...settled, sampleOf(1.4, { by: 'stated' }), ...times(2, 1)])).toBeGreaterThan(1.34);
		expect(factorAfter([sampleOf(1.4, { by: 'stated' }), ...times(2, 1)])).toBeGreaterThan(1.34);
	});

	it('does not fall at once where an upstream states less', () => {
		expect(factorAfter([...times(40, 1.2), sampleOf(1, { by: 'stated' })])).toBeGreaterThan(1.18);
	});

	it('says how far counts scatter', () => {
		const steady = calibrationOf(learnedFrom(times(50, 1.2)), START);
		const next = noise(7);
		const wide = calibrationOf(learnedFrom(Array.from({ length: 50 }, () => sampleOf(1.2 + 0.2 * next()))), START);
		expect(steady?.spread).toBeLessThan(0.01);
		expect(wide?.spread).toBeGreaterThan(0.06);
		expect(wide?.spread).toBeLessThan(0.2);
		expect([steady?.samples, wide?.samples]).toEqual([50, 50]);
	});

	it('is rounded up to three decimals', () => {
		fc.assert(
			fc.property(
				fc.array(fc.double({ min: 0.8, max: 1.6, noNaN: true }), { minLength: 1, maxLength: 40 }),
				(ratios) => {
					const memory = learnedFrom(ratios.map((ratio) => sampleOf(ratio)));
					const factor = calibrationOf(memory, START)?.factor ?? 0;
					expect(factor).toBe(Number(factor.toFixed(3)));
					expect(factor).toBeGreaterThanOrEqual(memory.mean);
					expect(factor - memory.mean).toBeLessThan(0.0011);
				},
			),
		);
	});
});

describe('the influence of organizations', () => {
	it('keeps every figure within the clamps, whatever is sampled', () => {
		fc.assert(
			fc.property(fc.array(anySample(['a', 'b', 'c', 'd', 'e']), { maxLength: 80 }), (samples) => {
				const memory = learnedFrom(samples);
				const learned = calibrationOf(memory, START);
				expect(JSON.parse(JSON.stringify(memory))).toEqual(memory);
				if (learned === null) {
					expect(samples.some(isTelling)).toBe(false);
					return;
				}
				expect(learned.factor).toBeGreaterThanOrEqual(0.5);
				expect(learned.factor).toBeLessThanOrEqual(3);
				expect(learned.spread).toBeGreaterThanOrEqual(0);
				expect(learned.spread).toBeLessThanOrEqual(2.5);
				expect(learned.samples).toBeGreaterThan(0);
			}),
		);
	});

	it('never lets two of them leave 0.8 to 1.6', () => {
		fc.assert(
			fc.property(fc.array(anySample(['a', 'b']), { maxLength: 120 }), (samples) => {
				const learned = calibrationOf(learnedFrom(samples), START);
				if (learned === null) return;
				expect(learned.factor).toBeGreaterThanOrEqual(0.8);
				expect(learned.factor).toBeLessThanOrEqual(1.6);
			}),
		);
	});

	it('never lets one of them take the others beyond 0.8 to 1.6, whenever it speaks', () => {
		const fair = fc.tuple(fc.constantFrom('b', 'c', 'd'), fc.double({ min: 0.8, max: 1.6, noNaN: true }));
		const step = fc.oneof(
			fair.map(([organizationId, ratio]) => sampleOf(ratio, { organizationId })),
			anySample(['a']),
		);
		fc.assert(
			fc.property(fc.array(step, { maxLength: 120 }), (samples) => {
				const memory = newCalibration('claude');
				for (const sample of samples) {
					absorbSample(memory, sample, START);
					const factor = calibrationOf(memory, START)?.factor ?? 1;
					expect(factor).toBeGreaterThanOrEqual(0.8);
					expect(factor).toBeLessThanOrEqual(1.6);
				}
			}),
		);
	});

	it('is never below the mean that all of them gave', () => {
		fc.assert(
			fc.property(fc.array(anySample(['a', 'b', 'c', 'd']), { minLength: 1, maxLength: 120 }), (samples) => {
				const memory = learnedFrom(samples);
				const learned = calibrationOf(memory, START);
				if (learned === null) return;
				const low = memory.organizations.every(({ mean }) => mean < 0.8);
				const most = Math.max(...memory.organizations.map(({ mean }) => mean));
				expect(learned.factor).toBeGreaterThanOrEqual(low ? Math.min(most, memory.mean) : memory.mean);
			}),
		);
	});

	const three = (ratio: number, count = 60): TokenSample[] =>
		['a', 'b', 'c'].flatMap((organizationId) => times(count, ratio, { organizationId }));

	it('goes further where three agree', () => {
		expect(factorAfter(three(2.2))).toBeGreaterThan(2.17);
		expect(factorAfter(three(2.2))).toBeLessThanOrEqual(2.201);
		expect(factorAfter(three(0.6))).toBeLessThan(0.62);
		expect(factorAfter(three(4.9, 90))).toBe(3);
		expect(factorAfter(three(0.21, 200))).toBeCloseTo(0.5, 1);
	});

	it('goes with the middle one upwards, so that the loudest is not heard', () => {
		const samples = [
			...times(60, 1.8, { organizationId: 'a' }),
			...times(60, 2, { organizationId: 'b' }),
			...times(60, 4.9, { organizationId: 'c' }),
		];
		expect(factorAfter(samples)).toBeGreaterThan(1.95);
		expect(factorAfter(samples)).toBeLessThanOrEqual(2.001);
	});

	it('goes below only where none says otherwise, and with the highest', () => {
		const samples = [...three(0.6), ...times(60, 0.75, { organizationId: 'b' })];
		expect(factorAfter(samples)).toBeGreaterThan(0.74);
		expect(factorAfter(samples)).toBeLessThan(0.76);
		expect(factorAfter([...three(0.6), ...times(60, 1.1, { organizationId: 'd' })])).toBeGreaterThan(1);
	});

	it('agrees at once where three upstreams state it', () => {
		const samples = ['a', 'b', 'c'].map((organizationId) => sampleOf(2, { organizationId, by: 'stated' }));
		expect(factorAfter(samples.slice(0, 2))).toBe(1.6);
		expect(factorAfter(samples)).toBe(2);
	});

	it('remembers a few, those that were heard of last', () => {
		const memory = newCalibration('claude');
		for (let n = 0; n < 100; n++) absorbSample(memory, sampleOf(1, { organizationId: `o${n}` }), START + n);
		expect(memory.organizations.map(({ organizationId }) => organizationId).toSorted()).toEqual(
			['o92', 'o93', 'o94', 'o95', 'o96', 'o97', 'o98', 'o99'].toSorted(),
		);
	});
});

describe('a sample', () => {
	it.each<[string, Partial<TokenSample>]>([
		['a short prompt', { estimated: 63, actual: 63 }],
		['nothing counted', { actual: 0 }],
		['a negative count', { actual: -5 }],
		['no number', { actual: Number.NaN }],
		['no end', { actual: Number.POSITIVE_INFINITY }],
		['nothing estimated', { estimated: 0 }],
		['an estimate that is no number', { estimated: Number.NaN }],
		['far too little', { estimated: 10_000, actual: 1_999 }],
		['far too much', { estimated: 10_000, actual: 50_001 }],
	])('of %s changes nothing', (_, fields) => {
		const memory = learnedFrom(times(3, 1.2));
		const before = structuredClone(memory);
		const sample = sampleOf(1, fields);
		expect(isTelling(sample)).toBe(false);
		absorbSample(memory, sample, START + 1);
		expect(memory).toEqual(before);
	});
});

describe('time', () => {
	it('lets what was learned fade after a week without a sample', () => {
		const memory = learnedFrom(times(50, 1.3));
		expect(calibrationOf(memory, START + 7 * DAY)?.factor).toBeGreaterThan(1.29);
		expect(calibrationOf(memory, START + 7 * DAY + 1)).toBeNull();
	});

	it('begins anew after that', () => {
		const memory = learnedFrom(times(50, 1.5));
		const now = START + 8 * DAY;
		absorbSample(memory, sampleOf(1), now);
		expect(calibrationOf(memory, now)).toEqual({ factor: 1, spread: 0, samples: 1 });
		expect(memory.organizations).toHaveLength(1);
	});

	it('takes the agreement of those that were not heard of for a week', () => {
		const memory = learnedFrom(['a', 'b'].map((organizationId) => sampleOf(2, { organizationId, by: 'stated' })));
		absorbSample(memory, sampleOf(2, { organizationId: 'c', by: 'stated' }), START + 5 * DAY);
		expect(calibrationOf(memory, START + 6 * DAY)?.factor).toBe(2);
		expect(calibrationOf(memory, START + 8 * DAY)?.factor).toBe(1.6);
	});

	it('does no harm where the clock goes back', () => {
		const memory = learnedFrom(times(50, 1.3), START + 365 * DAY);
		expect(calibrationOf(memory, START)).toBeNull();
		absorbSample(memory, sampleOf(1.1), START);
		expect(calibrationOf(memory, START)?.samples).toBe(1);
		absorbSample(memory, sampleOf(1.1), START - 1_000);
		expect(calibrationOf(memory, START - 1_000)?.samples).toBe(2);
	});
});

describe('the name of a tokenizer', () => {
	it('is its family', () => {
		expect(tokenizerKey({ ...FACTS, tokenizer: 'claude-5' })).toBe('claude-5');
	});

	it('has the model where the family is unknown', () => {
		const facts: ModelFacts = { ...FACTS, source: 'catalog' };
		expect(tokenizerKey({ ...facts, model: 'phi-5:free', listedAs: 'phi-5' })).toBe('unknown phi-5');
		expect(tokenizerKey({ ...facts, model: 'x'.repeat(5_000) }).length).toBeLessThan(200);
	});

	it('is one for all models that callers made up, but at an address of their own', () => {
		expect(tokenizerKey({ ...FACTS, known: false })).toBe('unknown *');
		expect(tokenizerKey(FACTS)).toBe('unknown *');
		expect(tokenizerKey(FACTS, 'tenant')).toBe('unknown m');
	});
});
