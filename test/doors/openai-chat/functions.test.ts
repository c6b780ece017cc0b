import { describe, expect, it } from 'vitest';
import type { ChatEvent } from '../../../src/language/event';
import { chatAnswer, chatStream, doorApp, finish, sseData, start } from '../../support/door-app';

const PATH = '/v1/chat/completions';
const user = { role: 'user', content: 'Hi' };
const functions = [{ name: 'f', description: 'd', parameters: { type: 'object' } }, { name: 'g' }];

async function requestOf(body: object) {
	const door = doorApp({ chat: () => chatAnswer() });
	const response = await door.post(PATH, { messages: [user], functions, ...body });
	const [made] = door.gateway.chats;
	if (!made) throw new Error(await response.text());
	return made.request;
}

describe('the legacy functions of the OpenAI chat door', () => {
	it('are tools, one call of them at most', async () => {
		expect(await requestOf({ function_call: { name: 'g' } })).toMatchObject({
			tools: functions,
			toolChoice: { name: 'g' },
			parallelToolCalls: false,
		});
		expect(await requestOf({ function_call: 'none' })).toMatchObject({ toolChoice: 'none' });
		expect(await requestOf({ functions: [], function_call: 'auto' })).not.toHaveProperty('tools');
	});

	it('are called and answered in messages without ids', async () => {
		const { messages } = await requestOf({
			messages: [
				user,
				{ role: 'assistant', content: null, function_call: { name: 'f', arguments: '{"a":1}' } },
				{ role: 'function', name: 'f', content: 'one' },
				{ role: 'assistant', content: 'So.', function_call: { name: 'g', arguments: '' } },
				{ role: 'function', name: 'g', content: null },
			],
		});
		expect(messages.slice(1)).toEqual([
			{ role: 'assistant', content: [{ type: 'tool-call', id: 'function_call_1', name: 'f', arguments: '{"a":1}' }] },
			{ role: 'tool', callId: 'function_call_1', content: [{ type: 'text', text: 'one' }] },
			{
				role: 'assistant',
				content: [
					{ type: 'text', text: 'So.' },
					{ type: 'tool-call', id: 'function_call_3', name: 'g', arguments: '{}' },
				],
			},
			{ role: 'tool', callId: 'function_call_3', content: [{ type: 'text', text: '' }] },
		]);
	});

	const calls = [
		{ type: 'tool-call', id: 'c1', name: 'f', arguments: '{"a":1}' },
		{ type: 'tool-call', id: 'c2', name: 'g', arguments: '{}' },
	] as const;

	it('answer with a function_call, and lose no further call that a model makes', async () => {
		const ended = { kind: 'tool-calls' } as const;
		const one = doorApp({ chat: () => chatAnswer({ content: calls.slice(0, 1), finish: ended }) });
		const [choice] = ((await (await one.post(PATH, { messages: [user], functions })).json()) as { choices: object[] })
			.choices;
		expect(choice).toEqual({
			index: 0,
			message: {
				role: 'assistant',
				content: null,
				refusal: null,
				annotations: [],
				function_call: { name: 'f', arguments: '{"a":1}' },
			},
			logprobs: null,
			finish_reason: 'function_call',
		});
		const two = doorApp({ chat: () => chatAnswer({ content: calls, finish: ended }) });
		expect(await (await two.post(PATH, { messages: [user], functions })).json()).toMatchObject({
			choices: [{ message: { function_call: { name: 'f' }, tool_calls: [{ id: 'c2', function: { name: 'g' } }] } }],
		});
	});

	it('stream alike', async () => {
		const events: ChatEvent[] = [
			start,
			{ type: 'tool-call-start', index: 0, id: 'c1', name: 'f' },
			{ type: 'tool-call-delta', index: 0, arguments: '{"a"' },
			{ type: 'tool-call-delta', index: 0, arguments: ':1}' },
			{ type: 'tool-call-start', index: 1, id: 'c2', name: 'g' },
			{ ...finish, finish: { kind: 'tool-calls' } } as ChatEvent,
		];
		const door = doorApp({ stream: () => chatStream([events]) });
		const data = await sseData(await door.post(PATH, { messages: [user], functions, stream: true }));
		const choices = data.slice(1, -1).map((line) => JSON.parse(line).choices[0]);
		expect(choices.map((choice) => choice.delta)).toEqual([
			{ function_call: { name: 'f', arguments: '' } },
			{ function_call: { arguments: '{"a"' } },
			{ function_call: { arguments: ':1}' } },
			{ tool_calls: [{ index: 0, id: 'c2', type: 'function', function: { name: 'g', arguments: '' } }] },
			{ tool_calls: [{ index: 0, function: { arguments: '{}' } }] },
			{},
		]);
		expect(choices.at(-1).finish_reason).toBe('function_call');
	});
});
