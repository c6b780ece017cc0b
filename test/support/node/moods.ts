/** What a provider may answer, good or bad, in the words of OpenAI and of Anthropic. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Mood } from './moody-upstream';

export type Kind = 'openai' | 'anthropic';

type HeaderFields = Readonly<Record<string, string>>;

const JSON_TYPE = { 'content-type': 'application/json' };
const SSE = { 'content-type': 'text/event-stream; charset=utf-8' };
const NO_HEADERS: HeaderFields = {};

/** Of every good answer. */
const TOKENS = { input: 12, output: 7 } as const;

export async function bodyOf(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	return JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}') as Readonly<Record<string, unknown>>;
}

/** A whole answer. */
function wholeOf(kind: Kind, model: string, text: string): string {
	if (kind === 'anthropic')
		return JSON.stringify({
			id: 'msg_moody',
			type: 'message',
			role: 'assistant',
			model,
			content: [{ type: 'text', text }],
			stop_reason: 'end_turn',
			stop_sequence: null,
			usage: { input_tokens: TOKENS.input, output_tokens: TOKENS.output },
		});
	return JSON.stringify({
		id: 'chatcmpl-moody',
		object: 'chat.completion',
		created: 1,
		model,
		choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
		usage: {
			prompt_tokens: TOKENS.input,
			completion_tokens: TOKENS.output,
			total_tokens: TOKENS.input + TOKENS.output,
		},
	});
}

const chunk = (delta: object, finish: string | null = null, more: object = {}): string =>
	`data: ${JSON.stringify({
		id: 'chatcmpl-moody',
		object: 'chat.completion.chunk',
		created: 1,
		model: 'moody',
		choices: [{ index: 0, delta, finish_reason: finish }],
		...more,
	})}\n\n`;

