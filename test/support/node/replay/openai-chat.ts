import {
	data,
	events,
	type Failure,
	halves,
	json,
	listOf,
	type Replay,
	type Said,
	STATUS,
	TOKENS,
	WORDS,
	waiting,
	wordsOf,
} from './said';

const USAGE = {
	prompt_tokens: TOKENS.prompt,
	completion_tokens: TOKENS.completion,
	total_tokens: TOKENS.prompt + TOKENS.completion,
};

const CODES: Readonly<Record<Failure, string>> = {
	auth: 'invalid_api_key',
	'rate-limit': 'rate_limit_exceeded',
	overloaded: 'server_is_overloaded',
	context: 'context_length_exceeded',
	'bad-request': 'unsupported_value',
	'not-found': 'model_not_found',
};

const finishOf = ({ calls }: Said): string => (calls ? 'tool_calls' : 'stop');

const toolCalls = ({ calls = [] }: Said) =>
	calls.map(({ id, name, args }, index) => ({
		index,
		id,
		type: 'function',
		function: { name, arguments: JSON.stringify(args) },
	}));

const chunk = (model: string, delta: unknown, finish: string | null = null): string =>
	data({
		id: 'chatcmpl-replay',
		object: 'chat.completion.chunk',
		created: 1,
		model,
		choices: [{ index: 0, delta, finish_reason: finish }],
	});

export const openaiChat: Replay = {
	isStreamed: ({ body }) => body.stream === true,
	whole: (said, model) =>
		json({
			id: 'chatcmpl-replay',
			object: 'chat.completion',
			created: 1,
			model,
			choices: [
				{
					index: 0,
					message: {
						role: 'assistant',
						content: said.text ?? null,
						...(said.reasoning && { reasoning_content: said.reasoning }),
						...(said.calls && { tool_calls: toolCalls(said).map(({ index: _, ...call }) => call) }),
					},
					finish_reason: finishOf(said),
				},
			],
			usage: USAGE,
		}),
	stream: (said, model) =>
		events(
			chunk(model, { role: 'assistant', content: '' }),
			...(said.reasoning ? halves(said.reasoning) : []).map((reasoning_content) => chunk(model, { reasoning_content })),
			...(said.text ? halves(said.text) : []).map((content) => chunk(model, { content })),
			...toolCalls(said).flatMap(({ index, id, type, function: { name, arguments: args } }) => [
				chunk(model, { tool_calls: [{ index, id, type, function: { name, arguments: '' } }] }),
				...halves(args).map((piece) => chunk(model, { tool_calls: [{ index, function: { arguments: piece } }] })),
			]),
			chunk(model, {}, finishOf(said)),
			data({ id: 'chatcmpl-replay', object: 'chat.completion.chunk', created: 1, model, choices: [], usage: USAGE }),
			'data: [DONE]\n\n',
		),
	failure: (kind) =>
		json(
			{ error: { message: WORDS[kind], type: 'invalid_request_error', param: null, code: CODES[kind] } },
			STATUS[kind],
			waiting(kind),
		),
	results: ({ messages }) =>
		listOf(messages)
			.filter(({ role }) => role === 'tool')
			.map(({ tool_call_id, content }) => ({ of: String(tool_call_id), text: wordsOf(content) })),
	asks: {
		'tool-call': /"tools":\[\{"type":"function","function":\{"name":"get_weather"/,
		'parallel-tools': /"tools":\[\{"type":"function"/,
		'tool-result': /"role":"tool","tool_call_id":"[^"]+"|"tool_call_id":"[^"]+"/,
		image: /"image_url":(\{"url":)?"data:image\/png;base64,/,
		'json-schema': /answer/,
	},
};
