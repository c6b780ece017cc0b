import { describe, expect, it } from 'vitest';
import { collect } from '../../../../src/language/collect';
import type { ChatEvent } from '../../../../src/language/event';
import type { DecodePlan } from '../../../../src/providers/provider';
import { bedrockConverse } from '../../../../src/providers/wire/bedrock-converse';
import { awsBody, awsError, awsEvent, awsException, joined } from '../../../support/aws-event-bytes';
import { decodeBytes, describeWire } from '../../../support/wire-contract';

type Event = readonly [type: string, payload: unknown];

const START: Event = ['messageStart', { role: 'assistant', p: 'abc' }];
const delta = (contentBlockIndex: number, one: unknown): Event => [
	'contentBlockDelta',
	{ contentBlockIndex, delta: one, p: 'abcdef' },
];
const stop = (contentBlockIndex: number): Event => ['contentBlockStop', { contentBlockIndex }];
const tool = (contentBlockIndex: number, toolUseId: string, name: string): Event => [
	'contentBlockStart',
	{ contentBlockIndex, start: { toolUse: { toolUseId, name } } },
];
const end = (stopReason: string): Event => ['messageStop', { stopReason }];
const USAGE = { inputTokens: 12, outputTokens: 7, totalTokens: 19 };
const metadata = (usage: unknown = USAGE): Event => ['metadata', { usage, metrics: { latencyMs: 5 } }];

const answer = (content: readonly unknown[], stopReason: string, usage: unknown = USAGE) =>
	JSON.stringify({ output: { message: { role: 'assistant', content } }, stopReason, usage, metrics: { latencyMs: 5 } });

const CACHED = {
	inputTokens: 10,
	outputTokens: 4,
	cacheReadInputTokens: 100,
	cacheWriteInputTokens: 50,
	cacheDetails: [
		{ ttl: '1h', inputTokens: 30 },
		{ ttl: '5m', inputTokens: 20 },
	],
};
const CITATION = { title: 'facts', location: { documentChar: { documentIndex: 0, start: 0, end: 9 } } };

