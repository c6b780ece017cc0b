import { EventStreamCodec } from '@smithy/eventstream-codec';
import {
	type Answer,
	type Failure,
	fieldsOf,
	halves,
	json,
	listOf,
	type Replay,
	type Said,
	TOKENS,
	WORDS,
	wordsOf,
} from './said';

const ERRORS: Readonly<Record<Failure, readonly [status: number, type: string, message: string]>> = {
	auth: [403, 'UnrecognizedClientException', 'The security token included in the request is invalid.'],
	'rate-limit': [429, 'ThrottlingException', 'Too many requests, please wait before trying again.'],
	overloaded: [503, 'ServiceUnavailableException', WORDS.overloaded],
	context: [400, 'ValidationException', 'Input is too long for requested model.'],
	'bad-request': [400, 'ValidationException', WORDS['bad-request']],
	'not-found': [400, 'ValidationException', 'The provided model identifier is invalid.'],
};

const USAGE = {
	inputTokens: TOKENS.prompt,
	outputTokens: TOKENS.completion,
	totalTokens: TOKENS.prompt + TOKENS.completion,
};

type Block = Readonly<Record<string, unknown>>;

function blocksOf({ reasoning, text, calls = [] }: Said): Block[] {
	return [
		...(reasoning ? [{ reasoningContent: { reasoningText: { text: reasoning, signature: 'c2ln' } } }] : []),
		...(text ? [{ text }] : []),
		...calls.map(({ id, name, args }) => ({ toolUse: { toolUseId: id, name, input: args } })),
	];
}

const stopOf = ({ calls }: Said): string => (calls ? 'tool_use' : 'end_turn');

const codec = new EventStreamCodec(
	(bytes) => (typeof bytes === 'string' ? bytes : new TextDecoder().decode(bytes)),
	(text) => new TextEncoder().encode(text),
);

const frame = (event: string, value: unknown): Uint8Array =>
	codec.encode({
		headers: {
			':event-type': { type: 'string', value: event },
			':content-type': { type: 'string', value: 'application/json' },
			':message-type': { type: 'string', value: 'event' },
		},
		body: new TextEncoder().encode(JSON.stringify(value)),
	});

const block = (contentBlockIndex: number, ...deltas: readonly unknown[]): Uint8Array[] => [
	...deltas.map((delta) => frame('contentBlockDelta', { contentBlockIndex, delta })),
	frame('contentBlockStop', { contentBlockIndex }),
];

function framesOf({ reasoning, text, calls = [] }: Said): Uint8Array[] {
	let index = -1;
	const next = (): number => {
		index += 1;
		return index;
	};
	return [
		...(reasoning
			? block(next(), ...halves(reasoning).map((piece) => ({ reasoningContent: { text: piece } })), {
					reasoningContent: { signature: 'c2ln' },
				})
			: []),
		...(text ? block(next(), ...halves(text).map((piece) => ({ text: piece }))) : []),
		...calls.flatMap(({ id, name, args }) => {
			const at = next();
			const start = { contentBlockIndex: at, start: { toolUse: { toolUseId: id, name } } };
			return [
				frame('contentBlockStart', start),
				...block(at, ...halves(JSON.stringify(args)).map((input) => ({ toolUse: { input } }))),
			];
		}),
	];
}

function streamOf(said: Said): Answer {
	const frames = [
		frame('messageStart', { role: 'assistant' }),
		...framesOf(said),
		frame('messageStop', { stopReason: stopOf(said) }),
		frame('metadata', { usage: USAGE, metrics: { latencyMs: 1 } }),
	];
	return {
		status: 200,
		headers: { 'content-type': 'application/vnd.amazon.eventstream' },
		body: Buffer.concat(frames),
	};
}

export const bedrockConverse: Replay = {
	isStreamed: ({ path }) => path.endsWith('/converse-stream'),
	whole: (said) =>
		json({
			output: { message: { role: 'assistant', content: blocksOf(said) } },
			stopReason: stopOf(said),
			usage: USAGE,
			metrics: { latencyMs: 1 },
		}),
	stream: streamOf,
	failure: (kind) => {
		const [status, type, message] = ERRORS[kind];
		return json({ message }, status, { 'x-amzn-errortype': `${type}:http://internal.amazon.com/` });
	},
	results: ({ messages }) =>
		listOf(messages)
			.flatMap(({ content }) => listOf(content))
			.filter((block) => 'toolResult' in block)
			.map(({ toolResult }) => {
				const { toolUseId, content } = fieldsOf(toolResult);
				const [first] = listOf(content);
				return {
					of: String(toolUseId),
					text: first && 'json' in first ? JSON.stringify(first.json) : wordsOf(content),
				};
			}),
	asks: {
		'tool-call': /"toolSpec":\{"name":"get_weather"/,
		'parallel-tools': /"toolSpec":\{"name":"get_weather"/,
		'tool-result': /"toolResult":\{"toolUseId":"callparis"/,
		image: /"image":\{"format":"png","source":\{"bytes":"/,
		'json-schema': /answer/,
		reasoning: /"additionalModelRequestFields":\{/,
	},
};
