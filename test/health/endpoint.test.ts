import { describe, expect, it } from 'vitest';
import type { HealthCheck, Outcome } from '../../src/health/contract';
import {
	absorb,
	absorbCheck,
	inTime,
	leaseAt,
	newEndpoint,
	restoreEndpoint,
	snapshotOf,
	textOf,
} from '../../src/health/endpoint';
import { newLatency, observe } from '../../src/health/latency';
import { openModels, statusOf } from '../../src/health/status';
import { facts, keyUse, outcome } from '../support/health';

const POLICY = { failures: 5, cooldownMs: 10_000 };
const START = Date.UTC(2026, 0, 1);
const UNKNOWN = {
	state: 'closed',
	probeAt: null,
	errorRate: 0,
	firstEventMs: null,
	outputTokensPerSecond: null,
	shared: false,
	openedBy: null,
};

function anEndpoint() {
	const memory = newEndpoint();
	return {
		memory,
		calls: (outcomes: readonly Outcome[], now = START, from = facts()) => absorb(memory, from, outcomes, now, POLICY),
		check: (fields: Partial<HealthCheck>, now = START) =>
			absorbCheck(memory, facts(), { ...CHECK, at: now, ...fields }, now, POLICY),
		snapshot: (now = START) => snapshotOf(memory, now),
		status: (now = START) => statusOf(memory, now),
	};
}

const CHECK: HealthCheck = { at: START, ok: true, latencyMs: 40, failure: null, status: 200 };
const failures = (count: number, fields: Partial<Outcome> = {}): Outcome[] =>
	Array(count).fill(outcome({ result: 'failure', ...fields }));

it('tells nothing bad of an endpoint it has not heard of', () => {
	expect(snapshotOf(newEndpoint(), START)).toEqual({
		format: 3,
		takenAt: START,
		classes: { '': UNKNOWN },
		keys: {},
		tokens: {},
	});
});

it('tells state, error rate, latency and whether several organizations are active', () => {
	const { calls, snapshot } = anEndpoint();
	calls([outcome({ organizationId: 'b', firstEventMs: 100, outputTokensPerSecond: 50 })]);
	calls(
		['a', 'b', 'a', 'b', 'a'].map((organizationId) =>
			outcome({ organizationId, result: 'failure', scope: 'endpoint' }),
		),
	);
	const told = { ...UNKNOWN, firstEventMs: 100, outputTokensPerSecond: 50, shared: true };
	expect(snapshot()).toEqual({
		format: 3,
		takenAt: START,
		classes: { '': { ...told, state: 'open', probeAt: START + 10_000, errorRate: 5 / 6 }, m: told },
		keys: {},
		tokens: {},
	});
});

it('goes on from its JSON text', () => {
	const { memory, calls, check, status } = anEndpoint();
	calls(failures(5, { firstEventMs: 80, key: keyUse({ word: 'refused' }) }));
	check({});
	const restored = restoreEndpoint(textOf(memory));
	expect(snapshotOf(restored, START + 1)).toEqual(snapshotOf(memory, START + 1));
	expect(statusOf(restored, START)).toEqual(status());
});

it('starts closed from a text of another format, and from none', () => {
	const { memory, calls } = anEndpoint();
	calls(failures(5));
	const older = textOf(memory).replace('"format":4', '"format":3');
	expect(snapshotOf(restoreEndpoint(older), START)).toEqual(snapshotOf(newEndpoint(), START));
	expect(restoreEndpoint(null)).toEqual(newEndpoint());
	for (const text of ['', '{', 'null', '[]', '3', '{"format":"3"}', older.slice(0, 100)])
		expect(restoreEndpoint(text)).toEqual(newEndpoint());
});

it('begins anew where the clock has gone back behind it, and takes small steps as they come', () => {
	const { memory, calls, check } = anEndpoint();
	expect(inTime(memory, 0)).toBe(memory);
	calls(failures(5, { key: keyUse({ word: 'limited', until: START + 60_000 }) }));
	expect(inTime(memory, START - 5_000)).toBe(memory);
	expect(inTime(memory, START - 3_600_000)).toEqual(newEndpoint());
	check({}, START + 3_600_000);
	expect(inTime(memory, START)).toEqual(newEndpoint());
});

it('takes a thousand outcomes at once', () => {
	const { calls, snapshot } = anEndpoint();
	const mixed = Array.from({ length: 1_000 }, (_, n) =>
		outcome({ organizationId: `o${n % 7}`, modelClass: `m${n % 90}`, result: n % 2 ? 'failure' : 'success' }),
	);
	calls([...mixed, ...failures(5, { modelClass: 'last' })]);
	expect(Object.keys(snapshot().classes)).toHaveLength(65);
	expect(snapshot().classes.last?.state).toBe('open');
});

