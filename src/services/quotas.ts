/** How much of a kind an organization may have: what is listed whole, or written by machines, has an end. */
import { and, gt, isNotNull, isNull, or, type SQL } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import { agents, gatewayKeys } from '../db/schema';
import { GatewayError, invalid } from '../errors';
import { scoped } from './access';
import type { ServiceContext } from './context';

export const MOST_AGENTS = 1_000;
/** In force at a time; revoked and expired ones are kept beside them. */
export const MOST_KEYS = 1_000;
/** In force at a time, of all issuers. */
export const MOST_TOKENS = 10_000;

const HOUR_MS = 3_600_000;
const RETRY_AFTER_MS = 60_000;

const count = (ctx: ServiceContext, table: SQLiteTable, condition: SQL | undefined): Promise<number> =>
	ctx.db.$count(table, condition);

const drafted = ({ draft }: ServiceContext): number =>
	draft?.steps.filter(({ entry }) => entry.entity === 'agent' && entry.action === 'create').length ?? 0;

/** Throws `invalid_request` with `param: slug`. */
export async function requireRoomForAgent(ctx: ServiceContext): Promise<void> {
	const there = await count(ctx, agents, and(scoped(ctx, agents.organizationId), isNull(agents.deletedAt)));
	if (there + drafted(ctx) >= MOST_AGENTS) throw invalid('slug', `An organization has at most ${MOST_AGENTS} agents.`);
}

const inForce = (ctx: ServiceContext): SQL | undefined =>
	and(
		scoped(ctx, gatewayKeys.organizationId),
		isNull(gatewayKeys.revokedAt),
		or(isNull(gatewayKeys.expiresAt), gt(gatewayKeys.expiresAt, ctx.now())),
	);

/** Throws `invalid_request` with `param: name`. */
export async function requireRoomForKey(ctx: ServiceContext): Promise<void> {
	const there = await count(ctx, gatewayKeys, and(inForce(ctx), isNull(gatewayKeys.parentId)));
	if (there >= MOST_KEYS)
		throw invalid('name', `An organization has at most ${MOST_KEYS} gateway keys in force: revoke some.`);
}

/** Throws `rate_limited`: tokens end by themselves. */
export async function requireRoomForToken(ctx: ServiceContext): Promise<void> {
	// None lives longer than an hour, and by the time of their making there is an index.
	const recent = gt(gatewayKeys.createdAt, ctx.now() - HOUR_MS);
	const there = await count(ctx, gatewayKeys, and(inForce(ctx), recent, isNotNull(gatewayKeys.parentId)));
	if (there < MOST_TOKENS) return;
	throw new GatewayError('rate_limited', `An organization has at most ${MOST_TOKENS} tokens in force at a time.`, {
		retryAfterMs: RETRY_AFTER_MS,
	});
}
