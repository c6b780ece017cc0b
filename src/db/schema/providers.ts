import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { organizations } from './organizations';

/** An organization's own provider credentials; rows of one provider form a pool, the default first. */
export const llmProviders = sqliteTable(
	'llm_providers',
	{
		id: text().primaryKey(),
		organizationId: text('organization_id')
			.notNull()
			.references(() => organizations.id),
		/** Id of the registry. */
		provider: text().notNull(),
		name: text().notNull(),
		/** Envelope of `vault/seal.ts`; null where the provider takes no key. */
		sealedApiKey: text('sealed_api_key'),
		/** Which key of the ring sealed it. */
		keyId: text('key_id'),
		keyLast4: text('key_last4'),
		/** Root, path included, no slash at its end; null: the provider's default. */
		baseUrl: text('base_url'),
		/** Strict per provider; never a secret. */
		config: text({ mode: 'json' }).$type<Readonly<Record<string, unknown>>>().notNull().default({}),
		isActive: integer('is_active', { mode: 'boolean' }).notNull().default(true),
		isDefault: integer('is_default', { mode: 'boolean' }).notNull().default(false),
		version: integer().notNull().default(1),
		/** When it was removed: it stays, inactive, for its usage; adding its name again takes it over. */
		removedAt: integer('removed_at'),
		/** When an upstream refused the key, and by which HTTP status; null: not since it was set or last answered. */
		refusedAt: integer('refused_at'),
		refusedStatus: integer('refused_status'),
		createdAt: integer('created_at').notNull(),
		updatedAt: integer('updated_at').notNull(),
	},
	(table) => [
		uniqueIndex('llm_providers_name').on(table.organizationId, table.provider, table.name),
		uniqueIndex('llm_providers_one_default').on(table.organizationId, table.provider).where(sql`is_default = 1`),
	],
);

/**
 * Endpoints that were used, as their health objects tell: who checks and lists them looks here. Written on a change of
 * state and otherwise at most every few minutes; health itself is the object's.
 */
export const providerEndpoints = sqliteTable(
	'provider_endpoints',
	{
		/** `openai@api.openai.com`; see `health/place.ts`. */
		endpoint: text().primaryKey(),
		provider: text().notNull(),
		/** null: everybody's. */
		organizationId: text('organization_id'),
		/** `llm_providers.id` of the key used last; null: the environment's. */
		providerRowId: text('provider_row_id'),
		/** The worst of its breakers. */
		state: text({ enum: ['closed', 'open', 'half-open'] }).notNull(),
		/** When that last changed. */
		stateSince: integer('state_since').notNull(),
		lastUsedAt: integer('last_used_at').notNull(),
		lastCheckedAt: integer('last_checked_at'),
	},
	(table) => [index('provider_endpoints_used').on(table.lastUsedAt)],
);
