/** The strategies in words, and what their scores are counted in. */
import type { Strategy } from '../data/types';
import type { ExplainedOption } from '../ui/explained-options';
import { duration, usd } from '../ui/format';

/** The explanation says who is asked first. */
interface StrategyWords extends ExplainedOption {
	/** A candidate's score with its unit. */
	readonly score: (score: number) => string;
}

const place = (score: number): string => String(score);
const plain = new Intl.NumberFormat('en', { maximumFractionDigits: 3 });

export const STRATEGIES: Readonly<Record<Strategy, StrategyWords>> = {
	priority: {
		label: 'Priority',
		explanation: 'As they are listed: the next one answers only where the one before fails.',
		score: place,
	},
	weighted: {
		label: 'Weighted',
		explanation: 'By chance, in proportion to the weights; a conversation stays with the one it began with.',
		score: (weight) => `weight ${plain.format(weight)}`,
	},
	'round-robin': {
		label: 'Round robin',
		explanation: 'In turn, one request after the other.',
		score: place,
	},
	'lowest-cost': {
		label: 'Lowest cost',
		explanation: 'The cheapest for the tokens of this request; models without a known price come last.',
		score: usd,
	},
	'lowest-latency': {
		label: 'Lowest latency',
		explanation: 'The one whose first event came quickest of late.',
		score: duration,
	},
	'highest-throughput': {
		label: 'Highest throughput',
		explanation: 'The one that wrote the most tokens per second of late.',
		score: (rate) => `${plain.format(Math.round(rate * 10) / 10)} tokens/s`,
	},
};

/** null: it stands where it is listed. */
export const scoreText = (strategy: Strategy, score: number | null): string | null =>
	score === null ? null : STRATEGIES[strategy].score(score);
