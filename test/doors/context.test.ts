import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors';
import { CONTEXT_MODES } from '../../src/language/context';
import type { ChatRequest } from '../../src/language/request';
import { usageOf } from '../../src/language/usage';
import { findProvider, providerIds, wires } from '../../src/providers';
import { CONTEXT, chatAnswer, chatStream, type DoorOptions, doorApp, finish, meta, start } from '../support/door-app';
import { wireTarget } from '../support/wire-target';

const HEADER = 'x-switchyard-context-mode';
const CHAT = { messages: [{ role: 'user', content: 'Hi' }] };

const PROTOCOLS: readonly (readonly [path: string, body: object])[] = [
	['/v1/chat/completions', CHAT],
	['/v1/responses', { input: 'Hi' }],
	['/v1/messages', { ...CHAT, max_tokens: 9 }],
];
const DOORS = [...PROTOCOLS, ['/trpc/chat', CHAT] as const];

const open = (options: DoorOptions = {}) =>
	doorApp({
		chat: () => chatAnswer(),
		stream: () => chatStream([[start, finish]]),
		embed: () => ({ response: { model: 'e', embeddings: [[1]], usage: usageOf({ input: 1 }) }, meta: meta() }),
		...options,
	});

async function asked(path: string, body: object, headers: Record<string, string> = {}): Promise<ChatRequest[]> {
	const door = open();
	await (await door.post(path, body, headers)).text();
	return [...door.gateway.chats, ...door.gateway.streams].map(({ request }) => request);
}

const modes = async (...call: Parameters<typeof asked>) => (await asked(...call)).map(({ context }) => context?.mode);

async function refused(path: string, body: object, headers: Record<string, string> = {}) {
	const door = open();
	const response = await door.post(path, body, headers);
	expect(response.status).toBe(400);
	expect([...door.gateway.chats, ...door.gateway.streams, ...door.gateway.embeds]).toEqual([]);
	return response.text();
}

describe('what may be done so that a conversation fits', () => {
	it.each(DOORS)('comes to the path by its header, and is absent where nothing says it: %s', async (path, body) => {
		for (const mode of CONTEXT_MODES) expect(await modes(path, body, { [HEADER]: mode })).toEqual([mode]);
		expect((await asked(path, body))[0]).not.toHaveProperty('context');
	});

	it.each(PROTOCOLS)('comes from the body where no header says it: %s', async (path, body) => {
		const own = { ...body, switchyard: { context: { mode: 'refuse' } } };
		expect(await modes(path, own)).toEqual(['refuse']);
		expect(await modes(path, { ...own, stream: true })).toEqual(['refuse']);
		expect(await modes(path, own, { [HEADER]: 'off' })).toEqual(['off']);
		expect(await modes(path, { ...body, switchyard: { context: {} } })).toEqual([undefined]);
	});

	it('is that of the input in the typed API, where headers are those of a whole batch', async () => {
		expect(await modes('/trpc/chat', { ...CHAT, context: { mode: 'summarize' } }, { [HEADER]: 'off' })).toEqual([
			'summarize',
		]);
	});

	it('is named as the caller wrote it where the key may not say it', async () => {
		const barred = () => {
			throw new GatewayError('forbidden', 'This key may not override context.mode.', { param: 'context.mode' });
		};
		for (const [path, body] of PROTOCOLS) {
			const response = await open({ chat: barred }).post(path, body);
			expect(response.status).toBe(403);
			const { error } = (await response.json()) as { error: { param?: string } };
			if (path !== '/v1/messages') expect(error.param).toBe('switchyard.context.mode');
		}
	});

	it('stays beside the name of a run', async () => {
		const headers = { [HEADER]: 'off', 'x-switchyard-run': 'r' };
		for (const [path, body] of DOORS)
			expect(await asked(path, body, headers)).toMatchObject([{ context: { mode: 'off' }, runId: 'r' }]);
	});

	it.each(['', 'Trim', 'truncate', 'trim, off'])(
		'is refused as %j, by every door, naming the header',
		async (value) => {
			for (const [path, body] of [...DOORS, ['/v1/embeddings', { input: 'Hi' }] as const])
				expect(await refused(path, body, { [HEADER]: value })).toContain(HEADER);
		},
	);

	it.each([
		['/v1/chat/completions', { ...CHAT, switchyard: { context: { mode: 'none' } } }, 'switchyard.context.mode'],
		[
			'/v1/chat/completions',
			{ ...CHAT, switchyard: { context: { summarizer: 'x' } } },
			'switchyard.context.summarizer',
		],
		['/v1/embeddings', { input: 'Hi', switchyard: { context: { mode: 'off' } } }, 'switchyard.context'],
		['/trpc/chat', { ...CHAT, context: { mode: 'none' } }, 'context.mode'],
		['/trpc/chat', { ...CHAT, context: { maxInputTokens: 9 } }, 'context.maxInputTokens'],
	])('in the body of %s is refused as in %j', async (path, body, param) => {
		expect(await refused(path, body)).toContain(`"param":"${param}"`);
	});

	it('may be said by pages of other origins', async () => {
		const response = await doorApp().request('/v1/chat/completions', {
			key: false,
			method: 'OPTIONS',
			headers: { origin: 'https://app.example', 'access-control-request-headers': HEADER },
		});
		expect(response.headers.get('access-control-allow-headers')).toBe(HEADER);
	});
});

