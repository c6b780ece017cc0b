/** Writing one row of a pool together with what follows for the others: exactly one of them may be the default. */
import { and, eq } from 'drizzle-orm';
import type { BatchItem } from 'drizzle-orm/batch';
import { llmProviders } from '../db/schema';
import { GatewayError } from '../errors';
import { scoped } from './access';
import type { AuditEntry } from './audit';
import { changeUnmoved, type Step } from './change';
import type { ServiceContext } from './context';
import { endsRefusal, keptRefusal, resolveRefusal } from './provider-refusal';
import { type Pool, type ProviderView, readPool, type StoredProvider, viewOf } from './provider-row';

/** One row as it was and as it is to be; `before` null: a new one. */
export interface RowChange {
	readonly before: StoredProvider | null;
	readonly after: StoredProvider;
	readonly action: AuditEntry['action'];
}

/** How often a write starts over because the configuration changed between its read and its write. */
const ROUNDS = 5;

/**
 * Works out a change from the pool as it stands and writes it at that very version, or starts over. null from `plan`:
 * nothing is to be written. Throws `conflict` where others are faster time after time.
 */
export async function writeRow(
	ctx: ServiceContext,
	provider: string,
	plan: (pool: Pool) => Promise<RowChange | StoredProvider>,
): Promise<ProviderView> {
	for (let round = 0; round < ROUNDS; round++) {
		const pool = await readPool(ctx, provider);
		const planned = await plan(pool);
		if (!('after' in planned)) return viewOf(planned);
		if (await written(ctx, [stepOf(ctx, planned, pool.rows)], pool.version)) return viewOf(planned.after);
	}
	throw new GatewayError('conflict', 'The configuration is being changed by others at this moment: try again.', {
		param: 'version',
	});
}

/** False where the organization's configuration is no longer at `version`: nothing was written then. */
export async function written(ctx: ServiceContext, steps: readonly Step[], version: number): Promise<boolean> {
	const told = await changeUnmoved(ctx, ctx.principal.organizationId, steps, version);
	return told?.every(Boolean) ?? false;
}

/** `rows`: the pool as it was read. The row itself is written last: it decides whether there is anything to tell. */
export function stepOf(
	ctx: ServiceContext,
	{ before, after, action }: RowChange,
	rows: readonly StoredProvider[],
): Step {
	const others = rows.filter((row) => row.id !== after.id && row.removedAt === null);
	const update = (id: string, fields: Partial<StoredProvider>): BatchItem<'sqlite'> =>
		ctx.db
			.update(llmProviders)
			.set(fields)
			.where(and(scoped(ctx, llmProviders.organizationId), eq(llmProviders.id, id)));
	const handed = (row: StoredProvider, isDefault: boolean): BatchItem<'sqlite'> => {
		const fields = { isDefault, version: row.version + 1, updatedAt: after.updatedAt };
		ctx.draft?.rows.set(row.id, { ...row, ...fields });
		return update(row.id, fields);
	};
	const writes: BatchItem<'sqlite'>[] = [];
	ctx.draft?.rows.set(after.id, after);
	const heir = before?.isDefault && !after.isDefault ? others.find((row) => row.isActive) : undefined;
	if (heir) writes.push(update(after.id, { isDefault: false }), handed(heir, true));
	if (after.isDefault) writes.push(...others.filter((row) => row.isDefault).map((row) => handed(row, false)));
	if (before && endsRefusal(before, after)) writes.push(resolveRefusal(ctx, after.id, after.updatedAt));
	const row = before && update(after.id, keptRefusal(before, after));
	writes.push(row ?? ctx.db.insert(llmProviders).values(after));
	const entry: AuditEntry = {
		action,
		entity: 'provider',
		entityId: after.id,
		before: before && { ...viewOf(before) },
		after: action === 'delete' ? null : { ...viewOf(after) },
	};
	return { writes, entry };
}

/**
 * Whether a row is its pool's default: what is asked for, else what it was, else true where no other is. A row that is
 * not in use is none.
 */
export function isDefaultOf(
	asked: boolean | undefined,
	{ before, isActive }: { readonly before: StoredProvider | null; readonly isActive: boolean },
	rows: readonly StoredProvider[],
): boolean {
	if (!isActive) return false;
	if (asked !== undefined) return asked;
	if (before?.isActive) return before.isDefault;
	return !rows.some((row) => row.id !== before?.id && row.isDefault);
}
