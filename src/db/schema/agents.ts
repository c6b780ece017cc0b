import { sql } from 'drizzle-orm';
import { integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { type ModelSettings, organizations } from './organizations';

/** An agent, and, where a profile (or the default) chooses its model, what it adds to that choice. */
export const agents = sqliteTable(
	'agents',
	{
		id: text().primaryKey(),
		organizationId: text('organization_id')
			.notNull()
			.references(() => organizations.id),
		slug: text().notNull(),
		name: text().notNull(),
		description: text(),
		/** Name of the organization's profile; null: `agent_llm_preferences` names the model, else the default. */
		profile: text(),
		/** On top of the profile's or default's; unused where `agent_llm_preferences.provider` is set. */
		settings: text({ mode: 'json' }).$type<ModelSettings>().notNull().default({}),
		/** `provider/model`s; unused where `agent_llm_preferences.provider` is set. */
		fallbacks: text({ mode: 'json' }).$type<readonly string[]>().notNull().default([]),
		createdAt: integer('created_at').notNull(),
		updatedAt: integer('updated_at').notNull(),
		deletedAt: integer('deleted_at'),
	},
	(table) => [uniqueIndex('agents_slug').on(table.organizationId, table.slug).where(sql`deleted_at is null`)],
);

/** One row for each agent. `provider` set: the full choice is here; null: the agent's profile, else the default. */
export const agentLlmPreferences = sqliteTable('agent_llm_preferences', {
	agentId: text('agent_id')
		.primaryKey()
		.references(() => agents.id),
	organizationId: text('organization_id')
		.notNull()
		.references(() => organizations.id),
	/** Both set or both null. */
	provider: text(),
	model: text(),
	params: text({ mode: 'json' }).$type<ModelSettings>().notNull().default({}),
	/** `provider/model`; null: the default one. In force with or without `provider`. */
	embeddingModel: text('embedding_model'),
	/** `provider/model`s in order. */
	fallbacks: text({ mode: 'json' }).$type<readonly string[]>().notNull().default([]),
	/** In force with or without `provider`. */
	systemPrompt: text('system_prompt'),
	updatedAt: integer('updated_at').notNull(),
});
