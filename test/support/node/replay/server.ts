/** Every provider on one loopback server, each under its id; the scenario is named in the user's words. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EMBEDDINGS } from './embeddings';
import { ROWS, type Row } from './rows';
import { type Answer, FAILURES, type Failure, json, type ReplayCall, SAID, SCENARIOS, type Scenario } from './said';

export interface ReplayServer {
	readonly origin: string;
	/** What the gateway sent that the provider would not have understood, since the last look. */
	complaints(): string[];
	close(): Promise<void>;
}

const isScenario = (name: string): name is Scenario => SCENARIOS.some((one) => one === name);
const isFailure = (name: string): name is Failure => FAILURES.some((one) => one === name);

async function textOf(request: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks).toString('utf8');
}

/** Of two rows of a provider the one whose protocol the path belongs to. */
function rowOf(provider: string, path: string): Row | undefined {
	const rows = ROWS.filter((row) => row.provider === provider);
	return path.includes('/responses') ? rows.at(-1) : rows[0];
}

const isEmbedding = (path: string): boolean => /embed|feature-extraction|titan|\/run\/@cf\/baai/i.test(path);

function answerOf(row: Row, call: ReplayCall, complain: (what: string) => void): Answer {
	const [, name = ''] = /scenario:([a-z-]+)/.exec(call.text) ?? [];
	const [header, value] = row.key ?? [];
	if (header && !value?.test(String(call.headers[header]))) complain(`${row.label}: no key in ${header}`);
	const failure = name.replace(/^error-/, '');
	const { replay, embedWire } = row;
	const embed = embedWire === null || embedWire === 'mock-embeddings' ? null : EMBEDDINGS[embedWire];
	if (replay && isFailure(failure)) return replay.failure(failure);
	if (embed && isEmbedding(call.path)) return embed(call);
	if (!replay || !isScenario(name)) {
		complain(`${row.label}: ${call.path} names no scenario`);
		return json({ error: 'no scenario' }, 500);
	}
	const expected = replay.asks[name];
	if (expected && !expected.test(call.text)) complain(`${row.label} ${name}: ${expected} not in ${call.text}`);
	const said = SAID[name];
	return replay.isStreamed(call) ? replay.stream(said, row.model) : replay.whole(said, row.model);
}

export async function startReplayServer(): Promise<ReplayServer> {
	let complaints: string[] = [];

	async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const [, provider = '', path = ''] = /^\/([^/]+)(.*)$/.exec(request.url ?? '') ?? [];
		const text = await textOf(request);
		const row = rowOf(provider, path);
		if (!row || request.method !== 'POST') {
			response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"nothing here"}');
			return;
		}
		const body = JSON.parse(text || '{}') as Record<string, unknown>;
		const answer = answerOf(row, { path, headers: request.headers, body, text }, (what) => complaints.push(what));
		response.writeHead(answer.status, answer.headers).end(answer.body);
	}

	const server = createServer((request, response) => {
		serve(request, response).catch((error: unknown) => response.destroy(error as Error));
	});
	await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
	return {
		origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		complaints: () => {
			const seen = complaints;
			complaints = [];
			return seen;
		},
		close: () =>
			new Promise((closed) => {
				server.close(() => closed());
				server.closeAllConnections();
			}),
	};
}
