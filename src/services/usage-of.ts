/** Who uses what of a configuration: what is in use can't go without a word. */
import { and, eq, isNull } from 'drizzle-orm';
import { agentLlmPreferences, agents, type Need, type OrganizationConfiguration } from '../db/schema';
import { GatewayError } from '../errors';
import type { ContextPolicy } from '../language/context';
import type { RoutingPolicy } from '../language/routing';
import type { Drafting, ServiceContext } from './context';
import { pathOf, profileNamed, profileText } from './model-name';
import { type ModelReference, modelText } from './model-reference';
import { routingNames } from './routing-check';

/** What of an agent names something else. */
export interface AgentNames {
	readonly slug: string;
	readonly profile: string | null;
	/** null: its profile or the default chooses. */
	readonly model: string | null;
	readonly embeddingModel: string | null;
	readonly fallbacks: readonly string[];
	/** Its own. */
	readonly routing: RoutingPolicy;
	readonly context: ContextPolicy;
	readonly requires: readonly Need[];
}

/** The organization's agents, as a draft will leave them. `ctx` may reach it. */
export async function agentNames(ctx: ServiceContext, organizationId: string): Promise<AgentNames[]> {
	const rows = await ctx.db
		.select({ agent: agents, preference: agentLlmPreferences })
		.from(agents)
		.innerJoin(agentLlmPreferences, eq(agentLlmPreferences.agentId, agents.id))
		.where(and(eq(agents.organizationId, organizationId), isNull(agents.deletedAt)))
		.orderBy(agents.slug);
	return rows.map(({ agent, preference: { provider, model, embeddingModel, fallbacks } }) => {
		const names = provider !== null && model !== null;
		const stored = {
			slug: agent.slug,
			profile: names ? null : agent.profile,
			model: names ? modelText({ provider, model }) : null,
			embeddingModel,
			fallbacks: names ? fallbacks : agent.fallbacks,
			routing: agent.routing,
			context: agent.context,
			requires: agent.requires,
		};
		return ctx.draft ? drafted(stored, ctx.draft) : stored;
	});
}

function drafted(stored: AgentNames, { agents: said, declared }: Drafting): AgentNames {
	const { model, fallbacks, routing, context, embeddingModel, requires } = said.get(stored.slug) ?? {};
	const end = model && pathOf(model, declared.configuration.aliases).at(-1);
	const profile = end ? profileNamed(end) : null;
	return {
		...stored,
		...(end && { profile, model: profile === null && end !== 'default' ? end : null }),
		...(fallbacks && { fallbacks }),
		...(routing !== undefined && { routing: routing ?? {} }),
		...(context !== undefined && { context: context ?? {} }),
		...(embeddingModel !== undefined && { embeddingModel }),
		...(requires && { requires }),
	};
}

/** Every name of a policy. */
const namesOf = (routing: RoutingPolicy | undefined): readonly string[] =>
	routingNames(routing ?? {}, '').map(({ name }) => name);

/** Which name is looked for, in each of its forms. */
export interface Sought {
	/** As agents, aliases and chains write it. */
	readonly is: (text: string) => boolean;
	/** Where it is a profile. */
	readonly profile?: string;
	/** Where it is a model: profiles hold it in two parts. */
	readonly model?: ModelReference;
}

const written =
	(name: string): Sought['is'] =>
	(text) =>
		text === name;

export const soughtProfile = (name: string): Sought => ({ is: written(profileText(name)), profile: name });
export const soughtAlias = (name: string): Sought => ({ is: written(name) });
export const soughtModel = (model: ModelReference): Sought => ({ is: written(modelText(model)), model });
/** Any model of a server of one's own, by its row's name. */
export const soughtServer = (name: string): Sought => ({ is: (text) => text.startsWith(`${name}/`) });

/** Users in words: `agent 'support'`, `alias 'best'`, `defaultProfile`. */
export function usersOf(
	sought: Sought,
	configuration: OrganizationConfiguration,
	among: readonly AgentNames[],
): readonly string[] {
	return [
		...among.filter((agent) => agentUses(agent, sought)).map(({ slug }) => `agent '${slug}'`),
		...configurationUsers(configuration, sought),
	];
}