describe('what a message says of itself for the planner', () => {
	const kept = { pinned: true, priority: -1_000 };
	const marked = { role: 'user', content: 'Hi', switchyard: kept };

	it.each<[string, object]>([
		['/v1/chat/completions', { messages: [marked] }],
		['/v1/responses', { input: [marked] }],
		['/v1/messages', { messages: [marked], max_tokens: 9 }],
		['/trpc/chat', { messages: [{ role: 'user', content: 'Hi', ...kept }] }],
	])('is read by %s', async (path, body) => {
		const [request] = await asked(path, body);
		expect(request?.messages).toEqual([{ role: 'user', content: [{ type: 'text', text: 'Hi' }], ...kept }]);
	});

	it('may stand on every kind of message', async () => {
		const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } };
		const roles = [
			{ role: 'system', content: 'S' },
			{ role: 'developer', content: 'D' },
			{ role: 'assistant', content: null, tool_calls: [call] },
			{ role: 'tool', tool_call_id: 'c', content: 'R' },
			{ role: 'assistant', content: null, function_call: { name: 'g', arguments: '{}' } },
			{ role: 'function', name: 'g', content: 'R' },
		].map((message) => ({ ...message, switchyard: { priority: 7 } }));
		const [request] = await asked('/v1/chat/completions', { messages: [...roles, { role: 'user', content: 'Hi' }] });
		expect(request?.messages.map(({ priority }) => priority)).toEqual([7, 7, 7, 7, 7, 7, undefined]);
	});

	it('holds for all that a turn of Anthropic is made of', async () => {
		const result = { type: 'tool_result', tool_use_id: 't', content: 'R' };
		const turns = [
			{ role: 'user', content: 'Hi' },
			{
				role: 'assistant',
				content: [{ type: 'tool_use', id: 't', name: 'f', input: {} }],
				switchyard: { priority: 1 },
			},
			{ role: 'user', content: [result, { type: 'text', text: 'And?' }], switchyard: { pinned: true } },
		];
		const [request] = await asked('/v1/messages', { messages: turns, max_tokens: 9, system: 'S' });
		expect(request?.messages.map(({ role, pinned, priority }) => [role, pinned, priority])).toEqual([
			['system', undefined, undefined],
			['user', undefined, undefined],
			['assistant', undefined, 1],
			['tool', true, undefined],
			['user', true, undefined],
		]);
	});

	it('holds for a message that items of the Responses API make together: the highest priority counts', async () => {
		const item = { type: 'function_call', name: 'f', arguments: '{}' };
		const input = [
			{ role: 'user', content: 'Hi' },
			{ ...item, call_id: 'a', switchyard: { priority: 2 } },
			{ ...item, call_id: 'b', switchyard: { pinned: true, priority: -2 } },
			{ type: 'function_call_output', call_id: 'a', output: 'A', switchyard: { priority: 3 } },
			{ type: 'function_call_output', call_id: 'b', output: 'B' },
			{ role: 'assistant', content: 'Done.' },
		];
		const [request] = await asked('/v1/responses', { input });
		expect(request?.messages.map(({ role, pinned, priority }) => [role, pinned, priority])).toEqual([
			['user', undefined, undefined],
			['assistant', true, 2],
			['tool', undefined, 3],
			['tool', undefined, undefined],
			['assistant', undefined, undefined],
		]);
	});

	it('is nothing that goes unread', async () => {
		const response = await open().post('/v1/chat/completions', { messages: [marked] });
		expect(response.headers.has('x-switchyard-warnings')).toBe(false);
	});

	it.each<[string, (own: object) => object, string]>([
		[
			'/v1/chat/completions',
			(own) => ({ messages: [{ role: 'user', content: 'Hi', switchyard: own }] }),
			'.switchyard',
		],
		['/v1/responses', (own) => ({ input: [{ role: 'user', content: 'Hi', switchyard: own }] }), '.switchyard'],
		['/trpc/chat', (own) => ({ messages: [{ role: 'user', content: 'Hi', ...own }] }), ''],
	])('is refused by %s where it is out of range or no number, with its path', async (path, body, field) => {
		const list = path === '/v1/responses' ? 'input' : 'messages';
		for (const priority of [1_001, -1_000.5, '1'])
			expect(await refused(path, body({ priority }))).toContain(`"param":"${list}[0]${field}.priority"`);
		expect(await refused(path, body({ pinned: 'yes' }))).toContain(`"param":"${list}[0]${field}.pinned"`);
		const infinite = JSON.stringify(body({ priority: 0 })).replace('"priority":0', '"priority":1e999');
		const response = await open().request(path, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: infinite,
		});
		expect([response.status, await response.text()]).toEqual([400, expect.stringContaining(`${field}.priority`)]);
	});

	it.each(providerIds.filter((id) => !findProvider(id)?.builtin))('is never sent to %s', (id) => {
		const provider = findProvider(id);
		if (!provider) throw new Error('no such provider');
		const said = { content: [{ type: 'text' as const, text: 'Hi' }], pinned: true, priority: 987 };
		const request: ChatRequest = {
			messages: [
				{ role: 'system', ...said },
				{ role: 'user', ...said },
				{ role: 'assistant', ...said, content: [{ type: 'tool-call', id: 'c1', name: 'f', arguments: '{}' }] },
				{ role: 'tool', callId: 'c1', ...said },
			],
			tools: [{ name: 'f' }],
			context: { mode: 'refuse' },
		};
		for (const wire of [provider.wire, ...(provider.alternatives ?? []).map((other) => other.wire)])
			expect(wires[wire].toRequest(request, wireTarget(provider, 'm')).body).not.toMatch(/987|pinned|priority|refuse/);
	});

	it('is strict: other fields are refused by name', async () => {
		const odd = [{ role: 'user', content: 'Hi', switchyard: { keep: true } }];
		for (const [path, body] of [
			['/v1/chat/completions', { messages: odd }],
			['/v1/messages', { messages: odd, max_tokens: 9 }],
		] as const)
			expect(await refused(path, body)).toContain('messages[0].switchyard.keep');
	});
});

