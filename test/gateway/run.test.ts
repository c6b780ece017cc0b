import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors';
import {
	answer,
	chatCall,
	FACTS,
	failure,
	hang,
	openSse,
	type Script,
	SSE,
	sentJson,
	sse,
	world,
} from '../support/scripted-gateway';
import { choiceOf } from './snapshots';

const fails = async (work: Promise<unknown>): Promise<GatewayError> => {
	const error = await work.then(
		() => null,
		(thrown: unknown) => thrown,
	);
	if (!(error instanceof GatewayError)) throw new Error(`expected a GatewayError, got ${String(error)}`);
	return error;
};

const events = async (iterable: AsyncIterable<readonly { type: string }[]>): Promise<string[]> => {
	const types: string[] = [];
	for await (const batch of iterable) types.push(...batch.map((event) => event.type));
	return types;
};

const chain = { fallbackChain: ['groq/llama', 'deepseek/v4'] };

describe('a whole answer', () => {
	it('is settled with the usage the upstream reports, priced to the nano-dollar', async () => {
		const w = world({ upstream: [() => answer()] });
		const { response, meta } = await w.gateway.chat(chatCall());
		expect(response.content).toEqual([{ type: 'text', text: 'Hi.' }]);
		// 10 × $1/M + 5 × $2/M = $0.00002
		expect(meta.costNanoUsd).toBe(20_000n);
		expect(w.closes).toHaveLength(1);
		expect(w.closes[0]).toMatchObject({
			final: true,
			entry: {
				state: 'settled',
				attemptId: expect.stringMatching(/\.1$/),
				usageSource: 'reported',
				costNanoUsd: 20_000n,
			},
		});
	});

	it('is settled by estimate, and says so, where the upstream reports no usage', async () => {
		const w = world({ upstream: [() => answer('four char words here', null)] });
		const { response } = await w.gateway.chat(chatCall());
		expect(response.usage).toBeNull();
		const [entry] = w.entries();
		expect(entry).toMatchObject({ state: 'settled', usageSource: 'estimated' });
		expect(entry?.usage?.output).toBe(5);
	});

	it('has a cost of null where the price is unknown', async () => {
		const w = world({ upstream: [() => answer()], facts: { prices: null, priceVersion: null, known: false } });
		const { meta } = await w.gateway.chat(chatCall());
		expect(meta.costNanoUsd).toBeNull();
		expect(meta.warnings.map((warning) => warning.field)).toContain('model');
		expect(w.opens[0]?.holdNanoUsd).toBeNull();
	});

	it('is streamed from the upstream and folded where much output is asked for', async () => {
		const w = world({ upstream: [() => sse(SSE.role, SSE.text('a'), SSE.text('b'), SSE.stop, SSE.usage, SSE.done)] });
		const { response } = await w.gateway.chat(chatCall({ maxTokens: 5_000 }));
		expect(response.content).toEqual([{ type: 'text', text: 'ab' }]);
		expect(sentJson(w.sent[0]).stream).toBe(true);
		expect(w.entries()[0]).toMatchObject({ state: 'settled', stream: true });
	});

	it('moves on when a folded stream is cut, since nothing has left yet, and both attempts are in the books', async () => {
		const w = world({
			upstream: [() => sse(SSE.role, SSE.text('half')), () => sse(SSE.text('whole'), SSE.stop, SSE.usage, SSE.done)],
			snapshot: chain,
			limits: { maxAttempts: 1 },
		});
		const { response, meta } = await w.gateway.chat(chatCall({ maxTokens: 5_000 }));
		expect(response.content).toEqual([{ type: 'text', text: 'whole' }]);
		expect(meta).toMatchObject({ provider: 'groq', attempts: 2 });
		expect(w.entries().map((entry) => [entry.state, entry.errorCode])).toEqual([
			['settled', 'upstream_unavailable'],
			['settled', null],
		]);
	});
});

