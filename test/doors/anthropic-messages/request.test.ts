import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCount, readMessages } from '../../../src/doors/anthropic-messages/request';
import { argumentsOf, inputOf } from '../../../src/doors/anthropic-messages/tool-input';

const base = { max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] };
const read = (body: object, betas?: string) => readMessages({ ...base, ...body }, betas).request;
const user = (...content: object[]) => read({ messages: [{ role: 'user', content }] }).messages;

describe('a conversation', () => {
	it('is read from strings and from blocks', () => {
		const text = [{ type: 'text', text: 'Hi' }];
		const { messages } = read({
			system: 'Be brief.',
			messages: [
				{ role: 'user', content: 'Hi' },
				{ role: 'assistant', content: 'Hi' },
				{ role: 'system', content: 'Hi' },
				{ role: 'user', content: text },
			],
		});
		expect(messages).toEqual([
			{ role: 'system', content: [{ type: 'text', text: 'Be brief.' }] },
			{ role: 'user', content: text },
			{ role: 'assistant', content: text },
			{ role: 'system', content: text },
			{ role: 'user', content: text },
		]);
		expect(read({ system: '' }).messages).toHaveLength(1);
	});

	it('has results of tools as messages of their own, ahead of what the user says beside them', () => {
		const png = { type: 'base64', media_type: 'image/png', data: 'AAAA' };
		const messages = user(
			{ type: 'text', text: 'And hurry.' },
			{ type: 'tool_result', tool_use_id: 'a', content: 'sunny' },
			{ type: 'tool_result', tool_use_id: 'b', is_error: true, content: [{ type: 'image', source: png }] },
			{ type: 'tool_result', tool_use_id: 'c', is_error: false },
		);
		expect(messages).toEqual([
			{ role: 'tool', callId: 'a', content: [{ type: 'text', text: 'sunny' }] },
			{
				role: 'tool',
				callId: 'b',
				content: [{ type: 'image', source: { kind: 'data', mediaType: 'image/png', data: 'AAAA' } }],
				isError: true,
			},
			{ role: 'tool', callId: 'c', content: [] },
			{ role: 'user', content: [{ type: 'text', text: 'And hurry.' }] },
		]);
	});

	it('has images and documents of every source', () => {
		const source = (value: object) => ({ type: 'document', source: value });
		const [message] = user(
			{ type: 'image', source: { type: 'url', url: 'https://x.test/a.png' } },
			{ type: 'image', source: { type: 'file', file_id: 'file_1' } },
			source({ type: 'base64', media_type: 'application/pdf', data: 'JVBE' }),
			source({ type: 'url', url: 'https://x.test/a.pdf' }),
			source({ type: 'file', file_id: 'file_2' }),
			{ ...source({ type: 'text', media_type: 'text/plain', data: 'Grüße' }), title: 'Note', context: 'Of 1999.' },
			source({
				type: 'content',
				content: [
					{ type: 'text', text: 'a' },
					{ type: 'text', text: 'b' },
				],
			}),
		);
		const text = (data: string) => ({ kind: 'data', mediaType: 'text/plain', data });
		expect(message?.content).toEqual([
			{ type: 'image', source: { kind: 'url', url: 'https://x.test/a.png' } },
			{ type: 'image', source: { kind: 'file-id', id: 'file_1' } },
			{ type: 'file', source: { kind: 'data', mediaType: 'application/pdf', data: 'JVBE' } },
			{ type: 'file', source: { kind: 'url', url: 'https://x.test/a.pdf' } },
			{ type: 'file', source: { kind: 'file-id', id: 'file_2' } },
			{ type: 'text', text: 'Of 1999.' },
			{ type: 'file', source: text('R3LDvMOfZQ=='), filename: 'Note' },
			{ type: 'file', source: text(btoa('a\nb')) },
		]);
	});

	it('keeps a long document whole', () => {
		const data = 'ä'.repeat(50_000);
		const [message] = user({ type: 'document', source: { type: 'text', media_type: 'text/plain', data } });
		const [part] = message?.content ?? [];
		const source = part?.type === 'file' && part.source.kind === 'data' ? part.source.data : '';
		expect(new TextDecoder().decode(Uint8Array.from(atob(source), (char) => char.charCodeAt(0)))).toBe(data);
	});

	it('keeps thinking, with whatever signature it has, and leaves out turns that say nothing', () => {
		const { messages } = read({
			messages: [
				...base.messages,
				{
					role: 'assistant',
					content: [
						{ type: 'thinking', thinking: 'a', signature: 'google:sig' },
						{ type: 'thinking', thinking: 'b', signature: '' },
						{ type: 'thinking', thinking: '', signature: '' },
						{ type: 'redacted_thinking', data: 'opaque' },
						{ type: 'tool_use', id: 'c', name: 'f', input: { a: [1] }, caller: { type: 'direct' } },
					],
				},
				{ role: 'assistant', content: [] },
			],
		});
		expect(messages).toHaveLength(2);
		expect(messages[1]?.content).toEqual([
			{ type: 'reasoning', text: 'a', signature: 'google:sig' },
			{ type: 'reasoning', text: 'b' },
			{ type: 'reasoning', text: '', signature: 'opaque', redacted: true },
			{ type: 'tool-call', id: 'c', name: 'f', arguments: '{"a":[1]}' },
		]);
	});

	it('marks its last part where the request as a whole is to be cached', () => {
		const control = { type: 'ephemeral', ttl: '1h' };
		const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: 'sunny' }] };
		const call = { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'f', input: {} }] };
		const looped = read({ cache_control: control, messages: [...base.messages, call, result] }).messages;
		expect(looped.at(-1)?.content).toEqual([{ type: 'text', text: 'sunny', cache: '1h' }]);
		const called = read({ cache_control: { type: 'ephemeral' }, messages: [...base.messages, call] }).messages;
		expect(called[0]?.content).toEqual([{ type: 'text', text: 'Hi', cache: true }]);
	});
});

