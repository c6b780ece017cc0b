/** A provider on loopback that lies and never ends, byte by byte: what each model does is its name. */

import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { constants, createGzip, gzipSync } from 'node:zlib';

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
	[`HTTP/1.1 ${status}`, 'connection: close', ...lines, '', ''].join(CRLF);
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

/** Bytes of a bomb once it is unfolded: far above what is taken of any answer. */
export const BOMB_BYTES = 512 * 1024 * 1024;

/** `head`, then one letter for ever, folded to about a thousandth. */
async function bombOf(head: string): Promise<Buffer> {
	const gzip = createGzip({ level: constants.Z_BEST_COMPRESSION });
	const folded: Buffer[] = [];
	gzip.on('data', (piece: Buffer) => folded.push(piece));
	const done = new Promise<void>((ended) => gzip.once('end', () => ended()));
	gzip.write(head);
	const piece = Buffer.alloc(1024 * 1024, 'a');
	for (let bytes = 0; bytes < BOMB_BYTES; bytes += piece.length)
		if (!gzip.write(piece)) await new Promise<void>((drained) => gzip.once('drain', () => drained()));
	gzip.end();
	await done;
	return Buffer.concat(folded);
}

interface Bombs {
	readonly json: Buffer;
	readonly line: Buffer;
	readonly comments: Buffer;
}

let bombs: Bombs | null = null;

/** Made before the first call, since it takes a while. */
async function makeBombs(): Promise<void> {
	bombs ??= {
		json: await bombOf('{"id":"'),
		line: await bombOf('data: '),
		comments: gzipSync(Buffer.alloc(BOMB_BYTES / 8, ': nothing\n\n')),
	};
}

function folded(socket: Socket, status: string, type: string, bytes: Buffer | undefined): void {
	const fields = [`content-type: ${type}`, 'content-encoding: gzip', `content-length: ${bytes?.length ?? 0}`];
	socket.write(head(status, ...fields));
	socket.end(bytes ?? '');
}

/** Writes a piece now and then, until the reader leaves. */
function dripping(socket: Socket, piece: string, everyMs: number): void {
	const timer = setInterval(() => socket.write(piece), everyMs);
	socket.once('close', () => clearInterval(timer));
}

const STREAM_HEAD = head('200 OK', 'content-type: text/event-stream', 'transfer-encoding: chunked');
const JSON_CHUNKED = head('200 OK', 'content-type: application/json', 'transfer-encoding: chunked');

const typeOf = (streamed: boolean): string => (streamed ? 'text/event-stream' : 'application/json');

const goodBody = (streamed: boolean): string =>
	streamed ? `${delta('Good.')}${delta('', 'stop')}data: [DONE]\n\n` : COMPLETION;

const goodHead = (streamed: boolean): string =>
	head('200 OK', `content-type: ${typeOf(streamed)}`, `content-length: ${Buffer.byteLength(goodBody(streamed))}`);

/** A whole answer, head included, one byte in a packet. */
async function drip(socket: Socket, streamed: boolean, everyMs: number): Promise<void> {
	socket.setNoDelay(true);
	for (const byte of Buffer.from(goodHead(streamed) + goodBody(streamed))) {
		if (socket.destroyed) return;
		socket.write(Buffer.of(byte));
		// A timer takes a millisecond at least.
		await (everyMs === 0 ? new Promise(setImmediate) : sleep(everyMs));
	}
	socket.end();
}

const redirect =
	(status: string, location: string) =>
	(socket: Socket): unknown =>
		socket.end(head(status, `location: ${location}`, 'content-length: 0'));