describeWire('the Converse wire', bedrockConverse, { finishMarker: /"stopReason":"/ }, [
	{
		name: 'text, with its usage after its end',
		body: awsBody([
			START,
			delta(0, { text: 'Hel' }),
			delta(0, { text: 'lo 🌍' }),
			stop(0),
			end('end_turn'),
			metadata(),
		]),
		json: answer([{ text: 'Hello 🌍' }], 'end_turn'),
		tokens: { prompt: 12, completion: 7 },
		answer: (response) => {
			expect(response.content).toEqual([{ type: 'text', text: 'Hello 🌍' }]);
			expect(response.finish).toEqual({ kind: 'stop', raw: 'end_turn' });
		},
	},
	{
		name: 'usage split by how long a cache lives',
		body: awsBody([START, delta(0, { text: 'OK' }), stop(0), end('end_turn'), metadata(CACHED)]),
		json: answer([{ text: 'OK' }], 'end_turn', CACHED),
		tokens: { prompt: 160, completion: 4 },
		answer: ({ usage }) =>
			expect(usage).toMatchObject({ input: 10, cacheRead: 100, cacheWrite5m: 20, cacheWrite1h: 30, output: 4 }),
	},
	{
		name: 'parallel tool calls, one of them without arguments',
		body: awsBody([
			START,
			delta(0, { text: 'Let me see.' }),
			stop(0),
			tool(1, 'tooluse_a', 'weather'),
			tool(2, 'tooluse_b', 'clock'),
			delta(1, { toolUse: { input: '' } }),
			delta(1, { toolUse: { input: '{"city"' } }),
			delta(1, { toolUse: { input: ':"Bonn"}' } }),
			stop(1),
			stop(2),
			end('tool_use'),
			metadata(),
		]),
		json: answer(
			[
				{ text: 'Let me see.' },
				{ toolUse: { toolUseId: 'tooluse_a', name: 'weather', input: { city: 'Bonn' } } },
				{ toolUse: { toolUseId: 'tooluse_b', name: 'clock', input: {} } },
			],
			'tool_use',
		),
		plan: { toolNames: { weather: 'the weather!' } },
		answer: (response) => {
			expect(response.content.slice(1)).toEqual([
				{ type: 'tool-call', id: 'tooluse_a', name: 'the weather!', arguments: '{"city":"Bonn"}' },
				{ type: 'tool-call', id: 'tooluse_b', name: 'clock', arguments: '{}' },
			]);
			expect(response.finish).toEqual({ kind: 'tool-calls', raw: 'tool_use' });
		},
	},
	{
		name: 'Claude’s reasoning, its signature bare',
		body: awsBody([
			START,
			delta(0, { reasoningContent: { text: 'Hm' } }),
			delta(0, { reasoningContent: { text: 'm.' } }),
			delta(0, { reasoningContent: { signature: 'EqQB' } }),
			stop(0),
			delta(1, { text: 'Yes' }),
			stop(1),
			end('end_turn'),
			metadata(),
		]),
		json: answer(
			[{ reasoningContent: { reasoningText: { text: 'Hmm.', signature: 'EqQB' } } }, { text: 'Yes' }],
			'end_turn',
		),
		plan: { signatures: 'anthropic' },
		answer: ({ content }) =>
			expect(content).toEqual([
				{ type: 'reasoning', text: 'Hmm.', signature: 'EqQB' },
				{ type: 'text', text: 'Yes' },
			]),
	},
	{
		name: 'a signature of another maker in pieces, marked once',
		body: awsBody([
			START,
			delta(0, { reasoningContent: { text: '[REDACTED]' } }),
			delta(0, { reasoningContent: { signature: 'abc' } }),
			delta(0, { reasoningContent: { signature: 'def' } }),
			stop(0),
			delta(1, { text: 'Yes' }),
			end('end_turn'),
			metadata(),
		]),
		json: answer(
			[{ reasoningContent: { reasoningText: { text: '[REDACTED]', signature: 'abcdef' } } }, { text: 'Yes' }],
			'end_turn',
		),
		answer: ({ content }) => expect(content[0]).toMatchObject({ signature: 'bedrock:abcdef' }),
	},
	{
		name: 'redacted reasoning, which only Bedrock can read again',
		body: awsBody([
			START,
			delta(0, { reasoningContent: { redactedContent: 'c2Vh' } }),
			delta(0, { reasoningContent: { redactedContent: 'bGVk' } }),
			stop(0),
			delta(1, { text: 'Yes' }),
			end('end_turn'),
			metadata(),
		]),
		json: answer([{ reasoningContent: { redactedContent: 'c2VhbGVk' } }, { text: 'Yes' }], 'end_turn'),
		plan: { signatures: 'anthropic' },
		answer: ({ content }) =>
			expect(content[0]).toEqual({ type: 'reasoning', text: '', signature: 'bedrock:c2VhbGVk', redacted: true }),
	},
	{
		name: 'an empty text block ahead of the reasoning (gpt-oss)',
		body: awsBody([
			START,
			delta(0, { text: '' }),
			stop(0),
			delta(1, { reasoningContent: { text: 'A greeting.' } }),
			stop(1),
			delta(2, { text: 'Hello' }),
			stop(2),
			end('end_turn'),
			metadata(),
		]),
		json: answer(
			[{ text: '' }, { reasoningContent: { reasoningText: { text: 'A greeting.' } } }, { text: 'Hello' }],
			'end_turn',
		),
		answer: ({ content }) =>
			expect(content).toEqual([
				{ type: 'reasoning', text: 'A greeting.' },
				{ type: 'text', text: 'Hello' },
			]),
	},
	{
		name: 'citations',
		body: awsBody([
			START,
			delta(0, { citation: CITATION }),
			delta(0, { text: 'By Matz.' }),
			stop(0),
			end('end_turn'),
			metadata(),
		]),
		json: answer([{ citationsContent: { content: [{ text: 'By Matz.' }], citations: [CITATION] } }], 'end_turn'),
		answer: ({ content }) =>
			expect(content).toEqual([
				{
					type: 'text',
					text: 'By Matz.',
					annotations: [{ type: 'file-citation', title: 'facts', raw: CITATION }],
				},
			]),
	},
	{
		name: 'a schema that was sent as a forced tool, as text',
		body: awsBody([
			START,
			tool(0, 'tooluse_s', 'respond_person'),
			delta(0, { toolUse: { input: '{"name":' } }),
			delta(0, { toolUse: { input: '"Ada"}' } }),
			stop(0),
			end('tool_use'),
			metadata(),
		]),
		json: answer([{ toolUse: { toolUseId: 'tooluse_s', name: 'respond_person', input: { name: 'Ada' } } }], 'tool_use'),
		plan: { schemaTool: 'respond_person' },
		answer: (response) => {
			expect(response.content).toEqual([{ type: 'text', text: '{"name":"Ada"}' }]);
			expect(response.finish).toEqual({ kind: 'stop', raw: 'tool_use' });
		},
	},
	{
		name: 'events, blocks and a reason nobody knows yet',
		body: awsBody([
			START,
			['contentBlockStart', { contentBlockIndex: 0, start: { hologram: {} } }],
			delta(0, { hologram: { voxels: 'x' } }),
			stop(0),
			['weather', { sunny: true }],
			delta(1, { text: 'Hi' }),
			end('bored'),
			metadata(),
		]),
		json: answer([{ hologram: {} }, { text: 'Hi' }], 'bored'),
		answer: (response) => {
			expect(response.content).toEqual([{ type: 'text', text: 'Hi' }]);
			expect(response.finish).toEqual({ kind: 'other', raw: 'bored' });
		},
	},
	{
		name: 'an answer without usage',
		body: awsBody([START, delta(0, { text: 'Hi' }), end('max_tokens')]),
		json: JSON.stringify({ output: { message: { content: [{ text: 'Hi' }] } }, stopReason: 'max_tokens' }),
		answer: (response) => {
			expect(response.usage).toBeNull();
			expect(response.finish.kind).toBe('length');
		},
	},
	{
		name: 'a guardrail that stepped in',
		json: answer([{ text: 'I can not help with that.' }], 'guardrail_intervened'),
		answer: (response) => expect(response.finish.kind).toBe('content-filter'),
	},
	{
		name: 'throttling in the middle',
		body: joined([
			awsBody([START, delta(0, { text: 'Sure' })]),
			awsException('throttlingException', { message: 'Too many tokens, please wait before trying again.' }),
		]),
		ends: 'error',
		error: (error) =>
			expect(error).toMatchObject({
				code: 'rate_limited',
				retryable: true,
				upstream: { failure: 'rate-limited', scope: 'key', status: 429 },
			}),
	},
	{
		name: 'an error of the connection’s own',
		body: joined([awsBody([START]), awsError('InternalFailure', 'broke')]),
		ends: 'error',
		error: (error) => expect(error).toMatchObject({ code: 'upstream_unavailable', upstream: { status: 500 } }),
	},
	{
		name: 'an event that is no JSON',
		body: joined([awsBody([START]), awsEvent('contentBlockDelta', 'nonsense')]),
		ends: 'error',
		error: (error) => expect(error.code).toBe('upstream_malformed'),
	},
	{
		name: 'an answer that is none',
		json: '{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"}',
		ends: 'error',
		error: (error) => expect(error.code).toBe('upstream_malformed'),
	},
]);

