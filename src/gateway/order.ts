/** Strategies: those that are as good as each other, in the order in which one request tries them. Pure. */
import type { Strategy } from '../language/routing';

export interface Contender<T> {
	readonly item: T;
	/** Tells it apart from the others, the same in every isolate. */
	readonly name: string;
	/** USD, ms, tokens per second or weight; null: not known, or of no concern to the strategy. */
	readonly score: number | null;
}

/** Where chance and turns come from. */
export interface Lots {
	/** Uniform in [0, 1). */
	readonly random: () => number;
	/** The same for one contender; the same again where its conversation is to stay with it. */
	readonly draw: (name: string) => number;
	/** How often the list has turned. */
	readonly turn: (names: readonly string[]) => number;
}

/** Within a tenth of the best they are equals, so that the load does not follow noise. */
const EQUAL = 0.1;
/** How often one that is not among the best is put first, so that what is not known, or has changed, is found out. */
const EXPLORED = 0.05;
/** `-ln(0)` has no end. */
const LEAST_DRAW = 2 ** -53;

/** All of them, each once. The same lots give the same order. */
export function ordered<T>(
	strategy: Strategy,
	contenders: readonly Contender<T>[],
	lots: Lots,
): readonly Contender<T>[] {
	if (contenders.length < 2) return contenders;
	switch (strategy) {
		case 'priority':
			return contenders;
		case 'weighted':
			return weighted(contenders, lots);
		case 'round-robin':
			return rotated(contenders, lots.turn(contenders.map(({ name }) => name)));
		case 'lowest-cost':
			return ranked(contenders, (left, right) => left - right);
		case 'lowest-latency':
			return measured(contenders, (left, right) => left - right, 1 + EQUAL, lots.random);
		case 'highest-throughput':
			return measured(contenders, (left, right) => right - left, 1 - EQUAL, lots.random);
	}
}

/**
 * Each draws −ln(u) ÷ weight and the least goes first: the whole order is drawn without replacement in proportion to
 * the weights (Efraimidis and Spirakis, "Weighted random sampling with a reservoir", 2006). No weight: last.
 */
function weighted<T>(contenders: readonly Contender<T>[], { draw }: Lots): readonly Contender<T>[] {
	return contenders
		.map((one) => {
			const weight = one.score ?? 1;
			return { one, key: weight > 0 ? -Math.log(Math.max(draw(one.name), LEAST_DRAW)) / weight : Number.MAX_VALUE };
		})
		.sort((left, right) => left.key - right.key)
		.map(({ one }) => one);
}

function rotated<T>(contenders: readonly T[], turn: number): readonly T[] {
	const by = turn % contenders.length;
	return by === 0 ? contenders : [...contenders.slice(by), ...contenders.slice(0, by)];
}

type Compare = (left: number, right: number) => number;

/** The unknown come last; among equals the order stays. */
function ranked<T>(contenders: readonly Contender<T>[], compare: Compare): readonly Contender<T>[] {
	return [...contenders].sort((left, right) => {
		if (left.score !== null && right.score !== null) return compare(left.score, right.score);
		return (left.score === null ? 1 : 0) - (right.score === null ? 1 : 0);
	});
}

/** `equal`: the share of the best score up to which others are its equals. */
function measured<T>(
	contenders: readonly Contender<T>[],
	compare: Compare,
	equal: number,
	random: () => number,
): readonly Contender<T>[] {
	const all = ranked(contenders, compare);
	const best = all[0]?.score ?? null;
	if (best === null) return contenders;
	const isEqual = ({ score }: Contender<T>): boolean => score !== null && compare(score, best * equal) <= 0;
	const equals = all.filter(isEqual);
	const worse = all.filter((one) => one.score !== null && !isEqual(one));
	const unknown = all.filter(({ score }) => score === null);
	const sequence = [...shuffled(equals, random), ...worse, ...unknown];
	const chance = random();
	if (chance < EXPLORED) return ahead(sequence, unknown, random);
	return chance < 2 * EXPLORED ? ahead(sequence, worse, random) : sequence;
}

function shuffled<T>(items: readonly T[], random: () => number): readonly T[] {
	const drawn = [...items];
	for (let last = drawn.length - 1; last > 0; last -= 1) {
		const at = Math.floor(random() * (last + 1));
		const [one] = drawn.splice(at, 1);
		if (one !== undefined) drawn.splice(last, 0, one);
	}
	return drawn;
}

/** One of `some`, drawn by lot, before all others. */
function ahead<T>(all: readonly T[], some: readonly T[], random: () => number): readonly T[] {
	const one = some[Math.floor(random() * some.length)];
	return one === undefined ? all : [one, ...all.filter((other) => other !== one)];
}
