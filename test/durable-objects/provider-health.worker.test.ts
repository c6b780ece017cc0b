import { abortAllDurableObjects, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { HealthSnapshot, Outcome, ProviderHealthApi, TokenSample } from '../../src/health/contract';
import { ENDPOINT, facts, isolate, keyUse, outcome } from '../support/health';
import { virtualTime } from '../support/virtual-time';

const START = Date.UTC(2026, 0, 1);
const failures = (count: number, fields: Partial<Outcome> = {}): Outcome[] =>
	Array.from({ length: count }, () => outcome({ result: 'failure', at: Date.now(), firstEventMs: 200, ...fields }));

/** A new stub, as each request gets one. */
const object = (endpoint = ENDPOINT): ProviderHealthApi =>
	env.PROVIDER_HEALTH.get(env.PROVIDER_HEALTH.idFromName(endpoint));

const report = (outcomes: readonly Outcome[]): Promise<HealthSnapshot> => object().report(facts(), outcomes);
const stateIn = ({ classes }: HealthSnapshot, modelClass = 'm') => classes[modelClass]?.state;

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
	const unknown = {
		state: 'closed',
		probeAt: null,
		errorRate: 0,
		firstEventMs: null,
		outputTokensPerSecond: null,
		shared: false,
		openedBy: null,
	};
	expect(await object().snapshot()).toEqual({
		format: 3,
		takenAt: START,
		classes: { '': unknown },
		keys: {},
		tokens: {},
	});
	expect(stateIn(await report(failures(4)))).toBe('closed');
	expect(await report(failures(1))).toMatchObject({
		classes: { m: { state: 'open', probeAt: START + 10_000, errorRate: 1 }, '': { state: 'closed' } },
	});
});

it('keeps nothing of an endpoint that was only asked about', async () => {
	const id = env.PROVIDER_HEALTH.idFromName(ENDPOINT);
	for (let restarts = 0; restarts < 2; restarts++) {
		expect((await object().snapshot()).keys).toEqual({});
		expect((await object().status()).lastCheck).toBeNull();
		expect(await object().lease('m', true, 'a')).toBe(true);
		expect((await object().report(facts(), [])).keys).toEqual({});
		await runInDurableObject(env.PROVIDER_HEALTH.get(id), (_, state) => {
			expect(
				state.storage.sql.exec("select name from sqlite_master where name not like '\\_cf%' escape '\\'").toArray(),
			).toEqual([]);
		});
		await evicted();
	}
	expect((await env.DB.prepare('select * from provider_endpoints').all()).results).toEqual([]);
	await report([outcome()]);
	await evicted();
	expect((await object().status()).classes.m?.lastSuccessAt).toBe(START);
});

it('holds back the organization alone whose failures opened it, and still does after its memory is gone', async () => {
	await report(failures(5));
	await evicted();
	expect((await object().snapshot()).classes.m).toMatchObject({ state: 'open', openedBy: 'a' });
	expect(await object().lease('m', false, 'a')).toBe(false);
	expect(await object().lease('m', false, 'b')).toBe(true);
	await report(failures(1, { organizationId: 'b' }));
	await evicted();
	expect((await object().snapshot()).classes.m).toMatchObject({ state: 'open', openedBy: null });
	expect(JSON.stringify(await object().status())).not.toContain('openedBy');
});

it('starts closed from a memory that can not be read, and where its clock has gone back', async () => {
	await report(failures(5));
	await runInDurableObject(env.PROVIDER_HEALTH.get(env.PROVIDER_HEALTH.idFromName(ENDPOINT)), (_, state) => {
		state.storage.sql.exec(`update memory set body = substr(body, 1, 99)`);
	});
	await evicted();
	expect(stateIn(await object().snapshot(), '')).toBe('closed');
	await report(failures(5));
	pass(-3_600_000);
	expect(stateIn(await report([outcome()]))).toBe('closed');
});

it('keeps endpoints apart', async () => {
	await report(failures(5, { scope: 'endpoint' }));
	expect(stateIn(await object('openai@other.example').snapshot(), '')).toBe('closed');
});

it('leases one probe after the cool-down, and its success closes the breaker', async () => {
	await report(failures(5));
	expect(await object().lease('m', false, 'a')).toBe(false);
	pass(10_000);
	const asked = [object().lease('m', false, 'a'), object().lease('m', false, 'a'), object().lease('m', true, 'a')];
	expect(await Promise.all(asked)).toEqual([true, false, false]);
	expect(stateIn(await report([outcome({ probe: true })]))).toBe('closed');
});

it('leases a probe by force while it is open, once a second', async () => {
	await report(failures(5));
	expect(await object().lease('m', true, 'a')).toBe(true);
	await report(failures(1, { probe: true }));
	expect(await object().lease('m', true, 'a')).toBe(false);
	pass(1_000);
	expect(await object().lease('m', true, 'a')).toBe(true);
});

