/** Response headers of inference answers and of errors. */
import type { GatewayError } from '../errors';
import type { CallMeta } from '../gateway/call';
import { messagesOf } from '../language/context';
import { sumKnown, usdDecimal } from './money';

type Rate = NonNullable<CallMeta['requests']>;

/** Headers carry visible ASCII; a model may be named in any script. */
export const headerText = (value: string): string =>
	value.toWellFormed().replace(/[^\x20-\x7e]/gu, (character) => encodeURIComponent(character));

const seconds = (ms: number): string => String(Math.max(0, Math.ceil(ms / 1_000)));

function rateHeaders(rate: Rate): [string, string][] {
	return [
		['x-ratelimit-limit-requests', String(rate.limit)],
		['x-ratelimit-remaining-requests', String(Math.max(0, rate.remaining))],
		['x-ratelimit-reset-requests', seconds(rate.resetMs)],
	];
}

function contextHeader(context: NonNullable<CallMeta['context']>): string {
	const { before, after, limit, method } = context;
	const [dropped, summarized] = [messagesOf(context.dropped), messagesOf(context.summarized)];
	return `before=${before}, after=${after}, limit=${limit}, method=${method}, dropped=${dropped}, summarized=${summarized}`;
}

/** Of several calls of one request: the state after the last of them. */
function leastRemaining(metas: readonly CallMeta[]): Rate | null {
	let least: Rate | null = null;
	for (const { requests } of metas) if (requests && (!least || requests.remaining < least.remaining)) least = requests;
	return least;
}

/** One call of the path, or the `n` calls of one request (attempts and cost added up; who answered from the first). */
export interface Answered {
	/** At least one. */
	readonly metas: readonly CallMeta[];
	readonly streamed: boolean;
	/** Beside those of the calls: settings the door itself could not honour. */
	readonly warnings: readonly string[];
}

/** Every header of an inference answer but `content-type` and `x-request-id`. */
export function answerHeaders({ metas, streamed, warnings }: Answered): Headers {
	const first = metas[0];
	if (!first) return new Headers();
	const headers = new Headers({
		'x-switchyard-provider': first.provider,
		'x-switchyard-model': headerText(first.model),
		'x-switchyard-attempts': String(metas.reduce((sum, meta) => sum + meta.attempts, 0)),
		'x-switchyard-config-version': String(first.configVersion),
	});
	if (first.context) headers.set('x-switchyard-context', contextHeader(first.context));
	const rate = leastRemaining(metas);
	if (rate) for (const [name, value] of rateHeaders(rate)) headers.set(name, value);
	const fields = new Set([...metas.flatMap((meta) => meta.warnings.map((warning) => warning.field)), ...warnings]);
	if (fields.size > 0) headers.set('x-switchyard-warnings', headerText([...fields].join(', ')));
	if (streamed) return headers;
	const cost = sumKnown(metas.map((meta) => meta.costNanoUsd));
	if (cost !== null) headers.set('x-switchyard-cost-usd', usdDecimal(cost));
	const overhead = Math.max(...metas.map((meta) => meta.overheadMs));
	headers.set('x-switchyard-overhead-ms', String(Math.round(overhead * 100) / 100));
	return headers;
}

/** Where an upstream limits and does not say for how long (ms). */
const DEFAULT_RETRY_MS = 1_000;

/** Who failed: a provider, or Switchyard itself; so that a client tells our limits from theirs. */
const SOURCE_HEADER = 'x-switchyard-error-source';

/** Of an error that is ours and of no `GatewayError`. */
export const OWN_ERROR = { [SOURCE_HEADER]: 'gateway' } as const;

/** Of a batch in which nothing else is: whose errors they are, where all are one's. */
export function batchErrorHeaders(errors: readonly GatewayError[]): Headers {
	const [source, another] = new Set(errors.map((error) => error.source));
	return source === undefined || another !== undefined ? new Headers() : new Headers({ [SOURCE_HEADER]: source });
}

/** `Retry-After` (whole seconds, at least 1; always with a 429 that time cures), the limit that refused, and whether a client should try again. */
export function errorHeaders(error: GatewayError): Headers {
	const headers = new Headers({ [SOURCE_HEADER]: error.source });
	const limited = error.code === 'rate_limited' && error.retryable;
	const retryAfterMs = error.retryAfterMs ?? (limited ? DEFAULT_RETRY_MS : undefined);
	if (retryAfterMs !== undefined) headers.set('retry-after', seconds(Math.max(1, retryAfterMs)));
	if (error.requests) for (const [name, value] of rateHeaders(error.requests)) headers.set(name, value);
	if (error.code === 'unauthorized') headers.set('www-authenticate', 'Bearer realm="switchyard"');
	if (!error.retryable) headers.set('x-should-retry', 'false');
	return headers;
}
