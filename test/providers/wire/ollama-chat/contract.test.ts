import { describe, expect, it } from 'vitest';
import { collect } from '../../../../src/language/collect';
import { ollamaChat } from '../../../../src/providers/wire/ollama-chat';
import { decodeBytes, describeWire, type WireCase } from '../../../support/wire-contract';

const AT = '2026-08-13T10:11:16.294874Z';

const line = (message: object, rest: object = {}): string =>
	`${JSON.stringify({ model: 'qwen3:8b', created_at: AT, message: { role: 'assistant', ...message }, done: false, ...rest })}\n`;

const last = (rest: object, message: object = { content: '' }): string =>
	line(message, { done: true, done_reason: 'stop', total_duration: 5, ...rest });

const COUNTS = { prompt_eval_count: 40, eval_count: 9 };

const weather = { function: { index: 0, name: 'weather', arguments: { city: 'Zürich', days: 2 } } };
const time = { id: 'call_own', function: { index: 1, name: 'time', arguments: {} } };

const cases: readonly WireCase[] = [
	{
		name: 'text',
		body: line({ content: 'Grüße ' }) + line({ content: 'aus 東京 🚉.' }) + last(COUNTS),
		json: last(COUNTS, { content: 'Grüße aus 東京 🚉.' }),
		tokens: { prompt: 40, completion: 9 },
		answer: (answer) => {
			expect(answer).toMatchObject({ id: '', model: 'qwen3:8b', finish: { kind: 'stop', raw: 'stop' } });
			expect(answer.content).toEqual([{ type: 'text', text: 'Grüße aus 東京 🚉.' }]);
		},
	},
	{
		name: 'thinking ahead of the answer, between CRLF and empty lines',
		body: (
			line({ content: '', thinking: 'Two and ' }) +
			line({ content: '', thinking: 'two.' }) +
			line({ content: '4' }) +
			last(COUNTS)
		).replaceAll('\n', '\r\n\r\n'),
		json: last(COUNTS, { content: '4', thinking: 'Two and two.' }),
		answer: (answer) => {
			expect(answer.content).toEqual([
				{ type: 'reasoning', text: 'Two and two.' },
				{ type: 'text', text: '4' },
			]);
		},
	},
	{
		name: 'tool calls over several lines, one without an id, and reason stop',
		body:
			line({ content: 'Looking.' }) +
			line({ content: '', tool_calls: [weather] }) +
			line({ content: '', tool_calls: [time] }) +
			last(COUNTS),
		json: last(COUNTS, { content: 'Looking.', tool_calls: [weather, time] }),
		answer: (answer) => {
			expect(answer.finish).toEqual({ kind: 'tool-calls', raw: 'stop' });
			expect(answer.content).toEqual([
				{ type: 'text', text: 'Looking.' },
				{
					type: 'tool-call',
					id: 'call_20260813101116294874_0',
					name: 'weather',
					arguments: '{"city":"Zürich","days":2}',
				},
				{ type: 'tool-call', id: 'call_own', name: 'time', arguments: '{}' },
			]);
		},
	},
	{
		name: 'log probabilities, those of held back tokens with the next text',
		body:
			line({ content: '' }, { logprobs: [{ token: 'H', logprob: -0.5, bytes: [72], top_logprobs: [] }] }) +
			line(
				{ content: 'Hi' },
				{ logprobs: [{ token: 'i', logprob: -1, bytes: [105], top_logprobs: [{ token: 'o', logprob: -2 }] }] },
			) +
			last({ ...COUNTS, done_reason: 'length' }),
		answer: (answer) => {
			expect(answer.finish).toEqual({ kind: 'length', raw: 'length' });
			expect(answer.logprobs).toEqual([
				{ token: 'H', logprob: -0.5, bytes: [72], top: [] },
				{ token: 'i', logprob: -1, bytes: [105], top: [{ token: 'o', logprob: -2 }] },
			]);
		},
	},
	{
		name: 'a prompt nobody counted: its usage is unknown, not zero',
		body: line({ content: 'Hi' }) + last({ eval_count: 9 }),
		json: last({ eval_count: 9 }, { content: 'Hi' }),
		answer: (answer) => expect(answer.usage).toBeNull(),
	},
	{
		name: 'a prompt counted as zero',
		body: line({ content: 'Hi' }) + last({ prompt_eval_count: 0, eval_count: 9 }),
		answer: (answer) => expect(answer.usage).toBeNull(),
	},
	{
		name: 'an answer of nothing, whose zero the server leaves out',
		body: last({ prompt_eval_count: 40 }),
		json: last({ prompt_eval_count: 40 }),
		tokens: { prompt: 40, completion: 0 },
		answer: (answer) => expect(answer.content).toEqual([]),
	},
	{
		name: 'text that nobody counted',
		body: line({ content: 'Hi' }) + last({ prompt_eval_count: 40 }),
		answer: (answer) => expect(answer.usage).toBeNull(),
	},
	{
		name: 'an end without a reason, as older servers write it',
		body: line({ content: 'Hi' }) + last({ ...COUNTS, done_reason: undefined }),
		json: last({ ...COUNTS, done_reason: undefined }, { content: 'Hi' }),
		answer: (answer) => expect(answer.finish).toEqual({ kind: 'stop' }),
	},
	{
		name: 'an unknown reason',
		body: line({ content: 'Hi' }) + last({ ...COUNTS, done_reason: 'bored' }),
		answer: (answer) => expect(answer.finish).toEqual({ kind: 'other', raw: 'bored' }),
	},
	{
		name: 'a model that was only loaded',
		body: last({ done_reason: 'load' }),
		json: last({ done_reason: 'load' }),
		ends: 'error',
		error: (error) => expect(error.code).toBe('upstream_malformed'),
	},
	{
		name: 'an error of unknown kind after content',
		body: `${line({ content: 'Hi' })}{"error":"an error was encountered while running the model"}\n`,
		ends: 'error',
		error: (error) => expect(error).toMatchObject({ code: 'upstream_malformed', upstream: { failure: 'server' } }),
	},
	{
		name: 'an error that names its status',
		body: '{"error":"server busy, please try again. maximum pending requests exceeded","status":503}\n',
		json: '{"error":"server busy, please try again. maximum pending requests exceeded","status":503}',
		ends: 'error',
		error: (error) =>
			expect(error).toMatchObject({ code: 'upstream_unavailable', upstream: { failure: 'overloaded' } }),
	},
	{
		name: 'a fault of the request that names no status',
		body: '{"error":"registry.ollama.ai/library/x does not support tools"}\n',
		ends: 'error',
		error: (error) => expect(error).toMatchObject({ code: 'invalid_request', param: 'tools' }),
	},
	{
		name: 'a prompt that does not fit, found out late',
		body: '{"error":"the input length exceeds the context length"}\n',
		ends: 'error',
		error: (error) => expect(error).toMatchObject({ code: 'context_too_long', upstream: { scope: 'request' } }),
	},
	{
		name: 'a line that is no JSON',
		body: `${line({ content: 'Hi' })}oops\n${last(COUNTS)}`,
		ends: 'error',
		error: (error) => expect(error.code).toBe('upstream_malformed'),
	},
	{
		name: 'a stream that stops',
		body: line({ content: 'Hi' }),
		ends: 'error',
		error: (error) => expect(error).toMatchObject({ code: 'upstream_unavailable', upstream: { failure: 'network' } }),
	},
];

