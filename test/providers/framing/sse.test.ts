import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sseFramer } from '../../../src/providers/framing/sse';
import type { Frame } from '../../../src/providers/provider';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function frames(text: string, size = text.length * 4): Frame[] {
	const framer = sseFramer();
	const bytes = encode(text);
	const found: Frame[] = [];
	for (let at = 0; at < bytes.length; at += size) found.push(...framer.push(bytes.subarray(at, at + size)));
	return [...found, ...framer.end()];
}

const data = (text: string): string[] => frames(text).map((frame) => frame.data);

/** Characters. */
const LONGEST = 16 * 1024 * 1024;

describe('the SSE framer', () => {
	it('splits events at blank lines, whatever ends a line', () => {
		for (const end of ['\n', '\r\n', '\r']) {
			expect(data(['data: 1', '', 'data: 2', '', ''].join(end)), JSON.stringify(end)).toEqual(['1', '2']);
		}
	});

	it('joins the data lines of one event and takes data without a space', () => {
		expect(data('data: {\ndata:"a":1}\n\n')).toEqual(['{\n"a":1}']);
	});

	it('keeps the name of an event and leaves it empty where there is none', () => {
		expect(frames('event: ping\ndata: 1\n\ndata: 2\n\n')).toEqual([
			{ event: 'ping', data: '1' },
			{ event: '', data: '2' },
		]);
	});

	it('skips comments, ids and retry times', () => {
		expect(data(': OPENROUTER PROCESSING\n\nid: 7\nretry: 10\ndata: 1\n\n: keep-alive\n\n')).toEqual(['1']);
	});

	it('gives an event at the end whose blank line is missing', () => {
		expect(data('data: {"a":1}')).toEqual(['{"a":1}']);
		expect(data('data: {"a":1}\n')).toEqual(['{"a":1}']);
		expect(data('data: [DONE]')).toEqual(['[DONE]']);
	});

	it('drops an event that was cut inside', () => {
		expect(data('data: 1\n\ndata: {"a":')).toEqual(['1']);
		expect(data('data: 1\n\nda')).toEqual(['1']);
	});

	it('makes a frame of a stray error line', () => {
		expect(frames('data: 1\n\nerror: {"detail":"slot"}\n\n')).toEqual([
			{ event: '', data: '1' },
			{ event: 'error', data: '{"detail":"slot"}' },
		]);
		expect(frames('{"error":{"message":"no"}}\n')).toEqual([{ event: 'error', data: '{"error":{"message":"no"}}' }]);
	});

	it('reads characters that are split between chunks, and skips a byte order mark', () => {
		expect(frames('\uFEFFdata: 東京🚉\n\n', 1)).toEqual([{ event: '', data: '東京🚉' }]);
	});

	it('gives the same frames for any text at any chunk size', () => {
		const line = fc.oneof(
			fc.constantFrom('', 'data', 'data:', ': note', 'event: x', 'error: 1', 'id: 3', 'retry: x'),
			fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => `data: ${text}`),
		);
		const text = fc
			.array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r')), { maxLength: 20 })
			.map((lines) => lines.map(([content, end]) => content + end).join(''));
		fc.assert(
			fc.property(text, fc.integer({ min: 1, max: 9 }), (body, size) => {
				expect(frames(body, size)).toEqual(frames(body));
			}),
		);
	});

	it('refuses an event above its bound, arriving at once or in pieces', () => {
		const long = encode(`data: ${'x'.repeat(LONGEST + 1)}`);
		const refusal = expect.objectContaining({ code: 'upstream_malformed' });
		expect(() => sseFramer().push(encode(`${new TextDecoder().decode(long)}\n\n`))).toThrow(refusal);
		const framer = sseFramer();
		const pieces = () => {
			for (let at = 0; at < long.length; at += 65_536) framer.push(long.subarray(at, at + 65_536));
		};
		expect(pieces).toThrow(refusal);
	});

	it('takes an event just below the bound', () => {
		expect(data(`data: ${'x'.repeat(LONGEST - 64)}\n\n`)[0]).toHaveLength(LONGEST - 64);
	});
});
