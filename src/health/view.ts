/**
 * What one isolate knows of an endpoint: the object's last word, and breakers, measures and keys of its own over its
 * own calls. Plain data (it lives in module scope, shared by requests): numbers stand where timers and promises would.
 */
import {
	type BreakerMemory,
	close,
	concerns,
	FORCE_EVERY_MS,
	newBreaker,
	stateFor,
	stateOf,
	VERDICT_MS,
} from './breaker';
import { hasGoneBack } from './clock';
import {
	type BreakerPolicy,
	type BreakerState,
	type EndpointFacts,
	type HealthSnapshot,
	type Measures,
	type Outcome,
	SNAPSHOT_FORMAT,
	type TokenSample,
} from './contract';
import { leaseBoth, recordCall, stricter } from './gate';
import { adopt, type LocalKey, noteLocally } from './key-view';
import { type LatencyMemory, newLatency, observe } from './latency';
import { WHOLE_ENDPOINT } from './place';
import { heard, type Named, type Recency } from './recency';
import { countCall, type RetryMemory } from './retry-budget';
import type { LocalTokenizer } from './token-view';

/** An older outcome says nothing of now. */
const STALE_MS = 10_000;
/** After so long without a word of the object (ms) somebody else may have closed what it called half-open. */
const FORGET_MS = 30_000;
/** Endpoints remembered; the one asked about longest ago goes. */
const MOST_VIEWS = 256;
/** Outcomes waiting to be reported; the oldest goes. */
const MOST_QUEUED = 1_000;
/** Classes of models per endpoint; the one heard of longest ago goes. */
const MOST_CLASSES = 64;

/** Times in it are 0 where it never happened. */
export interface ClassView extends Named {
	readonly breaker: BreakerMemory;
	readonly latency: LatencyMemory;
	/** When the probe lease was last asked for in the background, and by a request that has nobody else. */
	leaseAskedAt: number;
	forceAskedAt: number;
	/** When the isolate last gave one itself, the object being silent. */
	leaseGivenAt: number;
	/** This isolate holds an unused lease that may be taken up until then. */
	leasedUntil: number;
	/** The call (as the view counts them) by which a probe of this isolate went well last; 0: none did. */
	provedBy: number;
}

/** Times in it are 0 where it never happened. JSON, but for what is kept by name. */
export interface EndpointView extends Named {
	/** Of the call recorded last; null: none was. */
	facts: EndpointFacts | null;
	snapshot: HealthSnapshot | null;
	/** When it arrived here, by this isolate's clock. */
	seenAt: number;
	/** When the object was last asked for one. */
	askedAt: number;
	/** Calls recorded, and how many of them were when the last report that reached the object was made. */
	recorded: number;
	told: number;
	readonly whole: ClassView;
	readonly classes: Recency<ClassView>;
	readonly keys: Recency<LocalKey>;
	readonly tokens: Recency<LocalTokenizer>;
	readonly retries: Recency<RetryMemory>;
	queue: Outcome[];
	samples: TokenSample[];
	/** Samples taken, and how many of them were when the last report that reached the object was made. */
	sampled: number;
	sampledTold: number;
	/** Something in the queues does not wait for the next regular report. */
	urgent: boolean;
	reportedAt: number;
	/** When a request is going to report; in the past: none is. */
	promisedAt: number;
}

/** By endpoint. Make one per isolate, at module scope. */
export type HealthViews = Recency<EndpointView>;

export const healthViews = (): HealthViews => new Map();

const newClass = (name: string): ClassView => ({
	name,
	heardAt: 0,
	breaker: newBreaker(),
	latency: newLatency(),
	leaseAskedAt: 0,
	forceAskedAt: 0,
	leaseGivenAt: 0,
	leasedUntil: 0,
	provedBy: 0,
});

const newView = (name: string): EndpointView => ({
	name,
	heardAt: 0,
	facts: null,
	snapshot: null,
	seenAt: 0,
	askedAt: 0,
	recorded: 0,
	told: 0,
	whole: newClass(WHOLE_ENDPOINT),
	classes: new Map(),
	keys: new Map(),
	tokens: new Map(),
	retries: new Map(),
	queue: [],
	samples: [],
	sampled: 0,
	sampledTold: 0,
	urgent: false,
	reportedAt: 0,
	promisedAt: 0,
});

/** Made where it is missing, and anew where the isolate's clock has gone back behind it. */
export function viewOf(views: HealthViews, endpoint: string, now: number): EndpointView {
	const known = views.get(endpoint);
	if (known && hasGoneBack(known.heardAt, now)) views.delete(endpoint);
	return heard(views, endpoint, MOST_VIEWS, now, newView);
}

/** The class's own view, made where it is missing. */
export const classView = (view: EndpointView, modelClass: string, now: number): ClassView =>
	modelClass === WHOLE_ENDPOINT ? view.whole : heard(view.classes, modelClass, MOST_CLASSES, now, newClass, isShut);

const isShut = ({ breaker }: ClassView, now: number): boolean => stateOf(breaker, now) !== 'closed';

const classIn = (view: EndpointView, modelClass: string): ClassView | undefined =>
	modelClass === WHOLE_ENDPOINT ? view.whole : view.classes.get(modelClass);

/** The object's word of a class, whose name is anybody's; undefined: it has none. */
const toldOf = ({ snapshot }: EndpointView, modelClass: string) =>
	snapshot !== null && Object.hasOwn(snapshot.classes, modelClass) ? snapshot.classes[modelClass] : undefined;

/**
 * The object's word for that organization, moved on by the time since it came, whatever the object's clock says:
 * half-open until a minute of it has voided it, or the word is too old. Closed where there is none.
 */
