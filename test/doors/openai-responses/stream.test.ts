import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventLines, SILENT } from '../../../src/doors/openai-responses/lines';
import { Output } from '../../../src/doors/openai-responses/output';
import { GatewayError } from '../../../src/errors';
import type { ChatEvent } from '../../../src/language/event';
import { grammarViolation } from '../../../src/language/grammar';
import { chatStream, doorApp, finish, start, text, usage } from '../../support/door-app';

const PATH = '/v1/responses';

interface Sent {
	readonly type: string;
	readonly sequence_number: number;
	readonly [field: string]: unknown;
}

/** Each event, whose name and `type` must agree. */
function eventsOf(body: string): Sent[] {
	return body
		.split('\n\n')
		.filter((block) => block.startsWith('event: '))
		.map((block) => {
			const [name = '', data = ''] = block.split('\n');
			const event = JSON.parse(data.slice('data: '.length));
			expect(event.type).toBe(name.slice('event: '.length));
			return event;
		});
}

async function streamOf(events: readonly ChatEvent[], body: object = {}, headers: Record<string, string> = {}) {
	const door = doorApp({ stream: () => chatStream(events.map((event) => [event])) });
	const answer = await door.post(PATH, { input: 'Hi', stream: true, ...body }, headers);
	return { answer, door, sent: eventsOf(await answer.text()) };
}

const outline = (sent: readonly Sent[]) =>
	sent.map(({ type, output_index, content_index }) =>
		[type.replace('response.', ''), output_index, content_index].filter((one) => one !== undefined).join(' '),
	);

