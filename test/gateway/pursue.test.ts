import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors';
import {
	chatCall,
	FACTS,
	failure,
	hang,
	openSse,
	pinging,
	type Script,
	SSE,
	sse,
	type World,
	world,
} from '../support/scripted-gateway';
import { asked, asking, broken, byHost, CHAIN, limited, ok, pool, refused, under, who } from './asking';
import { rowOf } from './snapshots';

describe('a Retry-After', () => {
	it('of one second is waited for with one target, and not with two', async () => {
		const alone = await asking({ upstream: [limited(1), ok] });
		expect([alone.answered?.meta.attempts, alone.tookMs]).toEqual([2, 1_000]);
		const beside = await asking({ upstream: [limited(1), ok], snapshot: { fallbackChain: CHAIN } });
		expect([beside.asked, beside.tookMs]).toEqual([['openai', 'groq'], 0]);
	});

	it('of an overloaded upstream is waited for with one target, and not with two', async () => {
		const overloaded: Script = () => failure(503, { 'retry-after': '5' });
		const alone = await asking({ upstream: [overloaded, ok] });
		expect([alone.answered?.meta.attempts, alone.tookMs]).toEqual([2, 5_000]);
		const beside = await asking({ upstream: [overloaded, ok], snapshot: { fallbackChain: CHAIN } });
		expect([beside.asked, beside.tookMs]).toEqual([['openai', 'groq'], 0]);
	});

	it('brings its target back, no sooner, where all others have failed', async () => {
		const upstream = [byHost({ openai: [limited(3), ok], groq: [refused] })];
		const { asked: order, tookMs } = await asking({ upstream, snapshot: { fallbackChain: ['groq/llama'] } });
		expect([order, tookMs]).toEqual([['openai', 'groq', 'openai'], 3_000]);
	});

	it('longer than the time left is answered with its value, at once', async () => {
		const { error, tookMs, asked: order } = await asking({ upstream: [limited(3_600)] });
		expect(error).toMatchObject({ code: 'rate_limited', retryAfterMs: 3_600_000 });
		expect([order, tookMs]).toEqual([['openai'], 0]);
	});

	it('longer than the time left is answered with its value also where another target failed for good', async () => {
		const upstream = [byHost({ openai: [() => failure(503, { 'retry-after': '900' })], groq: [refused] })];
		const { error, asked: order } = await asking({ upstream, snapshot: { fallbackChain: ['groq/llama'] } });
		expect(error).toMatchObject({ code: 'upstream_unavailable', retryAfterMs: 900_000 });
		expect(order).toEqual(['openai', 'groq']);
	});

	it.each(['-5', '0', 'soon', 'Thu, 01 Jan 1970 00:00:00 GMT', '1e400', ''])(
		'that says nothing (%j) is a backoff like any other',
		async (value) => {
			const { answered, tookMs } = await asking({ upstream: [() => failure(429, { 'retry-after': value }), ok] });
			expect(answered?.meta.attempts).toBe(2);
			expect(tookMs).toBe(100);
		},
	);
});

describe('a time limit to the first event', () => {
	it('leads to the next target, and back for a second try where all others have failed', async () => {
		const upstream = [byHost({ openai: [hang, ok], groq: [refused], deepseek: [refused] })];
		const ended = await asking({ upstream, snapshot: { fallbackChain: CHAIN } });
		expect(ended.asked).toEqual(['openai', 'groq', 'deepseek', 'openai']);
		expect(ended.answered?.meta.routing.steps).toMatchObject([
			{ provider: 'openai', outcome: 'answered', attempts: 2 },
			{ provider: 'groq', outcome: 'failed', reason: 'key dead', attempts: 1 },
			{ provider: 'deepseek', outcome: 'failed', attempts: 1 },
		]);
	});

	it('of three names makes up the deadline of all, however many follow', async () => {
		const fallbackChain = [...CHAIN, 'groq/other', 'deepseek/other'];
		const { error, tookMs, asked: order } = await asking({ upstream: [hang], snapshot: { fallbackChain } });
		expect([error?.code, tookMs, order]).toEqual(['upstream_timeout', 42_000, ['openai', 'groq', 'deepseek']]);
	});

	it('counts the keys of one name once for that deadline', async () => {
		const { tookMs } = await asking({ upstream: [hang], snapshot: { credentials: pool('one', 'two', 'three') } });
		expect(tookMs).toBe(14_000);
	});
});

