/** The upstream of the provider `mock`: it answers inside the Worker, clearly labelled, with no network and no key. */
import { GatewayError } from '../../errors';
import { isObject, tryJson } from '../wire/json';
import type { MockChat, MockEmbed } from '../wire/mock/protocol';
import { bodyOf, type Timer } from './mock-body';
import { embed } from './mock-embed';
import { failureOf, refusal } from './mock-failures';
import { answerOf, CHAT_MODELS } from './mock-models';
import { movesOf } from './mock-steps';
import { countTokens, digest } from './mock-text';

export interface MockRequest {
	/** `mock:/chat`, `mock:/embeddings` or `mock:/models`. */
	readonly url: string;
	readonly headers: Readonly<Record<string, string>>;
	/** JSON, as the mock's wire writes it. */
	readonly body?: string | ArrayBuffer;
	readonly signal: AbortSignal;
}

/** Tokens one answer may have at most; scripts say what they say. */
const MAX_OUTPUT = 16_384;

const EMBEDDING_MODELS: readonly string[] = ['embed'];

/** Every model of the mock, chat and embedding ones. */
export const MOCK_MODELS: readonly string[] = [...CHAT_MODELS, ...EMBEDDING_MODELS];

/**
 * Answers as a provider's HTTP API would; refusals are answers, not errors. Rejects with the signal's reason
 * once it aborts. `ports.after` paces what has a pace: `slow`, and delays of `script`.
 */
export async function mockUpstream(request: MockRequest, ports: Timer): Promise<Response> {
	if (request.signal.aborted) throw request.signal.reason;
	const path = new URL(request.url).pathname;
	if (path === '/models') return json({ object: 'list', data: MOCK_MODELS.map((id) => ({ id, object: 'model' })) });
	const text = typeof request.body === 'string' ? request.body : '';
	const body = tryJson(text);
	if (!isObject(body)) return refusal({ status: 400, message: 'The body is not a JSON object.' });
	try {
		if (path === '/chat' && isChat(body)) return await chat(body, text, request.signal, ports);
		if (path === '/embeddings' && isEmbed(body)) return await embeddings(body, request.signal);
	} catch (thrown) {
		if (thrown instanceof GatewayError) return refusal({ status: thrown.status, message: thrown.message });
		throw thrown;
	}
	return refusal({ status: 404, message: 'The mock answers POST /chat, POST /embeddings and GET /models.' });
}

async function chat(body: MockChat, text: string, signal: AbortSignal, ports: Timer): Promise<Response> {
	const failure = failureOf(body.model, signal);
	if (failure) return failure;
	const answer = answerOf(body);
	if ('status' in answer) {
		if (answer.delayMs > 0) await pause(answer.delayMs, signal, ports);
		const message = answer.message ?? `The script answers with ${answer.status}.`;
		return refusal({ status: answer.status, message }, answer.retryAfter);
	}
	const moves = movesOf(answer.steps, {
		id: `mock-${digest(text)}`,
		model: body.model,
		inputTokens: inputTokens(body),
		maxTokens: answer.tokenwise ? Math.min(body.maxTokens ?? MAX_OUTPUT, MAX_OUTPUT) : body.maxTokens,
		stop: body.stop,
		tokenwise: answer.tokenwise,
		pace: answer.pace,
	});
	const headers = { 'content-type': body.stream ? 'text/event-stream' : 'application/json' };
	return new Response(bodyOf(moves, body.stream, signal, ports), { headers });
}

function embeddings(body: MockEmbed, signal: AbortSignal): Promise<Response> | Response {
	const failure = failureOf(body.model, signal);
	if (failure) return failure;
	if (EMBEDDING_MODELS.includes(body.model)) return json(embed(body));
	const message = `The mock has no embedding model '${body.model}'; '${EMBEDDING_MODELS.join("', '")}' is one.`;
	return refusal({ status: 404, message });
}

/** Words of all that is said, tools included. */
function inputTokens({ messages, tools }: MockChat): number {
	const said = messages.flatMap((message) =>
		message.content.map((part) => {
			if ('text' in part) return part.text;
			return part.type === 'tool-call' ? part.name + part.arguments : '';
		}),
	);
	const offered = (tools ?? []).map((tool) => JSON.stringify(tool));
	return [...said, ...offered].reduce((sum, text) => sum + countTokens(text), 0);
}

function pause(ms: number, signal: AbortSignal, ports: Timer): Promise<void> {
	return new Promise((resolve, reject) => {
		const cancel = ports.after(ms, resolve);
		signal.addEventListener(
			'abort',
			() => {
				cancel();
				reject(signal.reason);
			},
			{ once: true },
		);
	});
}

const json = (value: unknown): Response =>
	new Response(JSON.stringify(value), { headers: { 'content-type': 'application/json' } });

const isChat = (body: object): body is MockChat =>
	'model' in body && typeof body.model === 'string' && 'messages' in body && Array.isArray(body.messages);

const isEmbed = (body: object): body is MockEmbed =>
	'model' in body && typeof body.model === 'string' && 'input' in body && Array.isArray(body.input);
