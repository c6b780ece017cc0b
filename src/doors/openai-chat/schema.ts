/**
 * What `POST /v1/chat/completions` accepts, in OpenAI's spelling and strict wherever a field is used. Optional
 * fields may be null, as OpenAI's may. What is not named here is named in the warnings.
 */
import * as z from 'zod';
import { extension } from '../extension';
import { cacheControl, message } from './message-schema';

const definition = {
	name: z.string().min(1).max(128),
	description: z.string().nullish(),
	parameters: z.record(z.string(), z.unknown()).nullish(),
};

const tool = z.object({
	type: z.literal('function', { error: "expected 'function': other kinds of tools are not supported" }),
	function: z.object({ ...definition, strict: z.boolean().nullish(), cache_control: cacheControl.nullish() }),
	cache_control: cacheControl.nullish(),
});

const named = z.object({ type: z.literal('function'), function: z.object({ name: z.string().min(1) }) });

const toolChoice = z.union(
	[
		z.enum(['none', 'auto', 'required']),
		z.discriminatedUnion('type', [
			named,
			z.object({
				type: z.literal('allowed_tools'),
				allowed_tools: z.object({ mode: z.enum(['auto', 'required']), tools: z.array(named).min(1) }),
			}),
		]),
	],
	{
		error:
			'expected none, auto, required, {"type":"function","function":{"name":…}} or ' +
			'{"type":"allowed_tools","allowed_tools":{"mode":…,"tools":[{"type":"function","function":{"name":…}}]}}; ' +
			'custom tools are not supported',
	},
);

const responseFormat = z.discriminatedUnion(
	'type',
	[
		z.object({ type: z.literal('text') }),
		z.object({ type: z.literal('json_object') }),
		z.object({
			type: z.literal('json_schema'),
			json_schema: z.object({
				name: z.string().min(1),
				description: z.string().nullish(),
				schema: z.record(z.string(), z.unknown()).nullish(),
				strict: z.boolean().nullish(),
			}),
		}),
	],
	{ error: 'expected text, json_object or json_schema' },
);

const effort = z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']);

/** OpenRouter's, for what `reasoning_effort` can't say. */
const reasoning = z.object({
	effort: effort.nullish(),
	max_tokens: z.int().min(1).nullish(),
	enabled: z.boolean().nullish(),
	exclude: z.boolean().nullish(),
	summary: z.enum(['auto', 'concise', 'detailed']).nullish(),
});

export const chatBody = z.object({
	model: z.string().nullish(),
	models: z.array(z.string().min(1)).nullish(),
	messages: z.array(message).min(1, 'expected at least one message'),
	stream: z.boolean().nullish(),
	stream_options: z
		.object({ include_usage: z.boolean().nullish(), include_obfuscation: z.boolean().nullish() })
		.nullish(),
	n: z.int().min(1).max(8, 'expected at most 8').nullish(),
	max_tokens: z.int().min(1).nullish(),
	max_completion_tokens: z.int().min(1).nullish(),
	temperature: z.number().min(0).max(2).nullish(),
	top_p: z.number().min(0).max(1).nullish(),
	top_k: z.int().min(0).nullish(),
	presence_penalty: z.number().min(-2).max(2).nullish(),
	frequency_penalty: z.number().min(-2).max(2).nullish(),
	stop: z.union([z.string(), z.array(z.string())], { error: 'expected a string or an array of strings' }).nullish(),
	seed: z.int().nullish(),
	logprobs: z.boolean().nullish(),
	top_logprobs: z.int().min(0).max(20).nullish(),
	tools: z.array(tool).nullish(),
	tool_choice: toolChoice.nullish(),
	parallel_tool_calls: z.boolean().nullish(),
	functions: z.array(z.object(definition)).nullish(),
	function_call: z
		.union([z.enum(['none', 'auto']), z.object({ name: z.string().min(1) })], {
			error: 'expected none, auto or {"name":…}',
		})
		.nullish(),
	response_format: responseFormat.nullish(),
	reasoning_effort: effort.nullish(),
	reasoning: reasoning.nullish(),
	user: z.string().nullish(),
	safety_identifier: z.string().nullish(),
	metadata: z.record(z.string(), z.string()).nullish(),
	logit_bias: z.record(z.string(), z.number()).nullish(),
	verbosity: z.string().nullish(),
	service_tier: z.string().nullish(),
	prediction: z.looseObject({}).nullish(),
	web_search_options: z.looseObject({}).nullish(),
	prompt_cache_key: z.string().nullish(),
	prompt_cache_retention: z.string().nullish(),
	prompt_cache_options: z.looseObject({}).nullish(),
	modalities: z.array(z.string()).nullish(),
	audio: z.looseObject({}).nullish(),
	moderation: z.looseObject({}).nullish(),
	store: z.boolean().nullish(),
	switchyard: extension.nullish(),
});

export type ChatBody = z.output<typeof chatBody>;