describe('a whole answer that is streamed upstream', () => {
	/** Content for so long (ms), and then the end. */
	const cutAfter =
		(w: () => World, ms: number): Script =>
		(request) => {
			const body = openSse();
			body.push(SSE.role + SSE.text('half'));
			const talk = (left: number): void => {
				if (body.cancelled()) return;
				if (left <= 0) body.close();
				else body.push(SSE.text(' and on'));
				if (left > 0) w().time.after(1_000, () => talk(left - 1_000));
			};
			talk(ms);
			return body.script(request);
		};
	const cut = async (ms: number, policy = {}) => {
		const made: { w?: World } = {};
		const w = world({
			upstream: [
				cutAfter(() => made.w ?? w, ms),
				() => sse(SSE.role, SSE.text('whole'), SSE.stop, SSE.usage, SSE.done),
			],
			snapshot: under(policy, { fallbackChain: ['groq/llama'] }),
			limits: { maxAttempts: 1 },
		});
		made.w = w;
		return { w, ...(await asked(w, { maxTokens: 5_000 })) };
	};

	it('and breaks off comes from another however long it went on, since nobody has seen any of it', async () => {
		const { answered, tookMs, w } = await cut(45_000);
		expect([answered?.meta.provider, answered?.meta.attempts, tookMs]).toEqual(['groq', 2, 45_000]);
		expect(answered?.response.content).toEqual([{ type: 'text', text: 'whole' }]);
		expect(w.entries().map(({ state }) => state)).toEqual(['settled', 'settled']);
	});

	it('and breaks off at the end of the whole time is an error', async () => {
		const { error, tookMs } = await cut(45_000, { totalTimeoutMs: 30_000 });
		expect([error?.upstream?.limit, tookMs]).toEqual(['total', 30_000]);
	});
});

describe('an upstream that only pings', () => {
	const opening = async (fallbackChain: string[], after: Script) => {
		const made: { w?: World } = {};
		const w = world({
			upstream: [pinging(() => made.w ?? w), after],
			snapshot: { fallbackChain },
			limits: { maxAttempts: 1 },
		});
		made.w = w;
		const startedAt = w.time.now();
		const work = w.gateway.stream(chatCall({ model: 'default' })).then(
			(stream) => ({ by: stream.meta().provider, at: w.time.now() - startedAt, error: null }),
			(error: GatewayError) => ({ by: null, at: w.time.now() - startedAt, error }),
		);
		await w.time.advance(120_000);
		return { w, ...(await work) };
	};
	const good: Script = () => sse(SSE.role, SSE.text('whole'), SSE.stop, SSE.usage, SSE.done);

	it('leaves those that wait the time of one first event', async () => {
		const two = await opening(['groq/llama'], good);
		expect([two.by, two.at]).toEqual(['groq', 10_000]);
		const three = await opening(CHAIN, good);
		expect([three.by, three.at]).toEqual(['groq', 20_000]);
		expect(three.w.outcomes[0]).toMatchObject({ outcome: { result: 'failure', scope: 'model' } });
		expect(three.w.entries()[0]).toMatchObject({ state: 'unknown', errorClass: 'timeout' });
	});

	it('has all of the time where nobody else waits', async () => {
		const { error, at } = await opening([], good);
		expect([error?.upstream?.limit, at]).toEqual(['commit', 10_000]);
	});

	it('for whom the others are no better is waited for until the end', async () => {
		const { error, at, w } = await opening(['groq/llama'], hang);
		expect([error?.code, at, w.sent.length]).toEqual(['upstream_timeout', 20_000, 2]);
	});
});

