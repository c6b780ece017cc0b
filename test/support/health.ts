/** The object ProviderHealth and isolates around it, over virtual time. */
import { healthClient } from '../../src/health/client';
import type {
	BreakerState,
	EndpointFacts,
	HealthPort,
	HealthSnapshot,
	KeyUse,
	Outcome,
	Place,
	ProviderHealthApi,
	TokenSample,
} from '../../src/health/contract';
import {
	absorb,
	absorbCheck,
	inTime,
	leaseAt,
	newEndpoint,
	restoreEndpoint,
	snapshotOf,
	textOf,
} from '../../src/health/endpoint';
import { statusOf } from '../../src/health/status';
import { absorbSamples } from '../../src/health/tokens';
import { healthViews } from '../../src/health/view';
import { type VirtualTime, virtualTime } from './virtual-time';

export const POLICY = { failures: 5, cooldownMs: 10_000 };
export const ENDPOINT = 'openai@api.example';
export const PLACE: Place = { endpoint: ENDPOINT, modelClass: 'm' };

/** Of an endpoint that is everybody's, changed by `fields`. */
export const facts = (fields: Partial<EndpointFacts> = {}): EndpointFacts => ({
	endpoint: ENDPOINT,
	provider: 'openai',
	organizationId: null,
	rowId: null,
	...fields,
});

/** A plain success of organization `a`, changed by `fields`. */
export const outcome = (fields: Partial<Outcome> = {}): Outcome => ({
	organizationId: 'a',
	modelClass: 'm',
	at: 0,
	result: 'success',
	scope: 'model',
	firstEventMs: null,
	outputTokensPerSecond: null,
	probe: false,
	error: null,
	key: null,
	...fields,
});

/** A stored key of organization `a` that answered, changed by `fields`. */
export const keyUse = (fields: Partial<KeyUse> = {}): KeyUse => ({
	mark: 'row-a.1',
	rowId: 'row-a',
	organizationId: 'a',
	startedAt: 0,
	tokens: 10,
	word: 'good',
	until: null,
	status: null,
	rates: null,
	...fields,
});

/** The object over virtual time, `delayMs` away; counts what it is asked. */
export function fakeObject(time: VirtualTime, delayMs = 5) {
	const object = {
		memory: newEndpoint(),
		reports: [] as (readonly Outcome[])[],
		samples: [] as (readonly TokenSample[])[],
		facts: [] as EndpointFacts[],
		snapshots: 0,
		leases: 0,
		/** `down` rejects, `hung` never answers. */
		mode: 'up' as 'up' | 'down' | 'hung',
		/** Added to its clock (ms). */
		skew: 0,
		now: () => time.now() + object.skew,
		snapshot: (): HealthSnapshot => snapshotOf(object.memory, object.now()),
		state: (modelClass = PLACE.modelClass): BreakerState => object.snapshot().classes[modelClass]?.state ?? 'closed',
		/** It loses its memory, but not what it wrote. */
		evict: (): void => {
			object.memory = restoreEndpoint(textOf(object.memory));
		},
		api: {} as ProviderHealthApi,
	};
	async function answer<T>(make: () => T): Promise<T> {
		if (object.mode === 'hung') return new Promise(() => {});
		await new Promise<void>((resolve) => time.after(delayMs, resolve));
		if (object.mode === 'down') throw new Error('unreachable');
		object.memory = inTime(object.memory, object.now());
		// What the object says travels as a copy.
		return structuredClone(make());
	}
	object.api = {
		snapshot: () => {
			object.snapshots += 1;
			return answer(object.snapshot);
		},
		report: (from, outcomes, samples = []) => {
			object.reports.push(outcomes);
			object.samples.push(samples);
			object.facts.push(from);
			return answer(() => {
				absorb(object.memory, from, outcomes, object.now(), POLICY);
				absorbSamples(object.memory.tokens, samples, object.now());
				return object.snapshot();
			});
		},
		lease: (modelClass, force, organizationId) => {
			object.leases += 1;
			return answer(() => leaseAt(object.memory, modelClass, organizationId, object.now(), force));
		},
		checked: (from, check) =>
			answer(() => {
				absorbCheck(object.memory, from, check, object.now(), POLICY);
				return object.snapshot();
			}),
		status: () => answer(() => statusOf(object.memory, object.now())),
	};
	return object;
}

/** An isolate: each `request()` is a port of its own, for an organization, over shared views. */
export function isolate(time: VirtualTime, object: { api: ProviderHealthApi }) {
	const views = healthViews();
	const deferred: Promise<unknown>[] = [];
	const request = (organizationId = 'a'): HealthPort =>
		healthClient({
			organizationId,
			views,
			time,
			policy: POLICY,
			object: () => object.api,
			defer: (work) => {
				deferred.push(work);
			},
		});
	return {
		views,
		deferred,
		request,
		admits: (place: Place = PLACE, organizationId?: string) => request(organizationId).admits(place),
		record: (fields: Partial<Outcome> = {}): void =>
			request(fields.organizationId).record(facts(), outcome({ at: time.now(), ...fields })),
	};
}

/** One object, one isolate, and calls of organization `a` through it. */
export function healthSet() {
	const time = virtualTime();
	const object = fakeObject(time);
	const here = isolate(time, object);
	const call = (result: Outcome['result'], fields: Partial<Outcome> = {}): void => here.record({ result, ...fields });
	return { time, object, here, call, admits: here.admits };
}

/** Opens the breaker of the class for all isolates; `endpoint`: the endpoint's own. */
export async function openedSet(scope: Outcome['scope'] = 'model') {
	const all = healthSet();
	for (let n = 0; n < 5; n++) all.call('failure', { scope });
	await all.time.advance(100);
	return all;
}
