import { describe, expect, it } from 'vitest';
import { collect } from '../../../../src/language/collect';
import type { ChatEvent } from '../../../../src/language/event';
import type { DecodePlan } from '../../../../src/providers/provider';
import { openaiChat } from '../../../../src/providers/wire/openai-chat';
import { decodeFrames } from '../../../support/wire-contract';

const chunk = (delta: object, rest: object = {}, choice: object = {}) => ({
	id: 'c1',
	model: 'm',
	choices: [{ index: 0, delta, finish_reason: null, ...choice }],
	...rest,
});
const finish = (reason: string, rest: object = {}) => chunk({}, rest, { finish_reason: reason });
const call = (fields: object) => chunk({ tool_calls: [fields] });

function decode(chunks: readonly unknown[], plan: DecodePlan = {}): ChatEvent[] {
	const frames = chunks.map((one) => ({ event: '', data: typeof one === 'string' ? one : JSON.stringify(one) }));
	return decodeFrames(openaiChat, frames, plan);
}

const content = (chunks: readonly unknown[], plan?: DecodePlan) => collect(decode(chunks, plan)).content;

describe('chunks', () => {
	it('begin with the first id and model, and with content even where neither comes', () => {
		expect(decode([{ id: '', model: '', choices: [] }, chunk({ content: 'a' }), finish('stop')])[0]).toEqual({
			type: 'start',
			id: 'c1',
			model: 'm',
		});
		const nameless = decode([{ choices: [{ delta: { content: 'a' } }] }, { choices: [{ finish_reason: 'stop' }] }]);
		expect(nameless[0]).toEqual({ type: 'start', id: '', model: '' });
	});

	it('say nothing where a delta is empty', () => {
		const events = decode([
			chunk({ role: 'assistant', content: '' }),
			chunk({ content: null }),
			chunk({}),
			finish('stop'),
		]);
		expect(events.map((event) => event.type)).toEqual(['start', 'finish']);
	});

	it('count only the first of several choices', () => {
		const other = { id: 'c1', model: 'm', choices: [{ index: 1, delta: { content: 'no' }, finish_reason: 'stop' }] };
		expect(content([other, chunk({ content: 'yes' }), other, finish('stop')])).toEqual([{ type: 'text', text: 'yes' }]);
	});

	it('open a new part for text after a tool call', () => {
		const chunks = [
			chunk({ content: 'a' }),
			call({ index: 0, id: 'x', function: { name: 'f', arguments: '{}' } }),
			chunk({ content: 'b' }),
			finish('tool_calls'),
		];
		expect(content(chunks).map((part) => part.type)).toEqual(['text', 'tool-call', 'text']);
	});

	it('take the same thought once where it stands in two fields', () => {
		const chunks = [chunk({ reasoning: 'hm', reasoning_content: 'hm' }), chunk({ content: 'a' }), finish('stop')];
		expect(content(chunks)).toEqual([
			{ type: 'reasoning', text: 'hm' },
			{ type: 'text', text: 'a' },
		]);
	});
});

describe('the end of a stream', () => {
	it('waits for the usage that follows the finish reason', () => {
		const usage = { prompt_tokens: 3, completion_tokens: 2 };
		const events = decode([chunk({ content: 'a' }), finish('stop'), { id: 'c1', choices: [], usage }, '[DONE]']);
		expect(events.map((event) => event.type)).toEqual(['start', 'text-delta', 'usage', 'finish']);
	});

	it('takes content that comes with and after the finish reason', () => {
		const chunks = [
			chunk({ content: 'a' }, {}, { finish_reason: 'length' }),
			chunk({ content: 'b' }),
			finish('length'),
		];
		expect(collect(decode(chunks))).toMatchObject({ content: [{ text: 'ab' }], finish: { kind: 'length' } });
	});

	it('needs no [DONE] after a finish reason, and a finish reason before [DONE]', () => {
		expect(decode([chunk({ content: 'a' }), finish('stop')]).at(-1)?.type).toBe('finish');
		expect(decode([chunk({ content: 'a' }), ' [DONE] ']).at(-1)?.type).toBe('error');
	});

	it.each([
		['stop', 'stop'],
		['eos_token', 'stop'],
		['length', 'length'],
		['model_length', 'length'],
		['content_filter', 'content-filter'],
		['tool_calls', 'stop'],
		['pause', 'other'],
	])('keeps %s as it was said beside %s', (raw, kind) => {
		expect(decode([finish(raw)]).at(-1)).toEqual({ type: 'finish', finish: { kind, raw } });
	});

	it('keeps the last usage of a stream that counts in every chunk, and of x_groq', () => {
		const counted = (n: number) => ({ usage: { prompt_tokens: 5, completion_tokens: n } });
		const events = decode([chunk({ content: 'a' }, counted(1)), chunk({ content: 'b' }, counted(2)), finish('stop')]);
		expect(collect(events).usage).toMatchObject({ input: 5, output: 2 });
		expect(collect(decode([finish('stop', { x_groq: counted(7) })])).usage).toMatchObject({ output: 7 });
		expect(collect(decode([chunk({}, {}, { finish_reason: 'stop', ...counted(9) })])).usage).toMatchObject({
			output: 9,
		});
	});

	it('reports the usage of an answer that failed', () => {
		const error = { code: 502, message: 'gone' };
		const events = decode([chunk({ content: 'a' }, { error, usage: { prompt_tokens: 5, completion_tokens: 1 } })]);
		expect(events.map((event) => event.type)).toEqual(['start', 'text-delta', 'usage', 'error']);
	});
});

