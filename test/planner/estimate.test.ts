import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../../src/language/request';
import { base64Bytes } from '../../src/planner/base64';
import { estimateEmbedding, estimateInput } from '../../src/planner/estimate';
import { measure } from '../../src/planner/measure';
import { normalizedLength, utf8Length } from '../../src/planner/text';

const encoder = new TextEncoder();
const anyUtf16 = fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)), maxLength: 80 });

describe('bytes', () => {
	it('are those of the UTF-8 encoding, for any string, lone surrogates too', () => {
		fc.assert(
			fc.property(fc.oneof(anyUtf16, fc.string({ unit: 'binary' }), fc.string()), (text) => {
				expect(utf8Length(text)).toBe(encoder.encode(text).length);
			}),
			{ numRuns: 500 },
		);
		expect(utf8Length('a\ud83d')).toBe(4);
		expect(utf8Length('\ud83d\ude00\ude00')).toBe(7);
	});

	it('after an unknown normalization are the most that any gives', () => {
		fc.assert(
			fc.property(anyUtf16, (text) => {
				const forms = [text, text.normalize('NFC'), text.normalize('NFKC')];
				expect(normalizedLength(text, 'unknown')).toBe(Math.max(...forms.map((form) => encoder.encode(form).length)));
			}),
		);
	});

	it('of base64 are never too few', () => {
		fc.assert(
			fc.property(fc.uint8Array(), (bytes) => {
				const data = btoa(String.fromCharCode(...bytes));
				expect(base64Bytes(data)).toBeGreaterThanOrEqual(bytes.length);
				expect(base64Bytes(data.replace(/=+$/, ''))).toBeGreaterThanOrEqual(bytes.length);
			}),
		);
	});
});

describe('an estimate', () => {
	const request: ChatRequest = {
		messages: [
			{ role: 'system', content: [{ type: 'text', text: 'Be brief.' }] },
			{ role: 'user', content: [{ type: 'text', text: 'Grüße' }] },
		],
		tools: [{ name: 'look', description: 'Looks.', parameters: { type: 'object' } }],
	};

	it('is a third of the bytes of all text, rounded up', () => {
		const bytes = 'Be brief.'.length + 7 + 'look'.length + 'Looks.'.length + '{"type":"object"}'.length;
		expect(estimateInput(request)).toBe(Math.ceil(bytes / 3));
		expect(estimateInput(request, measure(request))).toBe(estimateInput(request));
	});

	it('takes images and documents flat and audio by its length', () => {
		const media: ChatRequest = {
			messages: [
				{
					role: 'user',
					content: [
						{ type: 'image', source: { kind: 'data', mediaType: 'image/png', data: 'A'.repeat(40_000) } },
						{ type: 'file', source: { kind: 'data', mediaType: 'application/pdf', data: 'A'.repeat(40_000) } },
						{ type: 'file', source: { kind: 'data', mediaType: 'text/csv', data: 'A'.repeat(4_000) } },
						{ type: 'audio', data: 'A'.repeat(40_000), format: 'wav' },
					],
				},
			],
		};
		expect(estimateInput(media)).toBe(1_600 + 20_000 + 1_000 + 120);
	});

	it('of embeddings is a third of each text, and exact for tokens', () => {
		expect(estimateEmbedding({ input: ['abcd', '', '字'] })).toBe(2 + 0 + 1);
		expect(estimateEmbedding({ input: [[1, 2, 3], [4]] })).toBe(4);
	});
});
