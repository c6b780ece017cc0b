/** Who may answer beside the model asked for, in which order, and how long anybody is waited for. */

/**
 * `priority`: as they are listed. `weighted`: by chance, in proportion to their weights. `round-robin`: in turn.
 * `lowest-cost`: for this request's tokens. `lowest-latency`: by time to the first event. `highest-throughput`: by
 * output tokens per second.
 */
export const STRATEGIES = [
	'priority',
	'weighted',
	'round-robin',
	'lowest-cost',
	'lowest-latency',
	'highest-throughput',
] as const;
export type Strategy = (typeof STRATEGIES)[number];

export interface RoutingCandidate {
	/** `provider/model`, an alias or `profile:<name>`, as in a chain. */
	readonly model: string;
	/** Share among the candidates, more than 0; absent: 1. */
	readonly weight?: number;
}

/** What a layer of the configuration says of routing; absent fields are left to the layers below it. */
export interface RoutingPolicy {
	/** How `candidates`, the model itself included, and the keys of one provider are put in order. Absent: `priority`. */
	readonly strategy?: Strategy;
	/** As good as the model itself: one of them answers. The chain of fallbacks follows after all of them. */
	readonly candidates?: readonly RoutingCandidate[];
	/** Of the model itself among `candidates`; absent: 1. */
	readonly weight?: number;
	/** A conversation stays where its prompt is cached. Absent: true. */
	readonly sticky?: boolean;
	/** Only keys with one of these tags (`config.residency` of a provider) are used. Absent: all. */
	readonly residency?: readonly string[];
	/** Names tried where the conversation is too long for the model; absent: nobody else is. */
	readonly contextFallbacks?: readonly string[];
	/** Names tried where a content filter refused; absent: nobody else is. */
	readonly contentFilterFallbacks?: readonly string[];
	/** Upstream calls per target. */
	readonly maxAttempts?: number;
	/** ms, in place of `LLM_FIRST_EVENT_TIMEOUT_MS`. */
	readonly firstEventTimeoutMs?: number;
	/** ms, in place of `LLM_IDLE_TIMEOUT_MS`. */
	readonly idleTimeoutMs?: number;
	/** ms, in place of `LLM_TOTAL_TIMEOUT_MS`. */
	readonly totalTimeoutMs?: number;
	/** ms from the start to the first content, over all attempts; absent: the first-event limits of three targets. */
	readonly commitTimeoutMs?: number;
}

export type RoutingField = keyof RoutingPolicy;

export const ROUTING_FIELDS = [
	'strategy',
	'candidates',
	'weight',
	'sticky',
	'residency',
	'contextFallbacks',
	'contentFilterFallbacks',
	'maxAttempts',
	'firstEventTimeoutMs',
	'idleTimeoutMs',
	'totalTimeoutMs',
	'commitTimeoutMs',
] as const satisfies readonly RoutingField[];

/** A target and what became of it. */
export interface RoutingStep {
	readonly provider: string;
	readonly model: string;
	/** Name of the provider's row, or its id for the environment's; null: it did not come to a key. */
	readonly key: string | null;
	/** `answered`, `failed` (with the failure's name), `skipped` (with the reason), or `unused`: it was not needed. */
	readonly outcome: 'answered' | 'failed' | 'skipped' | 'unused';
	readonly reason: string | null;
	/** Upstream calls made to it. */
	readonly attempts: number;
	/** What the strategy ordered it by: USD, ms, tokens per second, or its weight; null: its place in the list. */
	readonly score: number | null;
}

/** Every target of one request in the order in which it was considered. */
export interface RoutingDecision {
	readonly strategy: Strategy;
	/** The conversation's last target was put first. */
	readonly sticky: boolean;
	readonly steps: readonly RoutingStep[];
}
