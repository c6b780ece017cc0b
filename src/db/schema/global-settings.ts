import { sql } from 'drizzle-orm';
import { integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { amount } from '../money';
import type { ModelSettings } from './organizations';

export const CATEGORIES = ['fast', 'balanced', 'powerful', 'specialized'] as const;

/**
 * The operator's choices for everyone. Rows are deactivated, never deleted; a write takes the next `version`
 * of the whole table, so that `max(version)` names its state.
 */
export const llmGlobalSettings = sqliteTable(
	'llm_global_settings',
	{
		id: text().primaryKey(),
		/** null (with `model` null): follows the environment, i.e. `DEFAULT_PROVIDER`, else `mock/echo`. */
		provider: text(),
		model: text(),
		displayName: text('display_name').notNull(),
		category: text({ enum: CATEGORIES }).notNull(),
		/** E.g. `chat`, `tools`, `vision`. */
		capabilities: text({ mode: 'json' }).$type<readonly string[]>().notNull().default([]),
		/** Pico-dollars per token; null: the catalog's. */
		inputPricePico: amount('input_price_pico'),
		outputPricePico: amount('output_price_pico'),
		settings: text({ mode: 'json' }).$type<ModelSettings>().notNull().default({}),
		isDefault: integer('is_default', { mode: 'boolean' }).notNull().default(false),
		isActive: integer('is_active', { mode: 'boolean' }).notNull().default(true),
		version: integer().notNull().default(1),
		createdAt: integer('created_at').notNull(),
		updatedAt: integer('updated_at').notNull(),
	},
	(table) => [uniqueIndex('llm_global_settings_one_default').on(table.isDefault).where(sql`is_default = 1`)],
);