describe('a caller who leaves', () => {
	it('during a backoff ends it at once, and nobody else is asked', async () => {
		const caller = new AbortController();
		const w = world({ upstream: [limited(5), ok] });
		const work = asked(w, {}, { signal: caller.signal });
		w.time.after(1_200, () => caller.abort());
		const { error, tookMs } = await work;
		expect([error?.code, tookMs, w.sent.length]).toEqual(['aborted', 1_200, 1]);
		expect(w.closes.map(({ final }) => final)).toEqual([true]);
	});

	it('during a call is asked for nobody else', async () => {
		const caller = new AbortController();
		const w = world({ upstream: [hang, ok], snapshot: { fallbackChain: CHAIN } });
		const work = asked(w, {}, { signal: caller.signal });
		w.time.after(700, () => caller.abort());
		const { error, tookMs } = await work;
		expect([error?.code, tookMs, w.sent.length]).toEqual(['aborted', 700, 1]);
		expect(w.outcomes).toMatchObject([{ outcome: { result: 'neutral' } }]);
	});

	it('before the first call gives the probe lease back unused', async () => {
		const caller = new AbortController();
		caller.abort();
		const { w, error } = await asking({ upstream: [ok], probes: new Set(['openai']) }, {}, { signal: caller.signal });
		expect([error?.code, w.sent.length]).toEqual(['aborted', 0]);
		expect(w.outcomes).toMatchObject([{ outcome: { probe: true, result: 'neutral' } }]);
	});
});

describe('open breakers', () => {
	const everybody = new Set(['openai', 'groq', 'deepseek']);

	it('on all sides let exactly one request through as the probe, and the others get 503 at once', async () => {
		let free = 1;
		const lease = (): boolean => free-- > 0;
		const w = world({ upstream: [ok], open: everybody, lease });
		const all = await Promise.all(Array.from({ length: 20 }, () => asked(w)));
		expect(w.sent).toHaveLength(1);
		expect(all.filter(({ answered }) => answered)).toHaveLength(1);
		const errors = all.flatMap(({ error }) => error ?? []);
		expect(errors).toHaveLength(19);
		for (const error of errors) expect(error).toMatchObject({ code: 'upstream_unavailable', status: 503 });
		expect(Math.max(...all.filter(({ error }) => error).map(({ tookMs }) => tookMs))).toBe(0);
		expect(w.outcomes).toMatchObject([{ outcome: { probe: true, result: 'success' } }]);
	});

	it('are asked for the lease place by place, once each, however many keys there are', async () => {
		const credentials = pool('one', 'two', 'three');
		const { w, error } = await asking({
			upstream: [ok],
			open: everybody,
			snapshot: { credentials, fallbackChain: ['groq/llama', 'openai/other'] },
		});
		expect(w.leases.map(({ endpoint, modelClass }) => `${endpoint.split('@')[0]} ${modelClass}`)).toEqual([
			'openai gpt-test',
			'groq llama',
			'openai other',
		]);
		expect(error?.code).toBe('upstream_unavailable');
	});

	it('whose probe fails are not tried a second time by it', async () => {
		const { w, error } = await asking({ upstream: [broken], open: everybody, lease: true });
		expect([w.sent.length, error?.code]).toEqual([1, 'upstream_unavailable']);
		expect(w.outcomes).toMatchObject([{ outcome: { probe: true, result: 'failure' } }]);
	});

	it('come after everybody else, and before giving up', async () => {
		const upstream = [byHost({ openai: [ok], groq: [refused] })];
		const options = { upstream, open: new Set(['openai']), snapshot: { fallbackChain: ['groq/llama'] } };
		const { asked: order, answered } = await asking({ ...options, lease: true });
		expect(order).toEqual(['groq', 'openai']);
		expect(answered?.meta.routing.steps).toMatchObject([
			{ provider: 'openai', outcome: 'answered', attempts: 1 },
			{ provider: 'groq', outcome: 'failed', attempts: 1 },
		]);
		expect((await asking(options)).error?.code).toBe('upstream_rejected');
	});

	it('give a lease back that is not used, since the target can not carry the request', async () => {
		const image = { type: 'image', source: { kind: 'url', url: 'https://x.test/a.png' } } as const;
		const { w, error } = await asking(
			{ upstream: [ok], probes: new Set(['openai']), facts: { input: ['text'] } },
			{ messages: [{ role: 'user', content: [image] }] },
		);
		expect([error?.code, w.sent.length]).toEqual(['invalid_request', 0]);
		expect(w.outcomes).toMatchObject([{ outcome: { probe: true, result: 'neutral', key: null } }]);
	});

	it('are closed by the first words of a stream, not by its end', async () => {
		const w = world({
			upstream: [() => sse(SSE.role, SSE.text('a'), SSE.stop, SSE.done)],
			probes: new Set(['openai']),
		});
		const stream = await w.gateway.stream(chatCall());
		expect(w.outcomes).toMatchObject([{ outcome: { probe: true, result: 'success' } }]);
		for await (const _ of stream.events);
		expect(w.outcomes.slice(1)).toMatchObject([{ outcome: { probe: false, result: 'success' } }]);
	});
});

