import { createOpenAI } from '@ai-sdk/openai';
import { ChatOpenAI } from '@langchain/openai';
import { generateText, stepCountIs, streamText, tool } from 'ai';
import OpenAI from 'openai';
import { zodTextFormat } from 'openai/helpers/zod';
import { accumulateResponse } from 'openai/lib/responses/ResponseAccumulator';
import type { Response, ResponseInput, ResponseStreamEvent } from 'openai/resources/responses/responses';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { GatewayError } from '../../../src/errors';
import type { ChatEvent } from '../../../src/language/event';
import { chatAnswer, chatStream, type DoorOptions, doorApp, finish, start, text, usage } from '../../support/door-app';

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

const model = 'mock/echo';
const input = 'Hi';
const weather = {
	type: 'function' as const,
	name: 'weather',
	parameters: { type: 'object', properties: {} },
	strict: false,
};
const called: readonly ChatEvent[] = [
	start,
	{ type: 'reasoning-delta', index: 0, text: 'Why.' },
	{ type: 'reasoning-signature', index: 0, signature: 'openai:gAAAA' },
	{ type: 'tool-call-start', index: 1, id: 'c1', name: 'weather' },
	{ type: 'tool-call-delta', index: 1, arguments: '{"city":' },
	{ type: 'tool-call-delta', index: 1, arguments: '"Oslo"}' },
	usage,
	{ type: 'finish', finish: { kind: 'tool-calls' } },
];
const batches = (events: readonly ChatEvent[]) => events.map((event) => [event]);

describe("OpenAI's own SDK on responses", () => {
	it('reads a whole answer', async () => {
		const { client } = sdk({ chat: () => chatAnswer() });
		const { data, request_id } = await client.responses.create({ model, input }).withResponse();
		expect(data.output_text).toBe('Hello');
		expect(data.usage).toMatchObject({ total_tokens: 15, cost: 0.000015 });
		expect(request_id).toBe('id-1');
	});

	it('reads a stream, event by event', async () => {
		const { client } = sdk({ stream: () => chatStream([[start, text('Hel')], [text('lo')], [usage, finish]]) });
		const stream = await client.responses.create({ model, input, stream: true });
		let said = '';
		let total: number | undefined;
		for await (const event of stream) {
			if (event.type === 'response.output_text.delta') said += event.delta;
			if (event.type === 'response.completed') total = event.response.usage?.total_tokens;
		}
		expect(said).toBe('Hello');
		expect(total).toBe(15);
	});

	it('folds a stream into the response that its last event holds', async () => {
		const { client } = sdk({ stream: () => chatStream(batches([...called.slice(0, -2), text('So.', 2), finish])) });
		const stream = await client.responses.create({ model, input, stream: true });
		let folded: Response | undefined;
		for await (const event of stream) {
			if (event.type === 'response.completed') {
				expect(folded?.output).toEqual(event.response.output);
				return;
			}
			folded = accumulateResponse(event as ResponseStreamEvent, folded);
		}
		throw new Error('the stream did not complete');
	});

	it('gives the final response of a stream with its calls parsed', async () => {
		const { client } = sdk({ stream: () => chatStream(batches(called)) });
		const tools = [{ ...weather, strict: true }];
		const final = await client.responses.stream({ model, input, tools }).finalResponse();
		expect(final.output).toMatchObject([
			{ type: 'reasoning', summary: [{ text: 'Why.' }] },
			{ type: 'function_call', call_id: 'c1', parsed_arguments: { city: 'Oslo' } },
		]);
	});

	it('parses structured output', async () => {
		const { client, door } = sdk({ chat: () => chatAnswer({ content: [{ type: 'text', text: '{"city":"Oslo"}' }] }) });
		const format = zodTextFormat(z.object({ city: z.string() }), 'place');
		const parsed = await client.responses.parse({ model, input, text: { format } });
		expect(parsed.output_parsed).toEqual({ city: 'Oslo' });
		expect(door.gateway.chats[0]?.request.responseFormat).toMatchObject({ type: 'json-schema', strict: true });
	});

	it('replays an answer as input: reasoning, call and result', async () => {
		const { client, door } = sdk({
			chat: (_, number) =>
				number > 0
					? chatAnswer()
					: chatAnswer({
							content: [
								{ type: 'reasoning', text: 'Why.', signature: 'openai:gAAAA' },
								{ type: 'tool-call', id: 'c1', name: 'weather', arguments: '{}' },
							],
							finish: { kind: 'tool-calls' },
						}),
		});
		const asked = [{ role: 'user' as const, content: 'Weather?' }];
		const include = ['reasoning.encrypted_content' as const];
		const first = await client.responses.create({ model, input: asked, tools: [weather], include });
		const result = { type: 'function_call_output' as const, call_id: 'c1', output: 'sunny' };
		const replay = [...asked, ...first.output, result] as ResponseInput;
		await client.responses.create({ model, input: replay, tools: [weather], include });
		expect(door.gateway.chats[1]?.request.messages.slice(1)).toEqual([
			{
				role: 'assistant',
				content: [
					{ type: 'reasoning', text: 'Why.', signature: 'openai:gAAAA' },
					{ type: 'tool-call', id: 'c1', name: 'weather', arguments: '{}' },
				],
			},
			{ role: 'tool', callId: 'c1', content: [{ type: 'text', text: 'sunny' }] },
		]);
	});

	it('throws its typed errors, before the stream and within it', async () => {
		const error = new GatewayError('upstream_unavailable', 'Down.');
		const before = sdk({
			stream: () => {
				throw error;
			},
		});
		await expect(before.client.responses.create({ model, input, stream: true })).rejects.toMatchObject({
			status: 503,
			code: 'upstream_unavailable',
		});
		const within = sdk({ stream: () => chatStream(batches([start, text('Hel'), { type: 'error', error }])) });
		await expect(within.client.responses.stream({ model, input }).finalResponse()).rejects.toMatchObject({
			code: 'upstream_unavailable',
			message: expect.stringContaining('Down.'),
		});
	});
});

