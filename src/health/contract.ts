/** What isolates and the ProviderHealth object say to each other; one object per provider endpoint. */

/** Breaker thresholds, from the environment. */
export interface BreakerPolicy {
	/** Consecutive failures that open it (with the rate below). */
	readonly failures: number;
	/** Milliseconds until half-open. */
	readonly cooldownMs: number;
}

/** How one upstream call went, as far as the shared breaker is concerned. */
export interface Outcome {
	readonly organizationId: string;
	readonly model: string;
	/** ms since epoch */
	readonly at: number;
	/** `failure`: network, 5xx/529, or a timeout at or above the operator's default. `neutral`: says nothing of health. */
	readonly result: 'success' | 'failure' | 'neutral';
	/** ms to the first event; null where none came. */
	readonly firstEventMs: number | null;
	readonly outputTokensPerSecond: number | null;
	/** This call held the probe lease. */
	readonly probe: boolean;
}

export type BreakerState = 'closed' | 'open' | 'half-open';

/** What an isolate decides on; at most a second old. */
export interface HealthSnapshot {
	readonly state: BreakerState;
	/** When an open breaker turns half-open (ms since epoch); null while closed. */
	readonly probeAt: number | null;
	/** Share of failures over the last 10 s, 0–1. */
	readonly errorRate: number;
	/** EWMA; null before the first sample. */
	readonly firstEventMs: number | null;
	readonly outputTokensPerSecond: number | null;
	/** ms since epoch */
	readonly takenAt: number;
	/** More than one organization was active in the last 10 minutes; absent: not known. */
	readonly shared?: boolean;
}

/** RPC surface of the Durable Object `ProviderHealth` (`idFromName(endpoint)`). */
export interface ProviderHealthApi {
	snapshot(): Promise<HealthSnapshot>;
	/** Adds outcomes, returns the new snapshot. */
	report(outcomes: readonly Outcome[]): Promise<HealthSnapshot>;
	/** One probe at a time: true gives the caller the lease. */
	lease(): Promise<boolean>;
}

/** What the gateway asks in a request: never waits. */
export interface HealthPort {
	/** `closed`: go. `open`: skip. `probe`: this isolate holds the lease, go and report. */
	admits(endpoint: string): 'closed' | 'open' | 'probe';
	/** Counted locally at once, reported in batches. */
	record(endpoint: string, outcome: Outcome): void;
	/** Waits for the lease: only for a request with no other target. */
	lease(endpoint: string): Promise<boolean>;
}
