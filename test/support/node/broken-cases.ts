/** Every way in which the bytes of an answer can be odd or broken, and what must become of it. */
import { awsError, awsEvent, awsException, joined } from '../aws-event-bytes';
import {
	anthropic,
	BLOCK,
	bedrock,
	bytes,
	CHAT_USAGE,
	chunk,
	DONE,
	data,
	delta,
	event,
	type Framing,
	LAST,
	line,
	MESSAGE,
	ollama,
	openai,
	REST,
	SO_FAR,
	said,
	spoken,
	WHOLE,
} from './broken-bytes';

/** What becomes of an answer. */
export type Outcome =
	/** It works; `text` is the whole answer. */
	| { readonly text: string }
	/** Refused before any content. `anthropic`: the status at that door, where it is another. */
	| { readonly status: number; readonly code: string; readonly anthropic?: number }
	/** Broken off after `SO_FAR`. */
	| { readonly after: string };

export interface BrokenCase {
	readonly name: string;
	readonly framing: Framing;
	/** Default: what the framing is sent as. */
	readonly type?: string;
	/** Each its own write. */
	readonly chunks: readonly Uint8Array[];
	/** The socket is destroyed in place of an end. */
	readonly reset?: true;
	readonly outcome: Outcome;
}

/** In every error that is made up here: no client may see it. */
export const SECRET = 'sk-live-0123456789abcdef0123456789abcdef';

const MALFORMED = { status: 502, code: 'upstream_malformed' };
const UNAVAILABLE = { status: 503, code: 'upstream_unavailable' };
const WORKS = { text: WHOLE };

/** The same fault before any content, in a write of its own after some, and in one write with it. */
function placed(framing: Framing, name: string, fault: Uint8Array, before: Outcome & { code: string }): BrokenCase[] {
	const { start, content, rest } = framing;
	const after = { after: before.code };
	return [
		{ name: `${name}, before content`, framing, chunks: [start, fault, rest], outcome: before },
		{ name: `${name}, after content`, framing, chunks: [start, content, fault, rest], outcome: after },
		{ name: `${name}, beside content`, framing, chunks: [joined([start, content, fault, rest])], outcome: after },
	];
}

const PAGE = bytes('<!doctype html>\n<h1>Bad gateway</h1>\n');

/** What any framing can suffer. `page`: what a web page is, read in this framing. */
function common(framing: Framing, page: Outcome): BrokenCase[] {
	const { start, content, rest } = framing;
	const whole = joined([start, content, rest]);
	const one = (name: string, chunks: readonly Uint8Array[], outcome: Outcome, more: Partial<BrokenCase> = {}) => ({
		name,
		framing,
		chunks,
		outcome,
		...more,
	});
	const json = (name: string, text: string, outcome: Outcome) =>
		one(name, [bytes(text)], outcome, { type: 'application/json' });
	return [
		one('whole', [start, content, rest], WORKS),
		one(
			'byte by byte',
			Array.from(whole, (_, at) => whole.subarray(at, at + 1)),
			WORKS,
		),
		one('nothing at all', [], UNAVAILABLE),
		one('a start and then nothing', [start], UNAVAILABLE),
		one('a reset before content', [start], UNAVAILABLE, { reset: true }),
		one('a reset after content', [start, content], { after: 'upstream_unavailable' }, { reset: true }),
		one('an end without a finish reason', [start, content], { after: 'upstream_unavailable' }),
		one('an end inside an event', [start, content, rest.subarray(0, 20)], { after: 'upstream_unavailable' }),
		one('an end inside the first event', [start.subarray(0, 20)], UNAVAILABLE),
		one('a web page', [PAGE], MALFORMED, { type: 'text/html' }),
		one('a web page said to be a stream', [PAGE], page),
		json('a JSON array', '[1,2,3]', MALFORMED),
		json('JSON that is cut', '{"choices":[{"mess', MALFORMED),
		json('an empty body said to be JSON', '', MALFORMED),
		json('a JSON null', 'null', MALFORMED),
	];
}

/** Above what one event may hold, and below it. */
const LONG = 'x'.repeat(17_000_000);
const LARGE = 'x'.repeat(2_000_000);
const NO_JSON = bytes('data: <h1>Bad gateway</h1>\n\n');

