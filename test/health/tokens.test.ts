import { describe, expect, it } from 'vitest';
import type { Calibration, HealthSnapshot, TokenSample } from '../../src/health/contract';
import { absorb, newEndpoint, restoreEndpoint, snapshotOf, textOf } from '../../src/health/endpoint';
import { statusOf } from '../../src/health/status';
import { absorbSamples } from '../../src/health/tokens';
import { ENDPOINT, facts, healthSet, isolate, outcome, POLICY } from '../support/health';
import { SAMPLED_AT, sampleOf, times } from '../support/token-samples';

const START = SAMPLED_AT;
const SECOND = 1_000;
const MINUTE = 60_000;

const statedAt = (ratio: number, fields: Partial<TokenSample> = {}): TokenSample =>
	sampleOf(ratio, { by: 'stated', ...fields });
describe('an endpoint', () => {
	const learned = (samples: readonly TokenSample[]) => {
		const memory = newEndpoint();
		absorb(memory, facts(), [], START, POLICY);
		absorbSamples(memory.tokens, samples, START);
		return memory;
	};

	it('tells what was learned, by tokenizer, in its snapshot and its status', () => {
		const memory = learned([statedAt(1.3), statedAt(1.1, { tokenizer: 'gemini' })]);
		const tokens = {
			claude: { factor: 1.3, spread: 0, samples: 1 },
			gemini: { factor: 1.1, spread: 0, samples: 1 },
		};
		expect(snapshotOf(memory, START).tokens).toEqual(tokens);
		expect(statusOf(memory, START).tokens).toEqual(tokens);
	});

	it('goes on from its text', () => {
		const memory = learned([...times(30, 1.2), ...times(30, 1.4, { organizationId: 'b' })]);
		const restored = restoreEndpoint(textOf(memory));
		expect(restored).toEqual(memory);
		expect(snapshotOf(restored, START).tokens).toEqual(snapshotOf(memory, START).tokens);
	});

	it('keeps nothing of samples that say nothing', () => {
		const memory = learned([sampleOf(9), sampleOf(1, { estimated: 10, actual: 10 })]);
		expect(memory.tokens.size).toBe(0);
	});

	it('remembers 64 tokenizers, those that were heard of last', () => {
		const memory = newEndpoint();
		for (let n = 0; n < 500; n++)
			absorbSamples(memory.tokens, [statedAt(1.2, { tokenizer: `unknown m${n}` })], START + n);
		const names = Object.keys(snapshotOf(memory, START + 500).tokens);
		expect(names).toHaveLength(64);
		expect(names).toContain('unknown m499');
		expect(names).not.toContain('unknown m435');
	});

	it('is not fooled by a name that is a word of the language', () => {
		const memory = learned([statedAt(1.2, { tokenizer: '__proto__' })]);
		const { tokens } = structuredClone(snapshotOf(memory, START));
		expect(Object.hasOwn(tokens, '__proto__')).toBe(true);
		expect(Object.hasOwn(tokens, 'constructor')).toBe(false);
	});
});

