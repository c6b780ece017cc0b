/** Any server on loopback: a function of the request answers, byte by byte where it likes, and every call is kept. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RawCall {
	readonly method: string;
	/** With its query. */
	readonly path: string;
	readonly headers: IncomingHttpHeaders;
	readonly body: Buffer;
	/** The socket closed before the answer was complete, and not by the server itself. */
	clientLeft: boolean;
}

/** What it leaves open stays open until the client goes or the server is closed. */
export type RawAnswer = (call: RawCall, response: ServerResponse) => void | Promise<void>;

export interface RawUpstream {
	/** `http://127.0.0.1:PORT` */
	readonly origin: string;
	/** In order of arrival. */
	readonly calls: readonly RawCall[];
	close(): Promise<void>;
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks);
}

export async function startRawUpstream(answer: RawAnswer): Promise<RawUpstream> {
	const calls: RawCall[] = [];

	async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const { method = '', url: path = '', headers } = request;
		const call: RawCall = { method, path, headers, body: await bytesOf(request), clientLeft: false };
		calls.push(call);
		response.once('close', () => {
			call.clientLeft = !response.writableFinished && response.errored === null;
		});
		await answer(call, response);
	}

	const server = createServer((request, response) => {
		serve(request, response).catch((error: unknown) => response.destroy(error as Error));
	});
	server.keepAliveTimeout = 60_000;
	await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
	return {
		origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		calls,
		close: () =>
			new Promise((closed) => {
				server.close(() => closed());
				server.closeAllConnections();
			}),
	};
}
