/** What is remembered of one endpoint, and what is told of it: the pure core of the object `ProviderHealth`. */
import type { FailureClass } from '../errors';
import { type BreakerMemory, errorRate, NOBODY, newBreaker, record, stateOf } from './breaker';
import type {
	BreakerPolicy,
	BreakerState,
	ClassSnapshot,
	EndpointFacts,
	HealthCheck,
	HealthSnapshot,
	KeyStanding,
	LastError,
	Outcome,
} from './contract';
import { leaseBoth, recordCall, stricter } from './gate';
import { type Histogram, newHistogram, sample } from './histogram';
import { isNotable, type KeyMemory, keyHeard, note, standingOf } from './keys';
import { type LatencyMemory, newLatency, observe } from './latency';
import { WHOLE_ENDPOINT } from './place';
import { heard, jsonOf, type Named, type Recency, recencyOf } from './recency';
import { newRegister, type Register, type RowMemory, registerKey, registerState, registerUse } from './register';
import { severalActive } from './sightings';

/** Bumped when the memory's shape changes: an older one is forgotten. */
const FORMAT = 2;
/** Classes of models remembered; the one heard of longest ago goes. */
const MOST_CLASSES = 64;
/** Up to so many keys their use is told, too, where that is all there is to say of them. */
const MOST_KEYS_TOLD = 64;

export interface ClassMemory extends Named {
	readonly breaker: BreakerMemory;
	readonly latency: LatencyMemory;
	readonly firstEvents: Histogram;
	lastError: LastError | null;
	lastSuccessAt: number | null;
}

/** JSON, but for what is kept by name: see `textOf`. */
export interface EndpointMemory {
	readonly format: typeof FORMAT;
	/** Of all classes together: its breaker is the endpoint's own. */
	readonly whole: ClassMemory;
	readonly classes: Recency<ClassMemory>;
	readonly keys: Recency<KeyMemory>;
	lastCheck: HealthCheck | null;
	readonly register: Register;
}

const newClass = (name: string): ClassMemory => ({
	name,
	heardAt: 0,
	breaker: newBreaker(),
	latency: newLatency(),
	firstEvents: newHistogram(),
	lastError: null,
	lastSuccessAt: null,
});

export const newEndpoint = (): EndpointMemory => ({
	format: FORMAT,
	whole: newClass(WHOLE_ENDPOINT),
	classes: new Map(),
	keys: new Map(),
	lastCheck: null,
	register: newRegister(),
});

export const textOf = (memory: EndpointMemory): string => jsonOf(memory);

/** As `textOf` writes it: lists of what is kept by name. */
type StoredEndpoint = Omit<EndpointMemory, 'classes' | 'keys' | 'register'> & {
	readonly classes: readonly ClassMemory[];
	readonly keys: readonly KeyMemory[];
	readonly register: Omit<Register, 'rows'> & { readonly rows: readonly RowMemory[] };
};

/** From its text; a new one where there is none, or it is of another format. */
export function restoreEndpoint(text: string | null): EndpointMemory {
	if (text === null) return newEndpoint();
	const stored = JSON.parse(text) as StoredEndpoint;
	if (stored.format !== FORMAT) return newEndpoint();
	const { classes, keys, register } = stored;
	return {
		...stored,
		classes: recencyOf(classes),
		keys: recencyOf(keys),
		register: { ...register, rows: recencyOf(register.rows) },
	};
}

/** Takes what isolates report. */
export function absorb(
	memory: EndpointMemory,
	facts: EndpointFacts,
	outcomes: readonly Outcome[],
	now: number,
	policy: BreakerPolicy,
): void {
	for (const outcome of outcomes) {
		const { whole } = memory;
		const { modelClass } = outcome;
		const model = modelClass === WHOLE_ENDPOINT ? null : heard(memory.classes, modelClass, MOST_CLASSES, now, newClass);
		recordCall(whole.breaker, model?.breaker ?? null, outcome, now, policy);
		const told = facts.organizationId !== null || concernsOthers(outcome);
		measure(whole, outcome, told && outcome.scope === 'endpoint', now);
		if (model) measure(model, outcome, told, now);
		if (outcome.key) absorbKey(memory, outcome.key, now);
	}
	if (outcomes.length > 0) registerUse(memory.register, facts, now);
	registerState(memory.register, worstState(memory, now), now);
}