describe('the AI SDK on responses', () => {
	function ai(options: DoorOptions) {
		const door = doorApp(options);
		const provider = createOpenAI({
			apiKey: 'sy_key',
			baseURL: 'http://gateway.test/v1',
			fetch: (url, init) => door.fetch(url instanceof Request ? url.url : url, init),
		});
		return { door, model: provider.responses(model) };
	}
	const tools = {
		weather: tool({ description: 'w', inputSchema: z.object({ city: z.string() }), execute: () => 'sunny' }),
	};

	it('runs a tool loop on whole answers', async () => {
		const { model, door } = ai({
			chat: (_, number) =>
				number > 0
					? chatAnswer()
					: chatAnswer({
							content: [
								{ type: 'reasoning', text: 'Why.', signature: 'openai:gAAAA' },
								{ type: 'tool-call', id: 'c1', name: 'weather', arguments: '{"city":"Oslo"}' },
							],
							finish: { kind: 'tool-calls' },
						}),
		});
		const result = await generateText({
			model,
			prompt: 'Weather?',
			tools,
			stopWhen: stepCountIs(3),
			providerOptions: { openai: { store: false, include: ['reasoning.encrypted_content'] } },
		});
		expect(result.text).toBe('Hello');
		expect(result.usage).toMatchObject({ inputTokens: 10, outputTokens: 5 });
		const [, assistant, answered] = door.gateway.chats[1]?.request.messages ?? [];
		expect(assistant?.content).toEqual([
			{ type: 'reasoning', text: 'Why.', signature: 'openai:gAAAA' },
			{ type: 'tool-call', id: 'c1', name: 'weather', arguments: '{"city":"Oslo"}' },
		]);
		expect(answered).toMatchObject({ role: 'tool', callId: 'c1' });
	});

	it('reads streams with reasoning, calls and text', async () => {
		const { model } = ai({
			stream: (_, number) =>
				chatStream(batches(number === 0 ? called : [start, text('Hel'), text('lo'), usage, finish])),
		});
		const result = streamText({
			model,
			prompt: 'Weather?',
			tools,
			stopWhen: stepCountIs(3),
			providerOptions: { openai: { store: false } },
		});
		let said = '';
		for await (const piece of result.textStream) said += piece;
		expect(said).toBe('Hello');
		const [first] = await result.steps;
		expect(first?.reasoningText).toBe('Why.');
		expect(first?.toolCalls).toMatchObject([{ toolCallId: 'c1', input: { city: 'Oslo' } }]);
		expect(first?.finishReason).toBe('tool-calls');
	});

	it('is told to send items in place of references, which it makes where it believes them stored', async () => {
		const { model } = ai({
			chat: () =>
				chatAnswer({
					content: [
						{ type: 'reasoning', text: 'Why.' },
						{ type: 'tool-call', id: 'c1', name: 'weather', arguments: '{"city":"Oslo"}' },
					],
					finish: { kind: 'tool-calls' },
				}),
		});
		const loop = generateText({ model, prompt: 'Weather?', tools, stopWhen: stepCountIs(3), maxRetries: 0 });
		await expect(loop).rejects.toThrow(/store: false/);
	});

	it('hears of an error within a stream', async () => {
		const error = new GatewayError('upstream_unavailable', 'Down.');
		const { model } = ai({ stream: () => chatStream(batches([start, text('Hel'), { type: 'error', error }])) });
		const errors: unknown[] = [];
		const result = streamText({
			model,
			prompt: 'Hi',
			maxRetries: 0,
			onError: (event) => void errors.push(event.error),
		});
		await result.consumeStream();
		expect(JSON.stringify(errors)).toContain('Down.');
	});
});

describe('LangChain on responses', () => {
	const langchain = (options: DoorOptions) => {
		const door = doorApp(options);
		return new ChatOpenAI({
			model,
			apiKey: 'sy_key',
			useResponsesApi: true,
			maxRetries: 0,
			configuration: { baseURL: 'http://gateway.test/v1', fetch: (url, init) => door.fetch(url as string, init) },
		});
	};

	it('reads whole answers and streams', async () => {
		const whole = await langchain({ chat: () => chatAnswer() }).invoke('Hi');
		expect(whole.text).toBe('Hello');
		const stream = await langchain({
			stream: () => chatStream([[start, text('Hel')], [text('lo')], [usage, finish]]),
		}).stream('Hi');
		let said = '';
		for await (const chunk of stream) said += chunk.text;
		expect(said).toBe('Hello');
	});

	it('reads calls', async () => {
		const bound = langchain({
			chat: () =>
				chatAnswer({
					content: [{ type: 'tool-call', id: 'c1', name: 'weather', arguments: '{"city":"Oslo"}' }],
					finish: { kind: 'tool-calls' },
				}),
		}).bindTools([{ type: 'function', function: { name: 'weather', parameters: { type: 'object', properties: {} } } }]);
		expect((await bound.invoke('Weather?')).tool_calls).toMatchObject([{ id: 'c1', args: { city: 'Oslo' } }]);
	});
});