it('is told in less than 16 KiB where twenty models and as many keys are in use, and bounded where all is', () => {
	const rates = { limit: 1_000_000, remaining: 900_000, resetAt: START + 60_000 };
	const busy = (models: number, keys: number, remaining: number): number => {
		const { calls, snapshot } = anEndpoint();
		for (let model = 0; model < models; model++)
			for (let key = 0; key < keys; key++)
				calls([
					outcome({
						modelClass: `meta-llama/Llama-3.3-70B-Instruct-${model}`,
						firstEventMs: 123.456789,
						outputTokensPerSecond: 45.6789123,
						key: keyUse({
							mark: `01k0aq6yw8x5v7m3n2${key}.0123abcd`,
							rates: { requests: { ...rates, remaining }, tokens: rates },
						}),
					}),
				]);
		return JSON.stringify(snapshot()).length;
	};
	expect(busy(20, 20, 900_000)).toBeLessThan(16_384);
	expect(busy(200, 200, 1)).toBeLessThan(1_000_000);
});

it('follows latency with a weighted mean and passes over what was not measured', () => {
	const memory = newLatency();
	observe(memory, { firstEventMs: 100, outputTokensPerSecond: null });
	observe(memory, { firstEventMs: null, outputTokensPerSecond: 40 });
	observe(memory, { firstEventMs: 200, outputTokensPerSecond: Number.NaN });
	observe(memory, { firstEventMs: -1, outputTokensPerSecond: 60 });
	expect(memory).toEqual({ firstEventMs: 120, outputTokensPerSecond: 44 });
});

describe('classes of models', () => {
	it('are judged apart, and together where the endpoint is named', () => {
		const { calls, snapshot } = anEndpoint();
		calls([...failures(5), outcome({ modelClass: 'other', firstEventMs: 70 })]);
		const { classes } = snapshot();
		expect([classes.m?.state, classes.other?.state, classes['']?.state]).toEqual(['open', 'closed', 'closed']);
		expect([classes.m?.firstEventMs, classes.other?.firstEventMs, classes['']?.firstEventMs]).toEqual([null, 70, 70]);
	});

	it('are 64 at most: the one heard of longest ago goes', () => {
		const { calls, memory } = anEndpoint();
		for (let n = 0; n < 64; n++) calls([outcome({ modelClass: `m${n}` })], START + n);
		calls([outcome({ modelClass: 'm0' }), outcome({ modelClass: 'new' })], START + 100);
		const names = [...memory.classes.keys()];
		expect(names).toHaveLength(64);
		expect(names).toContain('m0');
		expect(names).not.toContain('m1');
	});

	it('that are shut stay while others go', () => {
		const { calls, memory, snapshot } = anEndpoint();
		calls(failures(5, { modelClass: 'shut' }));
		for (let n = 0; n < 5_000; n++) calls([outcome({ modelClass: `m${n}` })], START + n);
		expect(memory.classes.size).toBe(64);
		expect(snapshot(START + 5_000).classes.shut?.state).toBe('open');
		for (let n = 0; n < 70; n++) calls(failures(5, { modelClass: `f${n}` }), START + 5_000 + n);
		expect(memory.classes.size).toBe(64);
		expect(memory.classes.has('shut')).toBe(false);
		expect(memory.classes.has('f69')).toBe(true);
	});

	it('may have any name', () => {
		const { calls, snapshot, memory } = anEndpoint();
		for (const modelClass of ['__proto__', 'constructor', 'toString']) calls(failures(5, { modelClass }));
		const copy = structuredClone(snapshot());
		for (const modelClass of ['__proto__', 'constructor', 'toString'])
			expect(Object.getOwnPropertyDescriptor(copy.classes, modelClass)?.value.state).toBe('open');
		expect(leaseAt(memory, 'valueOf', 'a', START, false)).toBe(true);
	});

	it('are named where they fail but the endpoint does not', () => {
		const { calls, memory } = anEndpoint();
		calls([...failures(5), ...failures(5, { modelClass: 'other' })]);
		expect(openModels(memory, START)).toEqual(['m', 'other']);
		calls(failures(5, { scope: 'endpoint' }));
		expect(openModels(memory, START)).toEqual([]);
	});
});

