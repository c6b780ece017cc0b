import { beforeAll, describe, expect, it } from 'vitest';
import { TARGETS } from './dialects';
import { FAULTS, type Table } from './fate';
import { outageSeen } from './outage';
import { again, ISOLATES, type Run, type RunOptions, run, seedAsked } from './run';
import { playReal } from './transport';
import { BREAKER } from './world';

const SEED = seedAsked() ?? 1;
const AGAIN = again(SEED, 'chaos.test.ts');
const outage = { target: 0, from: 2_000, until: 3_000, refusing: 0.5 };
const TABLE: Table = { seed: SEED, failing: 0.2, outage };

const options: RunOptions = {
	table: TABLE,
	requests: 5_000,
	targets: TARGETS,
	world: { play: playReal, pieces: 4, objectMs: 3 },
};

describe('5,000 requests over three targets of which each try fails in 20 % and one is down for 1,000', () => {
	let result: Run;

	beforeAll(async () => {
		result = await run(options);
	}, 300_000);

	it('meets every kind of failure, and objects that lose their memory', () => {
		const met = new Set([...result.world.upstreams.calls.values()].flat().map(({ fate }) => fate));
		for (const fate of ['answer', 'refused', 'unavailable', ...FAULTS] as const) expect(met, AGAIN).toContain(fate);
		expect(result.world.health.evictions(), AGAIN).toBeGreaterThan(10);
		expect(result.judged.inBand, AGAIN).toBeGreaterThan(10);
	});

	it('fails no request that somebody would have answered within his tries', () => {
		expect(result.needless, AGAIN).toEqual([]);
	});

	it('gives each caller the text of one upstream, whole or with an error behind its beginning', () => {
		expect(result.judged.answers, AGAIN).toEqual([]);
	});

	it('asks one upstream at a time, and lets go of each', () => {
		expect(result.judged.calls, AGAIN).toEqual([]);
	});

	it('has one entry for each upstream call, in the state that its end asks for', () => {
		expect(result.judged.difference, AGAIN).toBe(0);
		expect(result.judged.books, AGAIN).toEqual([]);
	});

	it('opens the breaker of the target that is down, asks it by probes alone, and closes it afterwards', () => {
		const seen = outageSeen(result.world, outage);
		expect(seen.openedAfterMs, AGAIN).toBeLessThan(BREAKER.cooldownMs);
		expect(seen.closedAfterMs, AGAIN).toBeLessThan(4 * BREAKER.cooldownMs);
		// An isolate that has been idle decides its first request on what it heard last.
		expect(seen.unleased.length, AGAIN).toBeLessThanOrEqual(ISOLATES);
		expect(seen.callsWhileOpen, AGAIN).toBeLessThanOrEqual(seen.leases + ISOLATES);
		expect(seen.besides, AGAIN).toEqual([]);
		expect(seen.leases, AGAIN).toBeGreaterThan(0);
		expect(seen.calls, AGAIN).toBeLessThan(seen.requests / 4);
	});
});

it('comes to the same again from the same seed', async () => {
	const few = { ...options, requests: 400, table: { ...TABLE, outage: { ...outage, from: 100, until: 200 } } };
	const [one, another] = [await run(few), await run(few)];
	expect([...one.world.upstreams.calls]).toEqual([...another.world.upstreams.calls]);
	expect(one.answers.map(({ request, end, text, endedAt }) => [request, end, text, endedAt])).toEqual(
		another.answers.map(({ request, end, text, endedAt }) => [request, end, text, endedAt]),
	);
}, 60_000);
