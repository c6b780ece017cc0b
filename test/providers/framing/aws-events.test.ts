import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { awsEventsFramer } from '../../../src/providers/framing/aws-events';
import type { Frame } from '../../../src/providers/provider';
import { awsBody, awsError, awsEvent, awsException, joined } from '../../support/aws-event-bytes';

function frames(bytes: Uint8Array, size = bytes.length): Frame[] {
	const framer = awsEventsFramer();
	const found: Frame[] = [];
	for (let at = 0; at < bytes.length; at += size) found.push(...framer.push(bytes.subarray(at, at + size)));
	return [...found, ...framer.end()];
}

const malformed = expect.objectContaining({ code: 'upstream_malformed' });
const start = awsEvent('messageStart', { role: 'assistant' });
const delta = awsEvent('contentBlockDelta', { delta: { text: 'Grüße 🌍' } });

/** The same bytes with one of them changed. */
function flipped(bytes: Uint8Array, at: number): Uint8Array<ArrayBuffer> {
	const copy = new Uint8Array(bytes);
	copy[at] = (copy[at] ?? 0) ^ 0xff;
	return copy;
}

describe('the AWS event framer', () => {
	it('gives each event under its type, with its payload as text', () => {
		expect(frames(joined([start, delta]))).toEqual([
			{ event: 'messageStart', data: '{"role":"assistant"}' },
			{ event: 'contentBlockDelta', data: '{"delta":{"text":"Grüße 🌍"}}' },
		]);
	});

	it('gives an exception under its own type and says that it ends the stream', () => {
		const bytes = awsException('throttlingException', { message: 'slower' });
		expect(frames(bytes)).toEqual([{ event: 'throttlingException', data: '{"message":"slower"}', failed: true }]);
	});

	it('gives an error with its code, and its message as a payload', () => {
		expect(frames(awsError('InternalFailure', 'broke "down"'))).toEqual([
			{ event: 'InternalFailure', data: '{"message":"broke \\"down\\""}', failed: true },
		]);
	});

	it('gives the same frames whatever the size of the chunks', () => {
		const events = fc.array(fc.tuple(fc.string({ minLength: 1, maxLength: 20 }), fc.string({ maxLength: 300 })), {
			maxLength: 8,
		});
		fc.assert(
			fc.property(events, fc.integer({ min: 1, max: 200 }), (pairs, size) => {
				const expected = pairs.map(([event, data]) => ({ event, data }));
				expect(frames(awsBody(pairs), size)).toEqual(expected);
			}),
		);
		for (const size of [1, 7, 64]) expect(frames(joined([start, delta, start]), size)).toHaveLength(3);
	});

	it('does not hold on to the chunk it was given', () => {
		const framer = awsEventsFramer();
		const chunk = joined([start, delta.subarray(0, 30)]);
		expect(framer.push(chunk)).toHaveLength(1);
		chunk.fill(0);
		expect(framer.push(delta.subarray(30))).toEqual(frames(delta));
	});

	it('reads chunks that are a window on a larger buffer', () => {
		const around = joined([new Uint8Array(5), start, delta, new Uint8Array(5)]);
		expect(frames(around.subarray(5, -5), 11)).toEqual(frames(joined([start, delta])));
	});

	it('takes half a message at the end for nothing, which the decoder reports as a cut', () => {
		for (let cut = 0; cut < delta.length; cut++) expect(frames(delta.subarray(0, cut))).toEqual([]);
	});

	it('refuses a message of which any byte was changed on the way', () => {
		for (let at = 0; at < delta.length; at++) {
			// A changed length may ask for more than there is: that is a cut.
			const broken = joined([flipped(delta, at), new Uint8Array(64)]);
			let found: Frame[] = [];
			try {
				found = frames(broken, 16);
			} catch (error) {
				expect(error, `byte ${at}`).toEqual(malformed);
			}
			expect(found, `byte ${at}`).toEqual([]);
		}
	});

	it('names a wrong checksum of the lengths and of the message alike', () => {
		for (const at of [8, delta.length - 1, delta.length - 10]) {
			expect(() => frames(flipped(delta, at))).toThrow(
				expect.objectContaining({ message: expect.stringMatching(/checksum/) }),
			);
		}
	});

	it('refuses lengths no message can have', () => {
		for (const length of [0, 15, 16 * 1024 * 1024 + 1, 0xffffffff]) {
			const bytes = new Uint8Array(32);
			new DataView(bytes.buffer).setUint32(0, length);
			expect(() => frames(bytes, 1), String(length)).toThrow(malformed);
		}
	});

	it('refuses headers longer than their message, however sound the checksums are', () => {
		const bytes = new Uint8Array(awsEvent('a', {}));
		const view = new DataView(bytes.buffer);
		view.setUint32(4, bytes.length);
		view.setUint32(8, crc32(bytes.subarray(0, 8)));
		view.setUint32(bytes.length - 4, crc32(bytes.subarray(0, -4)));
		expect(() => frames(bytes)).toThrow(malformed);
	});

	it('gives whole messages ahead of a broken one first, however they are cut', () => {
		const bytes = joined([start, delta, flipped(delta, 40), start]);
		for (const size of [1, 7, 64, bytes.length]) {
			const framer = awsEventsFramer();
			const found: Frame[] = [];
			const read = () => {
				for (let at = 0; at < bytes.length; at += size) found.push(...framer.push(bytes.subarray(at, at + size)));
				framer.end();
			};
			expect(read, `chunks of ${size}`).toThrow(malformed);
			expect(found).toEqual(frames(joined([start, delta])));
			expect(() => framer.push(start), 'and nothing more after it').toThrow(malformed);
		}
	});

	it('keeps up with a large message that comes byte by byte', () => {
		const bytes = awsEvent('chunk', 'x'.repeat(1024 * 1024));
		// Gathering anew for each byte would copy half a terabyte: this ends only where the work is linear.
		expect(frames(bytes, 1)).toHaveLength(1);
	}, 10_000);
});

function crc32(bytes: Uint8Array): number {
	let crc = 0xffffffff;
	for (const byte of bytes) {
		crc ^= byte;
		for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return (crc ^ 0xffffffff) >>> 0;
}
