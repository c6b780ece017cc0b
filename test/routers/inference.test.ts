import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors';
import { usageOf } from '../../src/language/usage';
import { chatAnswer, chatStream, doorApp, finish, meta, start, text, USAGE } from '../support/door-app';
import { FACTS } from '../support/scripted-gateway';

const CHAT = { messages: [{ role: 'user', content: 'Hi' }] };

describe('tRPC chat', () => {
	it('takes content as a string and gives the answer as JSON, with its facts in body and headers', async () => {
		const door = doorApp({ chat: () => chatAnswer({ usage: usageOf({ ...USAGE, reportedNanoUsd: 5n }) }) });
		const response = await door.post('/trpc/chat', CHAT, { 'x-switchyard-agent': 'support', 'x-switchyard-run': 'r' });
		expect(response.status).toBe(200);
		expect(response.headers.get('x-switchyard-provider')).toBe('mock');
		expect(response.headers.get('x-switchyard-cost-usd')).toBe('0.000015');
		expect(door.gateway.chats).toMatchObject([
			{
				requestId: 'id-1',
				agent: 'support',
				request: { messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }], runId: 'r' },
			},
		]);
		const { costNanoUsd: _, ...facts } = meta();
		expect(await response.json()).toEqual({
			result: {
				data: {
					id: 'up-1',
					model: 'echo-2026',
					text: 'Hello',
					content: [{ type: 'text', text: 'Hello' }],
					finish: { kind: 'stop', raw: 'stop' },
					usage: {
						input: 8,
						cacheRead: 2,
						cacheWrite5m: 0,
						cacheWrite1h: 0,
						inputAudio: 0,
						inputImage: 0,
						output: 4,
						reasoning: 1,
						outputAudio: 0,
						promptTokens: 10,
						completionTokens: 5,
						totalTokens: 15,
					},
					meta: { ...facts, costUsd: '0.000015' },
				},
			},
		});
	});

	it('lets the input name agent, fallback and run, and keeps them out of the request', async () => {
		const door = doorApp({ chat: () => chatAnswer() });
		const input = { ...CHAT, agent: 'a', fallback: false, runId: 'mine' };
		await door.post('/trpc/chat', input, { 'x-switchyard-agent': 'b', 'x-switchyard-run': 'theirs' });
		expect(door.gateway.chats).toMatchObject([{ agent: 'a', fallback: false, request: { runId: 'mine' } }]);
		expect(door.gateway.chats[0]?.request).not.toHaveProperty('agent');
	});

	it('gives each call of a batch an id of its own', async () => {
		const door = doorApp({ chat: () => chatAnswer() });
		const response = await door.post('/trpc/chat,chat?batch=1', { 0: CHAT, 1: CHAT });
		expect(response.status).toBe(200);
		const ids = door.gateway.chats.map((call) => call.requestId);
		expect(new Set(ids).size).toBe(2);
		expect(response.headers.has('x-switchyard-provider')).toBe(false);
	});

	it('carries a whole conversation', async () => {
		const door = doorApp({ chat: () => chatAnswer() });
		const messages = [
			{ role: 'system', content: [{ type: 'text', text: 'Be brief.', cache: true }], pinned: true },
			{
				role: 'user',
				content: [{ type: 'image', source: { kind: 'url', url: 'https://x.example/a.png' } }],
				priority: 2,
			},
			{ role: 'assistant', content: [{ type: 'tool-call', id: 'c', name: 'f', arguments: '{}' }] },
			{ role: 'tool', callId: 'c', content: [{ type: 'text', text: '1' }], isError: true },
		];
		const settings = { tools: [{ name: 'f' }], toolChoice: { name: 'f' }, maxTokens: 5, reasoning: { effort: 'low' } };
		const response = await door.post('/trpc/chat', { model: 'a/b', messages, ...settings });
		expect(response.status).toBe(200);
		expect(door.gateway.chats[0]?.request).toEqual({ model: 'a/b', messages, ...settings });
	});

	it.each<[object, string]>([
		[{}, 'messages'],
		[{ messages: [] }, 'messages'],
		[{ messages: [{ role: 'user', content: 3 }] }, 'messages[0].content'],
		[{ messages: [{ role: 'user', content: [{ type: 'text' }] }] }, 'messages[0].content[0].text'],
		[{ messages: [{ role: 'robot', content: 'x' }] }, 'messages[0].role'],
		[{ ...CHAT, temperature: 9 }, 'temperature'],
		[{ ...CHAT, temprature: 1 }, 'temprature'],
		[{ ...CHAT, toolChoice: 'maybe' }, 'toolChoice'],
	])('refuses %j and names %s', async (input, param) => {
		const response = await doorApp().post('/trpc/chat', input);
		expect(response.status).toBe(400);
		expect(await response.json()).toMatchObject({
			error: { data: { code: 'BAD_REQUEST', gateway: { code: 'invalid_request', param } } },
		});
	});

	it('refuses an unusable header and a body that is no JSON', async () => {
		const door = doorApp();
		const header = await door.post('/trpc/chat', CHAT, { 'x-switchyard-fallback': 'maybe' });
		expect(await header.json()).toMatchObject({ error: { data: { gateway: { param: 'x-switchyard-fallback' } } } });
		const broken = await door.post('/trpc/chat', '{"messages":');
		expect(broken.status).toBe(400);
		expect((await door.request('/trpc/chat')).status).toBe(400);
	});
});

