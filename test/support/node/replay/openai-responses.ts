import { events, halves, json, listOf, type Replay, type Said, STATUS, TOKENS, WORDS, waiting, wordsOf } from './said';

const USAGE = {
	input_tokens: TOKENS.prompt,
	input_tokens_details: { cached_tokens: 0 },
	output_tokens: TOKENS.completion,
	output_tokens_details: { reasoning_tokens: 0 },
	total_tokens: TOKENS.prompt + TOKENS.completion,
};

type Item = Readonly<Record<string, unknown>>;

function itemsOf({ reasoning, text, calls = [] }: Said): Item[] {
	const items: Item[] = [];
	if (reasoning)
		items.push({
			type: 'reasoning',
			id: 'rs_1',
			summary: [{ type: 'summary_text', text: reasoning }],
			encrypted_content: 'sealed',
		});
	if (text)
		items.push({
			type: 'message',
			id: 'msg_1',
			role: 'assistant',
			status: 'completed',
			content: [{ type: 'output_text', text, annotations: [] }],
		});
	for (const { id, name, args } of calls)
		items.push({
			type: 'function_call',
			id: `fc_${id}`,
			call_id: id,
			name,
			arguments: JSON.stringify(args),
			status: 'completed',
		});
	return items;
}

const responseOf = (said: Said, model: string, status: string) => ({
	id: 'resp_replay',
	object: 'response',
	created_at: 1,
	model,
	status,
	error: null,
	incomplete_details: null,
	output: status === 'completed' ? itemsOf(said) : [],
	usage: status === 'completed' ? USAGE : null,
});

/** The events of one item, named and numbered as the API does. */
function itemEvents(item: Item, output_index: number, send: (type: string, fields: Item) => string): string[] {
	const item_id = item.id;
	const at = { item_id, output_index };
	const added = (fields: Item): string => send('response.output_item.added', { output_index, item: fields });
	const done = send('response.output_item.done', { output_index, item });
	if (item.type === 'reasoning') {
		const [{ text = '' } = {}] = item.summary as { text?: string }[];
		return [
			added({ ...item, summary: [] }),
			send('response.reasoning_summary_part.added', {
				...at,
				summary_index: 0,
				part: { type: 'summary_text', text: '' },
			}),
			...halves(text).map((delta) => send('response.reasoning_summary_text.delta', { ...at, summary_index: 0, delta })),
			send('response.reasoning_summary_text.done', { ...at, summary_index: 0, text }),
			done,
		];
	}
	if (item.type === 'function_call') {
		const text = String(item.arguments);
		return [
			added({ ...item, arguments: '', status: 'in_progress' }),
			...halves(text).map((delta) => send('response.function_call_arguments.delta', { ...at, delta })),
			send('response.function_call_arguments.done', { ...at, arguments: text }),
			done,
		];
	}
	const [{ text = '' } = {}] = item.content as { text?: string }[];
	const part = { ...at, content_index: 0 };
	return [
		added({ ...item, content: [], status: 'in_progress' }),
		send('response.content_part.added', { ...part, part: { type: 'output_text', text: '', annotations: [] } }),
		...halves(text).map((delta) => send('response.output_text.delta', { ...part, delta })),
		send('response.output_text.done', { ...part, text }),
		done,
	];
}

export const openaiResponses: Replay = {
	isStreamed: ({ body }) => body.stream === true,
	whole: (said, model) => json(responseOf(said, model, 'completed')),
	stream: (said, model) => {
		let sequence_number = 0;
		const send = (type: string, fields: Item): string => {
			const event = { type, sequence_number, ...fields };
			sequence_number += 1;
			return `event: ${type}\ndata: ${JSON.stringify(event)}\n\n`;
		};
		return events(
			send('response.created', { response: responseOf(said, model, 'in_progress') }),
			...itemsOf(said).flatMap((item, at) => itemEvents(item, at, send)),
			send('response.completed', { response: responseOf(said, model, 'completed') }),
		);
	},
	failure: (kind) =>
		json(
			{
				error: {
					message: WORDS[kind],
					type: 'invalid_request_error',
					param: null,
					code: kind === 'context' ? 'context_length_exceeded' : kind === 'not-found' ? 'model_not_found' : null,
				},
			},
			STATUS[kind],
			waiting(kind),
		),
	results: ({ input }) =>
		listOf(input)
			.filter(({ type }) => type === 'function_call_output')
			.map(({ call_id, output }) => ({ of: String(call_id), text: wordsOf(output) })),
	asks: {
		'tool-call': /"tools":\[\{"type":"function","name":"get_weather"/,
		'parallel-tools': /"tools":\[\{"type":"function","name":"get_weather"/,
		'tool-result': /"type":"function_call_output","call_id":"callparis"/,
		image: /"type":"input_image".{0,40}"data:image\/png;base64,/,
		'json-schema': /"format":\{"type":"json_schema"/,
		reasoning: /"reasoning":\{/,
	},
};
