/** What was surveyed, filtered and put in the order in which it is tried. Pure, but for chance and turns. */
import type { RoutingPolicy, RoutingStep, Strategy } from '../language/routing';
import { affinityOf, type Candidate, type Needs, type Route } from './candidate';
import { type Considered, soleOf } from './considered';
import { type Asking, digest } from './conversation';
import { lacking, tooLong } from './filter';
import { type Lots, ordered } from './order';
import { policyOf } from './policy';
import { entryOf, firstly, type KeyRanking, leftOut, type Placed, placed, seated, skippedTarget } from './pool';
import { refusalOf } from './refusal';
import type { Survey } from './route';
import { bestOf, type Entry } from './score';
import { staying } from './staying';
import type { RankFacts, Target } from './target';

const NOBODY: readonly never[] = [];

/**
 * The candidates of a surveyed request in order, with whatever was passed over and why. `asking` null: nothing is
 * remembered of it. Throws GatewayError where nobody at all may be asked.
 */
export function rank(survey: Survey, needs: Needs, asking: Asking | null, facts: RankFacts): Route {
	const refusal = refusalOf(survey);
	if (refusal) throw refusal;
	return alone(survey) ?? ranked(survey, needs, asking, facts);
}

/** One target with one key, and nobody beside it: nothing is weighed or remembered. */
function alone({ first, group, others, contextOthers, filterOthers, policy, choice }: Survey): Route | null {
	const beside = group.length + others.length + contextOthers.length + filterOthers.length + first.barred.length;
	if (beside > 0 || first.keys.length > 1 || !first.target) return null;
	return {
		strategy: policy.strategy ?? 'priority',
		sticky: false,
		candidates: [{ target: first.target, score: null }],
		contextChain: NOBODY,
		filterChain: NOBODY,
		skipped: NOBODY,
		choice,
		policy,
		conversation: null,
	};
}

function ranked(survey: Survey, needs: Needs, asking: Asking | null, facts: RankFacts): Route {
	const { first, group, others, policy, choice } = survey;
	const skipped = [...leftOut(first, policy, survey.names.at(-1))];
	for (const one of [...group, ...others]) skipped.push(...leftOut(one, policy));
	const weights = weightsOf(survey);
	const alike = [first, ...group].flatMap((one, at) => entryOf(one, weights[at] ?? 1, facts));
	const following = others.flatMap((one) => entryOf(one, 1, facts));
	const sifting = sifted([...alike, ...following], needs, skipped);
	const [able, next] = [left(alike, sifting), left(following, sifting)];
	const tight = sifting.tight ? left([...alike, ...following], { targets: sifting.tight }) : NOBODY;
	const maxTokens = needs.maxTokens ?? choice?.settings.maxTokens?.value ?? null;
	const size = { promptTokens: needs.promptTokens, maxTokens };
	const stay = staying(able, survey, size, asking, facts);
	const ranking: KeyRanking = {
		strategy: policy.strategy ?? 'priority',
		size,
		lots: { random: facts.random, draw: stay.draw, turn: turnOf(facts) },
		facts,
		stays: stay.with,
	};
	const terms = { ranking, policy, facts, skipped };
	const contextual = specialChain('contextFallbacks', survey.contextOthers, needs, terms);
	const filter = specialChain('contentFilterFallbacks', survey.filterOthers, needs, terms);
	const elsewhere = !sifting.holds && contextual.holds && (contextual.capable || !sifting.capable);
	if (elsewhere)
		for (const { targets } of [...able, ...next]) skipped.push(...unfit(targets, targets.map(roomOf(needs))));
	const candidates = elsewhere
		? contextual.candidates
		: seated(
				[
					...inOrder(able, ranking),
					...inReserve(next, false, ranking),
					...inReserve(tight, false, ranking).map(tightly),
				],
				skipped,
			);
	return {
		strategy: ranking.strategy,
		sticky: stay.with !== null && !elsewhere,
		candidates,
		contextChain: contextual.candidates,
		filterChain: filter.candidates,
		skipped,
		choice,
		policy,
		conversation: stay.conversation,
	};
}

