/** Every provider on one loopback server, each under its id; the scenario is named in the user's words. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { countOf } from './counting';
import { EMBEDDINGS } from './embeddings';
import { ROWS, type Row } from './rows';
import {
	type Answer,
	FAILURES,
	type Failure,
	json,
	LOOPED,
	LOOPS,
	type Loop,
	type Replay,
	type ReplayCall,
	SAID,
	type Said,
	SCENARIOS,
	type Scenario,
	STALLS,
	type Stall,
} from './said';

export interface ReplayServer {
	readonly origin: string;
	/** What the gateway sent that the provider would not have understood, since the last look. */
	complaints(): string[];
	/** What the gateway asked for, since the last look. */
	calls(): ReplayCall[];
	/** Streams without an end that the gateway has left so far. */
	readonly left: number;
	close(): Promise<void>;
}

const isScenario = (name: string): name is Scenario => SCENARIOS.some((one) => one === name);
const isLoop = (name: string): name is Loop => LOOPS.some((one) => one === name);
const isStall = (name: string): name is Stall => STALLS.some((one) => one === name);
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

const scenarioOf = ({ text }: ReplayCall): string => /scenario:([a-z-]+)/.exec(text)?.[1] ?? '';

/** What is said in answer to a call; null: it names no scenario. */
function saidIn(name: string, replay: Replay, { body }: ReplayCall): Said | null {
	if (isScenario(name)) return SAID[name];
	if (isStall(name)) return SAID.stream;
	return isLoop(name) ? LOOPED[name](replay.results(body)) : null;
}

function answerOf(row: Row, call: ReplayCall, complain: (what: string) => void): Answer {
	const name = scenarioOf(call);
	const [header, value] = row.key ?? [];
	if (header && !value?.test(String(call.headers[header]))) complain(`${row.label}: no key in ${header}`);
	const failure = name.replace(/^error-/, '');
	const { replay, embedWire } = row;
	const embed = embedWire === null || embedWire === 'mock-embeddings' ? null : EMBEDDINGS[embedWire];
	if (replay && isFailure(failure)) return replay.failure(failure);
	if (embed && isEmbedding(call.path)) return embed(call);
	const count = countOf(call.path);
	if (count) return count;
	const said = replay && saidIn(name, replay, call);
	if (!replay || !said) {
		complain(`${row.label}: ${call.path} names no scenario`);
		return json({ error: 'no scenario' }, 500);
	}
	const expected = isScenario(name) ? replay.asks[name] : undefined;
	if (expected && !expected.test(call.text)) complain(`${row.label} ${name}: ${expected} not in ${call.text}`);
	return replay.isStreamed(call) ? replay.stream(said, row.model) : replay.whole(said, row.model);
}

/** The first two thirds of an answer, some of its text among them. */
const begun = ({ body }: Answer): Buffer => {
	const bytes = Buffer.from(body);
	return bytes.subarray(0, Math.floor((bytes.length * 2) / 3));
};

export async function startReplayServer(): Promise<ReplayServer> {
	let complaints: string[] = [];
	let calls: ReplayCall[] = [];
	let left = 0;

	async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const [, provider = '', path = ''] = /^\/([^/]+)(.*)$/.exec(request.url ?? '') ?? [];
		const text = await textOf(request);
		const row = rowOf(provider, path);
		if (!row || request.method !== 'POST') {
			response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"nothing here"}');
			return;
		}
		const body = JSON.parse(text || '{}') as Record<string, unknown>;
		const call = { path, headers: request.headers, body, text };
		calls.push(call);
		const answer = answerOf(row, call, (what) => complaints.push(what));
		const name = scenarioOf(call);
		response.writeHead(answer.status, answer.headers);
		if (!isStall(name)) response.end(answer.body);
		else if (name === 'cut') response.end(begun(answer));
		else {
			response.once('close', () => {
				left += 1;
			});
			response.write(begun(answer));
		}
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
		calls: () => {
			const seen = calls;
			calls = [];
			return seen;
		},
		get left() {
			return left;
		},
		close: () =>
			new Promise((closed) => {
				server.close(() => closed());
				server.closeAllConnections();
			}),
	};
}
