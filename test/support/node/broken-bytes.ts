/** One short answer in each framing, in pieces. */
import { awsEvent, joined } from '../aws-event-bytes';

export interface Framing {
	readonly name: string;
	/** `provider/model` that is answered in it. */
	readonly model: string;
	readonly type: string;
	/** Up to the first content. */
	readonly start: Uint8Array;
	readonly content: Uint8Array;
	/** More content, the finish reason and the usage. */
	readonly rest: Uint8Array;
}

export const SO_FAR = 'So far';
export const WHOLE = `${SO_FAR}, so good — 🚆.`;
export const REST = WHOLE.slice(SO_FAR.length);
export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
/** As SSE. */
export const data = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;
/** As SSE with its name. */
export const event = (value: { readonly type: string }): string => `event: ${value.type}\n${data(value)}`;
/** As NDJSON. */
export const line = (value: unknown): string => `${JSON.stringify(value)}\n`;

export const chunk = (delta: object, finish: string | null = null): object => ({
	id: 'chatcmpl-1',
	object: 'chat.completion.chunk',
	created: 1,
	model: 'gpt-4o-mini',
	choices: [{ index: 0, delta, finish_reason: finish }],
});
export const CHAT_USAGE = {
	...chunk({}),
	choices: [],
	usage: { prompt_tokens: 5, completion_tokens: 4, total_tokens: 9 },
};

export const openai: Framing = {
	name: 'SSE of OpenAI',
	model: 'openai/gpt-4o-mini',
	type: 'text/event-stream',
	start: bytes(data(chunk({ role: 'assistant', content: '' }))),
	content: bytes(data(chunk({ content: SO_FAR }))),
	rest: bytes(`${data(chunk({ content: REST }))}${data(chunk({}, 'stop'))}${data(CHAT_USAGE)}data: [DONE]\n\n`),
};

export const delta = (text: string) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } });
export const MESSAGE = {
	type: 'message_start',
	message: {
		id: 'msg_1',
		type: 'message',
		role: 'assistant',
		model: 'claude-haiku-4-5',
		content: [],
		stop_reason: null,
		usage: { input_tokens: 5, output_tokens: 1 },
	},
};
export const BLOCK = { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } };
const STOP = { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 4 } };
export const LAST = [delta(REST), { type: 'content_block_stop', index: 0 }, STOP, { type: 'message_stop' }];

export const anthropic: Framing = {
	name: 'SSE of Anthropic',
	model: 'anthropic/claude-haiku-4-5',
	type: 'text/event-stream',
	start: bytes(event(MESSAGE) + event(BLOCK)),
	content: bytes(event(delta(SO_FAR))),
	rest: bytes(LAST.map(event).join('')),
};

export const said = (content: string) => ({
	model: 'llama3.2',
	created_at: 't',
	message: { role: 'assistant', content },
});
export const DONE = { ...said(''), done: true, done_reason: 'stop', prompt_eval_count: 5, eval_count: 4 };

export const ollama: Framing = {
	name: 'NDJSON of Ollama',
	model: 'ollama/llama3.2',
	type: 'application/x-ndjson',
	start: bytes(line({ ...said(''), done: false })),
	content: bytes(line({ ...said(SO_FAR), done: false })),
	rest: bytes(line({ ...said(REST), done: false }) + line(DONE)),
};

export const spoken = (text: string): Uint8Array =>
	awsEvent('contentBlockDelta', { contentBlockIndex: 0, delta: { text } });
const ENDING = [
	awsEvent('contentBlockStop', { contentBlockIndex: 0 }),
	awsEvent('messageStop', { stopReason: 'end_turn' }),
	awsEvent('metadata', { usage: { inputTokens: 5, outputTokens: 4, totalTokens: 9 } }),
];

export const bedrock: Framing = {
	name: 'events of AWS',
	model: 'bedrock/amazon.nova-lite-v1:0',
	type: 'application/vnd.amazon.eventstream',
	start: awsEvent('messageStart', { role: 'assistant' }),
	content: spoken(SO_FAR),
	rest: joined([spoken(REST), ...ENDING]),
};
