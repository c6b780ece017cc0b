/**
 * What one isolate knows of an endpoint: the object's last word, and a breaker of its own over its own calls.
 * Plain data (it lives in module scope, shared by requests): numbers stand where timers and promises would.
 */
import { type BreakerMemory, close, newBreaker, stateOf, VERDICT_MS } from './breaker';
import type { BreakerState, HealthSnapshot, Outcome } from './contract';

/** An older outcome says nothing of now. */
const STALE_MS = 10_000;
/** Endpoints remembered; the oldest goes. */
const MOST_VIEWS = 256;
/** Outcomes waiting to be reported; the oldest goes. */
const MOST_QUEUED = 1_000;
const NEVER = Number.NEGATIVE_INFINITY;

export interface EndpointView {
	snapshot: HealthSnapshot | null;
	/** When it arrived here, by this isolate's clock. */
	seenAt: number;
	/** When the object was last asked for one. */
	askedAt: number;
	readonly local: BreakerMemory;
	queue: Outcome[];
	/** When the oldest in the queue has been gathered long enough. */
	dueAt: number;
	/** A failure or a probe is in the queue: it does not wait for the next regular report. */
	urgent: boolean;
	reportedAt: number;
	/** When the probe lease was last asked for in the background. */
	leaseAskedAt: number;
	/** This isolate holds an unused lease that may be taken up until then. */
	leasedUntil: number;
}

/** By endpoint. Make one per isolate, at module scope. */
export type HealthViews = Map<string, EndpointView>;

export const healthViews = (): HealthViews => new Map();

export function viewOf(views: HealthViews, endpoint: string): EndpointView {
	const known = views.get(endpoint);
	if (known) return known;
	const oldest = views.keys().next();
	if (views.size >= MOST_VIEWS && !oldest.done) views.delete(oldest.value);
	const view: EndpointView = {
		snapshot: null,
		seenAt: NEVER,
		askedAt: NEVER,
		local: newBreaker(),
		queue: [],
		dueAt: NEVER,
		urgent: false,
		reportedAt: NEVER,
		leaseAskedAt: NEVER,
		leasedUntil: NEVER,
	};
	views.set(endpoint, view);
	return view;
}

/** The object's word, moved on by the time since; closed where there is none, or a minute of half-open has voided it. */
export function sharedState({ snapshot }: EndpointView, now: number): BreakerState {
	if (!snapshot || snapshot.state === 'closed' || snapshot.probeAt === null) return 'closed';
	if (now < snapshot.probeAt) return 'open';
	return now - snapshot.probeAt < VERDICT_MS ? 'half-open' : 'closed';
}

/** The stricter of the object's word and the isolate's own view. */
export function verdict(view: EndpointView, now: number): BreakerState {
	const states = [sharedState(view, now), stateOf(view.local, now)];
	if (states.includes('open')) return 'open';
	return states.includes('half-open') ? 'half-open' : 'closed';
}

export function enqueue(view: EndpointView, outcome: Outcome, dueAt: number): void {
	if (view.queue.length === 0) view.dueAt = dueAt;
	if (view.queue.length >= MOST_QUEUED) view.queue.shift();
	view.queue.push(outcome);
	if (outcome.result === 'failure' || outcome.probe) view.urgent = true;
}

/** Takes the whole queue, less what is too old to say anything of now. */
export function takeQueue(view: EndpointView, now: number): Outcome[] {
	const outcomes = view.queue.filter((outcome) => now - outcome.at < STALE_MS);
	view.queue = [];
	view.urgent = false;
	view.reportedAt = now;
	return outcomes;
}

/**
 * Takes the object's answer. `reported`: when a report that it answers was taken from the queue. What the isolate
 * had opened by itself until then, the object has now judged with all isolates in view.
 */
export function accept(view: EndpointView, answer: HealthSnapshot, now: number, reported: number | null): void {
	if (reported !== null && view.local.openedAt !== null && view.local.openedAt <= reported) close(view.local);
	if (view.snapshot && answer.takenAt < view.snapshot.takenAt) return;
	view.snapshot = answer;
	view.seenAt = now;
}

/** True once for a lease that this isolate holds. */
export function takeLease(view: EndpointView, now: number): boolean {
	const held = now < view.leasedUntil;
	view.leasedUntil = NEVER;
	return held;
}
