/** Who may answer: the ordered targets of one request. Pure. */
import { GatewayError } from '../errors';
import type { RoutingStep } from './call';
import { checkAgent, checkUnaided, refusedByKey } from './key-policy';
import type { Caller, Choice, Snapshot } from './ports';
import { type Facts, missing, type Target, targetOf } from './target';

export { type Facts, type Target, targetOf } from './target';

export interface Route {
	/** At least one. */
	readonly targets: readonly Target[];
	/** Settings of whatever chose the model; null where the request named it itself. */
	readonly choice: Choice | null;
	/** Targets that could not even be considered. */
	readonly skipped: readonly RoutingStep[];
}

export interface RouteRequest {
	readonly kind: 'chat' | 'embedding';
	readonly model: string | undefined;
	readonly models: readonly string[] | undefined;
	/** Slug asked for by header or `agent:<slug>`. */
	readonly agentSlug: string | null;
	readonly fallback: boolean;
}

/** A name of the chain and what became of it. */
export interface Considered {
	/** As it was written. */
	readonly name: string;
	/** null: it can't be used. */
	readonly target: Target | null;
	/** Why not; null where it can. */
	readonly refusal: GatewayError | null;
}

/** What follows the first target, and who says so. */
export interface Chain {
	readonly names: readonly string[];
	/** `name`: the organization's, for the name that was asked for; `request`: it brings its own, or wants none. */
	readonly by: 'request' | 'agent' | 'name' | 'default';
}

/** The whole of what a request may be answered by, what can't be used included. */
export interface Survey {
	readonly first: Considered;
	/** What the first one is known by, as it was asked for and as it was understood. */
	readonly names: readonly string[];
	readonly chain: Chain;
	readonly others: readonly Considered[];
	readonly choice: Choice | null;
}

/** Longest chain, the first target included. */
const MAX_TARGETS = 8;
const PROFILE = 'profile:';
const AGENT = 'agent:';

const isDefault = (model: string | undefined): boolean => model === undefined || model === '' || model === 'default';

/** The agent a request asks for: header first, then `agent:<slug>` in place of a model. */
export function agentSlugOf(model: string | undefined, header: string | null): string | null {
	if (header) return header;
	return model?.startsWith(AGENT) ? model.slice(AGENT.length) : null;
}

/** A name with what it stands for here. */
interface Meant {
	readonly written: string;
	/** Its alias followed to the end. */
	readonly followed: string;
	/** Of a model. */
	readonly name: string;
	/** Of the profile that it is; null: it is none. */
	readonly choice: Choice | null;
}

/** Aliases are followed, a profile is its model. Throws `model_not_found`. */
function meant(written: string, { aliases, profiles }: Snapshot): Meant {
	const followed = aliases?.[written] ?? written;
	if (!followed.startsWith(PROFILE)) return { written, followed, name: followed, choice: null };
	const name = followed.slice(PROFILE.length);
	const choice = profiles[name];
	if (!choice) throw missing(`Unknown profile '${name}' in this organization.`);
	return { written, followed, name: choice.model.value, choice };
}

/** What an embedding request without a model gets: the agent's, the organization's, the default provider's, or any. */
export function defaultEmbedding(facts: Facts): string {
	const { snapshot } = facts;
	const chosen = snapshot.agent?.embeddingModel ?? snapshot.embeddingModel;
	if (chosen) return chosen;
	const order = [
		snapshot.defaultChoice.model.value.split('/')[0] ?? '',
		...Object.keys(snapshot.credentials).filter((id) => !facts.registry.provider(id)?.builtin),
		'mock',
	];
	for (const id of order) {
		const model = snapshot.credentials[id] && snapshot.embeddingModels[id];
		if (model) return `${id}/${model}`;
	}
	throw missing('No configured provider has embeddings.');
}

/** The names the request itself gives; null where it leaves the choice to the configuration. */
function explicitNames({ model, models }: RouteRequest): readonly string[] | null {
	if (models && models.length > 0) return models;
	return model === undefined || isDefault(model) || model.startsWith(AGENT) ? null : [model];
}

interface Asked {
	readonly first: Meant;
	/** Named by the request beside it. */
	readonly others: readonly string[];
	/** Whose settings and key count. */
	readonly choice: Choice | null;
}

/** The agent in force; null where none is asked for. Throws where it does not exist or is closed to this key. */
function agentOf({ agentSlug }: RouteRequest, { agent, caller }: Snapshot): Snapshot['agent'] {
	if (agentSlug === null) {
		checkUnaided(caller);
		return null;
	}
	if (!agent) throw missing(`Unknown agent '${agentSlug}' in this organization.`);
	checkAgent(agent.slug, caller);
	return agent;
}