/** Of the first name, then of each candidate; a candidate that is the first name itself speaks for that. */
function weightsOf({ policy: { candidates = [], weight }, names }: Survey): readonly number[] {
	const own = weight ?? candidates.find(({ model }) => names.includes(model))?.weight ?? 1;
	return [own, ...candidates.map((one) => one.weight ?? 1)];
}

/** What is left of those that were listed. */
interface Sifting {
	/** null: all of them. */
	readonly targets: ReadonlySet<Target> | null;
	/** They can do what the request asks for. */
	readonly capable: boolean;
	/** Somebody among them holds the whole conversation. */
	readonly holds: boolean;
	/** Those that do not, who come last with what fits them; null: nobody, all of them, or nothing can be taken away. */
	readonly tight: ReadonlySet<Target> | null;
}

const roomOf = (needs: Needs): ((target: Target) => string | null) =>
	needs.room ?? (({ facts }) => tooLong(facts, needs));

/**
 * Those that can do what the request asks for, and of those the ones that hold its conversation: each time all where
 * nobody would be left. Notes the others.
 */
function sifted(entries: readonly Entry[], needs: Needs, skipped: RoutingStep[]): Sifting {
	const lack = (target: Target): string | null => lacking(target.facts, needs);
	const able = without(entries, lack, skipped);
	const capable = able !== null || entries.some(({ targets }) => targets.some((target) => lack(target) === null));
	const abler = able === null ? entries : left(entries, { targets: able });
	const room = roomOf(needs);
	const roomy = without(abler, room, skipped);
	const holds = roomy !== null || abler.some(({ targets }) => targets.some((target) => room(target) === null));
	if (roomy === null || !needs.room) return { targets: roomy ?? able, capable, holds, tight: null };
	const tight = abler.flatMap(({ targets }) => targets.filter((target) => !roomy.has(target)));
	return { targets: roomy, capable, holds, tight: new Set(tight) };
}

const tightly = ({ candidates, keys }: Placed): Placed => ({
	candidates: candidates.map((candidate) => ({ ...candidate, tight: true })),
	keys,
});

/** Targets that nothing speaks against; null: all, or none of them. Notes the others. */
function without(
	entries: readonly Entry[],
	reasonOf: (target: Target) => string | null,
	skipped: RoutingStep[],
): ReadonlySet<Target> | null {
	if (entries.every(({ targets }) => targets.every((target) => reasonOf(target) === null))) return null;
	const able = new Set<Target>();
	const unable: RoutingStep[] = [];
	for (const { targets } of entries) {
		const reasons = targets.map(reasonOf);
		for (const [at, target] of targets.entries()) {
			if (reasons[at] === null) able.add(target);
		}
		unable.push(...unfit(targets, reasons));
	}
	if (able.size === 0) return null;
	skipped.push(...unable);
	return able;
}

/** A step for each key, or one for all of a name where they lack the same. */
function unfit(targets: readonly Target[], reasons: readonly (string | null)[]): readonly RoutingStep[] {
	const [target, another] = targets;
	const [reason = null] = reasons;
	if (target && another && reason !== null && reasons.every((one) => one === reason))
		return [{ ...skippedTarget(target, reason), key: null }];
	return targets.flatMap((one, at) => {
		const own = reasons[at] ?? null;
		return own === null ? [] : skippedTarget(one, own);
	});
}

const left = (entries: readonly Entry[], { targets: kept }: Pick<Sifting, 'targets'>): readonly Entry[] =>
	kept === null
		? entries
		: entries.flatMap(({ targets, weight }) => {
				const some = targets.filter((target) => kept.has(target));
				return some.length > 0 ? [{ targets: some, weight }] : [];
			});

