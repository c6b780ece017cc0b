/** The version protocol around every configuration write (ARCHITECTURE.md, State), in one place. */
import { eq, sql } from 'drizzle-orm';
import type { BatchItem } from 'drizzle-orm/batch';
import { organizations } from '../db/schema';
import { type AuditEntry, audit } from './audit';
import { conflictOf } from './conflict';
import type { ServiceContext } from './context';

/**
 * prepare → one batch (version + 1, the writes, their audit row) → settle, also where the batch failed.
 * The last of `writes` decides: false where it changed no row, and then nothing is audited.
 * Throws `conflict` naming the field of a unique constraint; whatever `prepare` throws, with nothing written.
 */
export async function change(
	ctx: ServiceContext,
	organizationId: string,
	writes: readonly BatchItem<'sqlite'>[],
	entry: AuditEntry,
): Promise<boolean> {
	await ctx.change.prepare(organizationId);
	let version: number | undefined;
	try {
		const results = await ctx.db.batch([
			bumpVersion(ctx, organizationId),
			...writes,
			audit(ctx, organizationId, entry),
		]);
		version = results[0][0]?.version;
		const audited: unknown = results.at(-1);
		return Array.isArray(audited) && audited.length > 0;
	} catch (thrown) {
		throw conflictOf(thrown) ?? thrown;
	} finally {
		await settle(ctx, organizationId, version);
	}
}

function bumpVersion(ctx: ServiceContext, organizationId: string) {
	return ctx.db
		.update(organizations)
		.set({ configVersion: sql`${organizations.configVersion} + 1` })
		.where(eq(organizations.id, organizationId))
		.returning({ version: organizations.configVersion });
}

/**
 * A batch that threw may have been committed all the same: then D1 knows. A failure here is no failure of
 * the write: the ledger object reads the version itself two seconds later.
 */
async function settle(ctx: ServiceContext, organizationId: string, version: number | undefined): Promise<void> {
	try {
		const known = version ?? (await storedVersion(ctx, organizationId));
		if (known !== undefined) await ctx.change.settle(organizationId, known);
	} catch {
		// left unsettled: opens resolve from D1 meanwhile
	}
}

async function storedVersion(ctx: ServiceContext, organizationId: string): Promise<number | undefined> {
	const row = await ctx.db
		.select({ version: organizations.configVersion })
		.from(organizations)
		.where(eq(organizations.id, organizationId))
		.get();
	return row?.version;
}
