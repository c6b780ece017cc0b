/** A provider on loopback whose answer follows from the model asked for; it counts what reaches it. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { scriptOf } from './upstream-scripts';

export type UpstreamDoor = 'openai' | 'anthropic';

/** One call as the upstream saw it. */
export interface UpstreamCall {
	readonly door: UpstreamDoor;
	readonly path: string;
	readonly model: string;
	readonly stream: boolean;
	/** Which call for this model it is, from 1. */
	readonly ordinal: number;
	readonly headers: IncomingHttpHeaders;
	readonly body: Readonly<Record<string, unknown>>;
	/** The socket closed before the answer was complete, and not by the script itself. */
	clientLeft: boolean;
}

/** Writes the answer; what it leaves open stays open until the client goes or the upstream is closed. */
export type Script = (call: UpstreamCall, response: ServerResponse) => void | Promise<void>;

export interface ScriptedUpstream {
	/** `http://127.0.0.1:PORT`; OpenAI's root is `<origin>/v1`, Anthropic's the origin itself. */
	readonly origin: string;
	/** Inference calls in order of arrival. */
	readonly calls: readonly UpstreamCall[];
	/** Calls for one model. */
	of(model: string): readonly UpstreamCall[];
	close(): Promise<void>;
}

async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	return JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, unknown>;
}

function listModels(response: ServerResponse): void {
	response.setHeader('content-type', 'application/json');
	response.end('{"object":"list","data":[{"id":"gpt-4o-mini","object":"model","created":1,"owned_by":"openai"}]}');
}

export async function startScriptedUpstream(): Promise<ScriptedUpstream> {
	const calls: UpstreamCall[] = [];
	const ordinals = new Map<string, number>();

	async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		if (request.method === 'GET') return listModels(response);
		const body = await readJson(request);
		const model = String(body.model);
		const ordinal = (ordinals.get(model) ?? 0) + 1;
		ordinals.set(model, ordinal);
		const path = request.url ?? '';
		const call: UpstreamCall = {
			door: path.endsWith('/messages') ? 'anthropic' : 'openai',
			path,
			model,
			stream: body.stream === true,
			ordinal,
			headers: request.headers,
			body,
			clientLeft: false,
		};
		calls.push(call);
		response.once('close', () => {
			call.clientLeft = !response.writableFinished && response.errored === null;
		});
		await scriptOf(call)(call, response);
	}

	const server = createServer((request, response) => {
		answer(request, response).catch((error: unknown) => response.destroy(error as Error));
	});
	server.keepAliveTimeout = 60_000;
	await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
	return {
		origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		calls,
		of: (model) => calls.filter((call) => call.model === model),
		close: () =>
			new Promise((closed) => {
				server.close(() => closed());
				server.closeAllConnections();
			}),
	};
}
