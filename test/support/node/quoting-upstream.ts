/** A provider that answers everything, and, asked for a model named after a fault, fails quoting all it was sent. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface QuotingUpstream {
	/** `http://127.0.0.1:PORT`, which serves every path under it. */
	readonly origin: string;
	/** Every header value that reached it, once. */
	readonly seen: ReadonlySet<string>;
	close(): Promise<void>;
}

/** Models whose calls fail, each in its own way. */
export const FAULTS = [
	'quote-400',
	'quote-401',
	'quote-403',
	'quote-404',
	'quote-429',
	'quote-500',
	'quote-529',
	'quote-plain',
	'quote-redirect',
	'quote-in-200',
	'quote-cut-json',
	'quote-no-json',
	'quote-stream-error',
	'quote-stream-garbage',
	'quote-reset',
] as const;

const JSON_TYPE = { 'content-type': 'application/json' };
const SSE = { 'content-type': 'text/event-stream' };

async function bodyOf(request: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks).toString('utf8');
}

/** Credentials as they came, and as a provider would show them in a sentence. */
function quoted({ headers, url }: IncomingMessage): string {
	const keys = ['authorization', 'x-api-key', 'api-key', 'x-goog-api-key', 'x-amz-security-token']
		.flatMap((name) => headers[name] ?? [])
		.map((value) => `${value} / ${value.replace(/^Bearer /, '')}`);
	return `Malformed: ${keys.join(' and ')} for ${url}`;
}

const errorBody = (message: string, status = 400): string => {
	const refused = status === 401 || status === 403;
	const type = refused ? 'authentication_error' : 'invalid_request_error';
	const error = { message, type, code: refused ? 'invalid_api_key' : null, param: message, status: message };
	return JSON.stringify({ type: 'error', error, message, detail: message });
};

const completion = (model: string) => ({
	id: 'chatcmpl-1',
	object: 'chat.completion',
	created: 1,
	model,
	choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
	usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 },
});

const chunk = (delta: unknown, finish: string | null): string =>
	`data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;

const OPENING = chunk({ role: 'assistant', content: 'So far' }, null);

const message = (model: string) => ({
	id: 'msg_1',
	type: 'message',
	role: 'assistant',
	model,
	content: [{ type: 'text', text: 'Hello' }],
	stop_reason: 'end_turn',
	stop_sequence: null,
	usage: { input_tokens: 3, output_tokens: 1 },
});

interface Asked {
	readonly path: string;
	readonly model: string;
	readonly stream: boolean;
	/** Named by the model, which some protocols have in the path. */
	readonly fault: (typeof FAULTS)[number] | undefined;
	readonly quote: string;
}

type Fault = (response: ServerResponse, asked: Asked) => void;

const failing =
	(status: number): Fault =>
	(response, { quote }) => {
		response
			.writeHead(status, { ...JSON_TYPE, 'x-request-id': quote, 'www-authenticate': quote, 'retry-after': quote })
			.end(errorBody(quote, status));
	};

const BY_MODEL: Readonly<Record<(typeof FAULTS)[number], Fault>> = {
	'quote-400': failing(400),
	'quote-401': failing(401),
	'quote-403': failing(403),
	'quote-404': failing(404),
	'quote-429': failing(429),
	'quote-500': failing(500),
	'quote-529': failing(529),
	'quote-plain': (response, { quote }) => void response.writeHead(400, { 'content-type': 'text/plain' }).end(quote),
	'quote-redirect': (response, { quote }) =>
		void response.writeHead(302, { location: `https://elsewhere.example/?${encodeURIComponent(quote)}` }).end(quote),
	'quote-in-200': (response, { quote }) => void response.writeHead(200, JSON_TYPE).end(errorBody(quote)),
	'quote-cut-json': (response, { quote }) =>
		void response.writeHead(200, JSON_TYPE).end(`{"id":"${quote}","choices":[{"message":{"role":"${quote}`),
	'quote-no-json': (response, { quote }) => void response.writeHead(200, JSON_TYPE).end(`<html>${quote}</html>`),
	'quote-stream-error': (response, { quote }) =>
		void response.writeHead(200, SSE).end(`${OPENING}data: ${errorBody(quote)}\n\n`),
	'quote-stream-garbage': (response, { quote }) =>
		void response.writeHead(200, SSE).end(`${OPENING}event: ${quote}\ndata: {"choices": "${quote}\n\n`),
	'quote-reset': (response, { quote }) => {
		response.writeHead(200, SSE);
		response.write(`${OPENING}: ${quote}\n\n`, () => response.destroy());
	},
};

function answerJson(response: ServerResponse, body: unknown): void {
	response.writeHead(200, JSON_TYPE).end(JSON.stringify(body));
}

function answerChat(response: ServerResponse, { model, stream }: Asked): void {
	if (stream) response.writeHead(200, SSE).end(`${OPENING}${chunk({}, 'stop')}data: [DONE]\n\n`);
	else answerJson(response, completion(model));
}

/** By what the path ends with. */
const PATHS: readonly (readonly [end: string, answer: (response: ServerResponse, asked: Asked) => void])[] = [
	['/chat/completions', answerChat],
	['/messages', (response, { model }) => answerJson(response, message(model))],
	[
		'/embeddings',
		(response, { model }) =>
			answerJson(response, {
				object: 'list',
				model,
				data: [{ object: 'embedding', index: 0, embedding: [0.5, 0.25] }],
				usage: { prompt_tokens: 1, total_tokens: 1 },
			}),
	],
	['/moderations', (response) => answerJson(response, { id: 'modr-1', model: 'm', results: [] })],
	[
		'/api/pull',
		(response) => void response.writeHead(200).end('{"status":"pulling manifest"}\n{"status":"success"}\n'),
	],
];

const listed = { object: 'list', data: [{ id: 'gpt-4o-mini', object: 'model', created: 1, owned_by: 'openai' }] };

function answer(response: ServerResponse, asked: Asked): void {
	const [, work] = PATHS.find(([end]) => asked.path.endsWith(end)) ?? [];
	if (asked.fault) BY_MODEL[asked.fault](response, asked);
	else if (work) work(response, asked);
	else answerJson(response, listed);
}

function fieldsOf(text: string): { readonly model?: unknown; readonly stream?: unknown } {
	try {
		return JSON.parse(text) as { model?: unknown; stream?: unknown };
	} catch {
		return {};
	}
}

export async function startQuotingUpstream(): Promise<QuotingUpstream> {
	const seen = new Set<string>();
	const server = createServer((request, response) => {
		for (const value of Object.values(request.headers).flat()) if (value !== undefined) seen.add(value);
		const path = (request.url ?? '').split('?')[0] ?? '';
		bodyOf(request)
			.then((text) => {
				const { model, stream } = fieldsOf(text);
				const fault = FAULTS.find((name) => path.includes(name) || text.includes(name));
				answer(response, {
					path,
					model: String(model ?? ''),
					stream: stream === true,
					fault,
					quote: quoted(request),
				});
			})
			.catch((error: unknown) => response.destroy(error as Error));
	});
	await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
	return {
		origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		seen,
		close: () =>
			new Promise((closed) => {
				server.close(() => closed());
				server.closeAllConnections();
			}),
	};
}