describe('a streamed answer of the Responses door', () => {
	it('has the events of OpenAI in their order, numbered', async () => {
		const { answer, sent } = await streamOf([start, text('Hel'), text('lo\n"'), usage, finish]);
		expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
		expect(answer.headers.get('cache-control')).toBe('no-cache, no-transform');
		expect(sent.map((event) => event.sequence_number)).toEqual([...sent.keys()]);
		expect(outline(sent)).toEqual([
			'created',
			'in_progress',
			'output_item.added 0',
			'content_part.added 0 0',
			'output_text.delta 0 0',
			'output_text.delta 0 0',
			'output_text.done 0 0',
			'content_part.done 0 0',
			'output_item.done 0',
			'completed',
		]);
		expect(sent[0]?.response).toMatchObject({
			id: 'resp_id-1',
			model: 'echo-2026',
			status: 'in_progress',
			output: [],
			usage: null,
			store: false,
		});
		expect(sent[4]).toEqual({
			type: 'response.output_text.delta',
			sequence_number: 4,
			item_id: 'msg_id-1_0',
			output_index: 0,
			content_index: 0,
			delta: 'Hel',
			logprobs: [],
		});
		const part = { type: 'output_text', text: 'Hello\n"', annotations: [], logprobs: [] };
		const item = { id: 'msg_id-1_0', type: 'message', role: 'assistant' };
		expect(sent[2]?.item).toEqual({ ...item, status: 'in_progress', content: [] });
		expect(sent[6]).toMatchObject({ text: 'Hello\n"', logprobs: [] });
		expect(sent[7]?.part).toEqual(part);
		expect(sent[8]?.item).toEqual({ ...item, status: 'completed', content: [part] });
		expect(sent[9]?.response).toMatchObject({
			status: 'completed',
			output: [{ ...item, status: 'completed', content: [part] }],
			usage: { input_tokens: 10, output_tokens: 5, cost: 0.000015 },
		});
	});

	it('has reasoning with its summary, then calls', async () => {
		const { sent } = await streamOf(
			[
				start,
				{ type: 'reasoning-delta', index: 0, text: 'Wh' },
				{ type: 'reasoning-delta', index: 0, text: 'y.' },
				{ type: 'reasoning-signature', index: 0, signature: 'sig' },
				{ type: 'tool-call-start', index: 1, id: 'c1', name: 'weather' },
				{ type: 'tool-call-delta', index: 1, arguments: '{"city":' },
				{ type: 'tool-call-delta', index: 1, arguments: '"Oslo"}' },
				{ type: 'tool-call-start', index: 2, id: 'c2', name: 'noop' },
				{ type: 'finish', finish: { kind: 'tool-calls' } },
			],
			{ include: ['reasoning.encrypted_content'] },
		);
		expect(outline(sent).slice(2)).toEqual([
			'output_item.added 0',
			'reasoning_summary_part.added 0',
			'reasoning_summary_text.delta 0',
			'reasoning_summary_text.delta 0',
			'reasoning_summary_text.done 0',
			'reasoning_summary_part.done 0',
			'output_item.done 0',
			'output_item.added 1',
			'function_call_arguments.delta 1',
			'function_call_arguments.delta 1',
			'function_call_arguments.done 1',
			'output_item.done 1',
			'output_item.added 2',
			'function_call_arguments.delta 2',
			'function_call_arguments.done 2',
			'output_item.done 2',
			'completed',
		]);
		expect(sent[2]?.item).toEqual({ id: 'rs_id-1_0', type: 'reasoning', summary: [], encrypted_content: null });
		expect(sent[8]?.item).toEqual({
			id: 'rs_id-1_0',
			type: 'reasoning',
			summary: [{ type: 'summary_text', text: 'Why.' }],
			encrypted_content: 'sig',
		});
		expect(sent[12]).toMatchObject({ arguments: '{"city":"Oslo"}', name: 'weather', item_id: 'fc_id-1_1' });
		expect(sent[15]).toMatchObject({ delta: '{}' });
	});

	it('keeps calls apart whose arguments interleave', async () => {
		const { sent } = await streamOf([
			start,
			{ type: 'tool-call-start', index: 0, id: 'c1', name: 'a' },
			{ type: 'tool-call-delta', index: 0, arguments: '{"x":' },
			{ type: 'tool-call-start', index: 1, id: 'c2', name: 'b' },
			{ type: 'tool-call-delta', index: 1, arguments: '{"y":2}' },
			{ type: 'tool-call-delta', index: 0, arguments: '1}' },
			{ type: 'finish', finish: { kind: 'tool-calls' } },
		]);
		expect(sent.at(-1)?.response).toMatchObject({ output: [{ arguments: '{"x":1}' }, { arguments: '{"y":2}' }] });
	});

	it('has citations, refusals and log probabilities', async () => {
		const { sent } = await streamOf([
			start,
			{ type: 'text-delta', index: 0, text: 'A', logprobs: [{ token: 'A', logprob: -1, bytes: [65], top: [] }] },
			{
				type: 'annotation',
				index: 0,
				annotation: { type: 'url-citation', url: 'https://a.example', start: 0, end: 1 },
			},
			{ type: 'refusal-delta', index: 1, text: 'No' },
			{ type: 'refusal-delta', index: 1, text: '.' },
			finish,
		]);
		expect(outline(sent).slice(3, -1)).toEqual([
			'content_part.added 0 0',
			'output_text.delta 0 0',
			'output_text.annotation.added 0 0',
			'output_text.done 0 0',
			'content_part.done 0 0',
			'content_part.added 0 1',
			'refusal.delta 0 1',
			'refusal.delta 0 1',
			'refusal.done 0 1',
			'content_part.done 0 1',
			'output_item.done 0',
		]);
		expect(sent[4]?.logprobs).toEqual([{ token: 'A', logprob: -1, bytes: [65], top_logprobs: [] }]);
		expect(sent[5]).toMatchObject({
			annotation_index: 0,
			annotation: { type: 'url_citation', url: 'https://a.example', title: '', start_index: 0, end_index: 1 },
		});
	});

	it('takes a citation that comes after its text was closed', async () => {
		const { sent } = await streamOf([
			start,
			text('A'),
			{ type: 'tool-call-start', index: 1, id: 'c1', name: 'a' },
			{ type: 'annotation', index: 0, annotation: { type: 'url-citation', url: 'https://a.example' } },
			finish,
		]);
		expect(sent.at(-1)?.response).toMatchObject({
			output: [{ content: [{ annotations: [{ url: 'https://a.example' }] }] }, { type: 'function_call' }],
		});
	});

	it.each([
		['length', 'max_output_tokens'],
		['content-filter', 'content_filter'],
	] as const)('that ends by %s is incomplete', async (kind, reason) => {
		const { sent } = await streamOf([start, text('Hel'), { type: 'finish', finish: { kind } }]);
		expect(sent.at(-1)).toMatchObject({
			type: 'response.incomplete',
			response: { status: 'incomplete', incomplete_details: { reason }, output: [{ status: 'incomplete' }] },
		});
	});

	it('ends with an error in place of its end, and nothing after it', async () => {
		const error = new GatewayError('upstream_unavailable', 'The upstream is unavailable (HTTP 500).');
		const { sent } = await streamOf([start, text('Hel'), { type: 'error', error }, text('lo'), finish]);
		expect(sent.at(-1)).toEqual({
			type: 'error',
			sequence_number: 5,
			code: 'upstream_unavailable',
			message: 'The upstream is unavailable (HTTP 500).',
			param: null,
			error: {
				message: 'The upstream is unavailable (HTTP 500).',
				type: 'server_error',
				code: 'upstream_unavailable',
				param: null,
			},
		});
		expect(outline(sent).slice(-2)).toEqual(['output_text.delta 0 0', 'error']);
	});

	it('is cut with an error where its source throws, which is logged where nobody foresaw it', async () => {
		const failing = chatStream([[start, text('Hel')], Promise.reject(new Error('secret'))]);
		const door = doorApp({ stream: () => failing });
		const answer = await door.post(PATH, { input: 'Hi', stream: true });
		const sent = eventsOf(await answer.text());
		expect(sent.at(-1)).toMatchObject({ type: 'error', code: 'internal' });
		expect(JSON.stringify(sent)).not.toContain('secret');
		expect(door.logs.map((log) => log.event)).toEqual(['request-failed']);
	});

	it('is cut with an error where its source ends too early', async () => {
		const { sent } = await streamOf([start, text('Hel')]);
		expect(sent.at(-1)).toMatchObject({ type: 'error', code: 'upstream_malformed' });
	});

	it('has a receipt in its last event where one was asked for', async () => {
		const { sent } = await streamOf([start, text('A'), finish], { store: true }, { 'x-switchyard-receipt': 'true' });
		expect(sent.at(-1)?.response).toMatchObject({
			switchyard: { provider: 'mock', cost: 0.000015, warnings: [{ field: 'store' }] },
		});
		expect(sent[0]?.response).not.toHaveProperty('switchyard');
	});

	it('fails before its first byte with a status of its own', async () => {
		const door = doorApp({
			stream: () => {
				throw new GatewayError('model_not_found', 'No such model.');
			},
		});
		const answer = await door.post(PATH, { input: 'Hi', stream: true });
		expect(answer.status).toBe(404);
		expect(await answer.json()).toMatchObject({ error: { code: 'model_not_found' } });
	});
});

