import { describe, expect, it } from 'vitest';
import { collect } from '../../../../src/language/collect';
import { cohereChat } from '../../../../src/providers/wire/cohere-chat';
import { decodeBytes, describeWire, type WireCase } from '../../../support/wire-contract';

type Event = readonly [type: string, fields?: object];

const framed = (events: readonly Event[]): string =>
	events.map(([type, fields]) => `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`).join('');

const told = (type: string, index: number, message: object): Event => [type, { index, delta: { message } }];

const start: Event = ['message-start', { id: 'm-1', delta: { message: { role: 'assistant', content: [] } } }];
const plan = (text: string): Event => ['tool-plan-delta', { delta: { message: { tool_plan: text } } }];
const open = (index: number, type: 'text' | 'thinking'): Event =>
	told('content-start', index, { content: { type, [type]: '' } });
const said = (index: number, text: string, logprobs?: object): Event => [
	'content-delta',
	{ index, delta: { message: { content: { text } } }, ...(logprobs && { logprobs }) },
];
const thought = (index: number, thinking: string): Event => told('content-delta', index, { content: { thinking } });
const shut = (index: number): Event => ['content-end', { index }];
const call = (index: number, id: string, name: string, args: string): Event =>
	told('tool-call-start', index, { tool_calls: { id, type: 'function', function: { name, arguments: args } } });
const more = (index: number, args: string): Event =>
	told('tool-call-delta', index, { tool_calls: { function: { arguments: args } } });
const called = (index: number): Event => ['tool-call-end', { index }];
const cited = (citations: object): Event => told('citation-start', 0, { citations });

const USAGE = {
	billed_units: { input_tokens: 7, output_tokens: 5 },
	tokens: { input_tokens: 502, output_tokens: 9 },
	cached_tokens: 480,
};
const end = (finish_reason: string, rest: object = { usage: USAGE }): Event => [
	'message-end',
	{ delta: { finish_reason, ...rest } },
];
const DONE = 'data: [DONE]\n\n';

const body = (...events: Event[]): string => framed([start, ...events]) + DONE;
const json = (message: object, finish_reason = 'COMPLETE', rest: object = { usage: USAGE }): string =>
	JSON.stringify({ id: 'm-1', finish_reason, message: { role: 'assistant', ...message }, ...rest });

const tool = (id: string, name: string, args: string) => ({
	id,
	type: 'function',
	function: { name, arguments: args },
});

const CITATION = {
	start: 6,
	end: 8,
	text: '東京',
	sources: [{ type: 'document', id: 'doc:0', document: { id: 'doc:0', title: 'facts.txt', text: 'Tokyo' } }],
	type: 'TEXT_CONTENT',
	content_index: 1,
};

