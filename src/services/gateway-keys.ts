/** Gateway keys of the caller's organization. Every verb throws `forbidden` without the scope `manage`. */
import { and, desc, eq, gt, isNotNull, isNull, lte, or, type SQL, sql } from 'drizzle-orm';
import { gatewayKeys } from '../db/schema';
import { GatewayError } from '../errors';
import { contended, notFound, outdated, requireManage, scoped } from './access';
import { change } from './change';
import type { ServiceContext } from './context';
import { exceeding, requireWithin } from './gateway-key-bounds';
import type { CreateGatewayKey, ListGatewayKeys, UpdateGatewayKey } from './gateway-key-input';
import {
	checkPolicy,
	DEFAULT_POLICY,
	type GivenPolicy,
	type KeyPolicy,
	POLICY_FIELDS,
	policyWith,
} from './gateway-key-policy';
import { asRead, type KeyView, policyColumns, select, selectKey, tokensOf, viewOf } from './gateway-key-row';
import { newKey } from './gateway-key-secret';
import { requireRoomForKey } from './quotas';

/**
 * `key` is shown this once and can't be had again. Throws `invalid_request` naming the field; `forbidden` naming the
 * field in which the caller's own key is narrower.
 */
export async function createGatewayKey(
	ctx: ServiceContext,
	{ name, ...given }: CreateGatewayKey,
): Promise<{ readonly id: string; readonly key: string }> {
	requireManage(ctx);
	const { organizationId, actor } = ctx.principal;
	const policy = policyWith(DEFAULT_POLICY, given);
	requireWithin(ctx, policy);
	await checkPolicy(ctx, given);
	await requireRoomForKey(ctx);
	const { id, key, last4, secretHash } = await newKey(ctx.randomBytes);
	await change(
		ctx,
		organizationId,
		[
			ctx.db.insert(gatewayKeys).values({
				id,
				organizationId,
				name,
				...policyColumns(policy),
				last4,
				secretHash,
				createdBy: actor,
				createdAt: ctx.now(),
			}),
		],
		{ action: 'create', entity: 'gateway-key', entityId: id, before: null, after: { id, name, last4, ...policy } },
	);
	return { id, key };
}

const PAGE = 500;

/** Newest first; keys alone unless tokens are asked for. `after` is the last row of the page before. */
export async function listGatewayKeys(ctx: ServiceContext, input: ListGatewayKeys = {}): Promise<KeyView[]> {
	requireManage(ctx);
	const rows = await select(ctx)
		.where(
			and(
				scoped(ctx, gatewayKeys.organizationId),
				input.tokens ? undefined : isNull(gatewayKeys.parentId),
				stateIs(input.state, ctx.now()),
				input.after === undefined ? undefined : olderThan(ctx, input.after),
			),
		)
		.orderBy(desc(gatewayKeys.createdAt), desc(gatewayKeys.id))
		.limit(input.limit ?? PAGE);
	return rows.map(viewOf);
}

function stateIs(state: ListGatewayKeys['state'], now: number): SQL | undefined {
	switch (state) {
		case undefined:
			return undefined;
		case 'revoked':
			return isNotNull(gatewayKeys.revokedAt);
		case 'expired':
			return and(isNull(gatewayKeys.revokedAt), lte(gatewayKeys.expiresAt, now));
		case 'active':
			return and(isNull(gatewayKeys.revokedAt), or(isNull(gatewayKeys.expiresAt), gt(gatewayKeys.expiresAt, now)));
	}
}

const olderThan = (ctx: ServiceContext, id: string): SQL =>
	sql`(${gatewayKeys.createdAt}, ${gatewayKeys.id}) < (select last.created_at, last.id from ${gatewayKeys} last
		where last.organization_id = ${ctx.principal.organizationId} and last.id = ${id})`;

/** A token too. Throws `not_found`. */
export async function getGatewayKey(ctx: ServiceContext, { id }: { readonly id: string }): Promise<KeyView> {
	requireManage(ctx);
	return selectKey(ctx, id);
}

/** How often an update starts over because another one came between its read and its write. */
const ROUNDS = 5;

/**
 * In force on the next request. Where less is allowed than before, tokens that the key issued are revoked with it.
 * Throws `not_found`; `conflict` for a revoked key, a token, or another `version`; and what create does.
 */
