import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Allowance, KeyUse, Outcome, TokenSample } from '../../src/health/contract';
import {
	absorb,
	absorbCheck,
	leaseAt,
	newEndpoint,
	restoreEndpoint,
	snapshotOf,
	textOf,
} from '../../src/health/endpoint';
import { jsonOf } from '../../src/health/recency';
import { dutyOf } from '../../src/health/register';
import { statusOf } from '../../src/health/status';
import { absorbSamples } from '../../src/health/tokens';
import { healthViews, viewOf } from '../../src/health/view';
import { ENDPOINT, facts, healthSet, outcome, POLICY } from '../support/health';

const START = Date.UTC(2026, 0, 1);
const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(Number.NaN, Number.MAX_VALUE, -1, 0));
const name = fc.oneof(
	fc.string({ maxLength: 40 }),
	fc.nat(2_000).map(String),
	fc.constantFrom('', '__proto__', 'constructor', 'm'),
);
const allowance: fc.Arbitrary<Allowance | null> = fc.option(
	fc.record({ limit: fc.option(number, { nil: null }), remaining: number, resetAt: number }),
	{ nil: null },
);
const use: fc.Arbitrary<KeyUse> = fc.record({
	mark: name,
	rowId: fc.option(name, { nil: null }),
	organizationId: name,
	startedAt: fc.nat(),
	tokens: number,
	word: fc.constantFrom('good', 'refused', 'limited', 'silent'),
	until: fc.option(number, { nil: null }),
	status: fc.option(fc.nat(600), { nil: null }),
	rates: fc.option(fc.record({ requests: allowance, tokens: allowance }), { nil: null }),
});
const anything: fc.Arbitrary<Outcome> = fc.record({
	organizationId: name,
	modelClass: name,
	at: fc.constant(START),
	result: fc.constantFrom('success', 'failure', 'neutral'),
	scope: fc.constantFrom('endpoint', 'model'),
	firstEventMs: fc.option(number, { nil: null }),
	outputTokensPerSecond: fc.option(number, { nil: null }),
	probe: fc.boolean(),
	error: fc.option(fc.record({ failure: fc.constant('server' as const), status: fc.constant(500) }), { nil: null }),
	key: fc.option(use, { nil: null }),
});
const sample: fc.Arbitrary<TokenSample> = fc.record({
	tokenizer: name,
	organizationId: name,
	at: fc.constant(START),
	estimated: fc.oneof(number, fc.nat(100_000)),
	actual: fc.oneof(number, fc.nat(100_000)),
	by: fc.constantFrom('usage', 'stated'),
});
const step = fc.record({ wait: fc.nat(40_000), outcome: anything, sample, times: fc.integer({ min: 1, max: 5 }) });

/** What it is after a way through JSON, lists in the place of what is kept by name. */
const throughJson = (memory: unknown): unknown => JSON.parse(jsonOf(memory));

/** The same without JSON. */
function plain(memory: unknown): unknown {
	if (memory instanceof Map) return [...memory.values()].map(plain);
	if (Array.isArray(memory)) return memory.map(plain);
	if (typeof memory !== 'object' || memory === null) return memory;
	return Object.fromEntries(Object.entries(memory).map(([name, value]) => [name, plain(value)]));
}

it("keeps the object's memory plain, and nothing that it is told throws", () => {
	fc.assert(
		fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
			const memory = newEndpoint();
			let now = START;
			for (const { wait, outcome, sample, times } of steps) {
				now += wait;
				absorb(memory, facts(), Array<Outcome>(times).fill(outcome), now, POLICY);
				absorbSamples(memory.tokens, Array<TokenSample>(times).fill(sample), now);
				leaseAt(memory, outcome.modelClass, outcome.organizationId, now, outcome.probe);
				const check = { at: now, ok: outcome.result === 'success', latencyMs: 1, failure: null, status: null };
				absorbCheck(memory, facts(), check, now, POLICY);
				dutyOf(memory.register);
				expect(throughJson(memory)).toEqual(plain(memory));
				expect(restoreEndpoint(textOf(memory))).toEqual(memory);
				expect(throughJson(statusOf(memory, now))).toEqual(statusOf(memory, now));
				const told = snapshotOf(memory, now);
				expect(structuredClone(told)).toEqual(told);
			}
		}),
		{ numRuns: 60 },
	);
});

