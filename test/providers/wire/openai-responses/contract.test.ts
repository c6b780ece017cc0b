import { describe, expect, it } from 'vitest';
import { originOf } from '../../../../src/language/signature';
import { openaiResponses } from '../../../../src/providers/wire/openai-responses';
import { decodeBytes, describeWire, type WireCase } from '../../../support/wire-contract';
import * as answers from './answers';

const tokens = { prompt: 120, completion: 90 };

const cases: readonly WireCase[] = [
	{
		name: 'text with a phase',
		...answers.plain,
		tokens,
		answer: (answer) => {
			expect(answer).toMatchObject({ id: 'resp_1', model: 'gpt-5.4-2026-03-05' });
			expect(answer.finish).toEqual({ kind: 'stop', raw: 'completed' });
			expect(answer.content).toEqual([{ type: 'text', text: 'Grüße aus 東京 🚉.', phase: 'final_answer' }]);
			expect(answer.usage).toMatchObject({ input: 40, cacheRead: 64, cacheWrite5m: 16, output: 40, reasoning: 50 });
		},
	},
	{
		name: 'sealed reasoning in two summary parts, then interleaving calls',
		...answers.toolLoop,
		tokens,
		answer: ({ content, finish }) => {
			expect(finish).toEqual({ kind: 'tool-calls', raw: 'completed' });
			expect(content).toEqual([
				{ type: 'reasoning', text: '**Plan**\n\nLook it up.\n\nThen answer.', signature: expect.any(String) },
				{ type: 'tool-call', id: 'call_a', name: 'weather', arguments: '{"city":"Bern"}' },
				{ type: 'tool-call', id: 'call_b', name: 'time', arguments: '{"zone":"CET"}' },
				{ type: 'tool-call', id: 'call_c', name: 'noop', arguments: '{}' },
			]);
			const [thought] = content;
			const signature = thought?.type === 'reasoning' ? (thought.signature ?? '') : '';
			expect(originOf(signature)).toBe('openai');
			expect(signature).toContain('gAAAA-final');
		},
	},
	{
		name: 'a citation and log probabilities after a search of its own',
		...answers.citing,
		tokens,
		answer: (answer) => {
			expect(answer.content).toEqual([
				{
					type: 'text',
					text: 'Cited',
					annotations: [{ type: 'url-citation', url: 'https://a.example', title: 'A', start: 0, end: 5 }],
				},
			]);
			expect(answer.logprobs).toEqual([
				{ token: 'Cited', logprob: -0.1, bytes: [67], top: [{ token: 'Said', logprob: -2, bytes: [83] }] },
			]);
		},
	},
	{
		name: 'a refusal',
		...answers.refusing,
		answer: ({ content }) => expect(content).toEqual([{ type: 'refusal', text: 'I can not help with that.' }]),
	},
	{
		name: 'an answer cut by its bound',
		...answers.tooLong,
		answer: ({ finish }) => expect(finish).toEqual({ kind: 'length', raw: 'max_output_tokens' }),
	},
	{
		name: 'an answer cut by a filter',
		...answers.filtered,
		answer: ({ finish }) => expect(finish).toEqual({ kind: 'content-filter', raw: 'content_filter' }),
	},
	{
		name: 'a server that leaves out deltas',
		...answers.terse,
		answer: ({ content }) =>
			expect(content).toEqual([
				{ type: 'text', text: 'Hello' },
				{ type: 'tool-call', id: 'call_d', name: 'weather', arguments: '{"city":"Ulm"}' },
			]),
	},
	{
		name: "an open model's own words",
		...answers.openWeight,
		answer: ({ content }) =>
			expect(content).toEqual([
				{ type: 'reasoning', text: 'Two and two.' },
				{ type: 'text', text: '4' },
			]),
	},
	{
		name: 'reasoning that shows nothing',
		...answers.hidden,
		answer: ({ content }) => expect(content[0]).toMatchObject({ type: 'reasoning', text: '', redacted: true }),
	},
	{
		name: 'an error event with its fields in it',
		body: answers.failures.flat ?? '',
		ends: 'error',
		error: (error) =>
			expect(error).toMatchObject({ code: 'rate_limited', upstream: { failure: 'quota', status: 429 } }),
	},
	{
		name: 'an error event with its fields nested',
		body: answers.failures.nested ?? '',
		ends: 'error',
		error: (error) =>
			expect(error).toMatchObject({ code: 'rate_limited', upstream: { failure: 'quota', status: 429 } }),
	},
	{
		name: 'an error event that is bare words',
		body: answers.failures.words ?? '',
		ends: 'error',
		error: (error) => expect(error).toMatchObject({ code: 'context_too_long' }),
	},
	{
		name: 'a response that failed',
		body: answers.failures.failed ?? '',
		ends: 'error',
		error: (error) =>
			expect(error).toMatchObject({ code: 'upstream_unavailable', upstream: { failure: 'server', status: 500 } }),
	},
	{
		name: "a response that failed by the caller's fault",
		body: answers.failures.image ?? '',
		ends: 'error',
		error: (error) =>
			expect(error).toMatchObject({
				code: 'invalid_request',
				message: 'No image there.',
				upstream: { failure: 'bad-request', status: 400 },
			}),
	},
	{
		name: 'a response that was cancelled',
		body: answers.failures.cancelled ?? '',
		ends: 'error',
		error: (error) => expect(error).toMatchObject({ code: 'upstream_malformed' }),
	},
	{
		name: 'a whole response that failed',
		json: answers.failedWhole,
		ends: 'error',
		error: (error) => expect(error).toMatchObject({ code: 'rate_limited', retryAfterMs: 2000 }),
	},
	{
		name: 'a whole response that is not finished',
		json: '{"id":"resp_1","object":"response","status":"in_progress","output":[]}',
		ends: 'error',
		error: (error) => expect(error).toMatchObject({ code: 'upstream_malformed' }),
	},
];

