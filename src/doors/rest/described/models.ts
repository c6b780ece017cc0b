/** The list of models, as its door answers it. */
import * as z from 'zod';
import { described } from '../operation';

const perMillion = z.number().nonnegative().describe('USD per million tokens.');
const perToken = z.string().describe('USD per token, as a decimal.');
const tokens = z.int().positive().nullable();

const rates = {
	input: perMillion,
	output: perMillion,
	cache_read: perMillion,
	cache_write: perMillion,
	cache_write_1h: perMillion,
	input_audio: perMillion,
	reasoning: perMillion,
	output_audio: perMillion,
};

const pricing = z.object({
	currency: z.literal('USD'),
	unit: z.literal('million_tokens'),
	version: z.string().nullable().describe('Of the price list.'),
	...rates,
	tiers: z
		.array(z.object({ above: z.int().nonnegative(), ...rates }))
		.describe('For the whole of a request whose prompt has more than `above` tokens.'),
	prompt: perToken,
	completion: perToken,
	input_cache_read: perToken.exactOptional(),
	input_cache_write: perToken.exactOptional(),
	internal_reasoning: perToken.exactOptional(),
});

const model = z
	.object({
		id: z.string().describe('As a request names it: `provider/model`.'),
		object: z.literal('model'),
		created: z.int().nonnegative().describe('When it came out, in seconds since epoch. 0: unknown.'),
		owned_by: z.string(),
		provider: z.string(),
		kind: z.enum(['chat', 'embedding']),
		context_window: tokens.describe('Tokens, input and output together. null: unknown.'),
		context_length: tokens.describe('The same.'),
		max_input_tokens: tokens,
		max_output_tokens: tokens,
		input_modalities: z.array(z.string()),
		output_modalities: z.array(z.string()),
		capabilities: z.object({
			tools: z.boolean(),
			structured_output: z.boolean(),
			reasoning: z.boolean(),
			sampling: z.boolean().describe('false: temperature, top_p and top_k are refused.'),
			vision: z.boolean(),
		}),
		reasoning_options: z.array(z.looseObject({})).describe('How reasoning is steered.'),
		tokenizer: z.string(),
		dimensions: z.int().positive().nullable().describe('Length of a vector.'),
		pricing: pricing.nullable().describe('null: unknown.'),
		known: z.boolean().describe('false: the figures are guesses.'),
		source: z.enum(['catalog', 'live']),
		deprecated: z.boolean(),
		aliases: z.array(z.string()).describe("The organization's own names for it."),
		architecture: z.object({
			modality: z.string(),
			input_modalities: z.array(z.string()),
			output_modalities: z.array(z.string()),
			tokenizer: z.string(),
		}),
		top_provider: z.object({ context_length: tokens, max_completion_tokens: tokens }),
		supported_parameters: z.array(z.string()),
	})
	.describe('A model as OpenAI lists it, and beside that what is known of it.');

const errors = { shape: 'openai', statuses: [401, 403, 503] } as const;

export const modelOperations = [
	described({
		id: 'listModels',
		method: 'get',
		path: '/v1/models',
		tag: 'Inference',
		summary: 'List the models that can be used now',
		access: 'any',
		answers: {
			200: {
				description: 'Models of every configured provider.',
				body: {
					name: 'ModelListResponse',
					schema: z.object({ object: z.literal('list'), data: z.array(model) }),
				},
			},
		},
		errors,
	}),
	described({
		id: 'getModel',
		method: 'get',
		path: '/v1/models/{id}',
		tag: 'Inference',
		summary: 'Get a model',
		parameters: { id: '`provider/model`, the slash plain or as `%2F`.' },
		access: 'any',
		answers: { 200: { description: 'The model.', body: { name: 'ModelResponse', schema: model } } },
		errors: { ...errors, statuses: [...errors.statuses, 404] },
	}),
];