function sharedState(view: EndpointView, modelClass: string, organizationId: string, now: number): BreakerState {
	const told = toldOf(view, modelClass);
	// The object's word is from before it heard of the probe.
	if ((classIn(view, modelClass)?.provedBy ?? 0) > view.told) return 'closed';
	if (!told || told.state === 'closed' || told.probeAt === null || !concerns(told, organizationId)) return 'closed';
	const probeAt = told.probeAt + view.seenAt - (view.snapshot?.takenAt ?? view.seenAt);
	if (now < probeAt) return 'open';
	return now - probeAt < VERDICT_MS && now - view.seenAt < FORGET_MS ? 'half-open' : 'closed';
}

/** The stricter of the object's word and the isolate's own, of the endpoint and of the class, for that organization. */
export function verdict(view: EndpointView, modelClass: string, organizationId: string, now: number): BreakerState {
	const whole = stricter(
		sharedState(view, WHOLE_ENDPOINT, organizationId, now),
		stateFor(view.whole.breaker, organizationId, now),
	);
	if (modelClass === WHOLE_ENDPOINT) return whole;
	const local = view.classes.get(modelClass);
	const shared = stricter(whole, sharedState(view, modelClass, organizationId, now));
	return local ? stricter(shared, stateFor(local.breaker, organizationId, now)) : shared;
}

/** Counts a call at once. */
export function recordIn(view: EndpointView, outcome: Outcome, now: number, policy: BreakerPolicy): void {
	const { whole } = view;
	const { modelClass } = outcome;
	const model = modelClass === WHOLE_ENDPOINT ? null : classView(view, modelClass, now);
	const shared = {
		whole: toldOf(view, WHOLE_ENDPOINT)?.shared ?? false,
		model: toldOf(view, modelClass)?.shared ?? false,
	};
	recordCall(whole.breaker, model?.breaker ?? null, outcome, now, policy, shared);
	observe(whole.latency, outcome);
	if (model) observe(model.latency, outcome);
	view.recorded += 1;
	if (outcome.probe && outcome.result === 'success')
		for (const one of [whole, model]) if (one) one.provedBy = view.recorded;
	const news = outcome.key !== null && noteLocally(view, modelClass, outcome.key, now);
	countCall(view.retries, outcome.organizationId, now);
	if (view.queue.length >= MOST_QUEUED) view.queue.shift();
	view.queue.push(outcome);
	if (news || outcome.result === 'failure' || outcome.probe) view.urgent = true;
}

/** What is to be reported together. */
export interface Taken {
	readonly outcomes: readonly Outcome[];
	readonly samples: readonly TokenSample[];
}

/** Takes both queues whole, less what is too old to say anything of now. */
export function takeQueues(view: EndpointView, now: number): Taken {
	const outcomes = view.queue.filter((outcome) => now - outcome.at < STALE_MS);
	const { samples } = view;
	view.queue = [];
	view.samples = [];
	view.urgent = false;
	view.reportedAt = now;
	for (const key of view.keys.values()) {
		key.untoldRequests = 0;
		key.untoldTokens = 0;
	}
	return { outcomes, samples };
}

/** The object has taken a report of what was recorded until then (`calls`, `samples`: as the view counts them). */
export interface Reported {
	readonly at: number;
	readonly calls: number;
	readonly samples: number;
}

/**
 * Takes the object's answer, to a report or to a mere question (null). What the isolate had opened by itself until its
 * report, the object has now judged with all isolates in view.
 */
export function accept(view: EndpointView, answer: HealthSnapshot, now: number, reported: Reported | null): void {
	if (reported !== null) {
		view.told = Math.max(view.told, reported.calls);
		view.sampledTold = Math.max(view.sampledTold, reported.samples);
		closeJudged(view.whole.breaker, reported.at);
		for (const one of view.classes.values()) closeJudged(one.breaker, reported.at);
	}
	if (view.snapshot && isOvertaken(answer, view.snapshot)) return;
	view.snapshot = answer;
	view.seenAt = now;
	for (const key of view.keys.values()) adopt(key, view);
}

/** Answers may overtake each other; an object whose clock has gone back tells something new all the same. */
const isOvertaken = (answer: HealthSnapshot, { takenAt }: HealthSnapshot): boolean =>
	answer.takenAt < takenAt && !hasGoneBack(takenAt, answer.takenAt);

/** An object of another release may say what is not understood here. */
export const isReadable = (answer: HealthSnapshot): boolean => answer.format === SNAPSHOT_FORMAT;

function closeJudged(breaker: BreakerMemory, reported: number): void {
	if (breaker.openedAt !== null && breaker.openedAt <= reported) close(breaker);
}

/** True once for a lease that this isolate holds. */
export function takeLease(one: ClassView, now: number): boolean {
	const held = now < one.leasedUntil;
	one.leasedUntil = 0;
	return held;
}

/** Where the object can't be asked: a lease by what the isolate sees itself, one a second. */
export function leaseHere(
	view: EndpointView,
	one: ClassView,
	organizationId: string,
	now: number,
	force: boolean,
): boolean {
	if (now - one.leaseGivenAt < FORCE_EVERY_MS) return false;
	const model = one === view.whole ? null : one.breaker;
	if (!leaseBoth(view.whole.breaker, model, organizationId, now, force)) return false;
	one.leaseGivenAt = now;
	return true;
}

/** Over all isolates, else what this one has seen. */
export function measuresOf(view: EndpointView, modelClass: string): Measures {
	const told = toldOf(view, modelClass);
	const own = classIn(view, modelClass)?.latency;
	return {
		firstEventMs: told?.firstEventMs ?? own?.firstEventMs ?? null,
		outputTokensPerSecond: told?.outputTokensPerSecond ?? own?.outputTokensPerSecond ?? null,
	};
}