describe('a failing upstream', () => {
	it('is tried three times before the next target, and only the last close is final', async () => {
		const w = world({
			upstream: [() => failure(500), () => failure(500), () => failure(500), () => answer()],
			snapshot: chain,
		});
		const work = w.gateway.chat(chatCall());
		await w.time.advance(5_000);
		const { meta } = await work;
		expect(meta).toMatchObject({ provider: 'groq', model: 'llama', attempts: 4 });
		expect(w.closes.map((close) => [close.entry?.state, close.final])).toEqual([
			['released', false],
			['released', false],
			['released', false],
			['settled', true],
		]);
		const step = { score: null, reason: null };
		const routing = {
			strategy: 'priority',
			sticky: false,
			steps: [
				{
					...step,
					provider: 'openai',
					model: 'gpt-test',
					key: 'openai',
					outcome: 'failed',
					reason: 'server error',
					attempts: 3,
				},
				{ ...step, provider: 'groq', model: 'llama', key: 'groq', outcome: 'answered', attempts: 1 },
				{ ...step, provider: 'deepseek', model: 'v4', key: 'deepseek', outcome: 'unused', attempts: 0 },
			],
		};
		expect(meta.routing).toEqual(routing);
		expect(w.entries().map((entry) => entry.routing)).toEqual([null, null, null, routing]);
	});

	it.each<[number, string]>([
		[401, 'upstream_rejected'],
		[403, 'upstream_rejected'],
		[404, 'model_not_found'],
		[500, 'upstream_unavailable'],
		[503, 'upstream_unavailable'],
	])('that answers %i ends as %s where no other target is left', async (status, code) => {
		const w = world({ upstream: [() => failure(status)] });
		const work = fails(w.gateway.chat(chatCall()));
		await w.time.advance(20_000);
		expect((await work).code).toBe(code);
		expect(w.closes.at(-1)?.final).toBe(true);
		expect(w.entries().every((entry) => entry.state === 'released' && entry.costNanoUsd === 0n)).toBe(true);
	});

	it.each([400, 422])('that answers %i is not asked again, nor is anybody else', async (status) => {
		const w = world({ upstream: [() => failure(status)], snapshot: chain });
		expect((await fails(w.gateway.chat(chatCall()))).code).toBe('invalid_request');
		expect(w.sent).toHaveLength(1);
	});

	it('with a dead key is left for the next target at once', async () => {
		const w = world({ upstream: [() => failure(401), () => answer()], snapshot: chain });
		const { meta } = await w.gateway.chat(chatCall());
		expect(meta.attempts).toBe(2);
	});

	it('keeps its Retry-After where the wait is longer than the time left', async () => {
		const w = world({ upstream: [() => failure(429, { 'retry-after': '70' })] });
		const error = await fails(w.gateway.chat(chatCall()));
		expect(error).toMatchObject({ code: 'rate_limited', retryAfterMs: 70_000 });
		expect(w.sent).toHaveLength(1);
	});

	it('that hangs is given up after the first-event limit and left for the next target without a second try', async () => {
		const w = world({ upstream: [hang, () => answer()], snapshot: chain });
		const work = w.gateway.chat(chatCall({ maxTokens: 100 }));
		await w.time.advance(13_999);
		expect(w.sent).toHaveLength(1);
		await w.time.advance(1);
		expect((await work).meta.provider).toBe('groq');
		expect(w.entries()[0]).toMatchObject({ state: 'unknown', errorCode: 'upstream_timeout', usageSource: 'estimated' });
	});

	it('that hangs with no other target is 504 at the commit deadline', async () => {
		const w = world({ upstream: [hang] });
		const work = fails(w.gateway.chat(chatCall({ maxTokens: 100 })));
		await w.time.advance(14_000);
		expect((await work).code).toBe('upstream_timeout');
		expect(w.entries()).toHaveLength(1);
	});

	it('that answers a web page is malformed and released', async () => {
		const page: Script = () => new Response('<html>', { headers: { 'content-type': 'text/html' } });
		const w = world({ upstream: [page], limits: { maxAttempts: 1 } });
		expect((await fails(w.gateway.stream(chatCall()))).code).toBe('upstream_malformed');
		expect(w.entries()).toMatchObject([{ state: 'released', costNanoUsd: 0n }]);
	});

	it('that redirects is refused, since keys must not follow', async () => {
		const w = world({
			upstream: [() => new Response(null, { status: 302, headers: { location: 'https://evil.test' } })],
		});
		expect((await fails(w.gateway.chat(chatCall()))).code).toBe('upstream_malformed');
	});

	it('is told to health as a failure, and a dead key as nothing', async () => {
		const w = world({ upstream: [() => failure(500), () => failure(401)] });
		const work = fails(w.gateway.chat(chatCall()));
		await w.time.advance(5_000);
		await work;
		expect(w.outcomes.map(({ outcome }) => outcome.result)).toEqual(['failure', 'neutral']);
	});
});

