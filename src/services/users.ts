/** People, by the `sub` of their tokens: one row each, whatever number of organizations they belong to. */
import { eq, type SQL, sql } from 'drizzle-orm';
import { users } from '../db/schema';
import { GatewayError } from '../errors';
import type { ServiceContext } from './context';
import { insertWhere } from './insert-where';
import type { UserProfile } from './membership-input';
import { keepsProfile } from './membership-row';

const FIELDS = ['email', 'name'] as const satisfies readonly (keyof UserProfile)[];

/** Which of the given fields differ from what is known. Throws `forbidden` where they are another organization's to say. */
export async function changedProfile(
	ctx: ServiceContext,
	userId: string,
	given: UserProfile,
): Promise<readonly (keyof UserProfile)[]> {
	const fields = FIELDS.filter((field) => given[field] !== undefined);
	if (fields.length === 0) return [];
	const known = await ctx.db
		.select({
			email: users.email,
			name: users.name,
			kept: sql<number>`${keepsProfile(ctx, ctx.principal.organizationId)}`,
		})
		.from(users)
		.where(eq(users.id, userId))
		.get();
	const changed = fields.filter((field) => given[field] !== (known?.[field] ?? null));
	const [first] = changed;
	if (known && !known.kept && first !== undefined)
		throw new GatewayError(
			'forbidden',
			`${first}: this user belongs to another organization first, which says it. Leave it out.`,
			{ param: first },
		);
	return changed;
}

/** Where `condition` holds; absent fields stay as they are. */
export function writeUser(
	ctx: ServiceContext,
	organizationId: string,
	{ userId, ...profile }: UserProfile & { readonly userId: string },
	condition: SQL | undefined,
) {
	const now = ctx.now();
	const row = { id: userId, email: profile.email ?? null, name: profile.name ?? null, createdAt: now, updatedAt: now };
	const insert = insertWhere(ctx, users, row, condition);
	if (FIELDS.every((field) => profile[field] === undefined)) return insert.onConflictDoNothing({ target: users.id });
	return insert.onConflictDoUpdate({
		target: users.id,
		set: { ...profile, updatedAt: now },
		setWhere: keepsProfile(ctx, organizationId),
	});
}
