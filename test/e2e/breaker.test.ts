/** A provider that stays down is left alone until it is back, by everybody, whatever becomes of objects and processes. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Gatekeeper, holds, refuses, resets, says } from '../support/node/moods';
import type { Mood } from '../support/node/moody-upstream';
import { CALLERS, type Heard, plainFetch } from './callers';
import { FIRST, type Fleet, type Member, openFleet, SECOND, saying, step, stepsOf, until } from './fleet';

const FAILURES = 3;
const COOLDOWN_MS = 2_000;
/** A breaker looks at no fewer calls than these, whatever it is told. */
const LEAST_CALLS = 5;

let fleet: Fleet;

beforeAll(async () => {
	fleet = await openFleet({
		LLM_FIRST_EVENT_TIMEOUT_MS: '1000',
		LLM_BREAKER_FAILURES: String(FAILURES),
		LLM_BREAKER_COOLDOWN_MS: String(COOLDOWN_MS),
	});
});

afterEach(() => fleet?.calm());
afterAll(() => fleet?.close());

const ask = (member: Member, model: string, stream = false): Promise<Heard> =>
	plainFetch.ask(fleet.platform, member, { model, stream });

const statusOf = async ({ admin }: Member, provider = 'openai') => {
	const [status] = await admin.providers.status.query({ provider });
	if (!status) throw new Error(`There is no status of ${provider}`);
	return status;
};

/** Isolates tell the object what they met a moment later. */
const opened = (member: Member): Promise<void> =>
	until('an open breaker', async () => (await statusOf(member)).state === 'open', 2_000);

/** Asks until the breaker is open; each is answered by the second place, or by nobody. */
async function trip(member: Member, agent: string): Promise<void> {
	const { made } = await fleet.during(async () => {
		for (let call = 0; call < LEAST_CALLS; call += 1) await ask(member, agent);
	});
	expect(made.first).toBe(LEAST_CALLS);
	await opened(member);
}

const SHUT = [step('first', 'skipped: its circuit breaker is open, 0'), step('second', 'answered, 1')];

const DOWN: readonly (readonly [string, Mood, string, number | null])[] = [
	['answers 500', refuses(500), 'server', 500],
	['answers 529', refuses(529, { type: 'overloaded_error' }), 'overloaded', 529],
	['resets connections', resets, 'network', null],
];