/** Takes a check of the cron. What came back of it, if anything did, tells whether the endpoint can be reached. */
export function absorbCheck(
	memory: EndpointMemory,
	facts: EndpointFacts,
	check: HealthCheck,
	now: number,
	policy: BreakerPolicy,
): void {
	const { whole, register } = memory;
	const result = resultOf(check);
	const probe = result !== 'neutral' && stateOf(whole.breaker, now) === 'half-open';
	record(whole.breaker, { organizationId: NOBODY, result, probe }, now, policy);
	if (check.failure !== null && result === 'failure')
		whole.lastError = { failure: check.failure, status: check.status, at: check.at };
	if (check.ok) whole.lastSuccessAt = check.at;
	memory.lastCheck = check;
	register.facts ??= facts;
	register.checkedAt = check.at;
	registerState(register, worstState(memory, now), now);
}

/** See `ProviderHealthApi.lease`. */
export function leaseAt({ whole, classes }: EndpointMemory, modelClass: string, now: number, force: boolean): boolean {
	return leaseBoth(whole.breaker, classes.get(modelClass)?.breaker ?? null, now, force);
}

export function snapshotOf(memory: EndpointMemory, now: number): HealthSnapshot {
	const { whole, classes, keys } = memory;
	const all = keys.size <= MOST_KEYS_TOLD;
	const told: [string, KeyStanding][] = [];
	for (const key of keys.values()) {
		const standing = standingOf(key, now);
		if (isNotable(standing) || (all && standing.requestsMinute > 0)) told.push([key.name, standing]);
	}
	return {
		takenAt: now,
		// Names are others' words: set by definition, so that none of them is taken for the prototype.
		classes: Object.fromEntries([whole, ...classes.values()].map((one) => [one.name, classSnapshot(one, now)])),
		keys: Object.fromEntries(told),
	};
}

export function classSnapshot({ breaker, latency }: ClassMemory, now: number): ClassSnapshot {
	const state = stateOf(breaker, now);
	return {
		state,
		probeAt: state === 'closed' ? null : breaker.probeAt,
		errorRate: errorRate(breaker, now),
		firstEventMs: latency.firstEventMs,
		outputTokensPerSecond: latency.outputTokensPerSecond,
		shared: severalActive(breaker, now),
	};
}

/** The worst of its breakers. */
export function worstState({ whole, classes }: EndpointMemory, now: number): BreakerState {
	let worst = stateOf(whole.breaker, now);
	for (const one of classes.values()) worst = stricter(worst, stateOf(one.breaker, now));
	return worst;
}

/** Differs where a breaker moved or a key was refused: what must outlive the object's memory. */
export function mark({ whole, classes, keys }: EndpointMemory): string {
	let text = breakerMark(whole.breaker);
	for (const one of classes.values()) text += breakerMark(one.breaker);
	for (const key of keys.values()) if (key.refusedUntil !== null) text += `${key.name}${key.refusedUntil} `;
	return text;
}

const breakerMark = ({ openedAt, probeAt, leasedUntil }: BreakerMemory): string =>
	openedAt === null ? '-' : `${openedAt}/${probeAt}/${leasedUntil} `;

function measure(one: ClassMemory, outcome: Outcome, told: boolean, now: number): void {
	observe(one.latency, outcome);
	sample(one.firstEvents, outcome.firstEventMs, now);
	if (outcome.result === 'success') one.lastSuccessAt = now;
	if (told && outcome.error) one.lastError = { failure: outcome.error.failure, status: outcome.error.status, at: now };
}

/** On a shared endpoint nobody is told of another's keys, limits or requests. */
const concernsOthers = ({ result, error }: Outcome): boolean => result === 'failure' || error?.failure === 'malformed';

function absorbKey(memory: EndpointMemory, use: Outcome['key'] & object, now: number): void {
	const key = keyHeard(memory.keys, use.mark, now);
	note(key, use, now);
	if (use.rowId !== null) registerKey(memory.register, use, key.refusedUntil !== null, now);
}

const UNREACHED: ReadonlySet<FailureClass> = new Set(['network', 'server', 'overloaded', 'timeout']);

/** A refused key or an odd answer says nothing of whether the endpoint works for others. */
function resultOf({ ok, failure }: HealthCheck): Outcome['result'] {
	if (ok) return 'success';
	return failure !== null && UNREACHED.has(failure) ? 'failure' : 'neutral';
}
