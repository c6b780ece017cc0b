import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/errors';
import { collect } from '../../../src/language/collect';
import type { ChatEvent } from '../../../src/language/event';
import { grammarViolation } from '../../../src/language/grammar';
import { chatAnswer, chatStream, doorApp, finish, meta, start, text, usage } from '../../support/door-app';

const ask = { model: 'mock/echo', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }], stream: true };

interface Body {
	readonly type: string;
	readonly index?: number;
	readonly content_block?: Readonly<Record<string, unknown>>;
	readonly delta?: Readonly<Record<string, unknown>>;
	readonly message?: { readonly usage: object };
}

/** Name and data of each event; they must agree. */
async function eventsOf(response: Response): Promise<Body[]> {
	const frames = (await response.text()).split('\n\n').filter(Boolean);
	return frames.map((frame) => {
		const [name, data, ...more] = frame.split('\n');
		expect(more).toEqual([]);
		const body = JSON.parse(data?.replace(/^data: /, '') ?? '') as Body;
		expect(name).toBe(`event: ${body.type}`);
		return body;
	});
}

async function streamed(batches: readonly (readonly ChatEvent[])[], headers: Record<string, string> = {}) {
	const response = await doorApp({ stream: () => chatStream(batches) }).post('/v1/messages', ask, headers);
	return { headers: response.headers, events: await eventsOf(response) };
}

const names = (events: readonly Body[]) => events.map((event) => event.type);
const thought = (value: string, index = 0): ChatEvent => ({ type: 'reasoning-delta', index, text: value });
const sign = (signature: string, index = 0, redacted = false): ChatEvent => ({
	type: 'reasoning-signature',
	index,
	signature,
	...(redacted && { redacted }),
});
const call = (index: number, id: string): ChatEvent => ({ type: 'tool-call-start', index, id, name: 'f' });
const args = (index: number, value: string): ChatEvent => ({ type: 'tool-call-delta', index, arguments: value });
const called: ChatEvent = { type: 'finish', finish: { kind: 'tool-calls', raw: 'tool_calls' } };

/** The blocks a reader is left with, by Anthropic's rules: a block must be open to take a delta, and one is at a time. */
function blocksOf(events: readonly Body[]): Record<string, unknown>[] {
	const blocks: Record<string, unknown>[] = [];
	let open: number | null = null;
	for (const { type, index, content_block: block, delta } of events) {
		if (type === 'content_block_start') {
			expect([open, index]).toEqual([null, blocks.length]);
			open = blocks.push({ ...block }) - 1;
		} else if (type === 'content_block_delta') {
			expect(index).toBe(open);
			fill(blocks[index ?? -1] ?? {}, delta ?? {});
		} else if (type === 'content_block_stop') {
			expect(index).toBe(open);
			open = null;
		}
	}
	expect(open).toBeNull();
	return blocks;
}

function fill(block: Record<string, unknown>, delta: Readonly<Record<string, unknown>>): void {
	switch (delta.type) {
		case 'text_delta':
			block.text = `${block.text}${delta.text}`;
			break;
		case 'thinking_delta':
			block.thinking = `${block.thinking}${delta.thinking}`;
			break;
		case 'signature_delta':
			block.signature = delta.signature;
			break;
		case 'input_json_delta':
			block.json = `${block.json ?? ''}${delta.partial_json}`;
			break;
		case 'citations_delta':
			block.citations = [...((block.citations as unknown[]) ?? []), delta.citation];
	}
}

