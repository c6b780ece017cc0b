import { sql } from 'drizzle-orm';
import { integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { ContextPolicy } from '../../language/context';
import type { RoutingPolicy } from '../../language/routing';
import type { PromptSource } from '../../prompt/source';
import { type ModelSettings, organizations } from './organizations';

/** What an agent may need of the models that answer for it. */
export const NEEDS = ['tools', 'vision', 'structuredOutput', 'reasoning', 'embeddings'] as const;
export type Need = (typeof NEEDS)[number];

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
		/** What every model named for it must be able to do, as far as that is known. */
		requires: text({ mode: 'json' }).$type<readonly Need[]>().notNull().default([]),
		/** On top of its profile's and the organization's; in force with or without `agent_llm_preferences.provider`. */
		routing: text({ mode: 'json' }).$type<RoutingPolicy>().notNull().default({}),
		/** The same. */
		context: text({ mode: 'json' }).$type<ContextPolicy>().notNull().default({}),
		/** Moves with each change of the agent, its preferences and its prompt; what an update may insist on. */
		version: integer().notNull().default(1),
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
	/** The prompt in force, with or without `provider`; null: none. The same as its row of `agent_prompts`. */
	prompt: text({ mode: 'json' }).$type<PromptSource>(),
	/** SHA-256 of the prompt, lower-case hex. */
	promptHash: text('prompt_hash'),
	/** `agent_prompts.version` in force; null: none. */
	promptVersion: integer('prompt_version'),
	updatedAt: integer('updated_at').notNull(),
});

/** Every prompt an agent ever had. Rows are never changed; a revert writes the old content as a new version. */
export const agentPrompts = sqliteTable(
	'agent_prompts',
	{
		agentId: text('agent_id')
			.notNull()
			.references(() => agents.id),
		/** From 1. */
		version: integer().notNull(),
		organizationId: text('organization_id')
			.notNull()
			.references(() => organizations.id),
		/** null: the prompt was taken away. */
		source: text({ mode: 'json' }).$type<PromptSource>(),
		hash: text(),
		/** What the author says of the change. */
		note: text(),
		createdBy: text('created_by').notNull(),
		createdAt: integer('created_at').notNull(),
	},
	(table) => [primaryKey({ columns: [table.agentId, table.version] })],
);
