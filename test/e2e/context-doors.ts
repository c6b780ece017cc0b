/** A conversation by every door a caller has, told in one shape. */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import {
	asSwitchyardError,
	type ChatInput,
	type ContextReceipt,
	createSwitchyard,
	type RoutingStep,
} from '../../src/client';
import type { ContextMode } from '../../src/language/context';
import {
	anthropicMessages,
	calling,
	LOOK,
	openAiMessages,
	responsesItems,
	type Turn,
	typedMessages,
} from './context-turns';
import { anthropicOf, dataOf, newRequestId, sdkOf } from './session';

export interface Question {
	readonly model: string;
	readonly turns: readonly Turn[];
	readonly stream?: boolean;
	readonly maxTokens?: number;
	readonly mode?: ContextMode;
	readonly agent?: string;
	readonly strict?: boolean;
	readonly models?: readonly string[];
	readonly headers?: Readonly<Record<string, string>>;
	/** Fields of the body as they are. */
	readonly body?: Readonly<Record<string, unknown>>;
}

export interface Told {
	readonly requestId: string;
	readonly text: string;
	/** null: none came. */
	readonly receipt: ContextReceipt | null;
	/** `x-switchyard-context`; null: not seen through this door. */
	readonly header: string | null;
	/** Fields that warnings name. */
	readonly warnings: readonly string[];
	/** Their messages, joined. */
	readonly warned: string;
	readonly by: string | null;
	readonly attempts: number | null;
	/** What became of each candidate. */
	readonly steps: readonly RoutingStep[];
	readonly error: {
		readonly status: number | null;
		/** null: Anthropic's door has none. */
		readonly code: string | null;
		readonly message: string;
		readonly param: string | null;
		readonly source: string | null;
	} | null;
}

export interface Door {
	readonly name: string;
	ask(origin: string, key: string, question: Question): Promise<Told>;
}

interface ReceiptBody {
	readonly switchyard?: {
		readonly provider: string;
		readonly model: string;
		readonly attempts: number;
		readonly receipt: ContextReceipt | null;
		readonly routing: readonly RoutingStep[];
		readonly warnings: readonly { readonly field: string; readonly message: string }[];
	};
}

const NOTHING = {
	text: '',
	receipt: null,
	header: null,
	warnings: [],
	warned: '',
	by: null,
	attempts: null,
	steps: [],
} as const;

const warningsIn = (warnings: readonly { readonly field: string; readonly message: string }[]) => ({
	warnings: warnings.map(({ field }) => field),
	warned: warnings.map(({ message }) => message).join('\n'),
});

function toldIn(
	bodies: readonly ReceiptBody[],
): Pick<Told, 'receipt' | 'warnings' | 'warned' | 'by' | 'attempts' | 'steps'> {
	const own = bodies.findLast(({ switchyard }) => switchyard !== undefined)?.switchyard;
	if (!own) return NOTHING;
	const { provider, model, attempts, receipt, warnings, routing: steps } = own;
	return { receipt, ...warningsIn(warnings), by: `${provider}/${model}`, attempts, steps };
}

const headersOf = (requestId: string, { agent, headers }: Question): Record<string, string> => ({
	'x-request-id': requestId,
	'x-switchyard-receipt': 'true',
	...(agent !== undefined && { 'x-switchyard-agent': agent }),
	...headers,
});

/** The field `switchyard` of a body. */
const extensionOf = ({ mode, strict }: Question) =>
	mode === undefined && strict === undefined
		? {}
		: { switchyard: { ...(mode && { context: { mode } }), ...(strict !== undefined && { strict }) } };

export function openAiBody(question: Question): Record<string, unknown> {
	const { model, models, turns, stream, maxTokens, body } = question;
	const tools = [{ type: 'function', function: { name: 'look', parameters: LOOK } }];
	return {
		model,
		...(models && { models }),
		messages: openAiMessages(turns),
		...(stream !== undefined && { stream }),
		...(maxTokens !== undefined && { max_tokens: maxTokens }),
		...(calling(turns) && { tools }),
		...extensionOf(question),
		...body,
	};
}

