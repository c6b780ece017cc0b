/** Whatever an upstream sends under a 200, through both doors: it works, or it is an error that looks like one. */
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anthropic, bedrock, bytes, ollama, openai, SO_FAR } from '../support/node/broken-bytes';
import {
	ANTHROPIC_CASES,
	BEDROCK_CASES,
	BROKEN_WHOLES,
	type BrokenCase,
	OLLAMA_CASES,
	OPENAI_CASES,
	type Outcome,
	SECRET,
} from '../support/node/broken-cases';
import { type RawUpstream, startRawUpstream } from '../support/node/raw-upstream';
import { type BuiltWorker, startBuilt } from '../support/node/worker';
import { newRequestId, post, usageOf } from './session';

interface Sent {
	readonly type: string;
	readonly chunks: readonly Uint8Array[];
	readonly reset?: true;
}

/** ms between two writes, so that they are read apart */
const APART_MS = 5;

let upstream: RawUpstream;
let worker: BuiltWorker;
/** What the upstream sends to the next call. */
let next: Sent = { type: '', chunks: [] };

async function send({ type, chunks, reset }: Sent, response: ServerResponse): Promise<void> {
	response.writeHead(200, type === '' ? {} : { 'content-type': type });
	response.flushHeaders();
	for (const [at, chunk] of chunks.entries()) {
		if (response.destroyed) return;
		response.write(chunk);
		// A whole answer in single bytes would take for ever: they go out as the kernel sends them.
		if (chunks.length < 20 || at % 50 === 0) await sleep(APART_MS);
	}
	if (reset) response.destroy(new Error('scripted reset'));
	else response.end();
}

beforeAll(async () => {
	upstream = await startRawUpstream(({ method }, response) => {
		if (method === 'POST') return send(next, response);
		// Lists of models, which are read now and then.
		response.writeHead(404).end();
	});
	const { origin } = upstream;
	worker = await startBuilt({
		OPENAI_API_KEY: 'sk-upstream-openai',
		OPENAI_BASE_URL: `${origin}/v1`,
		ANTHROPIC_API_KEY: 'sk-upstream-anthropic',
		ANTHROPIC_BASE_URL: origin,
		OLLAMA_BASE_URL: origin,
		BEDROCK_REGION: 'eu-central-1',
		BEDROCK_API_KEY: 'bedrock-upstream-key',
		BEDROCK_BASE_URL: origin,
		LLM_MAX_ATTEMPTS: '1',
		LLM_BREAKER_FAILURES: '100000',
		LLM_USAGE_FLUSH_MS: '200',
	});
});

afterAll(async () => {
	await worker?.stop();
	await upstream?.close();
});

interface Door {
	readonly name: 'openai' | 'anthropic';
	readonly path: string;
	/** The text of a whole stream, which must look like success; throws where it does not. */
	wholeText(events: readonly SentEvent[]): string;
	/** Text and code of a stream that broke; throws where anything in it looks like success. */
	broken(events: readonly SentEvent[]): { readonly text: string; readonly error: unknown };
	/** An error in place of an answer. */
	error(code: string): object;
}

/** One event as the client sees it. */
interface SentEvent {
	readonly event: string;
	readonly data: string;
}

const eventsOf = (text: string): SentEvent[] =>
	text.split('\n\n').flatMap((frame) => {
		const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(frame)?.[1] ?? '';
		return field('data') === '' ? [] : [{ event: field('event'), data: field('data') }];
	});

interface ChatChunk {
	readonly choices?: readonly {
		readonly delta: { readonly content?: string };
		readonly finish_reason: string | null;
	}[];
	readonly error?: unknown;
}

const chunksOf = (events: readonly SentEvent[]): ChatChunk[] =>
	events.filter(({ data }) => data !== '[DONE]').map(({ data }) => JSON.parse(data) as ChatChunk);
const textOf = (chunks: readonly ChatChunk[]): string =>
	chunks.map(({ choices }) => choices?.[0]?.delta.content ?? '').join('');
const finishesOf = (chunks: readonly ChatChunk[]): string[] =>
	chunks.flatMap(({ choices }) => choices?.[0]?.finish_reason ?? []);

const openaiDoor: Door = {
	name: 'openai',
	path: '/v1/chat/completions',
	wholeText(events) {
		const chunks = chunksOf(events);
		expect(finishesOf(chunks)).toEqual(['stop']);
		expect(chunks.filter(({ error }) => error !== undefined)).toEqual([]);
		expect(events.at(-1)?.data).toBe('[DONE]');
		return textOf(chunks);
	},
	broken(events) {
		expect(events.map(({ data }) => data)).not.toContain('[DONE]');
		const chunks = chunksOf(events);
		expect(finishesOf(chunks)).toEqual([]);
		expect(chunks.slice(0, -1).filter(({ error }) => error !== undefined)).toEqual([]);
		return { text: textOf(chunks), error: chunks.at(-1) };
	},
	error: (code) => ({ error: { code, message: expect.any(String), type: expect.any(String) } }),
};

