/** What OpenAI-shaped providers answer with 400 unless the wire sees to it: histories and schemas of other origin. */
import { describe, expect, it } from 'vitest';
import type { AssistantPart, Message } from '../../../../src/language/message';
import type { ChatRequest } from '../../../../src/language/request';
import { deepseek } from '../../../../src/providers/deepseek';
import { mistral } from '../../../../src/providers/mistral';
import { openai } from '../../../../src/providers/openai';
import { openrouter } from '../../../../src/providers/openrouter';
import type { WireTarget } from '../../../../src/providers/provider';
import { openaiChat } from '../../../../src/providers/wire/openai-chat';
import { openaiResponses } from '../../../../src/providers/wire/openai-responses';
import { wireTarget } from '../../../support/wire-target';

const LONG = `functions.search_knowledge_base:${'0'.repeat(40)}`;
const user = (text: string): Message => ({ role: 'user', content: [{ type: 'text', text }] });
const assistant = (...content: AssistantPart[]): Message => ({ role: 'assistant', content });
const loop = (id: string, ...before: AssistantPart[]): Message[] => [
	user('Search.'),
	assistant(...before, { type: 'tool-call', id, name: 'f', arguments: '{}' }),
	{ role: 'tool', callId: id, content: [{ type: 'text', text: 'ok' }] },
];

const gpt = wireTarget(openai, 'gpt-4o');
const small = wireTarget(mistral, 'mistral-small-latest');
const claude = wireTarget(openrouter, 'anthropic/claude-opus-5');

function body(request: Partial<ChatRequest>, target: WireTarget = gpt, wire = openaiChat) {
	return JSON.parse(wire.toRequest({ messages: [user('Hello')], ...request }, target).body);
}

describe('ids of tool calls', () => {
	it('that are longer than OpenAI takes are replaced, alike in the call and its result', () => {
		const [, call, result] = body({ messages: loop(LONG) }).messages;
		expect(call.tool_calls[0].id).toMatch(/^call_[A-Za-z0-9]{9}$/);
		expect(result.tool_call_id).toBe(call.tool_calls[0].id);
		const [, item, output] = body({ messages: loop(LONG) }, gpt, openaiResponses).input;
		expect(item.call_id).toMatch(/^call_[A-Za-z0-9]{9}$/);
		expect(output.call_id).toBe(item.call_id);
	});

	it('of up to 64 characters stay at Responses', () => {
		const id = 'x'.repeat(64);
		const [, item, output] = body({ messages: loop(id) }, gpt, openaiResponses).input;
		expect([item.call_id, output.call_id]).toEqual([id, id]);
	});

	it('are replaced in the reasoning that belongs to the call too, other ids of reasoning are not', () => {
		const detail = (id: string) => JSON.stringify({ data: 'AB', id, type: 'reasoning.encrypted' });
		const sealed = (id: string): AssistantPart => ({
			type: 'reasoning',
			text: '',
			signature: detail(id),
			redacted: true,
		});
		const other = `rs_${'1'.repeat(50)}`;
		const gemini = wireTarget(openrouter, 'google/gemini-3-pro');
		const [, call] = body({ messages: loop(LONG, sealed(LONG), sealed(other)) }, gemini).messages;
		expect(call.reasoning_details.map(({ id }: { id: string }) => id)).toEqual([call.tool_calls[0].id, other]);
	});
});

