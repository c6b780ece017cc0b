import type { FailureClass, GatewayError } from '../../../errors';
import { contextLimit } from '../context-limit';
import { type Failure, failureOfStatus, type Scope, upstreamError } from '../failure';
import { isObject, type Json, tryJson } from '../json';
import { readSaid, type Said } from './said';

interface Verdict {
	readonly failure: FailureClass;
	readonly scope: Scope;
	readonly contextLimit?: number | undefined;
	readonly code?: Failure['code'];
}

/** What a code or type says whatever the status, and the status of an error inside a 200 that names none. */
interface Rule extends Verdict {
	readonly status: number;
	readonly words: ReadonlySet<string>;
	/** Tells it where no code does, at these statuses only. */
	readonly message?: RegExp;
	readonly at?: readonly number[];
}

const RULES: readonly Rule[] = [
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
		]),
		message: /credit balance is too low|insufficient balance|exceeded your current quota/i,
		at: [400, 403, 429],
	},
	{
		failure: 'key-dead',
		scope: 'key',
		status: 401,
		words: new Set(['invalid_api_key', 'api_key_invalid', 'authentication_error', 'invalid_authentication']),
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
	{
		failure: 'model-missing',
		scope: 'model',
		status: 404,
		words: new Set(['model_not_found', 'deploymentnotfound', 'not_found_error']),
		message: /is not a valid model|model identifier is invalid|model .{1,200} (?:not found|does not exist)/i,
		at: [400],
	},
	{
		failure: 'context-too-long',
		scope: 'request',
		status: 400,
		words: new Set(['context_length_exceeded', 'context_window_exceeded']),
	},
];

/** Statuses at which a message about length is about the request. */
const LENGTH_STATUSES: ReadonlySet<number> = new Set([400, 413, 422, 500]);

/** What types and codes say of the status, for errors inside a 200. */
const STATUS_OF_WORD: ReadonlyMap<string, number> = new Map([
	['invalid_request_error', 400],
	['invalid_request', 400],
	['bad_request', 400],
	['permission_error', 403],
	['not_found', 404],
	['request_too_large', 413],
	['rate_limit_error', 429],
	['rate_limit_exceeded', 429],
	['rate_limited', 429],
	['too_many_requests', 429],
	['slow_down', 429],
	['server_error', 500],
	['api_error', 500],
	['internal_error', 500],
	['internal_server_error', 500],
	['overloaded', 529],
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

/** A non-2xx answer, as the OpenAI-shaped providers write it; HTML and the like is judged by its status. */
export function fromError(status: number, headers: Headers, body: string): GatewayError {
	const parsed = tryJson(body.trim());
	const said = readSaid(parsed ?? (isHtml(body) ? undefined : body));
	return build(isHtml(body) ? pageVerdict(status) : verdictOf(status, said), status, said, headers);
}

/** An error inside a 200, whole or in a stream: its own code, status or type decide. */
export function inBandError(body: unknown): GatewayError {
	const said = readSaid(body);
	const rule = RULES.find((one) => said.words.some((word) => one.words.has(word)));
	const status = said.status ?? rule?.status ?? statusOfWords(said.words);
	if (status !== undefined) return build(verdictOf(status, said), status, said);
	if (said.message && contextLimit(said.message)) return build(verdictOf(400, said), 400, said);
	return build({ failure: 'server', scope: 'provider', code: 'upstream_malformed' }, 200, said);
}

/** An `error` that says something, or a body that is nothing else than one. */
export function hasError(body: unknown): boolean {
	if (Array.isArray(body)) return isObject(body[0]) && hasError(body[0]);
	if (!isObject(body)) return false;
	if (body.error) return true;
	return !('choices' in body) && !('data' in body) && isBareError(body);
}

const isBareError = (body: Json): boolean =>
	body.object === 'error' || body.type === 'error' || typeof body.detail === 'string' || Array.isArray(body.errors);

function verdictOf(status: number, said: Said): Verdict {
	const rule = RULES.find((one) => applies(one, status, said));
	const limit = LENGTH_STATUSES.has(status) && said.message ? contextLimit(said.message) : null;
	if (limit && (!rule || rule.failure === 'context-too-long')) {
		return { failure: 'context-too-long', scope: 'request', contextLimit: limit.limit };
	}
	if (rule) return rule;
	const usual = failureOfStatus(status);
	// A limit of the provider behind an aggregator is the model's, not our key's.
	return usual.failure === 'rate-limited' && said.behind ? { failure: 'rate-limited', scope: 'model' } : usual;
}

function applies(rule: Rule, status: number, said: Said): boolean {
	if (said.words.some((word) => rule.words.has(word))) return true;
	return rule.message !== undefined && (rule.at ?? []).includes(status) && rule.message.test(said.message ?? '');
}

/** An error page comes from something in between: it says nothing of the key or the model. */
function pageVerdict(status: number): Verdict {
	const usual = failureOfStatus(status);
	if (usual.failure === 'key-dead') return { failure: 'malformed', scope: 'provider', code: 'upstream_rejected' };
	return usual.failure === 'model-missing' ? { failure: 'malformed', scope: 'provider' } : usual;
}

function build(verdict: Verdict, status: number, said: Said, headers?: Headers): GatewayError {
	return upstreamError({
		failure: verdict.failure,
		scope: verdict.scope,
		contextLimit: verdict.contextLimit,
		code: verdict.code,
		status,
		message: said.message,
		param: said.param,
		headers,
	});
}

function statusOfWords(words: readonly string[]): number | undefined {
	for (const word of words) {
		const status = STATUS_OF_WORD.get(word);
		if (status !== undefined) return status;
	}
	return undefined;
}

const isHtml = (body: string): boolean => /^\s*<(?:!doctype|html|head|body|\?xml)/i.test(body.slice(0, 200));
