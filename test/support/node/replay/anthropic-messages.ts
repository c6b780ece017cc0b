import {
	type Answer,
	events,
	type Failure,
	halves,
	json,
	listOf,
	type Replay,
	type Said,
	TOKENS,
	WORDS,
	waiting,
	wordsOf,
} from './said';

const ERRORS: Readonly<Record<Failure, readonly [status: number, type: string, message: string]>> = {
	auth: [401, 'authentication_error', 'invalid x-api-key'],
	'rate-limit': [429, 'rate_limit_error', WORDS['rate-limit']],
	overloaded: [529, 'overloaded_error', 'Overloaded'],
	context: [400, 'invalid_request_error', 'prompt is too long: 5000 tokens > 4096 maximum'],
	'bad-request': [400, 'invalid_request_error', WORDS['bad-request']],
	'not-found': [404, 'not_found_error', 'model: nothing'],
};

type Block = Readonly<Record<string, unknown>>;

function blocksOf({ reasoning, text, calls = [] }: Said): Block[] {
	return [
		...(reasoning ? [{ type: 'thinking', thinking: reasoning, signature: 'c2lnbmVk' }] : []),
		...(text ? [{ type: 'text', text }] : []),
		...calls.map(({ id, name, args }) => ({ type: 'tool_use', id, name, input: args })),
	];
}

const stopOf = ({ calls }: Said): string => (calls ? 'tool_use' : 'end_turn');

const message = (model: string, content: readonly Block[], stop: string | null, output: number) => ({
	id: 'msg_replay',
	type: 'message',
	role: 'assistant',
	model,
	content,
	stop_reason: stop,
	stop_sequence: null,
	usage: {
		input_tokens: TOKENS.prompt,
		cache_creation_input_tokens: 0,
		cache_read_input_tokens: 0,
		output_tokens: output,
	},
});

const send = (event: { readonly type: string; readonly [field: string]: unknown }): string =>
	`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;

function deltasOf(block: Block): { readonly start: Block; readonly deltas: readonly Block[] } {
	switch (block.type) {
		case 'thinking':
			return {
				start: { type: 'thinking', thinking: '', signature: '' },
				deltas: [
					...halves(String(block.thinking)).map((thinking) => ({ type: 'thinking_delta', thinking })),
					{ type: 'signature_delta', signature: block.signature },
				],
			};
		case 'tool_use':
			return {
				start: { ...block, input: {} },
				deltas: halves(JSON.stringify(block.input)).map((partial_json) => ({ type: 'input_json_delta', partial_json })),
			};
		default:
			return {
				start: { type: 'text', text: '' },
				deltas: halves(String(block.text)).map((text) => ({ type: 'text_delta', text })),
			};
	}
}

function streamOf(said: Said, model: string): Answer {
	return events(
		send({ type: 'message_start', message: message(model, [], null, 1) }),
		send({ type: 'ping' }),
		...blocksOf(said).flatMap((block, index) => {
			const { start, deltas } = deltasOf(block);
			return [
				send({ type: 'content_block_start', index, content_block: start }),
				...deltas.map((delta) => send({ type: 'content_block_delta', index, delta })),
				send({ type: 'content_block_stop', index }),
			];
		}),
		send({
			type: 'message_delta',
			delta: { stop_reason: stopOf(said), stop_sequence: null },
			usage: { output_tokens: TOKENS.completion },
		}),
		send({ type: 'message_stop' }),
	);
}

export const anthropicMessages: Replay = {
	isStreamed: ({ body }) => body.stream === true,
	whole: (said, model) => json(message(model, blocksOf(said), stopOf(said), TOKENS.completion)),
	stream: streamOf,
	failure: (kind) => {
		const [status, type, words] = ERRORS[kind];
		return json({ type: 'error', error: { type, message: words }, request_id: 'req_1' }, status, waiting(kind));
	},
	results: ({ messages }) =>
		listOf(messages)
			.flatMap(({ content }) => listOf(content))
			.filter(({ type }) => type === 'tool_result')
			.map(({ tool_use_id, content }) => ({ of: String(tool_use_id), text: wordsOf(content) })),
	asks: {
		'tool-call': /"tools":\[\{"name":"get_weather"/,
		'parallel-tools': /"tools":\[\{"name":"get_weather"/,
		'tool-result': /"type":"tool_result","tool_use_id":"callparis"/,
		image: /"source":\{"type":"base64","media_type":"image\/png"/,
		'json-schema': /"answer"/,
		reasoning: /"thinking":\{/,
	},
};
