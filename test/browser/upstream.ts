/** A server that speaks Chat Completions, for keys to be tried against. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Upstream {
	/** `http://127.0.0.1:<port>/v1` */
	readonly baseUrl: string;
	/** The one key that it takes. */
	key: string;
	/** Answered to every call, whatever its key; null: it works. */
	failing: number | null;
	/** What it counts of every prompt. */
	promptTokens: number;
	close(): Promise<void>;
}

const MODELS = { object: 'list', data: [{ id: 'house-small', object: 'model', owned_by: 'house' }] };

const COMPLETION = {
	id: 'c1',
	object: 'chat.completion',
	created: 0,
	model: 'house-small',
	choices: [{ index: 0, message: { role: 'assistant', content: 'Yes.' }, finish_reason: 'stop' }],
};

function answer(
	{ key, failing, promptTokens }: Pick<Upstream, 'key' | 'failing' | 'promptTokens'>,
	request: IncomingMessage,
	response: ServerResponse,
): void {
	const { url, headers } = request;
	if (failing !== null) {
		response.writeHead(failing, { 'content-type': 'application/json' });
		response.end(JSON.stringify({ error: { message: 'Out of order.', type: 'server_error', code: null } }));
		return;
	}
	const known = headers.authorization === `Bearer ${key}`;
	const refusal = {
		error: { message: 'Incorrect API key provided.', type: 'invalid_request_error', code: 'invalid_api_key' },
	};
	const usage = { prompt_tokens: promptTokens, completion_tokens: 2, total_tokens: promptTokens + 2 };
	const body = url?.endsWith('/models') ? MODELS : { ...COMPLETION, usage };
	response.writeHead(known ? 200 : 401, { 'content-type': 'application/json' });
	response.end(JSON.stringify(known ? body : refusal));
}

export async function startUpstream(key: string): Promise<Upstream> {
	const upstream = { key, failing: null, promptTokens: 11 };
	const server = createServer((request, response) => {
		request.resume().once('end', () => answer(upstream, request, response));
	});
	await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
	const { port } = server.address() as AddressInfo;
	return Object.assign(upstream, {
		baseUrl: `http://127.0.0.1:${port}/v1`,
		close: () => new Promise<void>((closed) => server.close(() => closed())),
	});
}