describe('the retry budget', () => {
	const mayRetry = false;

	it('blocks nobody who is the only one left', async () => {
		const { w, answered } = await asking({ upstream: [broken, broken, ok], mayRetry });
		expect(answered?.meta.attempts).toBe(3);
		expect(w.retries()).toBe(2);
	});

	it('lets others go first, and whoever was passed over comes back', async () => {
		const upstream = [byHost({ openai: [broken, ok], groq: [refused] })];
		const { asked: order } = await asking({ upstream, mayRetry, snapshot: { fallbackChain: ['groq/llama'] } });
		expect(order).toEqual(['openai', 'groq', 'openai']);
	});

	it('counts tries of later rounds, and never first tries of others', async () => {
		const upstream = [byHost({ openai: [hang, ok], groq: [refused], deepseek: [refused] })];
		const { w } = await asking({ upstream, snapshot: { fallbackChain: CHAIN } });
		expect(w.retries()).toBe(1);
	});

	it('without any room still uses up every try of every target', async () => {
		const { w, error } = await asking({ upstream: [broken], mayRetry, snapshot: { fallbackChain: CHAIN } });
		expect(error?.code).toBe('upstream_unavailable');
		for (const name of ['openai', 'groq', 'deepseek']) expect(who(w).filter((one) => one === name)).toHaveLength(3);
	});
});

describe('a pool of keys', () => {
	const snapshot = { credentials: pool('one', 'two'), fallbackChain: ['groq/llama'] };

	it('rotates on a 429: the second key answers', async () => {
		const { asked: order, answered } = await asking({ upstream: [limited(), ok], snapshot });
		expect(order).toEqual(['one', 'two']);
		expect(answered?.meta).toMatchObject({ provider: 'openai', attempts: 2 });
		expect(answered?.meta.routing.steps.map(({ key }) => key)).toEqual(['one', 'two', 'groq']);
	});

	it('drops a dead key for the whole request', async () => {
		const upstream = [byHost({ one: [refused], two: [limited(1), ok], groq: [refused] })];
		const { asked: order } = await asking({ upstream, snapshot });
		expect(order).toEqual(['one', 'two', 'groq', 'two']);
	});

	it('comes after other targets where its endpoint has failed, in that round', async () => {
		const upstream = [byHost({ one: [hang], two: [ok], groq: [refused] })];
		const { asked: order } = await asking({ upstream, snapshot });
		expect(order).toEqual(['one', 'groq', 'two']);
	});

	it('at several addresses goes on at the next one', async () => {
		const credentials = { ...pool(), openai: [rowOf('west'), rowOf('east')] };
		const upstream = [byHost({ west: [hang], east: [ok] })];
		const { asked: order } = await asking({ upstream, snapshot: { ...snapshot, credentials } });
		expect(order).toEqual(['west', 'east']);
	});
});

