/** Users of an organization as D1 knows them: a row decides in place of what their tokens say. */
import { and, desc, eq, isNull, or } from 'drizzle-orm';
import type { Database } from '../db/client';
import { memberships, organizations } from '../db/schema';

/** One user's membership; no row where the organization has none of this user. */
export const membershipQuery = (db: Database, organizationId: string, userId: string) =>
	db
		.select({ role: memberships.role, removedAt: memberships.removedAt })
		.from(memberships)
		.where(and(eq(memberships.organizationId, organizationId), eq(memberships.userId, userId)));

export type MembershipRow = Awaited<ReturnType<typeof membershipQuery>>[number];

/**
 * The organization that a token names by id or slug, and its user's membership, in one statement. An id wins over
 * another organization's slug of the same spelling. `role` is null where there is no membership.
 */
export const memberQuery = (db: Database, organization: string, userId: string) =>
	db
		.select({
			organizationId: organizations.id,
			organizationSlug: organizations.slug,
			version: organizations.configVersion,
			role: memberships.role,
			removedAt: memberships.removedAt,
		})
		.from(organizations)
		.leftJoin(memberships, and(eq(memberships.organizationId, organizations.id), eq(memberships.userId, userId)))
		.where(
			and(
				or(eq(organizations.id, organization), eq(organizations.slug, organization)),
				isNull(organizations.deletedAt),
			),
		)
		.orderBy(desc(eq(organizations.id, organization)))
		.limit(1);
