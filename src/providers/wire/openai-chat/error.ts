import type { GatewayError } from '../../../errors';
import { contextFailure, contextLimit } from '../context-limit';
import { failureOfStatus, upstreamError } from '../failure';
import { isObject, type Json, tryJson } from '../json';
import { RULES, type Rule, STATUS_OF_WORD, type Verdict } from './error-rules';
import { readSaid, type Said } from './said';

/** Statuses at which a message about length is about the request. */
const LENGTH_STATUSES: ReadonlySet<number> = new Set([400, 413, 422, 500]);

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
	body.object === 'error' ||
	body.type === 'error' ||
	typeof body.detail === 'string' ||
	body.success === false ||
	(Array.isArray(body.errors) && body.success !== true);

function verdictOf(status: number, said: Said): Verdict {
	const rule = RULES.find((one) => applies(one, status, said));
	const tooLong = LENGTH_STATUSES.has(status) && said.message ? contextLimit(said.message) : null;
	if (tooLong && (!rule || rule.failure === 'context-too-long')) return contextFailure({ ...said.figures, ...tooLong });
	if (rule) return rule.failure === 'context-too-long' ? contextFailure(said.figures ?? {}) : rule;
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
		promptTokens: verdict.promptTokens,
		code: verdict.code,
		status,
		message: said.message,
		param: said.param,
		headers,
		retryAfterMs: said.retryAfterMs,
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
