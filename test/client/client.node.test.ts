import { describe, expect, expectTypeOf, it } from 'vitest';
import {
	asSwitchyardError,
	type ChatInput,
	type ContextReceipt,
	createSwitchyard,
	type EstimateResult,
	isSwitchyardError,
	type RoutingDecision,
	type StreamEvent,
	type TokenCount,
} from '../../src/client';
import { GatewayError } from '../../src/errors';
import type { ChatCall } from '../../src/gateway/call';
import type { ContextMode } from '../../src/language/context';
import { usageOf } from '../../src/language/usage';
import {
	CONTEXT,
	chatAnswer,
	chatStream,
	type DoorOptions,
	doorApp,
	finish,
	meta,
	start,
	text,
	usage,
} from '../support/door-app';
import { FACTS } from '../support/scripted-gateway';

const INPUT = { messages: [{ role: 'user' as const, content: 'Hi' }] };
const never = () => new Promise<never>(() => undefined);

/** As a real fetch: an abort breaks the answer, also while it is being read. */
async function abortable(answer: Promise<Response>, signal: AbortSignal): Promise<Response> {
	const aborted = new Promise<never>((_, reject) => {
		signal.addEventListener('abort', () => reject(signal.reason));
	});
	const response = await Promise.race([answer, aborted]);
	aborted.catch(() => undefined);
	return new Response(response.body?.pipeThrough(new TransformStream(), { signal }) ?? null, response);
}

function connected(options: DoorOptions, key = 'sy_key') {
	const door = doorApp(options);
	const sent: Request[] = [];
	const client = createSwitchyard({
		url: 'http://gateway.test/',
		key,
		headers: { 'x-team': 'blue' },
		fetch: (url, init) => {
			const request = new Request(url, init);
			sent.push(request);
			return abortable(door.fetch(request), request.signal);
		},
	});
	return { door, client, sent };
}

async function thrownBy(work: Promise<unknown>): Promise<unknown> {
	return work.then(
		() => {
			throw new Error('it did not throw');
		},
		(error: unknown) => error,
	);
}

