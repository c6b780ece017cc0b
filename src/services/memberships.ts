/**
 * Who belongs to the caller's organization, and as what. A membership stands in place of what a user's token claims,
 * from the next request on. Every verb throws `forbidden` without the scope `manage`.
 */
import { and, eq, exists, gt, isNull, not, type SQL } from 'drizzle-orm';
import { gatewayKeys, memberships } from '../db/schema';
import { GatewayError } from '../errors';
import { contended, requireManage, scoped } from './access';
import { audit } from './audit';
import { change } from './change';
import type { ServiceContext } from './context';
import { insertWhere } from './insert-where';
import type { ListMemberships, SetMembership, UserProfile } from './membership-input';
import {
	asRead,
	findMembership,
	hasOtherOwner,
	type MembershipView,
	selectMembership,
	selectMemberships,
} from './membership-row';
import { ADMINISTERING, requireGrant } from './roles';
import { changedProfile, writeUser } from './users';

type Role = MembershipView['role'];

const PAGE = 500;

/** By user id; those in force unless removed ones are asked for. `after` is the last row of the page before. */
export async function listMemberships(ctx: ServiceContext, input: ListMemberships = {}): Promise<MembershipView[]> {
	requireManage(ctx);
	const condition = and(
		input.removed ? undefined : isNull(memberships.removedAt),
		input.role === undefined ? undefined : eq(memberships.role, input.role),
		input.after === undefined ? undefined : gt(memberships.userId, input.after),
	);
	return selectMemberships(ctx, condition, input.limit ?? PAGE);
}

/** A removed one too. Throws `not_found`. */
export async function getMembership(
	ctx: ServiceContext,
	{ userId }: { readonly userId: string },
): Promise<MembershipView> {
	requireManage(ctx);
	return selectMembership(ctx, userId);
}

/** How often a write starts over because another one came between its read and itself. */
const ROUNDS = 5;

/**
 * Takes a user in, changes its role, or lets a removed one in again. Throws `forbidden` (`role`: only owners and the
 * operator grant and take owner and admin; `email`, `name`: another organization's to say), `conflict` where the last
 * owner would be one no more or the address is another user's.
 */
export async function setMembership(
	ctx: ServiceContext,
	{ userId, role, ...profile }: SetMembership,
): Promise<MembershipView> {
	requireManage(ctx);
	for (let round = 0; round < ROUNDS; round++) {
		const before = await findMembership(ctx, userId);
		requireGrant(ctx, before?.role ?? null, role);
		await requireOwnerLeft(ctx, before, role);
		const changed = await changedProfile(ctx, userId, profile);
		if (before?.role === role && before.removedAt === null && changed.length === 0) return before;
		if (await writeSet(ctx, { userId, before, role, profile, changed })) return selectMembership(ctx, userId);
	}
	throw contended('membership');
}

/** From the next request on none of the user's tokens lets it in here. Removed already: stays as it is. */
export async function removeMembership(
	ctx: ServiceContext,
	{ userId }: { readonly userId: string },
): Promise<{ readonly userId: string; readonly removedAt: number }> {
	requireManage(ctx);
	for (let round = 0; round < ROUNDS; round++) {
		const before = await selectMembership(ctx, userId);
		if (before.removedAt !== null) return { userId, removedAt: before.removedAt };
		requireGrant(ctx, before.role, null);
		await requireOwnerLeft(ctx, before, null);
		const removedAt = later(ctx, before);
		if (await writeRemoval(ctx, before, removedAt)) return { userId, removedAt };
	}
	throw contended('membership');
}

const ceasesToOwn = (before: MembershipView | null, role: Role | null): before is MembershipView =>
	before?.role === 'owner' && before.removedAt === null && role !== 'owner';

/** Says it before the write is tried; `stillTrue` is what makes it so. Throws `conflict`. */
async function requireOwnerLeft(ctx: ServiceContext, before: MembershipView | null, role: Role | null): Promise<void> {
	if (!ceasesToOwn(before, role)) return;
	const [other] = await selectMemberships(
		ctx,
		and(eq(memberships.role, 'owner'), isNull(memberships.removedAt), not(eq(memberships.userId, before.userId))),
		1,
	);
	if (!other)
		throw new GatewayError('conflict', 'This is the last owner of the organization: make somebody else one first.');
}

