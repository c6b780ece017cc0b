import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Who changed what. Written in the batch of the change; triggers refuse UPDATE and DELETE. */
export const auditLogs = sqliteTable(
	'audit_logs',
	{
		id: text().primaryKey(),
		/** null: the platform itself. */
		organizationId: text('organization_id'),
		/** `key:<id>`, `operator`, `user:<sub>` */
		actor: text().notNull(),
		/** `create`, `update`, `delete`, `revoke`, `issue`, `rotate`, `reseal`, `import`, … */
		action: text().notNull(),
		/** `agent`, `gateway-key`, `organization`, … */
		entity: text().notNull(),
		entityId: text('entity_id').notNull(),
		/** The fields that mattered, never a secret; null: there was nothing before (or is nothing after). */
		before: text({ mode: 'json' }).$type<Readonly<Record<string, unknown>>>(),
		after: text({ mode: 'json' }).$type<Readonly<Record<string, unknown>>>(),
		requestId: text('request_id').notNull(),
		createdAt: integer('created_at').notNull(),
	},
	(table) => [
		index('audit_logs_time').on(table.organizationId, table.createdAt),
		index('audit_logs_entity').on(table.organizationId, table.entity, table.entityId, table.createdAt),
	],
);
