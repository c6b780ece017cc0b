/** What the scripted upstream does for each model name: recorded answers, and every way to fail. */
import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { recordingOf } from './recordings';
import type { Script, UpstreamCall, UpstreamDoor } from './scripted-upstream';

const fixture = (name: string): Buffer => readFileSync(new URL(`../../fixtures/e2e/${name}`, import.meta.url));

const SSE = { 'content-type': 'text/event-stream; charset=utf-8' };
const JSON_TYPE = { 'content-type': 'application/json' };

/** A whole answer from the fixtures `<name>.json` and `<name>-stream.sse`. */
const recorded =
	(name: string): Script =>
	(call, response) => {
		if (call.stream) response.writeHead(200, SSE).end(fixture(`${name}-stream.sse`));
		else response.writeHead(200, JSON_TYPE).end(fixture(`${name}.json`));
	};

const embeddings: Script = (call, response) => {
	const format = call.body.encoding_format === 'base64' ? 'base64' : 'float';
	const whole = JSON.parse(fixture(`openai-embeddings-${format}.json`).toString()) as { data: unknown[] };
	const inputs = Array.isArray(call.body.input) ? call.body.input.length : 1;
	response.writeHead(200, JSON_TYPE).end(JSON.stringify({ ...whole, data: whole.data.slice(0, inputs) }));
};

const openAiChunk = (delta: unknown, finish: string | null = null): string =>
	`data: ${JSON.stringify({
		id: 'chatcmpl-scripted',
		object: 'chat.completion.chunk',
		created: 1,
		model: 'scripted',
		choices: [{ index: 0, delta, finish_reason: finish }],
	})}\n\n`;

const anthropicEvent = (event: { readonly type: string; readonly [field: string]: unknown }): string =>
	`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;

/** The start of a streamed answer with some text in it. */
const OPENING: Readonly<Record<UpstreamDoor, string>> = {
	openai: openAiChunk({ role: 'assistant', content: '' }) + openAiChunk({ content: 'So far' }),
	anthropic:
		anthropicEvent({
			type: 'message_start',
			message: {
				id: 'msg_scripted',
				type: 'message',
				role: 'assistant',
				model: 'scripted',
				content: [],
				stop_reason: null,
				stop_sequence: null,
				usage: { input_tokens: 5, output_tokens: 1 },
			},
		}) +
		anthropicEvent({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }) +
		anthropicEvent({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'So far' } }),
};

const ERROR_EVENT: Readonly<Record<UpstreamDoor, string>> = {
	openai: 'data: {"error":{"message":"The server had an error","type":"server_error","code":null}}\n\n',
	anthropic: 'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n',
};

const HALF_FRAME: Readonly<Record<UpstreamDoor, string>> = {
	openai: 'data: {"id":"chatcmpl-scripted","object":"chat.completion.chunk","choices":[{"index":0,"del',
	anthropic: 'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"del',
};

const failure =
	(status: number, body: string, headers: Readonly<Record<string, string>> = JSON_TYPE): Script =>
	(_call, response) => {
		response.writeHead(status, { ...headers }).end(body);
	};

const SERVER_ERROR = '{"error":{"message":"Internal secret detail","type":"server_error","code":null,"param":null}}';

/** Streams the opening, then does `then`. */
const afterOpening =
	(then: (call: UpstreamCall, response: ServerResponse) => void): Script =>
	async (call, response) => {
		response.writeHead(200, SSE);
		response.write(OPENING[call.door]);
		await sleep(30);
		then(call, response);
	};

/** A whole answer, a few bytes at a time, cut without regard to frames or characters. */
const drip: Script = async (call, response) => {
	const bytes = fixture(call.door === 'openai' ? 'openai-chat-stream.sse' : 'anthropic-messages-stream.sse');
	response.writeHead(200, SSE);
	for (let at = 0; at < bytes.length && !response.destroyed; at += 23) {
		response.write(bytes.subarray(at, at + 23));
		await sleep(2);
	}
	response.end();
};

/** A whole answer, after a while. */
const late: Script = async (call, response) => {
	await sleep(300);
	if (!response.destroyed) await recorded('openai-chat')(call, response);
};

/** Text for ever, every few milliseconds, until the client leaves. */
const endless: Script = async (call, response) => {
	response.writeHead(200, SSE);
	response.write(OPENING[call.door]);
	while (!response.destroyed) {
		response.write(openAiChunk({ content: ' and on' }));
		await sleep(10);
	}
};

const SCRIPTS: Readonly<Record<string, Script>> = {
	'gpt-4o-mini': recorded('openai-chat'),
	'gpt-4.1-mini': recorded('openai-chat'),
	'gpt-4o': recorded('openai-tools'),
	'gpt-5-nano': recorded('openai-reasoning'),
	'text-embedding-3-small': embeddings,
	'claude-haiku-4-5': recorded('anthropic-messages'),
	'claude-sonnet-4-5': recorded('anthropic-tools'),
	'claude-opus-4-5': recorded('anthropic-thinking'),
	'fail-500': failure(500, SERVER_ERROR),
	'fail-429': failure(429, '{"error":{"message":"Slow down","type":"rate_limit_error","code":"rate_limit_exceeded"}}', {
		...JSON_TYPE,
		'retry-after': '7',
	}),
	'fail-401': failure(
		401,
		'{"error":{"message":"Incorrect API key provided: sk-up***","type":"invalid_request_error"}}',
	),
	'fail-400': failure(
		400,
		'{"error":{"message":"Unsupported value: temperature","type":"invalid_request_error","param":"temperature","code":"unsupported_value"}}',
	),
	'fail-html': failure(200, '<html><body>502 Bad Gateway</body></html>', { 'content-type': 'text/html' }),
	'fail-once': (call, response) =>
		call.ordinal === 1 ? failure(503, SERVER_ERROR)(call, response) : recorded('openai-chat')(call, response),
	'fail-nothing': (_call, response) => {
		response.writeHead(200, SSE).end();
	},
	'fail-reset': (_call, response) => {
		response.destroy(new Error('scripted reset'));
	},
	'fail-hang': () => {},
	'fail-half-frame': afterOpening((call, response) => response.end(HALF_FRAME[call.door])),
	'fail-cut': afterOpening((_call, response) => response.end()),
	'fail-error-event': afterOpening((call, response) => response.end(ERROR_EVENT[call.door])),
	'fail-reset-midway': afterOpening((_call, response) => response.destroy(new Error('scripted reset'))),
	'fail-hang-midway': afterOpening(() => {}),
	late,
	drip,
	endless,
};

/** The script of a model; unknown names answer 404 as the provider would. */
export function scriptOf(call: UpstreamCall): Script {
	const recording = recordingOf(call.model);
	if (recording) {
		return (_call, response) => {
			response.writeHead(200, call.stream ? SSE : JSON_TYPE).end(recording.bytes());
		};
	}
	return (
		SCRIPTS[call.model] ??
		failure(404, '{"error":{"message":"No such model","type":"invalid_request_error","code":"model_not_found"}}')
	);
}
