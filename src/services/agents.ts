/** Agents of the caller's organization. Every verb throws `forbidden` without the scope `manage`. */
import { and, eq, exists, isNull } from 'drizzle-orm';
import { agentLlmPreferences, agents } from '../db/schema';
import { GatewayError } from '../errors';
import { notFound, requireManage, scoped } from './access';
import { checkChoice, checkFallbacks, choiceText } from './agent-choice';
import type { CreateAgent, UpdateAgent } from './agent-input';
import {
	type Agent,
	type AgentView,
	configurationInForce,
	placed,
	selectAgent,
	selectAgents,
	viewOf,
} from './agent-row';
import { change } from './change';
import type { ServiceContext } from './context';
import type { Reference } from './inputs';
import { checkModel, modelText } from './model-reference';

/** Throws `invalid_request` naming the field, `conflict` where the slug is taken. */
export async function createAgent(ctx: ServiceContext, input: CreateAgent): Promise<AgentView> {
	requireManage(ctx);
	const { organizationId } = ctx.principal;
	const now = ctx.now();
	const choice = checkChoice(ctx, input.model, await configurationInForce(ctx));
	const agent: AgentView = {
		id: ctx.newId(),
		slug: input.slug,
		name: input.name,
		description: input.description ?? null,
		model: choiceText(choice),
		fallbacks: checkFallbacks(ctx, input.fallbacks ?? [], choice),
		settings: input.settings ?? {},
		embeddingModel: checkEmbeddingModel(ctx, input.embeddingModel),
		systemPrompt: input.systemPrompt ?? null,
		createdAt: now,
		updatedAt: now,
	};
	const place = placed(choice, agent.settings, agent.fallbacks);
	const { id, slug, name, description, embeddingModel, systemPrompt } = agent;
	await change(
		ctx,
		organizationId,
		[
			ctx.db
				.insert(agents)
				.values({ id, organizationId, slug, name, description, ...place.agent, createdAt: now, updatedAt: now }),
			ctx.db
				.insert(agentLlmPreferences)
				.values({ agentId: id, organizationId, ...place.preference, embeddingModel, systemPrompt, updatedAt: now }),
		],
		{ action: 'create', entity: 'agent', entityId: id, before: null, after: { ...agent } },
	);
	return agent;
}

/** How often an update starts over because another one came between its read and its write. */
const UPDATE_ROUNDS = 5;

/** Throws `invalid_request` naming the field, `not_found`, `conflict`. */
export async function updateAgent(ctx: ServiceContext, input: UpdateAgent): Promise<AgentView> {
	requireManage(ctx);
	for (let round = 0; round < UPDATE_ROUNDS; round++) {
		const before = await selectAgent(ctx, input);
		const after = await changed(ctx, before, input);
		if (!differs(before, after) || (await writeUpdate(ctx, before, after))) return viewOf(after);
	}
	throw new GatewayError('conflict', 'This agent is being changed by others at this moment: read it and try again.');
}

async function changed(ctx: ServiceContext, before: Agent, input: UpdateAgent): Promise<Agent> {
	const choice =
		input.model === undefined ? before.choice : checkChoice(ctx, input.model, await configurationInForce(ctx));
	const model = choiceText(choice);
	return {
		...before,
		slug: input.slug ?? before.slug,
		name: input.name ?? before.name,
		description: input.description === undefined ? before.description : input.description,
		choice,
		model,
		// A new model that was a fallback until now moves up: it need not be tried twice.
		fallbacks: input.fallbacks
			? checkFallbacks(ctx, input.fallbacks, choice)
			: before.fallbacks.filter((fallback) => fallback !== model),
		settings: input.settings ?? before.settings,
		embeddingModel:
			input.embeddingModel === undefined ? before.embeddingModel : checkEmbeddingModel(ctx, input.embeddingModel),
		systemPrompt: input.systemPrompt === undefined ? before.systemPrompt : input.systemPrompt,
		updatedAt: Math.max(ctx.now(), before.updatedAt + 1),
	};
}

const content = ({ updatedAt: _, ...rest }: AgentView): string => JSON.stringify(rest);

const differs = (before: Agent, after: Agent): boolean => content(viewOf(before)) !== content(viewOf(after));

/** False where the row is no longer the one read: `updatedAt` strictly grows, so it names the state. */
async function writeUpdate(ctx: ServiceContext, before: Agent, after: Agent): Promise<boolean> {
	const { slug, name, description, embeddingModel, systemPrompt, updatedAt } = after;
	const place = placed(after.choice, after.settings, after.fallbacks);
	const asRead = and(
		scoped(ctx, agents.organizationId),
		eq(agents.id, before.id),
		isNull(agents.deletedAt),
		eq(agents.updatedAt, before.updatedAt),
	);
	return change(
		ctx,
		ctx.principal.organizationId,
		[
			ctx.db
				.update(agentLlmPreferences)
				.set({ ...place.preference, embeddingModel, systemPrompt, updatedAt })
				.where(
					and(
						eq(agentLlmPreferences.agentId, before.id),
						exists(ctx.db.select({ id: agents.id }).from(agents).where(asRead)),
					),
				),
			ctx.db
				.update(agents)
				.set({ slug, name, description, ...place.agent, updatedAt })
				.where(asRead),
		],
		{
			action: 'update',
			entity: 'agent',
			entityId: before.id,
			before: { ...viewOf(before) },
			after: { ...viewOf(after) },
		},
	);
}

export async function listAgents(ctx: ServiceContext): Promise<AgentView[]> {
	requireManage(ctx);
	return (await selectAgents(ctx)).map(viewOf);
}

/** Throws `not_found`. */
export async function getAgent(ctx: ServiceContext, reference: Reference): Promise<AgentView> {
	requireManage(ctx);
	return viewOf(await selectAgent(ctx, reference));
}

/** Its slug is free again at once; its usage rows stay. Throws `not_found`. */
export async function deleteAgent(ctx: ServiceContext, reference: Reference): Promise<{ readonly id: string }> {
	requireManage(ctx);
	const agent = await selectAgent(ctx, reference);
	const deleted = await change(
		ctx,
		ctx.principal.organizationId,
		[
			ctx.db
				.update(agents)
				.set({ deletedAt: ctx.now() })
				.where(and(scoped(ctx, agents.organizationId), eq(agents.id, agent.id), isNull(agents.deletedAt))),
		],
		{ action: 'delete', entity: 'agent', entityId: agent.id, before: { ...viewOf(agent) }, after: null },
	);
	if (!deleted) throw notFound('agent', agent.slug);
	return { id: agent.id };
}

function checkEmbeddingModel(ctx: ServiceContext, text: string | null | undefined): string | null {
	return text === null || text === undefined ? null : modelText(checkModel(ctx, text, 'embeddingModel', 'embedding'));
}
