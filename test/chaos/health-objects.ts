/** The objects ProviderHealth in memory: the pure core behind their interface, restarted at random from its JSON. */
import type { BreakerPolicy, BreakerState, HealthSnapshot, ProviderHealthApi } from '../../src/health/contract';
import {
	absorb,
	absorbCheck,
	type EndpointMemory,
	inTime,
	leaseAt,
	mark,
	newEndpoint,
	restoreEndpoint,
	snapshotOf,
	textOf,
} from '../../src/health/endpoint';
import type { VirtualTime } from '../support/virtual-time';

/** As the object has it: ms between writes that no transition asks for. */
const WRITE_EVERY_MS = 5_000;

/** From which moment the worst of an endpoint's breakers stood so for everybody. */
export interface Turn {
	readonly at: number;
	readonly state: BreakerState;
}

export interface HealthObjects {
	/** The stub of an endpoint's object. */
	readonly object: (endpoint: string) => ProviderHealthApi;
	/** Each object loses its memory, but not what it wrote. */
	evict(): void;
	/** What became of an endpoint's breakers, in order. */
	turns(endpoint: string): readonly Turn[];
	/** When a lease was given while a breaker was not closed. */
	leases(endpoint: string): readonly number[];
	readonly evictions: () => number;
}

interface One {
	memory: EndpointMemory;
	written: string | null;
	writtenAt: number;
	readonly turns: Turn[];
	readonly leases: number[];
}

/** The worst of the breakers that hold back everybody. */
function stateForAll(memory: EndpointMemory, now: number): BreakerState {
	const states = Object.values(snapshotOf(memory, now).classes)
		.filter(({ openedBy }) => openedBy === null)
		.map(({ state }) => state);
	if (states.includes('open')) return 'open';
	return states.includes('half-open') ? 'half-open' : 'closed';
}

export interface HealthObjectOptions {
	readonly time: VirtualTime;
	readonly policy: BreakerPolicy;
	/** ms there and back; 0: within the same turn. */
	readonly delayMs: number;
}

export function healthObjects({ time, policy, delayMs }: HealthObjectOptions): HealthObjects {
	const all = new Map<string, One>();
	let evictions = 0;

	function oneOf(endpoint: string): One {
		let one = all.get(endpoint);
		if (!one) {
			one = { memory: newEndpoint(), written: null, writtenAt: 0, turns: [], leases: [] };
			all.set(endpoint, one);
		}
		return one;
	}

	/** Writes where a breaker moved, else now and then. */
	function keeping<T>(one: One, change: () => T): T {
		const now = time.now();
		const before = mark(one.memory);
		const result = change();
		if (mark(one.memory) !== before || now - one.writtenAt >= WRITE_EVERY_MS) {
			one.written = textOf(one.memory);
			one.writtenAt = now;
		}
		const state = stateForAll(one.memory, now);
		if ((one.turns.at(-1)?.state ?? 'closed') !== state) one.turns.push({ at: now, state });
		return result;
	}

	async function answer<T>(make: () => T): Promise<T> {
		if (delayMs > 0) await new Promise<void>((resolve) => time.after(delayMs, resolve));
		return make();
	}

	function object(endpoint: string): ProviderHealthApi {
		const one = oneOf(endpoint);
		const asked = <T>(make: (now: number) => T): Promise<T> =>
			answer(() => {
				const now = time.now();
				one.memory = inTime(one.memory, now);
				return make(now);
			});
		const told = (change: (now: number) => void): Promise<HealthSnapshot> =>
			asked((now) => {
				keeping(one, () => change(now));
				return snapshotOf(one.memory, now);
			});
		return {
			snapshot: () => asked((now) => snapshotOf(one.memory, now)),
			report: (facts, outcomes) => told((now) => absorb(one.memory, facts, outcomes, now, policy)),
			checked: (facts, check) => told((now) => absorbCheck(one.memory, facts, check, now, policy)),
			lease: (modelClass, force, organizationId) =>
				asked((now) => {
					const shut = stateForAll(one.memory, now) !== 'closed';
					const given = keeping(one, () => leaseAt(one.memory, modelClass, organizationId, now, force));
					if (given && shut) one.leases.push(now);
					return given;
				}),
			status: () => Promise.reject(new Error('nobody asks for it here')),
		};
	}

	return {
		object,
		evict() {
			evictions += 1;
			for (const one of all.values()) one.memory = restoreEndpoint(one.written);
		},
		turns: (endpoint) => oneOf(endpoint).turns,
		leases: (endpoint) => oneOf(endpoint).leases,
		evictions: () => evictions,
	};
}
