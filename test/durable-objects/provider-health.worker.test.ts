import { abortAllDurableObjects } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Outcome, ProviderHealthApi } from '../../src/health/contract';
import { ENDPOINT, isolate, outcome } from '../support/health';
import { virtualTime } from '../support/virtual-time';

const START = Date.UTC(2026, 0, 1);
const failures = (count: number): Outcome[] =>
	Array.from({ length: count }, () => outcome({ result: 'failure', at: Date.now(), firstEventMs: 200 }));

/** A new stub, as each request gets one. */
const object = (endpoint = ENDPOINT): ProviderHealthApi =>
	env.PROVIDER_HEALTH.get(env.PROVIDER_HEALTH.idFromName(endpoint));

const pass = (ms: number) => vi.setSystemTime(Date.now() + ms);

/** The object loses its memory, as by eviction, but not its storage. */
const evicted = async () => {
	await abortAllDurableObjects();
};

beforeEach(() => {
	vi.useFakeTimers({ toFake: ['Date'], now: START });
});

afterEach(() => {
	vi.useRealTimers();
});

it('starts closed and opens at the threshold of the environment', async () => {
	expect(await object().snapshot()).toEqual({
		state: 'closed',
		probeAt: null,
		errorRate: 0,
		firstEventMs: null,
		outputTokensPerSecond: null,
		takenAt: START,
		shared: false,
	});
	expect((await object().report(failures(4))).state).toBe('closed');
	expect(await object().report(failures(1))).toMatchObject({ state: 'open', probeAt: START + 10_000, errorRate: 1 });
});

it('keeps endpoints apart', async () => {
	await object().report(failures(5));
	expect((await object('https://other.example').snapshot()).state).toBe('closed');
});

it('leases one probe after the cool-down, and its success closes the breaker', async () => {
	await object().report(failures(5));
	expect(await object().lease()).toBe(false);
	pass(10_000);
	expect(await Promise.all([object().lease(), object().lease(), object().lease()])).toEqual([true, false, false]);
	expect((await object().report([outcome({ probe: true })])).state).toBe('closed');
});

it('is still open after its memory is gone, and turns half-open in time', async () => {
	await object().report(failures(5));
	await evicted();
	expect(await object().snapshot()).toMatchObject({ state: 'open', probeAt: START + 10_000, firstEventMs: 200 });
	pass(10_000);
	expect((await object().snapshot()).state).toBe('half-open');
});

it('remembers the lease that is out', async () => {
	await object().report(failures(5));
	pass(10_000);
	expect(await object().lease()).toBe(true);
	await evicted();
	expect(await object().lease()).toBe(false);
});

it('remembers that it closed', async () => {
	await object().report(failures(5));
	pass(10_000);
	await object().lease();
	await object().report([outcome({ probe: true })]);
	await evicted();
	expect((await object().snapshot()).state).toBe('closed');
});

it('writes counts and latency only every few seconds', async () => {
	await object().report([outcome({ firstEventMs: 100 })]);
	pass(4_000);
	await object().report([outcome({ firstEventMs: 1_000 })]);
	await evicted();
	expect((await object().snapshot()).firstEventMs).toBe(100);
	await object().report([outcome({ firstEventMs: 100 })]);
	pass(5_000);
	await object().report([outcome({ firstEventMs: 600 })]);
	await evicted();
	expect((await object().snapshot()).firstEventMs).toBe(200);
});

it('is told by the client of one isolate and tells that of another', async () => {
	const time = virtualTime(START);
	const here = isolate(time, { api: object() });
	for (const failure of failures(5)) here.request().record(ENDPOINT, failure);
	await time.advance(60);
	await Promise.all(here.deferred);
	const other = isolate(time, { api: object() });
	expect(other.request().admits(ENDPOINT)).toBe('closed');
	await Promise.all(other.deferred);
	expect(other.request().admits(ENDPOINT)).toBe('open');
});
