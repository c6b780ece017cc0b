/** What a request asks for: by its own names, else by agent or configuration. Pure. */
import { GatewayError } from '../errors';
import type { ContextField } from '../language/context';
import type { RoutingField } from '../language/routing';
import { keptContext } from './context-policy';
import { checkAgent, checkUnaided } from './key-policy';
import type { Caller, Choice, Snapshot, SourcedRouting } from './ports';
import { checkLength, type Facts, missing } from './target';

export interface RouteRequest {
	readonly kind: 'chat' | 'embedding';
	readonly model: string | undefined;
	readonly models: readonly string[] | undefined;
	/** Slug asked for by header or `agent:<slug>`. */
	readonly agentSlug: string | null;
	readonly fallback: boolean;
}

/** A name with what it stands for here. */
export interface Meant {
	readonly written: string;
	/** Its alias followed to the end. */
	readonly followed: string;
	/** Of a model. */
	readonly name: string;
	/** Of the profile that it is; null: it is none. */
	readonly choice: Choice | null;
}

export interface Asked {
	readonly first: Meant;
	/** Named by the request beside it. */
	readonly others: readonly string[];
	/** Whose settings and key count. */
	readonly choice: Choice | null;
	/** Whose routing policy counts; null: the organization's own. */
	readonly ruling: Choice | null;
}

const PROFILE = 'profile:';
const AGENT = 'agent:';

const isDefault = (model: string | undefined): boolean => model === undefined || model === '' || model === 'default';

/** The agent a request asks for: header first, then `agent:<slug>` in place of a model. */
export function agentSlugOf(model: string | undefined, header: string | null): string | null {
	if (header) return header;
	return model?.startsWith(AGENT) ? model.slice(AGENT.length) : null;
}

/** Aliases are followed, a profile is its model. Throws `model_not_found`. */
export function meant(written: string, { aliases, profiles }: Snapshot): Meant {
	checkLength(written);
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
export function explicitNames({ model, models }: RouteRequest): readonly string[] | null {
	if (models && models.length > 0) return models;
	return model === undefined || isDefault(model) || model.startsWith(AGENT) ? null : [model];
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

/** Throws where it is not even clear what is asked for: an unknown or forbidden agent, an unknown profile. */
export function asked(request: RouteRequest, facts: Facts): Asked {
	const { snapshot } = facts;
	const agent = agentOf(request, snapshot);
	const [named, ...others] = explicitNames(request) ?? [];
	if (named !== undefined && agent && !snapshot.caller.mayOverrideModel)
		throw new GatewayError('forbidden', "This key may not put another model in an agent's place.", { param: 'model' });
	if (request.kind === 'embedding') {
		const first = meant(named ?? defaultEmbedding(facts), snapshot);
		// What the configuration names for embeddings is a model alone: only a request names a profile with its policy.
		const own = named === undefined && agent ? null : first.choice;
		return { first, others, choice: first.choice, ruling: keeping(agent?.choice ?? null, own, snapshot.caller) };
	}
	if (named !== undefined) {
		const first = meant(named, snapshot);
		const choice = keeping(agent?.choice ?? null, first.choice, snapshot.caller);
		return { first, others, choice, ruling: choice };
	}
	const choice = agent?.choice ?? snapshot.defaultChoice;
	const written = agent ? AGENT + agent.slug : 'default';
	return { first: { written, followed: written, name: choice.model.value, choice }, others, choice, ruling: choice };
}

/**
 * A profile named beside an agent takes the place of what chose its model, settings included; where the key may not
 * override settings, the agent's own stay over them.
 */
function keeping(ofAgent: Choice | null, named: Choice | null, caller: Caller): Choice | null {
	if (!ofAgent || !named) return named ?? ofAgent;
	const kept = {
		...named,
		...keptRouting(ofAgent.routing, named.routing, caller),
		...keptContext(ofAgent.context, named.context, caller),
	};
	if (caller.mayOverrideSettings) return kept;
	return { ...kept, settings: { ...named.settings, ...ofAgentsOwn(ofAgent.settings, () => true) } };
}

type Said = Readonly<Record<string, { readonly origin: string } | undefined>>;

const ofAgentsOwn = <T extends Said>(all: T, keeps: (field: string) => boolean): Partial<T> =>
	Object.fromEntries(
		Object.entries(all).filter(([field, said]) => said?.origin === 'agent' && keeps(field)),
	) as Partial<T>;

/** About the model that the agent chose, which is another one now. */
const OF_THE_MODEL: ReadonlySet<string> = new Set<RoutingField>(['strategy', 'candidates', 'weight']);

/** Whether what an agent says of it itself stays where a profile is named in its model's place. */
export const staysOfAgent = (
	field: RoutingField | ContextField,
	{ mayOverrideSettings }: Pick<Caller, 'mayOverrideSettings'>,
): boolean => field === 'residency' || (!mayOverrideSettings && !OF_THE_MODEL.has(field));

/** Where its data may go an agent says whatever model is named in its place. */
function keptRouting(
	ofAgent: SourcedRouting | undefined,
	named: SourcedRouting | undefined,
	caller: Caller,
): Pick<Choice, 'routing'> {
	if (!ofAgent) return {};
	const own = ofAgentsOwn(ofAgent, (field) => staysOfAgent(field as RoutingField, caller));
	return Object.keys(own).length > 0 ? { routing: { ...named, ...own } } : {};
}
