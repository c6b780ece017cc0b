import { sql } from 'drizzle-orm';
import { integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
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
		createdAt: integer('created_at').notNull(),
		updatedAt: integer('updated_at').notNull(),
	},
	(table) => [
		uniqueIndex('llm_providers_name').on(table.organizationId, table.provider, table.name),
		uniqueIndex('llm_providers_one_default').on(table.organizationId, table.provider).where(sql`is_default = 1`),
	],
);
