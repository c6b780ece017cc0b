/** Moving stored keys to the current encryption key, row by row, without ever holding one that can't be read back. */
import { and, asc, count, eq, gt, isNotNull, isNull, ne, or } from 'drizzle-orm';
import { llmProviders } from '../db/schema';
import { invalid, toGatewayError } from '../errors';
import { requireOperator } from './access';
import { changeAll, type Step } from './change';
import type { ServiceContext } from './context';
import type { ResealKeys } from './provider-input';
import { type StoredProvider, scopeOf } from './provider-row';

export interface UnsealedRow {
	readonly id: string;
	readonly organizationId: string;
	readonly provider: string;
	readonly reason: string;
}

export interface Resealed {
	/** Rows that this call moved to the current key. */
	readonly resealed: number;
	/** Rows that are still under another one, failed ones included. */
	readonly remaining: number;
	/** Left exactly as they were. */
	readonly failed: readonly UnsealedRow[];
	readonly currentKeyId: string;
	/** `after` of the next call; null: every row has been looked at. */
	readonly next: string | null;
}

/** Each takes two statements, of which an invocation may run 50 on Cloudflare's smallest plan. */
const USUAL_LIMIT = 20;

/**
 * Over all organizations, in the order of ids. May be broken off at any time and called again: what is done is done.
 * Operator only. Throws `invalid_request` where `LLM_ENCRYPTION_KEY` is not set.
 */
export async function resealKeys(ctx: ServiceContext, input: ResealKeys = {}): Promise<Resealed> {
	requireOperator(ctx);
	const currentKeyId = await ctx.vault.currentKeyId();
	if (currentKeyId === null)
		throw invalid('LLM_ENCRYPTION_KEY', "LLM_ENCRYPTION_KEY isn't set: there is no key to move to.");
	const limit = input.limit ?? USUAL_LIMIT;
	const rows = await ctx.db
		.select()
		.from(llmProviders)
		.where(and(underAnother(currentKeyId), gt(llmProviders.id, input.after ?? '')))
		.orderBy(asc(llmProviders.id))
		.limit(limit);
	const failed: UnsealedRow[] = [];
	let resealed = 0;
	for (const [organizationId, own] of byOrganization(rows))
		resealed += await resealOrganization(ctx, organizationId, own, failed);
	const [left] = await ctx.db.select({ rows: count() }).from(llmProviders).where(underAnother(currentKeyId));
	const last = rows.at(-1)?.id ?? null;
	return { resealed, remaining: left?.rows ?? 0, failed, currentKeyId, next: rows.length < limit ? null : last };
}

const underAnother = (currentKeyId: string) =>
	and(isNotNull(llmProviders.sealedApiKey), or(isNull(llmProviders.keyId), ne(llmProviders.keyId, currentKeyId)));

function byOrganization(rows: readonly StoredProvider[]): Map<string, StoredProvider[]> {
	const groups = new Map<string, StoredProvider[]>();
	for (const row of rows) {
		const group = groups.get(row.organizationId);
		if (group) group.push(row);
		else groups.set(row.organizationId, [row]);
	}
	return groups;
}

/** One change for all rows of an organization, so that its caches move once. Adds to `failed`; never throws. */
async function resealOrganization(
	ctx: ServiceContext,
	organizationId: string,
	rows: readonly StoredProvider[],
	failed: UnsealedRow[],
): Promise<number> {
	const steps: Step[] = [];
	const moved: StoredProvider[] = [];
	const fail = (row: StoredProvider, thrown: unknown): void => {
		const { id, provider } = row;
		failed.push({ id, organizationId, provider, reason: toGatewayError(thrown).message });
	};
	for (const row of rows) {
		try {
			steps.push(await resealStep(ctx, row));
			moved.push(row);
		} catch (thrown) {
			fail(row, thrown);
		}
	}
	if (steps.length === 0) return 0;
	try {
		const told = await changeAll(ctx, organizationId, steps);
		return told.filter(Boolean).length;
	} catch (thrown) {
		for (const row of moved) fail(row, thrown);
		return 0;
	}
}

/** Writes nothing where the row has another key by then. Throws GatewayError where the old one can't be opened. */
async function resealStep(ctx: ServiceContext, row: StoredProvider): Promise<Step> {
	const scope = scopeOf(row, row.baseUrl);
	const sealedApiKey = row.sealedApiKey ?? '';
	const secret = await ctx.vault.open(scope, sealedApiKey);
	const { envelope, keyId } = await ctx.vault.seal(scope, secret);
	if ((await ctx.vault.open(scope, envelope)) !== secret)
		throw invalid('id', 'The key sealed anew could not be read back.');
	return {
		writes: [
			ctx.db
				.update(llmProviders)
				.set({ sealedApiKey: envelope, keyId })
				.where(
					and(
						eq(llmProviders.organizationId, row.organizationId),
						eq(llmProviders.id, row.id),
						eq(llmProviders.sealedApiKey, sealedApiKey),
					),
				),
		],
		entry: {
			action: 'reseal',
			entity: 'provider',
			entityId: row.id,
			before: { keyId: row.keyId },
			after: { keyId },
		},
	};
}
