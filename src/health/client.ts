/**
 * The isolate's side of provider health: decides at once on what it knows, and talks to the object in the
 * background of whichever request is there. Nothing here throws, and an object that fails is as good as closed.
 */
import { type Clock, LATE, sleep, within } from '../wait';
import type { BreakerPolicy, HealthPort, HealthSnapshot, Measures, ProviderHealthApi } from './contract';
import { standingIn } from './key-view';
import { takeRetry } from './retry-budget';
import { calibrationIn, learnIn, mayLearnIn } from './token-view';
import {
	accept,
	type ClassView,
	classView,
	type EndpointView,
	type HealthViews,
	isReadable,
	leaseHere,
	measuresOf,
	recordIn,
	takeLease,
	takeQueues,
	verdict,
	viewOf,
} from './view';

/** Outcomes that others should hear of soon gather so long (ms) before they are reported together. */
const GATHER_MS = 50;
/** Outcomes that only say that all is well are reported no more often than this. */
const REPORT_EVERY_MS = 1_000;
/** A snapshot older than this is refreshed in the background, one request asking at a time. */
const REFRESH_MS = 1_000;
/** How soon a lease got in the background must be taken up, so that the probe ends before it times out. */
const LEASE_USE_MS = 5_000;
/** A request that waits for the lease waits no longer than this for the object. */
const LEASE_WAIT_MS = 1_000;
/** So long after one request asked for the lease of a place, others need not ask. */
const FORCE_ASK_MS = 200;
const UNMEASURED: Measures = { firstEventMs: null, outputTokensPerSecond: null };

export interface HealthClientOptions {
	/** Whose request it is. */
	readonly organizationId: string;
	/** Of the isolate. */
	readonly views: HealthViews;
	readonly time: Clock;
	readonly policy: BreakerPolicy;
	/** The stub of that endpoint's object, got in the request that uses it. */
	readonly object: (endpoint: string) => ProviderHealthApi;
	/** `waitUntil` of this request. */
	readonly defer: (work: Promise<unknown>) => void;
}

