/** What is stored of a key that an upstream refused, and when it ends: with another key, or an answer to this one. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { BatchItem } from 'drizzle-orm/batch';
import { alerts, llmProviders } from '../db/schema';
import type { Credential } from '../gateway/ports';
import { endpointOf } from '../health/place';
import type { Provider } from '../providers/provider';
import { scoped } from './access';
import type { ServiceContext } from './context';
import type { StoredProvider } from './provider-row';

/** `alerts.cause` of a refused key. */
const causeOf = (ctx: ServiceContext, rowId: string): string => `${ctx.principal.organizationId}:key-refused:${rowId}`;

/** Ends the open alert of that row's key, where there is one. */
export const resolveRefusal = (ctx: ServiceContext, rowId: string, at: number): BatchItem<'sqlite'> =>
	ctx.db
		.update(alerts)
		.set({ resolvedAt: at })
		.where(and(scoped(ctx, alerts.organizationId), eq(alerts.cause, causeOf(ctx, rowId)), isNull(alerts.resolvedAt)));

/** What a changed row is written with: what upstreams say of a key that stays is theirs to write, at any moment. */
export function keptRefusal(before: StoredProvider, after: StoredProvider): Partial<StoredProvider> {
	if (before.sealedApiKey !== after.sealedApiKey) return after;
	const { refusedAt: _, refusedStatus: __, ...fields } = after;
	return fields;
}

/** The alert is about this key in use: not about its successor, nor about a row out of use. */
export const endsRefusal = (before: StoredProvider, after: StoredProvider): boolean =>
	!after.isActive || (before.sealedApiKey !== after.sealedApiKey && after.refusedAt === null);

/**
 * The pair was answered: its key is used again at once. Of a row (null: the environment's) what is stored is cleared,
 * unless it has another key by now; that moves no version, since nothing is decided by it.
 */
export async function acquit(
	ctx: ServiceContext,
	provider: Provider,
	credential: Credential,
	row: StoredProvider | null,
): Promise<void> {
	const { mark, baseUrl, trust, rowId } = credential;
	const { organizationId } = ctx.principal;
	if (mark !== undefined) {
		const endpoint = endpointOf({ provider: provider.id, baseUrl, trust, organizationId });
		const owner = trust === 'tenant' ? organizationId : null;
		const facts = { endpoint, provider: provider.id, organizationId: owner, rowId };
		ctx.defer(ctx.health.answered(facts, organizationId, mark));
	}
	if (row === null || row.refusedAt === null) return;
	await ctx.db.batch([
		ctx.db
			.update(llmProviders)
			.set({ refusedAt: null, refusedStatus: null })
			.where(
				and(
					scoped(ctx, llmProviders.organizationId),
					eq(llmProviders.id, row.id),
					sql`${llmProviders.sealedApiKey} is ${row.sealedApiKey}`,
				),
			),
		resolveRefusal(ctx, row.id, ctx.now()),
	]);
}
