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
	wordsOf,
} from './said';

const ERRORS: Readonly<Record<Failure, readonly [status: number, message: string]>> = {
	auth: [401, 'invalid api token'],
	'rate-limit': [429, WORDS['rate-limit']],
	overloaded: [503, WORDS.overloaded],
	context: [400, 'too many tokens: size limit exceeded by 904 tokens. Try using shorter or fewer inputs.'],
	'bad-request': [400, WORDS['bad-request']],
	'not-found': [404, "model 'nothing' not found, make sure the correct model ID was used"],
};

const USAGE = {
	billed_units: { input_tokens: TOKENS.prompt, output_tokens: TOKENS.completion },
	tokens: { input_tokens: TOKENS.prompt + 495, output_tokens: TOKENS.completion },
};

const callsOf = ({ calls = [] }: Said) =>
	calls.map(({ id, name, args }) => ({ id, type: 'function', function: { name, arguments: JSON.stringify(args) } }));

const finishOf = ({ calls }: Said): string => (calls ? 'TOOL_CALL' : 'COMPLETE');

const send = (event: { readonly type: string; readonly [field: string]: unknown }): string =>
	`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;

const content = (index: number, type: 'text' | 'thinking', said: string): string[] => [
	send({ type: 'content-start', index, delta: { message: { content: { type, [type]: '' } } } }),
	...halves(said).map((piece) =>
		send({ type: 'content-delta', index, delta: { message: { content: { [type]: piece } } } }),
	),
	send({ type: 'content-end', index }),
];

function streamOf(said: Said): Answer {
	return events(
		send({ type: 'message-start', id: 'replay', delta: { message: { role: 'assistant', content: [] } } }),
		...(said.reasoning ? content(0, 'thinking', said.reasoning) : []),
		...(said.text ? content(said.reasoning ? 1 : 0, 'text', said.text) : []),
		...callsOf(said).flatMap((call, index) => [
			send({
				type: 'tool-call-start',
				index,
				delta: { message: { tool_calls: { ...call, function: { name: call.function.name, arguments: '' } } } },
			}),
			...halves(call.function.arguments).map((piece) =>
				send({
					type: 'tool-call-delta',
					index,
					delta: { message: { tool_calls: { function: { arguments: piece } } } },
				}),
			),
			send({ type: 'tool-call-end', index }),
		]),
		send({ type: 'message-end', delta: { finish_reason: finishOf(said), usage: USAGE } }),
		'data: [DONE]\n\n',
	);
}

export const cohereChat: Replay = {
	isStreamed: ({ body }) => body.stream === true,
	whole: (said) =>
		json({
			id: 'replay',
			finish_reason: finishOf(said),
			message: {
				role: 'assistant',
				content: [
					...(said.reasoning ? [{ type: 'thinking', thinking: said.reasoning }] : []),
					...(said.text ? [{ type: 'text', text: said.text }] : []),
				],
				...(said.calls && { tool_calls: callsOf(said) }),
			},
			usage: USAGE,
		}),
	stream: streamOf,
	failure: (kind) => {
		const [status, message] = ERRORS[kind];
		return json({ message }, status, kind === 'rate-limit' ? { 'retry-after': '7' } : {});
	},
	results: ({ messages }) =>
		listOf(messages)
			.filter(({ role }) => role === 'tool')
			.map(({ tool_call_id, content }) => ({ of: String(tool_call_id), text: wordsOf(content) })),
	asks: {
		'tool-call': /"tools":\[\{"type":"function","function":\{"name":"get_weather"/,
		'parallel-tools': /"tools":\[\{"type":"function"/,
		'tool-result': /"role":"tool","tool_call_id":"callparis"/,
		image: /"image_url":\{"url":"data:image\/png/,
		'json-schema': /answer/,
		reasoning: /"thinking":\{"type":"enabled"/,
	},
};