describe('a key that is better left alone', () => {
	const snapshot = { credentials: pool('one', 'two') };
	const now = 1_000_000;
	const rates = (kind: 'requests' | 'tokens', remaining: number, resetAt = now + 5_000) => ({
		rates: { requests: null, tokens: null, [kind]: { limit: 1_000, remaining, resetAt } },
	});

	it.each([
		['refused lately', { refusedUntil: now + 1 }, /refused/],
		['limited by the provider', { limitedUntil: now + 1 }, /limited/],
		['without requests left', rates('requests', 0), /requests are used up/],
		['without tokens for this request left', rates('tokens', 100), /tokens is too little/],
	] as const)('(%s) is passed over while another is there, with the reason', async (_, standing, reason) => {
		const { answered, asked: order } = await asking({ upstream: [ok], snapshot, standings: { one: standing } });
		expect(order).toEqual(['two']);
		expect(answered?.meta.routing.steps[0]).toMatchObject({
			key: 'one',
			outcome: 'skipped',
			reason: expect.stringMatching(reason),
			attempts: 0,
		});
	});

	it.each([
		['that was refused some time ago', { refusedUntil: now }],
		['whose limit has been reset', rates('requests', 0, now)],
		['with tokens enough', rates('tokens', 5_000)],
	] as const)('is not one %s', async (_, standing) => {
		expect((await asking({ upstream: [ok], snapshot, standings: { one: standing } })).asked).toEqual(['one']);
	});

	it.each([
		[{ requestsPerMinute: 10 }, { requestsMinute: 10 }, 'two'],
		[{ requestsPerMinute: 10 }, { requestsMinute: 9 }, 'one'],
		[{ tokensPerMinute: 1_000 }, { tokensMinute: 950 }, 'two'],
		[{ tokensPerMinute: 1_000 }, { tokensMinute: 500 }, 'one'],
	])('by its configured limits %j and its use %j: %s answers', async (config, standing, name) => {
		const openai = pool('one', 'two').openai.map((row) => (row.rowId === 'one' ? { ...row, config } : row));
		const { asked: order } = await asking({
			upstream: [ok],
			snapshot: { credentials: { openai } },
			standings: { one: standing },
		});
		expect(order).toEqual([name]);
	});

	it('is asked at last where nobody else is left, before any open breaker', async () => {
		const { asked: order, w } = await asking({
			upstream: [byHost({ one: [refused], groq: [ok] })],
			snapshot: { credentials: pool('one'), fallbackChain: ['groq/llama'] },
			standings: { one: { limitedUntil: now + 60_000 } },
			open: new Set(['groq']),
			lease: true,
		});
		expect(order).toEqual(['one', 'groq']);
		expect(w.leases).toHaveLength(1);
	});

	it('takes no probe lease', async () => {
		const { w } = await asking({ upstream: [ok], snapshot, standings: { one: { refusedUntil: now + 9 } } });
		expect(w.asked).toEqual(['openai']);
	});
});

const WINDOWS: Readonly<Record<string, number>> = { small: 4_096, same: 128_000, large: 200_000, larger: 1_000_000 };
const windows = (model: string) => ({ contextWindow: WINDOWS[model] ?? FACTS.contextWindow });
const tooLong =
	(limit?: number): Script =>
	() =>
		Response.json(
			{ error: { message: limit ? `maximum context length is ${limit} tokens` : 'prompt is too long' } },
			{ status: 400 },
		);

