import Anthropic from '@anthropic-ai/sdk';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/errors';
import type { ChatEvent } from '../../../src/language/event';
import { chatAnswer, chatStream, type DoorOptions, doorApp, finish, start, text, usage } from '../../support/door-app';

function sdk(options: DoorOptions, maxRetries = 0) {
	const door = doorApp(options);
	const client = new Anthropic({
		apiKey: 'sy_key',
		authToken: null,
		baseURL: 'http://gateway.test',
		maxRetries,
		fetch: (url, init) => door.fetch(url as string, init as RequestInit),
	});
	return { door, client };
}

const ask = {
	model: 'mock/echo',
	max_tokens: 100,
	messages: [{ role: 'user' as const, content: 'Hi' }],
};
const weather = {
	name: 'weather',
	description: 'Gives the weather.',
	input_schema: { type: 'object' as const, properties: { city: { type: 'string' as const } } },
};
const call: ChatEvent[] = [
	{ type: 'tool-call-start', index: 1, id: 'c1', name: 'weather' },
	{ type: 'tool-call-delta', index: 1, arguments: '{"city":' },
	{ type: 'tool-call-delta', index: 1, arguments: '"Oslo"}' },
];
const called: ChatEvent = { type: 'finish', finish: { kind: 'tool-calls', raw: 'tool_calls' } };