describe('tRPC stream', () => {
	const LINES = { 'trpc-accept': 'application/jsonl' };
	const open = (door: ReturnType<typeof doorApp>, headers: Record<string, string> = LINES) =>
		door.post('/trpc/stream?batch=1', { 0: CHAT }, headers);

	it('is sent as JSON lines, so that no proxy holds it back', async () => {
		const door = doorApp({ stream: () => chatStream([[start, text('a')], [finish]]) });
		const response = await open(door);
		expect(response.status).toBe(200);
		expect(response.headers.get('content-type')).toBe('application/jsonl');
		expect(response.headers.has('transfer-encoding')).toBe(false);
		const lines = (await response.text())
			.trim()
			.split('\n')
			.map((line) => JSON.parse(line));
		expect(lines.length).toBeGreaterThan(4);
		await door.settled();
	});

	it('calls nobody where it could not be read as a stream', async () => {
		const door = doorApp({ stream: () => chatStream([[start, finish]]) });
		const response = await door.post('/trpc/stream', CHAT);
		expect(response.status).toBe(400);
		expect(JSON.stringify(await response.json())).toContain('trpc-accept');
		expect(door.gateway.streams).toEqual([]);
	});

	it('writes whitespace while it is silent', async () => {
		const door = doorApp({ stream: () => chatStream([[start, text('a')], new Promise(() => undefined)]) });
		const reader = (await open(door)).body?.getReader();
		let seen = '';
		while (!seen.includes('"a"')) seen += new TextDecoder().decode((await reader?.read())?.value);
		const beat = reader?.read();
		await door.time.advance(5_000);
		expect(new TextDecoder().decode((await beat)?.value)).toBe(' ');
		await reader?.cancel();
		await door.settled();
	});

	it('ends its call when the client leaves, although the upstream is silent', async () => {
		const stream = chatStream([[start, text('a')], new Promise(() => undefined)]);
		const door = doorApp({ stream: () => stream });
		const reader = (await open(door)).body?.getReader();
		let seen = '';
		while (!seen.includes('"a"')) seen += new TextDecoder().decode((await reader?.read())?.value);
		await reader?.cancel();
		await door.settled();
		expect(door.gateway.streams[0]?.signal?.aborted).toBe(true);
		expect(stream.settled()).toBe(true);
	});

	it('sends an error in the middle with its type, and reveals nothing of a fault', async () => {
		const error = new GatewayError('upstream_unavailable', 'reset');
		const typed = doorApp({ stream: () => chatStream([[start, text('a')], [{ type: 'error', error }]]) });
		const lines = await (await open(typed)).text();
		expect(lines).toContain('"code":"upstream_unavailable"');
		expect(lines).toContain('"code":"SERVICE_UNAVAILABLE"');
		const fault = doorApp({ stream: () => chatStream([[start], Promise.reject(new TypeError('secret detail'))]) });
		const hidden = await (await open(fault)).text();
		expect(hidden).toContain('"code":"internal"');
		expect(hidden).not.toContain('secret detail');
		expect(JSON.stringify(fault.logs)).toContain('secret detail');
	});
});

describe('tRPC embed and models', () => {
	it.each([
		['a', ['a']],
		[
			['a', 'b'],
			['a', 'b'],
		],
		[[[1, 2]], [[1, 2]]],
	])('embed takes %j', async (input, expected) => {
		const door = doorApp({
			embed: () => ({ response: { model: 'e', embeddings: [[1]], usage: usageOf({ input: 1 }) }, meta: meta() }),
		});
		const response = await door.post('/trpc/embed', { input, model: 'mock/embed' });
		expect(await response.json()).toMatchObject({
			result: { data: { model: 'e', embeddings: [[1]], usage: { promptTokens: 1 }, meta: { costUsd: '0.000015' } } },
		});
		expect(door.gateway.embeds[0]?.request.input).toEqual(expected);
	});

	it.each([[''], [[]], [['a', '']], [[[]]], [3]])('embed refuses %j', async (input) => {
		const response = await doorApp().post('/trpc/embed', { input });
		expect(response.status).toBe(400);
		expect(JSON.stringify(await response.json())).toContain('"param":"input');
	});

	it('models.list filters by provider, kind and capability', async () => {
		const door = doorApp({
			models: async () => [
				{ ...FACTS, provider: 'a', model: 'chat' },
				{ ...FACTS, provider: 'a', model: 'embed', kind: 'embedding', tools: false },
				{ ...FACTS, provider: 'b', model: 'blind', input: ['text'], prices: null },
			],
		});
		const ids = async (input?: object) => {
			const query = input ? `?input=${encodeURIComponent(JSON.stringify(input))}` : '';
			const body = (await (await door.request(`/trpc/models.list${query}`)).json()) as {
				result: { data: { id: string; pricing: unknown }[] };
			};
			return body.result.data.map((model) => model.id);
		};
		expect(await ids()).toEqual(['a/chat', 'a/embed', 'b/blind']);
		expect(await ids({ provider: 'a' })).toEqual(['a/chat', 'a/embed']);
		expect(await ids({ kind: 'chat', capability: 'image' })).toEqual(['a/chat']);
		expect(await ids({ capability: 'tools' })).toEqual(['a/chat', 'b/blind']);
	});
});
