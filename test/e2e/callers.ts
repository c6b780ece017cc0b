/** The same question by every door a caller has, told in one shape. */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { asSwitchyardError, createSwitchyard, type RoutingDecision, type RoutingStep } from '../../src/client';
import { anthropicOf, dataOf, newRequestId, sdkOf, type UsageRow, usageOf } from './session';
import type { Platform, Tenant } from './tenant';

/** What a caller hears. */
export interface Heard {
	/** Our `x-request-id`, by which its usage rows are found. */
	readonly requestId: string;
	/** What was delivered, that of a broken stream included. */
	readonly text: string;
	/** null: it was answered to its end. */
	readonly error: HeardError | null;
	/** `provider/model`; null: nobody. */
	readonly by: string | null;
	readonly attempts: number | null;
	/** The answer's receipt; null: there was none. */
	readonly routing: RoutingDecision | null;
}

export interface HeardError {
	/** null: in the middle of a stream. */
	readonly status: number | null;
	/** null: Anthropic's door has none. */
	readonly code: string | null;
	readonly source: string | null;
	readonly retryAfter: string | null;
}

export interface Question {
	readonly model: string;
	readonly stream: boolean;
	/** False: `x-switchyard-fallback: none` */
	readonly fallback?: boolean;
	/** Others after `model`, by the request itself. */
	readonly others?: readonly string[];
	readonly maxTokens?: number;
}

type At = Pick<Platform, 'worker'>;
type As = Pick<Tenant, 'key'>;

export interface Caller {
	readonly name: string;
	ask(platform: At, tenant: As, question: Question): Promise<Heard>;
}

const SAID = 'Hello';

interface Receipt {
	readonly routing: readonly RoutingStep[];
	readonly routing_strategy: RoutingDecision['strategy'];
	readonly routing_sticky: boolean;
}

interface Received {
	readonly switchyard?: Receipt;
}

const decisionOf = ({ switchyard }: Received): RoutingDecision | null =>
	switchyard
		? { strategy: switchyard.routing_strategy, sticky: switchyard.routing_sticky, steps: switchyard.routing }
		: null;

const namesOf = ({ model, others }: Question) => ({ model, ...(others && { models: [model, ...others] }) });

const headersOf = (requestId: string, { fallback = true }: Question): Record<string, string> => ({
	'x-request-id': requestId,
	'x-switchyard-receipt': 'true',
	...(!fallback && { 'x-switchyard-fallback': 'none' }),
});

function whoOf({ headers }: Response): Pick<Heard, 'by' | 'attempts'> {
	const attempts = headers.get('x-switchyard-attempts');
	const provider = headers.get('x-switchyard-provider');
	return {
		by: provider === null ? null : `${provider}/${headers.get('x-switchyard-model')}`,
		attempts: attempts === null ? null : Number(attempts),
	};
}

const NOBODY = { text: '', by: null, attempts: null, routing: null } as const;

const sourceOf = (headers: Headers | undefined): Pick<HeardError, 'source' | 'retryAfter'> => ({
	source: headers?.get('x-switchyard-error-source') ?? null,
	retryAfter: headers?.get('retry-after') ?? null,
});

function sdkError(error: unknown): HeardError {
	if (error instanceof OpenAI.APIError)
		return { status: error.status ?? null, code: error.code ?? null, ...sourceOf(error.headers) };
	if (error instanceof Anthropic.APIError)
		return { status: error.status ?? null, code: null, ...sourceOf(error.headers) };
	throw error;
}

/** Reads a stream as an SDK gives it, up to its end or to where it breaks. */
async function readOut<Chunk>(
	stream: AsyncIterable<Chunk>,
	textOf: (chunk: Chunk) => string,
): Promise<Pick<Heard, 'text' | 'error' | 'routing'>> {
	let text = '';
	let routing: RoutingDecision | null = null;
	try {
		for await (const chunk of stream) {
			text += textOf(chunk);
			routing = decisionOf(chunk as Received) ?? routing;
		}
		return { text, error: null, routing };
	} catch (error) {
		return { text, error: sdkError(error), routing };
	}
}

async function throughOpenAi({ worker }: At, { key }: As, question: Question): Promise<Heard> {
	const requestId = newRequestId();
	const { stream, maxTokens } = question;
	const chat = sdkOf(worker.origin, key).chat.completions;
	const limit = maxTokens === undefined ? {} : { max_tokens: maxTokens };
	const body = { ...namesOf(question), ...limit, messages: [{ role: 'user' as const, content: SAID }] };
	const options = { headers: headersOf(requestId, question) };
	try {
		if (stream) {
			const { data, response } = await chat.create({ ...body, stream }, options).withResponse();
			const read = await readOut(data, ({ choices }) => choices[0]?.delta.content ?? '');
			return { requestId, ...read, ...whoOf(response) };
		}
		const { data, response } = await chat.create(body, options).withResponse();
		const text = data.choices[0]?.message.content ?? '';
		return { requestId, text, error: null, routing: decisionOf(data as Received), ...whoOf(response) };
	} catch (error) {
		return { requestId, ...NOBODY, error: sdkError(error) };
	}
}

const deltaOf = (event: Anthropic.MessageStreamEvent): string =>
	event.type === 'content_block_delta' && event.delta.type === 'text_delta' ? event.delta.text : '';

