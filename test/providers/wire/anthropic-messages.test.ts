import { describe, expect, it } from 'vitest';
import { collect } from '../../../src/language/collect';
import { anthropicMessages } from '../../../src/providers/wire/anthropic-messages';
import { cutShort } from '../../../src/providers/wire/failure';
import {
	block,
	citedWithServerTools,
	delta,
	end,
	errorAfter,
	framed,
	plain,
	prepopulated,
	refused,
	renamedTool,
	schemaByTool,
	spliced,
	start,
	stop,
	text,
	thinkingThenTools,
	withoutReason,
	withoutStop,
} from '../../fixtures/anthropic-messages/streams';
import { decodeBytes, describeWire } from '../../support/wire-contract';

const events = (body: string, plan = {}) =>
	decodeBytes(anthropicMessages, new TextEncoder().encode(body), body.length, plan);

describeWire('anthropic-messages', anthropicMessages, { finishMarker: /"stop_reason":"/ }, [
	{
		name: 'plain text',
		...plain,
		tokens: { prompt: 12, completion: 7 },
		answer: (response) => {
			expect(response.content).toEqual([{ type: 'text', text: 'Grüße, Welt! 👋' }]);
			expect(response.finish).toEqual({ kind: 'stop', raw: 'end_turn' });
			expect(response).toMatchObject({ id: 'msg_1', model: 'claude-haiku-4-5' });
		},
	},
	{
		name: 'thinking, then text, then two tools',
		...thinkingThenTools,
		tokens: { prompt: 1170, completion: 90 },
		answer: (response) => {
			expect(response.content).toEqual([
				{ type: 'reasoning', text: 'Two cities.', signature: 'EqEEsig==' },
				{ type: 'reasoning', text: '', signature: 'EmwKopaque', redacted: true },
				{ type: 'text', text: 'Looking both up.' },
				{ type: 'tool-call', id: 'toolu_a', name: 'weather', arguments: '{"city":"Paris"}' },
				{ type: 'tool-call', id: 'toolu_b', name: 'now', arguments: '{}' },
			]);
			expect(response.finish.kind).toBe('tool-calls');
			expect(response.usage).toMatchObject({ input: 20, cacheRead: 1000, cacheWrite5m: 50, cacheWrite1h: 100 });
			expect(response.usage).toMatchObject({ output: 30, reasoning: 60 });
		},
	},
	{
		name: 'citations beside server tools and kinds nobody knows yet',
		...citedWithServerTools,
		answer: (response) => {
			const { source } = citedWithServerTools;
			const annotation = { type: 'url-citation', url: source.url, title: source.title, raw: source };
			expect(response.content).toEqual([{ type: 'text', text: 'It is so.', annotations: [annotation] }]);
			expect(response.finish).toEqual({ kind: 'stop', raw: 'pause_turn' });
		},
	},
	{
		name: 'a refusal without any block',
		...refused,
		answer: (response) => {
			expect(response.content).toEqual([{ type: 'refusal', text: 'Blocked under the usage policy.' }]);
			expect(response.finish).toEqual({ kind: 'content-filter', raw: 'refusal' });
		},
	},
	{
		name: 'a schema that was sent as a forced tool',
		...schemaByTool,
		answer: (response) => {
			expect(response.content).toEqual([{ type: 'text', text: '{"city":"Oslo"}' }]);
			expect(response.finish).toEqual({ kind: 'stop', raw: 'tool_use' });
		},
	},
	{
		name: 'a tool that was renamed for this wire',
		...renamedTool,
		answer: (response) => {
			expect(response.content).toMatchObject([{ type: 'tool-call', name: 'files.read', arguments: '{}' }]);
		},
	},
	{
		name: 'a whole answer inside message_start',
		body: prepopulated,
		answer: (response) => {
			expect(response.content).toEqual([
				{ type: 'tool-call', id: 'toolu_p', name: 'lookup', arguments: '{"id":"c1"}' },
			]);
		},
	},
	{ name: 'a proxy that began anew', body: spliced, tokens: { prompt: 18, completion: 65 } },
	{
		name: 'no message_stop after the reason',
		body: withoutStop,
		answer: (response) => expect(response.finish).toEqual({ kind: 'length', raw: 'max_tokens' }),
	},
	{ name: 'message_stop without a reason', body: withoutReason, ends: 'error' },
	{
		name: 'an overload in the middle',
		body: errorAfter({ type: 'overloaded_error', message: 'Overloaded' }),
		ends: 'error',
		error: (error) =>
			expect(error).toMatchObject({
				code: 'upstream_unavailable',
				retryable: true,
				upstream: { failure: 'overloaded', status: 529, scope: 'provider' },
			}),
	},
	{
		name: 'a rate limit in the middle',
		body: errorAfter({ type: 'rate_limit_error', message: 'Slow down' }),
		ends: 'error',
		error: (error) => expect(error).toMatchObject({ code: 'rate_limited', upstream: { scope: 'key', status: 429 } }),
	},
	{
		name: 'an error of a kind nobody knows',
		body: errorAfter({ type: 'brand_new_error', message: 'sk-ant-secret-0123456789' }),
		ends: 'error',
		error: (error) => {
			expect(error).toMatchObject({ code: 'upstream_malformed', upstream: { failure: 'server' } });
			expect(error.message).not.toContain('secret');
		},
	},
	{
		name: 'an error as the whole answer',
		json: '{"type":"error","error":{"type":"api_error","message":"Internal server error"}}',
		ends: 'error',
		error: (error) => expect(error).toMatchObject({ code: 'upstream_unavailable', upstream: { status: 500 } }),
	},
	{
		name: 'an answer cut before its reason, whole',
		json: '{"id":"msg_1","model":"m","content":[{"type":"text","text":"Hi"}],"stop_reason":null}',
		ends: 'error',
	},
]);

