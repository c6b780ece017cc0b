/**
 * A change that every organization follows: one batch of D1, then each organization's ledger object is told its new
 * version. No `prepare` goes before it, since it would have to reach them all: an object that can't be told finds out by
 * itself within a second of its next request.
 */
import { isNull, sql } from 'drizzle-orm';
import { organizations } from '../db/schema';
import { audit } from './audit';
import { outcomes, type Step } from './change';
import { conflictOf } from './conflict';
import type { ServiceContext } from './context';

/** Told before the answer: those whose object was ever used. */
const MOST_AWAITED = 200;
/** Told afterwards; a Worker may make some thousand calls per request, its D1 and KV calls among them. */
const MOST_DEFERRED = 600;
const AT_ONCE = 20;

interface Bumped {
	readonly id: string;
	readonly version: number;
}

/** Answers for each step whether it changed a row. Throws `conflict` naming the field of a unique constraint. */
export async function changeEverywhere(ctx: ServiceContext, steps: readonly Step[]): Promise<readonly boolean[]> {
	const statements = steps.flatMap(({ writes, entry }) => [...writes, audit(ctx, null, entry)]);
	let bumped: readonly Bumped[];
	let written: readonly boolean[];
	try {
		const results = await ctx.db.batch([bumpAll(ctx), ...statements]);
		written = outcomes(steps, results);
		bumped = results[0]
			.toSorted((left, right) => Number(right.used) - Number(left.used) || right.updatedAt - left.updatedAt)
			.map(({ id, version }) => ({ id, version }));
	} catch (thrown) {
		throw conflictOf(thrown) ?? thrown;
	}
	await settleAll(ctx, bumped.slice(0, MOST_AWAITED));
	const later = bumped.slice(MOST_AWAITED, MOST_AWAITED + MOST_DEFERRED);
	if (later.length > 0) ctx.defer(settleAll(ctx, later));
	const untold = bumped.length - MOST_AWAITED - later.length;
	if (untold > 0) ctx.log('info', 'change-untold', { organizations: untold });
	return written;
}

/** An object has a cursor once it was used: the others have nothing to be told. */
const bumpAll = (ctx: ServiceContext) =>
	ctx.db
		.update(organizations)
		.set({ configVersion: sql`${organizations.configVersion} + 1` })
		.where(isNull(organizations.deletedAt))
		.returning({
			id: organizations.id,
			version: organizations.configVersion,
			updatedAt: organizations.updatedAt,
			used: sql<number>`exists(select 1 from ledger_cursor where ledger_cursor.organization_id = organizations.id)`,
		});

/** Never rejects. */
async function settleAll(ctx: ServiceContext, bumped: readonly Bumped[]): Promise<void> {
	const waiting = bumped.values();
	await Promise.all(
		Array.from({ length: Math.min(AT_ONCE, bumped.length) }, async () => {
			for (const one of waiting) await settle(ctx, one);
		}),
	);
}

async function settle(ctx: ServiceContext, { id, version }: Bumped): Promise<void> {
	try {
		await ctx.change.settle(id, version);
	} catch (error) {
		ctx.log('warn', 'change-untold', { organizationId: id, version, error });
	}
}
