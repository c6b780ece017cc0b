/** Keys of the environment: shown as rows of their own, and made an organization's where the operator says so. */
import { GatewayError, invalid } from '../errors';
import type { Credential } from '../gateway/ports';
import type { Provider } from '../providers/provider';
import { last4 } from '../vault/seal';
import { requireOperator } from './access';
import type { ServiceContext } from './context';
import { addressOf } from './credential-check';
import type { AdoptEnvironment } from './provider-input';
import { NO_KEY, sealedKey } from './provider-key';
import { environmentPair, type ProviderView, readPool, type StoredProvider, viewOf } from './provider-row';
import { isDefaultOf, stepOf, written } from './provider-write';

/**
 * `rows`: the organization's. Where one of them is in use the environment's is not. The address and settings of the
 * operator's own set-up are the operator's to see.
 */
export function environmentView(
	ctx: ServiceContext,
	id: string,
	{ apiKey, baseUrl, config }: Credential,
	rows: readonly StoredProvider[],
): ProviderView {
	const inUse = !rows.some((row) => row.provider === id && row.isActive);
	const own = ctx.principal.kind === 'operator';
	return {
		id,
		provider: id,
		name: id,
		keyLast4: apiKey === null ? null : last4(apiKey),
		baseUrl: own ? baseUrl : null,
		config: own ? { ...config } : {},
		isActive: inUse,
		isDefault: inUse,
		source: 'environment',
		version: 1,
		refusedAt: null,
		refusedStatus: null,
		createdAt: null,
		updatedAt: null,
	};
}

/** Of every provider that the environment names a key or an address for. */
export const environmentViews = (ctx: ServiceContext, rows: readonly StoredProvider[]): ProviderView[] =>
	Object.entries(ctx.environment.credentials)
		.filter(([, { source }]) => source === 'environment')
		.map(([id, pair]) => environmentView(ctx, id, pair, rows));

export interface Adopted {
	readonly adopted: readonly ProviderView[];
	/** Ids that stay the environment's alone, and why. */
	readonly skipped: readonly { readonly provider: string; readonly reason: string }[];
}

/**
 * The environment's keys as rows of the caller's organization, each sealed for the environment's own address and no
 * other. Operator only. A provider that has a row named after it is skipped, as is an address that no row may have.
 * Throws `invalid_request` for a provider the environment has no key for, `conflict`.
 */
export async function adoptEnvironment(ctx: ServiceContext, input: AdoptEnvironment): Promise<Adopted> {
	requireOperator(ctx);
	const adopted: ProviderView[] = [];
	const skipped: { provider: string; reason: string }[] = [];
	for (const [at, id] of (input.providers ?? keyedProviders(ctx)).entries()) {
		const provider = ctx.registry.provider(id);
		const pair = environmentPair(ctx, id);
		if (!provider || !pair || pair.source !== 'environment')
			throw invalid(`providers[${at}]`, `The environment has no key for '${id}'.`);
		const outcome = await adopt(ctx, provider, pair);
		if (typeof outcome === 'string') skipped.push({ provider: id, reason: outcome });
		else adopted.push(outcome);
	}
	return { adopted, skipped };
}

const keyedProviders = (ctx: ServiceContext): string[] =>
	Object.entries(ctx.environment.credentials).flatMap(([id, { source }]) => (source === 'environment' ? [id] : []));

const ROUNDS = 5;

/** The new row, or why there is none. */
async function adopt(ctx: ServiceContext, provider: Provider, pair: Credential): Promise<ProviderView | string> {
	const usual = addressOf(provider, null, pair.config);
	const baseUrl = usual === pair.baseUrl ? null : pair.baseUrl;
	const refused = baseUrl === null ? null : ctx.refusedAddress(baseUrl);
	if (refused !== null) return `its base URL may not be a row's: ${refused}`;
	for (let round = 0; round < ROUNDS; round++) {
		const { rows, version } = await readPool(ctx, provider.id);
		const before = rows.find((row) => row.name === provider.id) ?? null;
		if (before && before.removedAt === null) return `there is a row named '${before.name}' already`;
		const now = ctx.now();
		const row = {
			id: before?.id ?? ctx.newId(),
			organizationId: ctx.principal.organizationId,
			provider: provider.id,
			version: (before?.version ?? 0) + 1,
			createdAt: before?.createdAt ?? now,
		};
		const key = pair.apiKey === null ? NO_KEY : await sealedKey(ctx, provider, { row, baseUrl }, pair.apiKey);
		const after: StoredProvider = {
			...row,
			...key,
			name: provider.id,
			baseUrl,
			config: { ...pair.config },
			isActive: true,
			isDefault: isDefaultOf(undefined, { before: null, isActive: true }, rows),
			removedAt: null,
			updatedAt: now,
		};
		if (await written(ctx, [stepOf(ctx, { before, after, action: 'create' }, rows)], version)) return viewOf(after);
	}
	throw new GatewayError('conflict', 'The configuration is being changed by others at this moment: try again.');
}