describe('settings', () => {
	it('have their canonical names', () => {
		const schema = { type: 'object' };
		const request = read({
			model: 'claude-x',
			temperature: 0.1,
			top_p: 0.2,
			top_k: 3,
			stop_sequences: ['END'],
			tools: [
				{ name: 'f', description: 'd', input_schema: schema, strict: true, cache_control: { type: 'ephemeral' } },
			],
			tool_choice: { type: 'tool', name: 'f', disable_parallel_tool_use: true },
			output_config: { format: { type: 'json_schema', schema } },
			metadata: { user_id: 'ann', run_id: 'r1' },
			switchyard: { tags: ['a'], strict: true },
		});
		expect(request).toEqual({
			model: 'claude-x',
			messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
			maxTokens: 9,
			temperature: 0.1,
			topP: 0.2,
			topK: 3,
			stop: ['END'],
			tools: [{ name: 'f', description: 'd', parameters: schema, strict: true, cache: true }],
			toolChoice: { name: 'f' },
			parallelToolCalls: false,
			responseFormat: { type: 'json-schema', name: 'output', schema },
			user: 'ann',
			runId: 'r1',
			metadata: { run_id: 'r1' },
			tags: ['a'],
			strict: true,
		});
	});

	it.each([
		['auto', 'auto'],
		['any', 'required'],
		['none', 'none'],
	])('choose among tools: %s', (type, expected) => {
		const tools = [{ name: 'f', input_schema: { type: 'object' } }];
		expect(read({ tools, tool_choice: { type } }).toolChoice).toBe(expected);
		expect(read({ tools, tool_choice: { type } }).parallelToolCalls).toBeUndefined();
	});

	it.each([
		[{ thinking: { type: 'adaptive' } }, { effort: 'high' }, undefined],
		[
			{ thinking: { type: 'adaptive', display: 'omitted' }, output_config: { effort: 'max' } },
			{ effort: 'max', summary: 'none' },
			undefined,
		],
		[
			{ thinking: { type: 'enabled', budget_tokens: 2048, display: 'summarized' } },
			{ budgetTokens: 2048, summary: 'auto' },
			undefined,
		],
		[{ thinking: { type: 'disabled' } }, { effort: 'none' }, undefined],
		[
			{ thinking: { type: 'disabled' }, output_config: { effort: 'low' } },
			{ effort: 'none' },
			{ output_config: { effort: 'low' } },
		],
		[{ output_config: { effort: 'low' } }, { effort: 'low' }, { thinking: null }],
		[{ thinking: { type: 'between_tools' } }, undefined, { thinking: { type: 'between_tools' } }],
	])('steer thinking: %j', (body, reasoning, options) => {
		const request = read(body);
		expect(request.reasoning).toEqual(reasoning);
		expect(request.providerOptions?.anthropic).toEqual(options);
	});

	it("give Anthropic its own, under the caller's own options", () => {
		const { providerOptions } = read(
			{
				service_tier: 'auto',
				speed: 'fast',
				betas: ['one'],
				output_config: { task_budget: { total: 1 } },
				switchyard: { provider_options: { anthropic: { speed: 'standard' }, openai: { store: true } } },
			},
			'two, three',
		);
		expect(providerOptions).toEqual({
			anthropic: {
				service_tier: 'auto',
				speed: 'standard',
				betas: ['one', 'two', 'three'],
				output_config: { task_budget: { total: 1 } },
			},
			openai: { store: true },
		});
		expect(read({}).providerOptions).toBeUndefined();
	});

	it('need no bound of the answer where none is asked for', () => {
		const { max_tokens: _, ...counted } = base;
		expect(readCount(counted, undefined).request).toEqual({
			messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
		});
		expect(() => readMessages(counted, undefined)).toThrow(expect.objectContaining({ param: 'max_tokens' }));
	});
});

describe('arguments of a tool', () => {
	it('that are no object come as text and go back as that text', () => {
		for (const text of ['{"a":', '[1]', '"x"', 'null', 'rain']) {
			expect(inputOf(text)).toEqual({ raw_arguments: text });
			expect(argumentsOf(inputOf(text))).toBe(text);
		}
		expect([inputOf(''), inputOf(' ')]).toEqual([{}, {}]);
	});

	it('survive the way out and back, whatever a model wrote', () => {
		fc.assert(
			fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
				const text = JSON.stringify(value);
				expect(JSON.parse(argumentsOf(inputOf(text)))).toEqual(JSON.parse(text));
			}),
		);
	});
});