describe('a conversation that is too long', () => {
	const contextFallbacks = ['deepseek/small', 'deepseek/same', 'deepseek/large'];

	it('goes to the chain of its own, to a model whose window is larger', async () => {
		const snapshot = under({ contextFallbacks }, { fallbackChain: ['groq/llama'] });
		const { answered, w } = await asking({ upstream: [tooLong(), ok], snapshot, factsOf: windows });
		expect(who(w)).toEqual(['openai', 'deepseek']);
		expect(answered?.meta.routing.steps).toMatchObject([
			{ model: 'gpt-test', outcome: 'failed', reason: 'context too long' },
			{ model: 'small', outcome: 'skipped', reason: expect.stringContaining('4096') },
			{ model: 'same', outcome: 'skipped', reason: expect.stringContaining('128000') },
			{ model: 'large', outcome: 'answered' },
			{ model: 'llama', outcome: 'unused' },
		]);
	});

	it('goes by the limit that the upstream states', async () => {
		const snapshot = under({ contextFallbacks });
		const { answered } = await asking({ upstream: [tooLong(4_000), ok], snapshot, factsOf: windows });
		expect(answered?.meta.model).toBe('small');
	});

	it('goes on in its chain to still larger models', async () => {
		const snapshot = under({ contextFallbacks: ['deepseek/large', 'groq/same', 'groq/larger'] });
		const { answered } = await asking({ upstream: [tooLong(), tooLong(), ok], snapshot, factsOf: windows });
		expect(answered?.meta).toMatchObject({ model: 'larger', attempts: 3 });
	});

	it('is not sent once more to whom this request has asked already, by the same key', async () => {
		const unknown = (model: string) => ({ known: model !== 'llama', ...windows(model) });
		const snapshot = under(
			{ contextFallbacks: ['groq/llama', 'deepseek/large', 'deepseek/v4'] },
			{ fallbackChain: ['groq/llama'], credentials: pool('one') },
		);
		const { w, asked: order } = await asking({
			upstream: [byHost({ one: [refused], groq: [tooLong()], deepseek: [ok] })],
			snapshot,
			factsOf: unknown,
		});
		expect(order).toEqual(['one', 'groq', 'deepseek']);
		expect(w.entries().at(-1)?.routing?.steps).toMatchObject([
			{ provider: 'openai', outcome: 'failed' },
			{ provider: 'groq', outcome: 'failed', attempts: 1 },
			{ provider: 'groq', outcome: 'skipped', reason: expect.stringContaining('asked it already'), attempts: 0 },
			{ model: 'large', outcome: 'answered' },
			{ model: 'v4', outcome: 'unused' },
		]);
	});

	it('comes to one of its chain whose key is better left alone, too, where the others fail likewise', async () => {
		const snapshot = under({ contextFallbacks: ['groq/large', 'deepseek/larger'] }, { credentials: pool('one') });
		const { asked: order } = await asking({
			upstream: [byHost({ one: [tooLong()], groq: [tooLong(150_000)], deepseek: [ok] })],
			snapshot,
			standings: { deepseek: { limitedUntil: 9_000_000 }, groq: {} },
			factsOf: windows,
		});
		expect(order).toEqual(['one', 'groq', 'deepseek']);
		const reversed = under({ contextFallbacks: ['deepseek/larger', 'groq/large'] }, { credentials: pool('one') });
		const held = await asking({
			upstream: [byHost({ one: [tooLong()], groq: [tooLong(150_000)], deepseek: [ok] })],
			snapshot: reversed,
			standings: { deepseek: { limitedUntil: 9_000_000 } },
			factsOf: windows,
		});
		expect(held.asked).toEqual(['one', 'groq', 'deepseek']);
	});

	it('is sent on by another key of the same model, and to one that was not asked yet', async () => {
		const snapshot = under(
			{ contentFilterFallbacks: ['openai/gpt-test', 'groq/llama'] },
			{ fallbackChain: ['groq/llama'], credentials: pool('one', 'two') },
		);
		const filtered: Script = () =>
			Response.json({ error: { message: 'flagged', code: 'content_filter' } }, { status: 400 });
		const { asked: order } = await asking({ upstream: [filtered], snapshot });
		expect(order).toEqual(['one', 'two', 'groq']);
	});

	it('is the answer where there is no such chain, or none of it is larger', async () => {
		const without = await asking({ upstream: [tooLong(), ok], snapshot: { fallbackChain: CHAIN } });
		expect([without.error?.code, without.asked]).toEqual(['context_too_long', ['openai']]);
		const snapshot = under({ contextFallbacks: ['deepseek/small'] }, { fallbackChain: CHAIN });
		const small = await asking({ upstream: [tooLong(), ok], snapshot, factsOf: windows });
		expect([small.error?.code, small.asked]).toEqual(['context_too_long', ['openai']]);
	});
});

describe('a content filter', () => {
	const filtered: Script = () =>
		Response.json({ error: { message: 'flagged', code: 'content_filter' } }, { status: 400 });

	it('is the answer by default, whoever else there is', async () => {
		const { error, asked: order } = await asking({ upstream: [filtered, ok], snapshot: { fallbackChain: CHAIN } });
		expect([error?.code, order]).toEqual(['invalid_request', ['openai']]);
	});

	it('leads to its own chain where one is named, and to nobody else', async () => {
		const snapshot = under({ contentFilterFallbacks: ['groq/mild', 'deepseek/mild'] }, { fallbackChain: CHAIN });
		const { asked: order } = await asking({ upstream: [filtered, filtered, ok], snapshot });
		expect(order).toEqual(['openai', 'groq', 'deepseek']);
		const { error } = await asking({ upstream: [filtered], snapshot });
		expect(error?.code).toBe('invalid_request');
	});

	it('after a chain for length ends the request, each chain being used once', async () => {
		const snapshot = under({ contentFilterFallbacks: ['groq/large'], contextFallbacks: ['deepseek/larger'] });
		const { error, asked: order } = await asking({
			upstream: [byHost({ openai: [tooLong()], deepseek: [filtered], groq: [tooLong()] })],
			snapshot,
			factsOf: windows,
		});
		expect(order).toEqual(['openai', 'deepseek', 'groq']);
		expect(error?.code).toBe('context_too_long');
	});
});

