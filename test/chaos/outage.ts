/** How the breaker of a target that is down has behaved. */
import { endpointOf } from '../../src/health/place';
import { DIALECTS } from './dialects';
import type { Outage } from './fate';
import type { Turn } from './health-objects';
import type { Call } from './upstreams';
import type { World } from './world';

export interface OutageSeen {
	/** From the first request that met the outage until its breaker opened (ms); null: it never did. */
	readonly openedAfterMs: number | null;
	/** From the last arrival that met it until all was closed again (ms); null: it never was. */
	readonly closedAfterMs: number | null;
	/** Calls made while it was open, but for the moment in which isolates hear of it. */
	readonly callsWhileOpen: number;
	/** Of those, the ones without a lease. */
	readonly unleased: readonly Call[];
	/** Of those, the ones that began before another probe was over. */
	readonly besides: readonly Call[];
	/** Leases given meanwhile. */
	readonly leases: number;
	/** Requests that met the outage. */
	readonly requests: number;
	/** Calls made to the target by them. */
	readonly calls: number;
}

/** Isolates gather outcomes for 50 ms and look once a second: a breaker that has just opened is not known to all. */
const HEARSAY_MS = 1_100;

export const endpointOfTarget = (target: number): string => {
	const dialect = DIALECTS[target];
	if (!dialect) throw new Error(`no target ${target}`);
	const { provider, baseUrl } = dialect;
	return endpointOf({ provider, baseUrl, trust: 'operator', organizationId: '' });
};

interface Interval {
	readonly from: number;
	readonly until: number;
}

/** When one of its breakers was not closed. */
function shut(turns: readonly Turn[]): Interval[] {
	const intervals: Interval[] = [];
	let from: number | null = null;
	for (const { at, state } of turns) {
		if (state !== 'closed') from ??= at;
		else if (from !== null) {
			intervals.push({ from, until: at });
			from = null;
		}
	}
	return from === null ? intervals : [...intervals, { from, until: Number.POSITIVE_INFINITY }];
}

const isDuring = ({ startedAt }: Call, other: Call): boolean =>
	other.startedAt <= startedAt && startedAt < (other.endedAt ?? Number.POSITIVE_INFINITY);

const within = ({ from, until }: Interval, at: number): boolean => at >= from && at < until;

export function outageSeen(world: World, { target, from, until }: Outage): OutageSeen {
	const endpoint = endpointOfTarget(target);
	const turns = world.health.turns(endpoint);
	const all = [...world.upstreams.calls.values()].flat();
	const meeting = all.filter(({ request }) => request >= from && request < until);
	const arrivals = Array.from(
		{ length: until - from },
		(_, at) => world.upstreams.calls.get(from + at)?.[0]?.startedAt,
	);
	const times = arrivals.filter((at) => at !== undefined);
	const begins = Math.min(...times);
	const ends = Math.max(...times);
	const opened = turns.find(({ at, state }) => state === 'open' && at >= begins);
	const closed = turns.find(({ at, state }) => state === 'closed' && at >= ends);
	const intervals = shut(turns).filter((interval) => interval.until >= begins && interval.from <= ends);
	const leases = world.health.leases(endpoint).filter((at) => intervals.some((interval) => within(interval, at)));
	const probes = new Set(
		world.recorded
			.filter(({ outcome, endpoint: of }) => of === endpoint && outcome.probe)
			.map(({ outcome }) => outcome.at),
	);
	const whileOpen = all.filter(
		(call) =>
			call.target === target &&
			intervals.some((interval) => within({ ...interval, from: interval.from + HEARSAY_MS }, call.startedAt)),
	);
	const leased = whileOpen.filter(({ endedAt }) => probes.has(endedAt ?? -1));
	return {
		openedAfterMs: opened ? opened.at - begins : null,
		closedAfterMs: closed ? closed.at - ends : null,
		callsWhileOpen: whileOpen.length,
		unleased: whileOpen.filter((call) => !probes.has(call.endedAt ?? -1)),
		besides: leased.filter((call) => leased.some((other) => other !== call && isDuring(call, other))),
		leases: leases.length,
		requests: until - from,
		calls: meeting.filter((call) => call.target === target).length,
	};
}
