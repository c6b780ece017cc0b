/** Agents of the caller's organization. Every verb throws `forbidden` without the scope `manage`. */
import type { RoutingPolicy } from '../language/routing';
import { contended, outdated, requireManage } from './access';
import {
	type AgentChoice,
	checkAgentRouting,
	checkChoice,
	checkEmbeddingModel,
	checkFallbacks,
	choiceText,
	inheritedRouting,
	modelOf,
} from './agent-choice';
import type { CreateAgent, DeleteAgent, UpdateAgent } from './agent-input';
import { givenPrompt, NO_PROMPT, replacedPrompt } from './agent-prompt';
import { type Agent, type AgentView, auditedAgent, selectAgent, selectAgents, viewOf } from './agent-row';
import { refuseNamed, unused } from './agent-users';
import { createStep, deleteStep, moved, updateStep } from './agent-write';
import { changeAll, changeUnmoved, storedVersion } from './change';
import { isSameContent } from './content';
import type { ServiceContext } from './context';
import { checkContext } from './context-check';
import { type Declared, declaredBy } from './declared';
import type { Reference } from './inputs';
import { checkNeeds } from './needs-check';
import { requireRoomForAgent } from './quotas';
import { routingBeside } from './routing-check';
import { checkSettings } from './settings-check';

/** Throws `invalid_request` naming the field, `conflict` where the slug is taken. */
export async function createAgent(ctx: ServiceContext, input: CreateAgent): Promise<AgentView> {
	requireManage(ctx);
	for (let round = 0; round < ROUNDS; round++) {
		const expecting = await namesAsOf(ctx);
		await requireRoomForAgent(ctx);
		const agent = await newAgent(ctx, input);
		if (await changeUnmoved(ctx, ctx.principal.organizationId, [createStep(ctx, agent)], expecting))
			return viewOf(agent);
	}
	throw contended('configuration');
}

/**
 * The configuration's version, first: a profile or alias that is removed after an agent's names were checked makes its
 * write start over. Where a draft collects, the whole of it is checked and written under one.
 */
const namesAsOf = async (ctx: ServiceContext): Promise<number | undefined> =>
	ctx.draft ? undefined : storedVersion(ctx, ctx.principal.organizationId);

/** Checked, not written. */
async function newAgent(ctx: ServiceContext, input: CreateAgent): Promise<Agent> {
	const now = ctx.now();
	const declared = await declaredBy(ctx);
	const choice = checkChoice(ctx, input.model, declared.configuration, declared);
	const settings = input.settings ?? {};
	checkSettings(ctx, settings, modelOf(choice, declared), 'settings', declared);
	const fallbacks = checkFallbacks(ctx, input.fallbacks ?? [], choice, declared);
	const embeddingModel = input.embeddingModel ? checkEmbeddingModel(ctx, input.embeddingModel, declared) : null;
	const requires = [...new Set(input.requires)];
	const routing = checkAgentRouting(ctx, input.routing ?? {}, choice, declared);
	checkNeeds(ctx, requires, { ...answeringOf(choice, declared), fallbacks, routing, embeddingModel }, declared);
	const context = checkContext(ctx, input.context ?? {}, 'context', declared);
	const id = ctx.newId();
	const { prompt, promptHash, promptVersion } = await replacedPrompt(ctx, id, NO_PROMPT, givenPrompt(input, null));
	return {
		id,
		slug: input.slug,
		name: input.name,
		description: input.description ?? null,
		choice,
		model: choiceText(choice),
		fallbacks,
		settings,
		routing,
		context,
		embeddingModel,
		requires,
		prompt,
		promptHash,
		promptVersion,
		systemPrompt: prompt?.system ?? null,
		version: 1,
		createdAt: now,
		updatedAt: now,
	};
}

const answeringOf = (choice: AgentChoice, declared: Declared) => ({
	model: modelOf(choice, declared),
	inherited: inheritedRouting(choice, declared),
});

/** How often a write starts over because another one came between its read and itself: several are made at once. */
const ROUNDS = 10;

/** Throws `invalid_request` naming the field, `not_found`, `conflict`. */
export async function updateAgent(ctx: ServiceContext, input: UpdateAgent): Promise<AgentView> {
	requireManage(ctx);
	for (let round = 0; round < ROUNDS; round++) {
		const expecting = namesModels(input) ? await namesAsOf(ctx) : undefined;
		const before = await asExpected(ctx, input);
		const { agent: after, written } = await changed(ctx, before, input);
		if (!differs(before, after)) return viewOf(before);
		const renamed = after.slug !== before.slug;
		if (renamed) await refuseNamed(ctx, before.slug, 'slug');
		const step = updateStep(
			ctx,
			{ before, after },
			{ version: written, note: null },
			{
				action: 'update',
				entity: 'agent',
				entityId: before.id,
				before: auditedAgent(before),
				after: auditedAgent(after),
			},
			renamed ? unused(ctx, before.slug) : undefined,
		);
		const done = await changeUnmoved(ctx, ctx.principal.organizationId, [step], expecting);
		if (done?.[0]) return viewOf(after);
	}
	throw contended('agent');
}

