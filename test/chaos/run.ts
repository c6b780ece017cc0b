/** One run from its seed to its verdict, and how to have the same again. */
import type { Table } from './fate';
import { type Answered, type TrafficOptions, traffic } from './traffic';
import { explained, type Judged, type Judging, judge } from './verdict';
import { chaosWorld, type World, type WorldOptions } from './world';

export interface RunOptions {
	readonly table: Table;
	readonly requests: number;
	/** Targets that may be asked. */
	readonly targets: readonly number[];
	readonly world: Omit<WorldOptions, 'table' | 'isolates' | 'organizations'>;
	readonly traffic?: Partial<TrafficOptions>;
}

export interface Run {
	readonly world: World;
	readonly answers: readonly Answered[];
	readonly judged: Judged;
	readonly judging: Judging;
	/** Of each request that failed although somebody would have answered it. */
	readonly needless: readonly string[];
}

export const ISOLATES = 2;
const ORGANIZATIONS = 3;
const LANES = 8;
const EVICTIONS = 0.01;
export const TRIES = 3;

export async function run({ table, requests, targets, world: kind, traffic: more }: RunOptions): Promise<Run> {
	const world = chaosWorld({ table, isolates: ISOLATES, organizations: ORGANIZATIONS, ...kind });
	const answers = await traffic(world, {
		seed: table.seed,
		requests,
		isolates: ISOLATES,
		organizations: ORGANIZATIONS,
		lanes: LANES,
		evictions: EVICTIONS,
		...more,
	});
	const judging = { table, requests, targets, tries: TRIES };
	const judged = judge(world, answers, judging);
	const pointless = new Set(judged.needless);
	const needless = answers.filter(({ request }) => pointless.has(request));
	return { world, answers, judged, judging, needless: needless.map((one) => explained(world, one, judging)) };
}

interface Process {
	readonly env: Readonly<Record<string, string | undefined>>;
	cpuUsage(): { readonly user: number; readonly system: number };
}

const runtime = (): Process => Reflect.get(globalThis, 'process');

/** The seed asked for by `CHAOS_SEED`; null: none is. */
export function seedAsked(): number | null {
	const asked = runtime().env.CHAOS_SEED;
	return asked === undefined ? null : Number(asked);
}

/** CPU time of this process so far (ms). */
export function cpuMs(): number {
	const { user, system } = runtime().cpuUsage();
	return (user + system) / 1_000;
}

/** The command that runs one seed again. */
export const again = (seed: number, file: string): string =>
	`again: CHAOS_SEED=${seed} npx vitest run --project node test/chaos/${file}`;
