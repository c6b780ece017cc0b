/** Exponentially weighted means of how fast a place answers; pure, over plain memory. */
import type { Outcome } from './contract';

/** Weight of a new sample: the last ten or so carry nine tenths of the mean. */
const WEIGHT = 0.2;

/** null before the first sample. */
export interface LatencyMemory {
	/** ms */
	firstEventMs: number | null;
	outputTokensPerSecond: number | null;
}

export const newLatency = (): LatencyMemory => ({ firstEventMs: null, outputTokensPerSecond: null });

/** Takes what the outcome measured, whatever its result: a cut stream was still so fast until then. */
export function observe(memory: LatencyMemory, outcome: Pick<Outcome, 'firstEventMs' | 'outputTokensPerSecond'>): void {
	memory.firstEventMs = ewma(memory.firstEventMs, outcome.firstEventMs);
	memory.outputTokensPerSecond = ewma(memory.outputTokensPerSecond, outcome.outputTokensPerSecond);
}

function ewma(mean: number | null, sample: number | null): number | null {
	if (sample === null || !Number.isFinite(sample) || sample < 0) return mean;
	// JSON knows no -0.
	return mean === null ? sample + 0 : mean + WEIGHT * (sample - mean);
}
