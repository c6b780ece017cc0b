/**
 * What `POST /v1/responses` accepts, in OpenAI's spelling and strict wherever a field is used. Optional fields may
 * be null. Fields of OpenAI's that are not used are named in warnings or refused; so are those it does not have.
 */
import * as z from 'zod';
import { extension } from '../extension';
import { input } from './item-schema';

const tool = z.object({
	type: z.literal('function', {
		error: "expected 'function': tools that OpenAI runs itself, custom tools and MCP servers are not supported",
	}),
	name: z.string().min(1).max(128),
	description: z.string().nullish(),
	parameters: z.record(z.string(), z.unknown()).nullish(),
	strict: z.boolean().nullish(),
	output_schema: z.looseObject({}).nullish(),
	defer_loading: z
		.literal(false, { error: 'tool search is not supported: send the tools that may be called' })
		.nullish(),
	allowed_callers: z.array(z.literal('direct', { error: 'programmatic tool calls are not supported' })).nullish(),
});

const named = z.object({ type: z.literal('function'), name: z.string().min(1) });

const toolChoice = z.union(
	[
		z.enum(['none', 'auto', 'required']),
		z.discriminatedUnion('type', [
			named,
			z.object({ type: z.literal('allowed_tools'), mode: z.enum(['auto', 'required']), tools: z.array(named).min(1) }),
		]),
	],
	{
		error:
			'expected none, auto, required, {"type":"function","name":…} or ' +
			'{"type":"allowed_tools","mode":…,"tools":[{"type":"function","name":…}]}',
	},
);

const format = z.discriminatedUnion(
	'type',
	[
		z.object({ type: z.literal('text') }),
		z.object({ type: z.literal('json_object') }),
		z.object({
			type: z.literal('json_schema'),
			name: z.string().min(1),
			schema: z.record(z.string(), z.unknown()),
			description: z.string().nullish(),
			strict: z.boolean().nullish(),
		}),
	],
	{ error: 'expected text, json_object or json_schema' },
);

const summary = z.enum(['auto', 'concise', 'detailed']).nullish();

const reasoning = z.object({
	effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']).nullish(),
	summary,
	/** The older name of `summary`. */
	generate_summary: summary,
	context: z.string().nullish(),
	mode: z.string().nullish(),
});

const refused = (instead: string) => z.null({ error: instead }).optional();
const STATELESS = 'responses are not stored here: send the whole conversation as input';

const AGENT = 'agent:';

/** OpenAI's reference to a stored prompt, for an agent's: `agent:<slug>` in place of its id. */
const prompt = z.object({
	id: z
		.string()
		.refine(
			(id) => id.startsWith(AGENT) && id !== AGENT,
			'prompts stored at OpenAI are not supported: name an agent as agent:<slug>, or send instructions and input',
		)
		.transform((id) => id.slice(AGENT.length)),
	version: refused('the version in force is the one that is used: leave it out'),
	variables: z
		.record(
			z.string(),
			z.union(
				[
					z.string(),
					z.number(),
					z.boolean(),
					z.object({ type: z.literal('input_text'), text: z.string() }).transform((part) => part.text),
				],
				{ error: 'expected text, a number or a boolean; images and files go into the input' },
			),
		)
		.nullish(),
});

export const responsesBody = z.object({
	model: z.string().nullish(),
	models: z.array(z.string().min(1)).nullish(),
	input,
	instructions: z.string().nullish(),
	stream: z.boolean().nullish(),
	stream_options: z.object({ include_obfuscation: z.boolean().nullish() }).nullish(),
	max_output_tokens: z.int().min(1).nullish(),
	temperature: z.number().min(0).max(2).nullish(),
	top_p: z.number().min(0).max(1).nullish(),
	top_logprobs: z.int().min(0).max(20).nullish(),
	include: z.array(z.string()).nullish(),
	tools: z.array(tool).nullish(),
	tool_choice: toolChoice.nullish(),
	parallel_tool_calls: z.boolean().nullish(),
	max_tool_calls: z.int().nullish(),
	text: z.object({ format: format.nullish(), verbosity: z.enum(['low', 'medium', 'high']).nullish() }).nullish(),
	reasoning: reasoning.nullish(),
	metadata: z.record(z.string(), z.string()).nullish(),
	user: z.string().nullish(),
	safety_identifier: z.string().nullish(),
	service_tier: z.string().nullish(),
	prompt_cache_key: z.string().nullish(),
	prompt_cache_retention: z.string().nullish(),
	prompt_cache_options: z.looseObject({}).nullish(),
	moderation: z.looseObject({}).nullish(),
	context_management: z.array(z.looseObject({})).nullish(),
	truncation: z.enum(['auto', 'disabled']).nullish(),
	store: z.boolean().nullish(),
	background: z
		.literal(false, { error: 'background responses are not supported: wait for the answer, or stream it' })
		.nullish(),
	previous_response_id: refused(STATELESS),
	conversation: refused(STATELESS),
	prompt: prompt.nullish(),
	switchyard: extension.nullish(),
});

export type ResponsesBody = z.output<typeof responsesBody>;
