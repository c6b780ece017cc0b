import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/errors';
import type { ChatEvent } from '../../../src/language/event';
import { chatStream, doorApp, finish, meta, sseData, start, text, usage } from '../../support/door-app';

const PATH = '/v1/chat/completions';
const ask = (extra: object = {}) => ({
	model: 'mock/echo',
	messages: [{ role: 'user', content: 'Hi' }],
	stream: true,
	...extra,
});

/** A promise that the test settles. */
function later<T>() {
	let resolve: (value: T) => void = () => undefined;
	const promise = new Promise<T>((given) => {
		resolve = given;
	});
	return { promise, resolve };
}

const chunks = async (response: Response) =>
	(await sseData(response)).map((data) => (data === '[DONE]' ? data : JSON.parse(data)));

async function streamOf(events: readonly ChatEvent[], extra: object = {}, headers: Record<string, string> = {}) {
	const door = doorApp({ stream: () => chatStream(events.map((event) => [event])) });
	return chunks(await door.post(PATH, ask(extra), headers));
}

const envelope = {
	id: 'chatcmpl-id-1',
	object: 'chat.completion.chunk',
	created: Date.UTC(2026, 10, 1) / 1000,
	model: 'echo-2026',
};
const choice = (delta: object, finish_reason: string | null = null) => ({
	index: 0,
	delta,
	logprobs: null,
	finish_reason,
});

const USAGE = {
	prompt_tokens: 10,
	completion_tokens: 5,
	total_tokens: 15,
	prompt_tokens_details: { cached_tokens: 2, cache_write_tokens: 0, audio_tokens: 0 },
	completion_tokens_details: {
		reasoning_tokens: 1,
		audio_tokens: 0,
	},
	cost: 0.000015,
};