describe('a streamed answer', () => {
	it('is the events of Anthropic in their order, with usage and cost at the end', async () => {
		const { events, headers } = await streamed([[start, text('Hel')], [text('lo')], [usage, finish]]);
		expect(names(events)).toEqual([
			'message_start',
			'content_block_start',
			'ping',
			'content_block_delta',
			'content_block_delta',
			'content_block_stop',
			'message_delta',
			'message_stop',
		]);
		expect(events[0]).toEqual({
			type: 'message_start',
			message: {
				id: 'msg_id-1',
				type: 'message',
				role: 'assistant',
				model: 'echo-2026',
				container: null,
				diagnostics: null,
				content: [],
				stop_reason: null,
				stop_sequence: null,
				stop_details: null,
				usage: expect.objectContaining({ input_tokens: 0, output_tokens: 0, cache_read_input_tokens: null }),
			},
		});
		expect(events[1]).toEqual({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } });
		expect(events[3]).toEqual({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hel' } });
		expect(events.at(-2)).toEqual({
			type: 'message_delta',
			delta: { stop_reason: 'end_turn', stop_sequence: null, stop_details: null, container: null },
			usage: {
				input_tokens: 8,
				cache_creation_input_tokens: 0,
				cache_read_input_tokens: 2,
				cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
				output_tokens: 5,
				output_tokens_details: { thinking_tokens: 1 },
				server_tool_use: null,
				cost: 0.000015,
			},
		});
		expect(events.at(-1)).toEqual({ type: 'message_stop' });
		expect(headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
		expect(headers.get('x-switchyard-provider')).toBe('mock');
		expect(headers.get('request-id')).toBe('id-1');
		expect(headers.has('x-switchyard-cost-usd')).toBe(false);
	});

	it('begins with the input count where the upstream counts ahead', async () => {
		const { events } = await streamed([[start, usage, text('Hi')], [finish]]);
		expect(events[0]?.message?.usage).toMatchObject({ input_tokens: 8, cache_read_input_tokens: 2 });
	});

	it('sends every piece as it comes', async () => {
		let deliver: (events: readonly ChatEvent[]) => void = () => undefined;
		const later = new Promise<readonly ChatEvent[]>((resolve) => {
			deliver = resolve;
		});
		const door = doorApp({ stream: () => chatStream([[start, text('Hel')], later, [finish]]) });
		const response = await door.post('/v1/messages', ask);
		const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
		let seen = '';
		while (!seen.includes('"Hel"')) seen += (await reader?.read())?.value ?? '';
		expect(seen).toContain('message_start');
		deliver([text('lo')]);
		while (!seen.includes('"lo"')) seen += (await reader?.read())?.value ?? '';
		await reader?.cancel();
		await door.settled();
	});

	it('sends a signature once and whole, at the end of its block, and hidden thinking as its own kind', async () => {
		const { events } = await streamed([
			[start, thought('Wh'), thought('y?'), sign('a'), sign('b')],
			[sign('opaque', 1, true), sign('alone', 2), thought('Unsigned.', 3), text('So.', 4), finish],
		]);
		expect(blocksOf(events)).toEqual([
			{ type: 'thinking', thinking: 'Why?', signature: 'ab' },
			{ type: 'redacted_thinking', data: 'opaque' },
			{ type: 'thinking', thinking: '', signature: 'alone' },
			{ type: 'thinking', thinking: 'Unsigned.', signature: '' },
			{ type: 'text', text: 'So.' },
		]);
	});

	it('keeps one block open at a time where calls interleave, and loses nothing of them', async () => {
		const { events } = await streamed([
			[start, text('Two.'), call(1, 'a'), call(2, 'b'), call(3, 'c')],
			[args(2, '{"x":"}'), args(1, '{"y":'), args(3, '{}')],
			[args(1, '[1]}'), args(2, '\\""}')],
			[called],
		]);
		const caller = { type: 'direct' };
		expect(blocksOf(events)).toEqual([
			{ type: 'text', text: 'Two.' },
			{ type: 'tool_use', id: 'a', name: 'f', input: {}, caller, json: '{"y":[1]}' },
			{ type: 'tool_use', id: 'b', name: 'f', input: {}, caller, json: '{"x":"}\\""}' },
			{ type: 'tool_use', id: 'c', name: 'f', input: {}, caller, json: '{}' },
		]);
		expect(events.at(-2)).toMatchObject({ delta: { stop_reason: 'tool_use' } });
	});

	it('sends the next call at once where the one before is complete, and at the end where it never is', async () => {
		const next = await streamed([[start, call(0, 'a'), args(0, '{}')], [call(1, 'b')], [args(1, '{"q"'), called]]);
		expect(names(next.events).slice(1, 8)).toEqual([
			'content_block_start',
			'ping',
			'content_block_delta',
			'content_block_stop',
			'content_block_start',
			'content_block_delta',
			'content_block_stop',
		]);
		const bare = await streamed([[start, call(0, 'a'), call(1, 'b'), text('Done.', 2), called]]);
		expect(blocksOf(bare.events).map((block) => block.id ?? block.text)).toEqual(['a', 'b', 'Done.']);
	});

	it('goes on with text in a block of its own where something else came between', async () => {
		const { events } = await streamed([[start, text('a'), thought('b', 1), text('c'), finish]]);
		expect(blocksOf(events).map((block) => block.text ?? block.thinking)).toEqual(['a', 'b', 'c']);
	});

	it('sends citations in their block', async () => {
		const annotation = { type: 'url-citation', url: 'https://x.test', title: 'X' } as const;
		const { events } = await streamed([[start, text('So.'), { type: 'annotation', index: 0, annotation }, finish]]);
		expect(blocksOf(events)[0]).toMatchObject({ citations: [{ type: 'web_search_result_location', title: 'X' }] });
	});

	it('shows a refusal as text where the model wrote it, and as details where a filter did', async () => {
		const refusal: ChatEvent = { type: 'refusal-delta', index: 0, text: 'I can not.' };
		const own = await streamed([[start, refusal, finish]]);
		expect(blocksOf(own.events)).toEqual([{ type: 'text', text: 'I can not.' }]);
		expect(own.events.at(-2)).toMatchObject({ delta: { stop_reason: 'refusal' } });
		const filtered: ChatEvent = { type: 'finish', finish: { kind: 'content-filter', raw: 'refusal' } };
		const beside = await streamed([[start, refusal, filtered]]);
		expect(names(beside.events)).toEqual(['message_start', 'message_delta', 'message_stop']);
		expect(beside.events[1]).toMatchObject({ delta: { stop_details: { explanation: 'I can not.' } } });
	});

	it('ends with an error in-band, and with nothing after it', async () => {
		const upstream = { failure: 'overloaded', status: 529, scope: 'provider' } as const;
		const error = new GatewayError('upstream_unavailable', 'Overloaded.', { upstream });
		const { events } = await streamed([[start, text('Hel')], [{ type: 'error', error }]]);
		expect(events.at(-1)).toEqual({
			type: 'error',
			error: { type: 'overloaded_error', message: 'Overloaded.' },
			request_id: 'id-1',
		});
		expect(names(events)).not.toContain('message_delta');
		expect(names(events)).not.toContain('message_stop');
	});

	it('is an error where it is cut without a finish, and where a fault of ours breaks it', async () => {
		const cut = await streamed([[start, text('Hel')]]);
		expect(cut.events.at(-1)).toMatchObject({ type: 'error', error: { type: 'api_error' } });
		const door = doorApp({
			stream: () => chatStream([[start, text('Hel')], Promise.reject(new TypeError('secret'))]),
		});
		const events = await eventsOf(await door.post('/v1/messages', ask));
		expect(events.at(-1)).toMatchObject({ type: 'error', error: { type: 'api_error' } });
		expect(JSON.stringify(events)).not.toContain('secret');
		expect(door.logs.map(({ event }) => event)).toEqual(['request-failed']);
	});

	it('fails before it begins with a status', async () => {
		const door = doorApp({
			stream: () => {
				throw new GatewayError('rate_limited', 'Slow.', { retryAfterMs: 3_000 });
			},
		});
		const response = await door.post('/v1/messages', ask);
		expect([response.status, response.headers.get('retry-after')]).toEqual([429, '3']);
		expect(await response.json()).toMatchObject({ error: { type: 'rate_limit_error' } });
	});

	it('brings the receipt in its last event, with the cost at the end', async () => {
		const scripted = chatStream([[start, text('Hi')], [finish]]);
		let calls = 0;
		const door = doorApp({
			stream: () => ({
				...scripted,
				meta: () => {
					calls += 1;
					return meta({ costNanoUsd: calls === 1 ? null : 2_000n });
				},
			}),
		});
		const events = await eventsOf(await door.post('/v1/messages', ask, { 'x-switchyard-receipt': 'true' }));
		expect(events.at(-1)).toMatchObject({ type: 'message_stop', switchyard: { provider: 'mock', cost: 0.000002 } });
	});

	it('is kept alive by pings', async () => {
		const door = doorApp({ stream: () => chatStream([[start, text('Hel')], new Promise(() => undefined)]) });
		const response = await door.post('/v1/messages', ask);
		const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
		let seen = '';
		while (!seen.includes('"Hel"')) seen += (await reader?.read())?.value ?? '';
		await door.time.advance(5_001);
		expect((await reader?.read())?.value).toBe('event: ping\ndata: {"type": "ping"}\n\n');
		await reader?.cancel();
		await door.settled();
	});

	it('holds what the whole answer holds, whatever the order of its parts', async () => {
		await fc.assert(
			fc.asyncProperty(answers(), async (events) => {
				expect(grammarViolation(events)).toBeNull();
				const response = await doorApp({ chat: () => chatAnswer(collect(events)) }).post('/v1/messages', {
					...ask,
					stream: false,
				});
				const whole = (await response.json()) as { content: Record<string, unknown>[]; stop_reason: string };
				const stream = await streamed(events.map((event) => [event]));
				const blocks = blocksOf(stream.events);
				expect(told(blocks, 'text')).toEqual(told(whole.content, 'text'));
				expect(told(blocks, 'thinking')).toEqual(told(whole.content, 'thinking'));
				const inputs = (list: readonly Record<string, unknown>[]) =>
					list.flatMap(({ type, id, input, json }) =>
						type === 'tool_use' ? [[id, json === undefined ? input : JSON.parse(String(json))]] : [],
					);
				expect(inputs(blocks)).toEqual(inputs(whole.content));
				expect(stream.events.at(-2)).toMatchObject({ delta: { stop_reason: whole.stop_reason } });
			}),
			{ numRuns: 60 },
		);
	});
});

/** Every piece there is; those of parts that interleave stand in the order in which they came. */
const told = (blocks: readonly Record<string, unknown>[], field: string): string[] =>
	blocks
		.flatMap((block) => String(block[field] ?? '').split(';'))
		.filter(Boolean)
		.sort();

/** Parts opened in order, each with pieces, interleaved at random. */
function answers(): fc.Arbitrary<ChatEvent[]> {
	const kinds = fc.constantFrom('text', 'reasoning', 'tool-call');
	const pieces = fc.array(fc.string({ maxLength: 4 }), { minLength: 1, maxLength: 3 });
	const part = fc.tuple(kinds, pieces);
	return fc.tuple(fc.array(part, { maxLength: 5 }), fc.infiniteStream(fc.nat({ max: 99 }))).map(([parts, choices]) => {
		const queues = parts.map(([kind, pieces], index) => pieceEvents(kind, pieces, index));
		const events: ChatEvent[] = [start];
		let opened = 0;
		while (queues.some((queue) => queue.length > 0)) {
			const open = queues.slice(0, opened + 1).filter((queue) => queue.length > 0);
			const pick = open.length > 0 ? open[(choices.next().value ?? 0) % open.length] : queues[opened];
			const event = pick?.shift();
			if (event) events.push(event);
			if (pick === queues[opened]) opened += 1;
		}
		const calls = parts.some(([kind]) => kind === 'tool-call');
		return [...events, calls ? called : finish];
	});
}

function pieceEvents(kind: string, pieces: readonly string[], index: number): ChatEvent[] {
	if (kind === 'text') return pieces.map((_, at) => text(`${index}.${at};`, index));
	if (kind === 'reasoning') return pieces.map((_, at) => thought(`${index}.${at};`, index));
	const json = JSON.stringify({ pieces });
	const middle = Math.floor(json.length / 2);
	return [call(index, `c${index}`), args(index, json.slice(0, middle)), args(index, json.slice(middle))];
}