describe('a provider that stays down', () => {
	it.each(DOWN)('is not asked any more where it %s, and its status says so', async (_, mood, failure, http) => {
		const member = await fleet.tenant();
		const agent = await member.agent();
		fleet.first.mood = mood;
		const since = Date.now();
		await trip(member, agent);
		const { made } = await fleet.during(async () => {
			for (let call = 0; call < 10; call += 1) {
				const heard = await ask(member, agent, call % 2 === 0);
				expect(heard).toMatchObject({ text: saying('second'), by: SECOND, attempts: 1 });
				expect(stepsOf(heard).slice(0, 2)).toEqual(SHUT);
			}
		});
		expect(made).toEqual({ first: 0, second: 10, third: 0, last: 0 });
		const status = await statusOf(member);
		expect(status).toMatchObject({ provider: 'openai', state: 'open', lastError: { failure, status: http } });
		expect(status.errorRate).toBe(1);
		expect(status.nextProbeAt).toBeGreaterThanOrEqual(since + COOLDOWN_MS);
		expect(status.nextProbeAt).toBeLessThanOrEqual(Date.now() + COOLDOWN_MS);
		expect(status.lastError?.at).toBeGreaterThanOrEqual(since);
		expect((await statusOf(member, 'anthropic')).state).toBe('closed');
	});

	it('that refuses connections is left alone by all of its models, one that errs by that model', async () => {
		const refused = await fleet.tenant();
		const erring = await fleet.tenant();
		const other = 'openai/gpt-4.1';
		fleet.first.mood = refuses(500);
		await trip(erring, await erring.agent());
		await fleet.first.down();
		try {
			const agent = await refused.agent();
			for (let call = 0; call < LEAST_CALLS; call += 1) expect((await ask(refused, agent)).attempts).toBe(2);
			expect(await ask(refused, agent)).toMatchObject({ by: SECOND, attempts: 1 });
			expect(await ask(refused, await refused.agent({ model: other }))).toMatchObject({ by: SECOND, attempts: 1 });
		} finally {
			await fleet.first.up();
		}
		fleet.calm();
		expect(await ask(erring, await erring.agent({ model: other }))).toMatchObject({ by: other, attempts: 1 });
	});

	it('is still left alone after its health object was dropped from memory', async () => {
		const member = await fleet.tenant();
		const agent = await member.agent();
		fleet.first.mood = refuses(500);
		await trip(member, agent);
		const told = await statusOf(member);
		for (let times = 0; times < 3; times += 1) {
			await fleet.platform.worker.killObjects();
			const { heard, made } = await fleet.during(() => ask(member, agent));
			expect(heard).toMatchObject({ by: SECOND, attempts: 1 });
			expect(made.first).toBe(0);
			const { state, nextProbeAt } = await statusOf(member);
			expect({ state, nextProbeAt }).toEqual({ state: 'open', nextProbeAt: told.nextProbeAt });
		}
	});

	it('is asked by one probe after the cool-down, and by everybody once that went well', async () => {
		const member = await fleet.tenant();
		const agent = await member.agent();
		fleet.first.mood = refuses(500);
		const since = Date.now();
		await trip(member, agent);
		const gate = holds(says(saying('first')));
		fleet.first.mood = gate.mood;
		const probes: Promise<Heard>[] = [];
		await until('a probe', async () => {
			probes.push(ask(member, agent));
			await Promise.race([probes.at(-1), new Promise((wake) => setTimeout(wake, 200))]);
			return gate.waiting > 0;
		});
		expect(Date.now() - since).toBeGreaterThanOrEqual(COOLDOWN_MS);
		const meanwhile = await fleet.during(() => Promise.all(Array.from({ length: 8 }, () => ask(member, agent))));
		expect(meanwhile.made).toMatchObject({ first: 0, second: 8 });
		expect(gate.waiting).toBe(1);
		expect((await statusOf(member)).state).toBe('half-open');
		gate.release();
		expect((await Promise.all(probes)).at(-1)).toMatchObject({ text: saying('first'), attempts: 1 });
		await until('a closed breaker', async () => (await statusOf(member)).state === 'closed');
		const after = await fleet.during(() => Promise.all(Array.from({ length: 8 }, () => ask(member, agent))));
		expect(after.made).toMatchObject({ first: 8, second: 0 });
		expect((await statusOf(member)).nextProbeAt).toBeNull();
	});

	it('stays left alone where the probe fails', async () => {
		const member = await fleet.tenant();
		const agent = await member.agent();
		fleet.first.mood = refuses(500);
		await trip(member, agent);
		const before = fleet.first.calls.length;
		const { nextProbeAt } = await statusOf(member);
		await until('a probe', async () => {
			expect(await ask(member, agent)).toMatchObject({ by: SECOND, error: null });
			return fleet.first.calls.length > before;
		});
		const { made } = await fleet.during(() => Promise.all(Array.from({ length: 8 }, () => ask(member, agent))));
		expect(made).toMatchObject({ first: 0, second: 8 });
		await until('another cool-down', async () => {
			const status = await statusOf(member);
			return status.state === 'open' && (status.nextProbeAt ?? 0) > (nextProbeAt ?? 0);
		});
	});
});

