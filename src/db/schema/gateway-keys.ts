import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { amount } from '../money';
import { organizations } from './organizations';

/** Keys `sy_<id>_<secret>`. The secret itself is never stored. */
export const gatewayKeys = sqliteTable(
	'gateway_keys',
	{
		/** Lower-case letters and digits, no underscore: the middle part of the key. */
		id: text().primaryKey(),
		organizationId: text('organization_id')
			.notNull()
			.references(() => organizations.id),
		name: text().notNull(),
		/** SHA-256 of the secret's UTF-8 bytes, lower-case hex. */
		secretHash: text('secret_hash').notNull(),
		/** Last four characters of the secret. */
		last4: text().notNull(),
		scopes: text({ mode: 'json' }).$type<readonly ('inference' | 'manage')[]>().notNull(),
		/** `provider/model` patterns with `*`; null: all. */
		allowedModels: text('allowed_models', { mode: 'json' }).$type<readonly string[]>(),
		/** Agent slugs, through which alone models can be reached; null: all agents, and models by themselves. */
		allowedAgents: text('allowed_agents', { mode: 'json' }).$type<readonly string[]>(),
		/** Provider ids; null: all. */
		allowedProviders: text('allowed_providers', { mode: 'json' }).$type<readonly string[]>(),
		/** Extra browser origins; null: none beside `CORS_ORIGINS`. */
		origins: text({ mode: 'json' }).$type<readonly string[]>(),
		mayOverrideModel: integer('may_override_model', { mode: 'boolean' }).notNull().default(true),
		/** May a request put its own value in place of one that the configuration sets? */
		mayOverrideSettings: integer('may_override_settings', { mode: 'boolean' }).notNull().default(true),
		/** May a request to an agent bring system messages of its own? */
		mayOverridePrompt: integer('may_override_prompt', { mode: 'boolean' }).notNull().default(true),
		/** null: no limit of its own, in this and the next four columns. */
		requestsPerMinute: integer('requests_per_minute'),
		requestsPerDay: integer('requests_per_day'),
		budgetDayNanoUsd: amount('budget_day_nano_usd'),
		budgetMonthNanoUsd: amount('budget_month_nano_usd'),
		/** Over the key's whole life. */
		budgetTotalNanoUsd: amount('budget_total_nano_usd'),
		/** The key that issued this one as a short-lived token, and whose revocation is this one's too; null: none. */
		parentId: text('parent_id'),
		/** Moves with each change; what an update may insist on. */
		version: integer().notNull().default(1),
		/** null: never. */
		expiresAt: integer('expires_at'),
		revokedAt: integer('revoked_at'),
		lastUsedAt: integer('last_used_at'),
		/** The principal's actor: `key:<id>`, `operator`, `user:<sub>`. */
		createdBy: text('created_by').notNull(),
		createdAt: integer('created_at').notNull(),
	},
	(table) => [
		index('gateway_keys_organization').on(table.organizationId, table.createdAt),
		index('gateway_keys_parent').on(table.parentId).where(sql`parent_id is not null`),
	],
);
