/** A membership with its user, as callers see it. */
import { and, eq, exists, isNull, ne, not, type SQL, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import { memberships, users } from '../db/schema';
import { notFound, scoped } from './access';
import type { ServiceContext } from './context';

const others = alias(memberships, 'others');
const own = alias(memberships, 'own');

/** Later than any time a row holds. */
const NEVER = Number.MAX_SAFE_INTEGER;

/**
 * A user's name and address belong to the organization that had the user first: another one that knows the `sub` may
 * take the user in, but is neither shown them nor changes them. For statements on `users`.
 */
export function keepsProfile(ctx: ServiceContext, organizationId: string): SQL {
	if (ctx.principal.kind === 'operator') return sql`true`;
	const since = ctx.db
		.select({ createdAt: own.createdAt })
		.from(own)
		.where(and(eq(own.organizationId, organizationId), eq(own.userId, users.id)));
	return not(
		exists(
			ctx.db
				.select({ userId: others.userId })
				.from(others)
				.where(
					and(
						eq(others.userId, users.id),
						ne(others.organizationId, organizationId),
						sql`(${others.createdAt}, ${others.organizationId}) < (coalesce((${since}), ${NEVER}), ${organizationId})`,
					),
				),
		),
	);
}

export interface MembershipView {
	/** `sub` of the user's tokens. */
	readonly userId: string;
	/** null: none given, or the user belongs to another organization first; in this and the next. */
	readonly email: string | null;
	readonly name: string | null;
	/** In force in place of what the user's token claims. */
	readonly role: typeof memberships.$inferSelect.role;
	/** ms since epoch; null: in force. A removed user is let in by no token. */
	readonly removedAt: number | null;
	readonly createdAt: number;
	readonly updatedAt: number;
}

const selected = (ctx: ServiceContext) =>
	ctx.db
		.select({
			userId: memberships.userId,
			email: users.email,
			name: users.name,
			shown: sql<number>`${keepsProfile(ctx, ctx.principal.organizationId)}`,
			role: memberships.role,
			removedAt: memberships.removedAt,
			createdAt: memberships.createdAt,
			updatedAt: memberships.updatedAt,
		})
		.from(memberships)
		.innerJoin(users, eq(users.id, memberships.userId))
		.$dynamic();

/** By user id. */
export async function selectMemberships(
	ctx: ServiceContext,
	condition: SQL | undefined,
	limit: number,
): Promise<MembershipView[]> {
	const rows = await selected(ctx)
		.where(and(scoped(ctx, memberships.organizationId), condition))
		.orderBy(memberships.userId)
		.limit(limit);
	return rows.map(({ shown, ...row }) => (shown ? row : { ...row, email: null, name: null }));
}

/** Removed ones too; null: this user never was a member here. */
export async function findMembership(ctx: ServiceContext, userId: string): Promise<MembershipView | null> {
	const [row] = await selectMemberships(ctx, eq(memberships.userId, userId), 1);
	return row ?? null;
}

/** Throws `not_found`. */
export async function selectMembership(ctx: ServiceContext, userId: string): Promise<MembershipView> {
	const row = await findMembership(ctx, userId);
	if (!row) throw notFound('member', userId);
	return row;
}

/** The membership as it was read; its times strictly rise, so they name its state. */
export const asRead = (ctx: ServiceContext, { userId, updatedAt }: MembershipView): SQL | undefined =>
	and(scoped(ctx, memberships.organizationId), eq(memberships.userId, userId), eq(memberships.updatedAt, updatedAt));

/** Somebody else is an owner, too. */
export const hasOtherOwner = (ctx: ServiceContext, userId: string): SQL =>
	exists(
		ctx.db
			.select({ userId: others.userId })
			.from(others)
			.where(
				and(
					scoped(ctx, others.organizationId),
					ne(others.userId, userId),
					eq(others.role, 'owner'),
					isNull(others.removedAt),
				),
			),
	);
