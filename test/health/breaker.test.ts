import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	type BreakerMemory,
	concerns,
	errorRate,
	LEASE_MS,
	NOBODY,
	newBreaker,
	pass,
	record,
	stateFor,
	stateOf,
} from '../../src/health/breaker';
import type { BreakerPolicy, Outcome } from '../../src/health/contract';
import { leaseBoth } from '../../src/health/gate';
import { severalActive } from '../../src/health/sightings';
import { outcome } from '../support/health';

const POLICY: BreakerPolicy = { failures: 5, cooldownMs: 10_000 };
const START = Date.UTC(2026, 0, 1);

function fail(memory: BreakerMemory, now: number, times: number, organizationId = 'a'): void {
	for (let n = 0; n < times; n++) record(memory, outcome({ result: 'failure', organizationId }), now, POLICY);
}

function opened(): BreakerMemory {
	const memory = newBreaker();
	fail(memory, START, 5);
	return memory;
}

const lease = (memory: BreakerMemory, now: number, force = false): boolean => leaseBoth(memory, null, 'a', now, force);

const probe = (memory: BreakerMemory, now: number, result: Outcome['result']): void =>
	record(memory, outcome({ result, probe: true }), now, POLICY);

describe('opening', () => {
	it('opens at the fifth failure in a row', () => {
		const memory = newBreaker();
		fail(memory, START, 4);
		expect(stateOf(memory, START)).toBe('closed');
		fail(memory, START, 1);
		expect(stateOf(memory, START)).toBe('open');
		expect(memory.probeAt).toBe(START + 10_000);
	});

	it('stays closed when a success comes between', () => {
		const memory = newBreaker();
		fail(memory, START, 4);
		record(memory, outcome(), START, POLICY);
		fail(memory, START, 4);
		expect(stateOf(memory, START)).toBe('closed');
	});

	it('stays closed while most calls of the last ten seconds succeeded', () => {
		const memory = newBreaker();
		for (let n = 0; n < 6; n++) record(memory, outcome(), START, POLICY);
		fail(memory, START + 9_000, 5);
		expect(stateOf(memory, START + 9_000)).toBe('closed');
		fail(memory, START + 9_000, 1);
		expect(stateOf(memory, START + 9_000)).toBe('open');
	});

	it('needs five samples, however low the number of failures is set', () => {
		const memory = newBreaker();
		const eager = { failures: 1, cooldownMs: 1 };
		for (let n = 0; n < 4; n++) record(memory, outcome({ result: 'failure' }), START, eager);
		expect(stateOf(memory, START)).toBe('closed');
		record(memory, outcome({ result: 'failure' }), START, eager);
		expect(stateOf(memory, START)).toBe('open');
	});

	it('looks back on ten whole seconds, the current one included', () => {
		const memory = newBreaker();
		fail(memory, START, 2);
		record(memory, outcome(), START + 1_000, POLICY);
		expect(errorRate(memory, START + 9_999)).toBe(2 / 3);
		expect(errorRate(memory, START + 10_000)).toBe(0);
		fail(memory, START + 10_500, 1);
		expect(errorRate(memory, START + 10_500)).toBe(1 / 2);
	});

	it('does not add up failures that are minutes apart', () => {
		const memory = newBreaker();
		for (let n = 0; n < 20; n++) fail(memory, START + n * 60_000, 1);
		expect(stateOf(memory, START + 20 * 60_000)).toBe('closed');
	});

	it('neither counts neutral outcomes nor lets them end a run of failures', () => {
		const memory = newBreaker();
		for (let n = 0; n < 50; n++) record(memory, outcome({ result: 'neutral' }), START, POLICY);
		expect(errorRate(memory, START)).toBe(0);
		fail(memory, START, 4);
		record(memory, outcome({ result: 'neutral' }), START, POLICY);
		fail(memory, START, 1);
		expect(stateOf(memory, START)).toBe('open');
		expect(errorRate(memory, START)).toBe(1);
	});
});