describe('schemas', () => {
	it('of arguments name their type and their properties', () => {
		const tools = [
			{ name: 'a', parameters: {} },
			{ name: 'b', parameters: { type: 'object' } },
			{ name: 'c', strict: true },
			{ name: 'd', strict: true, parameters: { type: 'object', properties: {} } },
			{ name: 'e', strict: true, parameters: { type: 'object', properties: { x: { type: 'string' } } } },
		];
		const empty = { type: 'object', properties: {} };
		const closed = { ...empty, additionalProperties: false };
		const wanted = [empty, empty, closed, closed, tools[4]?.parameters];
		const chat = body({ tools }).tools.map((tool: { function: { parameters: object } }) => tool.function.parameters);
		expect(chat).toEqual(wanted);
		const flat = body({ tools }, gpt, openaiResponses).tools;
		expect(flat.map((tool: { parameters: object }) => tool.parameters)).toEqual(wanted);
	});

	it('of answers have a name that OpenAI takes', () => {
		const of = (name: string) => {
			const request = { responseFormat: { type: 'json-schema', name, schema: { type: 'object' } } } as const;
			expect(body(request, gpt, openaiResponses).text.format.name).toBe(body(request).response_format.json_schema.name);
			return body(request).response_format.json_schema.name;
		};
		expect(of('Weather-1_a')).toBe('Weather-1_a');
		expect(of('My schema (v2)')).toBe('My_schema__v2_');
		expect(of('x'.repeat(80))).toBe('x'.repeat(64));
		expect(of('')).toBe('response');
	});
});

describe('JSON mode', () => {
	const responseFormat = { type: 'json' } as const;

	it('tells the model of JSON where nobody did: OpenAI, DeepSeek and Groq refuse it otherwise', () => {
		const [first, ...rest] = body({ responseFormat }).messages;
		expect(first).toMatchObject({ role: 'system', content: expect.stringContaining('JSON') });
		expect(rest).toEqual([{ role: 'user', content: 'Hello' }]);
		expect(body({ responseFormat }, wireTarget(deepseek, 'deepseek-chat')).messages[0].role).toBe('system');
		expect(body({ responseFormat }, gpt, openaiResponses).input[0]).toMatchObject({
			role: 'developer',
			content: expect.stringContaining('JSON'),
		});
	});

	it('adds nothing where the conversation speaks of JSON', () => {
		const messages = [user('Answer in Json.')];
		expect(body({ responseFormat, messages }).messages).toEqual([{ role: 'user', content: 'Answer in Json.' }]);
		expect(body({ responseFormat, messages }, gpt, openaiResponses).input).toHaveLength(1);
	});
});

describe('turns of the assistant', () => {
	it('that are thoughts alone are left out where thoughts are', () => {
		const messages = [user('a'), assistant({ type: 'reasoning', text: 'Hm.' }), user('b')];
		expect(body({ messages }, small).messages).toEqual([
			{ role: 'user', content: 'a' },
			{ role: 'user', content: 'b' },
		]);
		const kept = body({ messages }, wireTarget(deepseek, 'deepseek-v4', { reasoning: true })).messages;
		expect(kept[1]).toEqual({ role: 'assistant', content: '', reasoning_content: 'Hm.' });
	});

	it('that end the conversation are the beginning of the answer, which Mistral must be told', () => {
		const messages = [user('a'), assistant({ type: 'text', text: '{' })];
		expect(body({ messages }, small).messages[1]).toEqual({ role: 'assistant', content: '{', prefix: true });
		expect(body({ messages: [...messages, user('b')] }, small).messages[1]).not.toHaveProperty('prefix');
		expect(body({ messages }).messages[1]).not.toHaveProperty('prefix');
	});

	it('give Claude behind OpenRouter no thoughts that nobody signed', () => {
		const thought: AssistantPart = { type: 'reasoning', text: 'Hm.' };
		const messages = [user('a'), assistant(thought, { type: 'text', text: 'x' }), user('b')];
		expect(body({ messages }, claude).messages[1]).toEqual({ role: 'assistant', content: 'x' });
	});
});