/** One per request, over the isolate's views. */
export function healthClient(options: HealthClientOptions): HealthPort {
	const { organizationId, views, time, policy, object, defer } = options;
	/** Leases that this request asks for in the background. */
	const asked = new Map<ClassView, Promise<boolean | undefined>>();

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

	/** What it says: nothing, where it is of another release. */
	const heardOf = (
		endpoint: string,
		view: EndpointView,
		question: (api: ProviderHealthApi) => Promise<HealthSnapshot>,
	): Promise<HealthSnapshot | undefined> =>
		ask(endpoint, view, async (api) => {
			const answer = await question(api);
			if (isReadable(answer)) return answer;
			view.snapshot = null;
			return undefined;
		});

	async function refresh(endpoint: string, view: EndpointView): Promise<void> {
		const answer = await heardOf(endpoint, view, (api) => api.snapshot());
		if (answer) accept(view, answer, time.now(), null);
	}

	async function report(endpoint: string, view: EndpointView, ms: number): Promise<void> {
		await sleep(time, ms);
		const now = time.now();
		const { facts } = view;
		// Sent by another request meanwhile, or one has promised to do it later.
		if (facts === null || view.queue.length + view.samples.length === 0 || now < view.promisedAt) return;
		const reported = { at: now, calls: view.recorded, samples: view.sampled };
		const { outcomes, samples } = takeQueues(view, now);
		if (outcomes.length + samples.length === 0) return;
		const answer = await heardOf(endpoint, view, (api) => api.report(facts, outcomes, samples));
		if (answer) accept(view, answer, time.now(), reported);
	}

	/** A promise whose time has passed may have died with its request: the next one takes its place. */
	function promiseReport(endpoint: string, view: EndpointView, now: number): void {
		const soonest = now + GATHER_MS;
		const due = view.urgent ? soonest : Math.max(soonest, view.reportedAt + REPORT_EVERY_MS);
		if (now < view.promisedAt && view.promisedAt <= due) return;
		view.promisedAt = due;
		defer(report(endpoint, view, due - now));
	}

	/** For whichever request comes next. True: it is kept. Undefined: the object did not say. */
	async function leaseAhead(endpoint: string, view: EndpointView, one: ClassView): Promise<boolean | undefined> {
		const granted = await ask(endpoint, view, (api) => api.lease(one.name, false, organizationId));
		const now = time.now();
		if (granted ?? leaseHere(view, one, organizationId, now, false)) one.leasedUntil = now + LEASE_USE_MS;
		return granted;
	}

	/** Undefined where it is late, too. */
	async function answered(lease: Promise<boolean | undefined>): Promise<boolean | undefined> {
		const granted = await within(time, LEASE_WAIT_MS, lease);
		return granted === LATE ? undefined : granted;
	}

	/** As the object says, which is asked for it once by many; undefined: it does not say. */
	async function leaseNow(endpoint: string, view: EndpointView, one: ClassView): Promise<boolean | undefined> {
		const ahead = asked.get(one);
		if (ahead !== undefined) {
			asked.delete(one);
			const granted = await answered(ahead);
			if (takeLease(one, time.now())) return true;
			if (granted === undefined) return undefined;
		}
		const now = time.now();
		if (now - one.forceAskedAt < FORCE_ASK_MS) return false;
		one.forceAskedAt = now;
		const asking = ask(endpoint, view, (api) => api.lease(one.name, true, organizationId));
		return answered(asking);
	}

	function keepFresh(endpoint: string, view: EndpointView, now: number): void {
		if (now - view.seenAt < REFRESH_MS || now - view.askedAt < REFRESH_MS) return;
		view.askedAt = now;
		defer(refresh(endpoint, view));
	}

	return {
		admits({ endpoint, modelClass }) {
			const now = time.now();
			const view = viewOf(views, endpoint, now);
			keepFresh(endpoint, view, now);
			const state = verdict(view, modelClass, organizationId, now);
			if (state !== 'half-open') return state;
			const one = classView(view, modelClass, now);
			if (takeLease(one, now)) return 'probe';
			if (now - one.leaseAskedAt >= REFRESH_MS) {
				one.leaseAskedAt = now;
				const asking = leaseAhead(endpoint, view, one);
				asked.set(one, asking);
				defer(asking);
			}
			return 'open';
		},

		record(facts, outcome) {
			const now = time.now();
			const view = viewOf(views, facts.endpoint, now);
			view.facts = facts;
			recordIn(view, outcome, now, policy);
			promiseReport(facts.endpoint, view, now);
		},

		async lease({ endpoint, modelClass }) {
			const now = time.now();
			const view = viewOf(views, endpoint, now);
			if (verdict(view, modelClass, organizationId, now) === 'closed') return true;
			const one = classView(view, modelClass, now);
			if (takeLease(one, now)) return true;
			return (await leaseNow(endpoint, view, one)) ?? leaseHere(view, one, organizationId, time.now(), true);
		},

		measures({ endpoint, modelClass }) {
			const view = views.get(endpoint);
			return view ? measuresOf(view, modelClass) : UNMEASURED;
		},

		calibration(endpoint, tokenizer) {
			const view = views.get(endpoint);
			return view ? calibrationIn(view, tokenizer, time.now()) : null;
		},

		learn(facts, sample) {
			const now = time.now();
			const view = viewOf(views, facts.endpoint, now);
			if (!learnIn(view, sample, now)) return;
			view.facts = facts;
			// What an upstream has refused to one it will refuse to all.
			if (sample.by === 'stated') view.urgent = true;
			promiseReport(facts.endpoint, view, now);
		},

		mayLearn(endpoint, tokenizer) {
			const now = time.now();
			return mayLearnIn(viewOf(views, endpoint, now), tokenizer, now);
		},

		standing({ endpoint, modelClass }, mark) {
			const view = views.get(endpoint);
			return view ? standingIn(view, { mark, modelClass, organizationId }, time.now()) : null;
		},

		mayRetry(endpoint, whose) {
			const now = time.now();
			return takeRetry(viewOf(views, endpoint, now).retries, whose, now);
		},
	};
}