/** Streams by the grammar, their parts interleaving as they like. */
const streams = fc
	.array(
		fc.tuple(
			fc.constantFrom('text', 'reasoning', 'refusal', 'tool-call'),
			fc.array(fc.string({ maxLength: 6 }), { maxLength: 4 }),
		),
		{ maxLength: 6 },
	)
	.chain((parts) => {
		const opened = parts.map(([kind, pieces], index) => eventsOfPart(kind, pieces, index));
		return fc.infiniteStream(fc.nat()).map((picks) => interleaved(opened, picks));
	});

function eventsOfPart(kind: string, pieces: readonly string[], index: number): ChatEvent[] {
	const texts = pieces.length > 0 ? pieces : ['x'];
	switch (kind) {
		case 'text':
			return texts.map((piece) => ({ type: 'text-delta', index, text: piece }));
		case 'refusal':
			return texts.map((piece) => ({ type: 'refusal-delta', index, text: piece }));
		case 'reasoning':
			return texts.map((piece) => ({ type: 'reasoning-delta', index, text: piece }));
		default: {
			const written = JSON.stringify({ value: pieces.join('') });
			const half = Math.floor(written.length / 2);
			return [
				{ type: 'tool-call-start', index, id: `c${index}`, name: 'a' },
				{ type: 'tool-call-delta', index, arguments: written.slice(0, half) },
				{ type: 'tool-call-delta', index, arguments: written.slice(half) },
			];
		}
	}
}

/** Parts begin in their order; from then on any that is open may go on. */
function interleaved(parts: readonly ChatEvent[][], picks: Iterator<number>): ChatEvent[] {
	const left = parts.map((part) => [...part]);
	const events: ChatEvent[] = [];
	let begun = 0;
	for (;;) {
		const open = left.flatMap((part, at) => (at < begun && part.length > 0 ? [at] : []));
		const choices = begun < left.length ? [...open, begun] : open;
		const at = choices[picks.next().value % Math.max(choices.length, 1)];
		if (at === undefined) return events;
		if (at === begun) begun++;
		const next = left[at]?.shift();
		if (next) events.push(next);
	}
}

describe('output items', () => {
	const outputOf = (events: readonly ChatEvent[], lines: EventLines | typeof SILENT) => {
		const output = new Output({ requestId: 'r', lines, sealed: true });
		for (const event of events) output.push(event as Parameters<Output['push']>[0]);
		return output.finish({ kind: 'stop' });
	};

	it('are the same whether their lines are written or not', () => {
		fc.assert(
			fc.property(streams, (events) => {
				expect(grammarViolation([start, ...events, finish])).toBeNull();
				expect(outputOf(events, SILENT)).toEqual(outputOf(events, new EventLines()));
			}),
		);
	});

	it('lose nothing that was said, however parts interleave', () => {
		const said = (events: readonly ChatEvent[], type: ChatEvent['type']) =>
			events.map((event) => (event.type === type && 'text' in event ? event.text : '')).join('');
		fc.assert(
			fc.property(streams, (events) => {
				const json = outputOf(events, SILENT) as readonly Record<string, unknown>[];
				const texts = (of: (item: Record<string, unknown>) => unknown) => json.flatMap(of).join('');
				const content = (type: string, field: string) =>
					texts((item) =>
						((item.content ?? []) as Record<string, unknown>[]).map((part) => (part.type === type ? part[field] : '')),
					);
				expect(content('output_text', 'text')).toBe(said(events, 'text-delta'));
				expect(content('refusal', 'refusal')).toBe(said(events, 'refusal-delta'));
				expect(texts((item) => ((item.summary ?? []) as { text: string }[]).map((part) => part.text))).toBe(
					said(events, 'reasoning-delta'),
				);
				for (const item of json) if (item.type === 'function_call') JSON.parse(String(item.arguments));
			}),
		);
	});
});
