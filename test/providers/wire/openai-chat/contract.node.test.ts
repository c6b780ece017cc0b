import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { openaiChat } from '../../../../src/providers/wire/openai-chat';
import { describeWire, type WireCase } from '../../../support/wire-contract';

const FOLDER = 'test/fixtures/openai-chat';

const stream = (name: string): Uint8Array => readFileSync(`${FOLDER}/${name}.sse`);
const whole = (name: string): string => readFileSync(`${FOLDER}/${name}.json`, 'utf8');
const both = (name: string) => ({ body: stream(name), json: whole(name) });

const cases: readonly WireCase[] = [
	{
		name: 'text with usage in a chunk of its own',
		...both('text'),
		tokens: { prompt: 120, completion: 90 },
		answer: (answer) => {
			expect(answer).toMatchObject({ id: 'chatcmpl-text1', model: 'gpt-5-mini-2025-08-07', finish: { kind: 'stop' } });
			expect(answer.content).toEqual([{ type: 'text', text: 'Grüße aus 東京 🚉.' }]);
			expect(answer.usage).toMatchObject({ input: 56, cacheRead: 64, output: 26, reasoning: 64 });
		},
	},
	{
		name: 'parallel tool calls whose fragments interleave',
		...both('tools'),
		tokens: { prompt: 80, completion: 40 },
		answer: (answer) => {
			expect(answer.finish).toEqual({ kind: 'tool-calls', raw: 'tool_calls' });
			expect(answer.content).toEqual([
				{ type: 'text', text: 'Looking.' },
				{ type: 'tool-call', id: 'call_a', name: 'weather', arguments: '{"city":"Bern"}' },
				{ type: 'tool-call', id: 'call_b', name: 'time', arguments: '{"zone":"CET"}' },
				{ type: 'tool-call', id: 'call_c', name: 'noop', arguments: '{}' },
			]);
		},
	},
	{
		name: 'reasoning_content after keep-alive comments',
		...both('reasoning-content'),
		tokens: { prompt: 50, completion: 30 },
		answer: (answer) => {
			expect(answer.content).toEqual([
				{ type: 'reasoning', text: 'Two and two make four.' },
				{ type: 'text', text: '4' },
			]);
			expect(answer.usage).toMatchObject({ input: 18, cacheRead: 32, output: 10, reasoning: 20 });
		},
	},
	{
		name: 'reasoning_details with a late signature, an encrypted entry and a charge',
		...both('reasoning-details'),
		plan: { reportsCost: true },
		tokens: { prompt: 626, completion: 106 },
		answer: (answer) => {
			expect(answer.content.map((part) => part.type)).toEqual(['reasoning', 'reasoning', 'text', 'tool-call']);
			expect(answer.content[0]).toMatchObject({
				text: 'The city is known.',
				signature: expect.stringContaining('EvsCC'),
			});
			expect(answer.content[1]).toMatchObject({
				text: '',
				redacted: true,
				signature: expect.stringContaining('gAAAAABp'),
			});
			expect(answer.usage).toMatchObject({ input: 500, cacheRead: 100, cacheWrite5m: 26, reportedNanoUsd: 1_156_000n });
		},
	},
	{
		name: 'a refusal and its log probabilities',
		...both('refusal'),
		answer: (answer) => {
			expect(answer.content).toEqual([{ type: 'refusal', text: "I can't help." }]);
			expect(answer.refusalLogprobs?.map((one) => one.token)).toEqual(["I can't ", 'help.']);
			expect(answer).not.toHaveProperty('logprobs');
		},
	},
	{
		name: 'an Azure stream: CRLF, a first chunk without id, filter results after the finish reason',
		...both('azure'),
		answer: (answer) => expect(answer).toMatchObject({ id: 'chatcmpl-az', model: 'gpt-4o', finish: { kind: 'stop' } }),
	},
	{
		name: 'tool calls without ids and indexes, finish reason stop, no [DONE]',
		...both('no-ids'),
		answer: (answer) => {
			expect(answer.finish).toEqual({ kind: 'tool-calls', raw: 'stop' });
			expect(answer.content).toEqual([
				{ type: 'tool-call', id: 'call_cmpllocal7_0', name: 'weather', arguments: '{"city":"Bern"}' },
				{ type: 'tool-call', id: 'call_cmpllocal7_1', name: 'time', arguments: '{}' },
			]);
		},
	},
	{
		name: 'answers without choices in an envelope (Workers AI), calls with parsed arguments among them',
		...both('bare'),
		tokens: { prompt: 21, completion: 9 },
		answer: (answer) => {
			expect(answer).toMatchObject({ id: '', model: '', finish: { kind: 'tool-calls', raw: 'stop' } });
			expect(answer.content).toEqual([
				{ type: 'text', text: 'It rains.' },
				{ type: 'tool-call', id: 'call_0', name: 'weather', arguments: '{"city":"Bern"}' },
				{ type: 'tool-call', id: 'call_1', name: 'time', arguments: '{}' },
			]);
		},
	},
	{
		name: 'arguments as an object and a number for an id (TGI)',
		...both('object-arguments'),
		tokens: { prompt: 30, completion: 12 },
		answer: (answer) => {
			expect(answer.finish).toEqual({ kind: 'tool-calls', raw: 'eos_token' });
			expect(answer.content).toEqual([
				{ type: 'tool-call', id: expect.stringMatching(/^call_\w+_0$/), name: 'weather', arguments: '{"city":"Bern"}' },
			]);
		},
	},
	{
		name: 'an answer that a filter withheld',
		...both('filtered'),
		tokens: { prompt: 15, completion: 19 },
		answer: (answer) => {
			expect(answer).toMatchObject({ content: [], finish: { kind: 'content-filter', raw: 'content_filter' } });
		},
	},
	{
		name: 'log probabilities and citations',
		...both('logprobs'),
		answer: (answer) => {
			expect(answer.finish.kind).toBe('length');
			expect(answer.logprobs?.map((one) => one.token)).toEqual(['Hi', '!']);
			expect(answer.logprobs?.[0]?.top[1]).toEqual({ token: 'Yo', logprob: -2.5, bytes: null });
			expect(answer.content[0]).toMatchObject({
				annotations: [{ type: 'url-citation', url: 'https://example.org/a', title: 'A', start: 0, end: 2 }],
			});
		},
	},
	{
		name: 'content in parts, thinking among them',
		...both('content-parts'),
		answer: (answer) => {
			expect(answer.content).toEqual([
				{ type: 'reasoning', text: 'Hm yes.' },
				{ type: 'text', text: 'Yes.' },
			]);
			expect(answer.usage).toMatchObject({ input: 6, cacheRead: 4 });
		},
	},
	{
		name: 'an error event with a status of its own',
		body: stream('error-event'),
		ends: 'error',
		error: (error) => {
			expect(error).toMatchObject({ code: 'invalid_request', upstream: { failure: 'bad-request', status: 400 } });
		},
	},
	{
		name: 'an error in an ordinary chunk',
		body: stream('error-chunk'),
		ends: 'error',
		error: (error) => {
			expect(error).toMatchObject({ code: 'upstream_unavailable', upstream: { failure: 'server', status: 502 } });
		},
	},
	{
		name: 'a stray error line',
		body: stream('error-line'),
		ends: 'error',
		error: (error) => expect(error.code).toBe('upstream_malformed'),
	},
	{
		name: 'an error in place of an answer',
		body: stream('error-first'),
		json: '{"error":{"message":"The server had an error","type":"server_error","param":null,"code":null}}',
		ends: 'error',
		error: (error) => expect(error).toMatchObject({ code: 'upstream_unavailable', upstream: { failure: 'server' } }),
	},
	{
		name: 'an error that [DONE] follows (LocalAI)',
		body: stream('error-then-done'),
		ends: 'error',
		error: (error) => expect(error).toMatchObject({ code: 'upstream_unavailable', upstream: { failure: 'server' } }),
	},
	{
		name: 'an error that is a text (TGI)',
		body: stream('error-generation'),
		json: '{"error":"Request failed during generation: Server error: CANCELLED","error_type":"generation"}',
		ends: 'error',
		error: (error) => expect(error).toMatchObject({ code: 'upstream_unavailable', upstream: { failure: 'server' } }),
	},
	{
		name: '[DONE] without a finish reason',
		body: stream('cut'),
		ends: 'error',
		error: (error) => expect(error).toMatchObject({ code: 'upstream_unavailable', upstream: { failure: 'network' } }),
	},
	{
		name: 'a finish reason that is a failure',
		body: stream('failed-finish'),
		ends: 'error',
		error: (error) =>
			expect(error).toMatchObject({ code: 'upstream_unavailable', upstream: { failure: 'overloaded' } }),
	},
];

// Answers without choices have no finish reason: their mark is the end.
describeWire('the openai-chat wire', openaiChat, { finishMarker: /"finish_reason":\s*"[a-z_]+"|\[DONE\]/ }, cases);