describeWire('the ollama-chat wire', ollamaChat, { finishMarker: /"done":true/ }, cases);

describe('the ollama-chat wire', () => {
	const decoded = (text: string) => {
		const bytes = new TextEncoder().encode(text);
		return decodeBytes(ollamaChat, bytes, bytes.length);
	};

	it('gives calls of two answers different ids, and the same ones however often they are read', () => {
		const body = line({ content: '', tool_calls: [weather, weather] }) + last(COUNTS);
		const ids = (text: string) => collect(decoded(text)).content.map((part) => part.type === 'tool-call' && part.id);
		const first = ids(body);
		expect(new Set([...first, ...ids(body.replaceAll('11:16', '11:17'))]).size).toBe(4);
		expect(ids(body)).toEqual(first);
	});

	it('keeps text after a tool call in the one text part', () => {
		const body =
			line({ content: 'a' }) + line({ content: '', tool_calls: [time] }) + line({ content: 'b' }) + last(COUNTS);
		expect(collect(decoded(body)).content).toEqual([
			{ type: 'text', text: 'ab' },
			{ type: 'tool-call', id: 'call_own', name: 'time', arguments: '{}' },
		]);
	});

	it('passes over a call without a name and takes arguments that are text already', () => {
		const calls = [{ function: { arguments: {} } }, { id: 'c', function: { name: 'f', arguments: '{"a":1}' } }];
		expect(collect(decoded(last(COUNTS, { content: '', tool_calls: calls }))).content).toEqual([
			{ type: 'tool-call', id: 'c', name: 'f', arguments: '{"a":1}' },
		]);
	});

	it('refuses a whole answer without a message', () => {
		expect(() => ollamaChat.fromResponse('{"model":"m","done":true}', {})).toThrow(
			expect.objectContaining({ code: 'upstream_malformed' }),
		);
	});
});
