/**
 * The isolate's side of provider health: decides at once on what it knows, and talks to the object in the
 * background of whichever request is there. Nothing here throws, and an object that fails is as good as closed.
 */
import { lease, record } from './breaker';
import type { BreakerPolicy, HealthPort, ProviderHealthApi } from './contract';
import {
	accept,
	type EndpointView,
	enqueue,
	type HealthViews,
	sharedState,
	takeLease,
	takeQueue,
	verdict,
	viewOf,
} from './view';

/** Outcomes gather so long (ms) before they are reported together. */
const GATHER_MS = 50;
/** Outcomes that only say that all is well are reported no more often than this. */
const REPORT_EVERY_MS = 1_000;
/** A snapshot older than this is refreshed in the background, one request asking at a time. */
const REFRESH_MS = 1_000;
/** How soon a lease got in the background must be taken up, so that the probe ends before it times out. */
const LEASE_USE_MS = 5_000;
/** A request that waits for the lease waits no longer than this for the object. */
const LEASE_WAIT_MS = 1_000;

export interface HealthClientOptions {
	/** Of the isolate. */
	readonly views: HealthViews;
	/** ms since epoch, and a task after so many ms that can be cancelled. */
	readonly time: { now(): number; after(ms: number, task: () => void): () => void };
	readonly policy: BreakerPolicy;
	/** The stub of that endpoint's object, got in the request that uses it. */
	readonly object: (endpoint: string) => ProviderHealthApi;
	/** `waitUntil` of this request. */
	readonly defer: (work: Promise<unknown>) => void;
}

/** One per request, over the isolate's views. */
export function healthClient({ views, time, policy, object, defer }: HealthClientOptions): HealthPort {
	const wait = (ms: number): Promise<void> => new Promise((resolve) => time.after(ms, resolve));

	/** Undefined where the answer takes longer than `ms`. */
	function within<T>(ms: number, answer: Promise<T>): Promise<T | undefined> {
		return new Promise((resolve) => {
			const cancel = time.after(ms, () => resolve(undefined));
			answer.then((value) => {
				cancel();
				resolve(value);
			});
		});
	}

	/** Undefined where the object fails: what it said before is forgotten too. */
	async function ask<T>(
		endpoint: string,
		view: EndpointView,
		question: (api: ProviderHealthApi) => Promise<T>,
	): Promise<T | undefined> {
		try {
			return await question(object(endpoint));
		} catch {
			view.snapshot = null;
			return undefined;
		}
	}

	async function refresh(endpoint: string, view: EndpointView): Promise<void> {
		const answer = await ask(endpoint, view, (api) => api.snapshot());
		if (answer) accept(view, answer, time.now(), null);
	}

	/** Each request that recorded something due soon comes here; whoever finds the queue due sends all of it. */
	async function report(endpoint: string, view: EndpointView): Promise<void> {
		await wait(GATHER_MS);
		const now = time.now();
		if (view.queue.length === 0 || now < view.dueAt) return;
		if (!view.urgent && now - view.reportedAt < REPORT_EVERY_MS) return;
		const outcomes = takeQueue(view, now);
		const answer = await ask(endpoint, view, (api) => api.report(outcomes));
		if (answer) accept(view, answer, time.now(), now);
	}

	async function leaseAhead(endpoint: string, view: EndpointView): Promise<void> {
		const granted = await ask(endpoint, view, (api) => api.lease());
		if (granted ?? lease(view.local, time.now())) view.leasedUntil = time.now() + LEASE_USE_MS;
	}

	function keepFresh(endpoint: string, view: EndpointView, now: number): void {
		if (now - view.seenAt < REFRESH_MS || now - view.askedAt < REFRESH_MS) return;
		view.askedAt = now;
		defer(refresh(endpoint, view));
	}

	return {
		admits(endpoint) {
			const now = time.now();
			const view = viewOf(views, endpoint);
			keepFresh(endpoint, view, now);
			const state = verdict(view, now);
			if (state !== 'half-open') return state;
			if (takeLease(view, now)) return 'probe';
			if (now - view.leaseAskedAt >= REFRESH_MS) {
				view.leaseAskedAt = now;
				defer(leaseAhead(endpoint, view));
			}
			return 'open';
		},

		record(endpoint, outcome) {
			const now = time.now();
			const view = viewOf(views, endpoint);
			record(view.local, outcome, now, policy, view.snapshot?.shared);
			enqueue(view, outcome, now + GATHER_MS);
			// Otherwise this request would wait only to find that no report is due.
			if (view.urgent || now + GATHER_MS - view.reportedAt >= REPORT_EVERY_MS) defer(report(endpoint, view));
		},

		async lease(endpoint) {
			const now = time.now();
			const view = viewOf(views, endpoint);
			if (takeLease(view, now) || verdict(view, now) === 'closed') return true;
			if (sharedState(view, now) === 'open') return false;
			const granted = await within(
				LEASE_WAIT_MS,
				ask(endpoint, view, (api) => api.lease()),
			);
			return granted ?? lease(view.local, time.now());
		},
	};
}
