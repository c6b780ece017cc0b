import { describe, expect, it } from 'vitest';
import { usageIn, usageReader } from '../../src/gateway/passed-usage';
import { completionTokens, promptTokens } from '../../src/language/usage';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('the tokens an answer states', () => {
	it.each([
		['OpenAI', { usage: { prompt_tokens: 7, completion_tokens: 3 } }, 7, 3],
		[
			'OpenAI images',
			{ usage: { input_tokens: 7, output_tokens: 3, input_tokens_details: { image_tokens: 5 } } },
			7,
			3,
		],
		['Anthropic', { usage: { input_tokens: 2, cache_read_input_tokens: 5, output_tokens: 3 } }, 7, 3],
		[
			'Gemini',
			{
				usageMetadata: {
					promptTokenCount: 7,
					cachedContentTokenCount: 2,
					candidatesTokenCount: 1,
					thoughtsTokenCount: 2,
				},
			},
			7,
			3,
		],
		['Cohere', { meta: { billed_units: { input_tokens: 7, output_tokens: 3 } } }, 7, 3],
		['Cloudflare', { result: { usage: { prompt_tokens: 7, completion_tokens: 3 } }, success: true }, 7, 3],
		[
			'OpenAI Responses events',
			{ type: 'response.completed', response: { usage: { input_tokens: 7, output_tokens: 3 } } },
			7,
			3,
		],
	])('are read in the shape of %s', (_who, body, prompt, completion) => {
		const usage = usageIn(body);
		expect(usage && [promptTokens(usage), completionTokens(usage)]).toEqual([prompt, completion]);
	});

	it.each([
		[null],
		['text'],
		[[]],
		[{}],
		[{ usage: null }],
		[{ usage: 'none' }],
		[{ meta: { billed_units: { search_units: 1 } } }],
	])('are unknown in %j', (body) => {
		expect(usageIn(body)).toBeNull();
	});

	it('are read however the body is cut', () => {
		const body = bytes('{"text":"é","usage":{"prompt_tokens":7,"completion_tokens":3}}');
		for (let size = 1; size <= body.length; size += 1) {
			const reader = usageReader('application/json; charset=utf-8');
			for (let at = 0; at < body.length; at += size) reader.push(body.subarray(at, at + size));
			expect(reader.end()).toMatchObject({ input: 7, output: 3 });
		}
	});

	it('are unknown in what is no JSON, in another type, and in an answer too large to keep', () => {
		for (const [type, text] of [
			['application/json', 'not json'],
			['audio/mpeg', '{"usage":{"prompt_tokens":7}}'],
		] as const) {
			const reader = usageReader(type);
			reader.push(bytes(text));
			expect(reader.end()).toBeNull();
		}
		const reader = usageReader('application/json');
		for (let at = 0; at < 5; at += 1) reader.push(new Uint8Array(1024 * 1024).fill(32));
		reader.push(bytes('{"usage":{"prompt_tokens":7}}'));
		expect(reader.end()).toBeNull();
	});

	it('survive an event above the bound of the framer', () => {
		const reader = usageReader('text/event-stream');
		reader.push(bytes('data: {"usage":{"prompt_tokens":7,"completion_tokens":3}}\n\n'));
		reader.push(bytes(`data: ${'x'.repeat(1_100_000)}\n\n`));
		expect(reader.end()).toMatchObject({ input: 7 });
	});

	it('hold all of an Anthropic stream, whose input is told at its beginning', () => {
		const reader = usageReader('text/event-stream');
		const start = { type: 'message_start', message: { usage: { input_tokens: 50, cache_read_input_tokens: 8 } } };
		const delta = { type: 'message_delta', usage: { output_tokens: 9 } };
		for (const event of [start, { type: 'ping' }, delta])
			reader.push(bytes(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`));
		expect(reader.end()).toMatchObject({ input: 50, cacheRead: 8, output: 9 });
	});

	it('hold a charge only where the provider is known to state it', () => {
		const body = { usage: { prompt_tokens: 7, completion_tokens: 3, cost: 0 } };
		expect(usageIn(body)).not.toHaveProperty('reportedNanoUsd');
		expect(usageIn(body, true)).toMatchObject({ reportedNanoUsd: 0n });
	});

	it('are looked for one level deep, however deep an answer is', () => {
		const deep = `${'{"result":'.repeat(200_000)}null${'}'.repeat(200_000)}`;
		const reader = usageReader('application/json');
		reader.push(bytes(deep));
		expect(reader.end()).toBeNull();
	});
});
