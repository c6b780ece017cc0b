/** Hand-written answers of the Responses API: the events of a stream, and the same answer whole. */

type Json = Readonly<Record<string, unknown>>;

/** As the API frames it: the event's name in a line of its own, no `[DONE]` at the end. */
export const framed = (events: readonly Json[]): string =>
	events
		.map((event, at) => {
			const data = JSON.stringify({ sequence_number: at, ...event });
			return `event: ${String(event.type)}\ndata: ${data}\n\n`;
		})
		.join('');

const USAGE = {
	input_tokens: 120,
	input_tokens_details: { cached_tokens: 64, cache_write_tokens: 16 },
	output_tokens: 90,
	output_tokens_details: { reasoning_tokens: 50 },
	total_tokens: 210,
};

const response = (fields: Json): Json => ({
	id: 'resp_1',
	object: 'response',
	created_at: 1_790_000_000,
	status: 'in_progress',
	error: null,
	incomplete_details: null,
	model: 'gpt-5.4-2026-03-05',
	output: [],
	usage: null,
	...fields,
});

const begun: readonly Json[] = [
	{ type: 'response.created', response: response({}) },
	{ type: 'response.in_progress', response: response({}) },
];

export interface Answer {
	readonly body: string;
	readonly json: string;
}

/** `events` between the first two and the last; `output` as the last one, or the whole answer, holds it. */
export function answerOf(events: readonly Json[], output: readonly Json[], fields: Json = {}): Answer {
	const last = response({ status: 'completed', usage: USAGE, output, ...fields });
	return {
		body: framed([...begun, ...events, { type: `response.${String(last.status)}`, response: last }]),
		json: JSON.stringify(last),
	};
}

const text = (value: string, more: Json = {}): Json => ({
	type: 'output_text',
	text: value,
	annotations: [],
	logprobs: [],
	...more,
});
export const message = (content: readonly Json[], more: Json = {}): Json => ({
	id: 'msg_1',
	type: 'message',
	role: 'assistant',
	status: 'completed',
	content,
	...more,
});
export const call = (call_id: string, name: string, written: string): Json => ({
	id: `fc_${call_id}`,
	type: 'function_call',
	call_id,
	name,
	arguments: written,
	status: 'completed',
});
export const reasoning = (encrypted: string | null, ...summary: readonly string[]): Json => ({
	id: 'rs_1',
	type: 'reasoning',
	encrypted_content: encrypted,
	summary: summary.map((piece) => ({ type: 'summary_text', text: piece })),
});

export const added = (output_index: number, item: Json): Json => ({
	type: 'response.output_item.added',
	output_index,
	item,
});
export const done = (output_index: number, item: Json): Json => ({
	type: 'response.output_item.done',
	output_index,
	item,
});
const delta = (type: string, output_index: number, value: string, more: Json = {}): Json => ({
	type: `response.${type}.delta`,
	item_id: `item_${output_index}`,
	output_index,
	delta: value,
	obfuscation: 'xYz',
	...more,
});

/** A message in the deltas given, with everything that surrounds them. */
function spoken(at: number, pieces: readonly string[], item: Json, part: Json): Json[] {
	const place = { output_index: at, content_index: 0, item_id: 'msg_1' };
	return [
		added(at, { ...item, status: 'in_progress', content: [] }),
		{ type: 'response.content_part.added', ...place, part: text('') },
		...pieces.map((piece) => delta('output_text', at, piece, { content_index: 0, logprobs: [] })),
		{ type: 'response.output_text.done', ...place, text: part.text, logprobs: [] },
		{ type: 'response.content_part.done', ...place, part },
		done(at, item),
	];
}

const hello = message([text('Grüße aus 東京 🚉.')], { phase: 'final_answer' });
export const plain = answerOf(spoken(0, ['Grüße aus ', '東京 ', '🚉.'], hello, text('Grüße aus 東京 🚉.')), [hello]);

const thought = reasoning('gAAAA-final', '**Plan**\n\nLook it up.', 'Then answer.');
const weather = call('call_a', 'weather', '{"city":"Bern"}');
const time = call('call_b', 'time', '{"zone":"CET"}');
const noop = call('call_c', 'noop', '');
const summaryDelta = (value: string, summary_index: number) =>
	delta('reasoning_summary_text', 0, value, { summary_index });
/** Sealed reasoning whose encrypted content changes until its item is done, then calls whose pieces interleave. */
export const toolLoop = answerOf(
	[
		added(0, reasoning('gAAAA-early')),
		{ type: 'response.reasoning_summary_part.added', output_index: 0, summary_index: 0 },
		summaryDelta('**Plan**\n\n', 0),
		summaryDelta('Look it up.', 0),
		{
			type: 'response.reasoning_summary_text.done',
			output_index: 0,
			summary_index: 0,
			text: '**Plan**\n\nLook it up.',
		},
		{ type: 'response.reasoning_summary_part.added', output_index: 0, summary_index: 1 },
		summaryDelta('Then answer.', 1),
		done(0, thought),
		added(1, { ...weather, arguments: '', status: 'in_progress' }),
		added(2, { ...time, arguments: '', status: 'in_progress' }),
		delta('function_call_arguments', 1, '{"city":'),
		delta('function_call_arguments', 2, '{"zone":"CET"}'),
		delta('function_call_arguments', 1, '"Bern"}'),
		{ type: 'response.function_call_arguments.done', output_index: 1, arguments: '{"city":"Bern"}' },
		done(1, weather),
		done(2, time),
		added(3, { ...noop, status: 'in_progress' }),
		done(3, noop),
	],
	[thought, weather, time, noop],
);

