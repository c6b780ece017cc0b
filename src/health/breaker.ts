/**
 * One circuit breaker: functions over plain memory that is JSON as it stands, so that a snapshot is `JSON.stringify`
 * and the same code serves the shared object and each isolate's local view. Time is an argument (ms since epoch);
 * nothing here reads a clock.
 *
 *   closed ─ failures in a row and their share ─▶ open ─ cool-down ─▶ half-open ─ probe succeeds ─▶ closed
 *                                                  ▲                     │
 *                                                  └──── probe fails ────┘
 */
import type { BreakerPolicy, BreakerState, Outcome } from './contract';
import { type Sightings, see, severalActive } from './sightings';

/** Whole seconds, the current one included, that the failure share looks back on. */
const WINDOW_SECONDS = 10;
const LEAST_SAMPLES = 5;
const FAILURE_SHARE = 0.5;
/** A half-open verdict that no call has confirmed or refuted for this long is void: the breaker is closed. */
export const VERDICT_MS = 60_000;
/** A probe that has not reported by then is given up, and another may be leased. */
export const LEASE_MS = 15_000;
/** While it is open a lease is given by force no more often than this. */
export const FORCE_EVERY_MS = 1_000;
/** In an organization's place, for the cron's checks: nobody becomes active by them, yet they are another's word. */
export const NOBODY = '';

interface Second {
	/** Seconds since epoch. */
	readonly second: number;
	successes: number;
	failures: number;
}

/** Plain and bounded: ten seconds of counts and the two organizations seen last. */
export interface BreakerMemory extends Sightings {
	/** null while closed. */
	openedAt: number | null;
	/** The organization whose failures alone opened it, for which alone it counts; null: it counts for all. */
	openedBy: string | null;
	/** When it turns half-open; null while closed. */
	probeAt: number | null;
	/** End of the probe lease that is out; null: none is. */
	leasedUntil: number | null;
	/** When a lease was last given by force; 0: never. */
	forcedAt: number;
	/** When a success or failure was last counted; 0: never. */
	heardAt: number;
	/** Failures since the last success. */
	consecutive: number;
	/** Organization of the first failure in that run; null: no run. */
	failing: string | null;
	/** A second organization failed in that run. */
	failingSeveral: boolean;
	/** Oldest first. */
	seconds: Second[];
}

/** What a breaker takes from a call. */
export type Word = Pick<Outcome, 'organizationId' | 'result' | 'probe'>;

