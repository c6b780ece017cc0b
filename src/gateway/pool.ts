/** The keys of one name: which are left, in which order, and what is noted of the others. Pure. */
import type { RoutingPolicy, RoutingStep, Strategy } from '../language/routing';
import { affinityOf, type Candidate } from './candidate';
import type { Considered } from './considered';
import { outside } from './filter';
import { type Lots, ordered } from './order';
import { type Entry, type Size, scoreOf } from './score';
import { heldBack } from './standing';
import { type RankFacts, type Target, withKey } from './target';

/** Keys of one name that are tried. */
const MAX_KEYS = 8;
/** Candidates of one request, all keys counted: no more than it makes calls, or the last would never be asked. */
const MAX_CANDIDATES = 24;

/** A name's candidates in order, and how many of its keys there are. */
export interface Placed {
	readonly candidates: readonly Candidate[];
	readonly keys: number;
}

/** What keys are put in order by. */
export interface KeyRanking {
	readonly strategy: Strategy;
	readonly size: Size;
	readonly lots: Lots;
	readonly facts: Pick<RankFacts, 'health' | 'time'>;
	/** Has the conversation already; null: nobody has. */
	readonly stays: Target | null;
}

/** None where the name can't be used. */
export const entryOf = ({ target, keys }: Considered, weight: number, facts: RankFacts): readonly Entry[] =>
	target ? [{ targets: keys.map((key) => withKey(target, key, facts)), weight }] : [];

/** Nothing speaks against its key for a request of this size. */
export function isReady(
	{ credential: { mark, config }, place }: Target,
	{ promptTokens, maxTokens }: Size,
	{ health, time }: Pick<RankFacts, 'health' | 'time'>,
): boolean {
	const standing = mark === undefined ? null : health.standing(place, mark);
	if (standing === null) return true;
	return heldBack(standing, { now: time.now(), tokens: promptTokens + (maxTokens ?? 0), config }) === null;
}

/**
 * The keys of a name by the strategy, at most eight: of more, those that can answer now. `chosen`: the name itself was
 * put in its place by the strategy.
 */
export function placed({ targets, weight }: Entry, chosen: boolean, ranking: KeyRanking): Placed {
	const { strategy, size, lots, facts, stays } = ranking;
	const [only] = targets;
	if (only && targets.length === 1 && !chosen) return { candidates: [{ target: only, score: null }], keys: 1 };
	const contenders = targets.map((item) => ({
		item,
		name: affinityOf(item),
		score: scoreOf(strategy, item, size, facts.health),
	}));
	const inOrder = firstly(ordered(strategy, contenders, lots), ({ item }) => item === stays);
	const tried = inOrder.length > MAX_KEYS ? readyFirst(inOrder, ranking).slice(0, MAX_KEYS) : inOrder;
	return {
		candidates: tried.map(({ item, score }) => ({
			target: item,
			score: chosen && strategy === 'weighted' ? weight : score,
		})),
		keys: targets.length,
	};
}

function readyFirst<T extends { readonly item: Target }>(all: readonly T[], { size, facts }: KeyRanking): readonly T[] {
	const ready = new Set(all.filter(({ item }) => isReady(item, size, facts)));
	return [...ready, ...all.filter((one) => !ready.has(one))];
}

/** The first that is meant, before all others. */
export function firstly<T>(all: readonly T[], isMeant: (one: T) => boolean): readonly T[] {
	const at = all.findIndex(isMeant);
	const one = all[at];
	return at < 1 || one === undefined ? all : [one, ...all.slice(0, at), ...all.slice(at + 1)];
}

/** As many as are tried at all, each name by one of its keys at least; the rest is noted. */
export function seated(names: readonly Placed[], skipped: RoutingStep[]): readonly Candidate[] {
	const seats: Candidate[] = [];
	for (const [at, { candidates, keys }] of names.entries()) {
		const following = names.length - at - 1;
		const taken = candidates.slice(0, Math.max(1, MAX_CANDIDATES - seats.length - following));
		const [first] = candidates;
		if (first && taken.length < keys) skipped.push(crowded(first.target, keys - taken.length));
		seats.push(...taken);
	}
	return seats;
}

const crowded = (target: Target, keys: number): RoutingStep => ({
	...skippedTarget(
		target,
		`${keys} of its keys: at most ${MAX_KEYS} of a model and ${MAX_CANDIDATES} in all are tried`,
	),
	key: null,
});

export const skippedTarget = ({ provider, model, credential }: Target, reason: string): RoutingStep => ({
	provider: provider.id,
	model,
	key: credential.name,
	outcome: 'skipped',
	reason,
	attempts: 0,
	score: null,
});

/** What of a name can't be used, and why. `name`: of a model, where it was written otherwise. */
export function leftOut(
	{ barred, refusal, name: written }: Considered,
	{ residency = [] }: RoutingPolicy,
	name: string = written,
): readonly RoutingStep[] {
	if (barred.length > 0) {
		const steps = barred
			.slice(0, MAX_KEYS)
			.map((target) => skippedTarget(target, outside(target.credential, residency)));
		const more = barred[MAX_KEYS];
		return more
			? [...steps, { ...skippedTarget(more, `residency: ${barred.length - MAX_KEYS} more keys`), key: null }]
			: steps;
	}
	return refusal ? [skippedName(name, refusal.message)] : [];
}

/** Characters of a name that are told. */
const LONGEST_TOLD = 256;

function skippedName(written: string, reason: string): RoutingStep {
	const name = written.slice(0, LONGEST_TOLD);
	const slash = name.indexOf('/');
	return {
		provider: slash > 0 ? name.slice(0, slash) : '',
		model: name.slice(slash + 1),
		key: null,
		outcome: 'skipped',
		reason,
		attempts: 0,
		score: null,
	};
}
