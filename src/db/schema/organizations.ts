import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { amount } from '../money';

/** Settings a layer of the configuration may preset; the request's own value wins. */
export interface ModelSettings {
	/** 0–2 */
	readonly temperature?: number;
	/** Output tokens, at least 1. */
	readonly maxTokens?: number;
	/** 0–1 */
	readonly topP?: number;
	/** ms, 1–600000 */
	readonly timeoutMs?: number;
}

/** A named choice of model. */
export interface Profile {
	readonly provider: string;
	/** The upstream's name, without the provider. */
	readonly model: string;
	/** `llm_providers.name` of the key to use; absent: that provider's default row. */
	readonly keyRef?: string;
	readonly settings?: ModelSettings;
}

/** What an organization says itself; in force on plans pro and enterprise. */
export interface OrganizationConfiguration {
	/** Name of the profile that `default` means; absent: the global default. */
	readonly defaultProfile?: string;
	readonly profiles?: Readonly<Record<string, Profile>>;
	/** Bare name → `provider/model` or `profile:<name>`. */
	readonly aliases?: Readonly<Record<string, string>>;
}

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
