import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { TARGETS } from './dialects';
import { fateOf, type Table } from './fate';
import { again, ISOLATES, type Run, type RunOptions, run, seedAsked, TRIES } from './run';
import type { TrafficOptions } from './traffic';
import { playReal } from './transport';
import { type Call, laneOf } from './upstreams';

const FILE = 'variations.test.ts';
const REQUESTS = 150;
const asked = seedAsked();

/** A run of each seed and share of failing tries; the seed of `CHAOS_SEED` alone where it is set. */
const arbitrary = fc.record({
	seed: asked === null ? fc.integer({ min: 1, max: 1_000_000 }) : fc.constant(asked),
	failing: fc.constantFrom(0.05, 0.2, 0.4, 0.7),
});

type Variation = Partial<TrafficOptions> & { readonly keys?: number; readonly dead?: readonly number[] };

const varied = (
	table: Table,
	targets: readonly number[],
	{ keys, dead, ...traffic }: Variation,
): Promise<Run & { readonly table: Table }> => {
	const whole: Table = { ...table, ...(dead && { dead }) };
	const options: RunOptions = {
		table: whole,
		requests: REQUESTS,
		targets,
		world: { play: playReal, pieces: 3, objectMs: 3, ...(keys !== undefined && { keys }) },
		traffic,
	};
	return run(options).then((result) => ({ ...result, table: whole }));
};

/** Whatever varies, this holds. */
function expectSound({ judged }: Run, how: string): void {
	expect(judged.answers, how).toEqual([]);
	expect(judged.calls, how).toEqual([]);
	expect(judged.books, how).toEqual([]);
	expect(judged.difference, how).toBe(0);
}

/** Requests that failed needlessly, and not because of a breaker: one endpoint alone can be shut, but for a probe. */
function unexcused({ world, answers, judged, needless }: Run): string[] {
	const spans = new Map(answers.map(({ request, startedAt, endedAt }) => [request, { startedAt, endedAt }]));
	return needless.filter((_, index) => {
		const span = spans.get(judged.needless[index] ?? -1);
		return !world.gates.some(({ at }) => span && at >= span.startedAt && at <= span.endedAt);
	});
}

const callsOf = ({ world }: Run): Call[] => [...world.upstreams.calls.values()].flat();

const holds = (property: (table: Table, how: string) => Promise<void>, runs: number): Promise<void> =>
	fc.assert(
		fc.asyncProperty(arbitrary, ({ seed, failing }) =>
			property({ seed, failing, outage: null }, `${again(seed, FILE)} (failing: ${failing})`),
		),
		{ numRuns: runs, seed: 20_261_121, endOnFailure: true },
	);

it('asks nobody else where the caller wants no fallback, and gives up only after all tries or before an open breaker', async () => {
	await holds(async (table, how) => {
		const result = await varied(table, [0], { alone: true });
		expectSound(result, how);
		expect(new Set(callsOf(result).map(({ target }) => target)), how).toEqual(new Set([0]));
		expect(unexcused(result), how).toEqual([]);
	}, 20);
}, 120_000);

it('ends what it does for a caller who leaves at any moment, and has it in the books', async () => {
	await holds(async (table, how) => {
		const result = await varied(table, TARGETS, { leaving: 0.7 });
		expectSound(result, how);
		expect(unexcused(result), how).toEqual([]);
		expect(result.answers.filter(({ end }) => end === 'left').length, how).toBeGreaterThan(5);
	}, 20);
}, 120_000);

it('embeds with any key of a pool that is let in, and leaves a dead one alone', async () => {
	const lanes = [0, 1, 2].map((key) => laneOf(0, key));
	const dead = laneOf(0, 1);
	await holds(async (table, how) => {
		const result = await varied(table, lanes, { embeds: true, keys: lanes.length, dead: [dead] });
		expectSound(result, how);
		expect(unexcused(result), how).toEqual([]);
		const refusals = callsOf(result).filter(({ fate }) => fate === 'key-dead').length;
		const last = Math.max(...result.answers.map(({ endedAt }) => endedAt));
		const first = Math.min(...callsOf(result).map(({ startedAt }) => startedAt));
		// It is left alone for a minute at least; whoever finds no other key asks it all the same.
		const desperate = result.answers.filter(({ request }) => exhausts(result.table, request, lanes, dead)).length;
		expect(refusals, how).toBeLessThanOrEqual(desperate + (2 + Math.ceil((last - first) / 60_000)) * ISOLATES);
	}, 20);
}, 120_000);

/** None of the other keys answers at once. */
const exhausts = (table: Table, request: number, lanes: readonly number[], dead: number): boolean =>
	lanes.filter((lane) => lane !== dead).every((lane) => fateOf(table, request, lane, 1) !== 'answer');

it('gives up on a pool only when every key that is let in has failed all its tries', async () => {
	const lanes = [0, 1].map((key) => laneOf(0, key));
	await holds(async (table, how) => {
		const result = await varied({ ...table, failing: 0.7 }, lanes, { embeds: true, keys: lanes.length });
		expectSound(result, how);
		expect(unexcused(result), how).toEqual([]);
		expect(
			callsOf(result).every(({ attempt }) => attempt <= TRIES),
			how,
		).toBe(true);
	}, 10);
}, 120_000);