describe('breakers', () => {
	it('skip a target whose breaker is open and name the reason', async () => {
		const w = world({ upstream: [() => answer()], snapshot: chain, open: new Set(['openai']) });
		const { meta } = await w.gateway.chat(chatCall());
		expect(meta).toMatchObject({ provider: 'groq', attempts: 1 });
		expect(meta.routing.steps[0]).toMatchObject({ outcome: 'skipped', reason: 'its circuit breaker is open' });
	});

	it('that are all open answer 503 at once, and the hold is given back without an entry', async () => {
		const w = world({ upstream: [() => answer()], open: new Set(['openai']) });
		expect((await fails(w.gateway.chat(chatCall()))).code).toBe('upstream_unavailable');
		expect(w.sent).toHaveLength(0);
		expect(w.closes).toMatchObject([{ entry: null, final: true }]);
	});

	it('that are all open let one leased probe through', async () => {
		const w = world({ upstream: [() => answer()], open: new Set(['openai']), lease: true });
		await w.gateway.chat(chatCall());
		expect(w.outcomes).toMatchObject([{ outcome: { probe: true, result: 'success' } }]);
	});
});

describe('routing by configuration', () => {
	it("follows the organization's alias of a bare name", async () => {
		const w = world({ upstream: [() => answer()], snapshot: { aliases: { quick: 'groq/llama' } } });
		expect((await w.gateway.chat(chatCall({ model: 'quick' }))).meta).toMatchObject({
			provider: 'groq',
			model: 'llama',
		});
	});

	it('asks only breakers of targets it comes to, so that no probe is leased for nothing', async () => {
		const w = world({ upstream: [() => answer()], snapshot: chain });
		await w.gateway.chat(chatCall());
		expect(w.asked).toEqual(['openai']);
	});
});

