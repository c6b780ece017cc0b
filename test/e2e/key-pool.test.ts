/** Several keys of one provider: who is limited, refused or used up is left alone, and somebody else answers. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { inTurn, refuses, says } from '../support/node/moods';
import type { MoodyUpstream } from '../support/node/moody-upstream';
import { CALLERS, type Heard, plainFetch } from './callers';
import { FIRST, type Fleet, type Member, openFleet, SECOND, saying, stepsOf, until } from './fleet';
import { fresh, openPlatform } from './tenant';

let fleet: Fleet;
/** Where the second key of a pool leads. */
let beside: MoodyUpstream;

beforeAll(async () => {
	fleet = await openFleet({ LLM_FIRST_EVENT_TIMEOUT_MS: '4000' });
	beside = await fleet.another(says('I am beside it.'));
});

afterEach(() => {
	fleet?.calm();
	beside.mood = says('I am beside it.');
});
afterAll(() => fleet?.close());

interface Pool {
	readonly member: Member;
	/** Row ids. */
	readonly one: string;
	readonly other: string;
	/** Secrets. */
	readonly oneKey: string;
	readonly otherKey: string;
	ask(model?: string): Promise<Heard>;
}

/** Two keys of one provider, `one` the default, at two addresses or at the same. */
async function pool(at: 'two addresses' | 'the same address' = 'two addresses'): Promise<Pool> {
	const member = await fleet.tenant(['first']);
	const oneKey = `sk-${fresh('one')}`;
	const otherKey = `sk-${fresh('other')}`;
	const root = at === 'two addresses' ? beside.root : fleet.first.root;
	const one = await member.row({ provider: 'openai', name: 'one', apiKey: oneKey, baseUrl: fleet.first.root });
	const other = await member.row({ provider: 'openai', name: 'other', apiKey: otherKey, baseUrl: root });
	const ask = (model = FIRST) => plainFetch.ask(fleet.platform, member, { model, stream: false });
	return { member, one, other, oneKey, otherKey, ask };
}

const callsWith = (key: string): number =>
	[...fleet.first.calls, ...beside.calls].filter((call) => call.key === key).length;

const SLOW_DOWN = { code: 'rate_limit_exceeded', type: 'rate_limit_error', message: 'Slow down' };

