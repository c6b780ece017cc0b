/** A provider's bad day, as callers meet it by every door: in the attempts header and the receipt, and nowhere else. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
	type Break,
	breaksAfter,
	cutsAhead,
	errsAhead,
	inTurn,
	refuses,
	resets,
	says,
	silent,
	webPage,
} from '../support/node/moods';
import type { Mood } from '../support/node/moody-upstream';
import { CALLERS, type Heard, plainFetch, routingOf, rowsOf } from './callers';
import { FIRST, type Fleet, type Member, openFleet, SECOND, saying, step, stepsOf } from './fleet';

let fleet: Fleet;

beforeAll(async () => {
	fleet = await openFleet({ LLM_FIRST_EVENT_TIMEOUT_MS: '400' });
});

afterEach(() => fleet?.calm());
afterAll(() => fleet?.close());

interface Trouble {
	readonly mood: Mood;
	/** The failure's name in the receipt. */
	readonly reason: string;
	/** Of the attempt's row. */
	readonly code: string;
	/** Of the attempt's row; absent: no answer came. */
	readonly http?: number;
	/** Of the attempt's row; absent: `released`. `unknown`: nobody knows whether it was billed. */
	readonly state?: 'released' | 'unknown';
}

const TROUBLES: Readonly<Record<string, Trouble>> = {
	'answers 500': { mood: refuses(500), reason: 'server error', code: 'upstream_unavailable', http: 500 },
	'answers 503': { mood: refuses(503), reason: 'overloaded', code: 'upstream_unavailable', http: 503 },
	'answers 529': {
		mood: refuses(529, { type: 'overloaded_error' }),
		reason: 'overloaded',
		code: 'upstream_unavailable',
		http: 529,
	},
	'refuses its key': {
		mood: refuses(401, { type: 'authentication_error', code: 'invalid_api_key' }),
		reason: 'key dead',
		code: 'upstream_rejected',
		http: 401,
	},
	'has no credit left for its key': {
		mood: refuses(429, { code: 'insufficient_quota', message: 'You exceeded your current quota' }),
		reason: 'quota used up',
		code: 'rate_limited',
		http: 429,
	},
	'limits its key': {
		mood: refuses(429, { code: 'rate_limit_exceeded' }, { 'retry-after': '30' }),
		reason: 'rate limited',
		code: 'rate_limited',
		http: 429,
	},
	'does not know the model': {
		mood: refuses(404, { code: 'model_not_found', message: 'The model does not exist' }),
		reason: 'model missing',
		code: 'model_not_found',
		http: 404,
	},
	'shows a web page under 200': { mood: webPage(200), reason: 'web page', code: 'upstream_malformed', http: 200 },
	'shows a web page under 502': { mood: webPage(502), reason: 'server error', code: 'upstream_unavailable', http: 502 },
	'resets the connection': { mood: resets, reason: 'network', code: 'upstream_unavailable' },
	'errs in place of content': { mood: errsAhead, reason: 'overloaded', code: 'upstream_unavailable' },
	'breaks off ahead of content': {
		mood: cutsAhead,
		reason: 'cut before content',
		code: 'upstream_unavailable',
		http: 200,
		state: 'unknown',
	},
};

/** Quick: nobody is tried twice. */
const ONCE = { maxAttempts: 1 } as const;

const FAILED_OVER = (reason: string): readonly string[] => [
	step('first', `failed: ${reason}, 1`),
	step('second', 'answered, 1'),
	step('third', 'unused, 0'),
	step('last', 'unused, 0'),
];

type Failed = Pick<Trouble, 'code' | 'http' | 'state'>;

async function expectTwoRows(heard: Heard, { code, http, state = 'released' }: Failed): Promise<void> {
	const [failed, answered] = await rowsOf(fleet.platform, heard, 2);
	expect(failed).toMatchObject({ state, error_code: code, provider: 'openai', routing: null });
	if (http !== undefined) expect(failed?.http_status).toBe(http);
	if (state === 'released') expect(failed).toMatchObject({ completion_tokens: null });
	expect(answered).toMatchObject({ state: 'settled', error_code: null, http_status: 200, provider: 'anthropic' });
	expect(answered?.request_id).toBe(failed?.request_id);
	expect([failed?.attempt_id, answered?.attempt_id]).toEqual([1, 2].map((nth) => `${failed?.request_id}.${nth}`));
	expect(answered && routingOf(answered)).toEqual(heard.routing);
}

const KINDS = [
	['whole', false],
	['streamed', true],
] as const;