describe('the time limits of a routing policy', () => {
	it('stand in the place of the environment, and the hold lasts as long as the request may', async () => {
		const { w, tookMs } = await asking({
			upstream: [hang],
			snapshot: under({ firstEventTimeoutMs: 1_000, maxAttempts: 1, totalTimeoutMs: 90_000 }),
		});
		expect(tookMs).toBe(5_000);
		expect(w.opens[0]?.expiresAt).toBe(1_000_000 + 90_000 + 60_000);
	});

	it('end the wait for a first content where it is the time of all', async () => {
		const snapshot = under({ commitTimeoutMs: 3_000 }, { fallbackChain: CHAIN });
		const { error, tookMs } = await asking({ upstream: [hang], snapshot });
		expect([error?.code, error?.upstream?.limit, tookMs]).toEqual(['upstream_timeout', 'commit', 3_000]);
	});

	it('end the whole request, whatever there is time for besides', async () => {
		const snapshot = under({ totalTimeoutMs: 2_000, commitTimeoutMs: 60_000 });
		const { error, tookMs } = await asking({ upstream: [hang], snapshot });
		expect([error?.upstream?.limit, tookMs]).toEqual(['total', 2_000]);
	});

	it('say how often a target is tried', async () => {
		const { w } = await asking({ upstream: [broken], snapshot: under({ maxAttempts: 5 }) });
		expect(w.sent).toHaveLength(5);
	});

	it('never lead to more than 24 calls, however many targets and tries there are', async () => {
		const credentials = pool('a', 'b', 'c', 'd', 'e');
		const snapshot = under({ maxAttempts: 9, commitTimeoutMs: 600_000 }, { credentials });
		const { w, error } = await asking({ upstream: [broken], snapshot });
		expect([w.sent.length, error?.code]).toEqual([24, 'upstream_unavailable']);
		expect(w.closes.filter(({ final }) => final)).toHaveLength(1);
	});
});

describe('the decision', () => {
	it('is told on the last entry, and not where one target answered at once', async () => {
		const plain = await asking({ upstream: [ok] });
		expect(plain.w.entries().map(({ routing }) => routing)).toEqual([null]);
		expect(plain.answered?.meta.routing.steps).toHaveLength(1);
		const beside = await asking({ upstream: [ok], snapshot: { fallbackChain: CHAIN } });
		expect(beside.w.entries()[0]?.routing?.steps.map(({ outcome }) => outcome)).toEqual([
			'answered',
			'unused',
			'unused',
		]);
	});

	it('is told where nobody answered, too', async () => {
		const { w } = await asking({ upstream: [refused], snapshot: { fallbackChain: ['groq/llama'] } });
		const entries = w.entries();
		expect(entries[0]?.routing).toBeNull();
		expect(entries[1]?.routing?.steps).toMatchObject([
			{ provider: 'openai', outcome: 'failed', reason: 'key dead' },
			{ provider: 'groq', outcome: 'failed', reason: 'key dead' },
		]);
	});

	it('of a stream is told when it ends', async () => {
		const w = world({
			upstream: [refused, () => sse(SSE.role, SSE.text('a'), SSE.stop, SSE.usage, SSE.done)],
			snapshot: { fallbackChain: ['groq/llama'] },
		});
		const stream = await w.gateway.stream(chatCall());
		expect(stream.meta().routing.steps).toHaveLength(2);
		for await (const _ of stream.events);
		expect(w.closes.map(({ final, entry }) => [final, entry?.routing?.steps.length ?? null])).toEqual([
			[false, null],
			[true, 2],
		]);
	});

	it('remembers which key answered the conversation', async () => {
		const prices = { input: 4n, output: 4n, cacheRead: 1n };
		const options = { upstream: [limited(), ok], snapshot: { credentials: pool('one', 'two') }, facts: { prices } };
		const { w } = await asking(options, {}, { conversation: 'thread-7' });
		expect(w.remembered.map(([, target]) => target)).toEqual(['openai/gpt-test two']);
	});
});

describe('a cut stream', () => {
	it('delivers nothing twice, whoever else is there', async () => {
		const upstream = [() => sse(SSE.role, SSE.text('one '), SSE.text('two ')), () => sse(SSE.text('one two three'))];
		const w = world({ upstream, snapshot: { fallbackChain: CHAIN } });
		const stream = await w.gateway.stream(chatCall());
		const texts: string[] = [];
		const types: string[] = [];
		for await (const batch of stream.events)
			for (const event of batch) {
				types.push(event.type);
				if (event.type === 'text-delta') texts.push(event.text);
			}
		expect(texts.join('')).toBe('one two ');
		expect([types.at(-1), w.sent.length]).toEqual(['error', 1]);
	});
});

