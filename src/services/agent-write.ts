/** The writes of an agent and its prompt, each whole or not at all. */
import { and, eq, exists, isNull, type SQL } from 'drizzle-orm';
import { agentLlmPreferences, agentPrompts, agents } from '../db/schema';
import { scoped } from './access';
import { type Agent, auditedAgent, placed } from './agent-row';
import type { AuditEntry } from './audit';
import type { Step } from './change';
import type { ServiceContext } from './context';
import { insertWhere } from './insert-where';

/** A new version for the history of an agent's prompt; null: nothing was written. */
export interface PromptRow {
	readonly version: number | null;
	readonly note: string | null;
}

export function createStep(ctx: ServiceContext, agent: Agent): Step {
	const { organizationId } = ctx.principal;
	const { id, slug, name, description, embeddingModel, prompt, promptHash, promptVersion, version } = agent;
	const { requires, routing, context, createdAt, updatedAt } = agent;
	const place = placed(agent.choice, agent.settings, agent.fallbacks);
	const history = promptVersion === null ? [] : [historyRow(ctx, agent, promptVersion, null)];
	return {
		writes: [
			ctx.db.insert(agents).values({
				id,
				organizationId,
				slug,
				name,
				description,
				...place.agent,
				requires,
				routing,
				context,
				version,
				createdAt,
				updatedAt,
			}),
			ctx.db.insert(agentLlmPreferences).values({
				agentId: id,
				organizationId,
				...place.preference,
				embeddingModel,
				prompt,
				promptHash,
				promptVersion,
				updatedAt,
			}),
			...history.map((row) => ctx.db.insert(agentPrompts).values(row)),
		],
		entry: { action: 'create', entity: 'agent', entityId: id, before: null, after: auditedAgent(agent) },
	};
}

function historyRow(ctx: ServiceContext, agent: Agent, version: number, note: string | null) {
	const { organizationId, actor } = ctx.principal;
	return {
		agentId: agent.id,
		version,
		organizationId,
		source: agent.prompt,
		hash: agent.promptHash,
		note,
		createdBy: actor,
		createdAt: agent.updatedAt,
	};
}

/** The agent as it was read: its version names its state. */
const asRead = (ctx: ServiceContext, { id, version }: Agent, also?: SQL): SQL | undefined =>
	and(
		scoped(ctx, agents.organizationId),
		eq(agents.id, id),
		isNull(agents.deletedAt),
		eq(agents.version, version),
		also,
	);

/** Changes nothing where the agent is no longer the one read, or `also` does not hold. */
export function updateStep(
	ctx: ServiceContext,
	{ before, after }: { readonly before: Agent; readonly after: Agent },
	prompt: PromptRow,
	entry: AuditEntry,
	also?: SQL,
): Step {
	const { slug, name, description, embeddingModel, requires, routing, context, updatedAt, version } = after;
	const place = placed(after.choice, after.settings, after.fallbacks);
	const unchanged = asRead(ctx, before, also);
	const current = exists(ctx.db.select({ id: agents.id }).from(agents).where(unchanged));
	return {
		writes: [
			ctx.db
				.update(agentLlmPreferences)
				.set({
					...place.preference,
					embeddingModel,
					prompt: after.prompt,
					promptHash: after.promptHash,
					promptVersion: after.promptVersion,
					updatedAt,
				})
				.where(and(eq(agentLlmPreferences.agentId, before.id), current)),
			...(prompt.version === null
				? []
				: [insertWhere(ctx, agentPrompts, historyRow(ctx, after, prompt.version, prompt.note), current)]),
			ctx.db
				.update(agents)
				.set({ slug, name, description, ...place.agent, requires, routing, context, updatedAt, version })
				.where(unchanged),
		],
		entry,
	};
}

/** Its slug is free again at once. Changes nothing under the same conditions. */
export function deleteStep(ctx: ServiceContext, agent: Agent, also?: SQL): Step {
	const now = ctx.now();
	return {
		writes: [
			ctx.db
				.update(agents)
				.set({ deletedAt: now, updatedAt: now, version: agent.version + 1 })
				.where(asRead(ctx, agent, also)),
		],
		entry: { action: 'delete', entity: 'agent', entityId: agent.id, before: auditedAgent(agent), after: null },
	};
}

/** The same agent one version on. */
export const moved = (ctx: ServiceContext, agent: Agent): Agent => ({
	...agent,
	version: agent.version + 1,
	updatedAt: Math.max(ctx.now(), agent.updatedAt + 1),
});