interface MessageEvent {
	readonly type: string;
	readonly delta?: { readonly text?: string };
}

const messagesOf = (events: readonly SentEvent[]): MessageEvent[] =>
	events.map(({ event, data }) => {
		const message = JSON.parse(data) as MessageEvent;
		expect(message.type).toBe(event);
		return message;
	});
const deltasOf = (messages: readonly MessageEvent[]): string => messages.map(({ delta }) => delta?.text ?? '').join('');

const anthropicDoor: Door = {
	name: 'anthropic',
	path: '/v1/messages',
	wholeText(events) {
		const messages = messagesOf(events);
		const types = messages.map(({ type }) => type);
		expect(types.slice(-2)).toEqual(['message_delta', 'message_stop']);
		expect(types).not.toContain('error');
		return deltasOf(messages);
	},
	broken(events) {
		const messages = messagesOf(events);
		const types = messages.map(({ type }) => type);
		for (const type of ['message_delta', 'message_stop']) expect(types).not.toContain(type);
		expect(types.indexOf('error')).toBe(types.length - 1);
		return { text: deltasOf(messages), error: messages.at(-1) };
	},
	error: () => ({ type: 'error', error: { type: expect.any(String), message: expect.any(String) } }),
};

const asked = (): number => upstream.calls.filter(({ method }) => method === 'POST').length;

async function ask(door: Door, model: string, stream: boolean, sent: Sent) {
	next = sent;
	const requestId = newRequestId();
	const before = asked();
	const body = { model, max_tokens: 100, stream, messages: [{ role: 'user', content: 'Hello' }] };
	const response = await post(worker, body, { path: door.path, headers: { 'x-request-id': requestId } });
	const text = await response.text();
	expect(asked() - before).toBe(1);
	expect(text).not.toContain(SECRET);
	return { requestId, status: response.status, text };
}

const codeOf = (outcome: Outcome): string | null => {
	if ('text' in outcome) return null;
	return 'after' in outcome ? outcome.after : outcome.code;
};

function expectOutcome(door: Door, { outcome }: BrokenCase, { status, text }: { status: number; text: string }): void {
	if ('status' in outcome) {
		expect([status, text]).toEqual([(door.name === 'anthropic' && outcome.anthropic) || outcome.status, text]);
		expect(JSON.parse(text)).toMatchObject(door.error(outcome.code));
		return;
	}
	expect([status, text]).toEqual([200, text]);
	const events = eventsOf(text);
	if ('text' in outcome) {
		expect(door.wholeText(events)).toBe(outcome.text);
		return;
	}
	const broken = door.broken(events);
	expect(broken.text).toBe(SO_FAR);
	expect(broken.error).toMatchObject(door.error(outcome.after));
}

describe.each([openaiDoor, anthropicDoor])('through the door of $name', (door) => {
	describe.each([
		['the SSE of OpenAI', OPENAI_CASES],
		['the SSE of Anthropic', ANTHROPIC_CASES],
		['the NDJSON of Ollama', OLLAMA_CASES],
		['the events of AWS', BEDROCK_CASES],
	] as const)('%s', (_name, cases) => {
		const answered: { readonly requestId: string; readonly code: string | null }[] = [];

		it.each(cases)('$name', async (one) => {
			const { framing, chunks, reset, type = framing.type } = one;
			const answer = await ask(door, framing.model, true, { type, chunks, ...(reset && { reset }) });
			answered.push({ requestId: answer.requestId, code: codeOf(one.outcome) });
			expectOutcome(door, one, answer);
		});

		it('have one row each, which says how it ended', async () => {
			expect(answered).toHaveLength(cases.length);
			for (const { requestId, code } of answered) {
				const [row] = await usageOf(worker, requestId);
				expect(row?.error_code).toBe(code);
				if (code === null) expect(row).toMatchObject({ state: 'settled', prompt_tokens: expect.any(Number) });
			}
		});
	});

	describe.each([openai, anthropic, ollama, bedrock])('a whole answer of $model', ({ model }) => {
		it.each(BROKEN_WHOLES)('that is %s is malformed', async (_name, type, body) => {
			const { requestId, status, text } = await ask(door, model, false, { type, chunks: [bytes(body)] });
			expect([status, text]).toEqual([502, text]);
			expect(JSON.parse(text)).toMatchObject(door.error('upstream_malformed'));
			// What was produced may be billed, whatever it is worth; a web page is nobody's answer.
			const state = type === 'text/html' ? 'released' : 'unknown';
			expect(await usageOf(worker, requestId)).toMatchObject([{ error_code: 'upstream_malformed', state }]);
		});
	});
});
