/** Gateway keys that name an agent: they would let nothing through were it gone. */
import { and, asc, gt, isNull, not, or, type SQL, sql } from 'drizzle-orm';
import { gatewayKeys } from '../db/schema';
import { scoped } from './access';
import type { ServiceContext } from './context';
import { refuseInUse } from './usage-of';

/** Keys in force; short-lived tokens end by themselves. */
const naming = (ctx: ServiceContext, slug: string): SQL | undefined =>
	and(
		scoped(ctx, gatewayKeys.organizationId),
		isNull(gatewayKeys.revokedAt),
		isNull(gatewayKeys.parentId),
		or(isNull(gatewayKeys.expiresAt), gt(gatewayKeys.expiresAt, ctx.now())),
		sql`exists (select 1 from json_each(${gatewayKeys.allowedAgents}) where value = ${slug})`,
	);

/** Holds where no such key is left, at the moment of the write. */
export const unused = (ctx: ServiceContext, slug: string): SQL =>
	not(sql`exists (select 1 from ${gatewayKeys} where ${naming(ctx, slug)})`);

/** Throws `conflict` naming the keys, at most five and their count. */
export async function refuseNamed(ctx: ServiceContext, slug: string, param: string): Promise<void> {
	const keys = await ctx.db
		.select({ name: gatewayKeys.name })
		.from(gatewayKeys)
		.where(naming(ctx, slug))
		.orderBy(asc(gatewayKeys.name), asc(gatewayKeys.id));
	refuseInUse(
		`Agent '${slug}'`,
		keys.map(({ name }) => `gateway key '${name}'`),
		param,
	);
}