async function throughAnthropic({ worker }: At, { key }: As, question: Question): Promise<Heard> {
	const requestId = newRequestId();
	const { stream, maxTokens = 100 } = question;
	const { messages } = anthropicOf(worker.origin, key);
	const body = { ...namesOf(question), max_tokens: maxTokens, messages: [{ role: 'user' as const, content: SAID }] };
	const options = { headers: headersOf(requestId, question) };
	try {
		if (stream) {
			const { data, response } = await messages.create({ ...body, stream }, options).withResponse();
			return { requestId, ...(await readOut(data, deltaOf)), ...whoOf(response) };
		}
		const { data, response } = await messages.create(body, options).withResponse();
		const text = data.content.map((part) => (part.type === 'text' ? part.text : '')).join('');
		return { requestId, text, error: null, routing: decisionOf(data as Received), ...whoOf(response) };
	} catch (error) {
		return { requestId, ...NOBODY, error: sdkError(error) };
	}
}

async function throughClient({ worker }: At, { key }: As, question: Question): Promise<Heard> {
	const requestId = newRequestId();
	const { stream, fallback = true, maxTokens } = question;
	const client = createSwitchyard({ url: worker.origin, key });
	const limit = maxTokens === undefined ? {} : { maxTokens };
	const { model, models } = namesOf(question);
	const input = { model, ...(models && { models }), ...limit, messages: [{ role: 'user' as const, content: SAID }] };
	let delivered = '';
	let who: Omit<Heard, 'text' | 'requestId' | 'error'> = NOBODY;
	try {
		if (!stream) {
			const { text, meta } = await client.chat(input, { requestId, fallback });
			const { provider, model: name, attempts, routing } = meta;
			return { requestId, text, error: null, by: `${provider}/${name}`, attempts, routing };
		}
		const answer = client.stream(input, { requestId, fallback });
		for await (const event of answer) {
			if (event.type === 'text-delta') delivered += event.text;
			if (event.type !== 'meta') continue;
			const { provider, model: name, attempts, routing } = event.meta;
			who = { by: `${provider}/${name}`, attempts, routing };
		}
		return { requestId, ...who, text: delivered, error: null };
	} catch (error) {
		const failure = asSwitchyardError(error);
		if (!failure) throw error;
		const { code, source, retryAfterMs } = failure;
		const retryAfter = retryAfterMs === null ? null : String(Math.ceil(retryAfterMs / 1_000));
		return { requestId, ...who, text: delivered, error: { status: null, code, source, retryAfter } };
	}
}

interface Chunk extends Received {
	readonly choices?: readonly {
		readonly delta?: { readonly content?: string };
		readonly message?: { readonly content: string };
		readonly finish_reason?: string | null;
	}[];
	readonly error?: { readonly code: string };
}

const contentOf = ({ choices = [] }: Chunk): string => choices[0]?.delta?.content ?? choices[0]?.message?.content ?? '';

/** A stream must not look finished where it broke, and must where it did not. */
function wholly(data: readonly string[], chunks: readonly Chunk[]): void {
	const ends = [data.at(-1) === '[DONE]', chunks.some(({ choices }) => (choices?.[0]?.finish_reason ?? null) !== null)];
	const broke = chunks.some(({ error }) => error !== undefined);
	if (ends.some((end) => end === broke))
		throw new Error(`It ${broke ? 'broke' : 'ended'} like this:\n${data.join('\n')}`);
	if (broke && chunks.at(-1)?.error === undefined) throw new Error('Something came after the error.');
}

async function throughFetch({ worker }: At, { key }: As, question: Question): Promise<Heard> {
	const requestId = newRequestId();
	const { stream, maxTokens } = question;
	const response = await fetch(`${worker.origin}/v1/chat/completions`, {
		method: 'POST',
		headers: {
			authorization: `Bearer ${key}`,
			'content-type': 'application/json',
			...headersOf(requestId, question),
		},
		body: JSON.stringify({
			...namesOf(question),
			messages: [{ role: 'user', content: SAID }],
			stream,
			max_tokens: maxTokens,
		}),
	});
	if (!response.ok) {
		const { error } = (await response.json()) as { readonly error: { readonly code: string } };
		const { status, headers } = response;
		return { requestId, ...NOBODY, error: { status, code: error.code, ...sourceOf(headers) } };
	}
	const data = stream ? await dataOf(response) : [await response.text()];
	const chunks = data.filter((line) => line !== '[DONE]').map((line) => JSON.parse(line) as Chunk);
	if (stream) wholly(data, chunks);
	const failed = chunks.at(-1)?.error;
	return {
		requestId,
		text: chunks.map(contentOf).join(''),
		error: failed ? { status: null, code: failed.code, source: null, retryAfter: null } : null,
		routing: chunks.map(decisionOf).findLast((decision) => decision !== null) ?? null,
		...whoOf(response),
	};
}

export const plainFetch: Caller = { name: 'plain fetch', ask: throughFetch };

/** Every door a caller has. */
export const CALLERS: readonly Caller[] = [
	{ name: "OpenAI's SDK", ask: throughOpenAi },
	{ name: "Anthropic's SDK", ask: throughAnthropic },
	{ name: 'the typed client', ask: throughClient },
	plainFetch,
];

export interface RoutedRow extends UsageRow {
	/** `RoutingDecision` as JSON. */
	readonly routing: string | null;
	readonly started_at: number;
	readonly ended_at: number;
}

/** The rows of a request, in the order of its attempts. */
export async function rowsOf({ worker }: At, { requestId }: Heard, count: number): Promise<readonly RoutedRow[]> {
	return (await usageOf(worker, requestId, count)) as RoutedRow[];
}

export const routingOf = ({ routing }: RoutedRow): RoutingDecision | null =>
	routing === null ? null : (JSON.parse(routing) as RoutingDecision);
