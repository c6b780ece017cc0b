/**
 * `application/vnd.amazon.eventstream`: binary messages with two CRCs
 * (https://smithy.io/2.0/aws/amazon-eventstream.html). The codec is AWS's own.
 */
import { EventStreamCodec } from '@smithy/eventstream-codec';
import type { GatewayError } from '../../errors';
import type { Frame, Framer } from '../provider';
import { malformed } from '../wire/json';

/** Bytes of one message, as AWS's own clients bound it. */
const MAX_MESSAGE = 16 * 1024 * 1024;
/** Total length, headers' length, their CRC, the message's CRC. */
const LEAST_MESSAGE = 16;
const LENGTH_BYTES = 4;
/** Where gathering begins; it doubles, so that a message costs the same per byte however it is cut. */
const LEAST_BUFFER = 1024;

const utf8 = { read: new TextDecoder(), write: new TextEncoder() };
const codec = new EventStreamCodec(
	(bytes) => (typeof bytes === 'string' ? bytes : utf8.read.decode(bytes)),
	(text) => utf8.write.encode(text),
);

const unreadable = (what: string, cause?: unknown): GatewayError =>
	malformed(`The upstream sent an event ${what}.`, cause);

function frameOf(message: Uint8Array): Frame {
	let decoded: ReturnType<typeof codec.decode>;
	try {
		decoded = codec.decode(message);
	} catch (cause) {
		throw unreadable('whose checksum or headers are wrong', cause);
	}
	const header = (name: string): string => String(decoded.headers[name]?.value ?? '');
	const data = utf8.read.decode(decoded.body);
	switch (header(':message-type')) {
		case 'exception':
			return { event: header(':exception-type'), data, failed: true };
		case 'error':
			return {
				event: header(':error-code'),
				data: JSON.stringify({ message: header(':error-message') }),
				failed: true,
			};
		default:
			return { event: header(':event-type'), data };
	}
}

/** Bytes of the message that begins at `at`; undefined: its length is not all here. Throws for an impossible one. */
function lengthAt(bytes: Uint8Array, at: number): number | undefined {
	if (bytes.length - at < LENGTH_BYTES) return undefined;
	const length = new DataView(bytes.buffer, bytes.byteOffset + at, LENGTH_BYTES).getUint32(0);
	if (length < LEAST_MESSAGE || length > MAX_MESSAGE) throw unreadable('of an impossible length');
	return length;
}

/**
 * Throws `upstream_malformed` for a wrong checksum, unreadable headers and a message above 16 MiB; where whole
 * messages came ahead of it, they are given first and the next call throws. Half a message at the end is no frame:
 * the decoder, which has seen no end, reports the cut.
 */
export function awsEventsFramer(): Framer {
	let buffer = new Uint8Array(LEAST_BUFFER);
	let held = 0;
	let broken: unknown;

	function gathered(bytes: Uint8Array): Uint8Array {
		if (held === 0) return bytes;
		hold(bytes);
		return buffer.subarray(0, held);
	}

	function hold(bytes: Uint8Array): void {
		if (held + bytes.length > buffer.length) {
			const larger = new Uint8Array(Math.max(2 * buffer.length, held + bytes.length));
			larger.set(buffer.subarray(0, held));
			buffer = larger;
		}
		buffer.set(bytes, held);
		held += bytes.length;
	}

	function keep(rest: Uint8Array): void {
		if (rest.buffer === buffer.buffer) {
			if (rest.byteOffset > 0) buffer.copyWithin(0, rest.byteOffset, rest.byteOffset + rest.length);
			held = rest.length;
			return;
		}
		held = 0;
		hold(rest);
	}

	return {
		push(bytes) {
			if (broken !== undefined) throw broken;
			const all = gathered(bytes);
			const frames: Frame[] = [];
			let at = 0;
			try {
				for (let length = lengthAt(all, at); length !== undefined; length = lengthAt(all, at)) {
					if (all.length - at < length) break;
					frames.push(frameOf(all.subarray(at, at + length)));
					at += length;
				}
			} catch (error) {
				broken = error;
				if (frames.length === 0) throw error;
				return frames;
			}
			keep(all.subarray(at));
			return frames;
		},
		end() {
			if (broken !== undefined) throw broken;
			return [];
		},
	};
}
