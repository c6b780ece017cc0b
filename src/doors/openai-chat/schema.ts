/**
 * What `POST /v1/chat/completions` accepts, in OpenAI's spelling and strict wherever a field is used. Optional
 * fields may be null, as OpenAI's may. Fields that are not named here are ignored.
 */
import * as z from 'zod';
import { extension } from '../extension';

/** A prompt-cache breakpoint: OpenAI's `prompt_cache_breakpoint`, or `cache_control` as other gateways spell it. */
const breakpoint = { cache_control: z.looseObject({}).nullish(), prompt_cache_breakpoint: z.looseObject({}).nullish() };

const text = z.object({ type: z.literal('text'), text: z.string(), ...breakpoint });

const image = z.object({
	type: z.literal('image_url'),
	image_url: z.object({ url: z.string().min(1), detail: z.enum(['low', 'high', 'auto', 'original']).nullish() }),
	...breakpoint,
});

const audio = z.object({
	type: z.literal('input_audio'),
	input_audio: z.object({ data: z.string().min(1), format: z.string().min(1) }),
});

const file = z.object({
	type: z.literal('file'),
	file: z.object({
		file_data: z.string().min(1).nullish(),
		file_id: z.string().min(1).nullish(),
		filename: z.string().nullish(),
	}),
	...breakpoint,
});

const refusal = z.object({ type: z.literal('refusal'), refusal: z.string() });

const userPart = z.discriminatedUnion('type', [text, image, audio, file], {
	error: 'expected a part of type text, image_url, input_audio or file',
});
const toolPart = z.discriminatedUnion('type', [text, image], { error: 'expected a part of type text or image_url' });
const assistantPart = z.discriminatedUnion('type', [text, refusal], {
	error: 'expected a part of type text or refusal',
});

/** A string is one text part; what comes out is always parts, so that errors name the part at fault. */
const content = <P extends z.ZodType>(part: P) =>
	z.preprocess(
		(value) => (typeof value === 'string' ? [{ type: 'text', text: value }] : value),
		z.array(part, { error: 'expected a string or an array of parts' }).min(1, 'expected at least one part'),
	);

const toolCall = z.object({
	id: z.string().min(1),
	type: z.literal('function', { error: "expected 'function': custom tool calls are not supported" }).optional(),
	function: z.object({ name: z.string().min(1), arguments: z.string() }),
});

/** OpenRouter's shape: reasoning with the signature that providers want replayed. */
const reasoningDetail = z.looseObject({
	type: z.string(),
	text: z.string().nullish(),
	data: z.string().nullish(),
	signature: z.string().nullish(),
});

const assistant = z.object({
	role: z.literal('assistant'),
	content: content(assistantPart).nullish(),
	refusal: z.string().nullish(),
	tool_calls: z.array(toolCall).nullish(),
	reasoning_content: z.string().nullish(),
	reasoning_details: z.array(reasoningDetail).nullish(),
	function_call: z.null({ error: 'function_call is not supported: use tool_calls' }).optional(),
	audio: z.null({ error: 'audio of an earlier answer is not supported: send its transcript as content' }).optional(),
});

const message = z.discriminatedUnion(
	'role',
	[
		z.object({ role: z.literal('system'), content: content(text) }),
		z.object({ role: z.literal('developer'), content: content(text) }),
		z.object({ role: z.literal('user'), content: content(userPart), name: z.string().nullish() }),
		assistant,
		z.object({ role: z.literal('tool'), content: content(toolPart), tool_call_id: z.string().min(1) }),
	],
	{ error: 'expected system, developer, user, assistant or tool (messages of the legacy role function: use tool)' },
);

const tool = z.object({
	type: z.literal('function', { error: "expected 'function': other kinds of tools are not supported" }),
	function: z.object({
		name: z.string().min(1).max(128),
		description: z.string().nullish(),
		parameters: z.record(z.string(), z.unknown()).nullish(),
		strict: z.boolean().nullish(),
	}),
});

const toolChoice = z.union(
	[
		z.enum(['none', 'auto', 'required']),
		z.object({ type: z.literal('function'), function: z.object({ name: z.string().min(1) }) }),
	],
	{
		error:
			'expected none, auto, required or {"type":"function","function":{"name":…}}; ' +
			'allowed_tools and custom are not supported: send only the tools that are allowed',
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

const legacy = (instead: string) => z.null({ error: `not supported: use ${instead}` }).optional();

export const chatBody = z.object({
	model: z.string().nullish(),
	models: z.array(z.string().min(1)).nullish(),
	messages: z.array(message).min(1, 'expected at least one message'),
	stream: z.boolean().nullish(),
	stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
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
	response_format: responseFormat.nullish(),
	reasoning_effort: effort.nullish(),
	reasoning: z.object({ effort: effort.nullish(), max_tokens: z.int().min(1).nullish() }).nullish(),
	user: z.string().nullish(),
	safety_identifier: z.string().nullish(),
	metadata: z.record(z.string(), z.string()).nullish(),
	functions: legacy('tools'),
	function_call: legacy('tool_choice'),
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
export type MessageBody = ChatBody['messages'][number];
export type AssistantBody = z.output<typeof assistant>;
export type ContentPart = z.output<typeof userPart> | z.output<typeof toolPart>;
