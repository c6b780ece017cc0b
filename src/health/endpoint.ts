/** What is remembered of one endpoint, and what is told of it: the pure core of the object `ProviderHealth`. */
import type { FailureClass } from '../errors';
import type { CalibrationMemory } from '../planner/calibration';
import { type BreakerMemory, errorRate, NOBODY, newBreaker, record, stateOf } from './breaker';
import { hasGoneBack } from './clock';
import {
	type BreakerPolicy,
	type BreakerState,
	type ClassSnapshot,
	type EndpointFacts,
	type HealthCheck,
	type HealthSnapshot,
	type KeySnapshot,
	type LastError,
	type Outcome,
	SNAPSHOT_FORMAT,
} from './contract';
import { leaseBoth, recordCall, stricter } from './gate';
import { type Histogram, newHistogram, sample } from './histogram';
import { absorbKey, type KeyMemory, keySnapshot } from './keys';
import { type LatencyMemory, newLatency, observe } from './latency';
import type { LimitMemory } from './limits';
import { WHOLE_ENDPOINT } from './place';
import { heard, jsonOf, type Named, type Recency, recencyOf } from './recency';
import { newRegister, type Register, type RowMemory, registerKey, registerState, registerUse } from './register';
import { severalActive } from './sightings';
import { calibrationsOf } from './tokens';

/** Bumped when the memory's shape changes: an older one is forgotten. */
const FORMAT = 4;
/** Classes of models remembered; the one heard of longest ago goes. */
const MOST_CLASSES = 64;
/** Up to so many keys their use is told, too, where that is all there is to say of them. */
const MOST_KEYS_TOLD = 64;
/** Up to so many limits of all keys together those are told, too, of which much is left. */
const MOST_LIMITS_TOLD = 32;

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
	/** Of all classes together: its breaker is the endpoint's own. Heard of whenever anything is. */
	readonly whole: ClassMemory;
	readonly classes: Recency<ClassMemory>;
	readonly keys: Recency<KeyMemory>;
	readonly tokens: Recency<CalibrationMemory>;
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
	tokens: new Map(),
	lastCheck: null,
	register: newRegister(),
});

export const textOf = (memory: EndpointMemory): string => jsonOf(memory);

/** As `textOf` writes it: lists of what is kept by name. */
type StoredEndpoint = Omit<EndpointMemory, 'classes' | 'keys' | 'tokens' | 'register'> & {
	readonly classes: readonly ClassMemory[];
	readonly keys: readonly (Omit<KeyMemory, 'limits'> & { readonly limits: readonly LimitMemory[] })[];
	readonly tokens: readonly CalibrationMemory[];
	readonly register: Omit<Register, 'rows'> & { readonly rows: readonly RowMemory[] };
};

/** From its text; a new one where there is none, it can't be read, or it is of another format. */
export function restoreEndpoint(text: string | null): EndpointMemory {
	const stored = text === null ? null : storedIn(text);
	if (stored?.format !== FORMAT) return newEndpoint();
	const { classes, keys, tokens, register } = stored;
	return {
		...stored,
		classes: recencyOf(classes),
		keys: recencyOf(keys.map((key) => ({ ...key, limits: recencyOf(key.limits) }))),
		tokens: recencyOf(tokens),
		register: { ...register, rows: recencyOf(register.rows) },
	};
}

function storedIn(text: string): StoredEndpoint | null {
	try {
		return JSON.parse(text) as StoredEndpoint;
	} catch {
		return null;
	}
}

/** The same memory, or a new one where the clock has gone back behind it: what is over would never be. */
export const inTime = (memory: EndpointMemory, now: number): EndpointMemory =>
	hasGoneBack(memory.whole.heardAt, now) ? newEndpoint() : memory;

