/**
 * An organization's provider keys: pools of rows per provider. Every verb throws `forbidden` without the scope `manage`;
 * another organization's row is `not_found`. Rows of the environment have their provider's id and are read-only.
 */
import { invalid } from '../errors';
import { requireManage } from './access';
import type { ServiceContext } from './context';
import { checkAddress, checkedBaseUrl, checkedConfig, checkedName, checkedProvider } from './credential-check';
import { checkDefault, rowIn, taken } from './provider-change';
import { environmentView, environmentViews } from './provider-environment';
import { refuseRowInUse } from './provider-in-use';
import type { AddProvider, RemoveProvider } from './provider-input';
import { checkKeyed, NO_KEY, sealedKey } from './provider-key';
import {
	environmentPair,
	type ProviderView,
	refuseEnvironment,
	selectProvider,
	selectProviders,
	viewOf,
} from './provider-row';
import { isDefaultOf, writeRow } from './provider-write';

export { updateProvider } from './provider-change';
export { adoptEnvironment } from './provider-environment';
export { providerModels } from './provider-models';
export { rotateProvider } from './provider-rotate';
export type { ProviderView } from './provider-row';
export { type ProviderStatus, providerStatus } from './provider-status';
export { type TestResult, testProvider } from './provider-test';
export { type ProviderUsage, providerUsage } from './provider-usage';
export { resealKeys } from './reseal';

/** Rows of one provider that an organization may have, removed ones left out. */
const MOST_ROWS = 100;
/** Removed ones included, which stay for their usage. */
const MOST_ROWS_EVER = 1_000;

/** Takes over a removed row of that name. Throws `invalid_request` naming the field, `conflict` (`name`). */
export async function addProvider(ctx: ServiceContext, input: AddProvider): Promise<ProviderView> {
	requireManage(ctx);
	const provider = checkedProvider(ctx, input.provider);
	const given = {
		name: checkedName(ctx, provider, input.name ?? provider.id),
		baseUrl: typeof input.baseUrl === 'string' ? checkedBaseUrl(ctx, input.baseUrl) : null,
		config: checkedConfig(provider, input.config ?? {}),
		isActive: input.isActive ?? true,
	};
	checkAddress(provider, given.baseUrl, given.config);
	checkDefault(input.isDefault, given.isActive);
	return writeRow(ctx, provider.id, async ({ rows }) => {
		const before = rows.find((row) => row.name === given.name) ?? null;
		if (before && before.removedAt === null) throw taken(given.name);
		if (rows.filter((row) => row.removedAt === null).length >= MOST_ROWS)
			throw invalid('provider', `An organization has at most ${MOST_ROWS} rows of one provider.`);
		if (!before && rows.length >= MOST_ROWS_EVER)
			throw invalid('name', 'Too many rows of this provider were removed: give the name of one of those.');
		const now = ctx.now();
		const row = {
			id: before?.id ?? ctx.newId(),
			organizationId: ctx.principal.organizationId,
			provider: provider.id,
			version: (before?.version ?? 0) + 1,
			createdAt: before?.createdAt ?? now,
		};
		const { baseUrl } = given;
		const key = input.apiKey === undefined ? NO_KEY : await sealedKey(ctx, provider, { row, baseUrl }, input.apiKey);
		checkKeyed(provider, key, true);
		const isDefault = isDefaultOf(input.isDefault, { before: null, isActive: given.isActive }, rows);
		const after = { ...row, ...given, ...key, config: { ...given.config }, isDefault, removedAt: null, updatedAt: now };
		return { before, after, action: 'create' };
	});
}

/** The organization's rows, removed ones included, then those of the environment. */
export async function listProviders(ctx: ServiceContext): Promise<ProviderView[]> {
	requireManage(ctx);
	const rows = await selectProviders(ctx);
	return [...rows.map(viewOf), ...environmentViews(ctx, rows)];
}

/** Throws `not_found`. */
export async function getProvider(ctx: ServiceContext, { id }: { readonly id: string }): Promise<ProviderView> {
	requireManage(ctx);
	const pair = environmentPair(ctx, id);
	if (pair) return environmentView(ctx, id, pair, await selectProviders(ctx));
	return viewOf(await selectProvider(ctx, id));
}

/**
 * Takes the row out of use for good; it stays listed, inactive, since its usage refers to it. Once more is no error.
 * Throws `forbidden` (the environment's), `not_found`, `conflict` (`version`, in use).
 */
export async function removeProvider(ctx: ServiceContext, input: RemoveProvider): Promise<{ readonly id: string }> {
	requireManage(ctx);
	refuseEnvironment(ctx, input.id);
	const { provider } = await selectProvider(ctx, input.id);
	await writeRow(ctx, provider, async (pool) => {
		const before = rowIn(pool, input);
		const key = input.erase === true ? NO_KEY : {};
		if (before.removedAt !== null && (input.erase !== true || before.sealedApiKey === null)) return before;
		if (before.removedAt === null) await refuseRowInUse(ctx, pool, before, 'removed');
		const now = ctx.now();
		const after = { ...before, ...key, isActive: false, isDefault: false, version: before.version + 1, updatedAt: now };
		return { before, after: { ...after, removedAt: before.removedAt ?? now }, action: 'delete' };
	});
	return { id: input.id };
}
