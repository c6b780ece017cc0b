/** What isolates and the ProviderHealth object say to each other; one object per endpoint. Times are ms since epoch. */
import type { FailureClass } from '../errors';

/** Breaker thresholds, from the environment. */
export interface BreakerPolicy {
	/** Consecutive failures that open it (with the rate below). */
	readonly failures: number;
	/** Milliseconds until half-open. */
	readonly cooldownMs: number;
}

/** Whose health: see `health/place.ts`. */
export interface Place {
	/** Names the object. */
	readonly endpoint: string;
	/** One breaker each, beside the endpoint's own (`WHOLE_ENDPOINT`). */
	readonly modelClass: string;
}

/** Whom an endpoint belongs to, for those who list and check endpoints. */
export interface EndpointFacts {
	readonly endpoint: string;
	/** Provider id. */
	readonly provider: string;
	/** null: everybody's; else the one whose own address it is. */
	readonly organizationId: string | null;
	/** `llm_providers.id` of the key used last; null: the environment's. */
	readonly rowId: string | null;
}

/** What is left of a limit that an upstream states. */
export interface Allowance {
	readonly limit: number | null;
	readonly remaining: number;
	readonly resetAt: number;
}

export interface KeyRates {
	readonly requests: Allowance | null;
	readonly tokens: Allowance | null;
}

/** What one call says of the key it was made with. */
export interface KeyUse {
	/** `Credential.mark`: names the key, and another one once its secret changes. */
	readonly mark: string;
	/** `llm_providers.id`; null: the environment's. */
	readonly rowId: string | null;
	readonly organizationId: string;
	/** When the call was made: of two marks of one row the one in use is that of the later call. */
	readonly startedAt: number;
	/** Tokens of the call, input and output. */
	readonly tokens: number;
	/**
	 * `good`: answered. `refused`: 401, 403, out of quota, whatever the model. `limited`: 429, for the call's class of
	 * models. `silent`: says nothing of the key.
	 */
	readonly word: 'good' | 'refused' | 'limited' | 'silent';
	/** When a limited key may be used again; null: not said. */
	readonly until: number | null;
	/** HTTP status of a refusal. */
	readonly status: number | null;
	/** From the answer's headers, of the call's class of models; null: they say nothing. */
	readonly rates: KeyRates | null;
}

/** How one upstream call went, as far as health is concerned. */
export interface Outcome {
	readonly organizationId: string;
	readonly modelClass: string;
	readonly at: number;
	/** `failure`: network, 5xx/529, or a timeout at or above the operator's default. `neutral`: says nothing of health. */
	readonly result: 'success' | 'failure' | 'neutral';
	/** Which breaker a failure counts for: whether the endpoint can be reached, or this class of models answers. */
	readonly scope: 'endpoint' | 'model';
	/** ms to the first event; null where none came. */
	readonly firstEventMs: number | null;
	readonly outputTokensPerSecond: number | null;
	/** This call held the probe lease. */
	readonly probe: boolean;
	/** Of a failed call, whatever it counts for. */
	readonly error: { readonly failure: FailureClass; readonly status: number | null } | null;
	/** null: no key was used, or nothing is known of it. */
	readonly key: KeyUse | null;
}

/** How far a count was from the truth. Tokens of one whole prompt. */
export interface TokenSample {
	/** See `planner/calibration.ts`. */
	readonly tokenizer: string;
	readonly organizationId: string;
	/** ms since epoch */
	readonly at: number;
	/** By the tables, without any margin or what was learned. */
	readonly estimated: number;
	readonly actual: number;
	/** `usage`: reported with an answer. `stated`: in an error that says it is too long. */
	readonly by: 'usage' | 'stated';
}

/** What was learned of one tokenizer at one endpoint. */
export interface Calibration {
	/** True ÷ estimated, rounded up, as far as one organization (or several that agree) may move it. */
	readonly factor: number;
	/** Mean deviation from it, of the same unit. */
	readonly spread: number;
	/** Calls it was learned from. */
	readonly samples: number;
}

export type BreakerState = 'closed' | 'open' | 'half-open';

/** What is known of one class; at most a second old while requests come. */
interface ClassHealth {
	readonly state: BreakerState;
	/** When an open breaker turns half-open; null while closed. */
	readonly probeAt: number | null;
	/** Share of failures over the last 10 s, 0–1. */
	readonly errorRate: number;
	/** EWMA, ms; null before the first sample. */
	readonly firstEventMs: number | null;
	/** EWMA; null before the first sample. */
	readonly outputTokensPerSecond: number | null;
	/** More than one organization was active in the last 10 minutes. */
	readonly shared: boolean;
}

/** What an isolate decides on for one class. */
export interface ClassSnapshot extends ClassHealth {
	/** The organization whose failures alone opened it, for which alone it counts; null: it counts for all. */
	readonly openedBy: string | null;
}

/** What is known of a key, over all isolates, where one class of models is asked for by one organization. */
export interface KeyStanding {
	/** Refused: it is left alone until then; null: it was not. */
	readonly refusedUntil: number | null;
	/** An upstream's 429: left alone until then. */
	readonly limitedUntil: number | null;
	/** Calls and tokens in the last 60 s, of all classes and organizations. */
	readonly requestsMinute: number;
	readonly tokensMinute: number;
	readonly rates: KeyRates | null;
}