describe('a streamed answer of the OpenAI chat door', () => {
	it('is role, content, finish reason with usage, and [DONE]', async () => {
		expect(await streamOf([start, text('Hel'), text('lo\n"'), usage, finish])).toEqual([
			{ ...envelope, choices: [choice({ role: 'assistant', content: '', refusal: null })] },
			{ ...envelope, choices: [choice({ content: 'Hel' })] },
			{ ...envelope, choices: [choice({ content: 'lo\n"' })] },
			{ ...envelope, choices: [choice({}, 'stop')], usage: USAGE },
			'[DONE]',
		]);
	});

	it('with include_usage says usage null in every chunk, and the usage in a last one without choices', async () => {
		const got = await streamOf([start, text('Hi'), usage, finish], { stream_options: { include_usage: true } });
		expect(got).toEqual([
			{ ...envelope, choices: [choice({ role: 'assistant', content: '', refusal: null })], usage: null },
			{ ...envelope, choices: [choice({ content: 'Hi' })], usage: null },
			{ ...envelope, choices: [choice({}, 'stop')], usage: null },
			{ ...envelope, choices: [], usage: USAGE },
			'[DONE]',
		]);
	});

	it('says usage null in the end where the upstream reported none', async () => {
		expect((await streamOf([start, text('Hi'), finish])).at(-2)).toMatchObject({ usage: null });
	});

	it('answers with the headers of the commit point and none of the end', async () => {
		const door = doorApp({ stream: () => chatStream([[start, text('Hi')], [finish]], { costNanoUsd: null }) });
		const response = await door.post(PATH, ask());
		expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
		expect(response.headers.get('x-switchyard-provider')).toBe('mock');
		expect(response.headers.get('x-request-id')).toBe('id-1');
		expect(response.headers.has('x-switchyard-cost-usd')).toBe(false);
		expect(response.headers.has('x-switchyard-overhead-ms')).toBe(false);
		await response.text();
	});

	it('numbers tool calls by themselves, not by part, and gives a call without arguments an empty object', async () => {
		const got = await streamOf([
			start,
			{ type: 'reasoning-delta', index: 0, text: 'Hm.' },
			text('Two.', 1),
			{ type: 'tool-call-start', index: 2, id: 'c1', name: 'weather' },
			{ type: 'tool-call-delta', index: 2, arguments: '{"a"' },
			{ type: 'tool-call-start', index: 5, id: 'c2', name: 'now' },
			{ type: 'tool-call-delta', index: 2, arguments: ':1}' },
			{ type: 'finish', finish: { kind: 'tool-calls' } },
		]);
		expect(got.slice(1, -1).map((chunk) => chunk.choices[0])).toEqual([
			choice({ reasoning_content: 'Hm.' }),
			choice({ content: 'Two.' }),
			choice({ tool_calls: [{ index: 0, id: 'c1', type: 'function', function: { name: 'weather', arguments: '' } }] }),
			choice({ tool_calls: [{ index: 0, function: { arguments: '{"a"' } }] }),
			choice({ tool_calls: [{ index: 1, id: 'c2', type: 'function', function: { name: 'now', arguments: '' } }] }),
			choice({ tool_calls: [{ index: 0, function: { arguments: ':1}' } }] }),
			choice({ tool_calls: [{ index: 1, function: { arguments: '{}' } }] }),
			choice({}, 'tool_calls'),
		]);
	});

	it('opens with null content where a tool call comes first', async () => {
		const got = await streamOf([
			start,
			{ type: 'tool-call-start', index: 0, id: 'c1', name: 'f' },
			{ type: 'tool-call-delta', index: 0, arguments: '{}' },
			finish,
		]);
		expect(got[0].choices[0].delta).toEqual({ role: 'assistant', content: null, refusal: null });
	});

	it('gives signed reasoning whole ahead of the finish, all in one chunk, so that it can be replayed', async () => {
		const got = await streamOf([
			start,
			{ type: 'reasoning-delta', index: 0, text: 'Let me ' },
			{ type: 'reasoning-delta', index: 0, text: 'see.' },
			{ type: 'reasoning-signature', index: 0, signature: 'si' },
			{ type: 'reasoning-signature', index: 0, signature: 'g' },
			{ type: 'reasoning-signature', index: 1, signature: 'secret', redacted: true },
			text('Yes.', 2),
			finish,
		]);
		expect(got.slice(1, -2).map((chunk) => chunk.choices[0].delta)).toEqual([
			{ reasoning_content: 'Let me ' },
			{ reasoning_content: 'see.' },
			{ content: 'Yes.' },
			{
				reasoning_details: [
					{ type: 'reasoning.text', text: 'Let me see.', signature: 'sig', index: 0 },
					{ type: 'reasoning.encrypted', data: 'secret', index: 1 },
				],
			},
		]);
	});

	it('passes on refusals, citations and log probabilities', async () => {
		const got = await streamOf([
			start,
			{ type: 'text-delta', index: 0, text: 'a', logprobs: [{ token: 'a', logprob: -0.5, top: [] }] },
			{
				type: 'annotation',
				index: 0,
				annotation: { type: 'url-citation', url: 'https://x.example', start: 0, end: 1 },
			},
			{
				type: 'refusal-delta',
				index: 1,
				text: 'No.',
				logprobs: [{ token: 'No.', logprob: -1, top: [] }],
			},
			finish,
		]);
		expect(got[1].choices[0]).toEqual({
			index: 0,
			delta: { content: 'a' },
			logprobs: { content: [{ token: 'a', logprob: -0.5, bytes: null, top_logprobs: [] }], refusal: null },
			finish_reason: null,
		});
		expect(got[3].choices[0].delta).toEqual({
			annotations: [
				{ type: 'url_citation', url_citation: { url: 'https://x.example', title: '', start_index: 0, end_index: 1 } },
			],
		});
		expect(got[2].choices[0]).toMatchObject({
			delta: { refusal: 'No.' },
			logprobs: { content: null, refusal: [{ token: 'No.', logprob: -1 }] },
		});
	});

	it('ends after content with the error in-band: no finish reason, no [DONE]', async () => {
		const error = new GatewayError('upstream_unavailable', 'The connection was reset.');
		const got = await streamOf([start, text('Hel'), { type: 'error', error }], {
			stream_options: { include_usage: true },
		});
		expect(got.at(-1)).toEqual({
			error: { message: 'The connection was reset.', type: 'server_error', code: 'upstream_unavailable', param: null },
		});
		expect(got).toHaveLength(3);
		expect(JSON.stringify(got)).not.toContain('"finish_reason":"');
	});

	it('takes a source that ends without a finish reason for cut', async () => {
		const got = await streamOf([start, text('Hel')]);
		expect(got.at(-1)).toMatchObject({ error: { code: 'upstream_malformed' } });
	});

	it('reveals nothing of a fault of its own, and logs it', async () => {
		const door = doorApp({
			stream: () => chatStream([[start, text('a')], Promise.reject(new TypeError('secret detail'))]),
		});
		const response = await door.post(PATH, ask());
		const got = await chunks(response);
		expect(got.at(-1)).toMatchObject({ error: { code: 'internal', type: 'server_error' } });
		expect(JSON.stringify(got)).not.toContain('secret');
		expect(JSON.stringify(door.logs)).toContain('secret detail');
	});

	it.each([
		[{}, -2],
		[{ stream_options: { include_usage: true } }, -2],
	])('puts the receipt into the last chunk, options %j', async (extra, at) => {
		const got = await streamOf([start, text('Hi'), usage, finish], extra, { 'x-switchyard-receipt': 'true' });
		expect(got.at(at)).toMatchObject({
			switchyard: { routing: meta().routing.steps, receipt: meta().context, cost: 0.000015 },
		});
		expect(got.slice(0, at).some((chunk) => 'switchyard' in chunk)).toBe(false);
	});

	it('writes each batch at once and holds none for the next', async () => {
		const second = later<readonly ChatEvent[]>();
		const door = doorApp({ stream: () => chatStream([[start, text('Hel')], second.promise]) });
		const reader = (await door.post(PATH, ask())).body?.getReader();
		const first = new TextDecoder().decode((await reader?.read())?.value);
		expect(first).toContain('"content":"Hel"');
		expect(first.endsWith('\n\n')).toBe(true);
		second.resolve([text('lo'), usage, finish]);
		const next = new TextDecoder().decode((await reader?.read())?.value);
		expect(next).toContain('"content":"lo"');
		expect(next).toContain('"finish_reason":"stop"');
		await reader?.cancel();
	});

	it('fails before the first byte with a plain error answer', async () => {
		const door = doorApp({
			stream: () => {
				throw new GatewayError('upstream_timeout', 'No answer within 10 s.');
			},
		});
		const response = await door.post(PATH, ask());
		expect(response.status).toBe(504);
		expect(await response.json()).toMatchObject({ error: { code: 'upstream_timeout' } });
	});
});
