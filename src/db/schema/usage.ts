import { type SQL, sql } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { amount } from '../money';

/** null where no part is known, else the sum of the known ones. `iif`: wrangler splits migrations badly at `case`. */
const sumOfParts = (...parts: readonly string[]): SQL =>
	sql.raw(
		`iif(coalesce(${parts.join(', ')}) is null, null, ${parts.map((part) => `coalesce(${part}, 0)`).join(' + ')})`,
	);

/**
 * One row per upstream attempt. No foreign keys: a deleted agent must not block a batch of rows. Triggers keep
 * `llm_provider_usage` from it: write with `on conflict (attempt_id) do update`, never `insert or replace`.
 */
export const llmUsageLogs = sqliteTable(
	'llm_usage_logs',
	{
		/** `<request id>.<n>` */
		attemptId: text('attempt_id').primaryKey(),
		requestId: text('request_id').notNull(),
		organizationId: text('organization_id').notNull(),
		state: text({ enum: ['settled', 'released', 'unknown'] }).notNull(),
		operation: text({ enum: ['chat', 'embedding', 'passthrough', 'health'] }).notNull(),
		stream: integer({ mode: 'boolean' }).notNull(),
		keyId: text('key_id'),
		agentId: text('agent_id'),
		user: text(),
		runId: text('run_id'),
		tags: text({ mode: 'json' }).$type<readonly string[]>().notNull().default([]),
		/** The inbound `x-request-id`. */
		clientRequestId: text('client_request_id'),
		provider: text().notNull(),
		/** `llm_providers.id`; null: the environment's key, or none. */
		providerRowId: text('provider_row_id'),
		model: text().notNull(),
		startedAt: integer('started_at').notNull(),
		endedAt: integer('ended_at').notNull(),
		responseTimeMs: integer('response_time_ms').notNull(),
		firstTokenMs: integer('first_token_ms'),
		/** Usage is a partition: every token is in exactly one of the next nine columns. */
		inputTokens: integer('input_tokens'),
		cacheReadTokens: integer('cache_read_tokens'),
		cacheWrite5mTokens: integer('cache_write_5m_tokens'),
		cacheWrite1hTokens: integer('cache_write_1h_tokens'),
		inputAudioTokens: integer('input_audio_tokens'),
		inputImageTokens: integer('input_image_tokens'),
		outputTokens: integer('output_tokens'),
		reasoningTokens: integer('reasoning_tokens'),
		outputAudioTokens: integer('output_audio_tokens'),
		usageSource: text('usage_source', { enum: ['reported', 'estimated', 'none'] }).notNull(),
		/** null: no price is known. */
		costNanoUsd: amount('cost_nano_usd'),
		priceVersion: text('price_version'),
		finishReason: text('finish_reason'),
		finishReasonRaw: text('finish_reason_raw'),
		errorCode: text('error_code'),
		errorClass: text('error_class'),
		httpStatus: integer('http_status'),
		configVersion: integer('config_version').notNull(),
		/** The planner's receipt. */
		context: text({ mode: 'json' }).$type<Readonly<Record<string, unknown>>>(),
		/** Every target considered (`RoutingDecision`), on a request's last attempt; null: there was but one. */
		routing: text({ mode: 'json' }).$type<Readonly<Record<string, unknown>>>(),
		/** `direct`: written by an isolate that could not reach the ledger object, which reads it back. */
		source: text({ enum: ['ledger', 'direct'] }).notNull(),
		/** The ledger object's number of the batch; null: a direct row it has not read back yet. */
		seq: integer(),
		promptTokens: integer('prompt_tokens').generatedAlwaysAs(
			sumOfParts(
				'input_tokens',
				'cache_read_tokens',
				'cache_write_5m_tokens',
				'cache_write_1h_tokens',
				'input_audio_tokens',
				'input_image_tokens',
			),
			{ mode: 'virtual' },
		),
		completionTokens: integer('completion_tokens').generatedAlwaysAs(
			sumOfParts('output_tokens', 'reasoning_tokens', 'output_audio_tokens'),
			{ mode: 'virtual' },
		),
	},
	(table) => [
		index('llm_usage_logs_time').on(table.organizationId, table.startedAt),
		// Partial, since a row without a run, user or agent is never looked for by it and should not pay for it.
		index('llm_usage_logs_run').on(table.organizationId, table.runId).where(sql`run_id is not null`),
		index('llm_usage_logs_user').on(table.organizationId, table.user, table.startedAt).where(sql`user is not null`),
		index('llm_usage_logs_agent')
			.on(table.organizationId, table.agentId, table.startedAt)
			.where(sql`agent_id is not null`),
		index('llm_usage_logs_direct').on(table.organizationId).where(sql`source = 'direct' and seq is null`),
	],
);

/**
 * Daily totals (UTC), kept by triggers on `llm_usage_logs`, which they outlive. Health checks count tokens and
 * money but no requests or errors; an attempt its client aborted is no error.
 */
export const llmProviderUsage = sqliteTable(
	'llm_provider_usage',
	{
		organizationId: text('organization_id').notNull(),
		/** `YYYY-MM-DD` */
		date: text().notNull(),
		provider: text().notNull(),
		/** `llm_providers.id`; '' for the environment's key. */
		providerRowId: text('provider_row_id').notNull(),
		model: text().notNull(),
		requests: integer().notNull().default(0),
		errors: integer().notNull().default(0),
		promptTokens: integer('prompt_tokens').notNull().default(0),
		completionTokens: integer('completion_tokens').notNull().default(0),
		costNanoUsd: amount('cost_nano_usd').notNull().default(sql`0`),
		/** Attempts of unknown price, missing from the cost. */
		unpriced: integer().notNull().default(0),
	},
	(table) => [
		primaryKey({ columns: [table.organizationId, table.date, table.provider, table.providerRowId, table.model] }),
	],
);

/** How far the ledger object of an organization has written: rows and `seq` advance in one batch. */
export const ledgerCursor = sqliteTable('ledger_cursor', {
	organizationId: text('organization_id').primaryKey(),
	seq: integer().notNull(),
});