const agentUses = (agent: AgentNames, { is, profile }: Sought): boolean =>
	[agent.model, agent.embeddingModel, agent.context.summarizer].some((name) => name && is(name)) ||
	besideAgent(agent).some(is) ||
	(profile !== undefined && agent.profile === profile);

const isModel = (one: ModelReference, model: ModelReference | undefined): boolean =>
	model !== undefined && one.provider === model.provider && one.model === model.model;

function configurationUsers(configuration: OrganizationConfiguration, { is, profile, model }: Sought): string[] {
	const {
		defaultProfile,
		profiles = {},
		aliases = {},
		fallbacks = {},
		fallbackChain,
		routing,
		context,
		embeddingModel,
	} = configuration;
	const isNamed = (name: string | undefined): boolean => name !== undefined && is(name);
	return [
		...(profile !== undefined && defaultProfile === profile ? ['defaultProfile'] : []),
		...Object.entries(profiles).flatMap(([name, one]) =>
			isModel(one, model) || namesOf(one.routing).some(is) || isNamed(one.context?.summarizer)
				? [`profile '${name}'`]
				: [],
		),
		...Object.entries(aliases).flatMap(([name, target]) => (is(target) ? [`alias '${name}'`] : [])),
		...Object.entries(fallbacks).flatMap(([name, chain]) =>
			is(name) || chain.some(is) ? [`the fallbacks of '${name}'`] : [],
		),
		...(fallbackChain?.some(is) ? ['fallbackChain'] : []),
		...(namesOf(routing).some(is) ? ['routing'] : []),
		...(isNamed(context?.summarizer) ? ['context'] : []),
		...(isNamed(embeddingModel) ? ['embeddingModel'] : []),
	];
}

/** Models that an agent names beside its own. */
export const besideAgent = ({ fallbacks, routing }: AgentNames): readonly string[] => [
	...fallbacks,
	...namesOf(routing),
];

/** A name in use. */
export interface Used {
	readonly text: string;
	/** Of the model it must lead to. */
	readonly kind: 'chat' | 'embedding';
	/** Whose it is; null: the organization's. */
	readonly agent: AgentNames | null;
}

/** Every name that a chain, a policy or a choice of embeddings holds. A summarizer need not do what its agent requires. */
export function modelNames(
	{ profiles = {}, fallbackChain = [], fallbacks = {}, routing, context, embeddingModel }: OrganizationConfiguration,
	among: readonly AgentNames[],
): readonly Used[] {
	const chains = Object.entries(fallbacks).flatMap(([name, chain]) => [name, ...chain]);
	const policies = [routing, ...Object.values(profiles).map((profile) => profile.routing)].flatMap(namesOf);
	const summarizers = [context, ...[...Object.values(profiles), ...among].map((one) => one.context)];
	const used = (kind: Used['kind'], agent: Used['agent'], texts: readonly (string | null | undefined)[]): Used[] =>
		texts.flatMap((text) => (text === null || text === undefined ? [] : [{ text, kind, agent }]));
	return [
		...used('chat', null, [
			...fallbackChain,
			...chains,
			...policies,
			...summarizers.map((policy) => policy?.summarizer),
		]),
		...used('embedding', null, [embeddingModel]),
		...among.flatMap((agent) => [
			...used('chat', agent, besideAgent(agent)),
			...used('embedding', agent, [agent.embeddingModel]),
		]),
	];
}

const MOST_NAMED = 5;

/** Throws `conflict` naming the users, at most five and a count, where there are any. */
export function refuseInUse(what: string, users: readonly string[], param: string): void {
	if (users.length === 0) return;
	const rest = users.length - MOST_NAMED;
	const named = users.slice(0, MOST_NAMED).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
	throw new GatewayError('conflict', `${what} is in use by ${named} (${users.length} in all): change these first.`, {
		param,
	});
}
