import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors';
import { usageOf } from '../../src/language/usage';
import {
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

function sdk(options: DoorOptions) {
	const door = doorApp(options);
	const client = new OpenAI({
		apiKey: 'sy_key',
		baseURL: 'http://gateway.test/v1',
		maxRetries: 0,
		fetch: (url, init) => door.fetch(url, init),
	});
	return { door, client };
}

const messages = [{ role: 'user' as const, content: 'Hi' }];
const tools = [
	{ type: 'function' as const, function: { name: 'weather', parameters: { type: 'object', properties: {} } } },
];

describe("OpenAI's own SDK", () => {
	it('reads a whole answer', async () => {
		const { client } = sdk({ chat: () => chatAnswer() });
		const { data, response, request_id } = await client.chat.completions
			.create({ model: 'mock/echo', messages })
			.withResponse();
		expect(data.choices[0]?.message.content).toBe('Hello');
		expect(data.usage).toMatchObject({ total_tokens: 15, cost: 0.000015 });
		expect(request_id).toBe('id-1');
		expect(response.headers.get('x-switchyard-provider')).toBe('mock');
	});

	it('reads a stream, chunk by chunk and folded', async () => {
		const { client } = sdk({ stream: () => chatStream([[start, text('Hel')], [text('lo')], [usage, finish]]) });
		const stream = await client.chat.completions.create({
			model: 'mock/echo',
			messages,
			stream: true,
			stream_options: { include_usage: true },
		});
		const pieces: string[] = [];
		let total: number | undefined;
		for await (const chunk of stream) {
			const piece = chunk.choices[0]?.delta.content;
			if (piece) pieces.push(piece);
			total = chunk.usage?.total_tokens ?? total;
		}
		expect(pieces).toEqual(['Hel', 'lo']);
		expect(total).toBe(15);
		const folded = client.chat.completions.stream({ model: 'mock/echo', messages });
		expect(await folded.finalContent()).toBe('Hello');
		expect((await folded.finalChatCompletion()).choices[0]?.finish_reason).toBe('stop');
	});

	it('folds streamed tool calls', async () => {
		const { client } = sdk({
			stream: () =>
				chatStream([
					[start, { type: 'tool-call-start', index: 0, id: 'c1', name: 'weather' }],
					[{ type: 'tool-call-delta', index: 0, arguments: '{"city":' }],
					[{ type: 'tool-call-delta', index: 0, arguments: '"Oslo"}' }],
					[{ type: 'tool-call-start', index: 1, id: 'c2', name: 'weather' }],
					[{ type: 'finish', finish: { kind: 'tool-calls' } }],
				]),
		});
		const folded = await client.chat.completions.stream({ model: 'mock/echo', messages, tools }).finalChatCompletion();
		expect(folded.choices[0]).toMatchObject({
			finish_reason: 'tool_calls',
			message: {
				content: null,
				tool_calls: [
					{ id: 'c1', function: { name: 'weather', arguments: '{"city":"Oslo"}' } },
					{ id: 'c2', function: { name: 'weather', arguments: '{}' } },
				],
			},
		});
	});

	it('runs a tool loop: its own replay of our answer is understood', async () => {
		const { client, door } = sdk({
			chat: (_, number) =>
				number === 0
					? chatAnswer({
							content: [{ type: 'tool-call', id: 'c1', name: 'weather', arguments: '{}' }],
							finish: { kind: 'tool-calls' },
						})
					: chatAnswer(),
		});
		const runner = client.chat.completions.runTools({
			model: 'mock/echo',
			messages,
			tools: [
				{
					type: 'function',
					function: {
						name: 'weather',
						description: 'w',
						parameters: { type: 'object', properties: {} },
						function: () => 'sunny',
					},
				},
			],
		});
		expect(await runner.finalContent()).toBe('Hello');
		expect(door.gateway.chats[1]?.request.messages.slice(1)).toEqual([
			{ role: 'assistant', content: [{ type: 'tool-call', id: 'c1', name: 'weather', arguments: '{}' }] },
			{ role: 'tool', callId: 'c1', content: [{ type: 'text', text: 'sunny' }] },
		]);
	});

	it('parses a structured answer', async () => {
		const { client } = sdk({ chat: () => chatAnswer({ content: [{ type: 'text', text: '{"a":1}' }] }) });
		const parsed = await client.chat.completions.parse({
			model: 'mock/echo',
			messages,
			response_format: { type: 'json_schema', json_schema: { name: 's', schema: { type: 'object' } } },
		});
		expect(parsed.choices[0]?.message.parsed).toEqual({ a: 1 });
	});

	it('decodes embeddings, which it asks for as base64', async () => {
		const { client } = sdk({
			embed: () => ({
				response: { model: 'e', embeddings: [[0.5, -0.25]], usage: usageOf({ input: 2 }) },
				meta: meta(),
			}),
		});
		const list = await client.embeddings.create({ model: 'mock/embed', input: 'a' });
		expect(list.data[0]?.embedding).toEqual([0.5, -0.25]);
		expect(list.usage).toMatchObject({ prompt_tokens: 2, total_tokens: 2 });
	});

	it('lists models and finds one', async () => {
		const { client } = sdk({ models: async () => [{ ...FACTS, provider: 'mock', model: 'echo' }] });
		const ids: string[] = [];
		for await (const model of client.models.list()) ids.push(model.id);
		expect(ids).toEqual(['mock/echo']);
		expect((await client.models.retrieve('mock/echo')).id).toBe('mock/echo');
		await expect(client.models.retrieve('mock/none')).rejects.toBeInstanceOf(OpenAI.NotFoundError);
	});

	it.each([
		[new GatewayError('invalid_request', 'x', { param: 'messages' }), OpenAI.BadRequestError],
		[new GatewayError('unauthorized', 'x'), OpenAI.AuthenticationError],
		[new GatewayError('forbidden', 'x'), OpenAI.PermissionDeniedError],
		[new GatewayError('model_not_found', 'x', { param: 'model' }), OpenAI.NotFoundError],
		[new GatewayError('conflict', 'x'), OpenAI.ConflictError],
		[new GatewayError('rate_limited', 'x', { retryAfterMs: 5_000 }), OpenAI.RateLimitError],
		[new GatewayError('upstream_unavailable', 'x'), OpenAI.InternalServerError],
		[new GatewayError('budget_exceeded', 'x'), OpenAI.APIError],
	])('throws its own class for %s', async (error, type) => {
		const { client } = sdk({
			chat: () => {
				throw error;
			},
		});
		const thrown = await client.chat.completions.create({ model: 'm', messages }).catch((caught: unknown) => caught);
		expect(thrown).toBeInstanceOf(type);
		expect(thrown).toMatchObject({ status: error.status, code: error.code, param: error.param ?? null });
	});

	it('throws an error in the middle of a stream after the content it got', async () => {
		const error = new GatewayError('upstream_unavailable', 'The connection was reset.');
		const { client } = sdk({ stream: () => chatStream([[start, text('Hel')], [{ type: 'error', error }]]) });
		const stream = await client.chat.completions.create({ model: 'm', messages, stream: true });
		const pieces: string[] = [];
		const reading = (async () => {
			for await (const chunk of stream) pieces.push(chunk.choices[0]?.delta.content ?? '');
		})();
		await expect(reading).rejects.toMatchObject({ code: 'upstream_unavailable' });
		expect(pieces.join('')).toBe('Hel');
	});

	it('is not made to retry what a retry would not cure', async () => {
		const door = doorApp({
			chat: () => {
				throw new GatewayError('upstream_rejected', 'Our key was refused.');
			},
		});
		const client = new OpenAI({
			apiKey: 'sy_key',
			baseURL: 'http://gateway.test/v1',
			maxRetries: 2,
			fetch: (url, init) => door.fetch(url, init),
		});
		await expect(client.chat.completions.create({ model: 'm', messages })).rejects.toThrow('Our key');
		expect(door.gateway.chats).toHaveLength(1);
	});

	it('leaves a stream and the upstream is ended', async () => {
		const scripted = chatStream([[start, text('Hel')], new Promise(() => undefined)]);
		const { client, door } = sdk({ stream: () => scripted });
		const stream = await client.chat.completions.create({ model: 'm', messages, stream: true });
		for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
		await door.settled();
		expect(scripted.settled()).toBe(true);
	});
});