describe.each(['two addresses', 'the same address'] as const)('a pool of two keys at %s', (at) => {
	it('answers by the second where the first is limited, which is left alone until its time', async () => {
		const { ask, oneKey, otherKey } = await pool(at);
		const limited = refuses(429, SLOW_DOWN, { 'retry-after': '2' });
		fleet.first.mood = (call, response) =>
			call.key === oneKey ? limited(call, response) : says('I am beside it.')(call, response);
		const since = Date.now();
		const heard = await ask();
		expect(heard).toMatchObject({ text: 'I am beside it.', error: null, attempts: 2 });
		expect(stepsOf(heard)).toEqual([`${FIRST}[one] failed: rate limited, 1`, `${FIRST}[other] answered, 1`]);
		for (let turn = 0; turn < 5; turn += 1) {
			const next = await ask();
			expect(next).toMatchObject({ text: 'I am beside it.', attempts: 1 });
			expect(stepsOf(next)).toEqual([
				`${FIRST}[one] skipped: its key is limited by the provider, 0`,
				`${FIRST}[other] answered, 1`,
			]);
		}
		expect(callsWith(oneKey)).toBe(1);
		expect(callsWith(otherKey)).toBe(6);
		fleet.first.mood = says('I am back.');
		beside.mood = says('I am beside it.');
		await until('the first key again', async () => {
			await ask();
			return callsWith(oneKey) > 1;
		});
		expect(Date.now() - since).toBeGreaterThanOrEqual(2_000);
	});

	it('answers by the second where the first is refused, and by the first with its new secret at once', async () => {
		const { member, ask, one, oneKey, otherKey } = await pool(at);
		const refused = refuses(401, { code: 'invalid_api_key' });
		fleet.first.mood = (call, response) =>
			call.key === oneKey ? refused(call, response) : says(call.key)(call, response);
		beside.mood = says(otherKey);
		const heard = await ask();
		expect(heard).toMatchObject({ text: otherKey, attempts: 2 });
		expect(stepsOf(heard)[0]).toBe(`${FIRST}[one] failed: key dead, 1`);
		expect(stepsOf(await ask())).toEqual([
			`${FIRST}[one] skipped: its key was refused lately, 0`,
			`${FIRST}[other] answered, 1`,
		]);
		expect(callsWith(oneKey)).toBe(1);
		const apiKey = `sk-${fresh('renewed')}`;
		await member.rest('PUT', `/${one}`, { provider: 'openai', name: 'one', apiKey });
		expect(await ask()).toMatchObject({ text: apiKey, attempts: 1 });
		await until('a good standing of both', async () => {
			const status = await member.admin.providers.status.query({ provider: 'openai' });
			return status.every(({ keys }) => keys.every(({ standing }) => standing === 'good'));
		});
	});

	it('is asked in turns by round-robin', async () => {
		const { member, ask, oneKey, otherKey } = await pool(at);
		await member.admin.organizations.setRouting.mutate({ routing: { strategy: 'round-robin' } });
		const before = [callsWith(oneKey), callsWith(otherKey)];
		const names: (string | null)[] = [];
		for (let turn = 0; turn < 8; turn += 1) {
			const { routing } = await ask();
			expect(routing?.strategy).toBe('round-robin');
			names.push(routing?.steps.find(({ outcome }) => outcome === 'answered')?.key ?? null);
		}
		expect([callsWith(oneKey), callsWith(otherKey)]).toEqual(before.map((calls) => calls + 4));
		for (const [turn, name] of names.slice(1).entries()) expect(name).not.toBe(names[turn]);
	});

	it('is left for the other key before a 429, where the answers say that nothing is left of it', async () => {
		const { ask, oneKey, otherKey } = await pool(at);
		const usedUp = says('The last one.', {
			'x-ratelimit-limit-requests': '100',
			'x-ratelimit-remaining-requests': '0',
			'x-ratelimit-reset-requests': '1m0s',
		});
		fleet.first.mood = (call, response) =>
			call.key === oneKey ? usedUp(call, response) : says('I am beside it.')(call, response);
		expect(await ask()).toMatchObject({ text: 'The last one.', attempts: 1 });
		for (let turn = 0; turn < 3; turn += 1) {
			const heard = await ask();
			expect(heard).toMatchObject({ text: 'I am beside it.', attempts: 1 });
			expect(stepsOf(heard)[0]).toBe(`${FIRST}[one] skipped: its key's requests are used up for now, 0`);
		}
		expect([callsWith(oneKey), callsWith(otherKey)]).toEqual([1, 3]);
	});

	it('is left for the other key where its configured requests per minute are used up', async () => {
		const { member, one, ask, oneKey, otherKey } = await pool(at);
		await member.rest('PUT', `/${one}`, { provider: 'openai', name: 'one', config: { requestsPerMinute: 2 } });
		for (let turn = 0; turn < 5; turn += 1) expect(await ask()).toMatchObject({ error: null, attempts: 1 });
		expect([callsWith(oneKey), callsWith(otherKey)]).toEqual([2, 3]);
	});
});

describe('a key of which nothing is left', () => {
	it('is left for the next of the chain', async () => {
		const member = await fleet.tenant();
		const agent = await member.agent();
		const ask = (model = agent) => plainFetch.ask(fleet.platform, member, { model, stream: false });
		fleet.first.mood = says(saying('first'), {
			'x-ratelimit-remaining-requests': '0',
			'x-ratelimit-reset-requests': '60s',
		});
		expect(await ask()).toMatchObject({ by: FIRST, attempts: 1 });
		expect(await ask()).toMatchObject({ by: SECOND, attempts: 1 });
	});

	it('is asked all the same where nobody else is left', async () => {
		const member = await fleet.tenant(['second', 'third', 'last']);
		const ask = () => plainFetch.ask(fleet.platform, member, { model: FIRST, stream: false });
		fleet.first.mood = says(saying('first'), {
			'x-ratelimit-remaining-requests': '0',
			'x-ratelimit-reset-requests': '60s',
		});
		for (let turn = 0; turn < 3; turn += 1) expect(await ask()).toMatchObject({ by: FIRST, attempts: 1 });
	});
});

