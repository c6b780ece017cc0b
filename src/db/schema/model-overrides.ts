import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { organizations } from './organizations';

/** Tokens; an absent figure is the catalog's. */
export interface LimitOverride {
	readonly contextWindow?: number;
	readonly inputLimit?: number;
	readonly maxOutput?: number;
}

/** Pico-dollars per token as decimal strings; an absent part falls back as in `catalog/facts.ts`. */
export interface PriceOverride {
	readonly input: string;
	readonly output: string;
	readonly cacheRead?: string;
	readonly cacheWrite5m?: string;
	readonly cacheWrite1h?: string;
	readonly inputAudio?: string;
	readonly reasoning?: string;
	readonly outputAudio?: string;
}

/** What a model that the catalog does not know can do; an absent answer is the conservative guess. */
export interface CapabilityOverride {
	readonly kind?: 'chat' | 'embedding';
	/** Beside text. */
	readonly input?: readonly ('image' | 'audio' | 'video' | 'pdf')[];
	readonly tools?: boolean;
	readonly structuredOutput?: boolean;
	readonly reasoning?: boolean;
}

/** What an organization knows better than the catalog: own models, negotiated prices, limits of its own deployment. */
export const llmModelOverrides = sqliteTable(
	'llm_model_overrides',
	{
		organizationId: text('organization_id')
			.notNull()
			.references(() => organizations.id),
		provider: text().notNull(),
		model: text().notNull(),
		limits: text({ mode: 'json' }).$type<LimitOverride>().notNull().default({}),
		displayName: text('display_name'),
		capabilities: text({ mode: 'json' }).$type<CapabilityOverride>().notNull().default({}),
		/** null: the catalog's. */
		prices: text({ mode: 'json' }).$type<PriceOverride>(),
		/** Moves with each change; written to usage rows as the price version `override-<version>`. */
		version: integer().notNull().default(1),
		updatedAt: integer('updated_at').notNull(),
	},
	(table) => [primaryKey({ columns: [table.organizationId, table.provider, table.model] })],
);