export function anthropicBody(question: Question): Record<string, unknown> {
	const { model, models, turns, stream, maxTokens = 256, body } = question;
	const system = turns.flatMap(({ role, text }) => (role === 'system' ? [{ type: 'text', text }] : []));
	return {
		model,
		...(models && { models }),
		max_tokens: maxTokens,
		...(system.length > 0 && { system }),
		messages: anthropicMessages(turns),
		...(stream !== undefined && { stream }),
		...(calling(turns) && { tools: [{ name: 'look', input_schema: LOOK }] }),
		...extensionOf(question),
		...body,
	};
}

function sdkError(error: unknown): Told['error'] {
	if (error instanceof OpenAI.APIError || error instanceof Anthropic.APIError) {
		const own = error instanceof OpenAI.APIError ? error : null;
		return {
			status: error.status ?? null,
			code: own?.code ?? null,
			message: error.message,
			param: own?.param ?? null,
			source: error.headers?.get('x-switchyard-error-source') ?? null,
		};
	}
	throw error;
}

/** Reads a stream as an SDK gives it. */
async function readOut<Chunk>(stream: AsyncIterable<Chunk>, textOf: (chunk: Chunk) => string) {
	const chunks: Chunk[] = [];
	for await (const chunk of stream) chunks.push(chunk);
	return { text: chunks.map(textOf).join(''), ...toldIn(chunks as ReceiptBody[]) };
}

async function throughOpenAi(origin: string, key: string, question: Question): Promise<Told> {
	const requestId = newRequestId();
	const chat = sdkOf(origin, key).chat.completions;
	const body = openAiBody(question) as unknown as OpenAI.ChatCompletionCreateParamsNonStreaming;
	const options = { headers: headersOf(requestId, question) };
	try {
		if (question.stream) {
			const { data, response } = await chat.create({ ...body, stream: true }, options).withResponse();
			const read = await readOut(data, ({ choices }) => choices[0]?.delta.content ?? '');
			return { requestId, error: null, ...read, header: response.headers.get('x-switchyard-context') };
		}
		const { data, response } = await chat.create(body, options).withResponse();
		const text = data.choices[0]?.message.content ?? '';
		const header = response.headers.get('x-switchyard-context');
		return { requestId, error: null, text, ...toldIn([data as ReceiptBody]), header };
	} catch (error) {
		return { requestId, ...NOTHING, error: sdkError(error) };
	}
}

const deltaOf = (event: Anthropic.MessageStreamEvent): string =>
	event.type === 'content_block_delta' && event.delta.type === 'text_delta' ? event.delta.text : '';

async function throughAnthropic(origin: string, key: string, question: Question): Promise<Told> {
	const requestId = newRequestId();
	const { messages } = anthropicOf(origin, key);
	const body = anthropicBody(question) as unknown as Anthropic.MessageCreateParamsNonStreaming;
	const options = { headers: headersOf(requestId, question) };
	try {
		if (question.stream) {
			const { data, response } = await messages.create({ ...body, stream: true }, options).withResponse();
			const read = await readOut(data, deltaOf);
			return { requestId, error: null, ...read, header: response.headers.get('x-switchyard-context') };
		}
		const { data, response } = await messages.create(body, options).withResponse();
		const text = data.content.map((part) => (part.type === 'text' ? part.text : '')).join('');
		const header = response.headers.get('x-switchyard-context');
		return { requestId, error: null, text, ...toldIn([data as ReceiptBody]), header };
	} catch (error) {
		return { requestId, ...NOTHING, error: sdkError(error) };
	}
}

export function typedInput({ model, models, turns, maxTokens, mode, strict, body }: Question): ChatInput {
	return {
		model,
		messages: typedMessages(turns),
		...(models && { models: [...models] }),
		...(maxTokens !== undefined && { maxTokens }),
		...(mode && { context: { mode } }),
		...(strict !== undefined && { strict }),
		...(calling(turns) && { tools: [{ name: 'look', parameters: LOOK }] }),
		...body,
	};
}