describe('a target that can not carry the request', () => {
	const image = { type: 'image', source: { kind: 'url', url: 'https://x.test/a.png' } } as const;
	const request = { messages: [{ role: 'user', content: [image] }] };
	const blind = () => ({ input: ['text' as const] });

	it('is the answer where it is so of all', async () => {
		const { error, w } = await asking({ upstream: [ok], snapshot: { fallbackChain: CHAIN }, factsOf: blind }, request);
		expect([error?.code, w.sent.length]).toEqual(['invalid_request', 0]);
	});

	it('does not hide how those failed that could', async () => {
		const file = { type: 'file', source: { kind: 'data', data: 'AAAA', mediaType: 'application/pdf' } } as const;
		const { error, asked: order } = await asking(
			{ upstream: [broken], snapshot: { fallbackChain: ['groq/llama'] }, limits: { maxAttempts: 1 } },
			{ messages: [{ role: 'user', content: [file] }] },
		);
		expect([order, error?.code]).toEqual([['openai'], 'upstream_unavailable']);
	});
});

describe('a time limit of one millisecond', () => {
	it('asks each of the chain once, and makes nobody ill', async () => {
		const timeoutMs = { value: 1, origin: 'agent' as const };
		const choice = under({}).defaultChoice;
		const { w, error, tookMs } = await asking({
			upstream: [hang],
			snapshot: { ...(choice && { defaultChoice: { ...choice, settings: { timeoutMs } } }), fallbackChain: CHAIN },
		});
		expect([who(w), error?.code, tookMs]).toEqual([['openai', 'groq', 'deepseek'], 'upstream_timeout', 3]);
		expect(w.outcomes.map(({ outcome }) => outcome.result)).toEqual(['neutral', 'neutral', 'neutral']);
	});
});

describe('an upstream that calls a retry useless', () => {
	it.each([429, 503])('with %i is asked once, and others are', async (status) => {
		const useless: Script = () => failure(status, { 'x-should-retry': 'false', 'retry-after': '1' });
		const alone = await asking({ upstream: [useless] });
		expect([alone.asked, alone.tookMs, alone.error?.retryAfterMs]).toEqual([['openai'], 0, 1_000]);
		const beside = await asking({ upstream: [useless, ok], snapshot: { fallbackChain: CHAIN } });
		expect(beside.asked).toEqual(['openai', 'groq']);
	});
});

describe('whatever upstreams do', () => {
	const SCRIPTS: readonly Script[] = [
		ok,
		refused,
		broken,
		limited(),
		limited(2),
		limited(7_200),
		hang,
		() => failure(503),
		() => failure(404),
		() => new Response('<html>', { headers: { 'content-type': 'text/html' } }),
		() => new Response('{', { headers: { 'content-type': 'application/json' } }),
		() => {
			throw new TypeError('reset');
		},
	];

	it('each call is booked once, tries stay within their bound, and nobody is asked after an answer', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.nat(SCRIPTS.length - 1), { minLength: 1, maxLength: 12 }),
				fc.integer({ min: 1, max: 4 }),
				fc.boolean(),
				async (plays, maxAttempts, room) => {
					const upstream = plays.flatMap((play) => SCRIPTS[play] ?? []);
					const { w, answered, error } = await asking({
						upstream,
						snapshot: { fallbackChain: CHAIN, credentials: pool('one', 'two') },
						limits: { maxAttempts },
						mayRetry: room,
					});
					const good = plays.indexOf(0);
					const order = who(w);
					expect(w.entries().map(({ attemptId }) => Number(attemptId.split('.').at(-1)))).toEqual(
						order.map((_, at) => at + 1),
					);
					expect(w.closes.map(({ final }) => final)).toEqual(order.map((_, at) => at === order.length - 1));
					for (const name of new Set(order))
						expect(order.filter((one) => one === name).length).toBeLessThanOrEqual(maxAttempts);
					expect(w.outcomes).toHaveLength(order.length);
					if (answered) expect(order).toHaveLength(good + 1);
					else expect(error).toBeInstanceOf(GatewayError);
					const steps = answered?.meta.routing.steps ?? w.entries().at(-1)?.routing?.steps ?? [];
					expect(steps.reduce((sum, { attempts }) => sum + attempts, 0)).toBe(order.length);
				},
			),
			{ numRuns: 60 },
		);
	});
});