describe('admission', () => {
	it('reloads the configuration where the ledger calls it stale, and opens again with it', async () => {
		const w = world({
			upstream: [() => answer()],
			answers: [
				{ kind: 'stale', version: 8 },
				{ kind: 'open', requests: null },
			],
			reloaded: { version: 8 },
		});
		const { meta } = await w.gateway.chat(chatCall());
		expect(meta.configVersion).toBe(8);
		expect(w.opens.map((open) => [open.configVersion, open.fresh])).toEqual([
			[7, false],
			[8, true],
		]);
	});

	it('checks a refusal that came from a cache against D1 once before it is sent', async () => {
		const w = world({ upstream: [() => answer()] });
		const error = await fails(w.gateway.chat(chatCall({ model: 'mistral/large' })));
		expect(error).toMatchObject({ code: 'model_not_found', param: 'model' });
		expect(w.reloads()).toBe(1);
		expect(w.opens).toHaveLength(0);
	});

	it('lets a request through whose model the cached configuration did not know yet', async () => {
		const fresh = { credentials: { openai: [], mock: [] } };
		const w = world({ upstream: [() => answer()], snapshot: fresh, reloaded: { credentials: worldCredentials() } });
		await w.gateway.chat(chatCall());
		expect(w.reloads()).toBe(1);
	});

	it('gives up with 503 rather than loop where the configuration never settles', async () => {
		const w = world({ upstream: [() => answer()], answers: [{ kind: 'unsettled' }] });
		expect((await fails(w.gateway.chat(chatCall()))).code).toBe('upstream_unavailable');
		expect(w.sent).toHaveLength(0);
	});

	it('refuses before any upstream call where a limit is reached, with Retry-After', async () => {
		const requests = { limit: 5, remaining: 0, resetMs: 30_000 };
		const w = world({
			upstream: [() => answer()],
			answers: [
				{ kind: 'rate-limited', of: 'organization', limit: 'requests-per-minute', retryAfterMs: 12_000, requests },
			],
		});
		expect(await fails(w.gateway.chat(chatCall()))).toMatchObject({
			code: 'rate_limited',
			retryAfterMs: 12_000,
			requests,
		});
		expect(w.sent).toHaveLength(0);
		expect(w.closes).toHaveLength(0);
	});

	it('holds the dearest target of the chain for its input and its most output', async () => {
		const w = world({ upstream: [() => answer()], snapshot: chain });
		await w.gateway.chat(chatCall({ maxTokens: 1_000 }));
		const held = w.opens[0]?.holdNanoUsd ?? 0n;
		// 1,000 output tokens at $2/M are 2,000,000 nano-dollars; the short input adds a little.
		expect(held).toBeGreaterThan(2_000_000n);
		expect(held).toBeLessThan(2_100_000n);
	});
});

const worldCredentials = () => ({
	openai: [
		{
			rowId: null,
			name: 'openai',
			source: 'environment' as const,
			apiKey: 'key',
			baseUrl: 'https://openai.test/v1',
			trust: 'operator' as const,
			config: {},
		},
	],
});

