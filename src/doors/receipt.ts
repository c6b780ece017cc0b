/** The field `switchyard` of an answer, sent where `x-switchyard-receipt: true` asked for it. */
import type { CallMeta } from '../gateway/call';
import { sumKnown, usdNumber } from '../http/money';
import type { ContextReceipt, MessageRun } from '../language/context';
import type { Warning } from '../language/request';
import type { RoutingStep } from '../language/routing';

/** USD over all calls of a request; null where any of them is unknown. */
export function costOf(metas: readonly CallMeta[]): number | null {
	const nano = sumKnown(metas.map((meta) => meta.costNanoUsd));
	return nano === null ? null : usdNumber(nano);
}

/** `key` is the name of the provider's row, never its id or secret. */
const stepReceipt = ({ provider, model, key, outcome, reason, attempts, score }: RoutingStep) => ({
	provider,
	model,
	key,
	outcome,
	reason,
	attempts,
	score,
});

/** First and last place in the caller's body of what became that message. */
export type PlaceOf = (message: number) => readonly [first: number, last: number];

const ITSELF: PlaceOf = (message) => [message, message];

/** What the planner did to make the conversation fit, in tokens; messages by their places in the body. */
function contextReceipt(context: ContextReceipt, place: PlaceOf) {
	const { before, after, limit, reserve, method, factor, dropped, shortened, summarized, replans } = context;
	const run = ({ first, last, tokens }: MessageRun) => ({ first: place(first)[0], last: place(last)[1], tokens });
	return {
		before,
		after,
		limit,
		reserve,
		method,
		factor,
		dropped: dropped.map((one) => ({ ...run(one), what: one.what })),
		shortened: shortened.map((one) => ({ message: place(one.message)[0], before: one.before, after: one.after })),
		summarized: summarized.map((one) => ({ ...run(one), into: one.into, model: one.model, cached: one.cached })),
		replans,
	};
}

const callReceipt = (meta: CallMeta, place: PlaceOf) => ({
	request_id: meta.requestId,
	provider: meta.provider,
	model: meta.model,
	attempts: meta.attempts,
	receipt: meta.context && contextReceipt(meta.context, place),
	routing: meta.routing.steps.map(stepReceipt),
	routing_strategy: meta.routing.strategy,
	routing_sticky: meta.routing.sticky,
	warnings: meta.warnings,
	cost: costOf([meta]),
});

/**
 * One call as it is; the `n` calls of one request under `calls`, with attempts and cost added up above them. `place`:
 * where the body's messages are not the language's one for one.
 */
export function receiptBody(metas: readonly CallMeta[], doorWarnings: readonly Warning[], place: PlaceOf = ITSELF) {
	const [first, ...rest] = metas;
	if (!first) return null;
	const single = callReceipt(first, place);
	return {
		...single,
		attempts: metas.reduce((sum, meta) => sum + meta.attempts, 0),
		warnings: [...first.warnings, ...doorWarnings],
		cost: costOf(metas),
		config_version: first.configVersion,
		overhead_ms: Math.max(...metas.map((meta) => meta.overheadMs)),
		...(rest.length > 0 && { calls: metas.map((meta) => callReceipt(meta, place)) }),
	};
}
