/**
 * The circuit breaker of one provider endpoint: functions over plain memory that is JSON as it stands, so that
 * a snapshot is `JSON.stringify` and the same code serves the shared object and each isolate's local view.
 * Time is an argument (ms since epoch); nothing here reads a clock.
 *
 *   closed ─ failures in a row and their share ─▶ open ─ cool-down ─▶ half-open ─ probe succeeds ─▶ closed
 *                                                  ▲                     │
 *                                                  └──── probe fails ────┘
 */
import type { BreakerPolicy, BreakerState, Outcome } from './contract';

/** Whole seconds, the current one included, that the failure share looks back on. */
const WINDOW_SECONDS = 10;
const LEAST_SAMPLES = 5;
const FAILURE_SHARE = 0.5;
/** An organization counts as active this long after its last call. */
const ACTIVE_MS = 600_000;
/** A half-open verdict that no call has confirmed or refuted for this long is void: the breaker is closed. */
export const VERDICT_MS = 60_000;
/** A probe that has not reported by then is given up, and another may be leased. */
export const LEASE_MS = 15_000;

interface Second {
	/** Seconds since epoch. */
	readonly second: number;
	successes: number;
	failures: number;
}

interface Sighting {
	readonly organizationId: string;
	readonly at: number;
}

/** Plain and bounded: ten seconds of counts and the two organizations seen last. */
export interface BreakerMemory {
	/** null while closed. */
	openedAt: number | null;
	/** When it turns half-open; null while closed. */
	probeAt: number | null;
	/** End of the probe lease that is out; null: none is. */
	leasedUntil: number | null;
	/** When a success or failure was last recorded; 0: never. */
	heardAt: number;
	/** Failures since the last success. */
	consecutive: number;
	/** Organization of the first failure in that run; null: no run. */
	failing: string | null;
	/** A second organization failed in that run. */
	failingSeveral: boolean;
	/** The organization seen last, and the one seen last beside it. */
	latest: Sighting | null;
	other: Sighting | null;
	/** Oldest first. */
	seconds: Second[];
}

export function newBreaker(): BreakerMemory {
	return {
		openedAt: null,
		probeAt: null,
		leasedUntil: null,
		heardAt: 0,
		consecutive: 0,
		failing: null,
		failingSeveral: false,
		latest: null,
		other: null,
		seconds: [],
	};
}

export function stateOf(memory: BreakerMemory, now: number): BreakerState {
	if (memory.probeAt === null) return 'closed';
	if (now < memory.probeAt) return 'open';
	return now - Math.max(memory.probeAt, memory.heardAt) < VERDICT_MS ? 'half-open' : 'closed';
}

/** Share of failures over the window, 0–1; 0 without samples. */
export function errorRate(memory: BreakerMemory, now: number): number {
	const { successes, failures } = totals(memory, now);
	return failures === 0 ? 0 : failures / (successes + failures);
}

/** More than one organization made calls in the last ten minutes. */
export const severalActive = (memory: BreakerMemory, now: number): boolean =>
	memory.other !== null && now - memory.other.at < ACTIVE_MS;

/** `shared`: known from elsewhere that several organizations are active, so failures must come from two. */
export function record(
	memory: BreakerMemory,
	outcome: Outcome,
	now: number,
	policy: BreakerPolicy,
	shared = false,
): void {
	const state = stateOf(memory, now);
	if (state === 'closed' && memory.probeAt !== null) close(memory);
	see(memory, outcome.organizationId, now);
	if (outcome.result === 'neutral') {
		if (outcome.probe) memory.leasedUntil = null;
		return;
	}
	count(memory, outcome.result, now);
	if (state === 'closed') recordClosed(memory, outcome, now, policy, shared);
	else if (outcome.probe && outcome.result === 'success') close(memory);
	else if (outcome.probe) open(memory, now, policy);
}

/** Closed: anyone may go. Half-open: true for one caller until its probe reports or `LEASE_MS` pass. Open: false. */
export function lease(memory: BreakerMemory, now: number): boolean {
	const state = stateOf(memory, now);
	if (state !== 'half-open') return state === 'closed';
	if (memory.leasedUntil !== null && now < memory.leasedUntil) return false;
	memory.leasedUntil = now + LEASE_MS;
	return true;
}

/** Back to closed; what was seen of organizations and the window stays. */
export function close(memory: BreakerMemory): void {
	memory.openedAt = null;
	memory.probeAt = null;
	memory.leasedUntil = null;
	endRun(memory);
}

function open(memory: BreakerMemory, now: number, policy: BreakerPolicy): void {
	memory.openedAt = now;
	memory.probeAt = now + policy.cooldownMs;
	memory.leasedUntil = null;
	endRun(memory);
}

function endRun(memory: BreakerMemory): void {
	memory.consecutive = 0;
	memory.failing = null;
	memory.failingSeveral = false;
}

function recordClosed(
	memory: BreakerMemory,
	outcome: Outcome,
	now: number,
	policy: BreakerPolicy,
	shared: boolean,
): void {
	if (outcome.result === 'success') {
		endRun(memory);
		return;
	}
	memory.consecutive += 1;
	memory.failing ??= outcome.organizationId;
	if (memory.failing !== outcome.organizationId) memory.failingSeveral = true;
	if (memory.consecutive < policy.failures) return;
	if (!memory.failingSeveral && (shared || severalActive(memory, now))) return;
	const { successes, failures } = totals(memory, now);
	const samples = successes + failures;
	if (samples >= LEAST_SAMPLES && failures >= samples * FAILURE_SHARE) open(memory, now, policy);
}

function see(memory: BreakerMemory, organizationId: string, now: number): void {
	if (memory.latest && memory.latest.organizationId !== organizationId) memory.other = memory.latest;
	memory.latest = { organizationId, at: now };
}

function count(memory: BreakerMemory, result: 'success' | 'failure', now: number): void {
	memory.heardAt = now;
	const second = Math.floor(now / 1000);
	let last = memory.seconds.at(-1);
	if (!last || last.second < second) {
		last = { second, successes: 0, failures: 0 };
		memory.seconds = memory.seconds.filter((past) => past.second > second - WINDOW_SECONDS);
		memory.seconds.push(last);
	}
	if (result === 'success') last.successes += 1;
	else last.failures += 1;
}

function totals(memory: BreakerMemory, now: number): { successes: number; failures: number } {
	const oldest = Math.floor(now / 1000) - WINDOW_SECONDS;
	let successes = 0;
	let failures = 0;
	for (const past of memory.seconds) {
		if (past.second <= oldest) continue;
		successes += past.successes;
		failures += past.failures;
	}
	return { successes, failures };
}