/** Names of models are among what is given. */
const namesModels = (input: UpdateAgent): boolean => choosesAnew(input) || input.context !== undefined;

/** What is given says who answers, or how. */
const choosesAnew = ({ model, fallbacks, settings, routing, embeddingModel, requires }: UpdateAgent): boolean =>
	[model, fallbacks, settings, routing, embeddingModel, requires].some((field) => field !== undefined);

/** Throws `not_found`, and `conflict` where it is not at the version given. */
async function asExpected(ctx: ServiceContext, input: Reference & { readonly version?: number }): Promise<Agent> {
	const agent = await selectAgent(ctx, input);
	if (input.version !== undefined && input.version !== agent.version) throw outdated('agent', agent.version);
	return agent;
}

async function changed(
	ctx: ServiceContext,
	before: Agent,
	input: UpdateAgent,
): Promise<{ readonly agent: Agent; readonly written: number | null }> {
	const { written, ...prompt } = await replacedPrompt(ctx, before.id, before, givenPrompt(input, before.prompt));
	const agent: Agent = {
		...moved(ctx, before),
		slug: input.slug ?? before.slug,
		name: input.name ?? before.name,
		description: input.description === undefined ? before.description : input.description,
		...(await chosen(ctx, before, input)),
		...prompt,
		systemPrompt: prompt.prompt?.system ?? null,
	};
	return { agent, written };
}

/** What is about models. Settings that stay must suit a model that is new. */
async function chosen(ctx: ServiceContext, before: Agent, input: UpdateAgent) {
	if (!namesModels(input)) return {};
	const { model, fallbacks, settings } = input;
	const declared = await declaredBy(ctx);
	const context =
		input.context === undefined ? before.context : checkContext(ctx, input.context ?? {}, 'context', declared);
	if (!choosesAnew(input)) return { context };
	const choice = model === undefined ? before.choice : checkChoice(ctx, model, declared.configuration, declared);
	const kept = settings ?? before.settings;
	if (model !== undefined || settings) checkSettings(ctx, kept, modelOf(choice, declared), 'settings', declared);
	const text = choiceText(choice);
	// A new model that was a fallback until now moves up: it need not be tried twice.
	const chain = fallbacks
		? checkFallbacks(ctx, fallbacks, choice, declared)
		: before.fallbacks.filter((fallback) => fallback !== text);
	const embeddingModel = input.embeddingModel
		? checkEmbeddingModel(ctx, input.embeddingModel, declared)
		: keptUnlessNull(input.embeddingModel, before);
	const routing = routed(ctx, before, input, choice, declared);
	const requires = input.requires ? [...new Set(input.requires)] : before.requires;
	checkNeeds(ctx, requires, { ...answeringOf(choice, declared), fallbacks: chain, routing, embeddingModel }, declared);
	return { choice, model: text, fallbacks: chain, settings: kept, routing, context, embeddingModel, requires };
}

/** A policy that stays must suit a model that is new. */
function routed(
	ctx: ServiceContext,
	before: Agent,
	{ model, routing }: UpdateAgent,
	choice: AgentChoice,
	declared: Declared,
): RoutingPolicy {
	if (routing !== undefined) return checkAgentRouting(ctx, routing ?? {}, choice, declared);
	if (model === undefined) return before.routing;
	const kept = routingBeside(ctx, before.routing, modelOf(choice, declared), declared);
	return checkAgentRouting(ctx, kept, choice, declared);
}

const keptUnlessNull = (given: string | null | undefined, { embeddingModel }: Agent): string | null =>
	given === null ? null : embeddingModel;

const content = ({ updatedAt: _, version: _version, ...rest }: AgentView) => rest;

const differs = (before: Agent, after: Agent): boolean =>
	!isSameContent(content(viewOf(before)), content(viewOf(after)));

export async function listAgents(ctx: ServiceContext): Promise<AgentView[]> {
	requireManage(ctx);
	return (await selectAgents(ctx)).map(viewOf);
}

/** Throws `not_found`. */
export async function getAgent(ctx: ServiceContext, reference: Reference): Promise<AgentView> {
	requireManage(ctx);
	return viewOf(await selectAgent(ctx, reference));
}

/** Its slug is free again at once; its usage rows and prompts stay. Throws `not_found`, `conflict`. */
export async function deleteAgent(ctx: ServiceContext, input: DeleteAgent): Promise<{ readonly id: string }> {
	requireManage(ctx);
	for (let round = 0; round < ROUNDS; round++) {
		const agent = await asExpected(ctx, input);
		await refuseNamed(ctx, agent.slug, 'slug');
		const step = deleteStep(ctx, agent, unused(ctx, agent.slug));
		const [done] = await changeAll(ctx, ctx.principal.organizationId, [step]);
		if (done) return { id: agent.id };
	}
	throw contended('agent');
}