describe('what is told of keys', () => {
	it('is how much is left of their limits while those are few, and else only where little is left', () => {
		const { calls, snapshot } = anEndpoint();
		const stated = (modelClass: string, remaining: number) => {
			const rates = { requests: { limit: 100, remaining, resetAt: START + 60_000 }, tokens: null };
			return outcome({ modelClass, key: keyUse({ mark: `k${modelClass.slice(1)}`, rates }) });
		};
		calls([...Array.from({ length: 31 }, (_, n) => stated(`m${n}`, 50)), stated('little', 1)]);
		const told = () => Object.values(snapshot().keys).filter(({ limits }) => Object.keys(limits).length > 0);
		expect(told()).toHaveLength(32);
		calls([stated('m31', 50)]);
		expect(told()).toHaveLength(1);
	});

	it('is their use while they are few, and else only what is the matter with them', () => {
		const { calls, snapshot } = anEndpoint();
		const use = (n: number) => outcome({ key: keyUse({ mark: `k${n}` }) });
		calls(Array.from({ length: 64 }, (_, n) => use(n)));
		expect(Object.keys(snapshot().keys)).toHaveLength(64);
		expect(Object.keys(snapshot(START + 60_000).keys)).toHaveLength(0);
		calls([use(64), outcome({ key: keyUse({ mark: 'k1', word: 'limited', until: START + 9_000 }) })]);
		expect(Object.keys(snapshot().keys)).toEqual(['k1']);
		expect(snapshot().keys.k1).toEqual({
			refusedUntil: null,
			refusedBy: null,
			requestsMinute: 2,
			tokensMinute: 20,
			limits: { m: { limitedUntil: START + 9_000, rates: null } },
		});
		expect(snapshot(START + 9_000).keys).toEqual({});
	});
});

describe('the status', () => {
	it('tells quantiles, the last error, the last success and every key', () => {
		const { calls, status } = anEndpoint();
		const answers = Array.from({ length: 100 }, (_, n) => outcome({ firstEventMs: n < 90 ? 100 : 1_000 }));
		calls([...answers, outcome({ key: keyUse() })], START + 500);
		calls(failures(1, { error: { failure: 'server', status: 500 } }), START + 900);
		const { classes, keys, lastCheck } = status(START + 1_000);
		const { m } = classes;
		expect(m?.p50FirstEventMs).toBeGreaterThan(90);
		expect(m?.p50FirstEventMs).toBeLessThan(110);
		expect(m?.p95FirstEventMs).toBeGreaterThan(900);
		expect(m).toMatchObject({
			lastError: { failure: 'server', status: 500, at: START + 900 },
			lastSuccessAt: START + 500,
		});
		expect(classes['']).toMatchObject({ lastError: null, lastSuccessAt: START + 500 });
		expect(Object.keys(keys)).toEqual(['row-a.1']);
		expect(lastCheck).toBeNull();
	});

	it("tells of a shared endpoint no error that is about one organization's key, limits or request", () => {
		const own = { result: 'neutral', error: { failure: 'key-dead', status: 401 } } as const;
		const shared = anEndpoint();
		shared.calls([outcome(own)]);
		expect(shared.status().classes.m?.lastError).toBeNull();
		shared.calls([outcome({ result: 'neutral', error: { failure: 'malformed', status: 200 } })]);
		expect(shared.status().classes.m?.lastError?.failure).toBe('malformed');
		const tenants = anEndpoint();
		tenants.calls([outcome(own)], START, facts({ organizationId: 'a' }));
		expect(tenants.status().classes.m?.lastError).toEqual({ failure: 'key-dead', status: 401, at: START });
	});
});

describe('a check of the cron', () => {
	it('counts for the endpoint as a whole', () => {
		const { check, status } = anEndpoint();
		check({ ok: false, failure: 'network', status: null });
		expect(status()).toMatchObject({
			lastCheck: { ok: false, failure: 'network' },
			classes: {
				'': { errorRate: 1, lastError: { failure: 'network', status: null, at: START }, lastSuccessAt: null },
			},
		});
		check({});
		expect(status().classes['']).toMatchObject({ errorRate: 0.5, lastSuccessAt: START, firstEventMs: null });
	});

	it('is the probe where the endpoint is half-open', () => {
		for (const [fields, after] of [
			[{}, 'closed'],
			[{ ok: false, failure: 'timeout', status: null }, 'open'],
			[{ ok: false, failure: 'key-dead', status: 401 }, 'half-open'],
		] as const) {
			const { calls, check, snapshot } = anEndpoint();
			calls(failures(5, { scope: 'endpoint' }));
			check(fields, START + 5_000);
			expect(snapshot(START + 5_000).classes['']?.state).toBe('open');
			check(fields, START + 10_000);
			expect(snapshot(START + 10_000).classes['']?.state).toBe(after);
		}
	});

	it('opens nothing by itself, and makes nobody active', () => {
		const { check, snapshot } = anEndpoint();
		for (let n = 0; n < 60; n++) check({ ok: false, failure: 'network', status: null }, START + n * 60_000);
		expect(snapshot(START + 3_600_000).classes['']).toMatchObject({ state: 'closed', shared: false });
	});
});