const event = (type: string, fields: object): string =>
	`event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;

/** Of a stream: everything ahead of its first content. */
const OPENING: Readonly<Record<Kind, string>> = {
	openai: chunk({ role: 'assistant', content: '' }),
	anthropic:
		event('message_start', {
			message: {
				id: 'msg_moody',
				type: 'message',
				role: 'assistant',
				model: 'moody',
				content: [],
				stop_reason: null,
				stop_sequence: null,
				usage: { input_tokens: TOKENS.input, output_tokens: 1 },
			},
		}) + event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
};

/** Of a stream: a piece of text. */
const piece = (kind: Kind, text: string): string =>
	kind === 'anthropic'
		? event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } })
		: chunk({ content: text });

/** Of a stream: everything behind its content. */
const CLOSING: Readonly<Record<Kind, string>> = {
	openai: `${chunk({}, 'stop', {
		usage: {
			prompt_tokens: TOKENS.input,
			completion_tokens: TOKENS.output,
			total_tokens: TOKENS.input + TOKENS.output,
		},
	})}data: [DONE]\n\n`,
	anthropic:
		event('content_block_stop', { index: 0 }) +
		event('message_delta', {
			delta: { stop_reason: 'end_turn', stop_sequence: null },
			usage: { output_tokens: TOKENS.output },
		}) +
		event('message_stop', {}),
};

/** An error inside a 200 that says it has no capacity. */
const OVERLOADED_EVENT: Readonly<Record<Kind, string>> = {
	openai: 'data: {"error":{"message":"The server is overloaded","type":"overloaded_error","code":null}}\n\n',
	anthropic: event('error', { error: { type: 'overloaded_error', message: 'Overloaded' } }),
};

/** Answers with that text. */
export const says =
	(text: string, headers: HeaderFields = NO_HEADERS): Mood =>
	({ kind, model, stream }, response) => {
		if (stream) response.writeHead(200, { ...SSE, ...headers }).end(OPENING[kind] + piece(kind, text) + CLOSING[kind]);
		else response.writeHead(200, { ...JSON_TYPE, ...headers }).end(wholeOf(kind, model, text));
	};

/** Answers after `ms`. */
export const saysAfter =
	(ms: number, text: string): Mood =>
	async (call, response) => {
		await sleep(ms);
		if (!response.destroyed) says(text)(call, response);
	};

/** `code` and `type` as OpenAI has them; of Anthropic's kind `type` alone counts. */
export interface Refusal {
	readonly message?: string;
	readonly type?: string;
	readonly code?: string | null;
	/** In `error` beside these. */
	readonly more?: object;
}

/** A status with an error as the provider would write it. */
export const refuses =
	(status: number, refusal: Refusal = {}, headers: HeaderFields = NO_HEADERS): Mood =>
	({ kind }, response) => {
		const { message = `scripted ${status}`, type = 'scripted_error', code = null, more = {} } = refusal;
		const error = { message, type, ...(kind === 'openai' && { code, param: null, ...more }) };
		const body = kind === 'openai' ? { error } : { type: 'error', error };
		response.writeHead(status, { ...JSON_TYPE, ...headers }).end(JSON.stringify(body));
	};

/** What a proxy in front of it says. */
export const webPage =
	(status: number): Mood =>
	(_call, response) => {
		response.writeHead(status, { 'content-type': 'text/html' }).end('<html><body><h1>Bad gateway</h1></body></html>');
	};

/** The connection is reset before a byte of an answer. */
export const resets: Mood = (_call, response) => {
	response.destroy(new Error('scripted reset'));
};

/** Nothing, ever. */
export const silent: Mood = () => undefined;

/** A 200 that ends before any content: of a whole answer after half of it. */
export const cutsAhead: Mood = async ({ kind, stream, model }, response) => {
	if (stream) {
		response.writeHead(200, SSE).end(OPENING[kind]);
		return;
	}
	const whole = wholeOf(kind, model, 'Cut.');
	response.writeHead(200, { ...JSON_TYPE, 'content-length': String(whole.length) });
	response.write(whole.slice(0, whole.length / 2));
	await sleep(10);
	response.destroy(new Error('scripted reset'));
};

/** An error in place of content, inside a 200. */
export const errsAhead: Mood = ({ kind, stream }, response) => {
	if (stream) response.writeHead(200, SSE).end(OPENING[kind] + OVERLOADED_EVENT[kind]);
	else
		response
			.writeHead(200, JSON_TYPE)
			.end('{"type":"error","error":{"message":"Overloaded","type":"overloaded_error","code":"overloaded"}}');
};

/** How a stream breaks after its first content. */
export type Break = 'ends' | 'resets' | 'errs' | 'falls silent';

/** Streams that text, then breaks. */
export const breaksAfter =
	(text: string, how: Break): Mood =>
	async ({ kind }, response) => {
		response.writeHead(200, SSE);
		response.write(OPENING[kind] + piece(kind, text));
		// Read apart from what follows.
		await sleep(20);
		if (how === 'ends') response.end();
		if (how === 'resets') response.destroy(new Error('scripted reset'));
		if (how === 'errs') response.end(OVERLOADED_EVENT[kind]);
	};

/** By the key it is asked with. */
export const byKey =
	(moods: Readonly<Record<string, Mood>>, otherwise: Mood): Mood =>
	(call, response) =>
		(moods[call.key] ?? otherwise)(call, response);

/** By the model asked for. */
export const byModel =
	(moods: Readonly<Record<string, Mood>>, otherwise: Mood): Mood =>
	(call, response) =>
		(moods[call.model] ?? otherwise)(call, response);

/** Each in its turn, the last of them for ever. */
export function inTurn(first: Mood, ...others: readonly Mood[]): Mood {
	const left = [first, ...others];
	return (call, response) => ((left.length > 1 && left.shift()) || (left[0] ?? first))(call, response);
}

/** Answers that wait until they are let go. */
export interface Gatekeeper {
	readonly mood: Mood;
	/** Calls that wait. */
	readonly waiting: number;
	/** Gives the answers that wait, and all later ones at once. */
	release(): void;
}

export function holds(then: Mood): Gatekeeper {
	let holding = true;
	let held: (() => void)[] = [];
	return {
		mood: async (call, response: ServerResponse) => {
			if (holding) await new Promise<void>((released) => held.push(released));
			if (!response.destroyed) await then(call, response);
		},
		get waiting() {
			return held.length;
		},
		release() {
			holding = false;
			const waiting = held;
			held = [];
			for (const released of waiting) released();
		},
	};
}