async function throughClient(origin: string, key: string, question: Question): Promise<Told> {
	const requestId = newRequestId();
	const { agent, stream, headers = {} } = question;
	const client = createSwitchyard({ url: origin, key, headers });
	const options = { requestId, ...(agent !== undefined && { agent }) };
	try {
		const input = typedInput(question);
		const { text, meta } = await (stream ? client.stream(input, options).final() : client.chat(input, options));
		const { provider, model, attempts, context: receipt, warnings, routing } = meta;
		const told = { ...warningsIn(warnings), by: `${provider}/${model}`, attempts, steps: routing.steps };
		return { requestId, error: null, text, receipt, header: null, ...told };
	} catch (error) {
		const failure = asSwitchyardError(error);
		if (!failure) throw error;
		const { code, source, param } = failure;
		const { message } = error as Error;
		return { requestId, ...NOTHING, error: { status: null, code, message, param: param ?? null, source } };
	}
}

async function refused(requestId: string, response: Response): Promise<Told> {
	const { error } = (await response.json()) as {
		readonly error: { readonly code: string; readonly message: string; readonly param: string | null };
	};
	const { status, headers } = response;
	const { code, message, param } = error;
	const source = headers.get('x-switchyard-error-source');
	return { requestId, ...NOTHING, error: { status, code, message, param, source } };
}

interface OpenAiChunk extends ReceiptBody {
	readonly choices?: readonly {
		readonly delta?: { readonly content?: string | null };
		readonly message?: { readonly content: string | null };
	}[];
}

async function throughFetch(origin: string, key: string, question: Question): Promise<Told> {
	const requestId = newRequestId();
	const response = await fetch(`${origin}/v1/chat/completions`, {
		method: 'POST',
		headers: {
			authorization: `Bearer ${key}`,
			'content-type': 'application/json',
			...headersOf(requestId, question),
		},
		body: JSON.stringify(openAiBody(question)),
	});
	if (!response.ok) return refused(requestId, response);
	const data = question.stream ? await dataOf(response) : [await response.text()];
	const chunks = data.filter((line) => line !== '[DONE]').map((line) => JSON.parse(line) as OpenAiChunk);
	const text = chunks.map(({ choices = [] }) => choices[0]?.delta?.content ?? choices[0]?.message?.content ?? '');
	const header = response.headers.get('x-switchyard-context');
	return { requestId, error: null, text: text.join(''), ...toldIn(chunks), header };
}

interface ResponsesBody extends ReceiptBody {
	readonly type?: string;
	readonly delta?: string;
	readonly response?: ResponsesBody;
	readonly output?: readonly { readonly content?: readonly { readonly text?: string }[] }[];
}

const outputText = ({ output = [] }: ResponsesBody): string =>
	output.flatMap(({ content = [] }) => content.map(({ text = '' }) => text)).join('');

async function throughResponses(origin: string, key: string, question: Question): Promise<Told> {
	const requestId = newRequestId();
	const { model, turns, stream, maxTokens, body } = question;
	const response = await fetch(`${origin}/v1/responses`, {
		method: 'POST',
		headers: {
			authorization: `Bearer ${key}`,
			'content-type': 'application/json',
			...headersOf(requestId, question),
		},
		body: JSON.stringify({
			model,
			input: responsesItems(turns),
			store: false,
			...(stream !== undefined && { stream }),
			...(maxTokens !== undefined && { max_output_tokens: maxTokens }),
			...(calling(turns) && { tools: [{ type: 'function', name: 'look', parameters: LOOK, strict: false }] }),
			...extensionOf(question),
			...body,
		}),
	});
	if (!response.ok) return refused(requestId, response);
	const data = stream ? await dataOf(response) : [await response.text()];
	const events = data.filter((line) => line !== '[DONE]').map((line) => JSON.parse(line) as ResponsesBody);
	const bodies = events.flatMap((event) => [event, event.response ?? event]);
	const header = response.headers.get('x-switchyard-context');
	return { requestId, error: null, text: outputText(bodies.at(-1) ?? {}), ...toldIn(bodies), header };
}

export const typed: Door = { name: 'the typed client', ask: throughClient };
export const openAi: Door = { name: "OpenAI's SDK", ask: throughOpenAi };
export const anthropic: Door = { name: "Anthropic's SDK", ask: throughAnthropic };
export const plain: Door = { name: 'plain fetch', ask: throughFetch };
export const responses: Door = { name: 'the Responses API', ask: throughResponses };
export const DOORS: readonly Door[] = [typed, openAi, anthropic, plain, responses];
