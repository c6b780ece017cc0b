import { createAnthropic } from '@ai-sdk/anthropic';
import { ChatAnthropic } from '@langchain/anthropic';
import { generateText, jsonSchema, stepCountIs, streamText, tool } from 'ai';
import { describe, expect, it } from 'vitest';
import type { ChatEvent } from '../../../src/language/event';
import { chatAnswer, chatStream, type DoorOptions, doorApp, finish, start, text, usage } from '../../support/door-app';

const call: readonly ChatEvent[] = [
	{ type: 'tool-call-start', index: 1, id: 'c1', name: 'weather' },
	{ type: 'tool-call-delta', index: 1, arguments: '{"city":"Oslo"}' },
	usage,
	{ type: 'finish', finish: { kind: 'tool-calls', raw: 'tool_calls' } },
];
const thought: readonly ChatEvent[] = [
	{ type: 'reasoning-delta', index: 0, text: 'Where?' },
	{ type: 'reasoning-signature', index: 0, signature: 'openai:rs_1' },
];
const parameters = { type: 'object', properties: { city: { type: 'string' } } } as const;
const tools = {
	weather: tool({
		description: 'Gives the weather.',
		inputSchema: jsonSchema<{ city: string }>({ ...parameters, additionalProperties: false }),
		execute: async () => 'sunny',
	}),
};

function vercel(options: DoorOptions) {
	const door = doorApp(options);
	const provider = createAnthropic({
		apiKey: 'sy_key',
		baseURL: 'http://gateway.test/v1',
		fetch: (url, init) => door.fetch(url as string, init as RequestInit),
	});
	return { door, model: provider('mock/echo') };
}

describe('the Vercel AI SDK', () => {
	it('runs a loop of tools over streams, thinking replayed', async () => {
		const { door, model } = vercel({
			stream: (_, number) =>
				number === 0
					? chatStream([[start, ...thought], call])
					: chatStream([
							[start, text('Sun'), text('ny.')],
							[usage, finish],
						]),
		});
		const result = streamText({ model, prompt: 'Weather?', maxOutputTokens: 9, tools, stopWhen: stepCountIs(3) });
		expect(await result.text).toBe('Sunny.');
		expect(await result.totalUsage).toMatchObject({ inputTokens: 20, outputTokens: 10 });
		expect(door.gateway.streams[1]?.request.messages.slice(1)).toMatchObject([
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

	it('reads whole answers, also where an upstream did not count', async () => {
		const { model } = vercel({ chat: () => chatAnswer({ usage: null }) });
		const result = await generateText({ model, prompt: 'Hi', maxOutputTokens: 9 });
		expect(result).toMatchObject({ text: 'Hello', finishReason: 'stop' });
	});

	it('reads a stream of an upstream that did not count', async () => {
		const { model } = vercel({ stream: () => chatStream([[start, text('Hi')], [finish]]) });
		expect(await streamText({ model, prompt: 'Hi', maxOutputTokens: 9 }).text).toBe('Hi');
	});
});

function langchain(options: DoorOptions) {
	const door = doorApp(options);
	const model = new ChatAnthropic({
		model: 'mock/echo',
		apiKey: 'sy_key',
		anthropicApiUrl: 'http://gateway.test',
		maxTokens: 100,
		maxRetries: 0,
		clientOptions: { fetch: (url, init) => door.fetch(url as string, init as RequestInit) },
	});
	return { door, model };
}

describe('LangChain', () => {
	it('reads whole answers with calls and usage', async () => {
		const content = [{ type: 'tool-call', id: 'c1', name: 'weather', arguments: '{"city":"Oslo"}' }] as const;
		const { model, door } = langchain({ chat: () => chatAnswer({ content, finish: { kind: 'tool-calls' } }) });
		const bound = model.bindTools([{ name: 'weather', description: 'w', input_schema: parameters }]);
		const message = await bound.invoke('Weather?');
		expect(message.tool_calls).toMatchObject([{ id: 'c1', name: 'weather', args: { city: 'Oslo' } }]);
		expect(message.usage_metadata).toMatchObject({ output_tokens: 5 });
		expect(door.gateway.chats[0]?.request.tools).toMatchObject([{ name: 'weather' }]);
	});

	it('reads streams', async () => {
		const { model } = langchain({ stream: () => chatStream([[start, text('Hel')], [text('lo')], [usage, finish]]) });
		const pieces: string[] = [];
		for await (const chunk of await model.stream('Hi')) pieces.push(chunk.text);
		expect(pieces.join('')).toBe('Hello');
	});
});