export async function updateGatewayKey(
	ctx: ServiceContext,
	{ id, version, name, ...given }: UpdateGatewayKey,
): Promise<KeyView> {
	requireManage(ctx);
	for (let round = 0; round < ROUNDS; round++) {
		const before = await selectKey(ctx, id);
		requireChangeable(before);
		if (version !== undefined && version !== before.version) throw outdated('gateway key', before.version);
		const policy = policyWith(before, given);
		requireWithin(ctx, policy, givenFields(given));
		await checkPolicy(ctx, given);
		const after = { ...before, ...policy, name: name ?? before.name };
		if (changedFields(before, after).length === 0) return before;
		if (await writeUpdate(ctx, before, after)) return { ...after, version: before.version + 1 };
	}
	throw contended('gateway key');
}

/** Throws `conflict`. */
export function requireChangeable({ revokedAt, parentId }: KeyView): void {
	if (revokedAt !== null)
		throw new GatewayError('conflict', 'This key is revoked, which is final: create another one.');
	if (parentId !== null)
		throw new GatewayError('conflict', 'A token is not changed: revoke it, and issue another one.');
}

const givenFields = (given: GivenPolicy) => POLICY_FIELDS.filter((field) => given[field] !== undefined);

const CONTENT = ['name', ...POLICY_FIELDS] as const;

const changedFields = (before: KeyView, after: KeyView) =>
	CONTENT.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));

const pick = (view: KeyView, fields: readonly (typeof CONTENT)[number][]) =>
	Object.fromEntries(fields.map((field) => [field, view[field]]));

/** False where the row is no longer the one read. */
function writeUpdate(ctx: ServiceContext, before: KeyView, after: KeyView): Promise<boolean> {
	const fields = changedFields(before, after);
	return change(
		ctx,
		ctx.principal.organizationId,
		[
			...(narrows(before, after) ? [tokensOf(ctx, before, { revokedAt: ctx.now() })] : []),
			ctx.db
				.update(gatewayKeys)
				.set({ name: after.name, ...policyColumns(after), version: before.version + 1 })
				.where(asRead(ctx, before)),
		],
		{
			action: 'update',
			entity: 'gateway-key',
			entityId: before.id,
			before: pick(before, fields),
			after: pick(after, fields),
		},
	);
}

function narrows(before: KeyPolicy, after: KeyPolicy): boolean {
	const kept = new Set(after.origins);
	return exceeding(before, after) !== null || (before.origins ?? []).some((origin) => !kept.has(origin));
}

/** In force on the next request, for the tokens it issued too. A key that is revoked already stays as it is. Throws `not_found`. */
export async function revokeGatewayKey(
	ctx: ServiceContext,
	{ id }: { readonly id: string },
): Promise<{ readonly id: string; readonly revokedAt: number }> {
	requireManage(ctx);
	const revokedAt = await revocation(ctx, id);
	if (revokedAt !== null) return { id, revokedAt };
	const now = ctx.now();
	const own = scoped(ctx, gatewayKeys.organizationId);
	const revoked = await change(
		ctx,
		ctx.principal.organizationId,
		[
			ctx.db
				.update(gatewayKeys)
				.set({ revokedAt: now })
				.where(and(own, eq(gatewayKeys.parentId, id), isNull(gatewayKeys.revokedAt))),
			ctx.db
				.update(gatewayKeys)
				.set({ revokedAt: now, version: sql`${gatewayKeys.version} + 1` })
				.where(and(own, eq(gatewayKeys.id, id), isNull(gatewayKeys.revokedAt))),
		],
		{ action: 'revoke', entity: 'gateway-key', entityId: id, before: { revokedAt: null }, after: { revokedAt: now } },
	);
	return { id, revokedAt: revoked ? now : ((await revocation(ctx, id)) ?? now) };
}

/** null: in force. Throws `not_found`. */
async function revocation(ctx: ServiceContext, id: string): Promise<number | null> {
	const row = await ctx.db
		.select({ revokedAt: gatewayKeys.revokedAt })
		.from(gatewayKeys)
		.where(and(scoped(ctx, gatewayKeys.organizationId), eq(gatewayKeys.id, id)))
		.get();
	if (!row) throw notFound('gateway key', id);
	return row.revokedAt;
}