describe('a Converse stream', () => {
	const events = (list: readonly Event[], plan: DecodePlan = {}): ChatEvent[] =>
		decodeBytes(bedrockConverse, awsBody(list), 4096, plan);

	it('is not over before its metadata, which has the usage', () => {
		const decoder = bedrockConverse.decoder({});
		const push = ([event, payload]: Event) => decoder.push({ event, data: JSON.stringify(payload) });
		expect([START, delta(0, { text: 'Hi' }), end('end_turn')].flatMap(push).map((event) => event.type)).toEqual([
			'start',
			'text-delta',
		]);
		expect(push(metadata()).map((event) => event.type)).toEqual(['usage', 'finish']);
		expect([metadata(), delta(0, { text: 'more' })].flatMap(push).concat(decoder.end())).toEqual([]);
	});

	it('that ends without its metadata still ends as it said, with its usage unknown', () => {
		expect(collect(events([START, delta(0, { text: 'Hi' }), end('end_turn')]))).toMatchObject({
			finish: { kind: 'stop' },
			usage: null,
		});
	});

	it('that ends without its reason was cut, even where usage came', () => {
		const last = events([START, delta(0, { text: 'Hi' }), metadata()]).at(-1);
		expect(last).toMatchObject({ type: 'error', error: { upstream: { failure: 'network' } } });
	});

	it('starts where its first event was left out', () => {
		expect(events([delta(0, { text: 'Hi' }), end('end_turn'), metadata()])[0]?.type).toBe('start');
	});

	it('whose block changes its kind opens another part', () => {
		const { content } = collect(
			events([START, delta(0, { reasoningContent: { text: 'a' } }), delta(0, { text: 'b' }), end('end_turn')]),
		);
		expect(content.map((part) => part.type)).toEqual(['reasoning', 'text']);
	});

	it('calls tools where there are calls, whatever word it ends with', () => {
		const called = [START, tool(0, 'i', 'f'), stop(0)];
		expect(collect(events([...called, end('end_turn'), metadata()])).finish.kind).toBe('tool-calls');
		expect(collect(events([...called, end('max_tokens'), metadata()])).finish.kind).toBe('length');
		expect(collect(events([...called, end('malformed_tool_use'), metadata()])).finish.kind).toBe('other');
		expect(collect(events([START, end('tool_use'), metadata()])).finish.kind).toBe('stop');
	});
});