describe('a stream', () => {
	it('passes on what arrives and knows its cost by the time it finishes', async () => {
		const w = world({ upstream: [() => sse(SSE.role, SSE.text('a'), SSE.text('b'), SSE.stop, SSE.usage, SSE.done)] });
		const stream = await w.gateway.stream(chatCall());
		expect(stream.meta().costNanoUsd).toBeNull();
		let costAtFinish: bigint | null = null;
		const types: string[] = [];
		for await (const batch of stream.events)
			for (const event of batch) {
				types.push(event.type);
				if (event.type === 'finish') costAtFinish = stream.meta().costNanoUsd;
			}
		expect(types).toEqual(['start', 'text-delta', 'text-delta', 'usage', 'finish']);
		expect(costAtFinish).toBe(20_000n);
		expect(w.closes).toMatchObject([{ final: true, entry: { state: 'settled', finishReason: 'stop' } }]);
	});

	it('moves to the next target while no content has come, whatever the upstream said until then', async () => {
		const w = world({
			upstream: [() => sse(SSE.comment, SSE.role, SSE.error()), () => sse(SSE.text('b'), SSE.stop, SSE.done)],
			snapshot: chain,
			limits: { maxAttempts: 1 },
		});
		const stream = await w.gateway.stream(chatCall());
		expect(stream.meta()).toMatchObject({ provider: 'groq', attempts: 2 });
		expect(await events(stream.events)).toEqual(['start', 'text-delta', 'finish']);
	});

	it('never moves after content: a cut is an error in the stream, settled with what was delivered', async () => {
		const body = openSse();
		const w = world({ upstream: [body.script, () => answer()], snapshot: chain });
		const opening = w.gateway.stream(chatCall());
		body.push(SSE.role + SSE.text('partial answer'));
		const stream = await opening;
		body.break();
		expect(await events(stream.events)).toEqual(['start', 'text-delta', 'error']);
		expect(w.sent).toHaveLength(1);
		expect(w.closes).toMatchObject([
			{ final: true, entry: { state: 'settled', usageSource: 'estimated', errorCode: 'upstream_unavailable' } },
		]);
	});

	it('that ends without its finish reason is cut, not stopped', async () => {
		const w = world({ upstream: [() => sse(SSE.role, SSE.text('a'))] });
		const stream = await w.gateway.stream(chatCall());
		expect((await events(stream.events)).at(-1)).toBe('error');
		expect(w.entries()[0]).toMatchObject({ errorCode: 'upstream_unavailable', finishReason: null });
	});

	it('whose client leaves aborts the upstream and is still settled, once', async () => {
		const body = openSse();
		const w = world({ upstream: [body.script] });
		const opening = w.gateway.stream(chatCall());
		body.push(SSE.role + SSE.text('some words'));
		const stream = await opening;
		await stream.events.next();
		await stream.events.return();
		expect(body.cancelled()).toBe(true);
		expect(w.closes).toMatchObject([
			{ final: true, entry: { state: 'settled', errorCode: 'aborted', usageSource: 'estimated' } },
		]);
	});

	it('that nobody ever reads is settled all the same', async () => {
		const body = openSse();
		const w = world({ upstream: [body.script] });
		const opening = w.gateway.stream(chatCall());
		body.push(SSE.text('words'));
		await (await opening).events.return();
		expect(body.cancelled()).toBe(true);
		expect(w.closes).toMatchObject([{ final: true, entry: { state: 'settled', errorCode: 'aborted' } }]);
	});

	it('whose client leaves while the upstream is silent ends at once', async () => {
		const body = openSse();
		const w = world({ upstream: [body.script] });
		const opening = w.gateway.stream(chatCall());
		body.push(SSE.text('words'));
		const stream = await opening;
		await stream.events.next();
		const pending = stream.events.next();
		await stream.events.return();
		await pending;
		expect(w.closes).toHaveLength(1);
	});

	it('that falls silent ends in an error after the idle limit', async () => {
		const body = openSse();
		const w = world({ upstream: [body.script] });
		const opening = w.gateway.stream(chatCall());
		body.push(SSE.text('words'));
		const stream = await opening;
		const all = events(stream.events);
		await w.time.advance(60_000);
		expect((await all).at(-1)).toBe('error');
		expect(w.entries()[0]?.errorCode).toBe('upstream_timeout');
	});

	it('that only sends pings fails at the commit deadline', async () => {
		const body = openSse();
		const w = world({ upstream: [body.script] });
		const work = fails(w.gateway.stream(chatCall()));
		for (let second = 0; second < 10; second += 1) {
			body.push(SSE.comment);
			await w.time.advance(1_000);
		}
		expect((await work).code).toBe('upstream_timeout');
		expect(w.entries()).toHaveLength(1);
	});

	it('that sends ever more without any content is given up as malformed, long before the deadline', async () => {
		const flood = (chunk: string): Script => {
			const bytes = new TextEncoder().encode(chunk);
			return () =>
				new Response(new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(bytes) }), {
					headers: { 'content-type': 'text/event-stream' },
				});
		};
		const start = SSE.usage.repeat(200);
		for (const chunk of [SSE.comment.repeat(50_000), `data: ${'x'.repeat(1 << 20)}`, start]) {
			const w = world({ upstream: [flood(chunk)], limits: { maxAttempts: 1 } });
			expect((await fails(w.gateway.stream(chatCall()))).code).toBe('upstream_malformed');
			expect(w.time.now()).toBe(1_000_000);
		}
	});

	it('that is folded and never ends is given up above the size of an answer', async () => {
		const bytes = new TextEncoder().encode(SSE.text('x'.repeat(1 << 20)));
		const endless: Script = () =>
			new Response(new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(bytes) }), {
				headers: { 'content-type': 'text/event-stream' },
			});
		const w = world({ upstream: [endless], limits: { maxAttempts: 1 } });
		expect((await fails(w.gateway.chat(chatCall({ maxTokens: 5_000 })))).code).toBe('upstream_malformed');
		expect(w.entries()).toMatchObject([{ state: 'settled', usageSource: 'estimated' }]);
	});

	it('that falls silent before any content ends at the idle limit, although that of the first event is longer', async () => {
		const body = openSse();
		const w = world({ upstream: [body.script], limits: { idleMs: 2_000, maxAttempts: 1 } });
		const work = fails(w.gateway.stream(chatCall()));
		body.push(SSE.role);
		await w.time.advance(2_000);
		expect((await work).upstream).toMatchObject({ failure: 'timeout', limit: 'idle' });
		expect(w.time.pending()).toBe(0);
	});

	it('waits six times as long for the first event where reasoning is asked for', async () => {
		const w = world({ upstream: [hang], facts: { ...FACTS, reasoning: true } });
		const work = fails(w.gateway.stream(chatCall({ reasoning: { effort: 'high' } })));
		await w.time.advance(59_000);
		expect(w.closes).toHaveLength(0);
		await w.time.advance(1_000);
		expect((await work).code).toBe('upstream_timeout');
	});

	it('that the upstream answers with plain JSON is unfolded into events', async () => {
		const w = world({ upstream: [() => answer('plain')] });
		const stream = await w.gateway.stream(chatCall());
		expect(await events(stream.events)).toEqual(['start', 'text-delta', 'usage', 'finish']);
	});
});