/** The text with JSON values broken over several `data:` lines, no space after the colon, CRLF, comments, a BOM. */
function disguised(framing: Framing): Uint8Array {
	const text = new TextDecoder().decode(joined([framing.start, framing.content, framing.rest]));
	const odd = text
		.replaceAll('data: {', ': a comment\nid: 7\nretry: 10\nunknown: field\ndata:{\ndata:')
		.replaceAll('\n', '\r\n');
	return bytes(`\uFEFF: hello\r\n\r\n${odd}`);
}

const sse = (framing: Framing): BrokenCase[] => [
	// Lines that are no fields mean nothing: a stream without an event is one that was cut.
	...common(framing, UNAVAILABLE),
	{ name: 'every liberty of the format', framing, chunks: [disguised(framing)], outcome: WORKS },
	{
		name: 'no content type',
		framing,
		type: '',
		chunks: [framing.start, framing.content, framing.rest],
		outcome: WORKS,
	},
	...placed(framing, 'an event that is no JSON', NO_JSON, MALFORMED),
	...placed(framing, 'an event that is an array', bytes('data: [1,2]\n\n'), MALFORMED),
];

const SERVER_ERROR = { error: { message: `Internal: ${SECRET}`, type: 'server_error', code: null, param: null } };

export const OPENAI_CASES: readonly BrokenCase[] = [
	...sse(openai),
	{
		name: 'an event of 2 MB',
		framing: openai,
		chunks: [openai.start, openai.content, bytes(data({ ...chunk({}), pad: LARGE })), openai.rest],
		outcome: WORKS,
	},
	{
		name: 'neither mark nor blank line at the end',
		framing: openai,
		chunks: [openai.start, openai.content, bytes(data(chunk({ content: REST }, 'stop')).trimEnd())],
		outcome: WORKS,
	},
	...placed(openai, 'an event of 17 MB', bytes(`data: {"pad":"${LONG}"}\n\n`), MALFORMED).slice(0, 2),
	...placed(openai, 'an error event', bytes(data(SERVER_ERROR)), UNAVAILABLE),
	...placed(openai, 'an event named error', bytes('event: error\ndata: {"message":"It broke"}\n\n'), MALFORMED),
	...placed(openai, 'an error of unknown kind', bytes(data({ error: `It broke: ${SECRET}` })), MALFORMED),
	...placed(
		openai,
		'an error: line',
		bytes(`error: {"code":503,"message":"Loading ${SECRET}","type":"unavailable_error"}\n\n`),
		UNAVAILABLE,
	),
	...placed(openai, 'a bare line of an error', bytes(line(SERVER_ERROR)), UNAVAILABLE),
	{
		name: 'a JSON error inside a 200',
		framing: openai,
		type: 'application/json',
		chunks: [bytes(JSON.stringify(SERVER_ERROR))],
		outcome: UNAVAILABLE,
	},
	{
		name: 'a whole answer in place of a stream',
		framing: openai,
		type: 'application/json',
		chunks: [
			bytes(
				JSON.stringify({
					...CHAT_USAGE,
					choices: [{ index: 0, message: { role: 'assistant', content: WHOLE }, finish_reason: 'stop' }],
				}),
			),
		],
		outcome: WORKS,
	},
];

const OVERLOADED = { type: 'error', error: { type: 'overloaded_error', message: `Overloaded: ${SECRET}` } };
const NEW_KIND = { type: 'error', error: { type: 'brand_new_error', message: SECRET } };

export const ANTHROPIC_CASES: readonly BrokenCase[] = [
	...sse(anthropic),
	{
		name: 'no event fields, pings and events of tomorrow',
		framing: anthropic,
		chunks: [
			bytes(
				[MESSAGE, { type: 'ping' }, BLOCK, { type: 'tomorrow', delta: 1 }, delta(SO_FAR), ...LAST].map(data).join(''),
			),
		],
		outcome: WORKS,
	},
	...placed(anthropic, 'an error event', bytes(event(OVERLOADED)), { ...UNAVAILABLE, anthropic: 529 }),
	...placed(anthropic, 'an error of unknown kind', bytes(event(NEW_KIND)), MALFORMED),
	{
		name: 'a JSON error inside a 200',
		framing: anthropic,
		type: 'application/json',
		chunks: [bytes(JSON.stringify(OVERLOADED))],
		outcome: { ...UNAVAILABLE, anthropic: 529 },
	},
];

