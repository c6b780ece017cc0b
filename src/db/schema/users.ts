import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { organizations } from './organizations';

/** People, by the `sub` of their token. */
export const users = sqliteTable('users', {
	id: text().primaryKey(),
	email: text().unique(),
	name: text(),
	createdAt: integer('created_at').notNull(),
	updatedAt: integer('updated_at').notNull(),
});

export const ROLES = ['owner', 'admin', 'member', 'service'] as const;

export const memberships = sqliteTable(
	'memberships',
	{
		organizationId: text('organization_id')
			.notNull()
			.references(() => organizations.id),
		userId: text('user_id')
			.notNull()
			.references(() => users.id),
		role: text({ enum: ROLES }).notNull(),
		createdAt: integer('created_at').notNull(),
	},
	(table) => [
		primaryKey({ columns: [table.organizationId, table.userId] }),
		index('memberships_user').on(table.userId),
	],
);
