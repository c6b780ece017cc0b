/** The version protocol around every configuration write (ARCHITECTURE.md, State), in one place. */
import { eq, sql } from 'drizzle-orm';
import type { BatchItem } from 'drizzle-orm/batch';
import { organizations } from '../db/schema';
import { GatewayError } from '../errors';
import { type AuditEntry, audit } from './audit';
import { conflictOf } from './conflict';
import type { ServiceContext } from './context';

/** One write with what the audit says of it. The last of `writes` decides whether there is anything to tell. */
export interface Step {
	readonly writes: readonly BatchItem<'sqlite'>[];
	readonly entry: AuditEntry;
}

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
	const [written] = await changeAll(ctx, organizationId, [{ writes, entry }]);
	return written === true;
}

/**
 * Several at once, all or none, under one version. With `expecting` the whole of it is refused (`conflict`) where the
 * organization's configuration is no longer at that version. Answers for each step whether it changed a row.
 */
export async function changeAll(
	ctx: ServiceContext,
	organizationId: string,
	steps: readonly Step[],
	expecting?: number,
): Promise<readonly boolean[]> {
	if (ctx.draft) {
		ctx.draft.steps.push(...steps);
		return steps.map(() => true);
	}
	await ctx.change.prepare(organizationId);
	let version: number | undefined;
	try {
		const results = await ctx.db.batch([
			bumpVersion(ctx, organizationId, expecting),
			...steps.flatMap(({ writes, entry }) => [...writes, audit(ctx, organizationId, entry)]),
		]);
		version = results[0][0]?.version;
		return outcomes(steps, results);
	} catch (thrown) {
		throw conflictOf(thrown) ?? thrown;
	} finally {
		await settle(ctx, organizationId, version);
	}
}

/** As `changeAll`; null, with nothing written, where the configuration is no longer at that version. */
export async function changeUnmoved(
	ctx: ServiceContext,
	organizationId: string,
	steps: readonly Step[],
	expecting: number | undefined,
): Promise<readonly boolean[] | null> {
	try {
		return await changeAll(ctx, organizationId, steps, expecting);
	} catch (thrown) {
		if (thrown instanceof GatewayError && thrown.code === 'conflict' && thrown.param === 'version') return null;
		throw thrown;
	}
}

/** Of a batch whose first statement moved the version: the result of each step's audit row, the last of its statements. */
export function outcomes(steps: readonly Step[], results: readonly unknown[]): readonly boolean[] {
	let at = 0;
	return steps.map(({ writes }) => {
		at += writes.length + 1;
		const audited = results[at];
		return Array.isArray(audited) && audited.length > 0;
	});
}

/** A version that is not the expected one becomes null, which the column refuses: that undoes the whole batch. */
function bumpVersion(ctx: ServiceContext, organizationId: string, expecting: number | undefined) {
	const next = sql`${organizations.configVersion} + 1`;
	const configVersion =
		expecting === undefined ? next : sql`iif(${organizations.configVersion} = ${expecting}, ${next}, null)`;
	return ctx.db
		.update(organizations)
		.set({ configVersion })
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

/** To be read before whatever a write is decided by, and expected by that write. undefined: no such organization. */
export async function storedVersion(ctx: ServiceContext, organizationId: string): Promise<number | undefined> {
	const row = await ctx.db
		.select({ version: organizations.configVersion })
		.from(organizations)
		.where(eq(organizations.id, organizationId))
		.get();
	return row?.version;
}