it('is still open after its memory is gone, and turns half-open in time', async () => {
	await report(failures(5));
	await report(failures(5, { scope: 'endpoint' }));
	await evicted();
	expect(await object().snapshot()).toMatchObject({
		classes: { m: { state: 'open', probeAt: START + 10_000, firstEventMs: 200 }, '': { state: 'open' } },
	});
	pass(10_000);
	expect(stateIn(await object().snapshot())).toBe('half-open');
});

it('remembers the lease that is out', async () => {
	await report(failures(5));
	pass(10_000);
	expect(await object().lease('m', false, 'a')).toBe(true);
	await evicted();
	expect(await object().lease('m', false, 'a')).toBe(false);
});

it('remembers that it closed', async () => {
	await report(failures(5));
	pass(10_000);
	await object().lease('m', false, 'a');
	await report([outcome({ probe: true })]);
	await evicted();
	expect(stateIn(await object().snapshot())).toBe('closed');
});

it('remembers the key that was refused', async () => {
	await report([outcome()]);
	await report([outcome({ result: 'neutral', key: keyUse({ word: 'refused', status: 401 }) })]);
	await evicted();
	expect((await object().snapshot()).keys['row-a.1']?.refusedUntil).toBe(START + 60_000);
});

it('writes counts and latency only every few seconds', async () => {
	const told = async () => (await object().snapshot()).classes.m?.firstEventMs;
	await report([outcome({ firstEventMs: 100 })]);
	pass(4_000);
	await report([outcome({ firstEventMs: 1_000 })]);
	await evicted();
	expect(await told()).toBe(100);
	await report([outcome({ firstEventMs: 100 })]);
	pass(5_000);
	await report([outcome({ firstEventMs: 600 })]);
	await evicted();
	expect(await told()).toBe(200);
});

it('starts closed from the memory of an older version', async () => {
	await report(failures(5));
	await runInDurableObject(env.PROVIDER_HEALTH.get(env.PROVIDER_HEALTH.idFromName(ENDPOINT)), (_, state) => {
		state.storage.sql.exec(`update memory set body = '{"format":1,"breaker":{"openedAt":1},"latency":{}}'`);
	});
	await evicted();
	expect(await object().snapshot()).toMatchObject({ classes: { '': { state: 'closed' } }, keys: {} });
});

it('takes the checks of the cron, and tells their last in its status', async () => {
	await report(failures(5, { scope: 'endpoint', error: { failure: 'network', status: null } }));
	pass(10_000);
	const check = { at: Date.now(), ok: true, latencyMs: 30, failure: null, status: 200 };
	expect(stateIn(await object().checked(facts(), check), '')).toBe('closed');
	expect(await object().status()).toMatchObject({
		lastCheck: check,
		classes: {
			'': {
				lastError: { failure: 'network', status: null, at: START },
				lastSuccessAt: START + 10_000,
				p50FirstEventMs: expect.any(Number),
			},
			m: { p95FirstEventMs: expect.any(Number), lastSuccessAt: null },
		},
	});
});

it('is told by the client of one isolate and tells that of another', async () => {
	const time = virtualTime(START);
	const here = isolate(time, { api: object() });
	for (const failure of failures(5)) here.record(failure);
	await time.advance(60);
	await Promise.all(here.deferred);
	const other = isolate(time, { api: object() });
	expect(other.admits()).toBe('closed');
	await Promise.all(other.deferred);
	expect(other.admits()).toBe('open');
});

const sampleOf = (ratio: number, fields: Partial<TokenSample> = {}): TokenSample => ({
	tokenizer: 'claude',
	organizationId: 'a',
	at: Date.now(),
	estimated: 10_000,
	actual: ratio * 10_000,
	by: 'usage',
	...fields,
});

it('keeps what was learned of tokenizers, at the latest a few seconds after it was', async () => {
	const told = await object().report(facts(), [], [sampleOf(1.4, { by: 'stated' })]);
	expect(told.tokens).toEqual({ claude: { factor: 1.4, spread: 0, samples: 1 } });
	await evicted();
	expect((await object().snapshot()).tokens).toEqual(told.tokens);
	expect((await object().status()).tokens).toEqual(told.tokens);
});

it('does not write for each sample', async () => {
	const id = env.PROVIDER_HEALTH.idFromName(ENDPOINT);
	const kept = (): Promise<unknown> =>
		runInDurableObject(env.PROVIDER_HEALTH.get(id), (_, state) =>
			state.storage.sql.exec('SELECT body FROM memory').one(),
		);
	await object().report(facts(), [outcome()], [sampleOf(1.2)]);
	const first = await kept();
	for (let n = 0; n < 20; n++) await object().report(facts(), [outcome({ at: Date.now() })], [sampleOf(1.3)]);
	expect(await kept()).toEqual(first);
	pass(5_000);
	await object().report(facts(), [], [sampleOf(1.3)]);
	expect(await kept()).not.toEqual(first);
});

it('understands an isolate of an older release, which says nothing of tokenizers', async () => {
	await object().report(facts(), [], [sampleOf(1.2)]);
	expect((await report([outcome()])).tokens.claude?.samples).toBe(1);
});
