/** Provider rows as they are stored, and as callers see them: never more of a key than its last four characters. */
import { and, asc, desc, eq } from 'drizzle-orm';
import { llmProviders, type OrganizationConfiguration, organizations } from '../db/schema';
import { GatewayError } from '../errors';
import type { Credential } from '../gateway/ports';
import { type SealScope, sealHost } from '../vault/seal';
import { notFound, scoped } from './access';
import type { ServiceContext } from './context';

export type StoredProvider = typeof llmProviders.$inferSelect;

export interface ProviderView {
	/** Of one from the environment its provider's id. */
	readonly id: string;
	readonly provider: string;
	readonly name: string;
	/** '' where four characters would give away most of it; null: there is no key. */
	readonly keyLast4: string | null;
	/** null: the provider's default. */
	readonly baseUrl: string | null;
	readonly config: Readonly<Record<string, unknown>>;
	readonly isActive: boolean;
	/** Tried first among the rows of its provider. */
	readonly isDefault: boolean;
	readonly source: 'organization' | 'environment';
	readonly version: number;
	/** When an upstream refused the key (ms since epoch), and by which HTTP status; null: not since it was set or answered. */
	readonly refusedAt: number | null;
	readonly refusedStatus: number | null;
	/** ms since epoch; null: from the environment. */
	readonly createdAt: number | null;
	readonly updatedAt: number | null;
}

export const viewOf = (row: StoredProvider): ProviderView => ({
	id: row.id,
	provider: row.provider,
	name: row.name,
	keyLast4: row.sealedApiKey === null ? null : (row.keyLast4 ?? ''),
	baseUrl: row.baseUrl,
	config: row.config,
	isActive: row.isActive,
	isDefault: row.isDefault,
	source: 'organization',
	version: row.version,
	refusedAt: row.refusedAt,
	refusedStatus: row.refusedStatus,
	createdAt: row.createdAt,
	updatedAt: row.updatedAt,
});

/** What ties a row's key to its row, organization, provider and host. */
export const scopeOf = (
	row: Pick<StoredProvider, 'id' | 'organizationId' | 'provider'>,
	baseUrl: string | null,
): SealScope => ({
	organizationId: row.organizationId,
	provider: row.provider,
	host: sealHost(baseUrl),
	rowId: row.id,
});

/** The environment's own pair for a provider, where `id` is that provider's; null otherwise. */
export function environmentPair(ctx: ServiceContext, id: string): Credential | null {
	return ctx.registry.provider(id) ? (ctx.environment.credentials[id] ?? null) : null;
}

/** Rows of the environment are changed there. Throws `forbidden`. */
export function refuseEnvironment(ctx: ServiceContext, id: string): void {
	if (!environmentPair(ctx, id)) return;
	throw new GatewayError(
		'forbidden',
		`'${id}' comes from the environment, which alone can change it: add a row of your own to use another key.`,
		{ param: 'id' },
	);
}

/** In order of preference within a provider, removed ones included. */
export const selectProviders = (ctx: ServiceContext): Promise<StoredProvider[]> =>
	ctx.db
		.select()
		.from(llmProviders)
		.where(scoped(ctx, llmProviders.organizationId))
		.orderBy(
			asc(llmProviders.provider),
			desc(llmProviders.isDefault),
			asc(llmProviders.createdAt),
			asc(llmProviders.id),
		);

/** Throws `not_found`, for another organization's row too. */
export async function selectProvider(ctx: ServiceContext, id: string): Promise<StoredProvider> {
	const row = await ctx.db
		.select()
		.from(llmProviders)
		.where(and(scoped(ctx, llmProviders.organizationId), eq(llmProviders.id, id)))
		.get();
	if (!row) throw notFound('provider row', id);
	return row;
}

/** All that a write of a row depends on, at one configuration version. */
export interface Pool {
	/** `organizations.config_version` */
	readonly version: number;
	/** Of the one provider, oldest first, removed ones included. */
	readonly rows: readonly StoredProvider[];
	/** Whatever the plan. */
	readonly configuration: OrganizationConfiguration;
}

/** Throws `not_found` where the caller's organization is gone. */
export async function readPool(ctx: ServiceContext, provider: string): Promise<Pool> {
	const { organizationId } = ctx.principal;
	const [[organization], rows] = await ctx.db.batch([
		ctx.db
			.select({ version: organizations.configVersion, configuration: organizations.llmConfiguration })
			.from(organizations)
			.where(scoped(ctx, organizations.id)),
		ctx.db
			.select()
			.from(llmProviders)
			.where(and(scoped(ctx, llmProviders.organizationId), eq(llmProviders.provider, provider)))
			.orderBy(asc(llmProviders.createdAt), asc(llmProviders.id)),
	]);
	if (!organization) throw notFound('organization', organizationId);
	return {
		version: organization.version,
		rows: asDrafted(ctx, provider, rows),
		configuration: organization.configuration,
	};
}

/** The pool as the verbs of one draft before this one leave it. */
function asDrafted({ draft }: ServiceContext, provider: string, rows: readonly StoredProvider[]) {
	if (!draft) return rows;
	const stored = new Set(rows.map(({ id }) => id));
	const added = [...draft.rows.values()].filter((row) => row.provider === provider && !stored.has(row.id));
	return [...rows.map((row) => draft.rows.get(row.id) ?? row), ...added];
}
