/** Who may answer one request: every name it stands for, with what can be called by it. Pure. */
import type { RoutingPolicy } from '../language/routing';
import { type Asked, asked, type Meant, type RouteRequest } from './asked';
import type { Needs, Route } from './candidate';
import { type Considered, firstOf, followers } from './considered';
import type { Asking } from './conversation';
import { policyOf } from './policy';
import type { Choice, Snapshot } from './ports';
import { rank } from './rank';
import type { Facts, RankFacts, Target } from './target';

export { agentSlugOf, defaultEmbedding, type RouteRequest } from './asked';
export type { Considered } from './considered';
export type { Asking } from './conversation';
export { rank } from './rank';
export type { Facts, RankFacts, Target } from './target';

/** What follows the first target, and who says so. */
export interface Chain {
	readonly names: readonly string[];
	/** `name`: the organization's, for the name that was asked for; `request`: it brings its own, or wants none. */
	readonly by: 'request' | 'agent' | 'name' | 'default';
}

/** The whole of what a request may be answered by, what can't be used included. */
export interface Survey {
	readonly request: RouteRequest;
	readonly first: Considered;
	/** What the first one is known by, as it was asked for and as it was understood. */
	readonly names: readonly string[];
	/** As good as the first: one each of the policy's candidates; empty where the request names its model itself. */
	readonly group: readonly Considered[];
	readonly chain: Chain;
	/** One each of the chain's names, as many as are looked at. */
	readonly others: readonly Considered[];
	/** Of the policy's chain for conversations that are too long for the others. */
	readonly contextOthers: readonly Considered[];
	/** The same, where a content filter refused. */
	readonly filterOthers: readonly Considered[];
	readonly choice: Choice | null;
	/** In force for this request. */
	readonly policy: RoutingPolicy;
}

/** As it was asked for, then as it was understood. */
function namesOf({ written, followed, name }: Meant, target: Target | null): readonly string[] {
	const located = target ? [target.name, `${target.provider.id}/${target.model}`] : [];
	return [...new Set([written, followed, name, ...located])];
}

/** The configuration may add what the request did not name. */
const addsChains = ({ kind, fallback, models }: RouteRequest): boolean =>
	fallback && kind === 'chat' && !models?.length;

/** What follows a target that has `names`. */
function chainOf(
	request: RouteRequest,
	others: readonly string[],
	names: readonly string[],
	snapshot: Snapshot,
): Chain {
	if (!addsChains(request)) return { names: request.kind === 'chat' ? others : [], by: 'request' };
	const own = request.agentSlug === null ? [] : (snapshot.agent?.fallbacks ?? []);
	if (own.length > 0) return { names: own, by: 'agent' };
	const { fallbacks, fallbackChain } = snapshot;
	const following = fallbacks && names.find((name) => fallbacks[name] !== undefined);
	const named = following === undefined ? undefined : fallbacks?.[following];
	return named ? { names: named, by: 'name' } : { names: fallbackChain, by: 'default' };
}

/** A model that the request named itself stands for nobody else. */
function alike({ kind, models }: RouteRequest, { first }: Asked, { candidates }: RoutingPolicy): readonly string[] {
	const chosen = kind === 'chat' && first.choice !== null && !models?.length;
	return chosen && candidates ? candidates.map(({ model }) => model) : [];
}

/** Throws GatewayError where it is not even clear what is asked for: an unknown or forbidden agent, an unknown profile. */
export function survey(request: RouteRequest, facts: Facts): Survey {
	const { snapshot } = facts;
	const what = asked(request, facts);
	const policy = policyOf(what.ruling, snapshot);
	const terms = { kind: request.kind, policy, facts };
	const first = firstOf(what, terms);
	const names = namesOf(what.first, first.target);
	const group = followers(alike(request, what, policy), [first], terms);
	const chain = chainOf(request, what.others, names, snapshot);
	const special = addsChains(request);
	return {
		request,
		first,
		names,
		group,
		chain,
		others: followers(chain.names, [first, ...group], terms),
		contextOthers: followers(special ? policy.contextFallbacks : undefined, [], terms),
		filterOthers: followers(special ? policy.contentFilterFallbacks : undefined, [], terms),
		choice: request.kind === 'embedding' ? null : what.choice,
		policy,
	};
}

/** Throws GatewayError: `survey`'s, and where nobody at all may be asked (404, 403, 400). */
export const route = (request: RouteRequest, needs: Needs, asking: Asking | null, facts: RankFacts): Route =>
	rank(survey(request, facts), needs, asking, facts);