const finishMarker = /event: response\.(?:completed|incomplete|failed|cancelled)/;
describeWire('hand-written Responses answers', openaiResponses, { finishMarker }, cases);

const eventsOf = (body: string, plan = {}) => decodeBytes(openaiResponses, new TextEncoder().encode(body), 64, plan);

describe('the Responses decoder', () => {
	it('takes `[DONE]` before the last event for a cut', () => {
		const cut = answers.plain.body.slice(0, answers.plain.body.indexOf('event: response.completed'));
		expect(eventsOf(`${cut}data: [DONE]\n\n`).at(-1)).toMatchObject({
			type: 'error',
			error: { code: 'upstream_unavailable' },
		});
	});

	it('sends what came before a failure, and nothing after it', () => {
		const events = eventsOf(`${answers.failures.flat}${answers.plain.body}`);
		expect(events.map((event) => event.type)).toEqual(['start', 'text-delta', 'error']);
	});

	it("gives tools their caller's names back", () => {
		const [, , , call] = eventsOf(answers.toolLoop.body, { toolNames: { weather: 'the weather' } }).filter(
			(event) => event.type !== 'usage' && event.type !== 'reasoning-delta',
		);
		expect(call).toMatchObject({ type: 'tool-call-start', name: 'time' });
		const names = eventsOf(answers.toolLoop.body, { toolNames: { weather: 'the weather' } }).flatMap((event) =>
			event.type === 'tool-call-start' ? event.name : [],
		);
		expect(names).toEqual(['the weather', 'time', 'noop']);
	});

	it('makes an id where a call has none, of the answer and its place', () => {
		const { call_id: _no, id: _none, ...nameless } = answers.call('x', 'weather', '{}');
		const { json } = answers.answerOf([], [nameless, nameless]);
		const ids = openaiResponses
			.fromResponse(json, {})
			.content.map((part) => (part.type === 'tool-call' ? part.id : part));
		expect(ids).toEqual(['call_resp1_0', 'call_resp1_1']);
	});

	it('takes a call whose item was never announced, once its name is known', () => {
		const { body } = answers.answerOf(
			[
				{ type: 'response.function_call_arguments.delta', output_index: 0, delta: '{"city":' },
				answers.done(0, answers.call('call_a', 'weather', '{"city":"Bern"}')),
			],
			[],
		);
		expect(eventsOf(body).slice(1, 4)).toEqual([
			{ type: 'tool-call-start', index: 0, id: 'call_a', name: 'weather' },
			{ type: 'tool-call-delta', index: 0, arguments: '{"city":"Bern"}' },
			expect.objectContaining({ type: 'usage' }),
		]);
	});

	it('reads the output of the last event where no item was streamed', () => {
		const { body, json } = answers.answerOf([], [answers.message([{ type: 'output_text', text: 'Hi' }])]);
		expect(eventsOf(body)[1]).toMatchObject({ type: 'text-delta', text: 'Hi' });
		expect(openaiResponses.fromResponse(json, {}).content).toEqual([{ type: 'text', text: 'Hi' }]);
	});

	describe('with the calls of a parallel wrapper', () => {
		const wrapper = (written: string) => {
			const item = answers.call('call_p', 'parallel', written);
			return answers.answerOf(
				[
					answers.added(0, { ...item, arguments: '' }),
					{ type: 'response.function_call_arguments.delta', output_index: 0, delta: written },
					answers.done(0, item),
				],
				[item],
			);
		};
		const uses = JSON.stringify({
			tool_uses: [
				{ recipient_name: 'functions.weather', parameters: { city: 'Bern' } },
				{ recipient_name: 'time', parameters: {} },
			],
		});
		const starts = (body: string, plan: object) => eventsOf(body, plan).filter((e) => e.type === 'tool-call-start');

		it('takes them apart, whole and streamed alike', () => {
			const { body, json } = wrapper(uses);
			expect(starts(body, { parallelWrapper: true })).toMatchObject([
				{ index: 0, id: 'call_p_0', name: 'weather' },
				{ index: 1, id: 'call_p_1', name: 'time' },
			]);
			expect(openaiResponses.fromResponse(json, { parallelWrapper: true }).content).toHaveLength(2);
		});

		it("leaves them together where the caller's own tool has that name", () => {
			expect(starts(wrapper(uses).body, {})).toMatchObject([{ id: 'call_p', name: 'parallel' }]);
		});

		it('passes on what is no such wrapper after all', () => {
			const events = eventsOf(wrapper('{"tool_uses":[7]}').body, { parallelWrapper: true });
			expect(events.slice(1, 3)).toEqual([
				{ type: 'tool-call-start', index: 0, id: 'call_p', name: 'parallel' },
				{ type: 'tool-call-delta', index: 0, arguments: '{"tool_uses":[7]}' },
			]);
		});
	});
});