export const HOSTILITIES = {
	good: (socket: Socket, streamed: boolean) => socket.end(goodHead(streamed) + goodBody(streamed)),
	/** Not well-intentioned, but in order. */
	'quick-drip': (socket: Socket, streamed: boolean) => drip(socket, streamed, 0),
	/** Folded as it says. */
	gzip: (socket: Socket, streamed: boolean) => folded(socket, '200 OK', typeOf(streamed), gzipSync(goodBody(streamed))),
	'slow-drip': (socket: Socket, streamed: boolean) => drip(socket, streamed, 40),
	/** To itself, for ever, if it were followed. */
	redirect: redirect('307 Temporary Redirect', '/v1/chat/completions'),
	'moved-for-good': redirect('308 Permanent Redirect', '/v1/chat/completions'),
	'see-other': redirect('303 See Other', 'http://127.0.0.1:9/'),
	/** Informs for ever, and never answers. */
	'endless-information': (socket: Socket) => dripping(socket, head('103 Early Hints', 'link: </a>; rel=preload'), 5),
	'half-a-head': (socket: Socket) => socket.write(`HTTP/1.1 200 OK${CRLF}content-type: application/j`),
	'endless-header-line': (socket: Socket) => {
		socket.write(`HTTP/1.1 200 OK${CRLF}x-header: `);
		forever(socket, () => 'a'.repeat(65_536));
	},
	'two-lengths': (socket: Socket) =>
		socket.end(
			`${head('200 OK', 'content-type: application/json', 'content-length: 5', 'content-length: 9')}${COMPLETION}`,
		),
	'absurd-chunk': (socket: Socket, streamed: boolean) =>
		socket.write(
			`${head('200 OK', `content-type: ${typeOf(streamed)}`, 'transfer-encoding: chunked')}fffffffffffffff0${CRLF}${goodBody(streamed)}`,
		),
	'broken-chunk': (socket: Socket, streamed: boolean) =>
		socket.end(
			`${head('200 OK', `content-type: ${typeOf(streamed)}`, 'transfer-encoding: chunked')}not a number${CRLF}${goodBody(streamed)}`,
		),
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
	/** 512 MiB in half a megabyte. */
	'gzip-bomb': (socket: Socket, streamed: boolean) =>
		folded(socket, '200 OK', typeOf(streamed), streamed ? bombs?.line : bombs?.json),
	/** Nothing but comments in it. */
	'comment-bomb': (socket: Socket, streamed: boolean) => folded(socket, '200 OK', typeOf(streamed), bombs?.comments),
	'error-bomb': (socket: Socket) => folded(socket, '500 Internal Server Error', 'application/json', bombs?.json),
	/** Ends in the middle of what it folded. */
	'half-gzip': (socket: Socket, streamed: boolean) => {
		const bytes = gzipSync(goodBody(streamed));
		folded(socket, '200 OK', typeOf(streamed), bytes.subarray(0, bytes.length / 2));
	},
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
	/** Content for ever, at the pace of a model. */
	'endless-talk': (socket: Socket) => {
		socket.write(STREAM_HEAD);
		dripping(socket, chunk(delta('and on ')), 5);
	},
	/** Content for two seconds, then the end of the connection. */
	'late-cut': (socket: Socket) => {
		socket.write(STREAM_HEAD);
		dripping(socket, chunk(delta('and on ')), 50);
		const timer = setTimeout(() => socket.destroy(), 2_000);
		socket.once('close', () => clearTimeout(timer));
	},
	/** Content for ever, as fast as it is taken. */
	'endless-text': (socket: Socket) => {
		socket.write(STREAM_HEAD);
		forever(socket, () => chunk(delta('and on '.repeat(1_000))));
	},
	/** Deeper than any stack. */
	'deep-json': (socket: Socket) => {
		const body = '['.repeat(2_000_000);
		socket.end(head('200 OK', 'content-type: application/json', `content-length: ${body.length}`) + body);
	},
	/** No text in any encoding. */
	bytes: (socket: Socket, streamed: boolean) => {
		const body = Buffer.from(Array.from({ length: 4_096 }, (_, at) => (at * 73) % 256));
		socket.write(head('200 OK', `content-type: ${typeOf(streamed)}`, `content-length: ${body.length}`));
		socket.end(body);
	},
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
	await makeBombs();
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
			(HOSTILITIES[model as Hostility] ?? HOSTILITIES.good)(socket, stream === true);
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