describe('the receipt of what was done', () => {
	const RECEIPT = { 'x-switchyard-receipt': 'true' };
	const told = async (path: string, body: object): Promise<string> => (await open().post(path, body, RECEIPT)).text();

	it.each([
		['/v1/chat/completions', CHAT],
		['/v1/chat/completions', { ...CHAT, stream: true }],
	])('of %s is whole, with messages by their places: %j', async (path, body) => {
		expect(await told(path, body)).toContain(`"receipt":${JSON.stringify(CONTEXT)}`);
	});

	it('of the typed API is whole too', async () => {
		const response = await open().post('/trpc/chat', CHAT);
		expect(await response.json()).toMatchObject({ result: { data: { meta: { context: CONTEXT } } } });
	});

	it.each([false, true])('of Anthropic counts turns, streamed: %j', async (stream) => {
		const call = (id: string) => ({ role: 'assistant', content: [{ type: 'tool_use', id, name: 'f', input: {} }] });
		const result = (id: string) => ({ type: 'tool_result', tool_use_id: id, content: 'R' });
		const turns = [
			{ role: 'user', content: 'One' },
			call('a'),
			{ role: 'user', content: [result('a'), { type: 'text', text: 'Two' }] },
			call('b'),
			{ role: 'user', content: [result('b')] },
			{ role: 'assistant', content: 'Three' },
			{ role: 'user', content: 'Four' },
			{ role: 'assistant', content: 'Five' },
			{ role: 'user', content: 'Six' },
		];
		// 0 system, 1 one, 2 call, 3 result, 4 two, 5 call, 6 result, 7 three, 8 four, 9 five, 10 six
		const text = await told('/v1/messages', { messages: turns, system: 'S', max_tokens: 9, stream });
		expect(text).toContain(
			JSON.stringify({
				dropped: [
					{ first: 0, last: 2, tokens: 5_000, what: 'messages' },
					{ first: 4, last: 5, tokens: 900, what: 'images' },
				],
				shortened: [{ message: 7, before: 1_200, after: 256 }],
				summarized: [{ first: 2, last: 3, tokens: 2_000, into: 120, model: 'mock/echo', cached: true }],
			}).slice(1, -1),
		);
	});

	it.each([false, true])('of the Responses API counts items, streamed: %j', async (stream) => {
		const call = (id: string) => ({ type: 'function_call', call_id: id, name: 'f', arguments: '{}' });
		const output = (id: string) => ({ type: 'function_call_output', call_id: id, output: 'R' });
		const said = (role: string) => ({ role, content: 'Hi' });
		const input = [
			...[said('user'), call('a'), call('b'), output('a'), output('b'), said('assistant')],
			...[said('user'), said('assistant'), said('user'), said('assistant'), said('user')],
		];
		// 0 instructions, 1 user (0), 2 calls (1, 2), 3 (3), 4 (4), 5 said (5), 6 user (6), 7 said (7), 8 user (8), 9 said (9)
		const text = await told('/v1/responses', { input, instructions: 'Be brief.', stream });
		expect(text).toContain(
			JSON.stringify({
				dropped: [
					{ first: 0, last: 3, tokens: 5_000, what: 'messages' },
					{ first: 6, last: 7, tokens: 900, what: 'images' },
				],
				shortened: [{ message: 9, before: 1_200, after: 256 }],
				summarized: [{ first: 4, last: 5, tokens: 2_000, into: 120, model: 'mock/echo', cached: true }],
			}).slice(1, -1),
		);
	});

	it.each(DOORS)('is a line of figures in the headers of %s: images are no messages', async (path, body) => {
		const response = await open().post(path, body);
		expect(response.headers.get('x-switchyard-context')).toBe(
			'before=12000, after=3900, limit=4096, method=exact, dropped=3, summarized=2',
		);
		await response.text();
	});
});

