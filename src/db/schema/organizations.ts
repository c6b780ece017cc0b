import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { ContextPolicy } from '../../language/context';
import type { RoutingPolicy } from '../../language/routing';
import type { ModelSettings } from '../../language/settings';
import { amount } from '../money';

/** A named choice of model. */
export interface Profile {
	readonly provider: string;
	/** The upstream's name, without the provider. */
	readonly model: string;
	/** `llm_providers.name` of the key to use; absent: that provider's default row. */
	readonly keyRef?: string;
	readonly settings?: ModelSettings;
	readonly routing?: RoutingPolicy;
	readonly context?: ContextPolicy;
}

/** What an organization says itself; in force on plans pro and enterprise. */
export interface OrganizationConfiguration {
	/** Name of the profile that `default` means; absent: the global default. */
	readonly defaultProfile?: string;
	readonly profiles?: Readonly<Record<string, Profile>>;
	/** Bare name → `provider/model`, `profile:<name>` or another alias. */
	readonly aliases?: Readonly<Record<string, string>>;
	/** Names tried in order after whatever was asked for; in `FALLBACK_CHAIN`'s place. Absent: that one. */
	readonly fallbackChain?: readonly string[];
	/** Name of a model (or alias, profile) → names tried after it, in `fallbackChain`'s place. */
	readonly fallbacks?: Readonly<Record<string, readonly string[]>>;
	/** Under every profile's and agent's; it names no candidates. */
	readonly routing?: Omit<RoutingPolicy, 'candidates' | 'weight'>;
	/** Under every profile's and agent's. */
	readonly context?: ContextPolicy;
	/** `provider/model` of embeddings that name none; absent: the environment's. */
	readonly embeddingModel?: string;
}

export type { ModelSettings } from '../../language/settings';

export const PLANS = ['free', 'pro', 'enterprise'] as const;
export type Plan = (typeof PLANS)[number];

/** Times are ms since epoch, in every table. */
export const organizations = sqliteTable('organizations', {
	id: text().primaryKey(),
	slug: text().notNull().unique(),
	name: text().notNull(),
	plan: text({ enum: PLANS }).notNull().default('free'),
	/** Durable Object location hint (`weur`, `enam`, …); null: near the first request. */
	region: text(),
	llmConfiguration: text('llm_configuration', { mode: 'json' })
		.$type<OrganizationConfiguration>()
		.notNull()
		.default({}),
	/** Moves with each change of this row; what an update may insist on. */
	version: integer().notNull().default(1),
	/** Moves in the batch of every configuration write. */
	configVersion: integer('config_version').notNull().default(1),
	/** null: the environment's limit, in this and the next column. */
	requestsPerMinute: integer('requests_per_minute'),
	requestsPerDay: integer('requests_per_day'),
	/** null: no budget. */
	budgetDayNanoUsd: amount('budget_day_nano_usd'),
	budgetMonthNanoUsd: amount('budget_month_nano_usd'),
	createdAt: integer('created_at').notNull(),
	updatedAt: integer('updated_at').notNull(),
	deletedAt: integer('deleted_at'),
});