const citation = { type: 'url_citation', url: 'https://a.example', title: 'A', start_index: 0, end_index: 5 };
const token = {
	token: 'Cited',
	logprob: -0.1,
	bytes: [67],
	top_logprobs: [{ token: 'Said', logprob: -2, bytes: [83] }],
};
const cited = message([text('Cited', { annotations: [citation], logprobs: [token] })]);
const search = { id: 'ws_1', type: 'web_search_call', status: 'completed' };
/** After a search of the provider's own, of which nothing is shown; events of unknown types in between. */
export const citing = answerOf(
	[
		added(0, search),
		{ type: 'response.web_search_call.searching', output_index: 0, item_id: 'ws_1' },
		done(0, search),
		added(1, { ...cited, content: [] }),
		delta('output_text', 1, 'Cited', { content_index: 0, logprobs: [token] }),
		{ type: 'response.hologram.started', output_index: 1, delta: 'unknown' },
		{ type: 'response.output_text.annotation.added', output_index: 1, content_index: 0, annotation: citation },
		done(1, cited),
	],
	[search, cited],
);

const refused = message([{ type: 'refusal', refusal: 'I can not help with that.' }]);
export const refusing = answerOf(
	[
		added(0, { ...refused, content: [] }),
		delta('refusal', 0, 'I can not ', { content_index: 0 }),
		delta('refusal', 0, 'help with that.', { content_index: 0 }),
		{ type: 'response.refusal.done', output_index: 0, content_index: 0, refusal: 'I can not help with that.' },
		done(0, refused),
	],
	[refused],
);

const cutText = message([text('It was a')], { status: 'incomplete' });
export const tooLong = answerOf(spoken(0, ['It was', ' a'], cutText, text('It was a')), [cutText], {
	status: 'incomplete',
	incomplete_details: { reason: 'max_output_tokens' },
});
export const filtered = answerOf(spoken(0, ['It was', ' a'], cutText, text('It was a')), [cutText], {
	status: 'incomplete',
	incomplete_details: { reason: 'content_filter' },
});

/** A server that sends no deltas, and counts its content parts otherwise at the end. */
export const terse = answerOf(
	[
		added(0, message([])),
		delta('output_text', 0, 'Hel', { content_index: 1 }),
		{ type: 'response.output_text.done', output_index: 0, content_index: 1, text: 'Hello' },
		done(0, message([text('Hello')])),
		done(1, call('call_d', 'weather', '{"city":"Ulm"}')),
	],
	[message([text('Hello')]), call('call_d', 'weather', '{"city":"Ulm"}')],
);

const openThought = {
	id: 'rs_9',
	type: 'reasoning',
	summary: [],
	content: [{ type: 'reasoning_text', text: 'Two and two.' }],
};
/** An open-weight model shows its own words and seals nothing. */
export const openWeight = answerOf(
	[
		added(0, { ...openThought, content: [] }),
		delta('reasoning_text', 0, 'Two and ', { content_index: 0 }),
		delta('reasoning_text', 0, 'two.', { content_index: 0 }),
		done(0, openThought),
		...spoken(1, ['4'], message([text('4')]), text('4')),
	],
	[openThought, message([text('4')])],
);

export const hidden = answerOf(
	[
		added(0, reasoning('gAAAA-early')),
		done(0, reasoning('gAAAA-final')),
		...spoken(1, ['4'], message([text('4')]), text('4')),
	],
	[reasoning('gAAAA-final'), message([text('4')])],
);

const spokenStart = spoken(0, ['It was'], cutText, text('It was a')).slice(0, 3);
const quota = {
	type: 'insufficient_quota',
	code: 'insufficient_quota',
	message: 'You exceeded your current quota, please check your plan and billing details.',
	param: null,
};
/** What a stream says before it fails, in each of the shapes a failure has. */
export const failures: Readonly<Record<string, string>> = {
	flat: framed([...begun, ...spokenStart, { ...quota, type: 'error' }]),
	nested: framed([...begun, { type: 'error', error: quota }]),
	words: framed([...begun, { type: 'error', error: 'The prompt is too long.' }]),
	failed: framed([
		...begun,
		...spokenStart,
		{
			type: 'response.failed',
			response: response({ status: 'failed', error: { code: 'server_error', message: 'Oops' } }),
		},
	]),
	image: framed([
		...begun,
		{
			type: 'response.failed',
			response: response({ status: 'failed', error: { code: 'invalid_image_url', message: 'No image there.' } }),
		},
	]),
	cancelled: framed([...begun, { type: 'response.cancelled', response: response({ status: 'cancelled' }) }]),
};
export const failedWhole = JSON.stringify(
	response({ status: 'failed', error: { code: 'rate_limit_exceeded', message: 'Please try again in 2s.' } }),
);
