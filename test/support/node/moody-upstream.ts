/** A provider on loopback, of OpenAI's or Anthropic's kind by the path asked for, whose mood changes when it is told to. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bodyOf, type Kind } from './moods';

/** One call as the upstream saw it. */
export interface MoodyCall {
	readonly kind: Kind;
	/** Without `Bearer `. */
	readonly key: string;
	readonly model: string;
	readonly stream: boolean;
	/** The socket closed before the answer was complete, and not by the upstream itself. */
	clientLeft: boolean;
}

/** Answers one call; what it leaves open stays open until the client goes or the upstream is closed. */
export type Mood = (call: MoodyCall, response: ServerResponse) => unknown;

export interface MoodyUpstream {
	/** `http://127.0.0.1:PORT` */
	readonly origin: string;
	/** `<origin>/v1` */
	readonly root: string;
	/** In order of arrival, GETs left out. */
	readonly calls: readonly MoodyCall[];
	/** How often a list of models was asked for. */
	readonly lists: number;
	/** How it answers the next call. */
	mood: Mood;
	/** From now on its port refuses connections; those that are open are cut. */
	down(): Promise<void>;
	/** At the same port again. */
	up(): Promise<void>;
	close(): Promise<void>;
}

const keyOf = ({ headers }: IncomingMessage): string =>
	(headers.authorization ?? String(headers['x-api-key'] ?? headers['api-key'] ?? '')).replace(/^Bearer /, '');

const listen = (server: Server, port: number): Promise<void> =>
	new Promise((listening, failed) => {
		server.once('error', failed);
		server.listen(port, '127.0.0.1', () => listening());
	});

const shut = (server: Server): Promise<void> =>
	new Promise((closed) => {
		server.close(() => closed());
		server.closeAllConnections();
	});

export async function startMoodyUpstream(mood: Mood): Promise<MoodyUpstream> {
	const calls: MoodyCall[] = [];
	let lists = 0;

	async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
		if (request.method === 'GET') {
			lists += 1;
			response.writeHead(200, { 'content-type': 'application/json' }).end('{"object":"list","data":[]}');
			return;
		}
		const path = request.url ?? '';
		const body = await bodyOf(request);
		const call: MoodyCall = {
			kind: path.endsWith('/messages') ? 'anthropic' : 'openai',
			key: keyOf(request),
			model: String(body.model ?? ''),
			stream: body.stream === true,
			clientLeft: false,
		};
		calls.push(call);
		response.once('close', () => {
			call.clientLeft = !response.writableFinished && response.errored === null;
		});
		await upstream.mood(call, response);
	}

	const start = (): Server => {
		const server = createServer((request, response) => {
			serve(request, response).catch((error: unknown) => response.destroy(error as Error));
		});
		server.keepAliveTimeout = 60_000;
		return server;
	};
	let server = start();
	await listen(server, 0);
	const { port } = server.address() as AddressInfo;
	const origin = `http://127.0.0.1:${port}`;
	const upstream: MoodyUpstream = {
		origin,
		root: `${origin}/v1`,
		calls,
		get lists() {
			return lists;
		},
		mood,
		down: () => shut(server),
		async up() {
			server = start();
			await listen(server, port);
		},
		close: () => (server.listening ? shut(server) : Promise.resolve()),
	};
	return upstream;
}
