/** What an organization knows better than the catalog: own models, negotiated prices, limits of its own deployments. */
import { and } from 'drizzle-orm';
import type { ModelFacts } from '../catalog/facts';
import { type CapabilityOverride, type LimitOverride, llmModelOverrides } from '../db/schema';
import { invalid } from '../errors';
import { notFound, outdated, requireManage, scoped } from './access';
import { guarded, type Standing } from './configuration-edit';
import type { ServiceContext } from './context';
import type { CustomModelReference, RemoveCustomModel, SetCustomModel } from './custom-model-input';
import {
	type CustomModelRow,
	type CustomModelView,
	isModel,
	selectCustomModels,
	storedPrices,
	viewOf,
} from './custom-model-row';
import { modelText } from './model-reference';
import { refuseInUse, soughtModel, usersOf } from './usage-of';

/** All of them travel with each resolved configuration. */
const MOST_MODELS = 500;

/** By provider and model. */
export async function listCustomModels(ctx: ServiceContext): Promise<CustomModelView[]> {
	requireManage(ctx);
	return (await selectCustomModels(ctx)).map((row) => viewOf(ctx, row));
}

/** Throws `not_found`. */
export async function getCustomModel(ctx: ServiceContext, reference: CustomModelReference): Promise<CustomModelView> {
	requireManage(ctx);
	const [row] = await selectCustomModels(ctx, isModel(reference.provider, reference.model));
	if (!row) throw notFound('custom model', modelText(reference));
	return viewOf(ctx, row);
}

/** In place of all that was said of this model before. Throws `invalid_request` naming the field, `conflict`. */
export async function setCustomModel(ctx: ServiceContext, input: SetCustomModel): Promise<CustomModelView> {
	requireManage(ctx);
	const { provider, model } = input;
	const content = contentOf(ctx, input);
	return guarded(ctx, async (standing) => {
		const { row: organization } = standing;
		const rows = await selectCustomModels(ctx);
		const before = rows.find((row) => row.provider === provider && row.model === model);
		checkVersion(input, before);
		if (!before && rows.length >= MOST_MODELS)
			throw invalid('model', `An organization has at most ${MOST_MODELS} custom models.`);
		if (before && isSame(before, content)) return { step: null, result: viewOf(ctx, before) };
		if (before && kindOf(ctx, before) !== kindOf(ctx, { provider, model, ...content }))
			refuseInUse(`'${modelText(input)}' as a model of its kind`, users(ctx, standing, input), 'kind');
		// The configuration's own version, which this write moves: it never comes again, not even after a removal.
		const written = { ...content, version: organization.configVersion + 1, updatedAt: ctx.now() };
		const row: CustomModelRow = { organizationId: organization.id, provider, model, ...written };
		const { organizationId, provider: providerColumn, model: modelColumn } = llmModelOverrides;
		const write = ctx.db
			.insert(llmModelOverrides)
			.values(row)
			.onConflictDoUpdate({ target: [organizationId, providerColumn, modelColumn], set: written });
		const entry = {
			action: before ? 'update' : 'create',
			entity: 'custom-model',
			entityId: modelText(input),
			before: before ? { ...viewOf(ctx, before) } : null,
			after: { ...viewOf(ctx, row) },
		} as const;
		return { step: { writes: [write], entry }, result: viewOf(ctx, row) };
	});
}

/** Throws `not_found`, and `conflict` where something uses a model that nobody would know without it. */
export async function removeCustomModel(
	ctx: ServiceContext,
	input: RemoveCustomModel,
): Promise<{ readonly provider: string; readonly model: string }> {
	requireManage(ctx);
	const { provider, model } = input;
	return guarded(ctx, async (standing) => {
		const [before] = await selectCustomModels(ctx, isModel(provider, model));
		if (!before) throw notFound('custom model', modelText(input));
		checkVersion(input, before);
		if (!ctx.catalog.facts(provider, model).known)
			refuseInUse(`Custom model '${modelText(input)}'`, users(ctx, standing, input), 'model');
		const write = ctx.db
			.delete(llmModelOverrides)
			.where(and(scoped(ctx, llmModelOverrides.organizationId), isModel(provider, model)));
		const entry = {
			action: 'delete',
			entity: 'custom-model',
			entityId: modelText(input),
			before: { ...viewOf(ctx, before) },
			after: null,
		} as const;
		return { step: { writes: [write], entry }, result: { provider, model } };
	});
}

function checkVersion({ provider, model, version }: RemoveCustomModel, before: CustomModelRow | undefined): void {
	if (version === undefined || version === before?.version) return;
	if (!before) throw notFound('custom model', modelText({ provider, model }));
	throw outdated('custom model', before.version);
}

type Content = Pick<CustomModelRow, 'limits' | 'displayName' | 'capabilities' | 'prices'>;

const textOf = ({ limits, displayName, capabilities, prices }: Content): string =>
	JSON.stringify([limits, displayName, capabilities, prices]);

const isSame = (left: Content, right: Content): boolean => textOf(left) === textOf(right);

/** What is stored of it. Throws `invalid_request` naming the field. */
export function contentOf(ctx: Pick<ServiceContext, 'catalog' | 'registry'>, input: SetCustomModel): Content {
	const { provider, model, kind, capabilities = {}, contextWindow, inputLimit, maxOutput } = input;
	if (!ctx.registry.provider(provider)) throw invalid('provider', `Unknown provider '${provider}'.`);
	const facts = ctx.catalog.facts(provider, model);
	if (facts.known && kind !== undefined && kind !== facts.kind)
		throw invalid('kind', `The catalog knows '${modelText(input)}' as a model of kind '${facts.kind}'.`);
	const limits: LimitOverride = {
		...(contextWindow !== undefined && { contextWindow }),
		...(inputLimit !== undefined && { inputLimit }),
		...(maxOutput !== undefined && { maxOutput }),
	};
	checkLimits(limits, facts, modelText(input));
	const able: CapabilityOverride = { ...(kind !== undefined && { kind }), ...capabilities };
	return {
		limits,
		displayName: input.displayName ?? null,
		capabilities: able,
		prices: input.prices ? storedPrices(input.prices) : null,
	};
}

function checkLimits({ contextWindow, inputLimit, maxOutput }: LimitOverride, facts: ModelFacts, name: string): void {
	if (contextWindow === undefined && !facts.known)
		throw invalid('contextWindow', `The catalog does not know '${name}': say how many tokens it takes.`);
	const window = contextWindow ?? facts.contextWindow;
	if (inputLimit !== undefined && inputLimit > window)
		throw invalid('inputLimit', `The input is at most the context window of ${window} tokens.`);
	if (maxOutput !== undefined && maxOutput > window)
		throw invalid('maxOutput', `The output is at most the context window of ${window} tokens.`);
}

const kindOf = (
	ctx: ServiceContext,
	{ provider, model, capabilities }: Pick<CustomModelRow, 'provider' | 'model' | 'capabilities'>,
): ModelFacts['kind'] => capabilities.kind ?? ctx.catalog.facts(provider, model).kind;

/** Also those who name it by a server of its own. */
function users(ctx: ServiceContext, { declared, agents }: Standing, { provider, model }: CustomModelReference) {
	const servers = ctx.registry.provider(provider)?.named
		? declared.keys.filter((key) => key.provider === provider && key.name !== provider).map((key) => key.name)
		: [];
	return [provider, ...servers].flatMap((name) =>
		usersOf(soughtModel({ provider: name, model }), declared.configuration, agents),
	);
}