describe.each(CALLERS)('through $name', (caller) => {
	let member: Member;
	let agent: string;
	/** What is to be in D1 of each request so far: it is there a while after its end. */
	const booked: (() => Promise<void>)[] = [];

	beforeAll(async () => {
		member = await fleet.tenant();
	});

	describe.each(KINDS)('a %s answer', (_, stream) => {
		it('has one attempt, and a row that says nothing of routing where there is nobody else', async () => {
			const heard = await caller.ask(fleet.platform, member, { model: FIRST, stream });
			expect(heard).toMatchObject({ text: saying('first'), error: null, by: FIRST, attempts: 1 });
			expect(stepsOf(heard)).toEqual([step('first', 'answered, 1')]);
			booked.push(async () => {
				const [row] = await rowsOf(fleet.platform, heard, 1);
				expect(row).toMatchObject({ state: 'settled', routing: null });
			});
		});

		it.each(Object.entries(TROUBLES))('comes from the next where the first %s', async (_name, trouble) => {
			const own = await fleet.tenant();
			agent = await own.agent({ routing: ONCE });
			fleet.first.mood = trouble.mood;
			const heard = await caller.ask(fleet.platform, own, { model: agent, stream });
			expect(heard).toMatchObject({ text: saying('second'), error: null, by: SECOND, attempts: 2 });
			expect(heard.routing).toMatchObject({ strategy: 'priority', sticky: false });
			expect(stepsOf(heard)).toEqual(FAILED_OVER(trouble.reason));
			booked.push(() => expectTwoRows(heard, trouble));
		});

		it('comes from the next where nobody listens at the first', async () => {
			agent = await member.agent({ routing: ONCE });
			await fleet.first.down();
			try {
				const heard = await caller.ask(fleet.platform, member, { model: agent, stream });
				expect(heard).toMatchObject({ text: saying('second'), error: null, by: SECOND, attempts: 2 });
				expect(stepsOf(heard)).toEqual(FAILED_OVER('network'));
				booked.push(() => expectTwoRows(heard, { code: 'upstream_unavailable' }));
			} finally {
				await fleet.first.up();
			}
		});

		it('comes from the next where the first says nothing in time', async () => {
			agent = await member.agent({ routing: { ...ONCE, firstEventTimeoutMs: 200 }, settings: { maxTokens: 1 } });
			fleet.first.mood = silent;
			const heard = await caller.ask(fleet.platform, member, { model: agent, stream });
			expect(heard).toMatchObject({ text: saying('second'), error: null, by: SECOND, attempts: 2 });
			expect(stepsOf(heard)).toEqual(FAILED_OVER('timeout: first event'));
			booked.push(() => expectTwoRows(heard, { code: 'upstream_timeout', state: 'unknown' }));
			await expect.poll(() => fleet.first.calls.at(-1)?.clientLeft).toBe(true);
		});

		it('comes from the last of the chain where everybody before it has a bad day of its own', async () => {
			const own = await fleet.tenant();
			agent = await own.agent({ routing: ONCE });
			fleet.first.mood = refuses(401);
			fleet.second.mood = refuses(529, { type: 'overloaded_error' });
			fleet.third.mood = webPage(200);
			const heard = await caller.ask(fleet.platform, own, { model: agent, stream });
			expect(heard).toMatchObject({ text: saying('last'), error: null, attempts: 4 });
			expect(stepsOf(heard)).toEqual([
				step('first', 'failed: key dead, 1'),
				step('second', 'failed: overloaded, 1'),
				step('third', 'failed: web page, 1'),
				step('last', 'answered, 1'),
			]);
			booked.push(async () => {
				const rows = await rowsOf(fleet.platform, heard, 4);
				expect(rows.map(({ state }) => state)).toEqual(['released', 'released', 'released', 'settled']);
				expect(rows.map(routingOf)).toEqual([null, null, null, heard.routing]);
			});
		});

		it('is an error of the upstream where nobody of the chain can answer', async () => {
			const own = await fleet.tenant();
			agent = await own.agent({ routing: ONCE });
			for (const place of ['first', 'second', 'third', 'last'] as const) fleet[place].mood = refuses(500);
			const heard = await caller.ask(fleet.platform, own, { model: agent, stream });
			expect(heard).toMatchObject({ text: '', by: null, error: { source: 'upstream' } });
			booked.push(async () => {
				const rows = await rowsOf(fleet.platform, heard, 4);
				expect(rows.map(({ state, error_code }) => [state, error_code])).toEqual(
					Array.from({ length: 4 }, () => ['released', 'upstream_unavailable']),
				);
				const [last, ...earlier] = rows.map(routingOf).toReversed();
				expect(earlier).toEqual([null, null, null]);
				expect(last?.steps.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'failed', 'failed']);
			});
		});

		it('is the failure itself where the caller wants nobody else', async () => {
			agent = await member.agent({ routing: ONCE });
			fleet.first.mood = refuses(500);
			const { made, heard } = await fleet.during(() =>
				caller.ask(fleet.platform, member, { model: agent, stream, fallback: false }),
			);
			expect(heard).toMatchObject({ text: '', error: { source: 'upstream' } });
			expect(made).toEqual({ first: 1, second: 0, third: 0, last: 0 });
		});
	});

	it.each(['ends', 'resets', 'errs'] as const satisfies readonly Break[])(
		'a stream that %s after content ends in an error, and nobody else is asked',
		async (how) => {
			agent = await member.agent({ routing: ONCE });
			fleet.first.mood = breaksAfter('Once upon', how);
			const { made, heard } = await fleet.during(() =>
				caller.ask(fleet.platform, member, { model: agent, stream: true }),
			);
			expect(heard).toMatchObject({ text: 'Once upon', by: FIRST, attempts: 1, error: { status: null } });
			expect(made).toEqual({ first: 1, second: 0, third: 0, last: 0 });
			booked.push(async () => {
				const [row] = await rowsOf(fleet.platform, heard, 1);
				expect(row).toMatchObject({ state: 'settled', error_code: 'upstream_unavailable', finish_reason: null });
				expect(row?.completion_tokens).toBeGreaterThan(0);
			});
		},
	);

	it('every call of these has one row, and how the request was routed is told by its last', async () => {
		expect(booked.length).toBeGreaterThan(30);
		for (const isBooked of booked) await isBooked();
	});
});

