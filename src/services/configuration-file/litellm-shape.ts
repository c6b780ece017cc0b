/** LiteLLM's proxy configuration as far as it is read (docs.litellm.ai/docs/proxy/config_settings). */
import * as z from 'zod';

const text = z.string().min(1);
const names = z.array(text);

/** What is read here. */
const READ_PARAMS = {
	model: text,
	api_key: text.nullish(),
	api_base: text.nullish(),
	base_url: text.nullish(),
	api_version: text.nullish(),
	organization: text.nullish(),
	aws_region_name: text.nullish(),
	aws_access_key_id: text.nullish(),
	aws_secret_access_key: text.nullish(),
	aws_session_token: text.nullish(),
	temperature: z.number().nullish(),
	top_p: z.number().nullish(),
	max_tokens: z.int().nullish(),
	max_completion_tokens: z.int().nullish(),
	presence_penalty: z.number().nullish(),
	frequency_penalty: z.number().nullish(),
	seed: z.int().nullish(),
	stop: z.union([text, names]).nullish(),
	reasoning_effort: text.nullish(),
	/** Seconds. */
	timeout: z.number().positive().nullish(),
	stream_timeout: z.number().positive().nullish(),
	max_retries: z.int().min(0).nullish(),
	/** Share among the entries of one name. */
	weight: z.number().nullish(),
	rpm: z.int().positive().nullish(),
	tpm: z.int().positive().nullish(),
	input_cost_per_token: z.number().nonnegative().nullish(),
	output_cost_per_token: z.number().nonnegative().nullish(),
};

/** Known there, without a place here: named in a note. */
export const UNREAD_PARAMS = [
	'order',
	'max_parallel_requests',
	'custom_llm_provider',
	'drop_params',
	'additional_drop_params',
	'mock_response',
	'tags',
	'extra_headers',
	'extra_body',
	'cache_control_injection_points',
	'use_in_pass_through',
	'merge_reasoning_content_in_choices',
	'litellm_credential_name',
	'max_budget',
	'budget_duration',
] as const;

const READ_INFO = {
	mode: text.nullish(),
	max_tokens: z.int().nullish(),
	max_input_tokens: z.int().nullish(),
	max_output_tokens: z.int().nullish(),
	input_cost_per_token: z.number().nonnegative().nullish(),
	output_cost_per_token: z.number().nonnegative().nullish(),
	cache_read_input_token_cost: z.number().nonnegative().nullish(),
	supports_function_calling: z.boolean().nullish(),
	supports_vision: z.boolean().nullish(),
	supports_reasoning: z.boolean().nullish(),
	supports_response_schema: z.boolean().nullish(),
};

const unread = Object.fromEntries(UNREAD_PARAMS.map((key) => [key, z.unknown().optional()])) as Record<
	(typeof UNREAD_PARAMS)[number],
	z.ZodOptional<z.ZodUnknown>
>;

export const entrySchema = z.strictObject({
	model_name: text,
	litellm_params: z.strictObject({ ...unread, ...READ_PARAMS }),
	/** Where older files have them. */
	rpm: READ_PARAMS.rpm,
	tpm: READ_PARAMS.tpm,
	/** Anything may stand there: it is passed on to whoever asks LiteLLM for its models. */
	model_info: z.looseObject(READ_INFO).nullish(),
});

const chains = z.array(z.record(z.string(), names));

/** Both `router_settings` and `litellm_settings` may hold these. */
export const settingsSchema = z.looseObject({
	fallbacks: chains.nullish(),
	default_fallbacks: names.nullish(),
	routing_strategy: text.nullish(),
	/** After the first try. */
	num_retries: z.int().min(0).nullish(),
	/** Seconds. */
	timeout: z.number().positive().nullish(),
	request_timeout: z.number().positive().nullish(),
	stream_timeout: z.number().positive().nullish(),
	context_window_fallbacks: chains.nullish(),
	content_policy_fallbacks: chains.nullish(),
	model_group_alias: z.record(z.string(), z.union([text, z.looseObject({ model: text })])).nullish(),
});

/** Of `settingsSchema`, what is read. */
export const READ_SETTINGS: readonly string[] = [
	'fallbacks',
	'default_fallbacks',
	'context_window_fallbacks',
	'content_policy_fallbacks',
	'model_group_alias',
	'routing_strategy',
	'num_retries',
	'timeout',
	'request_timeout',
	'stream_timeout',
];

export type ModelEntry = z.output<typeof entrySchema>;
export type Params = ModelEntry['litellm_params'];
export type SettingsShape = z.output<typeof settingsSchema>;
