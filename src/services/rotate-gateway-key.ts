/** A new secret for the same policy: a successor takes over, and the old key stops, now or after a while. */
import { sql } from 'drizzle-orm';
import { gatewayKeys } from '../db/schema';
import { GatewayError } from '../errors';
import { contended, requireManage } from './access';
import { changeAll } from './change';
import type { ServiceContext } from './context';
import { requireWithin } from './gateway-key-bounds';
import type { RotateGatewayKey } from './gateway-key-input';
import { type KeyPolicy, policyOf } from './gateway-key-policy';
import { asRead, isAsRead, type KeyView, policyColumns, selectKey, tokensOf } from './gateway-key-row';
import { newKey } from './gateway-key-secret';
import { requireChangeable } from './gateway-keys';
import { insertWhere } from './insert-where';
import { requireRoomForKey } from './quotas';
import { nanoUsdOf, usdOf } from './usd';

const ROUNDS = 5;

/**
 * A secret's hash is all a row has, so two secrets in force are two rows: the successor has an id of its own and the
 * name and policy of the old key, whose total budget it inherits as far as it is not spent; days and months start anew.
 * Throws `not_found`; `conflict` for a key that is revoked, expired or a token; `forbidden` naming the field in which
 * the caller's own key is narrower; `upstream_unavailable`.
 */
export async function rotateGatewayKey(
	ctx: ServiceContext,
	{ id, graceSeconds = 0 }: RotateGatewayKey,
): Promise<{ readonly id: string; readonly key: string }> {
	requireManage(ctx);
	if (graceSeconds > 0) await requireRoomForKey(ctx);
	for (let round = 0; round < ROUNDS; round++) {
		const before = await selectKey(ctx, id);
		requireChangeable(before);
		if (before.expiresAt !== null && before.expiresAt <= ctx.now())
			throw new GatewayError('conflict', 'This key has expired: create another one, or move its expiresAt first.');
		requireWithin(ctx, before);
		const policy = { ...before, budgetTotalUsd: await budgetLeft(ctx, before) };
		const made = await writeRotation(ctx, before, policy, graceSeconds);
		if (made) return made;
	}
	throw contended('gateway key');
}

/** Decimal USD; null: no budget. */
async function budgetLeft(ctx: ServiceContext, { id, budgetTotalUsd }: KeyView): Promise<string | null> {
	if (budgetTotalUsd === null) return null;
	const { key } = await ctx.account(ctx.principal.organizationId, id);
	const left = nanoUsdOf(budgetTotalUsd, 'budgetTotalUsd') - (key ? key.totalNanoUsd + key.heldNanoUsd : 0n);
	return usdOf(left > 0n ? left : 0n);
}

/** null where the key is no longer the one read: nothing is written then. */
async function writeRotation(ctx: ServiceContext, before: KeyView, policy: KeyPolicy, graceSeconds: number) {
	const { organizationId, actor } = ctx.principal;
	const now = ctx.now();
	const { id, key, last4, secretHash } = await newKey(ctx.randomBytes);
	const { name } = before;
	const successor = {
		id,
		organizationId,
		name,
		...policyColumns(policy),
		last4,
		secretHash,
		parentId: null,
		version: 1,
		revokedAt: null,
		lastUsedAt: null,
		createdBy: actor,
		createdAt: now,
	};
	const end = now + graceSeconds * 1_000;
	const ending = graceSeconds === 0 ? { revokedAt: now } : { expiresAt: Math.min(before.expiresAt ?? end, end) };
	const tokens = graceSeconds === 0 ? { revokedAt: now } : { expiresAt: sql`min(${gatewayKeys.expiresAt}, ${end})` };
	const [, retired] = await changeAll(ctx, organizationId, [
		{
			writes: [insertWhere(ctx, gatewayKeys, successor, isAsRead(ctx, before))],
			entry: {
				action: 'create',
				entity: 'gateway-key',
				entityId: id,
				before: null,
				after: { id, name, last4, ...policyOf(policy), successorOf: before.id },
			},
		},
		{
			writes: [
				tokensOf(ctx, before, tokens),
				ctx.db
					.update(gatewayKeys)
					.set({ ...ending, version: before.version + 1 })
					.where(asRead(ctx, before)),
			],
			entry: {
				action: 'rotate',
				entity: 'gateway-key',
				entityId: before.id,
				before: { expiresAt: before.expiresAt, revokedAt: null },
				after: { expiresAt: before.expiresAt, revokedAt: null, ...ending, successor: id },
			},
		},
	]);
	return retired ? { id, key } : null;
}
