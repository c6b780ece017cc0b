/** What the replayed providers say, before it is put into the shape of a protocol. */

/** Kinds of failure that every provider has words for. */
export const FAILURES = ['auth', 'rate-limit', 'overloaded', 'context', 'bad-request', 'not-found'] as const;
export type Failure = (typeof FAILURES)[number];

export const SCENARIOS = [
	'text',
	'stream',
	'tool-call',
	'parallel-tools',
	'tool-result',
	'image',
	'json-schema',
	'reasoning',
] as const;
export type Scenario = (typeof SCENARIOS)[number];

export interface SaidCall {
	readonly id: string;
	readonly name: string;
	readonly args: Readonly<Record<string, unknown>>;
}

export interface Said {
	readonly reasoning?: string;
	readonly text?: string;
	readonly calls?: readonly SaidCall[];
}

/** Tokens of every answer. */
export const TOKENS = { prompt: 11, completion: 7 } as const;

export const weather = (id: string, city: string): SaidCall => ({ id, name: 'get_weather', args: { city } });

export const SAID: Readonly<Record<Scenario, Said>> = {
	text: { text: 'Hello from the yard.' },
	stream: { text: 'Hello from the yard.' },
	'tool-call': { calls: [weather('callparis', 'Paris')] },
	'parallel-tools': { calls: [weather('callparis', 'Paris'), weather('callxoslo', 'Oslo')] },
	'tool-result': { text: 'It is 21 degrees in Paris.' },
	image: { text: 'A red square.' },
	'json-schema': { text: '{"answer":42}' },
	reasoning: { reasoning: 'Six times seven.', text: '42.' },
};

/** Scenarios of several turns: what is said follows from the results of tools that the request brings. */
export const LOOPS = ['loop', 'parallel-loop', 'thinking-loop', 'long-loop', 'object-call'] as const;
export type Loop = (typeof LOOPS)[number];

/** A tool's result as the provider got it. */
export interface SaidResult {
	/** Id of the call; its tool's name where the protocol knows results by that. */
	readonly of: string;
	readonly text: string;
}

const PARIS = weather('callparis', 'Paris');
const OSLO = weather('callxoslo', 'Oslo');

const summed = (results: readonly SaidResult[]): Said => ({
	text: `The tools said: ${results.map(({ text }) => text).join('; ')}.`,
});

export const LOOPED: Readonly<Record<Loop, (results: readonly SaidResult[]) => Said>> = {
	loop: (results) => (results.length === 0 ? { calls: [PARIS] } : summed(results)),
	'parallel-loop': (results) => (results.length === 0 ? { text: 'Looking.', calls: [PARIS, OSLO] } : summed(results)),
	'thinking-loop': (results) =>
		results.length === 0 ? { reasoning: 'A tool knows.', calls: [PARIS] } : summed(results),
	// How clients ask for an object where they know of no other way: by a tool that takes it.
	'object-call': () => ({ calls: [{ id: 'callanswr', name: 'json', args: { answer: 42 } }] }),
	'long-loop': (results) => (results.length < 2 ? { calls: [results.length === 0 ? PARIS : OSLO] } : summed(results)),
};

/** Scenarios whose stream does not come to its end: it is cut there, or goes no further. */
export const STALLS = ['cut', 'endless'] as const;
export type Stall = (typeof STALLS)[number];

export const LIMIT = 4_096;

/** What providers say, each in its own envelope. */
export const WORDS: Readonly<Record<Failure, string>> = {
	auth: 'Incorrect API key provided: key-secr*******7890.',
	'rate-limit': 'Rate limit reached. Please try again later.',
	overloaded: 'The server is overloaded.',
	context: `This model's maximum context length is ${LIMIT} tokens. However, your messages resulted in 5000 tokens.`,
	'bad-request': 'Unsupported value: nonsense.',
	'not-found': 'The model does not exist.',
};

/** Seconds a rate limit asks to wait. */
export const RETRY_AFTER = 7;

export interface Answer {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string | Uint8Array;
}

export interface ReplayCall {
	readonly path: string;
	readonly headers: Readonly<Record<string, string | string[] | undefined>>;
	readonly body: Readonly<Record<string, unknown>>;
	/** Of the body. */
	readonly text: string;
}

/** One protocol, played from the provider's side. */
export interface Replay {
	isStreamed(call: ReplayCall): boolean;
	whole(said: Said, model: string): Answer;
	stream(said: Said, model: string): Answer;
	failure(kind: Failure): Answer;
	/** All results of tools in the conversation. */
	results(body: ReplayCall['body']): readonly SaidResult[];
	/** What the request of a scenario must hold in this protocol's own spelling. */
	readonly asks: Partial<Readonly<Record<Scenario, RegExp>>>;
}

/** What bodies hold, read loosely: a list of objects, and a field that is one. */
export const listOf = (value: unknown): Readonly<Record<string, unknown>>[] => (Array.isArray(value) ? value : []);
export const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

/** Content that is a text, or parts of which some are text. */
export const wordsOf = (content: unknown): string =>
	typeof content === 'string'
		? content
		: listOf(content)
				.map(({ text }) => (typeof text === 'string' ? text : ''))
				.join('');

export const JSON_TYPE = { 'content-type': 'application/json' } as const;
export const SSE_TYPE = { 'content-type': 'text/event-stream; charset=utf-8' } as const;

export const json = (value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Answer => ({
	status,
	headers: { ...JSON_TYPE, ...headers },
	body: JSON.stringify(value),
});

export const events = (...parts: readonly string[]): Answer => ({
	status: 200,
	headers: SSE_TYPE,
	body: parts.join(''),
});

export const data = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;

/** A text in two pieces. */
export const halves = (text: string): readonly [string, string] => {
	const middle = Math.ceil(text.length / 2);
	return [text.slice(0, middle), text.slice(middle)];
};

export const STATUS: Readonly<Record<Failure, number>> = {
	auth: 401,
	'rate-limit': 429,
	overloaded: 503,
	context: 400,
	'bad-request': 400,
	'not-found': 404,
};

export const waiting = (kind: Failure): Readonly<Record<string, string>> =>
	kind === 'rate-limit' ? { 'retry-after': String(RETRY_AFTER) } : {};
