/** What is remembered of one endpoint, and what is told of it: the pure core of the object `ProviderHealth`. */
import { type BreakerMemory, errorRate, newBreaker, record, severalActive, stateOf } from './breaker';
import type { BreakerPolicy, HealthSnapshot, Outcome } from './contract';
import { type LatencyMemory, newLatency, observe } from './latency';

/** Bumped when the memory's shape changes: an older one is forgotten. */
const FORMAT = 1;

/** JSON as it stands. */
export interface EndpointMemory {
	readonly format: typeof FORMAT;
	readonly breaker: BreakerMemory;
	readonly latency: LatencyMemory;
}

export const newEndpoint = (): EndpointMemory => ({ format: FORMAT, breaker: newBreaker(), latency: newLatency() });

/** From its JSON text; a new one where there is none, or it is of another format. */
export function restoreEndpoint(text: string | null): EndpointMemory {
	if (text === null) return newEndpoint();
	const memory = JSON.parse(text) as EndpointMemory;
	return memory.format === FORMAT ? memory : newEndpoint();
}

export function absorb(memory: EndpointMemory, outcomes: readonly Outcome[], now: number, policy: BreakerPolicy): void {
	for (const outcome of outcomes) {
		record(memory.breaker, outcome, now, policy);
		observe(memory.latency, outcome);
	}
}

export function snapshotOf(memory: EndpointMemory, now: number): HealthSnapshot {
	const state = stateOf(memory.breaker, now);
	return {
		state,
		probeAt: state === 'closed' ? null : memory.breaker.probeAt,
		errorRate: errorRate(memory.breaker, now),
		firstEventMs: memory.latency.firstEventMs,
		outputTokensPerSecond: memory.latency.outputTokensPerSecond,
		takenAt: now,
		shared: severalActive(memory.breaker, now),
	};
}

/** Differs where the breaker moved: what must outlive the object's memory. */
export const breakerMark = ({ breaker }: EndpointMemory): string =>
	`${breaker.openedAt}/${breaker.probeAt}/${breaker.leasedUntil}`;