describe('several organizations', () => {
	it('is not opened by one of two active organizations, whatever it sends', () => {
		const memory = newBreaker();
		record(memory, outcome({ organizationId: 'b' }), START, POLICY);
		fail(memory, START + 20_000, 500, 'a');
		expect(stateOf(memory, START + 20_000)).toBe('closed');
		fail(memory, START + 20_000, 1, 'b');
		expect(stateOf(memory, START + 20_000)).toBe('open');
	});

	it('forgets an organization ten minutes after its last call', () => {
		const memory = newBreaker();
		record(memory, outcome({ organizationId: 'b' }), START, POLICY);
		fail(memory, START + 599_999, 1, 'a');
		expect(severalActive(memory, START + 599_999)).toBe(true);
		expect(severalActive(memory, START + 600_000)).toBe(false);
		fail(memory, START + 600_000, 5, 'a');
		expect(stateOf(memory, START + 600_000)).toBe('open');
	});

	it('takes nobody for active whose calls said nothing of health', () => {
		const memory = newBreaker();
		for (let n = 0; n < 9; n++) record(memory, outcome({ organizationId: 'b', result: 'neutral' }), START, POLICY);
		expect(severalActive(memory, START)).toBe(false);
		fail(memory, START, 5, 'a');
		expect(stateOf(memory, START)).toBe('open');
	});

	it('takes a failed check of the cron for the word of another, but nobody for active by it', () => {
		const memory = newBreaker();
		record(memory, outcome({ organizationId: NOBODY }), START, POLICY);
		fail(memory, START, 5, 'a');
		expect(stateOf(memory, START)).toBe('open');
		const busy = newBreaker();
		record(busy, outcome({ organizationId: 'b' }), START, POLICY);
		fail(busy, START, 4, 'a');
		fail(busy, START, 1, NOBODY);
		expect(stateOf(busy, START)).toBe('open');
	});

	it('believes that others are active where it is told so', () => {
		const memory = newBreaker();
		for (let n = 0; n < 50; n++) record(memory, outcome({ result: 'failure' }), START, POLICY, true);
		expect(stateOf(memory, START)).toBe('closed');
	});
});

describe('opened by one organization alone', () => {
	const word = (memory: BreakerMemory, organizationId: string, result: Outcome['result'], at: number, probe = false) =>
		record(memory, outcome({ organizationId, result, probe }), at, POLICY);

	it('holds back that one, and nobody else', () => {
		const memory = opened();
		expect([stateFor(memory, 'a', START), stateFor(memory, 'b', START)]).toEqual(['open', 'closed']);
		expect([stateFor(memory, 'a', START + 10_000), stateFor(memory, 'b', START + 10_000)]).toEqual([
			'half-open',
			'closed',
		]);
	});

	it('holds back all where two have failed, or it alone and a check of the cron', () => {
		for (const other of ['b', NOBODY]) {
			const memory = newBreaker();
			fail(memory, START, 4);
			fail(memory, START, 1, other);
			expect(stateFor(memory, 'c', START)).toBe('open');
		}
	});

	it.each(['b', NOBODY])('holds back all from the first failure of another (%j)', (other) => {
		const memory = opened();
		fail(memory, START + 1_000, 1, other);
		expect(stateFor(memory, 'c', START + 1_000)).toBe('open');
		expect(memory.probeAt).toBe(START + 10_000);
		const later = opened();
		fail(later, START + 12_000, 1, other);
		expect(stateFor(later, 'c', START + 21_999)).toBe('open');
		expect(stateFor(later, 'c', START + 22_000)).toBe('half-open');
	});

	it('is closed by the first success of another, before its cool-down and after', () => {
		for (const at of [START + 1_000, START + 12_000]) {
			const memory = opened();
			word(memory, 'b', 'success', at);
			expect(stateOf(memory, at)).toBe('closed');
		}
	});

	it('is closed by a check of the cron that went well as by any probe: once it is half-open', () => {
		const memory = opened();
		word(memory, NOBODY, 'success', START + 1_000);
		expect(stateOf(memory, START + 1_000)).toBe('open');
		word(memory, NOBODY, 'success', START + 10_000);
		expect(stateOf(memory, START + 10_000)).toBe('half-open');
		word(memory, NOBODY, 'success', START + 10_000, true);
		expect(stateOf(memory, START + 10_000)).toBe('closed');
	});

	it('leases its probes to that one alone: others need none, and none of theirs ends or frees one', () => {
		const memory = opened();
		expect(leaseBoth(memory, null, 'b', START + 10_000, false)).toBe(true);
		expect(memory.leasedUntil).toBeNull();
		expect(lease(memory, START + 10_000)).toBe(true);
		word(memory, 'b', 'neutral', START + 10_000, true);
		pass(memory, outcome({ organizationId: 'b', result: 'failure', probe: true }), START + 10_000, POLICY);
		expect(stateOf(memory, START + 10_000)).toBe('half-open');
		expect(lease(memory, START + 10_000)).toBe(false);
	});

	it('opens anew for that one alone where its probe fails', () => {
		const memory = opened();
		lease(memory, START + 10_000);
		word(memory, 'a', 'failure', START + 12_000, true);
		expect([stateFor(memory, 'a', START + 12_000), stateFor(memory, 'b', START + 12_000)]).toEqual(['open', 'closed']);
	});

	it('concerns all again once it has closed', () => {
		const memory = opened();
		word(memory, 'b', 'success', START);
		expect(concerns(memory, 'b')).toBe(true);
	});
});

