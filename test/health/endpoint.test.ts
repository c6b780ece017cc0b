import { expect, it } from 'vitest';
import { absorb, newEndpoint, restoreEndpoint, snapshotOf } from '../../src/health/endpoint';
import { newLatency, observe } from '../../src/health/latency';
import { outcome } from '../support/health';

const POLICY = { failures: 5, cooldownMs: 10_000 };
const START = Date.UTC(2026, 0, 1);

it('tells nothing bad of an endpoint it has not heard of', () => {
	expect(snapshotOf(newEndpoint(), START)).toEqual({
		state: 'closed',
		probeAt: null,
		errorRate: 0,
		firstEventMs: null,
		outputTokensPerSecond: null,
		takenAt: START,
		shared: false,
	});
});

it('tells state, error rate, latency and whether several organizations are active', () => {
	const memory = newEndpoint();
	absorb(memory, [outcome({ organizationId: 'b', firstEventMs: 100, outputTokensPerSecond: 50 })], START, POLICY);
	const failures = ['a', 'b', 'a', 'b', 'a'].map((organizationId) => outcome({ organizationId, result: 'failure' }));
	absorb(memory, failures, START, POLICY);
	expect(snapshotOf(memory, START)).toEqual({
		state: 'open',
		probeAt: START + 10_000,
		errorRate: 5 / 6,
		firstEventMs: 100,
		outputTokensPerSecond: 50,
		takenAt: START,
		shared: true,
	});
});

it('goes on from its JSON text', () => {
	const memory = newEndpoint();
	absorb(memory, Array(5).fill(outcome({ result: 'failure', firstEventMs: 80 })), START, POLICY);
	const restored = restoreEndpoint(JSON.stringify(memory));
	expect(snapshotOf(restored, START + 1)).toEqual(snapshotOf(memory, START + 1));
});

it('starts closed from a text of another format, and from none', () => {
	const memory = newEndpoint();
	absorb(memory, Array(5).fill(outcome({ result: 'failure' })), START, POLICY);
	const older = JSON.stringify({ ...memory, format: 0 });
	expect(snapshotOf(restoreEndpoint(older), START).state).toBe('closed');
	expect(restoreEndpoint(null)).toEqual(newEndpoint());
});

it('follows latency with a weighted mean and passes over what was not measured', () => {
	const memory = newLatency();
	observe(memory, { firstEventMs: 100, outputTokensPerSecond: null });
	observe(memory, { firstEventMs: null, outputTokensPerSecond: 40 });
	observe(memory, { firstEventMs: 200, outputTokensPerSecond: Number.NaN });
	observe(memory, { firstEventMs: -1, outputTokensPerSecond: 60 });
	expect(memory).toEqual({ firstEventMs: 120, outputTokensPerSecond: 44 });
});