describe('where everybody is down', () => {
	/** One after the other fails, until nobody may be asked. */
	async function nobodyLeft(fallbacks: string[]): Promise<{ readonly member: Member; readonly agent: string }> {
		const member = await fleet.tenant();
		const agent = await member.agent({ fallbacks });
		fleet.first.mood = refuses(500);
		fleet.second.mood = refuses(500);
		for (let call = 0; call < LEAST_CALLS; call += 1) expect((await ask(member, agent)).error?.status).toBe(503);
		await opened(member);
		return { member, agent };
	}

	async function held(gate: Gatekeeper, member: Member, agent: string, count: number) {
		let settled = 0;
		const since = Date.now();
		const asking = Array.from({ length: count }, async () => {
			const heard = await ask(member, agent);
			settled += 1;
			return { heard, ms: Date.now() - since };
		});
		await until('an answer to all but the probe', async () => settled + gate.waiting === count && gate.waiting > 0);
		gate.release();
		return Promise.all(asking);
	}

	it.each([
		['nobody follows it', []],
		['who follows it is down too', [SECOND]],
	])(
		'one of many requests at once is the probe of each, where %s; the others are told so at once',
		async (_, chain) => {
			const { member, agent } = await nobodyLeft(chain);
			const gate = holds(says('Back again.'));
			fleet.first.mood = gate.mood;
			fleet.second.mood = gate.mood;
			const { heard: all, made } = await fleet.during(() => held(gate, member, agent, 12));
			expect(made).toEqual({ first: 1, second: chain.length, third: 0, last: 0 });
			const answered = all.filter(({ heard }) => heard.error === null);
			expect(answered).toHaveLength(1 + chain.length);
			for (const { heard } of answered) expect(heard).toMatchObject({ text: 'Back again.', attempts: 1 });
			const refused = all.filter(({ heard }) => heard.error !== null);
			expect(refused).toHaveLength(11 - chain.length);
			for (const { heard, ms } of refused) {
				expect(heard.error).toMatchObject({ status: 503, code: 'upstream_unavailable', source: 'gateway' });
				expect(Number(heard.error?.retryAfter)).toBeGreaterThanOrEqual(1);
				expect(ms).toBeLessThan(1_500);
			}
		},
	);

	it.each(CALLERS)('a refusal says when to come back, through $name', async (caller) => {
		const { member, agent } = await nobodyLeft([]);
		const gate = holds(refuses(500));
		fleet.first.mood = gate.mood;
		const probe = ask(member, agent);
		await until('the probe', async () => gate.waiting === 1);
		for (const stream of [false, true]) {
			const { error } = await caller.ask(fleet.platform, member, { model: agent, stream });
			expect([503, null]).toContain(error?.status);
			expect(['upstream_unavailable', null]).toContain(error?.code);
			expect(error).toMatchObject({ source: 'gateway' });
			expect(Number(error?.retryAfter)).toBeGreaterThanOrEqual(1);
		}
		gate.release();
		expect((await probe).error).toMatchObject({ status: 503, source: 'upstream' });
	});

	it('the first request after it is back is answered, before the cool-down is over', async () => {
		const { member, agent } = await nobodyLeft([]);
		fleet.calm();
		await until('an answer', async () => (await ask(member, agent)).error === null, 5_000);
		expect(await ask(member, agent)).toMatchObject({ text: saying('first'), attempts: 1 });
	});
});

describe('what is no sign of being down', () => {
	it.each([
		['a refused key', refuses(401)],
		['a limit', refuses(429, { code: 'rate_limit_exceeded' }, { 'retry-after': '1' })],
		["a request's own fault", refuses(400, { code: 'unsupported_value' })],
		['an unknown model', refuses(404, { code: 'model_not_found' })],
	])('%s opens nothing', async (_, mood) => {
		const member = await fleet.tenant(['second', 'third', 'last']);
		fleet.first.mood = mood;
		for (let call = 0; call < 2 * LEAST_CALLS; call += 1) await ask(member, FIRST);
		expect((await statusOf(member)).state).toBe('closed');
		const { made } = await fleet.during(() => ask(member, FIRST));
		expect(made.first).toBe(1);
	});
});

describe('the cron', () => {
	it("checks the environment's endpoints by their lists, and what it found is in their status", async () => {
		const { platform } = fleet;
		const tenant = await platform.tenant();
		const status = () => tenant.admin.providers.status.query({ provider: 'openai' });
		const [before] = await status();
		const since = Date.now();
		await platform.worker.runCron();
		const [after] = await status();
		expect(before?.lastCheck?.at ?? 0).toBeLessThan(since);
		expect(after?.lastCheck).toMatchObject({ ok: true, failure: null });
		expect(after?.lastCheck?.at).toBeGreaterThanOrEqual(since);
		expect(after?.lastCheck?.latencyMs).toBeGreaterThanOrEqual(0);
	});

	it('checks an own address that is in use, sends it no request for a model, and lets it back in', async () => {
		const member = await fleet.tenant();
		const agent = await member.agent();
		await fleet.first.down();
		for (let call = 0; call < LEAST_CALLS; call += 1) await ask(member, agent);
		// D1 hears of an endpoint a moment after its calls.
		await until('a check', async () => {
			await fleet.platform.worker.runCron();
			return (await statusOf(member)).lastCheck !== null;
		});
		const down = await statusOf(member);
		expect(down.lastCheck).toMatchObject({ ok: false, failure: 'network', status: null });
		expect(down.state).not.toBe('closed');
		await fleet.first.up();
		const { made } = await fleet.during(() =>
			until('a closed breaker', async () => {
				await fleet.platform.worker.runCron();
				return (await statusOf(member)).state === 'closed';
			}),
		);
		expect(made).toEqual({ first: 0, second: 0, third: 0, last: 0 });
		expect((await statusOf(member)).lastCheck).toMatchObject({ ok: true });
		await until('an answer of its own', async () => (await ask(member, agent)).by === FIRST, 5_000);
	});
});