describe('a call that is demanded of DeepSeek', () => {
	const v4 = wireTarget(deepseek, 'deepseek-v4-flash', { reasoning: true });
	const demand = { tools: [{ name: 'f' }], toolChoice: 'required' } as const;
	const fields = (request: Partial<ChatRequest>) =>
		openaiChat.toRequest({ messages: [user('a')], ...request }, v4).warnings.map(({ field }) => field);

	it('turns off its thinking, which is on by itself: "Thinking mode does not support this tool_choice"', () => {
		const { thinking, tool_choice: choice, temperature } = body({ ...demand, temperature: 0.2 }, v4);
		expect([thinking, choice, temperature]).toEqual([{ type: 'disabled' }, 'required', 0.2]);
		expect(body({ ...demand, toolChoice: { name: 'f' } }, v4).thinking).toEqual({ type: 'disabled' });
		expect(fields(demand)).toEqual(['reasoning']);
		expect(body({ ...demand, strict: true }, v4).thinking).toEqual({ type: 'disabled' });
	});

	it('comes before thinking that was asked for, which a strict request refuses', () => {
		const request = { ...demand, reasoning: { effort: 'high' } } as const;
		expect(body(request, v4)).toMatchObject({ thinking: { type: 'disabled' }, tool_choice: 'required' });
		expect(body(request, v4)).not.toHaveProperty('reasoning_effort');
		expect(fields(request)).toEqual(['reasoning']);
		expect(() => fields({ ...request, strict: true })).toThrow(expect.objectContaining({ param: 'reasoning' }));
	});

	it('changes nothing where the model may choose, or does not think', () => {
		expect(body({ ...demand, toolChoice: 'auto' }, v4)).not.toHaveProperty('thinking');
		expect(body(demand, wireTarget(deepseek, 'deepseek-chat'))).not.toHaveProperty('thinking');
		expect(fields({ ...demand, reasoning: { effort: 'none' } })).toEqual([]);
		expect(body({ toolChoice: 'none', tools: [{ name: 'f' }] }, v4)).not.toHaveProperty('thinking');
	});
});

describe('instructions amid the conversation', () => {
	const system = (text: string): Message => ({ role: 'system', content: [{ type: 'text', text }] });
	const messages = [system('s1'), user('a'), assistant({ type: 'text', text: 'b' }), system('s2'), user('c')];

	it('go ahead of it at Mistral: "Unexpected role system after role assistant"', () => {
		const wire = openaiChat.toRequest({ messages }, small);
		const roles = JSON.parse(wire.body).messages.map(({ content }: { content: string }) => content);
		expect(roles).toEqual(['s1', 's2', 'a', 'b', 'c']);
		expect(wire.warnings.map(({ field }) => field)).toEqual(['messages']);
		expect(openaiChat.toRequest({ messages: messages.slice(0, 3) }, small).warnings).toEqual([]);
	});

	it('stay where they are elsewhere', () => {
		const sent = body({ messages }).messages.map(({ content }: { content: string }) => content);
		expect(sent).toEqual(['s1', 'a', 'b', 's2', 'c']);
	});
});

describe('calls that the server gives no id of its own', () => {
	const call = { function: { name: 'f', arguments: '{}' } };
	const chunk = (more: object, id?: unknown) =>
		JSON.stringify({
			...more,
			choices: [{ message: { content: null, tool_calls: [{ ...call, ...(id !== undefined && { id }) }] } }],
		});
	const idOf = (text: string, plan = {}) => {
		const [part] = openaiChat.fromResponse(text, plan).content;
		return part?.type === 'tool-call' ? part.id : undefined;
	};

	it('differ from answer to answer by its id, or else by its time', () => {
		expect(idOf(chunk({ id: 'chatcmpl-A1' }))).toBe('call_chatcmplA1_0');
		expect(idOf(chunk({ id: '', created: 1_790_000_000 }))).toBe('call_1790000000_0');
	});

	it('count on from those of the conversation where an answer says neither', () => {
		const messages = [user('a'), ...loop('call_0'), ...loop('call_3')];
		const { plan } = openaiChat.toRequest({ messages }, gpt);
		expect(idOf(chunk({}), plan)).toBe('call_4');
		expect(idOf(chunk({}), openaiChat.toRequest({ messages: [user('a')] }, gpt).plan)).toBe('call_0');
	});

	it('are made where the server merely counts, in each answer from 0 (TGI)', () => {
		expect(idOf(chunk({ id: '', created: 17 }, '0'))).toBe('call_17_0');
		expect(idOf(chunk({ id: '', created: 17 }, 1))).toBe('call_17_0');
		expect(idOf(chunk({ id: '', created: 17 }, 'abc'))).toBe('abc');
	});
});