it("keeps an isolate's memory plain, and nothing that it is told throws", async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
			const { time, here } = healthSet();
			for (const { wait, outcome, sample, times } of steps) {
				const place = { endpoint: ENDPOINT, modelClass: outcome.modelClass };
				const port = here.request();
				for (let n = 0; n < times; n++) here.record({ ...outcome, at: time.now() });
				port.learn(facts(), sample);
				port.calibration(ENDPOINT, sample.tokenizer);
				port.mayLearn(ENDPOINT, sample.tokenizer);
				port.admits(place);
				port.measures(place);
				port.standing(place, outcome.key?.mark ?? '');
				port.mayRetry(ENDPOINT, outcome.organizationId);
				// What waits to be reported is as it was given.
				const view = { ...viewOf(here.views, ENDPOINT, time.now()), queue: [], samples: [] };
				expect(throughJson(view)).toEqual(plain(view));
				await time.advance(wait);
			}
			await time.advance(2_000);
			const ends = await Promise.allSettled(here.deferred);
			expect(ends.filter(({ status }) => status === 'rejected')).toEqual([]);
		}),
		{ numRuns: 40 },
	);
});

it('keeps both within bounds, however many names come and however long', async () => {
	const { time, object, here } = healthSet();
	for (let n = 0; n < 3_000; n++) {
		const key: KeyUse = {
			mark: `row-${n % 1_000}.0123456789abcdef`,
			rowId: `row-${n % 1_000}`,
			organizationId: `organization-${n % 777}`,
			startedAt: n,
			tokens: 1_000_000,
			word: n % 2 ? 'refused' : 'good',
			until: null,
			status: 401,
			rates: {
				requests: { limit: 1_000_000, remaining: 1, resetAt: time.now() + 60_000 },
				tokens: { limit: 1_000_000, remaining: 1, resetAt: time.now() + 60_000 },
			},
		};
		here.record({
			organizationId: `organization-${n % 777}`,
			modelClass: `model-${n % 500}`,
			result: n % 3 ? 'success' : 'failure',
			firstEventMs: (n * 7_919) % 600_000,
			key,
		});
		here.request().learn(facts(), {
			tokenizer: `unknown model-${n % 500}`,
			organizationId: `organization-${n % 777}`,
			at: time.now(),
			estimated: 10_000,
			actual: 9_000 + n,
			by: 'usage',
		});
		if (n % 20 === 0) await time.advance(997);
	}
	await time.advance(2_000);
	expect(object.memory.classes).toHaveProperty('size', 64);
	expect(object.memory.keys).toHaveProperty('size', 256);
	expect(object.memory.tokens).toHaveProperty('size', 64);
	expect(object.memory.register.rows).toHaveProperty('size', 256);
	expect(textOf(object.memory).length).toBeLessThan(1_000_000);
	const view = viewOf(here.views, ENDPOINT, time.now());
	expect(view.classes).toHaveProperty('size', 64);
	expect(view.keys).toHaveProperty('size', 256);
	expect(view.tokens).toHaveProperty('size', 64);
	expect(view.retries).toHaveProperty('size', 64);
	expect(jsonOf(view).length).toBeLessThan(1_000_000);
});

it('makes a fresh view for an endpoint that gave way to others', () => {
	const views = healthViews();
	viewOf(views, ENDPOINT, START).queue.push(outcome());
	for (let n = 0; n < 256; n++) viewOf(views, `openai@${n}.example`, START + 1 + n);
	expect(views.size).toBe(256);
	expect(viewOf(views, ENDPOINT, START + 300).queue).toHaveLength(0);
	expect(views.has('openai@0.example')).toBe(false);
	expect(views.has('openai@1.example')).toBe(true);
});