/** Takes what isolates report. */
export function absorb(
	memory: EndpointMemory,
	facts: EndpointFacts,
	outcomes: readonly Outcome[],
	now: number,
	policy: BreakerPolicy,
): void {
	const { whole } = memory;
	whole.heardAt = now;
	for (const outcome of outcomes) {
		const { modelClass } = outcome;
		const model = modelClass === WHOLE_ENDPOINT ? null : classHeard(memory.classes, modelClass, now);
		recordCall(whole.breaker, model?.breaker ?? null, outcome, now, policy);
		const told = facts.organizationId !== null || concernsOthers(outcome);
		measure(whole, outcome, told && outcome.scope === 'endpoint', now);
		if (model) measure(model, outcome, told, now);
		if (outcome.key) {
			const { refusedUntil } = absorbKey(memory.keys, modelClass, outcome.key, now);
			registerKey(memory.register, outcome.key, refusedUntil !== null, now);
		}
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
	whole.heardAt = now;
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
export function leaseAt(
	{ whole, classes }: EndpointMemory,
	modelClass: string,
	organizationId: string,
	now: number,
	force: boolean,
): boolean {
	return leaseBoth(whole.breaker, classes.get(modelClass)?.breaker ?? null, organizationId, now, force);
}

export function snapshotOf({ whole, classes, keys, tokens }: EndpointMemory, now: number): HealthSnapshot {
	return {
		format: SNAPSHOT_FORMAT,
		takenAt: now,
		// Names are others' words: set by definition, so that none of them is taken for the prototype.
		classes: Object.fromEntries([whole, ...classes.values()].map((one) => [one.name, classSnapshot(one, now)])),
		keys: Object.fromEntries(toldKeys(keys, now)),
		tokens: calibrationsOf(tokens, now),
	};
}

function toldKeys(keys: Recency<KeyMemory>, now: number): [string, KeySnapshot][] {
	const few = keys.size <= MOST_KEYS_TOLD;
	let limits = 0;
	for (const key of keys.values()) limits += key.limits.size;
	const told: [string, KeySnapshot][] = [];
	for (const key of keys.values()) {
		const snapshot = keySnapshot(key, few && limits <= MOST_LIMITS_TOLD, now);
		const { refusedUntil, requestsMinute } = snapshot;
		const says = refusedUntil !== null || Object.keys(snapshot.limits).length > 0 || (few && requestsMinute > 0);
		if (says) told.push([key.name, snapshot]);
	}
	return told;
}

export const classSnapshot = (one: ClassMemory, now: number): ClassSnapshot => ({
	...classHealth(one, now),
	openedBy: one.breaker.openedBy,
});

/** What of a snapshot is everybody's to see. */
export function classHealth({ breaker, latency }: ClassMemory, now: number): Omit<ClassSnapshot, 'openedBy'> {
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

const breakerMark = ({ openedAt, openedBy, probeAt, leasedUntil }: BreakerMemory): string =>
	openedAt === null ? '-' : `${openedAt}/${openedBy}/${probeAt}/${leasedUntil} `;

/** One that is not closed stays for longer than those of which there is nothing bad to say. */
const classHeard = (classes: Recency<ClassMemory>, name: string, now: number): ClassMemory =>
	heard(classes, name, MOST_CLASSES, now, newClass, ({ breaker }) => stateOf(breaker, now) !== 'closed');

function measure(one: ClassMemory, outcome: Outcome, told: boolean, now: number): void {
	observe(one.latency, outcome);
	sample(one.firstEvents, outcome.firstEventMs, now);
	if (outcome.result === 'success') one.lastSuccessAt = now;
	if (told && outcome.error) one.lastError = { failure: outcome.error.failure, status: outcome.error.status, at: now };
}

/** On a shared endpoint nobody is told of another's keys, limits or requests. */
const concernsOthers = ({ result, error }: Outcome): boolean => result === 'failure' || error?.failure === 'malformed';

const UNREACHED: ReadonlySet<FailureClass> = new Set(['network', 'server', 'overloaded', 'timeout']);

/** A refused key or an odd answer says nothing of whether the endpoint works for others. */
function resultOf({ ok, failure }: HealthCheck): Outcome['result'] {
	if (ok) return 'success';
	return failure !== null && UNREACHED.has(failure) ? 'failure' : 'neutral';
}