describe('tries', () => {
	const ask = (member: Member, model: string, stream = false) =>
		plainFetch.ask(fleet.platform, member, { model, stream });

	it.each(KINDS)('a %s answer of a provider that fails once is its own, at the second try', async (_, stream) => {
		const member = await fleet.tenant();
		const agent = await member.agent({ routing: { maxAttempts: 3 } });
		fleet.first.mood = inTurn(refuses(500), says(saying('first')));
		const heard = await ask(member, agent, stream);
		expect(heard).toMatchObject({ text: saying('first'), by: FIRST, attempts: 2 });
		expect(stepsOf(heard)[0]).toBe(step('first', 'answered, 2'));
		const rows = await rowsOf(fleet.platform, heard, 2);
		expect(rows.map(({ state }) => state)).toEqual(['released', 'settled']);
	});

	it('are as many as the agent says, then the next is asked', async () => {
		const member = await fleet.tenant();
		const agent = await member.agent({ routing: { maxAttempts: 3 } });
		fleet.first.mood = refuses(500);
		const heard = await ask(member, agent);
		expect(heard).toMatchObject({ text: saying('second'), attempts: 4 });
		expect(stepsOf(heard).slice(0, 2)).toEqual([
			step('first', 'failed: server error, 3'),
			step('second', 'answered, 1'),
		]);
		await rowsOf(fleet.platform, heard, 4);
	});

	it('end where the provider calls them useless', async () => {
		const member = await fleet.tenant();
		const agent = await member.agent({ routing: { maxAttempts: 3 } });
		fleet.first.mood = refuses(500, {}, { 'x-should-retry': 'false' });
		const heard = await ask(member, agent);
		expect(stepsOf(heard)[0]).toBe(step('first', 'failed: server error, 1'));
	});

	it('come back to one that was too slow, once all others have failed', async () => {
		const member = await fleet.tenant();
		const agent = await member.agent({
			fallbacks: [SECOND],
			routing: { maxAttempts: 2, firstEventTimeoutMs: 300, commitTimeoutMs: 5_000 },
			settings: { maxTokens: 1 },
		});
		fleet.first.mood = inTurn(silent, says(saying('first')));
		fleet.second.mood = refuses(404, { code: 'model_not_found' });
		const heard = await ask(member, agent);
		expect(heard).toMatchObject({ text: saying('first'), attempts: 3 });
		expect(stepsOf(heard)).toEqual([step('first', 'answered, 2'), step('second', 'failed: model missing, 1')]);
	});

	it("are none for a request that is at fault itself: the provider's word is the answer", async () => {
		const member = await fleet.tenant();
		const agent = await member.agent();
		fleet.first.mood = refuses(400, { type: 'invalid_request_error', code: 'unsupported_value' });
		const { made, heard } = await fleet.during(() => ask(member, agent));
		expect(heard).toMatchObject({ error: { status: 400, code: 'invalid_request', source: 'upstream' } });
		expect(made).toEqual({ first: 1, second: 0, third: 0, last: 0 });
	});

	it('end with the time for content that the agent gives all of them together', async () => {
		const member = await fleet.tenant();
		const agent = await member.agent({
			routing: { maxAttempts: 3, firstEventTimeoutMs: 400, commitTimeoutMs: 600 },
			settings: { maxTokens: 1 },
		});
		for (const place of ['first', 'second', 'third', 'last'] as const) fleet[place].mood = silent;
		const startedAt = Date.now();
		const heard = await ask(member, agent, true);
		expect(heard.error).toMatchObject({ status: 504, code: 'upstream_timeout', source: 'upstream' });
		expect(Date.now() - startedAt).toBeLessThan(3_000);
		const rows = await rowsOf(fleet.platform, heard, 2);
		expect(rows.map(({ state }) => state)).toEqual(['unknown', 'unknown']);
	});
});
