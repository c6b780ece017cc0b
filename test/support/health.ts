/** The object ProviderHealth and isolates around it, over virtual time. */
import { lease } from '../../src/health/breaker';
import { healthClient } from '../../src/health/client';
import type { HealthPort, Outcome, ProviderHealthApi } from '../../src/health/contract';
import { absorb, newEndpoint, snapshotOf } from '../../src/health/endpoint';
import { healthViews } from '../../src/health/view';
import { type VirtualTime, virtualTime } from './virtual-time';

export const POLICY = { failures: 5, cooldownMs: 10_000 };
export const ENDPOINT = 'https://api.example/v1';

/** A plain success of organization `a`, changed by `fields`. */
export const outcome = (fields: Partial<Outcome> = {}): Outcome => ({
	organizationId: 'a',
	model: 'm',
	at: 0,
	result: 'success',
	firstEventMs: null,
	outputTokensPerSecond: null,
	probe: false,
	...fields,
});

/** The object over virtual time, `delayMs` away; counts what it is asked. */
export function fakeObject(time: VirtualTime, delayMs = 5) {
	const memory = newEndpoint();
	const object = {
		reports: [] as (readonly Outcome[])[],
		snapshots: 0,
		leases: 0,
		/** `down` rejects, `hung` never answers. */
		mode: 'up' as 'up' | 'down' | 'hung',
		state: () => snapshotOf(memory, time.now()).state,
		api: {} as ProviderHealthApi,
	};
	async function answer<T>(make: () => T): Promise<T> {
		if (object.mode === 'hung') return new Promise(() => {});
		await new Promise<void>((resolve) => time.after(delayMs, resolve));
		if (object.mode === 'down') throw new Error('unreachable');
		return make();
	}
	object.api = {
		snapshot: () => {
			object.snapshots += 1;
			return answer(() => snapshotOf(memory, time.now()));
		},
		report: (outcomes) => {
			object.reports.push(outcomes);
			return answer(() => {
				absorb(memory, outcomes, time.now(), POLICY);
				return snapshotOf(memory, time.now());
			});
		},
		lease: () => {
			object.leases += 1;
			return answer(() => lease(memory.breaker, time.now()));
		},
	};
	return object;
}

/** An isolate: each `request()` is a port of its own over shared views. */
export function isolate(time: VirtualTime, object: { api: ProviderHealthApi }) {
	const views = healthViews();
	const deferred: Promise<unknown>[] = [];
	return {
		views,
		deferred,
		request: (): HealthPort =>
			healthClient({
				views,
				time,
				policy: POLICY,
				object: () => object.api,
				defer: (work) => {
					deferred.push(work);
				},
			}),
	};
}

/** One object, one isolate, and calls of organization `a` through it. */
export function healthSet() {
	const time = virtualTime();
	const object = fakeObject(time);
	const here = isolate(time, object);
	const call = (result: Outcome['result'], fields: Partial<Outcome> = {}): void =>
		here.request().record(ENDPOINT, outcome({ result, at: time.now(), ...fields }));
	return { time, object, here, call, admits: () => here.request().admits(ENDPOINT) };
}

/** Opens the breaker for all isolates. */
export async function openedSet() {
	const all = healthSet();
	for (let n = 0; n < 5; n++) all.call('failure');
	await all.time.advance(100);
	return all;
}
