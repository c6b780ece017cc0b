/** Gateway keys of the caller's organization. Every verb throws `forbidden` without the scope `manage`. */
import { and, desc, eq, isNull } from 'drizzle-orm';
import { gatewayKeys } from '../db/schema';
import { invalid } from '../errors';
import { notFound, requireManage, scoped } from './access';
import { change } from './change';
import type { ServiceContext } from './context';
import type { CreateGatewayKey } from './gateway-key-input';
import { newKey } from './gateway-key-secret';

/** A key without its secret. Times in ms since epoch. */
const VIEW = {
	id: gatewayKeys.id,
	name: gatewayKeys.name,
	/** Last four characters of the secret. */
	last4: gatewayKeys.last4,
	scopes: gatewayKeys.scopes,
	allowedModels: gatewayKeys.allowedModels,
	allowedAgents: gatewayKeys.allowedAgents,
	origins: gatewayKeys.origins,
	mayOverrideModel: gatewayKeys.mayOverrideModel,
	expiresAt: gatewayKeys.expiresAt,
	revokedAt: gatewayKeys.revokedAt,
	lastUsedAt: gatewayKeys.lastUsedAt,
	createdBy: gatewayKeys.createdBy,
	createdAt: gatewayKeys.createdAt,
};

/** `key` is shown this once and can't be had again. Throws `invalid_request` naming the field. */
export async function createGatewayKey(
	ctx: ServiceContext,
	input: CreateGatewayKey,
): Promise<{ readonly id: string; readonly key: string }> {
	requireManage(ctx);
	const { organizationId, actor } = ctx.principal;
	checkPatterns(ctx, input.allowedModels ?? []);
	const expiresAt = input.expiresAt ?? null;
	if (expiresAt !== null && expiresAt <= ctx.now()) throw invalid('expiresAt', 'expiresAt must lie in the future.');
	const { id, key, last4, secretHash } = await newKey(ctx.randomBytes);
	const view = {
		name: input.name,
		last4,
		scopes: [...new Set(input.scopes ?? ['inference' as const])],
		allowedModels: input.allowedModels ?? null,
		allowedAgents: input.allowedAgents ?? null,
		origins: input.origins ?? null,
		mayOverrideModel: input.mayOverrideModel ?? true,
		expiresAt,
	};
	await change(
		ctx,
		organizationId,
		[
			ctx.db
				.insert(gatewayKeys)
				.values({ id, organizationId, ...view, secretHash, createdBy: actor, createdAt: ctx.now() }),
		],
		{ action: 'create', entity: 'gateway-key', entityId: id, before: null, after: { id, ...view } },
	);
	return { id, key };
}

/** A mistyped provider would let nothing through, and say so only when the key is used. */
function checkPatterns(ctx: ServiceContext, patterns: readonly string[]): void {
	for (const [at, pattern] of patterns.entries()) {
		const provider = pattern.split('/', 1)[0] ?? '';
		if (!provider.includes('*') && !ctx.registry.provider(provider))
			throw invalid(`allowedModels[${at}]`, `Unknown provider '${provider}' in '${pattern}'.`);
	}
}

/** Newest first, revoked and expired ones included. */
export async function listGatewayKeys(ctx: ServiceContext) {
	requireManage(ctx);
	return ctx.db
		.select(VIEW)
		.from(gatewayKeys)
		.where(scoped(ctx, gatewayKeys.organizationId))
		.orderBy(desc(gatewayKeys.createdAt), desc(gatewayKeys.id));
}

/** In force on the next request. A key that is revoked already stays as it is. Throws `not_found`. */
export async function revokeGatewayKey(
	ctx: ServiceContext,
	{ id }: { readonly id: string },
): Promise<{ readonly id: string; readonly revokedAt: number }> {
	requireManage(ctx);
	const revokedAt = await revocation(ctx, id);
	if (revokedAt !== null) return { id, revokedAt };
	const now = ctx.now();
	const revoked = await change(
		ctx,
		ctx.principal.organizationId,
		[
			ctx.db
				.update(gatewayKeys)
				.set({ revokedAt: now })
				.where(and(scoped(ctx, gatewayKeys.organizationId), eq(gatewayKeys.id, id), isNull(gatewayKeys.revokedAt))),
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