describe('recovering', () => {
	it('leases one probe after the cool-down and closes when it succeeds', () => {
		const memory = opened();
		expect(lease(memory, START + 9_999)).toBe(false);
		expect(stateOf(memory, START + 10_000)).toBe('half-open');
		expect(lease(memory, START + 10_000)).toBe(true);
		expect(lease(memory, START + 10_001)).toBe(false);
		probe(memory, START + 10_500, 'success');
		expect(stateOf(memory, START + 10_500)).toBe('closed');
		expect(lease(memory, START + 10_500)).toBe(true);
	});

	it('reopens with the whole cool-down when the probe fails', () => {
		const memory = opened();
		lease(memory, START + 10_000);
		probe(memory, START + 12_000, 'failure');
		expect(stateOf(memory, START + 21_999)).toBe('open');
		expect(stateOf(memory, START + 22_000)).toBe('half-open');
	});

	it('gives the lease to another when the probe is not heard of again', () => {
		const memory = opened();
		lease(memory, START + 10_000);
		expect(lease(memory, START + 10_000 + LEASE_MS - 1)).toBe(false);
		expect(lease(memory, START + 10_000 + LEASE_MS)).toBe(true);
	});

	it('frees the lease when the probe proved nothing', () => {
		const memory = opened();
		lease(memory, START + 10_000);
		probe(memory, START + 10_100, 'neutral');
		expect(stateOf(memory, START + 10_100)).toBe('half-open');
		expect(lease(memory, START + 10_100)).toBe(true);
	});

	it('is not moved by calls that began before it opened', () => {
		const memory = opened();
		record(memory, outcome(), START + 1_000, POLICY);
		expect(stateOf(memory, START + 1_000)).toBe('open');
		fail(memory, START + 9_000, 50);
		expect(memory.probeAt).toBe(START + 10_000);
		record(memory, outcome(), START + 11_000, POLICY);
		expect(stateOf(memory, START + 11_000)).toBe('half-open');
	});

	it('closes when nobody has called for a minute after the cool-down', () => {
		const memory = opened();
		expect(stateOf(memory, START + 69_999)).toBe('half-open');
		expect(stateOf(memory, START + 70_000)).toBe('closed');
		fail(memory, START + 70_000, 4);
		expect(stateOf(memory, START + 70_000)).toBe('closed');
		fail(memory, START + 70_000, 1);
		expect(stateOf(memory, START + 70_000)).toBe('open');
	});
});

describe('a lease by force', () => {
	it('is given before the cool-down is over, one at a time and at most one a second', () => {
		const memory = opened();
		expect(lease(memory, START + 100, true)).toBe(true);
		expect(lease(memory, START + 5_000, true)).toBe(false);
		probe(memory, START + 5_000, 'neutral');
		expect(lease(memory, START + 5_000, true)).toBe(true);
		probe(memory, START + 5_100, 'failure');
		expect(lease(memory, START + 5_999, true)).toBe(false);
		expect(lease(memory, START + 6_000, true)).toBe(true);
		expect(lease(memory, START + 6_000, false)).toBe(false);
	});

	it('closes the breaker where its probe succeeds', () => {
		const memory = opened();
		lease(memory, START + 100, true);
		probe(memory, START + 200, 'success');
		expect(stateOf(memory, START + 200)).toBe('closed');
	});

	it('does not put off the cool-down for everybody where its probe fails', () => {
		const memory = opened();
		for (let at = 1_000; at < 10_000; at += 1_000) {
			expect(lease(memory, START + at, true)).toBe(true);
			probe(memory, START + at + 500, 'failure');
		}
		expect(stateOf(memory, START + 10_000)).toBe('half-open');
	});
});

