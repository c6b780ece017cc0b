/** An agent in its two tables, and as callers see it. */
import { and, eq, isNull, type SQL } from 'drizzle-orm';
import {
	agentLlmPreferences,
	agents,
	type ModelSettings,
	type OrganizationConfiguration,
	organizations,
} from '../db/schema';
import { notFound, scoped } from './access';
import { type AgentChoice, choiceText } from './agent-choice';
import type { ServiceContext } from './context';
import type { Reference } from './inputs';

export interface AgentView {
	readonly id: string;
	readonly slug: string;
	readonly name: string;
	readonly description: string | null;
	/** `provider/model`, `profile:<name>` or `default`. */
	readonly model: string;
	readonly fallbacks: readonly string[];
	readonly settings: ModelSettings;
	/** `provider/model`; null: the default one. */
	readonly embeddingModel: string | null;
	readonly systemPrompt: string | null;
	/** ms since epoch */
	readonly createdAt: number;
	readonly updatedAt: number;
}

/** An agent with its choice still apart. */
export interface Agent extends AgentView {
	readonly choice: AgentChoice;
}

/** Where the choice goes: all into the preferences where the agent names its model, else beside the profile. */
export function placed(choice: AgentChoice, settings: ModelSettings, fallbacks: readonly string[]) {
	const names = choice.kind === 'model';
	return {
		agent: {
			profile: choice.kind === 'profile' ? choice.name : null,
			settings: names ? {} : settings,
			fallbacks: names ? [] : fallbacks,
		},
		preference: {
			provider: names ? choice.provider : null,
			model: names ? choice.model : null,
			params: names ? settings : {},
			fallbacks: names ? fallbacks : [],
		},
	};
}

type Agents = typeof agents.$inferSelect;
type Preferences = typeof agentLlmPreferences.$inferSelect;

function choiceOf(agent: Agents, preference: Preferences): AgentChoice {
	if (preference.provider !== null && preference.model !== null)
		return { kind: 'model', provider: preference.provider, model: preference.model };
	return agent.profile === null ? { kind: 'default' } : { kind: 'profile', name: agent.profile };
}

function agentOf({ agent, preference }: { agent: Agents; preference: Preferences }): Agent {
	const choice = choiceOf(agent, preference);
	const names = choice.kind === 'model';
	return {
		id: agent.id,
		slug: agent.slug,
		name: agent.name,
		description: agent.description,
		model: choiceText(choice),
		fallbacks: names ? preference.fallbacks : agent.fallbacks,
		settings: names ? preference.params : agent.settings,
		embeddingModel: preference.embeddingModel,
		systemPrompt: preference.systemPrompt,
		createdAt: agent.createdAt,
		updatedAt: agent.updatedAt,
		choice,
	};
}

export function viewOf({ choice: _, ...view }: Agent): AgentView {
	return view;
}

export async function selectAgents(ctx: ServiceContext, condition?: SQL): Promise<Agent[]> {
	const rows = await ctx.db
		.select({ agent: agents, preference: agentLlmPreferences })
		.from(agents)
		.innerJoin(agentLlmPreferences, eq(agentLlmPreferences.agentId, agents.id))
		.where(and(scoped(ctx, agents.organizationId), isNull(agents.deletedAt), condition))
		.orderBy(agents.slug);
	return rows.map(agentOf);
}

/** Throws `not_found`. */
export async function selectAgent(ctx: ServiceContext, { id, slug }: Reference): Promise<Agent> {
	const [agent] = await selectAgents(ctx, id !== undefined ? eq(agents.id, id) : eq(agents.slug, slug ?? ''));
	if (!agent) throw notFound('agent', id ?? slug ?? '');
	return agent;
}

/** The organization's own configuration as far as it is in force: plan free uses the global one. */
export async function configurationInForce(ctx: ServiceContext): Promise<OrganizationConfiguration> {
	const row = await ctx.db
		.select({ plan: organizations.plan, configuration: organizations.llmConfiguration })
		.from(organizations)
		.where(scoped(ctx, organizations.id))
		.get();
	return row && row.plan !== 'free' ? row.configuration : {};
}