const cases: readonly WireCase[] = [
	{
		name: 'text, billed by what the caller wrote',
		body: body(open(0, 'text'), said(0, 'Grüße '), said(0, 'aus 東京 🚉.'), shut(0), end('COMPLETE')),
		json: json({ content: [{ type: 'text', text: 'Grüße aus 東京 🚉.' }] }),
		plan: { model: 'command-a-03-2025' },
		tokens: { prompt: 7, completion: 5 },
		answer: (answer) => {
			expect(answer).toMatchObject({ id: 'm-1', model: 'command-a-03-2025' });
			expect(answer.finish).toEqual({ kind: 'stop', raw: 'COMPLETE' });
			expect(answer.content).toEqual([{ type: 'text', text: 'Grüße aus 東京 🚉.' }]);
		},
	},
	{
		name: 'thinking, text and a citation of it',
		body: body(
			open(0, 'thinking'),
			thought(0, 'Two and '),
			thought(0, 'two.'),
			shut(0),
			open(1, 'text'),
			said(1, 'From 東京'),
			cited(CITATION),
			['citation-end', { index: 0 }],
			said(1, '.'),
			shut(1),
			end('STOP_SEQUENCE'),
		),
		json: json(
			{
				content: [
					{ type: 'thinking', thinking: 'Two and two.' },
					{ type: 'text', text: 'From 東京.' },
				],
				citations: [CITATION],
			},
			'STOP_SEQUENCE',
		),
		answer: (answer) => {
			expect(answer.finish).toEqual({ kind: 'stop', raw: 'STOP_SEQUENCE' });
			const annotation = { type: 'file-citation', title: 'facts.txt', start: 6, end: 8, raw: CITATION };
			expect(answer.content).toEqual([
				{ type: 'reasoning', text: 'Two and two.' },
				{ type: 'text', text: 'From 東京.', annotations: [annotation] },
			]);
		},
	},
	{
		name: 'a plan and parallel calls, whose arguments come in pieces, empty, null or not at all',
		body: body(
			plan('I will '),
			plan('look.'),
			call(0, 'weather_1', 'get_weather', ''),
			more(0, '{"ci'),
			more(0, 'ty":"Bern"}'),
			called(0),
			call(1, 'now_1', 'now', ''),
			called(1),
			call(2, 'now_2', 'now', 'nu'),
			more(2, 'll'),
			called(2),
			call(3, 'now_3', 'now', 'null'),
			call(4, 'odd_1', 'odd', 'nu'),
			more(4, 'mber'),
			end('TOOL_CALL'),
		),
		json: json(
			{
				tool_plan: 'I will look.',
				tool_calls: [
					tool('weather_1', 'get_weather', '{"city":"Bern"}'),
					tool('now_1', 'now', ''),
					tool('now_2', 'now', 'null'),
					tool('now_3', 'now', 'null'),
					tool('odd_1', 'odd', 'number'),
				],
			},
			'TOOL_CALL',
		),
		plan: { toolNames: { get_weather: 'get-weather' } },
		answer: (answer) => {
			expect(answer.finish).toEqual({ kind: 'tool-calls', raw: 'TOOL_CALL' });
			expect(answer.content).toEqual([
				{ type: 'reasoning', text: 'I will look.' },
				{ type: 'tool-call', id: 'weather_1', name: 'get-weather', arguments: '{"city":"Bern"}' },
				{ type: 'tool-call', id: 'now_1', name: 'now', arguments: '{}' },
				{ type: 'tool-call', id: 'now_2', name: 'now', arguments: '{}' },
				{ type: 'tool-call', id: 'now_3', name: 'now', arguments: '{}' },
				{ type: 'tool-call', id: 'odd_1', name: 'odd', arguments: 'number' },
			]);
		},
	},
	{
		name: 'log probabilities of chunks of one and of two tokens',
		body: body(
			open(0, 'text'),
			said(0, 'Hi', { text: 'Hi', token_ids: [1], logprobs: [-0.5] }),
			said(0, '🚉', { text: '🚉', token_ids: [2, 3], logprobs: [-1, -0.25] }),
			end('MAX_TOKENS'),
		),
		json: json({ content: [{ type: 'text', text: 'Hi🚉' }] }, 'MAX_TOKENS', {
			usage: USAGE,
			logprobs: [
				{ text: 'Hi', token_ids: [1], logprobs: [-0.5] },
				{ text: '🚉', token_ids: [2, 3], logprobs: [-1, -0.25] },
			],
		}),
		answer: (answer) => {
			expect(answer.finish).toEqual({ kind: 'length', raw: 'MAX_TOKENS' });
			expect(answer.logprobs).toEqual([
				{ token: 'Hi', logprob: -0.5, top: [] },
				{ token: '🚉', logprob: -1.25, top: [] },
			]);
		},
	},
	{
		name: 'an unknown reason, unknown events and no billing at all',
		body: body(['weather-report', { index: 0 }], open(0, 'text'), said(0, 'Hi'), ['debug'], end('BORED', {})),
		json: json(
			{
				content: [
					{ type: 'hologram', data: 1 },
					{ type: 'text', text: 'Hi' },
				],
			},
			'BORED',
			{},
		),
		answer: (answer) => {
			expect(answer.finish).toEqual({ kind: 'other', raw: 'BORED' });
			expect(answer.content).toEqual([{ type: 'text', text: 'Hi' }]);
			expect(answer.usage).toBeNull();
		},
	},
	{
		name: 'an answer that is not billed by tokens',
		body: body(
			open(0, 'text'),
			said(0, 'Hi'),
			end('COMPLETE', { usage: { ...USAGE, billed_units: { search_units: 1 } } }),
		),
		tokens: { prompt: 502, completion: 9 },
	},
	{
		name: 'a failure after content',
		body: body(open(0, 'text'), said(0, 'Hi'), end('ERROR', { error: 'internal error' })),
		json: json({}, 'ERROR', { error: 'internal error' }),
		ends: 'error',
		error: (error) => expect(error).toMatchObject({ code: 'upstream_unavailable', upstream: { failure: 'server' } }),
	},
	{
		name: 'a time-out in place of an answer',
		body: body(end('TIMEOUT', {})),
		json: json({}, 'TIMEOUT', {}),
		ends: 'error',
		error: (error) => expect(error).toMatchObject({ code: 'upstream_timeout', upstream: { failure: 'timeout' } }),
	},
	{
		name: 'a failure for want of room',
		body: body(end('ERROR', { error: 'too many tokens: size limit exceeded by 3 tokens.' })),
		ends: 'error',
		error: (error) => expect(error).toMatchObject({ code: 'context_too_long' }),
	},
	{
		name: 'an end without a reason',
		body: body(open(0, 'text'), said(0, 'Hi'), ['message-end', { delta: { usage: USAGE } }]),
		ends: 'error',
		error: (error) => expect(error).toMatchObject({ code: 'upstream_unavailable', upstream: { failure: 'network' } }),
	},
	{
		name: '[DONE] without an end',
		body: body(open(0, 'text'), said(0, 'Hi')),
		ends: 'error',
		error: (error) => expect(error).toMatchObject({ code: 'upstream_unavailable', upstream: { failure: 'network' } }),
	},
];

