/** A provider on loopback that lies and never ends, byte by byte: what each model does is its name. */

import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';

/** What a model of that name gets. */
export type Hostility = keyof typeof HOSTILITIES;

export interface HostileUpstream {
	/** `http://127.0.0.1:PORT/v1` */
	readonly root: string;
	/** Models of the calls, in order of arrival. */
	readonly calls: readonly string[];
	/** Connections that are still open. */
	readonly open: number;
	close(): Promise<void>;
}

const CRLF = '\r\n';
const head = (status: string, ...lines: readonly string[]): string =>
	[`HTTP/1.1 ${status}`, ...lines, '', ''].join(CRLF);
const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}${CRLF}${text}${CRLF}`;

const COMPLETION = JSON.stringify({
	id: 'chatcmpl-1',
	object: 'chat.completion',
	created: 1,
	model: 'good',
	choices: [{ index: 0, message: { role: 'assistant', content: 'Good.' }, finish_reason: 'stop' }],
	usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
});
const delta = (content: string, finish: string | null = null): string =>
	`data: ${JSON.stringify({ id: 'chatcmpl-1', model: 'good', choices: [{ index: 0, delta: { content }, finish_reason: finish }] })}\n\n`;

/** Writes as fast as the reader takes it, until it leaves. */
function forever(socket: Socket, piece: () => string): void {
	const more = (): void => {
		while (!socket.destroyed && socket.write(piece()));
	};
	socket.on('drain', more);
	more();
}

/** Writes a piece now and then, until the reader leaves. */
function dripping(socket: Socket, piece: string, everyMs: number): void {
	const timer = setInterval(() => socket.write(piece), everyMs);
	socket.once('close', () => clearInterval(timer));
}

const STREAM_HEAD = head('200 OK', 'content-type: text/event-stream', 'transfer-encoding: chunked');
const JSON_CHUNKED = head('200 OK', 'content-type: application/json', 'transfer-encoding: chunked');

function good(socket: Socket, streamed: boolean): void {
	const body = streamed ? `${delta('Good.')}${delta('', 'stop')}data: [DONE]\n\n` : COMPLETION;
	const type = streamed ? 'text/event-stream' : 'application/json';
	socket.end(head('200 OK', `content-type: ${type}`, `content-length: ${Buffer.byteLength(body)}`) + body);
}

export const HOSTILITIES = {
	good,
	/** To itself, for ever, if it were followed. */
	redirect: (socket: Socket) =>
		socket.end(head('307 Temporary Redirect', 'location: /v1/chat/completions', 'content-length: 0')),
	'endless-headers': (socket: Socket) => {
		socket.write(`HTTP/1.1 200 OK${CRLF}content-type: application/json${CRLF}`);
		let at = 0;
		forever(socket, () => {
			at += 1;
			return `x-header-${at}: ${'a'.repeat(1_000)}${CRLF}`;
		});
	},
	/** Not one byte of it is gzip. */
	'not-gzip': (socket: Socket) =>
		socket.end(
			head(
				'200 OK',
				'content-type: application/json',
				'content-encoding: gzip',
				`content-length: ${Buffer.byteLength(COMPLETION)}`,
			) + COMPLETION,
		),
	/** More is promised than is sent. */
	'short-length': (socket: Socket) =>
		socket.end(`${head('200 OK', 'content-type: application/json', 'content-length: 100000')}${COMPLETION}`),
	/** The head of a whole answer, and nothing after it. */
	'silent-body': (socket: Socket) => socket.write(JSON_CHUNKED),
	'endless-json': (socket: Socket) => {
		socket.write(`${JSON_CHUNKED}${chunk('{"id":"')}`);
		forever(socket, () => chunk('a'.repeat(65_536)));
	},
	'endless-pings': (socket: Socket) => {
		socket.write(STREAM_HEAD);
		dripping(socket, chunk(': ping\n\n'), 20);
	},
	/** Events without any content. */
	'endless-emptiness': (socket: Socket) => {
		socket.write(STREAM_HEAD);
		forever(socket, () => chunk(delta('').repeat(100)));
	},
	'endless-line': (socket: Socket) => {
		socket.write(`${STREAM_HEAD}${chunk('data: ')}`);
		forever(socket, () => chunk('a'.repeat(65_536)));
	},
	/** Content, then silence. */
	'silent-stream': (socket: Socket) => socket.write(STREAM_HEAD + chunk(delta('Before the silence'))),
	/** Not HTTP at all. */
	garbage: (socket: Socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'),
	'endless-error': (socket: Socket) => {
		socket.write(
			`${head('500 Internal Server Error', 'content-type: application/json', 'transfer-encoding: chunked')}${chunk('{"error":{"message":"')}`,
		);
		forever(socket, () => chunk('a'.repeat(65_536)));
	},
	/** The status of a success without a body. */
	'no-content': (socket: Socket) => socket.end(head('204 No Content')),
} as const satisfies Readonly<Record<string, (socket: Socket, streamed: boolean) => unknown>>;

export async function startHostileUpstream(): Promise<HostileUpstream> {
	const calls: string[] = [];
	const sockets = new Set<Socket>();
	const server = createServer((socket) => {
		sockets.add(socket);
		socket.once('close', () => sockets.delete(socket));
		// Whoever leaves in the middle of it resets the connection.
		socket.on('error', () => undefined);
		let text = '';
		socket.on('data', (data) => {
			text += data.toString('latin1');
			const end = text.indexOf('\r\n\r\n');
			if (end < 0) return;
			const length = Number(/content-length: *(\d+)/i.exec(text)?.[1] ?? 0);
			if (text.length < end + 4 + length) return;
			const body = text.slice(end + 4);
			text = '';
			if (length === 0) {
				socket.end(head('404 Not Found', 'content-length: 0'));
				return;
			}
			const { model, stream } = JSON.parse(body) as { readonly model: string; readonly stream?: boolean };
			calls.push(model);
			(HOSTILITIES[model as Hostility] ?? good)(socket, stream === true);
		});
	});
	await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
	return {
		root: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
		calls,
		get open() {
			return sockets.size;
		},
		close: () =>
			new Promise((closed) => {
				server.close(() => closed());
				for (const socket of sockets) socket.destroy();
			}),
	};
}
