/** An agent in its two tables, and as callers see it. */
import { and, eq, isNull, or, type SQL } from 'drizzle-orm';
import { agentLlmPreferences, agents, type ModelSettings, type Need } from '../db/schema';
import type { ContextPolicy } from '../language/context';
import type { RoutingPolicy } from '../language/routing';
import type { PromptSource } from '../prompt/source';
import { notFound, scoped } from './access';
import { type AgentChoice, choiceText } from './agent-choice';
import type { PromptInForce } from './agent-prompt';
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
	/** What it says itself; `config.explain` tells what is in force. */
	readonly routing: RoutingPolicy;
	/** The same. */
	readonly context: ContextPolicy;
	/** `provider/model` or an alias; null: the default one. */
	readonly embeddingModel: string | null;
	/** What each of its models must be able to do. */
	readonly requires: readonly Need[];
	/** null: none. */
	readonly prompt: PromptSource | null;
	readonly promptVersion: number | null;
	/** `prompt.system` */
	readonly systemPrompt: string | null;
	/** From 1; moves with each change of the agent or its prompt. */
	readonly version: number;
	/** ms since epoch */
	readonly createdAt: number;
	readonly updatedAt: number;
}

/** An agent with its choice still apart. */
export interface Agent extends AgentView, PromptInForce {
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
		routing: agent.routing,
		context: agent.context,
		embeddingModel: preference.embeddingModel,
		requires: agent.requires,
		prompt: preference.prompt,
		promptHash: preference.promptHash,
		promptVersion: preference.promptVersion,
		systemPrompt: preference.prompt?.system ?? null,
		version: agent.version,
		createdAt: agent.createdAt,
		updatedAt: agent.updatedAt,
		choice,
	};
}

export function viewOf({ choice: _, promptHash: _hash, ...view }: Agent): AgentView {
	return view;
}

/** Of a prompt the audit log holds the version: its text is in the history for good. */
export function auditedAgent({ choice: _, promptHash: _hash, prompt: _prompt, systemPrompt: _text, ...rest }: Agent) {
	return rest;
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

/** By slug, else by id. Throws `not_found`. */
export async function selectNamed(ctx: ServiceContext, name: string): Promise<Agent> {
	const found = await selectAgents(ctx, or(eq(agents.slug, name), eq(agents.id, name)));
	const agent = found.find(({ slug }) => slug === name) ?? found[0];
	if (!agent) throw notFound('agent', name);
	return agent;
}
