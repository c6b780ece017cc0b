/** What follows a model that fails: for every request, and for some models in particular. */
import { invalid } from '../errors';
import { notFound, requireManage } from './access';
import { chainOf } from './chain-check';
import { configurationRow, editConfiguration, withEntry, withField, withoutEntry } from './configuration-edit';
import { MOST_CHAINS, type RemoveFallbacks, type SetFallbacks, type SetFallbacksFor } from './configuration-input';
import type { ServiceContext } from './context';
import { inForce, own } from './declared';
import { checkName } from './model-name';
import { modelText } from './model-reference';

type Origin = 'organization' | 'environment';

export interface FallbacksView {
	/** After whatever was asked for. */
	readonly chain: readonly string[];
	readonly origin: Origin;
	/** In the chain's place, after these. By name. */
	readonly models: readonly {
		readonly model: string;
		readonly chain: readonly string[];
		readonly origin: 'organization';
	}[];
	/** For embeddings that name no model; null: the default provider's. */
	readonly embeddingModel: string | null;
	readonly embeddingModelOrigin: Origin;
	/** Of the organization's row: what an update may insist on. */
	readonly version: number;
}

/** On plan free the environment's alone. */
export async function getFallbacks(ctx: ServiceContext): Promise<FallbacksView> {
	requireManage(ctx);
	const { plan, configuration, version } = await configurationRow(ctx);
	const { fallbackChain, fallbacks = {}, embeddingModel } = inForce(plan, configuration);
	return {
		chain: fallbackChain ?? ctx.environment.fallbackChain,
		origin: fallbackChain ? 'organization' : 'environment',
		models: Object.entries(fallbacks)
			.map(([model, chain]) => ({ model, chain, origin: 'organization' as const }))
			.sort((left, right) => (left.model < right.model ? -1 : 1)),
		embeddingModel: embeddingModel ?? null,
		embeddingModelOrigin: embeddingModel === undefined ? 'environment' : 'organization',
		version,
	};
}

/** Throws `invalid_request` naming the fallback, `forbidden`, `conflict`. */
export async function setFallbacks(ctx: ServiceContext, input: SetFallbacks): Promise<FallbacksView> {
	requireManage(ctx);
	const { chain, embeddingModel } = input;
	await editConfiguration(ctx, input.version, ({ row: { id, configuration }, declared }) => {
		let after = configuration;
		if (chain !== undefined)
			after = withField(
				after,
				'fallbackChain',
				chain === null ? undefined : chainOf(ctx, chain, 'chain', declared, null),
			);
		if (embeddingModel !== undefined)
			after = withField(
				after,
				'embeddingModel',
				embeddingModel === null
					? undefined
					: checkName(ctx, embeddingModel, 'embeddingModel', 'embedding', declared).text,
			);
		const fields = ({ fallbackChain, embeddingModel }: typeof after) => ({
			...(chain !== undefined && { fallbackChain: fallbackChain ?? null }),
			...(input.embeddingModel !== undefined && { embeddingModel: embeddingModel ?? null }),
		});
		return {
			configuration: after,
			entry: {
				action: 'update',
				entity: 'organization',
				entityId: id,
				before: fields(configuration),
				after: fields(after),
			},
		};
	});
	return getFallbacks(ctx);
}

/** The whole chain after one model, alias or profile; empty: nothing follows it. Throws as `setFallbacks`. */
export async function setFallbacksFor(ctx: ServiceContext, input: SetFallbacksFor): Promise<FallbacksView> {
	requireManage(ctx);
	await editConfiguration(ctx, input.version, ({ row: { configuration }, declared }) => {
		const first = checkName(ctx, input.model, 'model', 'chat', declared);
		const chain = chainOf(ctx, input.chain, 'chain', declared, first.model);
		const before = own(configuration.fallbacks, first.text);
		const fallbacks = withEntry(configuration.fallbacks, first.text, chain);
		if (Object.keys(fallbacks).length > MOST_CHAINS)
			throw invalid('model', `An organization has at most ${MOST_CHAINS} chains of fallbacks.`);
		return {
			configuration: withField(configuration, 'fallbacks', fallbacks),
			entry: {
				action: before ? 'update' : 'create',
				entity: 'fallbacks',
				entityId: first.text,
				before: before ? { chain: before } : null,
				after: { chain },
			},
		};
	});
	return getFallbacks(ctx);
}

/** Throws `not_found`, `forbidden`, `conflict`. */
export async function removeFallbacks(ctx: ServiceContext, input: RemoveFallbacks): Promise<FallbacksView> {
	requireManage(ctx);
	await editConfiguration(ctx, input.version, ({ row: { configuration } }) => {
		const located = ctx.catalog.locate(input.model, ctx.registry.ids);
		const names = [input.model, ...(located ? [modelText(located)] : [])];
		const name = names.find((one) => own(configuration.fallbacks, one)) ?? input.model;
		const before = own(configuration.fallbacks, name);
		if (!before) throw notFound('chain of fallbacks for', name);
		return {
			configuration: withField(configuration, 'fallbacks', withoutEntry(configuration.fallbacks, name)),
			entry: {
				action: 'delete',
				entity: 'fallbacks',
				entityId: name,
				before: { chain: before },
				after: null,
			},
		};
	});
	return getFallbacks(ctx);
}
