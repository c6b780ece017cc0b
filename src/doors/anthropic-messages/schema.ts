/**
 * What `POST /v1/messages` accepts, as Anthropic's SDK types it and as strict as its API: inside of a field a key that
 * is not known is refused with its path. Fields at the top that are not known are for Anthropic: `dialect.ts`.
 */
import * as z from 'zod';
import { extension, kept } from '../extension';
import { assistantContent, cacheControl, marked, system, userContent } from './content-schema';

const keeping = { switchyard: kept.nullish() };

const message = z.discriminatedUnion(
	'role',
	[
		z.strictObject({ role: z.literal('user'), content: userContent, ...keeping }),
		z.strictObject({ role: z.literal('assistant'), content: assistantContent, ...keeping }),
		z.strictObject({ role: z.literal('system'), content: system, ...keeping }),
	],
	{ error: 'expected user, assistant or system' },
);

const tool = z.strictObject({
	type: z
		.literal('custom', { error: "expected 'custom': tools of Anthropic's own (web_search, bash, …) are not supported" })
		.nullish(),
	name: z.string().min(1).max(128),
	description: z.string().nullish(),
	input_schema: z.record(z.string(), z.unknown()),
	strict: z.boolean().nullish(),
	eager_input_streaming: z.boolean().nullish(),
	defer_loading: z.boolean().nullish(),
	allowed_callers: z.array(z.string()).nullish(),
	input_examples: z.array(z.record(z.string(), z.unknown())).nullish(),
	...marked,
});

const serial = { disable_parallel_tool_use: z.boolean().nullish() };

const toolChoice = z.discriminatedUnion(
	'type',
	[
		z.strictObject({ type: z.literal('auto'), ...serial }),
		z.strictObject({ type: z.literal('any'), ...serial }),
		z.strictObject({ type: z.literal('tool'), name: z.string().min(1), ...serial }),
		z.strictObject({ type: z.literal('none'), ...serial }),
	],
	{ error: 'expected auto, any, tool or none' },
);

const display = z.enum(['summarized', 'omitted']).nullish();

const thinking = z.discriminatedUnion(
	'type',
	[
		z.strictObject({ type: z.literal('enabled'), budget_tokens: z.int().min(1024), display }),
		z.strictObject({ type: z.literal('adaptive'), display }),
		z.strictObject({ type: z.literal('disabled') }),
		z.strictObject({ type: z.literal('between_tools') }),
	],
	{ error: 'expected enabled, adaptive, disabled or between_tools' },
);

const format = z.strictObject({
	type: z.literal('json_schema'),
	schema: z.record(z.string(), z.unknown()),
});

/** Further keys are for Anthropic. */
const outputConfig = z.looseObject({
	effort: z.enum(['low', 'medium', 'high', 'xhigh', 'max']).nullish(),
	format: format.nullish(),
});

const refused = (why: string) => z.null({ error: why }).optional();

const fields = {
	model: z.string().nullish(),
	models: z.array(z.string().min(1)).nullish(),
	messages: z.array(message).min(1, 'expected at least one message'),
	system: system.nullish(),
	stream: z.boolean().nullish(),
	temperature: z.number().min(0).max(2).nullish(),
	top_p: z.number().min(0).max(1).nullish(),
	top_k: z.int().min(0).nullish(),
	stop_sequences: z.array(z.string()).nullish(),
	tools: z.array(tool).nullish(),
	tool_choice: toolChoice.nullish(),
	thinking: thinking.nullish(),
	output_config: outputConfig.nullish(),
	output_format: format.nullish(),
	metadata: z.record(z.string(), z.string().nullish()).nullish(),
	cache_control: cacheControl.nullish(),
	service_tier: z.enum(['auto', 'standard_only']).nullish(),
	diagnostics: z.looseObject({}).nullish(),
	betas: z.array(z.string()).nullish(),
	container: refused('containers and skills are not supported'),
	mcp_servers: z.array(z.unknown()).max(0, 'MCP servers are not supported: call their tools yourself').nullish(),
	compaction: refused('compaction is not supported'),
	thread: refused('threads are not supported: send the whole conversation'),
	fallbacks: refused('use models, or the fallbacks of an agent'),
	fallback_credit_token: refused('not supported'),
	switchyard: extension.nullish(),
};

const LEAST_OUTPUT = 'expected at least 1: warming the cache without an answer is not supported';

export const messageBody = z.object({ ...fields, max_tokens: z.int().min(1, LEAST_OUTPUT) });

/** `POST /v1/messages/count_tokens`: the same without an answer. */
export const countBody = z.object({ ...fields, max_tokens: z.int().min(0).nullish() });

export type MessageBody = z.output<typeof countBody>;
export type TurnBody = MessageBody['messages'][number];
export type ToolBody = z.output<typeof tool>;
