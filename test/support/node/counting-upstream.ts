/**
 * A provider on loopback, of OpenAI's or Anthropic's kind by the path asked for, that counts what it is sent as such a
 * provider would (js-tiktoken, not our own encoding) and refuses what its window does not hold, in their words, and
 * what is no conversation.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Tiktoken } from 'js-tiktoken/lite';
import ranks from 'js-tiktoken/ranks/o200k_base';
import { bodyOf, type Kind } from './moods';
import type { MoodyCall } from './moody-upstream';

type Fields = Readonly<Record<string, unknown>>;

/** One call as the upstream saw it. */
export interface CountedCall extends MoodyCall {
	readonly body: Fields;
	/** The text of each of its messages, in order; Anthropic's system text is the first. */
	readonly texts: readonly string[];
	/** Its own count of the prompt (tokens). */
	readonly prompt: number;
	/** Output tokens it was asked for at most; null: it was not told. */
	readonly maxTokens: number | null;
	readonly window: number;
	/** What it answered with; 0: nothing yet. */
	status: number;
}

/** Answers one call that is not too long. */
export type Answering = (call: CountedCall, response: ServerResponse) => unknown;

export interface CountingUpstream {
	/** `http://127.0.0.1:PORT` */
	readonly origin: string;
	/** `<origin>/v1` */
	readonly root: string;
	/** Chats, in order of arrival. */
	readonly calls: readonly CountedCall[];
	/** Calls of a count endpoint, by path. */
	readonly counts: readonly string[];
	/** False: it has no count endpoints (404). */
	counting: boolean;
	/** How a model answers that is to say something else than `Noted.` */
	readonly answering: Map<string, Answering>;
	/** Chats of one model. */
	of(model: string): readonly CountedCall[];
	close(): Promise<void>;
}

const JSON_TYPE = { 'content-type': 'application/json' };
const SSE = { 'content-type': 'text/event-stream; charset=utf-8' };

/** `gpt-4o-w4000`: a window of 4,000 tokens; `-r150`: half as many tokens again as o200k makes. */
const figureIn = (model: string, name: string, otherwise: number): number =>
	Number(new RegExp(`-${name}(\\d+)`).exec(model)?.[1] ?? otherwise);

const windowOf = (model: string): number => figureIn(model, 'w', 1_000_000);
const ratioOf = (model: string): number => figureIn(model, 'r', 100) / 100;

const isRecord = (value: unknown): value is Fields =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const recordsOf = (value: unknown): readonly Fields[] => listOf(value).filter(isRecord);

/** An image as the tests send it, 1,024 pixels square: four tiles of 170 and a base of 85. */
export const IMAGE_TOKENS = 765;

/** Every text of a content, parts within parts included. */
function textsIn(content: unknown): readonly string[] {
	if (typeof content === 'string') return [content];
	return recordsOf(content).flatMap((part) => {
		if (part.type === 'tool_use') return [String(part.name), JSON.stringify(part.input)];
		if (part.type === 'tool_result') return textsIn(part.content);
		return typeof part.text === 'string' ? [part.text] : [];
	});
}

const imagesIn = (content: unknown): number =>
	recordsOf(content).reduce(
		(sum, part) => sum + (part.type === 'image_url' || part.type === 'image' ? 1 : imagesIn(part.content)),
		0,
	);

const callTexts = (message: Fields): readonly string[] =>
	recordsOf(message.tool_calls).flatMap(({ function: called }) =>
		isRecord(called) ? [String(called.name), String(called.arguments)] : [],
	);

const o200k = new Tiktoken(ranks);
const known = new Map<string, number>();

/** Long conversations come again and again. */
function tokensOf(text: string): number {
	const tokens = known.get(text) ?? o200k.encode(text, [], []).length;
	known.set(text, tokens);
	return tokens;
}

interface Counted {
	readonly texts: readonly string[];
	readonly prompt: number;
}

/** What a tool costs beside its schema: Anthropic's prompt for them, and what stands around a call and a result. */
const TOOLS = { preamble: 460, call: 40, result: 24 } as const;

const partsOf = (messages: readonly Fields[], type: string): number =>
	messages.flatMap(({ content }) => recordsOf(content)).filter((part) => part.type === type).length;

function toolTokens({ tools }: Fields, messages: readonly Fields[], isAnthropic: boolean): number {
	if (!isAnthropic) return 0;
	const around = partsOf(messages, 'tool_use') * TOOLS.call + partsOf(messages, 'tool_result') * TOOLS.result;
	return tools === undefined ? around : around + TOOLS.preamble + tokensOf(JSON.stringify(tools));
}