describe('an isolate', () => {
	const calibration = (here: ReturnType<typeof isolate>, tokenizer = 'claude'): Calibration | null =>
		here.request().calibration(ENDPOINT, tokenizer);

	it('knows nothing of an endpoint it has not heard of', () => {
		const { here, call } = healthSet();
		expect(calibration(here)).toBeNull();
		call('success');
		expect(calibration(here)).toBeNull();
	});

	it('goes by a stated figure on the very next request, and so do others within a second', async () => {
		const { time, object, here } = healthSet();
		const other = isolate(time, object);
		other.admits();
		here.request().learn(facts(), statedAt(1.4));
		expect(calibration(here)?.factor).toBe(1.4);
		await time.advance(200);
		expect(object.samples).toEqual([[statedAt(1.4)]]);
		expect(object.snapshot().tokens.claude?.factor).toBe(1.4);
		await time.advance(SECOND);
		other.admits();
		await time.advance(100);
		expect(calibration(other)?.factor).toBe(1.4);
	});

	it('reports what usage teaches with the outcomes of calls, never by itself more than once a second', async () => {
		const { time, object, here, call } = healthSet();
		for (let n = 0; n < 40; n++) {
			call('success');
			here.request().learn(facts(), sampleOf(1.2));
			await time.advance(50);
		}
		await time.advance(SECOND);
		expect(object.samples.flat()).toHaveLength(40);
		expect(object.samples.length).toBeLessThanOrEqual(4);
		expect(object.snapshot().tokens.claude?.samples).toBe(40);
	});

	it('reports samples for which there are no outcomes, and stays silent for those that say nothing', async () => {
		const { time, object, here } = healthSet();
		here.request().learn(facts(), sampleOf(9));
		await time.advance(2 * SECOND);
		expect(object.reports).toEqual([]);
		here.request().learn(facts(), sampleOf(1.2));
		await time.advance(2 * SECOND);
		expect(object.samples).toEqual([[sampleOf(1.2)]]);
		expect(object.reports).toEqual([[]]);
	});

	it('takes the word of the object, which hears of all isolates, once that has heard of its own', async () => {
		const { time, object, here } = healthSet();
		absorb(object.memory, facts(), [], time.now(), POLICY);
		absorbSamples(object.memory.tokens, times(60, 1.3, { organizationId: 'b' }), time.now());
		here.request().learn(facts(), sampleOf(1));
		expect(calibration(here)?.samples).toBe(1);
		await time.advance(2 * SECOND);
		expect(calibration(here)).toEqual(object.snapshot().tokens.claude);
		expect(calibration(here)?.samples).toBe(61);
	});

	it('goes by the higher of the two until then', async () => {
		const { time, object, here } = healthSet();
		absorb(object.memory, facts(), [], time.now(), POLICY);
		absorbSamples(object.memory.tokens, times(60, 1.3, { organizationId: 'b' }), time.now());
		here.admits();
		await time.advance(100);
		object.mode = 'hung';
		here.request().learn(facts(), sampleOf(0.9));
		expect(calibration(here)?.factor).toBeGreaterThan(1.29);
		here.request().learn(facts(), statedAt(1.5));
		expect(calibration(here)?.factor).toBe(1.5);
	});

	it('goes by its own where the object fails', async () => {
		const { time, object, here } = healthSet();
		object.mode = 'down';
		here.request().learn(facts(), statedAt(1.2));
		await time.advance(5 * SECOND);
		here.admits();
		await time.advance(5 * SECOND);
		expect(calibration(here)?.factor).toBe(1.2);
	});

	it('does without the word of an object of another release', async () => {
		const { time, object, here } = healthSet();
		const { report } = object.api;
		object.api.report = async (...parts) => {
			const { tokens: _, ...older } = await report(...parts);
			return { ...older, format: 2 } as unknown as HealthSnapshot;
		};
		here.request().learn(facts(), statedAt(1.2));
		await time.advance(2 * SECOND);
		expect(object.samples).toHaveLength(1);
		expect(calibration(here)?.factor).toBe(1.2);
	});

	it('keeps what it can not report within bounds', async () => {
		const { time, object, here } = healthSet();
		object.mode = 'hung';
		for (let n = 0; n < 3_000; n++) here.request().learn(facts(), sampleOf(1.2, { tokenizer: `unknown m${n}` }));
		const view = here.views.get(ENDPOINT);
		expect(view?.samples).toHaveLength(200);
		expect(view?.tokens.size).toBe(64);
		await time.advance(SECOND);
		expect(view?.samples).toHaveLength(0);
	});

	it('asks for a prompt to be counted every ten seconds, and seldom once it knows enough', async () => {
		const { time, here } = healthSet();
		const asked = async (ms: number, times: number): Promise<number> => {
			let yes = 0;
			for (let n = 0; n < times; n++) {
				if (here.request().mayLearn(ENDPOINT, 'claude')) yes += 1;
				await time.advance(ms / times);
			}
			return yes;
		};
		expect(here.request().mayLearn(ENDPOINT, 'claude')).toBe(true);
		expect(here.request().mayLearn(ENDPOINT, 'claude')).toBe(false);
		expect(here.request().mayLearn(ENDPOINT, 'gemini')).toBe(true);
		expect(here.request().mayLearn('groq@api.groq.example', 'claude')).toBe(true);
		await time.advance(10 * SECOND);
		expect(await asked(MINUTE, 60)).toBe(6);
		for (const sample of times(60, 1.2)) here.request().learn(facts(), sample);
		expect(await asked(60 * MINUTE, 360)).toBe(6);
	});

	it('asks more often where counts scatter', async () => {
		const { time, here } = healthSet();
		for (let n = 0; n < 60; n++) here.request().learn(facts(), sampleOf(n % 2 ? 0.9 : 1.5));
		let yes = 0;
		for (let n = 0; n < 360; n++) {
			if (here.request().mayLearn(ENDPOINT, 'claude')) yes += 1;
			await time.advance(10 * SECOND);
		}
		expect(yes).toBe(60);
	});
});

it('an object that is told nothing of tokens, as an isolate of an older release tells it, says nothing of them', async () => {
	const { time, object } = healthSet();
	const answer = object.api.report(facts(), [outcome()]);
	await time.advance(100);
	expect((await answer).tokens).toEqual({});
});
