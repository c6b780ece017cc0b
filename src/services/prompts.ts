/** Prompts of agents and their history. Every verb throws `forbidden` without the scope `manage`, `not_found`. */
import { and, desc, eq, lt } from 'drizzle-orm';
import { agentPrompts } from '../db/schema';
import { GatewayError } from '../errors';
import type { PromptSource } from '../prompt/source';
import { contended, notFound, outdated, requireManage, scoped } from './access';
import { checkedPrompt, replacedPrompt } from './agent-prompt';
import { type Agent, selectNamed } from './agent-row';
import { moved, updateStep } from './agent-write';
import type { AuditEntry } from './audit';
import { changeAll } from './change';
import type { ServiceContext } from './context';
import type { ClearPrompt, PromptHistory, RevertPrompt, SetPrompt } from './prompt-input';

const VERSION = {
	/** From 1, per agent. */
	version: agentPrompts.version,
	/** null: the prompt was taken away. */
	source: agentPrompts.source,
	/** SHA-256 of the source's canonical form, lower-case hex. */
	hash: agentPrompts.hash,
	note: agentPrompts.note,
	createdBy: agentPrompts.createdBy,
	/** ms since epoch */
	createdAt: agentPrompts.createdAt,
};

/** A version as it was written. */
export interface PromptVersionView {
	readonly version: number;
	readonly source: PromptSource | null;
	readonly hash: string | null;
	readonly note: string | null;
	readonly createdBy: string;
	readonly createdAt: number;
}

/** What is in force; all of a version's fields are null where the agent has no prompt. */
export interface PromptView {
	readonly agentId: string;
	/** The agent's slug. */
	readonly agent: string;
	readonly prompt: PromptSource | null;
	readonly version: number | null;
	readonly hash: string | null;
	readonly note: string | null;
	readonly createdBy: string | null;
	readonly createdAt: number | null;
}

const ofAgent = (ctx: ServiceContext, { id }: Agent) =>
	and(scoped(ctx, agentPrompts.organizationId), eq(agentPrompts.agentId, id));

async function selectVersion(
	ctx: ServiceContext,
	agent: Agent,
	version: number,
): Promise<PromptVersionView | undefined> {
	return ctx.db
		.select(VERSION)
		.from(agentPrompts)
		.where(and(ofAgent(ctx, agent), eq(agentPrompts.version, version)))
		.get();
}

async function viewOf(ctx: ServiceContext, agent: Agent): Promise<PromptView> {
	const { id: agentId, slug, prompt, promptHash: hash, promptVersion: version } = agent;
	const row = version === null ? undefined : await selectVersion(ctx, agent, version);
	const { note = null, createdBy = null, createdAt = null } = row ?? {};
	return { agentId, agent: slug, prompt, version, hash, note, createdBy, createdAt };
}

/** The prompt in force. */
export async function getPrompt(ctx: ServiceContext, input: { readonly agent: string }): Promise<PromptView> {
	requireManage(ctx);
	return viewOf(ctx, await selectNamed(ctx, input.agent));
}

const PAGE = 20;

/** Newest first. */
export async function promptHistory(ctx: ServiceContext, input: PromptHistory): Promise<PromptVersionView[]> {
	requireManage(ctx);
	const agent = await selectNamed(ctx, input.agent);
	return ctx.db
		.select(VERSION)
		.from(agentPrompts)
		.where(and(ofAgent(ctx, agent), input.before === undefined ? undefined : lt(agentPrompts.version, input.before)))
		.orderBy(desc(agentPrompts.version))
		.limit(input.limit ?? PAGE);
}

/** One that says the same writes nothing. Throws `invalid_request` naming the place, `conflict`. */
export async function setPrompt(ctx: ServiceContext, input: SetPrompt): Promise<PromptView> {
	requireManage(ctx);
	const prompt = checkedPrompt(input.prompt);
	return replace(ctx, input, 'update', async () => prompt);
}

/** Writes what a version said as the next one. Throws `not_found` where there is no such version, `conflict`. */
export async function revertPrompt(ctx: ServiceContext, input: RevertPrompt): Promise<PromptView> {
	requireManage(ctx);
	return replace(ctx, input, 'restore', async (agent) => {
		const row = await selectVersion(ctx, agent, input.to);
		if (!row) throw notFound('version of this prompt', String(input.to));
		return row.source;
	});
}

/** The agent answers without a prompt from now on; its history stays. Throws `conflict`. */
export async function clearPrompt(ctx: ServiceContext, input: ClearPrompt): Promise<PromptView> {
	requireManage(ctx);
	return replace(ctx, input, 'delete', async () => null);
}

/** How often a write starts over because another one came between its read and itself. */
const ROUNDS = 5;

async function replace(
	ctx: ServiceContext,
	input: ClearPrompt,
	action: AuditEntry['action'],
	promptFor: (agent: Agent) => Promise<PromptSource | null>,
): Promise<PromptView> {
	for (let round = 0; round < ROUNDS; round++) {
		const before = await selectNamed(ctx, input.agent);
		if (input.version !== undefined && input.version !== before.promptVersion) throw isOther(before.promptVersion);
		const { written, ...prompt } = await replacedPrompt(ctx, before.id, before, await promptFor(before));
		if (written === null) return viewOf(ctx, before);
		const after: Agent = { ...moved(ctx, before), ...prompt, systemPrompt: prompt.prompt?.system ?? null };
		const note = input.note ?? null;
		const step = updateStep(ctx, { before, after }, { version: written, note }, auditOf(action, before, after, note));
		const [done] = await changeAll(ctx, ctx.principal.organizationId, [step]);
		if (done) return viewOf(ctx, after);
	}
	throw contended('prompt');
}

const isOther = (version: number | null): GatewayError =>
	version === null
		? new GatewayError('conflict', 'This agent has no prompt by now: read it and try again.', { param: 'version' })
		: outdated('prompt', version);

const auditOf = (action: AuditEntry['action'], before: Agent, after: Agent, note: string | null): AuditEntry => ({
	action,
	entity: 'prompt',
	entityId: before.id,
	before: before.promptVersion === null ? null : { version: before.promptVersion, hash: before.promptHash },
	after: after.promptVersion === null ? null : { version: after.promptVersion, hash: after.promptHash, note },
});