describe.each(CALLERS)('a Retry-After, through $name', (caller) => {
	const ask = (member: Member, model: string, stream = false) => caller.ask(fleet.platform, member, { model, stream });

	it.each([
		['whole', false],
		['streamed', true],
	] as const)('that is longer than the time left reaches the caller of a %s answer as it is', async (_, stream) => {
		const member = await fleet.tenant(['second', 'third', 'last']);
		fleet.first.mood = refuses(429, SLOW_DOWN, { 'retry-after': '3600' });
		const since = Date.now();
		const heard = await ask(member, FIRST, stream);
		expect(heard.error).toMatchObject({ source: 'upstream', retryAfter: '3600' });
		expect([429, null]).toContain(heard.error?.status);
		expect(Date.now() - since).toBeLessThan(3_000);
	});

	it('of a 503 reaches the caller too', async () => {
		const member = await fleet.tenant(['second', 'third', 'last']);
		fleet.first.mood = refuses(503, {}, { 'retry-after': '120' });
		expect((await ask(member, FIRST)).error).toMatchObject({ source: 'upstream', retryAfter: '120' });
	});

	it('that ends before the time is up is waited out', async () => {
		const member = await fleet.tenant(['second', 'third', 'last']);
		const agent = await member.agent({ fallbacks: [], routing: { maxAttempts: 2 } });
		fleet.first.mood = inTurn(refuses(429, SLOW_DOWN, { 'retry-after': '1' }), says(saying('first')));
		const since = Date.now();
		expect(await ask(member, agent)).toMatchObject({ text: saying('first'), error: null, attempts: 2 });
		expect(Date.now() - since).toBeGreaterThanOrEqual(1_000);
	});

	it('is not waited out while somebody else is left', async () => {
		const member = await fleet.tenant();
		const agent = await member.agent({ routing: { maxAttempts: 2 } });
		fleet.first.mood = refuses(429, SLOW_DOWN, { 'retry-after': '1' });
		const { heard, made } = await fleet.during(() => ask(member, agent));
		expect(heard).toMatchObject({ text: saying('second'), attempts: 2 });
		expect(made).toEqual({ first: 1, second: 1, third: 0, last: 0 });
	});
});

describe.each([
	['a year', '31536000'],
	['no time at all', '0'],
	['the past', 'Wed, 21 Oct 2015 07:28:00 GMT'],
	['something unreadable', 'soon'],
	['less than nothing', '-5'],
])('a 429 that says %s', (_, retryAfter) => {
	it('comes with a Retry-After of at least a second and at most a day, in bounded time', async () => {
		const member = await fleet.tenant(['second', 'third', 'last']);
		fleet.first.mood = refuses(429, SLOW_DOWN, { 'retry-after': retryAfter });
		const { error } = await plainFetch.ask(fleet.platform, member, { model: FIRST, stream: false });
		expect(error).toMatchObject({ status: 429, code: 'rate_limited', source: 'upstream' });
		expect(Number(error?.retryAfter)).toBeGreaterThanOrEqual(1);
		expect(Number(error?.retryAfter)).toBeLessThanOrEqual(86_400);
	});
});

describe('our own 429', () => {
	it("is told apart from an upstream's, through every door", async () => {
		const platform = await openPlatform({
			OPENAI_BASE_URL: fleet.first.root,
			LLM_RATE_LIMIT_PER_MINUTE: '1',
			LLM_MAX_ATTEMPTS: '1',
		});
		try {
			for (const caller of CALLERS) {
				const tenant = await platform.tenant();
				const ask = () => caller.ask(platform, tenant, { model: FIRST, stream: false });
				fleet.first.mood = refuses(429, SLOW_DOWN, { 'retry-after': '7' });
				const theirs = await ask();
				fleet.calm();
				const before = fleet.first.calls.length;
				const ours = await ask();
				expect(theirs.error).toMatchObject({ source: 'upstream', retryAfter: '7' });
				expect(ours.error).toMatchObject({ source: 'gateway' });
				expect([429, null]).toContain(ours.error?.status);
				expect(Number(ours.error?.retryAfter)).toBeGreaterThanOrEqual(1);
				expect(Number(ours.error?.retryAfter)).toBeLessThanOrEqual(60);
				expect(fleet.first.calls.length).toBe(before);
			}
		} finally {
			await platform.close();
		}
	});
});