describe('tool calls', () => {
	it('are told apart by id where a server gives each the index 0', () => {
		const chunks = [
			call({ index: 0, id: 'a', function: { name: 'f', arguments: '{"x":1}' } }),
			call({ index: 0, id: 'b', function: { name: 'f', arguments: '{"x":2}' } }),
			finish('tool_calls'),
		];
		expect(content(chunks)).toMatchObject([
			{ id: 'a', arguments: '{"x":1}' },
			{ id: 'b', arguments: '{"x":2}' },
		]);
	});

	it('stay one where id and name are repeated in every fragment', () => {
		const fragment = (text: string) => call({ index: 0, id: 'a', function: { name: 'f', arguments: text } });
		expect(content([fragment('{"x"'), fragment(':1}'), finish('tool_calls')])).toEqual([
			{ type: 'tool-call', id: 'a', name: 'f', arguments: '{"x":1}' },
		]);
	});

	it('wait for an id that comes a fragment later', () => {
		const chunks = [
			call({ index: 0, function: { name: 'f' } }),
			call({ index: 0, id: 'late', function: { arguments: '{}' } }),
			finish('tool_calls'),
		];
		expect(content(chunks)).toMatchObject([{ id: 'late', name: 'f' }]);
	});

	it('get an id of their own answer where none comes', () => {
		const chunks = [
			call({ index: 0, function: { name: 'f' } }),
			call({ index: 1, function: { name: 'g' } }),
			finish('stop'),
		];
		expect(content(chunks)).toMatchObject([{ id: 'call_c1_0' }, { id: 'call_c1_1' }]);
	});

	it('get back the name the caller gave them', () => {
		const chunks = [
			call({ index: 0, id: 'a', function: { name: 'server_tool', arguments: '' } }),
			finish('tool_calls'),
		];
		expect(content(chunks, { toolNames: { server_tool: 'server.tool' } })).toMatchObject([{ name: 'server.tool' }]);
	});

	it('are read from the old function_call', () => {
		const chunks = [
			chunk({ function_call: { name: 'f', arguments: '' } }),
			chunk({ function_call: { arguments: '{"a":1}' } }),
			finish('function_call'),
		];
		const answer = collect(decode(chunks));
		expect(answer.content).toEqual([{ type: 'tool-call', id: 'call_c1_0', name: 'f', arguments: '{"a":1}' }]);
		expect(answer.finish.kind).toBe('tool-calls');
	});

	it('leave a cut-off answer cut off', () => {
		const chunks = [call({ index: 0, id: 'a', function: { name: 'f', arguments: '{"x' } }), finish('length')];
		expect(collect(decode(chunks)).finish.kind).toBe('length');
	});
});

describe('a whole answer', () => {
	it('without a choice or a message is malformed', () => {
		for (const body of [
			'{}',
			'{"choices":[]}',
			'{"choices":[{"text":"old","finish_reason":"stop"}]}',
			'[]',
			'',
			'null',
		]) {
			expect(() => openaiChat.fromResponse(body, {}), body).toThrow(
				expect.objectContaining({ code: 'upstream_malformed' }),
			);
		}
	});

	it('that came as a stream though none was asked for is folded', () => {
		const chunks = [chunk({ content: 'a' }), chunk({ content: 'b' }), finish('stop')];
		const lines = chunks.map((one) => `data: ${JSON.stringify(one)}\n\n`).join('');
		for (const body of [lines, `: ping\n\n${lines}data: [DONE]\n\n`, `event: message\n${lines}`]) {
			expect(openaiChat.fromResponse(body, {})).toMatchObject({ id: 'c1', content: [{ type: 'text', text: 'ab' }] });
		}
		expect(() => openaiChat.fromResponse(`data: ${JSON.stringify(chunks[0])}\n\n`, {})).toThrow(
			expect.objectContaining({ code: 'upstream_unavailable' }),
		);
		expect(() => openaiChat.fromResponse('data: {"error":{"code":429,"message":"busy"}}\n\n', {})).toThrow(
			expect.objectContaining({ code: 'rate_limited' }),
		);
	});

	it('without choices is read whatever its value (Workers AI)', () => {
		const answered = (body: object) => openaiChat.fromResponse(JSON.stringify(body), {}).content;
		expect(answered({ response: 'a' })).toEqual([{ type: 'text', text: 'a' }]);
		expect(answered({ result: { response: { a: 1 } }, success: true, errors: [] })).toEqual([
			{ type: 'text', text: '{"a":1}' },
		]);
		expect(answered({ response: 7, tool_calls: null })).toEqual([{ type: 'text', text: '7' }]);
	});

	it('in an envelope that says it failed is an error', () => {
		const body = { result: null, success: false, errors: [{ code: 3040, message: 'Capacity' }], messages: [] };
		expect(() => openaiChat.fromResponse(JSON.stringify(body), {})).toThrow(
			expect.objectContaining({
				code: 'upstream_unavailable',
				upstream: expect.objectContaining({ failure: 'overloaded' }),
			}),
		);
	});

	it('of the Responses API is no answer here', () => {
		const event = { type: 'response.created', response: { id: 'resp_1', status: 'in_progress' } };
		expect(decode([event]).map(({ type }) => type)).toEqual(['error']);
	});

	it('without a finish reason has stopped: it is whole', () => {
		const body = JSON.stringify({ choices: [{ message: { content: 'a' }, finish_reason: null }] });
		expect(openaiChat.fromResponse(body, {}).finish.kind).toBe('stop');
	});

	it('with a failed finish reason is an error', () => {
		const body = JSON.stringify({
			choices: [{ message: { content: 'a' }, finish_reason: 'error', error: { code: 429 } }],
		});
		expect(() => openaiChat.fromResponse(body, {})).toThrow(expect.objectContaining({ code: 'rate_limited' }));
	});
});
