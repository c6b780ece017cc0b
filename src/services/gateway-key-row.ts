/** A gateway key in its table, and as callers see it: without its secret and without the hash of it. */
import { and, eq, exists, isNull, type SQL } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import { exactly } from '../db/money';
import { gatewayKeys } from '../db/schema';
import { notFound, scoped } from './access';
import type { ServiceContext } from './context';
import type { KeyPolicy } from './gateway-key-policy';
import { nanoUsdOf, usdOf } from './usd';

const COLUMNS = {
	id: gatewayKeys.id,
	name: gatewayKeys.name,
	/** Last four characters of the secret. */
	last4: gatewayKeys.last4,
	scopes: gatewayKeys.scopes,
	/** `provider/model` patterns; null: all. */
	allowedModels: gatewayKeys.allowedModels,
	/** Agent slugs; null: all, and models by themselves. */
	allowedAgents: gatewayKeys.allowedAgents,
	/** Provider ids and names of own servers; null: all. */
	allowedProviders: gatewayKeys.allowedProviders,
	origins: gatewayKeys.origins,
	mayOverrideModel: gatewayKeys.mayOverrideModel,
	mayOverrideSettings: gatewayKeys.mayOverrideSettings,
	mayOverridePrompt: gatewayKeys.mayOverridePrompt,
	/** null: no limit of its own, in this and the next. */
	requestsPerMinute: gatewayKeys.requestsPerMinute,
	requestsPerDay: gatewayKeys.requestsPerDay,
	budgetDay: exactly<bigint | null>(gatewayKeys.budgetDayNanoUsd),
	budgetMonth: exactly<bigint | null>(gatewayKeys.budgetMonthNanoUsd),
	budgetTotal: exactly<bigint | null>(gatewayKeys.budgetTotalNanoUsd),
	/** Of a short-lived token: the key that issued it, else the actor (`operator`, `user:<sub>`). */
	parentId: gatewayKeys.parentId,
	version: gatewayKeys.version,
	/** ms since epoch; null: never, in this and the next two. */
	expiresAt: gatewayKeys.expiresAt,
	revokedAt: gatewayKeys.revokedAt,
	lastUsedAt: gatewayKeys.lastUsedAt,
	/** Actor: `key:<id>`, `operator`, `user:<sub>`. */
	createdBy: gatewayKeys.createdBy,
	createdAt: gatewayKeys.createdAt,
};

const usd = (nano: bigint | null): string | null => (nano === null ? null : usdOf(nano));

export const select = (ctx: ServiceContext) => ctx.db.select(COLUMNS).from(gatewayKeys).$dynamic();

type Selected = Awaited<ReturnType<typeof select>>[number];

export function viewOf({ budgetDay, budgetMonth, budgetTotal, ...row }: Selected) {
	return {
		...row,
		/** Decimal USD; null: no budget, in this and the next two. */
		budgetDayUsd: usd(budgetDay),
		budgetMonthUsd: usd(budgetMonth),
		/** Over the key's whole life. */
		budgetTotalUsd: usd(budgetTotal),
	};
}

export type KeyView = ReturnType<typeof viewOf>;

/** Throws `not_found`. */
export async function selectKey(ctx: ServiceContext, id: string): Promise<KeyView> {
	const row = await select(ctx)
		.where(and(scoped(ctx, gatewayKeys.organizationId), eq(gatewayKeys.id, id)))
		.get();
	if (!row) throw notFound('gateway key', id);
	return viewOf(row);
}

/** The table once more, where a statement needs the issuer beside its tokens. */
const issuers = alias(gatewayKeys, 'issuers');

/** The key as it was read, and not revoked: what a write that was decided from it insists on. */
export const asRead = (
	ctx: ServiceContext,
	{ id, version }: Pick<KeyView, 'id' | 'version'>,
	table: typeof gatewayKeys | typeof issuers = gatewayKeys,
): SQL | undefined =>
	and(scoped(ctx, table.organizationId), eq(table.id, id), eq(table.version, version), isNull(table.revokedAt));

/** The same as a condition of a statement on other rows. */
export const isAsRead = (ctx: ServiceContext, key: Pick<KeyView, 'id' | 'version'>): SQL =>
	exists(
		ctx.db
			.select({ id: issuers.id })
			.from(issuers)
			.where(asRead(ctx, key, issuers)),
	);

/** Changes the short-lived tokens that this key issued and that are not revoked, where the key is as it was read. */
export const tokensOf = (
	ctx: ServiceContext,
	key: Pick<KeyView, 'id' | 'version'>,
	values: { readonly revokedAt: number } | { readonly expiresAt: SQL },
) =>
	ctx.db
		.update(gatewayKeys)
		.set(values)
		.where(
			and(
				scoped(ctx, gatewayKeys.organizationId),
				eq(gatewayKeys.parentId, key.id),
				isNull(gatewayKeys.revokedAt),
				isAsRead(ctx, key),
			),
		);

/** The columns of a policy, whose amounts are the exact decimals of a view: nano-dollars. */
export function policyColumns({ budgetDayUsd, budgetMonthUsd, budgetTotalUsd, ...policy }: KeyPolicy) {
	return {
		scopes: policy.scopes,
		allowedModels: policy.allowedModels,
		allowedAgents: policy.allowedAgents,
		allowedProviders: policy.allowedProviders,
		origins: policy.origins,
		mayOverrideModel: policy.mayOverrideModel,
		mayOverrideSettings: policy.mayOverrideSettings,
		mayOverridePrompt: policy.mayOverridePrompt,
		requestsPerMinute: policy.requestsPerMinute,
		requestsPerDay: policy.requestsPerDay,
		budgetDayNanoUsd: nano(budgetDayUsd),
		budgetMonthNanoUsd: nano(budgetMonthUsd),
		budgetTotalNanoUsd: nano(budgetTotalUsd),
		expiresAt: policy.expiresAt,
	};
}

const nano = (usd: string | null): bigint | null => (usd === null ? null : nanoUsdOf(usd, 'budget'));