function asked(request: RouteRequest, facts: Facts): Asked {
	const { snapshot } = facts;
	const agent = agentOf(request, snapshot);
	const [named, ...others] = explicitNames(request) ?? [];
	if (named !== undefined && agent && !snapshot.caller.mayOverrideModel)
		throw new GatewayError('forbidden', "This key may not put another model in an agent's place.", { param: 'model' });
	if (named !== undefined || request.kind === 'embedding') {
		const first = meant(named ?? defaultEmbedding(facts), snapshot);
		const ofAgent = request.kind === 'chat' && agent ? agent.choice : null;
		return { first, others, choice: keeping(ofAgent, first.choice, snapshot.caller) };
	}
	const choice = agent?.choice ?? snapshot.defaultChoice;
	const written = agent ? AGENT + agent.slug : 'default';
	return { first: { written, followed: written, name: choice.model.value, choice }, others, choice };
}

/**
 * A profile named beside an agent takes the place of what chose its model, settings included; where the key may not
 * override settings, the agent's own stay over them.
 */
function keeping(ofAgent: Choice | null, named: Choice | null, { mayOverrideSettings }: Caller): Choice | null {
	if (!ofAgent || !named) return named ?? ofAgent;
	if (mayOverrideSettings) return named;
	const own = Object.entries(ofAgent.settings).filter(([, { origin }]) => origin === 'agent');
	return { ...named, settings: { ...named.settings, ...Object.fromEntries(own) } };
}

/** As it was asked for, then as it was understood. */
function namesOf({ written, followed, name }: Meant, target: Target | null): readonly string[] {
	const located = target ? [target.name, `${target.provider.id}/${target.model}`] : [];
	return [...new Set([written, followed, name, ...located])];
}

/** What follows a target that has `names`. */
function chainOf(
	request: RouteRequest,
	others: readonly string[],
	names: readonly string[],
	snapshot: Snapshot,
): Chain {
	if (!request.fallback || request.kind === 'embedding' || request.models?.length)
		return { names: others, by: 'request' };
	const own = request.agentSlug === null ? [] : (snapshot.agent?.fallbacks ?? []);
	if (own.length > 0) return { names: own, by: 'agent' };
	const { fallbacks, fallbackChain } = snapshot;
	const following = fallbacks && names.find((name) => fallbacks[name] !== undefined);
	const named = following === undefined ? undefined : fallbacks?.[following];
	return named ? { names: named, by: 'name' } : { names: fallbackChain, by: 'default' };
}

const skip = (message: string): GatewayError => new GatewayError('model_not_found', message, { param: 'model' });

const sameKey = (left: Target, right: Target): boolean =>
	left.name === right.name && left.credential.rowId === right.credential.rowId;

/** A name after the first: only its model and key count, never the settings of a profile. */
function hop(name: string, before: readonly Target[], { kind }: RouteRequest, facts: Facts): Target {
	if (before.length >= MAX_TARGETS) throw skip(`the chain is longer than ${MAX_TARGETS} targets`);
	const { name: model, choice } = meant(name, facts.snapshot);
	const target = targetOf(model, kind, facts, choice?.credentialRowId);
	if (before.some((earlier) => sameKey(earlier, target))) throw skip('already in the chain');
	const refusal = refusedByKey(target, facts.snapshot);
	if (refusal) throw skip('not allowed by this key');
	return target;
}

function considered(name: string, find: () => Target): Considered {
	try {
		return { name, target: find(), refusal: null };
	} catch (error) {
		if (error instanceof GatewayError) return { name, target: null, refusal: error };
		throw error;
	}
}

/** Throws GatewayError where it is not even clear what is asked for: an unknown or forbidden agent, profile, model. */
export function survey(request: RouteRequest, facts: Facts): Survey {
	const { snapshot } = facts;
	const what = asked(request, facts);
	const first = considered(what.first.written, () => {
		const target = targetOf(what.first.name, request.kind, facts, what.choice?.credentialRowId);
		const refusal = refusedByKey(target, snapshot);
		if (refusal) throw refusal;
		return target;
	});
	const names = namesOf(what.first, first.target);
	const chain = chainOf(request, what.others, names, snapshot);
	const before = first.target ? [first.target] : [];
	const others = chain.names.map((name) => {
		const one = considered(name, () => hop(name, before, request, facts));
		if (one.target) before.push(one.target);
		return one;
	});
	return { first, names, chain, others, choice: request.kind === 'embedding' ? null : what.choice };
}

/**
 * The first name must be usable (404, 403, 400 otherwise); those after it are skipped with the reason.
 * Throws GatewayError.
 */
export function route(request: RouteRequest, facts: Facts): Route {
	const { first, others, choice } = survey(request, facts);
	if (!first.target) throw first.refusal;
	return {
		targets: [first.target, ...others.flatMap(({ target }) => target ?? [])],
		choice,
		skipped: others.flatMap(({ name, refusal }) => (refusal ? [skipped(name, refusal.message)] : [])),
	};
}

function skipped(name: string, reason: string): RoutingStep {
	const slash = name.indexOf('/');
	return {
		provider: slash > 0 ? name.slice(0, slash) : '',
		model: name.slice(slash + 1),
		outcome: 'skipped',
		reason,
		attempts: 0,
	};
}