/** What holds for a key and one class of models: most upstreams limit each model by itself. */
export interface KeyLimits {
	readonly limitedUntil: number | null;
	readonly rates: KeyRates | null;
}

export interface KeySnapshot {
	readonly refusedUntil: number | null;
	/** The only organization it was refused for, for which alone that counts; null: it counts for all. */
	readonly refusedBy: string | null;
	readonly requestsMinute: number;
	readonly tokensMinute: number;
	/** By model class; only those of which there is something to say. */
	readonly limits: Readonly<Record<string, KeyLimits>>;
}

/** Bumped when the shape of a snapshot changes: one of another format says nothing. */
export const SNAPSHOT_FORMAT = 3;

export interface HealthSnapshot {
	/** `SNAPSHOT_FORMAT` of whoever took it: object and isolate may be of different releases for a while. */
	readonly format: number;
	readonly takenAt: number;
	/** By model class; the endpoint's own under `WHOLE_ENDPOINT`. One that is missing is closed and unmeasured. */
	readonly classes: Readonly<Record<string, ClassSnapshot>>;
	/** By `Credential.mark`; only keys of which there is something to say. */
	readonly keys: Readonly<Record<string, KeySnapshot>>;
	/** By `TokenSample.tokenizer`; only those of which something was learned. */
	readonly tokens: Readonly<Record<string, Calibration>>;
}

export interface LastError {
	readonly failure: FailureClass;
	/** HTTP status; null: no answer came. */
	readonly status: number | null;
	readonly at: number;
}

export interface ClassStatus extends ClassHealth {
	/** ms to the first event over the last five minutes; null: no samples. */
	readonly p50FirstEventMs: number | null;
	readonly p95FirstEventMs: number | null;
	readonly lastError: LastError | null;
	/** When a call last went well; null: never. */
	readonly lastSuccessAt: number | null;
}

/** One run of the cron's check. */
export interface HealthCheck {
	readonly at: number;
	readonly ok: boolean;
	readonly latencyMs: number;
	readonly failure: FailureClass | null;
	readonly status: number | null;
}

/** Of a key, at the class of models that it is worst for. */
export interface KeyAtWorst extends KeyStanding {
	/** That class; absent: neither limit nor rate is known. */
	readonly modelClass?: string;
}

/** What operators and organizations read. */
export interface EndpointStatus {
	readonly takenAt: number;
	readonly classes: Readonly<Record<string, ClassStatus>>;
	/** By `Credential.mark`. */
	readonly keys: Readonly<Record<string, KeyAtWorst>>;
	readonly lastCheck: HealthCheck | null;
	readonly tokens: Readonly<Record<string, Calibration>>;
}

/** RPC surface of the Durable Object `ProviderHealth` (`idFromName(endpoint)`). */
export interface ProviderHealthApi {
	snapshot(): Promise<HealthSnapshot>;
	/** Adds outcomes and what was learned of tokens, returns the new snapshot. `samples` absent: an isolate of an older release. */
	report(facts: EndpointFacts, outcomes: readonly Outcome[], samples?: readonly TokenSample[]): Promise<HealthSnapshot>;
	/**
	 * One probe at a time: true gives the caller the lease, for a request of that organization. `force`: also before the
	 * cool-down is over, at most once a second, for a request that has nobody else to ask.
	 */
	lease(modelClass: string, force: boolean, organizationId: string): Promise<boolean>;
	/** A check of the cron: counts for the endpoint as a whole, and is the probe where that is half-open. */
	checked(facts: EndpointFacts, check: HealthCheck): Promise<HealthSnapshot>;
	status(): Promise<EndpointStatus>;
}

export interface Measures {
	/** EWMA, ms; null: not measured. */
	readonly firstEventMs: number | null;
	/** EWMA; null: not measured. */
	readonly outputTokensPerSecond: number | null;
}

/** What the gateway asks in a request, for its organization: never waits, but for `lease`. */
export interface HealthPort {
	/** `closed`: go. `open`: skip. `probe`: this isolate holds the lease, go and report. */
	admits(place: Place): 'closed' | 'open' | 'probe';
	/** Counted locally at once, reported in batches. */
	record(facts: EndpointFacts, outcome: Outcome): void;
	/** Waits for the probe lease, before the cool-down is over too: only for a request with no other target. */
	lease(place: Place): Promise<boolean>;
	measures(place: Place): Measures;
	/** What is known here of a tokenizer at that endpoint; null: nothing yet. */
	calibration(endpoint: string, tokenizer: string): Calibration | null;
	/** Counts here at once, reported with the next batch. */
	learn(facts: EndpointFacts, sample: TokenSample): void;
	/**
	 * Is it time to count a prompt of that tokenizer for what it teaches (noted, where it is)? At most every ten seconds,
	 * and seldom once enough was learned.
	 */
	mayLearn(endpoint: string, tokenizer: string): boolean;
	/** null: nothing is known of it, so it is as good as any. */
	standing(place: Place, mark: string): KeyStanding | null;
	/**
	 * Is there room for one more retry (counted, where there is)? At least 10 per second and endpoint for each
	 * organization, beyond that a fifth of its calls there.
	 */
	mayRetry(endpoint: string, organizationId: string): boolean;
}