function counted(model: string, body: Fields): Counted {
	const system = body.system === undefined ? [] : [{ content: body.system }];
	const messages = [...system, ...recordsOf(body.messages ?? body.input)];
	const isAnthropic = body.max_tokens !== undefined && model.startsWith('claude');
	let tokens = 3;
	for (const message of messages) {
		tokens += 4 + imagesIn(message.content) * IMAGE_TOKENS;
		// Anthropic's tokenizer reads NFKC.
		for (const text of [...textsIn(message.content), ...callTexts(message)])
			tokens += tokensOf(isAnthropic ? text.normalize('NFKC') : text);
	}
	return {
		texts: messages.map((message) => [...textsIn(message.content), ...callTexts(message)].join('\n')),
		prompt: Math.ceil(tokens * ratioOf(model) + toolTokens(body, messages, isAnthropic)),
	};
}

const idsOf = (value: unknown, field: string): readonly string[] => recordsOf(value).map((one) => String(one[field]));

/** Each result stands behind its call, and each call has all its results before anybody speaks again; null: so it is. */
function openAiComplaint(messages: readonly Fields[]): string | null {
	let open: readonly string[] = [];
	for (const [at, { role, tool_calls: calls, tool_call_id: id }] of messages.entries()) {
		if (role === 'tool' && !open.includes(String(id))) return `messages[${at}]: no call precedes this result`;
		if (role !== 'tool' && open.length > 0) return `messages[${at}]: results of ${open.join(', ')} are missing`;
		open = role === 'tool' ? open.filter((one) => one !== id) : idsOf(calls, 'id');
	}
	return open.length > 0 ? `results of ${open.join(', ')} are missing at the end` : null;
}

function anthropicComplaint(messages: readonly Fields[]): string | null {
	if (messages[0]?.role !== 'user') return 'messages: first message must use the "user" role';
	let open: readonly string[] = [];
	for (const [at, { role, content }] of messages.entries()) {
		const parts = recordsOf(content);
		const results = idsOf(
			parts.filter(({ type }) => type === 'tool_result'),
			'tool_use_id',
		);
		const stray = results.find((id) => !open.includes(id));
		if (stray !== undefined) return `messages.${at}: unexpected tool_use_id ${stray}`;
		const missing = open.filter((id) => !results.includes(id));
		if (missing.length > 0) return `messages.${at}: tool_use without tool_result: ${missing.join(', ')}`;
		const calls = parts.filter(({ type }) => type === 'tool_use');
		open = role === 'assistant' ? idsOf(calls, 'id') : [];
	}
	return open.length > 0 ? `tool_use without tool_result: ${open.join(', ')}` : null;
}

function complaint({ kind, body }: CountedCall): object | null {
	const messages = recordsOf(body.messages);
	const text = kind === 'openai' ? openAiComplaint(messages) : anthropicComplaint(messages);
	return text === null
		? null
		: { type: 'error', error: { message: text, type: 'invalid_request_error', param: 'messages' } };
}

const send = (response: ServerResponse, status: number, body: object): void => {
	response.writeHead(status, JSON_TYPE).end(JSON.stringify(body));
};

/** As each of them says it (July 2026), with its figures. */
function tooLong({ kind, prompt, maxTokens, window }: CountedCall): object {
	if (kind === 'openai') {
		const message =
			maxTokens === null
				? `This model's maximum context length is ${window} tokens. However, your messages resulted in ${prompt} tokens. Please reduce the length of the messages.`
				: `This model's maximum context length is ${window} tokens. However, you requested ${prompt + maxTokens} tokens (${prompt} in the messages, ${maxTokens} in the completion). Please reduce the length of the messages or completion.`;
		return { error: { message, type: 'invalid_request_error', param: 'messages', code: 'context_length_exceeded' } };
	}
	const message =
		prompt > window
			? `prompt is too long: ${prompt} tokens > ${window} maximum`
			: `input length and \`max_tokens\` exceed context limit: ${prompt} + ${maxTokens} > ${window}, decrease input length or \`max_tokens\` and try again`;
	return { type: 'error', error: { type: 'invalid_request_error', message }, request_id: 'req_counting' };
}

export const answers =
	(text: string): Answering =>
	(call, response) => {
		const output = Math.max(1, tokensOf(text));
		const { kind, stream, model, prompt } = call;
		if (!stream)
			send(
				response,
				200,
				kind === 'openai' ? completion(model, text, prompt, output) : message(model, text, prompt, output),
			);
		else
			response
				.writeHead(200, SSE)
				.end(kind === 'openai' ? chunks(model, text, prompt, output) : events(model, text, prompt, output));
	};

