/** The doors that speak another vendor's API: named here, specified there. */
import * as z from 'zod';
import { embeddingExtension, extension } from '../../extension';
import { type Access, described, type ErrorShape, type Operation } from '../operation';

const OPENAI = 'https://platform.openai.com/docs/api-reference';
const ANTHROPIC = 'https://docs.claude.com/en/api';

const HEADERS = {
	'x-switchyard-agent': 'Slug of the agent whose configuration applies.',
	'x-switchyard-fallback': '`none`: no other target is tried.',
	'x-switchyard-run': 'Marks the run that the request belongs to.',
	'x-switchyard-conversation':
		'Names the conversation (1 to 256 visible ASCII characters), which may stay where its prompt is cached.',
	'x-switchyard-context-mode':
		'What may be done so that a conversation fits: `trim`, `summarize`, `refuse` or `off`; absent: as configured.',
	'x-switchyard-receipt': '`true`: the answer says how it was routed, counted and priced.',
};

const OWN_FIELD = "The gateway's own, for clients that can't set a header; a header wins.";
const OF_MESSAGES =
	'A message may hold `switchyard` too: `pinned` (never taken away so that the conversation fits) and `priority` (−1,000 to 1,000, higher stays longer).';

const ANSWERED = {
	'x-switchyard-provider': 'Who answered.',
	'x-switchyard-model': "The upstream's name of the model.",
	'x-switchyard-attempts': 'Upstream calls made.',
	'x-switchyard-context':
		'What the planner did, in tokens and messages: `before=N, after=N, limit=N, method=…, dropped=N, summarized=N`.',
	'x-switchyard-cost-usd': 'USD; not on streams, absent where the price is unknown.',
};

const COUNTED = {
	'x-switchyard-provider': 'Whose model was counted for.',
	'x-switchyard-model': "The upstream's name of the model.",
	'x-switchyard-config-version': 'Of the configuration that said so.',
	'x-switchyard-count': 'As `method`.',
};

const COUNT = {
	name: 'TokenCount',
	schema: z.object({
		input_tokens: z.int().nonnegative(),
		method: z
			.enum(['provider', 'exact', 'calibrated', 'bound'])
			.describe(
				"By the provider, by the model's own encoding, by another one's times a factor (rather too high than too low), or from lengths alone (never too low).",
			),
	}),
};

const STATUSES = [400, 401, 402, 403, 404, 413, 429, 500, 502, 503, 504];

interface Facade {
	readonly id: string;
	readonly path: string;
	readonly summary: string;
	readonly description: string;
	readonly specification: Operation['specification'] & object;
	readonly access: Access;
	readonly shape: ErrorShape;
	/** Of the component schemas. */
	readonly body: string;
	readonly example: Readonly<Record<string, unknown>>;
	/** It answers with a count, and calls no model. */
	readonly counts?: true;
	/** It has no conversation. */
	readonly embeds?: true;
}

const MESSAGES = [{ role: 'user', content: 'Hello' }];

const FACADES: readonly Facade[] = [
	{
		id: 'createChatCompletion',
		path: '/v1/chat/completions',
		summary: 'Chat completion, as OpenAI has it',
		description: 'Streamed as server-sent events with `stream: true`. `usage.cost` is in USD.',
		specification: { url: `${OPENAI}/chat/create`, description: 'OpenAI: create a chat completion' },
		access: 'any',
		shape: 'openai',
		body: 'ChatCompletionRequest',
		example: { model: 'mock/echo', messages: MESSAGES },
	},
	{
		id: 'createResponse',
		path: '/v1/responses',
		summary: 'Response, as OpenAI has it',
		description: 'Stateless: nothing is kept, so `previous_response_id` is refused.',
		specification: { url: `${OPENAI}/responses/create`, description: 'OpenAI: create a response' },
		access: 'any',
		shape: 'openai',
		body: 'ResponsesRequest',
		example: { model: 'mock/echo', input: 'Hello' },
	},
	{
		id: 'createEmbedding',
		path: '/v1/embeddings',
		summary: 'Embeddings, as OpenAI has them',
		description: 'One target, since vectors of two models do not mix.',
		specification: { url: `${OPENAI}/embeddings/create`, description: 'OpenAI: create embeddings' },
		access: 'any',
		shape: 'openai',
		body: 'EmbeddingRequest',
		embeds: true,
		example: { model: 'mock/embed', input: 'Hello' },
	},
	{
		id: 'createMessage',
		path: '/v1/messages',
		summary: 'Message, as Anthropic has it',
		description: 'Streamed as server-sent events with `stream: true`. `usage.cost` is in USD.',
		specification: { url: `${ANTHROPIC}/messages`, description: 'Anthropic: create a message' },
		access: 'anthropic',
		shape: 'anthropic',
		body: 'MessageRequest',
		example: { model: 'mock/echo', max_tokens: 100, messages: MESSAGES },
	},
	{
		id: 'countMessageTokens',
		path: '/v1/messages/count_tokens',
		summary: 'Count the tokens of a message, as Anthropic has it',
		description:
			"The provider's own count where it has one, else by the model's own encoding or by another one's with a margin; `method` says which.",
		specification: { url: `${ANTHROPIC}/messages-count-tokens`, description: 'Anthropic: count tokens' },
		access: 'anthropic',
		shape: 'anthropic',
		body: 'CountTokensRequest',
		example: { model: 'mock/echo', messages: MESSAGES },
		counts: true,
	},
];

const own = (embeds = false) =>
	embeds
		? embeddingExtension.nullish().describe(OWN_FIELD)
		: extension.nullish().describe(`${OWN_FIELD} ${OF_MESSAGES}`);

export const inferenceOperations = FACADES.map(({ shape, body, example, counts, embeds, ...facade }) =>
	described({
		...facade,
		method: 'post',
		tag: 'Inference',
		headers: HEADERS,
		body: {
			name: body,
			schema: z.looseObject({ switchyard: own(embeds) }).describe(`See the specification: ${facade.specification.url}`),
			example,
		},
		answers: {
			200: {
				description: 'The answer, in the shape that the specification gives.',
				...(counts ? { headers: COUNTED, body: COUNT } : { headers: ANSWERED }),
			},
		},
		errors: { shape, statuses: STATUSES },
	}),
);
