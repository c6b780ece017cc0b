import {
	data,
	events,
	type Failure,
	fieldsOf,
	halves,
	json,
	listOf,
	type Replay,
	type Said,
	TOKENS,
	WORDS,
} from './said';

const ERRORS: Readonly<Record<Failure, readonly [code: number, status: string, message: string, details: unknown[]]>> =
	{
		auth: [400, 'INVALID_ARGUMENT', 'API key not valid.', [{ reason: 'API_KEY_INVALID' }]],
		'rate-limit': [
			429,
			'RESOURCE_EXHAUSTED',
			WORDS['rate-limit'],
			[{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '7s' }],
		],
		overloaded: [503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.', []],
		context: [
			400,
			'INVALID_ARGUMENT',
			'The input token count (5000) exceeds the maximum number of tokens allowed (4096).',
			[],
		],
		'bad-request': [400, 'INVALID_ARGUMENT', WORDS['bad-request'], []],
		'not-found': [404, 'NOT_FOUND', 'models/x is not found for API version v1beta.', []],
	};

type Part = Readonly<Record<string, unknown>>;

function partsOf({ reasoning, text, calls = [] }: Said): Part[] {
	return [
		...(reasoning ? [{ text: reasoning, thought: true }] : []),
		...(text ? [{ text }] : []),
		...calls.map(({ id, name, args }, at) => ({
			functionCall: { id, name, args },
			...(at === 0 && { thoughtSignature: 'c2ln' }),
		})),
	];
}

const chunk = (model: string, parts: readonly Part[], last: boolean) => ({
	candidates: [{ content: { role: 'model', parts }, index: 0, ...(last && { finishReason: 'STOP' }) }],
	usageMetadata: {
		promptTokenCount: TOKENS.prompt,
		candidatesTokenCount: TOKENS.completion,
		totalTokenCount: TOKENS.prompt + TOKENS.completion,
	},
	modelVersion: model,
	responseId: 'replay',
});

const pieces = (part: Part): Part[] =>
	typeof part.text === 'string' ? halves(part.text).map((text) => ({ ...part, text })) : [part];

export const googleGenerate: Replay = {
	isStreamed: ({ path }) => path.includes(':streamGenerateContent'),
	whole: (said, model) => json(chunk(model, partsOf(said), true)),
	stream: (said, model) => {
		const parts = partsOf(said).flatMap(pieces);
		const lines = parts.map((part, at) => data(chunk(model, [part], at === parts.length - 1)));
		return events(...lines.map((line) => line.replaceAll('\n', '\r\n')));
	},
	failure: (kind) => {
		const [code, status, message, details] = ERRORS[kind];
		return json({ error: { code, message, status, details } }, code);
	},
	results: ({ contents }) =>
		listOf(contents)
			.flatMap(({ parts }) => listOf(parts))
			.filter((part) => 'functionResponse' in part)
			.map(({ functionResponse }) => {
				const { name, response } = fieldsOf(functionResponse);
				const { result } = fieldsOf(response);
				return { of: String(name), text: typeof result === 'string' ? result : JSON.stringify(response) };
			}),
	asks: {
		'tool-call': /"functionDeclarations":\[\{"name":"get_weather"/,
		'parallel-tools': /"functionDeclarations":\[\{"name":"get_weather"/,
		'tool-result': /"functionResponse":\{[^}]*"name":"get_weather"/,
		image: /"inlineData":\{"mimeType":"image\/png"/,
		'json-schema': /"response(Json)?Schema":\{/,
		reasoning: /"thinkingConfig":\{/,
	},
};
