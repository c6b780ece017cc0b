/** A provider on loopback that answers every model alike, remembers what reached it, and holds its answers when told to. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One call as the upstream saw it. */
export interface HeldCall {
	readonly model: string;
	/** Without `Bearer `. */
	readonly key: string;
	/** Text of its first system message; null: it has none. */
	readonly system: string | null;
	/** Text of its last message, by which a test knows its own. */
	readonly text: string;
	readonly body: Readonly<Record<string, unknown>>;
}

export interface HoldingUpstream {
	/** `http://127.0.0.1:PORT/v1` */
	readonly root: string;
	/** In order of arrival. */
	readonly calls: readonly HeldCall[];
	/** Calls that wait for their answer. */
	readonly waiting: number;
	/** From now on answers wait. */
	hold(): void;
	/** Gives the answers that wait, and all later ones at once. */
	release(): void;
	close(): Promise<void>;
}

/** Of every chat completion. */
export const TOKENS = { input: 12, output: 7 } as const;

const JSON_TYPE = { 'content-type': 'application/json' };

const completion = (model: string) => ({
	id: 'chatcmpl-held',
	object: 'chat.completion',
	created: 1,
	model,
	choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
	usage: {
		prompt_tokens: TOKENS.input,
		completion_tokens: TOKENS.output,
		total_tokens: TOKENS.input + TOKENS.output,
	},
});

const embedding = (model: string) => ({
	object: 'list',
	model,
	data: [{ object: 'embedding', index: 0, embedding: [0.5, 0.25] }],
	usage: { prompt_tokens: 1, total_tokens: 1 },
});

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	return JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}') as Record<string, unknown>;
}

interface SentMessage {
	readonly role: string;
	readonly content: string | readonly { readonly text?: string }[];
}

const textOf = (message: SentMessage | undefined): string | null => {
	if (message === undefined) return null;
	const { content } = message;
	return typeof content === 'string' ? content : content.map(({ text }) => text ?? '').join('');
};

function seen(request: IncomingMessage, body: Readonly<Record<string, unknown>>): HeldCall {
	const messages = (body.messages ?? []) as readonly SentMessage[];
	return {
		model: String(body.model ?? ''),
		key: (request.headers.authorization ?? '').replace(/^Bearer /, ''),
		system: textOf(messages.find(({ role }) => role === 'system' || role === 'developer')),
		text: textOf(messages.at(-1)) ?? String(body.input ?? ''),
		body,
	};
}

/** Asked for, it is answered 500. */
export const FAILING_MODEL = 'gpt-4-turbo';

function answer(response: ServerResponse, path: string, model: string): void {
	if (model === FAILING_MODEL)
		response.writeHead(500, JSON_TYPE).end('{"error":{"message":"scripted","type":"server_error"}}');
	else if (path.endsWith('/embeddings')) response.writeHead(200, JSON_TYPE).end(JSON.stringify(embedding(model)));
	else response.writeHead(200, JSON_TYPE).end(JSON.stringify(completion(model)));
}

export async function startHoldingUpstream(): Promise<HoldingUpstream> {
	const calls: HeldCall[] = [];
	let holding = false;
	let held: (() => void)[] = [];

	async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
		if (request.method === 'GET') {
			response.writeHead(200, JSON_TYPE).end('{"object":"list","data":[]}');
			return;
		}
		const call = seen(request, await bodyOf(request));
		calls.push(call);
		if (holding) await new Promise<void>((released) => held.push(released));
		answer(response, request.url ?? '', call.model);
	}

	const server = createServer((request, response) => {
		take(request, response).catch((error: unknown) => response.destroy(error as Error));
	});
	server.keepAliveTimeout = 60_000;
	await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
	return {
		root: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
		calls,
		get waiting() {
			return held.length;
		},
		hold() {
			holding = true;
		},
		release() {
			holding = false;
			const waiting = held;
			held = [];
			for (const released of waiting) released();
		},
		close: () =>
			new Promise((closed) => {
				server.close(() => closed());
				server.closeAllConnections();
			}),
	};
}