export function newBreaker(): BreakerMemory {
	return {
		openedAt: null,
		openedBy: null,
		probeAt: null,
		leasedUntil: null,
		forcedAt: 0,
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

/** Does it hold back that organization, too? What one alone has met is no other's word. */
export const concerns = ({ openedBy }: Pick<BreakerMemory, 'openedBy'>, organizationId: string): boolean =>
	openedBy === null || openedBy === organizationId;

/** As it stands for that organization. */
export const stateFor = (memory: BreakerMemory, organizationId: string, now: number): BreakerState =>
	concerns(memory, organizationId) ? stateOf(memory, now) : 'closed';

/** Share of failures over the window, 0–1; 0 without samples. */
export function errorRate(memory: BreakerMemory, now: number): number {
	const { successes, failures } = totals(memory, now);
	return failures === 0 ? 0 : failures / (successes + failures);
}

/** `shared`: known from elsewhere that several organizations are active, so failures must come from two. */
export function record(memory: BreakerMemory, word: Word, now: number, policy: BreakerPolicy, shared = false): void {
	const state = current(memory, now);
	const isCheck = word.organizationId === NOBODY;
	const concerned = concerns(memory, word.organizationId);
	if (word.result === 'neutral') {
		if (word.probe && concerned) memory.leasedUntil = null;
		return;
	}
	if (!isCheck) see(memory, word.organizationId, now);
	count(memory, word.result, now);
	if (state === 'closed') recordClosed(memory, word, now, policy, shared);
	// A check that went well is no call that went well: it closes as the probe alone.
	else if (!concerned && !(isCheck && word.result === 'success')) crossed(memory, word.result, state, now, policy);
	else if (word.probe) proved(memory, word.result, state, now, policy);
}

/** A failure that counts elsewhere: it makes its organization active, and where the call was the probe, it failed. */
export function pass(memory: BreakerMemory, word: Word, now: number, policy: BreakerPolicy): void {
	const state = current(memory, now);
	if (word.organizationId !== NOBODY) see(memory, word.organizationId, now);
	if (state === 'closed' || !word.probe || !concerns(memory, word.organizationId)) return;
	proved(memory, 'failure', state, now, policy);
}

/**
 * May a lease be had? Closed: none is needed. Half-open: while none is out. Open: only with `force`, none being out
 * and none having been given so in the last second.
 */
export function leasable(memory: BreakerMemory, now: number, force: boolean): boolean {
	const state = stateOf(memory, now);
	if (state === 'closed') return true;
	if (memory.leasedUntil !== null && now < memory.leasedUntil) return false;
	return state === 'half-open' || (force && now - memory.forcedAt >= FORCE_EVERY_MS);
}

/** Gives the lease that `leasable` promised, until its probe reports or `LEASE_MS` pass. */
export function giveLease(memory: BreakerMemory, now: number): void {
	const state = stateOf(memory, now);
	if (state === 'closed') return;
	memory.leasedUntil = now + LEASE_MS;
	if (state === 'open') memory.forcedAt = now;
}

/** Back to closed; what was seen of organizations and the window stays. */
export function close(memory: BreakerMemory): void {
	memory.openedAt = null;
	memory.openedBy = null;
	memory.probeAt = null;
	memory.leasedUntil = null;
	endRun(memory);
}

/** Its state, with a verdict that is void taken back. */
function current(memory: BreakerMemory, now: number): BreakerState {
	const state = stateOf(memory, now);
	if (state === 'closed' && memory.probeAt !== null) close(memory);
	return state;
}

/** A forced probe that fails leaves the cool-down as it is, or whoever keeps forcing would keep all others out. */
function proved(
	memory: BreakerMemory,
	result: 'success' | 'failure',
	state: BreakerState,
	now: number,
	policy: BreakerPolicy,
): void {
	if (result === 'success') close(memory);
	else if (state === 'half-open') open(memory, memory.openedBy, now, policy);
	else memory.leasedUntil = null;
}

/** Another's word, where one organization alone had opened it: it refutes that, or makes it hold for all. */
function crossed(
	memory: BreakerMemory,
	result: 'success' | 'failure',
	state: BreakerState,
	now: number,
	policy: BreakerPolicy,
): void {
	if (result === 'success') close(memory);
	else if (state === 'half-open') open(memory, null, now, policy);
	else memory.openedBy = null;
}

function open(memory: BreakerMemory, openedBy: string | null, now: number, policy: BreakerPolicy): void {
	memory.openedAt = now;
	memory.openedBy = openedBy;
	memory.probeAt = now + policy.cooldownMs;
	memory.leasedUntil = null;
	endRun(memory);
}

function endRun(memory: BreakerMemory): void {
	memory.consecutive = 0;
	memory.failing = null;
	memory.failingSeveral = false;
}

function recordClosed(memory: BreakerMemory, word: Word, now: number, policy: BreakerPolicy, shared: boolean): void {
	if (word.result === 'success') {
		endRun(memory);
		return;
	}
	memory.consecutive += 1;
	memory.failing ??= word.organizationId;
	if (memory.failing !== word.organizationId) memory.failingSeveral = true;
	if (memory.consecutive < policy.failures) return;
	if (!memory.failingSeveral && (shared || severalActive(memory, now))) return;
	const { successes, failures } = totals(memory, now);
	const samples = successes + failures;
	if (samples < LEAST_SAMPLES || failures < samples * FAILURE_SHARE) return;
	const alone = memory.failingSeveral || memory.failing === NOBODY ? null : memory.failing;
	open(memory, alone, now, policy);
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