export const OLLAMA_CASES: readonly BrokenCase[] = [
	...common(ollama, MALFORMED),
	{
		name: 'CRLF, blank lines, a BOM and no newline at the end',
		framing: ollama,
		chunks: [
			bytes(`\uFEFF\n\r\n${[said(SO_FAR), said(REST), DONE].map((one) => JSON.stringify(one)).join('\r\n\r\n')}`),
		],
		outcome: WORKS,
	},
	...placed(ollama, 'half a line', bytes('{"model":"llama3.2","mess\n'), MALFORMED),
	...placed(ollama, 'a line that is no JSON', bytes('<h1>Bad gateway</h1>\n'), MALFORMED),
	...placed(ollama, 'a line that is an array', bytes('[1,2]\n'), MALFORMED),
	...placed(ollama, 'a line of 17 MB', bytes(line({ pad: LONG })), MALFORMED).slice(0, 2),
	{
		name: 'a line of 2 MB',
		framing: ollama,
		chunks: [ollama.content, bytes(line({ ...said(''), done: false, pad: LARGE })), ollama.rest],
		outcome: WORKS,
	},
	...placed(ollama, 'an error line', bytes(line({ error: `the runner died: ${SECRET}` })), MALFORMED),
	...placed(ollama, 'an error line with a status', bytes(line({ error: `busy: ${SECRET}`, status: 503 })), UNAVAILABLE),
];

/** A message with one byte changed. */
function flipped(message: Uint8Array, at: number): Uint8Array {
	const changed = Uint8Array.from(message);
	const index = at < 0 ? changed.length + at : at;
	changed[index] = (changed[index] ?? 0) ^ 0xff;
	return changed;
}

function ofLength(length: number): Uint8Array {
	const message = Uint8Array.from(spoken('never read'));
	new DataView(message.buffer).setUint32(0, length);
	return message;
}

export const BEDROCK_CASES: readonly BrokenCase[] = [
	...common(bedrock, MALFORMED),
	{
		name: 'events of tomorrow',
		framing: bedrock,
		chunks: [
			awsEvent('initial-response', {}),
			bedrock.start,
			awsEvent('tomorrow', { delta: 1 }),
			bedrock.content,
			bedrock.rest,
		],
		outcome: WORKS,
	},
	...placed(bedrock, 'a wrong checksum of a prelude', flipped(spoken('x'), 9), MALFORMED),
	...placed(bedrock, 'a wrong checksum of a message', flipped(spoken('x'), -1), MALFORMED),
	...placed(bedrock, 'a payload changed on its way', flipped(spoken('x'), -6), MALFORMED),
	...placed(bedrock, 'a length of nothing', ofLength(0), MALFORMED),
	...placed(bedrock, 'a length below that of an empty message', ofLength(15), MALFORMED),
	...placed(bedrock, 'a length of 4 GiB', ofLength(0xffffffff), MALFORMED),
	...placed(bedrock, 'a payload that is no JSON', awsEvent('contentBlockDelta', '{"delta":'), MALFORMED),
	...placed(bedrock, 'an exception', awsException('internalServerException', { message: SECRET }), UNAVAILABLE),
	...placed(bedrock, 'throttling', awsException('throttlingException', { message: SECRET }), {
		status: 429,
		code: 'rate_limited',
	}),
	...placed(bedrock, 'an exception of unknown kind', awsException('tomorrowException', { message: SECRET }), MALFORMED),
	...placed(bedrock, 'an error of the framing', awsError('InternalFailure', SECRET), UNAVAILABLE),
];

/** Whole answers: the same for every framing, asked without a stream. */
export const BROKEN_WHOLES: readonly (readonly [name: string, type: string, body: string])[] = [
	['a web page', 'text/html', '<!doctype html><h1>Bad gateway</h1>'],
	['a web page said to be JSON', 'application/json', '<!doctype html><h1>Bad gateway</h1>'],
	['a JSON array', 'application/json', '[{"ok":true}]'],
	['a JSON null', 'application/json', 'null'],
	['JSON that is cut', 'application/json', '{"message":{"content":"So f'],
	['nothing at all', 'application/json', ''],
	['an object of another kind', 'application/json', '{"hello":"world"}'],
];