describe("Anthropic's own SDK", () => {
	it('reads a whole answer', async () => {
		const { client } = sdk({ chat: () => chatAnswer() });
		const { data, response, request_id } = await client.messages.create(ask).withResponse();
		expect(data).toMatchObject({
			id: 'msg_id-1',
			type: 'message',
			role: 'assistant',
			model: 'echo-2026',
			content: [{ type: 'text', text: 'Hello' }],
			stop_reason: 'end_turn',
			stop_sequence: null,
			stop_details: null,
		});
		expect(data.usage).toMatchObject({ input_tokens: 8, cache_read_input_tokens: 2, output_tokens: 5, cost: 0.000015 });
		expect(request_id).toBe('id-1');
		expect(response.headers.get('x-switchyard-provider')).toBe('mock');
	});

	it('folds a stream into the message it is, with its usage', async () => {
		const { client } = sdk({ stream: () => chatStream([[start, text('Hel')], [text('lo')], [usage, finish]]) });
		const stream = client.messages.stream(ask);
		const pieces: string[] = [];
		stream.on('text', (piece) => pieces.push(piece));
		const message = await stream.finalMessage();
		expect(pieces).toEqual(['Hel', 'lo']);
		expect(message).toMatchObject({
			id: 'msg_id-1',
			model: 'echo-2026',
			content: [{ type: 'text', text: 'Hello' }],
			stop_reason: 'end_turn',
			usage: { input_tokens: 8, cache_read_input_tokens: 2, output_tokens: 5 },
		});
	});

	it('folds tool calls, parallel ones too', async () => {
		const { client } = sdk({
			stream: () =>
				chatStream([
					[start, text('Looking.'), ...call.slice(0, 2)],
					[{ type: 'tool-call-start', index: 2, id: 'c2', name: 'weather' }],
					[{ type: 'tool-call-delta', index: 2, arguments: '{}' }],
					[...call.slice(2), called],
				]),
		});
		const message = await client.messages.stream({ ...ask, tools: [weather] }).finalMessage();
		expect(message.content).toMatchObject([
			{ type: 'text', text: 'Looking.' },
			{ type: 'tool_use', id: 'c1', name: 'weather', input: { city: 'Oslo' } },
			{ type: 'tool_use', id: 'c2', name: 'weather', input: {} },
		]);
		expect(message.stop_reason).toBe('tool_use');
	});

	it('runs a loop of tools: its own replay of our thinking and calls is understood', async () => {
		const { client, door } = sdk({
			stream: (_, number) =>
				number === 0
					? chatStream([
							[start, { type: 'reasoning-delta', index: 0, text: 'Where?' }],
							[{ type: 'reasoning-signature', index: 0, signature: 'openai:rs_1' }, ...call, called],
						])
					: chatStream([[start, text('Sunny.'), usage, finish]]),
		});
		const runner = client.beta.messages.toolRunner({
			...ask,
			stream: true,
			thinking: { type: 'adaptive' },
			tools: [{ ...weather, run: () => 'sunny', parse: (input: unknown) => input }],
		});
		let last: Anthropic.Beta.BetaMessage | undefined;
		for await (const stream of runner) last = await stream.finalMessage();
		expect(last?.content).toMatchObject([{ type: 'text', text: 'Sunny.' }]);
		expect(door.gateway.streams[1]?.request.messages.slice(1)).toEqual([
			{
				role: 'assistant',
				content: [
					{ type: 'reasoning', text: 'Where?', signature: 'openai:rs_1' },
					{ type: 'tool-call', id: 'c1', name: 'weather', arguments: '{"city":"Oslo"}' },
				],
			},
			{ role: 'tool', callId: 'c1', content: [{ type: 'text', text: 'sunny' }] },
		]);
	});

	it('replays thinking of every kind as it was', async () => {
		const content = [
			{ type: 'reasoning', text: 'Signed.', signature: 'EqEE' },
			{ type: 'reasoning', text: 'Unsigned.' },
			{ type: 'reasoning', text: '', signature: 'opaque', redacted: true },
			{ type: 'text', text: 'Done.' },
		] as const;
		const { client, door } = sdk({ chat: () => chatAnswer({ content }) });
		const answer = await client.messages.create(ask);
		await client.messages.create({
			...ask,
			messages: [...ask.messages, { role: 'assistant', content: answer.content }, { role: 'user', content: 'More' }],
		});
		expect(door.gateway.chats[1]?.request.messages[1]).toEqual({ role: 'assistant', content });
	});

	it('parses a structured answer', async () => {
		const { client, door } = sdk({ chat: () => chatAnswer({ content: [{ type: 'text', text: '{"a":1}' }] }) });
		const schema = { type: 'object', properties: { a: { type: 'number' } } } as const;
		const format = { type: 'json_schema' as const, schema, parse: (content: string) => JSON.parse(content) };
		const parsed = await client.messages.parse({ ...ask, output_config: { format } });
		expect(parsed.parsed_output).toEqual({ a: 1 });
		expect(door.gateway.chats[0]?.request.responseFormat).toEqual({ type: 'json-schema', name: 'output', schema });
	});

	it('counts tokens', async () => {
		const { client } = sdk({
			countTokens: async () => ({
				inputTokens: 42,
				method: 'provider',
				provider: 'anthropic',
				model: 'claude-x',
				configVersion: 7,
				warnings: [],
			}),
		});
		const { data, response } = await client.messages
			.countTokens({ model: 'claude-x', messages: ask.messages, tools: [weather] })
			.withResponse();
		expect(data).toMatchObject({ input_tokens: 42, method: 'provider' });
		expect(response.headers.get('x-switchyard-count')).toBe('provider');
	});

	it.each([
		[new GatewayError('invalid_request', 'x'), Anthropic.BadRequestError, 'invalid_request_error'],
		[new GatewayError('context_too_long', 'x'), Anthropic.BadRequestError, 'invalid_request_error'],
		[new GatewayError('unauthorized', 'x'), Anthropic.AuthenticationError, 'authentication_error'],
		[new GatewayError('budget_exceeded', 'x'), Anthropic.APIError, 'billing_error'],
		[new GatewayError('forbidden', 'x'), Anthropic.PermissionDeniedError, 'permission_error'],
		[new GatewayError('model_not_found', 'x'), Anthropic.NotFoundError, 'not_found_error'],
		[new GatewayError('rate_limited', 'x', { retryAfterMs: 5_000 }), Anthropic.RateLimitError, 'rate_limit_error'],
		[new GatewayError('upstream_unavailable', 'x'), Anthropic.APIError, 'api_error'],
		[new GatewayError('internal', 'x'), Anthropic.InternalServerError, 'api_error'],
	])('throws its own class for %s', async (error, type, word) => {
		const { client } = sdk({
			chat: () => {
				throw error;
			},
		});
		const thrown = await client.messages.create(ask).catch((caught: unknown) => caught);
		expect(thrown).toBeInstanceOf(type);
		expect(thrown).toMatchObject({ status: error.status, type: word, requestID: 'id-1' });
	});

	it('hears of an overloaded upstream as from Anthropic itself', async () => {
		const upstream = { failure: 'overloaded', status: 529, scope: 'provider' } as const;
		const { client } = sdk({
			chat: () => {
				throw new GatewayError('upstream_unavailable', 'Overloaded.', { upstream });
			},
		});
		const thrown = await client.messages.create(ask).catch((caught: unknown) => caught);
		expect(thrown).toMatchObject({ status: 529, type: 'overloaded_error' });
	});

	it('throws an error in the middle of a stream after the content it got', async () => {
		const error = new GatewayError('upstream_unavailable', 'The connection was reset.');
		const { client } = sdk({ stream: () => chatStream([[start, text('Hel')], [{ type: 'error', error }]]) });
		const pieces: string[] = [];
		const reading = (async () => {
			for await (const event of await client.messages.create({ ...ask, stream: true }))
				if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') pieces.push(event.delta.text);
		})();
		await expect(reading).rejects.toMatchObject({ type: 'api_error', apiMessage: 'The connection was reset.' });
		expect(pieces).toEqual(['Hel']);
	});

	it('is not made to retry what a retry would not cure', async () => {
		const { client, door } = sdk(
			{
				chat: () => {
					throw new GatewayError('upstream_rejected', 'Our key was refused.');
				},
			},
			2,
		);
		await expect(client.messages.create(ask)).rejects.toThrow('Our key');
		expect(door.gateway.chats).toHaveLength(1);
	});

	it('leaves a stream and the upstream is ended', async () => {
		const scripted = chatStream([[start, text('Hel')], new Promise(() => undefined)]);
		const { client, door } = sdk({ stream: () => scripted });
		const stream = await client.messages.create({ ...ask, stream: true });
		for await (const event of stream) if (event.type === 'content_block_delta') break;
		await door.settled();
		expect(scripted.settled()).toBe(true);
	});
});
