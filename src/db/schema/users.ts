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
		/** Stands in place of what the token says. */
		role: text({ enum: ROLES }).notNull(),
		/** Removed: no token of this user lets in here any more. */
		removedAt: integer('removed_at'),
		createdAt: integer('created_at').notNull(),
		updatedAt: integer('updated_at').notNull().default(0),
	},
	(table) => [
		primaryKey({ columns: [table.organizationId, table.userId] }),
		index('memberships_user').on(table.userId),
	],
);