/** Decided within the batch, so that of two who leave at once one stays. */
function stillTrue(ctx: ServiceContext, userId: string, before: MembershipView | null, role: Role | null): SQL {
	if (before === null) return not(rowWhere(ctx, eq(memberships.userId, userId)));
	return rowWhere(ctx, and(asRead(ctx, before), ceasesToOwn(before, role) ? hasOtherOwner(ctx, userId) : undefined));
}

const rowWhere = (ctx: ServiceContext, condition: SQL | undefined): SQL =>
	exists(
		ctx.db
			.select({ userId: memberships.userId })
			.from(memberships)
			.where(and(scoped(ctx, memberships.organizationId), condition)),
	);

const later = (ctx: ServiceContext, before: MembershipView): number => Math.max(ctx.now(), before.updatedAt + 1);

/** Tokens that the user issued for pages while it could. */
const revokeTokens = (ctx: ServiceContext, userId: string, condition: SQL) =>
	ctx.db
		.update(gatewayKeys)
		.set({ revokedAt: ctx.now() })
		.where(
			and(
				scoped(ctx, gatewayKeys.organizationId),
				eq(gatewayKeys.parentId, `user:${userId}`),
				isNull(gatewayKeys.revokedAt),
				condition,
			),
		);

function actionOf(before: MembershipView | null): 'create' | 'update' | 'restore' {
	if (before === null) return 'create';
	return before.removedAt === null ? 'update' : 'restore';
}

interface Setting {
	readonly userId: string;
	readonly before: MembershipView | null;
	readonly role: Role;
	readonly profile: UserProfile;
	readonly changed: readonly (keyof UserProfile)[];
}

/** False where the membership is no longer the one read, or the last owner's. */
function writeSet(ctx: ServiceContext, { userId, before, role, profile, changed }: Setting): Promise<boolean> {
	const { organizationId } = ctx.principal;
	const now = ctx.now();
	const holds = stillTrue(ctx, userId, before, role);
	return change(
		ctx,
		organizationId,
		[
			writeUser(ctx, organizationId, { userId, ...profile }, holds),
			...(ADMINISTERING.includes(role) ? [] : [revokeTokens(ctx, userId, holds)]),
			before
				? ctx.db
						.update(memberships)
						.set({ role, removedAt: null, updatedAt: later(ctx, before) })
						.where(and(scoped(ctx, memberships.organizationId), eq(memberships.userId, userId), holds))
				: insertWhere(
						ctx,
						memberships,
						{ organizationId, userId, role, removedAt: null, createdAt: now, updatedAt: now },
						holds,
					),
		],
		{
			action: actionOf(before),
			entity: 'membership',
			entityId: userId,
			before: before && { role: before.role, removedAt: before.removedAt },
			// Names of fields alone: what people want forgotten must not stand in rows that can't be changed.
			after: { role, removedAt: null, ...(changed.length > 0 && { profile: changed }) },
		},
	);
}

function writeRemoval(ctx: ServiceContext, before: MembershipView, removedAt: number): Promise<boolean> {
	const { userId, role } = before;
	const holds = stillTrue(ctx, userId, before, null);
	return change(
		ctx,
		ctx.principal.organizationId,
		[
			revokeTokens(ctx, userId, holds),
			ctx.db
				.update(memberships)
				.set({ removedAt, updatedAt: removedAt })
				.where(and(scoped(ctx, memberships.organizationId), eq(memberships.userId, userId), holds)),
		],
		{
			action: 'delete',
			entity: 'membership',
			entityId: userId,
			before: { role, removedAt: null },
			after: { role, removedAt },
		},
	);
}

/** Statements that give an organization, made in the same batch, its first member. */
export function firstOwner(
	ctx: ServiceContext,
	organizationId: string,
	{ userId, ...profile }: UserProfile & { readonly userId: string },
) {
	const now = ctx.now();
	const row = { organizationId, userId, role: 'owner', removedAt: null, createdAt: now, updatedAt: now } as const;
	return [
		writeUser(ctx, organizationId, { userId, ...profile }, undefined),
		ctx.db.insert(memberships).values(row),
		audit(ctx, organizationId, {
			action: 'create',
			entity: 'membership',
			entityId: userId,
			before: null,
			after: { role: 'owner', removedAt: null },
		}),
	] as const;
}
