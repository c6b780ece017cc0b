/** How three upstreams say the same things: OpenAI's Chat Completions, Anthropic's Messages, Gemini. */

export interface Dialect {
	readonly provider: string;
	readonly model: string;
	readonly baseUrl: string;
	/** Was this call asked to stream? */
	readonly streams: (url: string, body: string) => boolean;
	readonly whole: (text: string) => string;
	/** Frames before any content. */
	readonly opening: string;
	readonly piece: (text: string) => string;
	/** Frames after the last content. */
	readonly closing: string;
	/** The body of an error. */
	readonly error: (status: number) => string;
	/** An error inside a 200, as a body and as frames: of a kind that its wire knows, or not. */
	readonly inside: (known: boolean) => { readonly body: string; readonly frames: string };
}

/** An answer's JSON around its text, which needs no escapes: made once, since it is made most. */
function around(answer: (text: string) => object): (text: string) => string {
	const [head = '', tail = ''] = JSON.stringify(answer('TEXT')).split('TEXT');
	return (text) => head + text + tail;
}

const data = (json: unknown): string => `data: ${JSON.stringify(json)}\n\n`;
const event = (name: string, json: object): string => `event: ${name}\n${data({ type: name, ...json })}`;
const asksInBody = (_url: string, body: string): boolean => body.includes('"stream":true');

const chunk = (delta: object, finish: string | null = null): string =>
	data({ id: 'chatcmpl-1', model: 'first-1', choices: [{ index: 0, delta, finish_reason: finish }] });
const openAiUsage = { prompt_tokens: 12, completion_tokens: 7, total_tokens: 19 };

const openAi: Dialect = {
	provider: 'openai',
	model: 'first',
	baseUrl: 'https://first.test/v1',
	streams: asksInBody,
	whole: around((text) => ({
		id: 'chatcmpl-1',
		object: 'chat.completion',
		model: 'first-1',
		choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
		usage: openAiUsage,
	})),
	opening: chunk({ role: 'assistant', content: '' }),
	piece: (text) => chunk({ content: text }),
	closing: `${chunk({}, 'stop')}${data({ id: 'chatcmpl-1', model: 'first-1', choices: [], usage: openAiUsage })}data: [DONE]\n\n`,
	error: (status) => JSON.stringify({ error: { message: `failed with ${status}`, type: 'x', code: null } }),
	inside: (known) => {
		const error = { error: { message: 'boom', type: known ? 'server_error' : 'strange', code: null } };
		return { body: JSON.stringify(error), frames: data(error) };
	},
};

const message = {
	id: 'msg_1',
	type: 'message',
	role: 'assistant',
	model: 'second-1',
	usage: { input_tokens: 12, output_tokens: 1 },
};

const anthropic: Dialect = {
	provider: 'anthropic',
	model: 'second',
	baseUrl: 'https://second.test',
	streams: asksInBody,
	whole: around((text) => ({
		...message,
		content: [{ type: 'text', text }],
		stop_reason: 'end_turn',
		stop_sequence: null,
		usage: { input_tokens: 12, output_tokens: 7 },
	})),
	opening:
		event('message_start', { message: { ...message, content: [], stop_reason: null, stop_sequence: null } }) +
		event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }) +
		event('ping', {}),
	piece: (text) => event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }),
	closing:
		event('content_block_stop', { index: 0 }) +
		event('message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 7 } }) +
		event('message_stop', {}),
	error: (status) => JSON.stringify({ type: 'error', error: { type: typeOf(status), message: `failed: ${status}` } }),
	inside: (known) => {
		const error = { error: { type: known ? 'overloaded_error' : 'strange_error', message: 'boom' } };
		return { body: JSON.stringify({ type: 'error', ...error }), frames: event('error', error) };
	},
};

const typeOf = (status: number): string =>
	status === 429 ? 'rate_limit_error' : status === 529 ? 'overloaded_error' : 'api_error';

const candidate = (text: string | null, finishReason?: string): object => ({
	candidates: [
		{
			index: 0,
			content: { role: 'model', parts: text === null ? [] : [{ text }] },
			...(finishReason && { finishReason }),
		},
	],
	modelVersion: 'third-1',
	responseId: 'g1',
});
const geminiUsage = { usageMetadata: { promptTokenCount: 12, candidatesTokenCount: 7, totalTokenCount: 19 } };

const google: Dialect = {
	provider: 'google',
	model: 'third',
	baseUrl: 'https://third.test/v1beta',
	streams: (url) => url.includes(':streamGenerateContent'),
	whole: around((text) => ({ ...candidate(text, 'STOP'), ...geminiUsage })),
	opening: data({ ...candidate(null), usageMetadata: { promptTokenCount: 12, totalTokenCount: 12 } }),
	piece: (text) => data(candidate(text)),
	closing: data({ ...candidate(null, 'STOP'), ...geminiUsage }),
	error: (status) =>
		JSON.stringify({ error: { code: status, message: `failed with ${status}`, status: nameOf(status) } }),
	inside: (known) => {
		const error = { error: known ? { code: 503, message: 'boom', status: 'UNAVAILABLE' } : { message: 'boom' } };
		return { body: JSON.stringify(error), frames: data(error) };
	},
};

const nameOf = (status: number): string =>
	status === 429 ? 'RESOURCE_EXHAUSTED' : status === 500 ? 'INTERNAL' : 'UNAVAILABLE';

/** In the order of the chain. */
export const DIALECTS: readonly Dialect[] = [openAi, anthropic, google];
export const TARGETS = DIALECTS.map((_, target) => target);
export const nameOfTarget = ({ provider, model }: Dialect): string => `${provider}/${model}`;
