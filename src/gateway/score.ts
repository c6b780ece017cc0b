/** What a strategy goes by. Pure. */

import type { Strategy } from '../language/routing';
import { usageOf } from '../language/usage';
import { costOf } from '../ledger/price';
import type { Needs } from './candidate';
import type { RankFacts, Target } from './target';

/** A name with the targets that its keys make. */
export interface Entry {
	/** At least one. */
	readonly targets: readonly Target[];
	/** Among those that are as good as it. */
	readonly weight: number;
}

/** What a request comes to. */
export type Size = Pick<Needs, 'promptTokens' | 'maxTokens'>;

/** Output taken for granted where nobody sets a maximum (tokens). */
const USUAL_OUTPUT = 1_024;
const NANO_PER_USD = 1e9;

/** Of one call, USD; null: unknown. */
export function usdOf({ facts }: Pick<Target, 'facts'>, { promptTokens, maxTokens }: Size): number | null {
	if (!facts.prices) return null;
	const output = Math.min(maxTokens ?? USUAL_OUTPUT, facts.maxOutput ?? Number.POSITIVE_INFINITY);
	return Number(costOf(usageOf({ input: Math.ceil(promptTokens), output }), facts.prices)) / NANO_PER_USD;
}

/** Of a key; null: not known, or of no concern. */
export function scoreOf(strategy: Strategy, target: Target, size: Size, health: RankFacts['health']): number | null {
	switch (strategy) {
		case 'priority':
		case 'round-robin':
			return null;
		case 'weighted':
			return target.credential.config.weight ?? 1;
		case 'lowest-cost':
			return usdOf(target, size);
		case 'lowest-latency':
			return health.measures(target.place).firstEventMs;
		case 'highest-throughput':
			return health.measures(target.place).outputTokensPerSecond;
	}
}

/** Of a name: its own weight, or that of its best key. */
export function bestOf(strategy: Strategy, { targets, weight }: Entry, size: Size, health: RankFacts['health']) {
	if (strategy === 'weighted') return weight;
	const scores = targets.map((target) => scoreOf(strategy, target, size, health)).filter((score) => score !== null);
	if (scores.length === 0) return null;
	return strategy === 'highest-throughput' ? Math.max(...scores) : Math.min(...scores);
}