interface Step {
	readonly wait: number;
	readonly organizationId: string;
	readonly result: Outcome['result'];
	readonly lease: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
	wait: fc.oneof(
		{ weight: 6, arbitrary: fc.integer({ min: 0, max: 1_500 }) },
		{ weight: 1, arbitrary: fc.integer({ min: 0, max: 700_000 }) },
	),
	organizationId: fc.constantFrom('a', 'a', 'a', 'b', 'c'),
	result: fc.constantFrom<Outcome['result']>('failure', 'failure', 'failure', 'success', 'neutral'),
	lease: fc.boolean(),
});

interface Past {
	readonly at: number;
	readonly result: Outcome['result'];
	readonly organizationId: string;
}

/** The rule in words: `history` is everything up to now, `run` the failures since the last success. */
function shouldOpen(history: readonly Past[], run: readonly string[], failures: number): boolean {
	const last = history.at(-1);
	if (last?.result !== 'failure' || run.length < failures) return false;
	const heard = history.filter(({ at, result }) => result !== 'neutral' && last.at - at < 600_000);
	const active = new Set(heard.map((past) => past.organizationId));
	if (active.size > 1 && new Set(run).size < 2) return false;
	const oldest = Math.floor(last.at / 1000) - 10;
	const samples = history.filter(({ at, result }) => result !== 'neutral' && Math.floor(at / 1000) > oldest);
	const failed = samples.filter(({ result }) => result === 'failure').length;
	return samples.length >= 5 && failed / samples.length >= 0.5;
}

function expectTheRule(steps: readonly Step[], failures: number): void {
	const memory = newBreaker();
	let now = START;
	let run: string[] = [];
	const history: Past[] = [];
	for (const { wait, organizationId, result } of steps) {
		now += wait;
		const before = stateOf(memory, now);
		record(memory, outcome({ organizationId, result }), now, { failures, cooldownMs: 5_000 });
		history.push({ at: now, result, organizationId });
		if (before !== 'closed') continue;
		if (result === 'success') run = [];
		if (result === 'failure') run.push(organizationId);
		const opens = shouldOpen(history, run, failures);
		expect(stateOf(memory, now)).toBe(opens ? 'open' : 'closed');
		if (opens) run = [];
	}
}

function expectOneLease(steps: readonly Step[]): void {
	const memory = opened();
	let now = START;
	let out = Number.NEGATIVE_INFINITY;
	for (const { wait, result, lease: asks, organizationId } of steps) {
		now += wait;
		const probing = stateOf(memory, now) === 'half-open' && now - out < LEASE_MS;
		const free = stateOf(memory, now) === 'half-open' && !probing;
		if (asks && stateOf(memory, now) !== 'closed') expect(lease(memory, now)).toBe(free);
		if (asks && free) out = now;
		if (asks) continue;
		// For whom it is closed nobody holds a lease.
		const probe = probing && concerns(memory, organizationId);
		record(memory, outcome({ organizationId, result, probe }), now, POLICY);
		if (probe || memory.leasedUntil === null) out = Number.NEGATIVE_INFINITY;
	}
}

describe('for any history', () => {
	it('opens exactly when run, share, samples and organizations all say so', () => {
		fc.assert(fc.property(fc.array(step, { maxLength: 80 }), fc.integer({ min: 1, max: 7 }), expectTheRule), {
			numRuns: 500,
		});
	});

	it('never has two probe leases out at a time', () => {
		fc.assert(fc.property(fc.array(step, { maxLength: 60 }), expectOneLease), { numRuns: 500 });
	});

	it('is the same after a round trip through JSON, and stays small', () => {
		fc.assert(
			fc.property(fc.array(step, { maxLength: 80 }), fc.nat(80), (steps, cut) => {
				let memory = newBreaker();
				const whole = newBreaker();
				let now = START;
				for (const [index, { wait, organizationId, result, lease: asks }] of steps.entries()) {
					now += wait;
					if (index === cut) memory = JSON.parse(JSON.stringify(memory)) as BreakerMemory;
					for (const each of [memory, whole]) {
						if (asks) lease(each, now);
						record(each, outcome({ organizationId, result, probe: asks }), now, POLICY);
					}
					expect(memory).toEqual(whole);
					expect(memory.seconds.length).toBeLessThanOrEqual(10);
				}
			}),
			{ numRuns: 200 },
		);
	});
});