describeWire('the cohere-chat wire', cohereChat, { finishMarker: /"finish_reason":"/ }, cases);

describe('the cohere-chat wire', () => {
	const decoded = (...events: Event[]) => {
		const bytes = new TextEncoder().encode(body(...events));
		return decodeBytes(cohereChat, bytes, bytes.length);
	};
	const content = (...events: Event[]) => collect(decoded(...events, end('COMPLETE'))).content;

	it('sends arguments on as they come, and holds back only what may be null', () => {
		const events = decoded(call(0, 'a', 'f', ''), more(0, '{'), more(0, '}'), called(0), end('TOOL_CALL'));
		expect(events.filter((event) => event.type === 'tool-call-delta').map((event) => event.arguments)).toEqual([
			'{',
			'}',
		]);
	});

	it('gives a citation without a content index to the text before it, and none to what is no text', () => {
		const { content_index: _, ...bare } = CITATION;
		const parts = content(
			plan('Look.'),
			cited(bare),
			open(0, 'thinking'),
			thought(0, 'Hm.'),
			cited({ ...CITATION, content_index: 0 }),
			open(1, 'text'),
			said(1, 'Hi'),
			cited(bare),
			cited({ ...CITATION, type: 'PLAN' }),
		);
		expect(parts).toEqual([
			{ type: 'reasoning', text: 'Look.' },
			{ type: 'reasoning', text: 'Hm.' },
			{ type: 'text', text: 'Hi', annotations: [expect.objectContaining({ type: 'file-citation', raw: bare })] },
		]);
	});

	it('tells documents with an address and results of tools apart', () => {
		const web = { sources: [{ type: 'document', document: { url: 'https://x.example/a', title: 'A' } }] };
		const result = { sources: [{ type: 'tool', id: 'f:0', tool_output: { content: '1' } }] };
		const [text] = content(open(0, 'text'), said(0, 'Hi'), cited(web), cited(result));
		expect(text).toMatchObject({
			annotations: [
				{ type: 'url-citation', url: 'https://x.example/a', title: 'A' },
				{ type: 'other', raw: result },
			],
		});
	});

	it('reads a whole answer without a reason as a whole one', () => {
		const answer = { id: 'm', message: { content: [{ type: 'text', text: 'Hi' }] } };
		expect(cohereChat.fromResponse(JSON.stringify(answer), {}).finish.kind).toBe('stop');
		expect(() => cohereChat.fromResponse('{"id":"m"}', {})).toThrow(
			expect.objectContaining({ code: 'upstream_malformed' }),
		);
	});
});
