/** What the codes, types and words of OpenAI-shaped providers mean. Data alone. */
import type { FailureClass } from '../../../errors';
import type { Failure, Scope } from '../failure';

export interface Verdict {
	readonly failure: FailureClass;
	readonly scope: Scope;
	/** Tokens. */
	readonly contextLimit?: number | undefined;
	readonly promptTokens?: number | undefined;
	readonly code?: Failure['code'];
}

/** What a code or type says whatever the status, and the status of an error inside a 200 that names none. */
export interface Rule extends Verdict {
	readonly status: number;
	readonly words: ReadonlySet<string>;
	/** Tells it where no code does, at these statuses only. */
	readonly message?: RegExp;
	readonly at?: readonly number[];
}

/** `errors[].code` of Cloudflare's API is a number without a status in it; `said.ts` writes it so. */
const numbered = (...codes: readonly number[]): string[] => codes.map((code) => `errors.${code}`);

export const RULES: readonly Rule[] = [
	{
		failure: 'quota',
		scope: 'key',
		status: 429,
		words: new Set([
			'insufficient_quota',
			'credit_balance_exhausted',
			'organization_spend_limit_exceeded',
			'project_spend_limit_exceeded',
			'organization_usage_limit_exceeded',
			'billing_hard_limit_reached',
			'billing_not_active',
			'billing_error',
			...numbered(3036), // neurons of the day
		]),
		message: /credit balance is too low|insufficient balance|exceeded your current quota/i,
		at: [400, 403, 429],
	},
	// One request above the tokens of a minute (Groq): it never fits, so that waiting does not help.
	{
		failure: 'quota',
		scope: 'key',
		status: 413,
		code: 'rate_limited',
		words: new Set(),
		message: /tokens per (?:minute|day)/i,
		at: [413],
	},
	// OpenRouter's brake on a key with many requests under way, which it answers with 402.
	{ failure: 'rate-limited', scope: 'key', status: 429, words: new Set(['openrouter_in_flight_budget']) },
	{
		failure: 'key-dead',
		scope: 'key',
		status: 401,
		words: new Set([
			'invalid_api_key',
			'api_key_invalid',
			'authentication_error',
			'invalid_authentication',
			...numbered(10000, 9109, 10001),
		]),
		message: /incorrect api key|invalid api key|api key not valid/i,
		at: [400],
	},
	{
		failure: 'content-filter',
		scope: 'request',
		status: 400,
		words: new Set([
			'content_filter',
			'content_policy_violation',
			'responsibleaipolicyviolation',
			'moderation_blocked',
			'image_content_policy_violation',
			'misalignment_policy_violation',
			'bio_policy',
		]),
		message: /moderation|flagged|guardrail|content (?:policy|management)/i,
		at: [403],
	},
	// A wrong path or api-version, of which the model is innocent (Azure, FastAPI).
	{
		failure: 'malformed',
		scope: 'provider',
		status: 404,
		words: new Set(),
		message: /^(?:resource )?not found\.?$/i,
		at: [404],
	},
	{
		failure: 'model-missing',
		scope: 'model',
		status: 404,
		words: new Set([
			'model_not_found',
			'deploymentnotfound',
			'not_found_error',
			'model_not_supported',
			...numbered(5007, 5004, 3042), // no such model
			...numbered(5018, 5016, 3023, 3041), // not for this account, or its licence not yet accepted
		]),
		message:
			/is not a valid model|model identifier is invalid|no models? (?:are )?loaded|could not load model|failed to load model|not supported by any provider|model .{1,200} (?:not found|does not exist)/i,
		at: [400, 500],
	},
	{
		failure: 'context-too-long',
		scope: 'request',
		status: 400,
		words: new Set(['context_length_exceeded', 'context_window_exceeded', 'exceed_context_size_error']),
	},
	// Told by their words whatever the status: TGI and Workers AI say 429 when a model has no room.
	{ failure: 'overloaded', scope: 'provider', status: 503, words: new Set(['overloaded', ...numbered(3040)]) },
	{ failure: 'timeout', scope: 'provider', status: 408, words: new Set(numbered(3007, 3008)) },
	{ failure: 'bad-request', scope: 'request', status: 413, words: new Set(numbered(3006)) },
	{ failure: 'bad-request', scope: 'request', status: 400, words: new Set(numbered(3003, 3039, 5005, 5019)) },
];

/** What types and codes say of the status, for errors inside a 200. */
export const STATUS_OF_WORD: ReadonlyMap<string, number> = new Map([
	['invalid_request_error', 400],
	['invalid_request', 400],
	['bad_request', 400],
	['validation', 422],
	['permission_error', 403],
	['not_found', 404],
	['request_too_large', 413],
	['rate_limit_error', 429],
	['rate_limit_exceeded', 429],
	['rate_limited', 429],
	['too_many_requests', 429],
	['slow_down', 429],
	['service_tier_capacity_exceeded', 429],
	['server_error', 500],
	['api_error', 500],
	['internal_error', 500],
	['internal_server_error', 500],
	['generation', 500],
	['incomplete_generation', 500],
	['overloaded_error', 529],
	['server_is_overloaded', 503],
	['service_unavailable', 503],
	['service_unavailable_error', 503],
	['engine_overloaded', 503],
	['engine_overloaded_error', 503],
	['insufficient_system_resource', 503],
	['capacity_exceeded', 503],
	['timeout', 504],
	['timeout_error', 504],
	['gateway_timeout', 504],
]);
