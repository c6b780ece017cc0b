/** The field `switchyard` of an answer, sent where `x-switchyard-receipt: true` asked for it. */
import type { CallMeta } from '../gateway/call';
import { sumKnown, usdNumber } from '../http/money';
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

const callReceipt = (meta: CallMeta) => ({
	request_id: meta.requestId,
	provider: meta.provider,
	model: meta.model,
	attempts: meta.attempts,
	/** What the planner did to make the conversation fit, in tokens. */
	receipt: meta.context,
	routing: meta.routing.steps.map(stepReceipt),
	routing_strategy: meta.routing.strategy,
	routing_sticky: meta.routing.sticky,
	warnings: meta.warnings,
	cost: costOf([meta]),
});

/** One call as it is; the `n` calls of one request under `calls`, with attempts and cost added up above them. */
export function receiptBody(metas: readonly CallMeta[], doorWarnings: readonly Warning[]) {
	const [first, ...rest] = metas;
	if (!first) return null;
	const single = callReceipt(first);
	return {
		...single,
		attempts: metas.reduce((sum, meta) => sum + meta.attempts, 0),
		warnings: [...first.warnings, ...doorWarnings],
		cost: costOf(metas),
		config_version: first.configVersion,
		overhead_ms: Math.max(...metas.map((meta) => meta.overheadMs)),
		...(rest.length > 0 && { calls: metas.map(callReceipt) }),
	};
}