describe('a conversation that can not be made to fit', () => {
	const message = 'What must stay counts 9000 tokens (exact); 4096 may be sent. Shorten messages[1].';
	const tooLong = new GatewayError('context_too_long', message, { param: 'messages[1]' });
	const failing = () => {
		throw tooLong;
	};
	const door = () => doorApp({ chat: failing, stream: failing });
	const messages = [
		{ role: 'user', content: 'One' },
		{ role: 'user', content: 'Two' },
	];

	it.each([false, true])("is refused in OpenAI's words, with figures and place, streamed: %j", async (stream) => {
		const response = await door().post('/v1/chat/completions', { messages, stream });
		expect(response.status).toBe(400);
		expect(response.headers.get('x-should-retry')).toBe('false');
		expect(await response.json()).toEqual({
			error: {
				message: `${message} (context_length_exceeded)`,
				type: 'invalid_request_error',
				code: 'context_too_long',
				param: 'messages[1]',
			},
		});
	});

	it("says it once where an upstream's words say it", async () => {
		const upstream = { failure: 'context-too-long', status: 400, scope: 'request' } as const;
		const theirs = new GatewayError('context_too_long', "This model's maximum context length is 8192 tokens.", {
			upstream,
		});
		const response = await doorApp({
			chat: () => {
				throw theirs;
			},
		}).post('/v1/chat/completions', CHAT);
		expect(await response.json()).toMatchObject({ error: { message: theirs.message } });
	});

	it("is refused in Anthropic's words, naming the turn", async () => {
		const response = await door().post('/v1/messages', { messages, max_tokens: 9, system: 'S' });
		expect(response.status).toBe(400);
		expect(await response.json()).toMatchObject({
			type: 'error',
			error: {
				type: 'invalid_request_error',
				message: `prompt is too long: ${message.replace('messages[1]', 'messages[0]')}`,
			},
		});
	});

	it('is a bad request to tRPC, with the code and the place', async () => {
		const response = await door().post('/trpc/chat', { messages });
		expect(response.status).toBe(400);
		expect(await response.json()).toMatchObject({
			error: {
				data: {
					code: 'BAD_REQUEST',
					gateway: { code: 'context_too_long', source: 'gateway', message, param: 'messages[1]' },
				},
			},
		});
	});
});