const turnOf =
	({ snapshot, affinity }: RankFacts): Lots['turn'] =>
	(names) =>
		affinity.turn(`${snapshot.organization.id} ${digest(names)}`);

/** Those that are as good as each other, by the strategy; whoever has the conversation goes first. */
function inOrder(entries: readonly Entry[], ranking: KeyRanking): readonly Placed[] {
	const { strategy, size, lots, facts, stays } = ranking;
	if (entries.length < 2) return entries.map((entry) => placed(entry, false, ranking));
	const contenders = entries.map((item) => ({
		item,
		// Not the name of its first key, which would win wherever the name has won by the same draw.
		name: item.targets[0] ? `any ${affinityOf(item.targets[0])}` : '',
		score: bestOf(strategy, item, size, facts.health),
	}));
	const names = ordered(strategy, contenders, lots).map(({ item }) => item);
	const [leading, ...others] = firstly(names, ({ targets }) => stays !== null && targets.includes(stays));
	return leading ? [placed(leading, true, ranking), ...inReserve(others, true, ranking)] : [];
}

/** Behind another name, in the order given. `chosen`: as in `placed`. */
function inReserve(entries: readonly Entry[], chosen: boolean, ranking: KeyRanking): readonly Placed[] {
	if (entries.length === 0) return NOBODY;
	const patient = waiting(ranking);
	return entries.map((entry) => placed(entry, chosen, patient));
}

/** It is nobody's turn where another name leads: a turn that comes to nothing would always fall to the same key. */
const waiting = (ranking: KeyRanking): KeyRanking => ({
	...ranking,
	lots: { ...ranking.lots, turn: (names) => Math.floor(ranking.lots.random() * names.length) },
});

interface SpecialTerms {
	readonly ranking: KeyRanking;
	readonly policy: RoutingPolicy;
	readonly facts: RankFacts;
	readonly skipped: RoutingStep[];
}

/** One for a failure of its own. */
interface SpecialChain extends Pick<Sifting, 'capable' | 'holds'> {
	readonly candidates: readonly Candidate[];
}

/** In the order given; what it leaves out is noted under the field's name. */
function specialChain(
	field: 'contextFallbacks' | 'contentFilterFallbacks',
	chain: readonly Considered[],
	needs: Needs,
	{ ranking, policy, facts, skipped }: SpecialTerms,
): SpecialChain {
	if (chain.length === 0) return { candidates: NOBODY, capable: false, holds: false };
	const out = chain.flatMap((one) => [...leftOut(one, policy)]);
	const entries = chain.flatMap((one) => entryOf(one, 1, facts));
	const sifting = sifted(entries, needs, out);
	const candidates = seated(inReserve(left(entries, sifting), false, ranking), out);
	for (const step of out) skipped.push({ ...step, reason: `${field}: ${step.reason}` });
	return { candidates, capable: sifting.capable, holds: sifting.holds };
}

/**
 * One provider and model by the keys of its pool, in order, for what no wire makes and nobody else may answer.
 * `strategy`: in place of the organization's. Throws GatewayError as `addressed` does, and `forbidden` where residency
 * keeps all keys out.
 */
export function poolFor(
	name: string,
	kind: 'chat' | 'embedding' | 'any',
	facts: RankFacts,
	strategy?: Strategy,
): readonly Candidate[] {
	const policy = policyOf(null, facts.snapshot);
	const sole = soleOf(name, { kind, policy, facts });
	const refusal = refusalOf({ first: sole, group: NOBODY, others: NOBODY, policy });
	if (refusal) throw refusal;
	const ranking: KeyRanking = {
		strategy: strategy ?? policy.strategy ?? 'priority',
		size: { promptTokens: 0, maxTokens: null },
		lots: { random: facts.random, draw: facts.random, turn: turnOf(facts) },
		facts,
		stays: null,
	};
	return seated(inOrder(entryOf(sole, 1, facts), ranking), []);
}
