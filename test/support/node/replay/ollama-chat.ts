import {
	type Answer,
	type Failure,
	halves,
	json,
	listOf,
	type Replay,
	type Said,
	TOKENS,
	WORDS,
	wordsOf,
} from './said';

const ERRORS: Readonly<Record<Failure, readonly [status: number, message: string]>> = {
	auth: [401, 'unauthorized'],
	'rate-limit': [429, WORDS['rate-limit']],
	overloaded: [503, 'server busy, please try again.  maximum pending requests exceeded'],
	context: [400, 'prompt too long; exceeded max context length by 904 tokens'],
	'bad-request': [400, WORDS['bad-request']],
	'not-found': [404, "model 'nothing' not found"],
};

const callsOf = ({ calls }: Said) =>
	calls && {
		tool_calls: calls.map(({ id, name, args }, index) => ({ id, function: { index, name, arguments: args } })),
	};

const line = (model: string, message: object, end: object = {}): object => ({
	model,
	created_at: '2026-11-01T00:00:00Z',
	message: { role: 'assistant', content: '', ...message },
	done: false,
	...end,
});

const END = { done: true, done_reason: 'stop', prompt_eval_count: TOKENS.prompt, eval_count: TOKENS.completion };

const lines = (...all: readonly object[]): Answer => ({
	status: 200,
	headers: { 'content-type': 'application/x-ndjson' },
	body: all.map((one) => `${JSON.stringify(one)}\n`).join(''),
});

export const ollamaChat: Replay = {
	isStreamed: ({ body }) => body.stream !== false,
	whole: (said, model) => {
		const thinking = said.reasoning && { thinking: said.reasoning };
		return json(line(model, { content: said.text ?? '', ...thinking, ...callsOf(said) }, END));
	},
	stream: (said, model) =>
		lines(
			...(said.reasoning ? halves(said.reasoning) : []).map((thinking) => line(model, { thinking })),
			...(said.text ? halves(said.text) : []).map((content) => line(model, { content })),
			...(said.calls ? [line(model, { ...callsOf(said) })] : []),
			line(model, {}, END),
		),
	failure: (kind) => {
		const [status, error] = ERRORS[kind];
		return json({ error }, status, kind === 'rate-limit' ? { 'retry-after': '7' } : {});
	},
	results: ({ messages }) =>
		listOf(messages)
			.filter(({ role }) => role === 'tool')
			.map(({ tool_name, content }) => ({ of: String(tool_name), text: wordsOf(content) })),
	asks: {
		'tool-call': /"tools":\[\{"type":"function","function":\{"name":"get_weather"/,
		'parallel-tools': /"tools":\[\{"type":"function"/,
		'tool-result': /"role":"tool"/,
		image: /"images":\["/,
		'json-schema': /"format":\{/,
		reasoning: /"think":/,
	},
};
