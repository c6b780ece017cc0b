import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ndjsonFramer } from '../../../src/providers/framing/ndjson';
import type { Frame } from '../../../src/providers/provider';

const LONGEST = 16 * 1024 * 1024;
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function frames(text: string, size = text.length * 4 + 1): Frame[] {
	const framer = ndjsonFramer();
	const bytes = encode(text);
	const found: Frame[] = [];
	for (let at = 0; at < bytes.length; at += size) found.push(...framer.push(bytes.subarray(at, at + size)));
	return [...found, ...framer.end()];
}

const data = (text: string, size?: number): string[] => frames(text, size).map((frame) => frame.data);

describe('the NDJSON framer', () => {
	it('makes one frame without a name of each line', () => {
		expect(frames('{"a":1}\n{"b":2}\n')).toEqual([
			{ event: '', data: '{"a":1}' },
			{ event: '', data: '{"b":2}' },
		]);
	});

	it('ends lines at CRLF too, in one chunk or split between its two bytes', () => {
		expect(data('{"a":1}\r\n{"b":2}\r\n')).toEqual(['{"a":1}', '{"b":2}']);
		expect(data('{"a":1}\r\n{"b":2}\r\n', 1)).toEqual(['{"a":1}', '{"b":2}']);
	});

	it('skips empty lines and white space around the object', () => {
		expect(data('\n\n  {"a":1}\t\n \r\n\n{"b":2}\n\n')).toEqual(['{"a":1}', '{"b":2}']);
	});

	it('reads characters that are split between chunks, and skips a byte order mark', () => {
		expect(data('\uFEFF{"a":"東京🚉"}\n', 1)).toEqual(['{"a":"東京🚉"}']);
	});

	it('keeps line separators that are not line feeds inside the line', () => {
		expect(data('{"a":"\u2028\u2029\u0085"}\n')).toEqual(['{"a":"\u2028\u2029\u0085"}']);
	});

	it('gives a whole last line without its line feed', () => {
		expect(data('{"a":1}\n{"b":2}')).toEqual(['{"a":1}', '{"b":2}']);
	});

	it('drops a last line that was cut inside, also within a character', () => {
		expect(data('{"a":1}\n{"b":')).toEqual(['{"a":1}']);
		const framer = ndjsonFramer();
		expect(framer.push(encode('{"a":"é"}').subarray(0, 7))).toEqual([]);
		expect(framer.end()).toEqual([]);
	});

	it('passes on a line that is no JSON, which its decoder judges', () => {
		expect(data('oops\n{"a":1}\n')).toEqual(['oops', '{"a":1}']);
	});

	it('gives the same frames for any text at any chunk size', () => {
		const line = fc.oneof(fc.json(), fc.constantFrom('', ' ', '{"a":'), fc.string({ unit: 'grapheme', maxLength: 12 }));
		const text = fc
			.array(fc.tuple(line, fc.constantFrom('\n', '\r\n')), { maxLength: 20 })
			.map((lines) => lines.map(([content, end]) => content + end).join(''));
		fc.assert(
			fc.property(text, fc.integer({ min: 1, max: 9 }), (body, size) => {
				expect(data(body, size)).toEqual(data(body));
			}),
		);
	});

	it('refuses a line above its bound, arriving at once, in pieces, or without an end', () => {
		const refusal = expect.objectContaining({ code: 'upstream_malformed' });
		const long = 'x'.repeat(LONGEST + 1);
		expect(() => ndjsonFramer().push(encode(`${long}\n`))).toThrow(refusal);
		expect(() => ndjsonFramer().push(encode(long))).toThrow(refusal);
		expect(() => frames(long, 65_536)).toThrow(refusal);
	});

	it('takes a line at the bound, and any number of lines beyond it', () => {
		expect(data(`${'x'.repeat(LONGEST)}\n`)[0]).toHaveLength(LONGEST);
		expect(data('{"a":1}\n'.repeat(200_000), 65_536)).toHaveLength(200_000);
	});

	it('searches no byte twice: a long line in single bytes costs little more than in one piece', () => {
		const framer = ndjsonFramer();
		const searched = { characters: 0 };
		const indexOf = String.prototype.indexOf;
		const counted = function (this: string, ...args: Parameters<typeof indexOf>) {
			searched.characters += this.length;
			return indexOf.apply(this, args);
		};
		String.prototype.indexOf = counted;
		try {
			for (const byte of encode(`{"a":"${'x'.repeat(20_000)}"}\n`)) framer.push(Uint8Array.of(byte));
		} finally {
			String.prototype.indexOf = indexOf;
		}
		expect(searched.characters).toBeGreaterThan(20_000);
		expect(searched.characters).toBeLessThan(60_000);
	});
});
