import { sql } from 'drizzle-orm';
import { index, integer, real, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { organizations } from './organizations';

export const ALERT_KINDS = ['error-rate', 'provider-down', 'slow-p95', 'cost', 'budget', 'key-refused'] as const;

/** When to raise an alert, and where it is sent. */
export const alertRules = sqliteTable(
	'alert_rules',
	{
		id: text().primaryKey(),
		/** null: the operator's, over the whole platform. */
		organizationId: text('organization_id').references(() => organizations.id),
		name: text().notNull(),
		kind: text({ enum: ALERT_KINDS }).notNull(),
		/** error-rate and budget: a share, 0–1; slow-p95: ms; cost: USD; provider-down, key-refused: unused. */
		threshold: real(),
		windowMinutes: integer('window_minutes').notNull().default(5),
		/** null: every provider. */
		provider: text(),
		/** null: the console only. */
		webhookUrl: text('webhook_url'),
		/** Envelope of `vault/seal.ts`: the HMAC secret of the webhook. */
		sealedWebhookSecret: text('sealed_webhook_secret'),
		isActive: integer('is_active', { mode: 'boolean' }).notNull().default(true),
		createdAt: integer('created_at').notNull(),
		updatedAt: integer('updated_at').notNull(),
	},
	(table) => [index('alert_rules_organization').on(table.organizationId)],
);

/** One open alert per cause, resolved when it ends. */
export const alerts = sqliteTable(
	'alerts',
	{
		id: text().primaryKey(),
		/** null: the whole platform. */
		organizationId: text('organization_id'),
		/** null: a rule of the environment. */
		ruleId: text('rule_id'),
		kind: text({ enum: ALERT_KINDS }).notNull(),
		/** Names the cause over all organizations, e.g. `<organization id>:provider-down:openai`. */
		cause: text().notNull(),
		message: text().notNull(),
		details: text({ mode: 'json' }).$type<Readonly<Record<string, unknown>>>().notNull().default({}),
		openedAt: integer('opened_at').notNull(),
		/** Last evaluation at which the cause held. */
		seenAt: integer('seen_at').notNull(),
		resolvedAt: integer('resolved_at'),
		/** When the webhook took it; null: not sent yet, or nowhere to send. */
		deliveredAt: integer('delivered_at'),
		deliveryAttempts: integer('delivery_attempts').notNull().default(0),
	},
	(table) => [
		uniqueIndex('alerts_one_open').on(table.cause).where(sql`resolved_at is null`),
		index('alerts_time').on(table.organizationId, table.openedAt),
	],
);