describe('the anthropic-messages decoder', () => {
	it('says the input count at once and replaces it field by field at the end', () => {
		const body = framed([
			start({ input_tokens: 400, output_tokens: 1, cache_read_input_tokens: 0 }),
			...text(0, 'x'),
			...end('end_turn', { output_tokens: 8, input_tokens: 30, cache_read_input_tokens: 370 }),
		]);
		const usage = events(body).flatMap((event) => (event.type === 'usage' ? [event.usage] : []));
		expect(usage).toMatchObject([
			{ input: 400, cacheRead: 0, output: 1 },
			{ input: 30, cacheRead: 370, output: 8 },
		]);
		expect(events(body)[1]?.type).toBe('usage');
	});

	it('reports no usage where the upstream reports none', () => {
		const body = framed([
			{ type: 'message_start', message: { id: 'm', model: 'x', content: [] } },
			...text(0, 'x'),
			...end('end_turn'),
		]);
		expect(collect(events(body)).usage).toBeNull();
	});

	it('adds what server-side compaction used, which the totals leave out', () => {
		const iterations = [
			{ type: 'compaction', input_tokens: 60_000, output_tokens: 500 },
			{ type: 'message', input_tokens: 682, output_tokens: 20 },
		];
		const body = framed([
			start(),
			...text(0, 'x'),
			...end('end_turn', { input_tokens: 682, output_tokens: 20, iterations }),
		]);
		expect(collect(events(body)).usage).toMatchObject({ input: 60_682, output: 520 });
	});

	it('opens parts in rising order when a proxy begins anew, and keeps what was sent', () => {
		const { content } = collect(events(spliced));
		expect(content).toEqual([
			{ type: 'text', text: 'First try' },
			{ type: 'tool-call', id: 'toolu_1', name: 'weather', arguments: '{}' },
			{ type: 'text', text: 'Second try' },
			{ type: 'tool-call', id: 'toolu_2', name: 'weather', arguments: '{"city":"Rome"}' },
		]);
	});

	it('sends arguments that arrived with the start of their block', () => {
		const body = framed([
			start(),
			block(0, { type: 'tool_use', id: 't', name: 'f', input: { a: 1 } }),
			stop(0),
			...end('tool_use'),
		]);
		expect(collect(events(body)).content).toMatchObject([{ arguments: '{"a":1}' }]);
	});

	it('reads blocks that interleave', () => {
		const body = framed([
			start(),
			block(0, { type: 'text', text: '' }),
			block(1, { type: 'text', text: '' }),
			delta(1, { type: 'text_delta', text: 'b' }),
			delta(0, { type: 'text_delta', text: 'a' }),
			stop(1),
			stop(0),
			...end('end_turn'),
		]);
		expect(collect(events(body)).content).toEqual([
			{ type: 'text', text: 'b' },
			{ type: 'text', text: 'a' },
		]);
	});

	it('calls a stop with tool calls tool-calls, and never throws on an unknown reason', () => {
		const call = [block(0, { type: 'tool_use', id: 't', name: 'f', input: {} }), stop(0)];
		expect(collect(events(framed([start(), ...call, ...end('end_turn')]))).finish.kind).toBe('tool-calls');
		expect(collect(events(framed([start(), ...text(0, 'x'), ...end('tired')]))).finish).toEqual({
			kind: 'other',
			raw: 'tired',
		});
		expect(collect(events(framed([start(), ...text(0, 'x'), ...end('constructor')]))).finish.kind).toBe('other');
	});

	it('keeps tool calls that stand beside the forced schema tool', () => {
		const body = framed([
			start(),
			block(0, { type: 'tool_use', id: 'a', name: 'respond_x', input: { ok: true } }),
			stop(0),
			block(1, { type: 'tool_use', id: 'b', name: 'weather', input: {} }),
			stop(1),
			...end('tool_use'),
		]);
		const { content, finish } = collect(events(body, { schemaTool: 'respond_x' }));
		expect(content.map((part) => part.type)).toEqual(['text', 'tool-call']);
		expect(finish.kind).toBe('tool-calls');
	});

	it('takes a stream that ends without its reason for a cut, as every wire does', () => {
		const last = events(framed([start(), ...text(0, 'x')])).at(-1);
		const { code, upstream } = cutShort();
		expect(last).toMatchObject({ type: 'error', error: { code, upstream } });
	});
});