const usage = (prompt: number, output: number) => ({
	prompt_tokens: prompt,
	completion_tokens: output,
	total_tokens: prompt + output,
});

const completion = (model: string, content: string, prompt: number, output: number) => ({
	id: 'chatcmpl-counting',
	object: 'chat.completion',
	created: 1,
	model,
	choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
	usage: usage(prompt, output),
});

const message = (model: string, text: string, prompt: number, output: number) => ({
	id: 'msg_counting',
	type: 'message',
	role: 'assistant',
	model,
	content: [{ type: 'text', text }],
	stop_reason: 'end_turn',
	stop_sequence: null,
	usage: { input_tokens: prompt, output_tokens: output },
});

function chunks(model: string, content: string, prompt: number, output: number): string {
	const chunk = (fields: object): string =>
		`data: ${JSON.stringify({ id: 'chatcmpl-counting', object: 'chat.completion.chunk', created: 1, model, ...fields })}\n\n`;
	const choice = (delta: object, finish: string | null) => ({ choices: [{ index: 0, delta, finish_reason: finish }] });
	return [
		chunk(choice({ role: 'assistant', content: '' }, null)),
		chunk(choice({ content }, null)),
		chunk(choice({}, 'stop')),
		chunk({ choices: [], usage: usage(prompt, output) }),
		'data: [DONE]\n\n',
	].join('');
}

function events(model: string, text: string, prompt: number, output: number): string {
	const event = (type: string, fields: object): string =>
		`event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
	return [
		event('message_start', { message: { ...message(model, '', prompt, 1), content: [], stop_reason: null } }),
		event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
		event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }),
		event('content_block_stop', { index: 0 }),
		event('message_delta', {
			delta: { stop_reason: 'end_turn', stop_sequence: null },
			usage: { output_tokens: output },
		}),
		event('message_stop', {}),
	].join('');
}

const keyOf = ({ headers }: IncomingMessage): string =>
	(headers.authorization ?? String(headers['x-api-key'] ?? '')).replace(/^Bearer /, '');

const COUNTING = /\/(?:messages\/count_tokens|responses\/input_tokens)$/;

export async function startCountingUpstream(): Promise<CountingUpstream> {
	const calls: CountedCall[] = [];
	const counts: string[] = [];
	const answering = new Map<string, Answering>();
	const noted = answers('Noted.');

	function count(path: string, body: Fields, response: ServerResponse): void {
		counts.push(path);
		if (upstream.counting) send(response, 200, { input_tokens: counted(String(body.model), body).prompt });
		else send(response, 404, { error: { message: 'Not found', type: 'not_found_error' } });
	}

	async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
		if (request.method === 'GET') return send(response, 200, { object: 'list', data: [] });
		const path = request.url ?? '';
		const body = await bodyOf(request);
		if (COUNTING.test(path)) return count(path, body, response);
		const model = String(body.model);
		const maxTokens = body.max_completion_tokens ?? body.max_tokens;
		const kind: Kind = path.endsWith('/messages') ? 'anthropic' : 'openai';
		const call: CountedCall = {
			kind,
			key: keyOf(request),
			model,
			stream: body.stream === true,
			clientLeft: false,
			body,
			...counted(model, body),
			maxTokens: typeof maxTokens === 'number' ? maxTokens : null,
			window: windowOf(model),
			status: 0,
		};
		calls.push(call);
		response.once('close', () => {
			call.status = response.statusCode;
			call.clientLeft = !response.writableFinished && response.errored === null;
		});
		const wrong = complaint(call);
		if (wrong) send(response, 400, wrong);
		else if (call.prompt + (call.maxTokens ?? 0) > call.window) send(response, 400, tooLong(call));
		else await (answering.get(model) ?? noted)(call, response);
	}

	const server = createServer((request, response) => {
		serve(request, response).catch((error: unknown) => response.destroy(error as Error));
	});
	server.keepAliveTimeout = 60_000;
	await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
	const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const upstream: CountingUpstream = {
		origin,
		root: `${origin}/v1`,
		calls,
		counts,
		counting: true,
		answering,
		of: (model) => calls.filter((call) => call.model === model),
		close: () =>
			new Promise((closed) => {
				server.close(() => closed());
				server.closeAllConnections();
			}),
	};
	return upstream;
}