describe('the client', () => {
	it('chats', async () => {
		const { client, door, sent } = connected({ chat: () => chatAnswer() });
		const answer = await client.chat(INPUT, {
			agent: 'support',
			run: 'r1',
			fallback: false,
			conversation: 'c1',
			requestId: 'mine',
		});
		expect(answer).toMatchObject({
			text: 'Hello',
			finish: { kind: 'stop' },
			usage: { totalTokens: 15 },
			meta: { provider: 'mock', costUsd: '0.000015' },
		});
		expectTypeOf(answer.meta.costUsd).toEqualTypeOf<string | null>();
		expect(door.gateway.chats).toMatchObject([
			{ agent: 'support', fallback: false, conversation: 'c1', clientRequestId: 'mine', request: { runId: 'r1' } },
		]);
		expect(sent[0]?.headers.get('x-team')).toBe('blue');
		expect(answer.meta.routing).toEqual(meta().routing);
		expectTypeOf(answer.meta.routing).toEqualTypeOf<RoutingDecision>();
	});

	it('streams typed events: who answers first, the cost last', async () => {
		const { client } = connected({
			stream: () =>
				chatStream([
					[start, text('Hel')],
					[text('lo'), usage, finish],
				]),
		});
		const events: StreamEvent[] = [];
		for await (const event of client.stream(INPUT)) events.push(event);
		expect(events.map((event) => event.type)).toEqual([
			'meta',
			'start',
			'text-delta',
			'text-delta',
			'usage',
			'finish',
			'meta',
		]);
		expect(events.at(-1)).toMatchObject({ meta: { costUsd: '0.000015', provider: 'mock' } });
	});

	it('folds a stream into what chat would have answered', async () => {
		const { client } = connected({
			stream: () =>
				chatStream([
					[
						start,
						{ type: 'reasoning-delta', index: 0, text: 'Hm.' },
						{ type: 'reasoning-signature', index: 0, signature: 'sig' },
					],
					[text('Hel', 1), text('lo', 1)],
					[{ type: 'annotation', index: 1, annotation: { type: 'url-citation', url: 'https://x.example' } }],
					[{ type: 'tool-call-start', index: 2, id: 'c', name: 'f' }],
					[{ type: 'refusal-delta', index: 3, text: 'No.' }, usage, finish],
				]),
		});
		expect(await client.stream(INPUT).final()).toMatchObject({
			id: 'up-1',
			model: 'echo-2026',
			text: 'Hello',
			content: [
				{ type: 'reasoning', text: 'Hm.', signature: 'sig' },
				{ type: 'text', text: 'Hello', annotations: [{ type: 'url-citation', url: 'https://x.example' }] },
				{ type: 'tool-call', id: 'c', name: 'f', arguments: '{}' },
				{ type: 'refusal', text: 'No.' },
			],
			finish: { kind: 'stop' },
			usage: { totalTokens: 15 },
			meta: { costUsd: '0.000015' },
		});
		const pieces: string[] = [];
		for await (const piece of client.stream(INPUT).text()) pieces.push(piece);
		expect(pieces).toEqual(['Hel', 'lo']);
	});

	it('gives the rest and the whole after a part was read', async () => {
		const { client } = connected({
			stream: () =>
				chatStream([
					[start, text('Hel')],
					[text('lo'), finish],
				]),
		});
		const stream = client.stream(INPUT);
		await stream[Symbol.asyncIterator]().next();
		expect((await stream.final()).text).toBe('Hello');
	});

	it('throws a typed error for what the gateway refuses', async () => {
		const { client } = connected({
			chat: () => {
				throw new GatewayError('rate_limited', 'Slow down.', { retryAfterMs: 1_500 });
			},
		});
		const error = await thrownBy(client.chat(INPUT));
		expect(isSwitchyardError(error)).toBe(true);
		expect(asSwitchyardError(error)).toEqual({
			code: 'rate_limited',
			source: 'gateway',
			message: 'Slow down.',
			param: null,
			retryable: true,
			retryAfterMs: 1_500,
		});
	});

	it('tells the limit of an upstream from one of the gateway', async () => {
		const upstream = { failure: 'rate-limited', status: 429, scope: 'key' } as const;
		const { client } = connected({
			chat: () => {
				throw new GatewayError('rate_limited', 'Slow down.', { upstream });
			},
		});
		const failure = asSwitchyardError(await thrownBy(client.chat(INPUT)));
		expect(failure).toMatchObject({ code: 'rate_limited', source: 'upstream' });
		if (failure) expectTypeOf(failure.source).toEqualTypeOf<'gateway' | 'upstream'>();
	});

	it('throws one for a wrong key and for a wrong input', async () => {
		expect(asSwitchyardError(await thrownBy(connected({}, 'wrong').client.chat(INPUT)))?.code).toBe('unauthorized');
		expect(asSwitchyardError(await thrownBy(connected({}).client.agents.list.query()))?.code).toBe('forbidden');
		expect(asSwitchyardError(await thrownBy(connected({}).client.chat({ messages: [] })))).toMatchObject({
			code: 'invalid_request',
			param: 'messages',
		});
	});

	it('throws one before the first event and in the middle of a stream, never a clean end', async () => {
		const refused = connected({
			stream: () => {
				throw new GatewayError('model_not_found', 'No such model.', { param: 'model' });
			},
		});
		expect(asSwitchyardError(await thrownBy(refused.client.stream(INPUT).final()))?.code).toBe('model_not_found');
		const error = new GatewayError('upstream_unavailable', 'reset');
		const { client } = connected({ stream: () => chatStream([[start, text('Hel')], [{ type: 'error', error }]]) });
		const events: StreamEvent[] = [];
		const thrown = await thrownBy(
			(async () => {
				for await (const event of client.stream(INPUT)) events.push(event);
			})(),
		);
		expect(asSwitchyardError(thrown)?.code).toBe('upstream_unavailable');
		expect(events.map((event) => event.type)).toEqual(['meta', 'start', 'text-delta', 'meta']);
	});

	it('takes a broken connection for what it is: not a word of the gateway', async () => {
		const client = createSwitchyard({
			url: 'http://gateway.test',
			key: async () => 'sy_key',
			fetch: () => Promise.reject(new TypeError('connection refused')),
		});
		const error = await thrownBy(client.chat(INPUT));
		expect(isSwitchyardError(error)).toBe(false);
		expect(asSwitchyardError(error)).toBeNull();
	});

	it('ends the request when the loop is left, although the upstream is silent', async () => {
		const scripted = chatStream([[start, text('Hel')], never()]);
		const { client, door, sent } = connected({ stream: () => scripted });
		for await (const event of client.stream(INPUT)) if (event.type === 'text-delta') break;
		await door.settled();
		expect(sent[0]?.signal.aborted).toBe(true);
		expect(scripted.settled()).toBe(true);
	});

	it('ends the request by the caller’s signal, and by abort() while a read is pending', async () => {
		for (const way of ['signal', 'abort'] as const) {
			const scripted = chatStream([[start, text('Hel')], never()]);
			const { client, door } = connected({ stream: () => scripted });
			const controller = new AbortController();
			const stream = client.stream(INPUT, { signal: controller.signal });
			const reading = (async () => {
				for await (const event of stream)
					if (event.type === 'text-delta')
						setTimeout(() => (way === 'signal' ? controller.abort() : stream.abort()), 0);
			})();
			const error = await thrownBy(reading);
			expect(isSwitchyardError(error)).toBe(false);
			await door.settled();
			expect(scripted.settled()).toBe(true);
			await expect(stream.final()).rejects.toThrow('left before its end');
		}
	});

	it('ends a chat by its signal', async () => {
		const { client, door } = connected({ chat: never });
		const controller = new AbortController();
		const chat = thrownBy(client.chat(INPUT, { signal: controller.signal }));
		while (door.gateway.chats.length === 0) await door.time.advance(0);
		controller.abort();
		expect(isSwitchyardError(await chat)).toBe(false);
		await door.time.advance(0);
		expect(door.gateway.chats[0]?.signal?.aborted).toBe(true);
	});

	it('sends each call as a request of its own, so that leaving one ends no other', async () => {
		const { client, sent } = connected({ chat: () => chatAnswer() });
		await Promise.all([client.chat(INPUT), client.chat(INPUT)]);
		expect(sent).toHaveLength(2);
	});

	it('without a key sends no credential of its own, so that a cookie of the page counts', async () => {
		const sent: Headers[] = [];
		const door = doorApp({});
		const client = createSwitchyard({
			url: 'http://gateway.test',
			fetch: (url, init) => {
				const request = new Request(url, init);
				sent.push(request.headers);
				return door.fetch(request);
			},
		});
		const thrown = await thrownBy(client.chat(INPUT));
		expect(asSwitchyardError(thrown)).toMatchObject({ code: 'unauthorized' });
		expect(sent).toHaveLength(1);
		expect(sent[0]?.has('authorization')).toBe(false);
		expect(sent[0]?.get('content-type')).toBe('application/json');
	});

	it('counts and estimates, each as a call of its own, and says for whom', async () => {
		const about = { provider: 'mock', model: 'echo', configVersion: 7, warnings: [] };
		const heard: ChatCall[] = [];
		const { client, sent } = connected({
			countTokens: async (call) => {
				heard.push(call);
				return { ...about, inputTokens: 12, method: 'exact' };
			},
			estimateCost: async (call) => {
				heard.push(call);
				return {
					...about,
					inputTokens: 12,
					method: 'calibrated',
					context: CONTEXT,
					outputTokens: { min: 0, max: 100 },
					costNanoUsd: { min: 1_500n, max: 2_000_000_000n },
					budgetLeftNanoUsd: 1_999_999_999n,
					fits: false,
				};
			},
		});
		const options = { agent: 'support', fallback: false, requestId: 'mine' };
		const [count, estimate] = await Promise.all([
			client.tokens.count(INPUT, options),
			client.cost.estimate({ ...INPUT, maxTokens: 100, context: { mode: 'refuse' } }, options),
		]);
		expect(count).toEqual({ ...about, inputTokens: 12, method: 'exact' });
		expect(estimate).toEqual({
			...about,
			inputTokens: 12,
			method: 'calibrated',
			context: CONTEXT,
			outputTokens: { min: 0, max: 100 },
			costUsd: { min: '0.0000015', max: '2' },
			budgetLeftUsd: '1.999999999',
			fits: false,
		});
		expect(sent.map(({ method, url }) => `${method} ${new URL(url).pathname}`).sort()).toEqual([
			'POST /trpc/cost.estimate',
			'POST /trpc/tokens.count',
		]);
		expect(heard.every(({ agent, fallback }) => agent === 'support' && !fallback)).toBe(true);
		expectTypeOf(count).toEqualTypeOf<TokenCount>();
		expectTypeOf(estimate).toEqualTypeOf<EstimateResult>();
		expectTypeOf(count.method).toEqualTypeOf<'provider' | 'exact' | 'calibrated' | 'bound'>();
		expectTypeOf(estimate.context).toEqualTypeOf<ContextReceipt>();
		expectTypeOf(estimate.costUsd).toEqualTypeOf<{ readonly min: string; readonly max: string } | null>();
		expectTypeOf(await client.trpc.cost.estimate.mutate(INPUT)).toExtend<EstimateResult>();
		expectTypeOf<NonNullable<ChatInput['context']>>().toEqualTypeOf<{ mode?: ContextMode }>();
	});

	it('embeds, lists models and reaches the administration', async () => {
		const { client, sent } = connected({
			embed: () => ({
				response: { model: 'e', embeddings: [[1]], usage: usageOf({ input: 1 }) },
				meta: meta(),
			}),
			models: async () => [{ ...FACTS, provider: 'mock', model: 'echo' }],
		});
		expect((await client.embed({ input: 'a', model: 'mock/embed' })).embeddings).toEqual([[1]]);
		const models = await client.models.list.query({ kind: 'chat' });
		expect(models[0]?.id).toBe('mock/echo');
		expectTypeOf(client.agents.create.mutate).toBeFunction();
		expectTypeOf(client.gatewayKeys.create.mutate).toBeFunction();
		expectTypeOf(client.organizations.list.query).toBeFunction();
		expect(sent[1]?.method).toBe('GET');
	});
});
