/** Event-stream messages as AWS frames them, by AWS's own codec. */
import { EventStreamCodec } from '@smithy/eventstream-codec';

const utf8 = { read: new TextDecoder(), write: new TextEncoder() };
const codec = new EventStreamCodec(
	(bytes) => (typeof bytes === 'string' ? bytes : utf8.read.decode(bytes)),
	(text) => utf8.write.encode(text),
);

const text = (value: string) => ({ type: 'string', value }) as const;

function message(headers: Readonly<Record<string, string>>, body: string): Uint8Array<ArrayBuffer> {
	const entries = Object.entries(headers).map(([name, value]) => [name, text(value)]);
	return new Uint8Array(codec.encode({ headers: Object.fromEntries(entries), body: utf8.write.encode(body) }));
}

/** An event with a JSON payload, or with a text as it is. */
export const awsEvent = (type: string, payload: unknown): Uint8Array<ArrayBuffer> =>
	message(
		{ ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' },
		typeof payload === 'string' ? payload : JSON.stringify(payload),
	);

export const awsException = (type: string, payload: unknown): Uint8Array<ArrayBuffer> =>
	message(
		{ ':exception-type': type, ':content-type': 'application/json', ':message-type': 'exception' },
		JSON.stringify(payload),
	);

export const awsError = (code: string, said: string): Uint8Array<ArrayBuffer> =>
	message({ ':error-code': code, ':error-message': said, ':message-type': 'error' }, '');

export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
	const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
	let at = 0;
	for (const part of parts) {
		all.set(part, at);
		at += part.length;
	}
	return all;
}

/** `[event type, payload]` pairs as one body. */
export const awsBody = (events: readonly (readonly [type: string, payload: unknown])[]): Uint8Array<ArrayBuffer> =>
	joined(events.map(([type, payload]) => awsEvent(type, payload)));