describe('budgets on the way', () => {
	it('skip a hop that the hold no longer covers and the ledger does not extend, and name the reason', async () => {
		const w = world({
			upstream: [() => sse(SSE.role, SSE.text('x'.repeat(80_000)))],
			snapshot: chain,
			extend: false,
			limits: { maxAttempts: 1 },
		});
		const error = await fails(w.gateway.chat(chatCall({ maxTokens: 5_000 })));
		expect(w.sent).toHaveLength(1);
		expect(error.code).toBe('upstream_unavailable');
		expect(w.closes).toMatchObject([{ final: true, entry: { state: 'settled', usageSource: 'estimated' } }]);
	});

	it('stop a second try too, where what the first may have cost leaves no room for it', async () => {
		const timeoutMs = { value: 1_000, origin: 'agent' as const };
		const policy = { commitTimeoutMs: { value: 60_000, origin: 'agent' as const } };
		const snapshot = { defaultChoice: { ...choiceOf('openai/gpt-test', { timeoutMs }), routing: policy } };
		const w = world({
			upstream: [hang, () => answer()],
			extend: false,
			snapshot,
			facts: { prices: { input: 9n ** 9n, output: 0n } },
		});
		const work = fails(w.gateway.chat(chatCall({ model: 'default', maxTokens: 1 })));
		await w.time.advance(10_000);
		expect((await work).code).toBe('upstream_timeout');
		expect(w.sent).toHaveLength(1);
		expect(w.entries()).toMatchObject([{ state: 'unknown' }]);
	});

	it('are asked for what each further try lacks, and for no more', async () => {
		const half: Script = () => new Response('{', { headers: { 'content-type': 'application/json' } });
		const w = world({ upstream: [half, half, () => answer()] });
		const asked: bigint[] = [];
		w.ports.ledger.extend = async (_, { nanoUsd }) => {
			asked.push(nanoUsd);
			return true;
		};
		const work = w.gateway.chat(chatCall({ maxTokens: 100 }));
		await w.time.advance(10_000);
		await work;
		const [first, second] = w.entries().map(({ costNanoUsd }) => costNanoUsd);
		expect(first).toBeGreaterThan(0n);
		expect(asked).toEqual([first, second]);
	});

	it('are asked again where the hold no longer covers a hop, and it goes on where they allow', async () => {
		const w = world({
			upstream: [
				() => sse(SSE.role, SSE.text('x'.repeat(80_000))),
				() => sse(SSE.text('whole'), SSE.stop, SSE.usage, SSE.done),
			],
			snapshot: chain,
			extend: true,
			limits: { maxAttempts: 1 },
		});
		expect((await w.gateway.chat(chatCall({ maxTokens: 5_000 }))).meta.provider).toBe('groq');
	});
});
