import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorRate, LEASE_MS, newBreaker, record, stateOf } from '../../src/health/breaker';
import type { BreakerState, Outcome } from '../../src/health/contract';
import { leaseBoth, recordCall, stricter } from '../../src/health/gate';
import { outcome } from '../support/health';

const POLICY = { failures: 5, cooldownMs: 10_000 };
const START = Date.UTC(2026, 0, 1);

function pair() {
	const whole = newBreaker();
	const model = newBreaker();
	return {
		whole,
		model,
		call: (fields: Partial<Outcome>, now = START, times = 1) => {
			for (let n = 0; n < times; n++) recordCall(whole, model, outcome(fields), now, POLICY);
		},
		lease: (now: number, force = false) => leaseBoth(whole, model, 'a', now, force),
		states: (now: number) => [stateOf(whole, now), stateOf(model, now)],
	};
}

describe('whose a call is', () => {
	it('counts a failure for the breaker that its scope names alone', () => {
		const unreachable = pair();
		unreachable.call({ result: 'failure', scope: 'endpoint' }, START, 5);
		expect(unreachable.states(START)).toEqual(['open', 'closed']);
		expect(errorRate(unreachable.model, START)).toBe(0);
		const failing = pair();
		failing.call({ result: 'failure', scope: 'model' }, START, 5);
		expect(failing.states(START)).toEqual(['closed', 'open']);
		expect(errorRate(failing.whole, START)).toBe(0);
	});

	it('lets a success end the run of failures of both', () => {
		const { call, states } = pair();
		call({ result: 'failure', scope: 'endpoint' }, START, 4);
		call({ result: 'failure', scope: 'model' }, START, 4);
		call({ result: 'success' });
		call({ result: 'failure', scope: 'endpoint' }, START, 4);
		call({ result: 'failure', scope: 'model' }, START, 4);
		expect(states(START)).toEqual(['closed', 'closed']);
	});

	it('lets a success with one class reset the endpoint, and no other class', () => {
		const whole = newBreaker();
		const [one, another] = [newBreaker(), newBreaker()];
		for (let n = 0; n < 4; n++) recordCall(whole, one, outcome({ result: 'failure' }), START, POLICY);
		recordCall(whole, another, outcome(), START, POLICY);
		recordCall(whole, one, outcome({ result: 'failure' }), START, POLICY);
		expect(stateOf(one, START)).toBe('open');
		expect(stateOf(whole, START)).toBe('closed');
	});

	it('takes calls about the endpoint alone', () => {
		const whole = newBreaker();
		for (let n = 0; n < 5; n++) recordCall(whole, null, outcome({ result: 'failure', scope: 'model' }), START, POLICY);
		expect(stateOf(whole, START)).toBe('open');
		expect(leaseBoth(whole, null, 'a', START + 10_000, false)).toBe(true);
	});
});

describe('one lease for both', () => {
	function bothOpen() {
		const all = pair();
		all.call({ result: 'failure', scope: 'endpoint' }, START, 5);
		all.call({ result: 'failure', scope: 'model' }, START, 5);
		expect(all.states(START)).toEqual(['open', 'open']);
		return all;
	}

	it('closes both where its probe succeeds, forced ones too', () => {
		for (const [at, force] of [
			[START + 100, true],
			[START + 10_000, false],
		] as const) {
			const { lease, call, states, whole } = bothOpen();
			expect(lease(at, force)).toBe(true);
			expect(leaseBoth(whole, newBreaker(), 'a', at, force)).toBe(false);
			call({ probe: true }, at + 500);
			expect(states(at + 500)).toEqual(['closed', 'closed']);
		}
	});

	it.each(['endpoint', 'model'] as const)(
		'opens both again where its probe fails, whatever failed: the %s',
		(scope) => {
			const { lease, call, states } = bothOpen();
			lease(START + 10_000);
			call({ result: 'failure', scope, probe: true }, START + 12_000);
			expect(states(START + 21_999)).toEqual(['open', 'open']);
			expect(states(START + 22_000)).toEqual(['half-open', 'half-open']);
		},
	);

	it('is not given while the class may be probed but the endpoint may not', () => {
		const { whole, model, lease } = pair();
		for (let n = 0; n < 5; n++) record(model, outcome({ result: 'failure' }), START, POLICY);
		for (let n = 0; n < 5; n++) record(whole, outcome({ result: 'failure' }), START + 5_000, POLICY);
		expect(lease(START + 10_000)).toBe(false);
		expect(model.leasedUntil).toBeNull();
		expect(lease(START + 15_000)).toBe(true);
	});

	it('leaves alone a breaker that another organization alone has opened', () => {
		const { whole, model, states } = pair();
		for (let n = 0; n < 5; n++) record(whole, outcome({ result: 'failure' }), START, POLICY);
		for (let n = 0; n < 5; n++) record(model, outcome({ result: 'failure', organizationId: 'b' }), START, POLICY);
		expect(states(START + 10_000)).toEqual(['half-open', 'half-open']);
		expect(leaseBoth(whole, model, 'b', START + 10_000, false)).toBe(true);
		expect([whole.leasedUntil, model.leasedUntil]).toEqual([null, START + 10_000 + LEASE_MS]);
		expect(leaseBoth(whole, model, 'a', START + 10_000, false)).toBe(true);
		expect(leaseBoth(whole, model, 'b', START + 10_000, false)).toBe(false);
	});

	it('leaves alone the breaker that is closed', () => {
		const { lease, call, states, model } = pair();
		call({ result: 'failure', scope: 'endpoint' }, START, 5);
		expect(lease(START + 10_000)).toBe(true);
		expect(model.leasedUntil).toBeNull();
		call({ result: 'failure', scope: 'model', probe: true }, START + 10_100);
		expect(states(START + 10_100)).toEqual(['open', 'closed']);
	});
});

it('judges by the stricter of two states', () => {
	const states: BreakerState[] = ['closed', 'half-open', 'open'];
	for (const [one, left] of states.entries())
		for (const [another, right] of states.entries()) expect(stricter(left, right)).toBe(states[Math.max(one, another)]);
});

it('never has two leases out, and gives no more than one a second by force, whoever asks', () => {
	const step = fc.record({
		wait: fc.integer({ min: 0, max: 3_000 }),
		model: fc.nat(2),
		force: fc.boolean(),
		report: fc.option(fc.constantFrom<Outcome['result']>('failure', 'neutral'), { nil: null }),
	});
	fc.assert(
		fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
			const whole = newBreaker();
			const models = [newBreaker(), newBreaker(), newBreaker()] as const;
			for (let n = 0; n < 5; n++)
				recordCall(whole, models[0], outcome({ result: 'failure', scope: 'endpoint' }), START, POLICY);
			let now = START;
			const out: { at: number | null; model: number } = { at: null, model: 0 };
			let forcedAt = 0;
			for (const { wait, model, force, report } of steps) {
				now += wait;
				const target = models[model] ?? models[0];
				if (report !== null && out.at !== null && out.model === model) {
					recordCall(whole, target, outcome({ result: report, scope: 'endpoint', probe: true }), now, POLICY);
					out.at = null;
				}
				const state = stateOf(whole, now);
				if (state === 'closed' || !leaseBoth(whole, target, 'a', now, force)) continue;
				expect(out.at === null || now - out.at >= LEASE_MS).toBe(true);
				if (state === 'open') {
					expect(force && now - forcedAt >= 1_000).toBe(true);
					forcedAt = now;
				}
				out.at = now;
				out.model = model;
			}
		}),
		{ numRuns: 300 },
	);
});
