/** From the object's outbox to D1, each row once: the cursor in D1 says how far an earlier try came. */
import type { LedgerStore } from './store';
import { readCursor, writeBatch } from './usage-table';

/** Batches in one go; what is left goes with the next alarm. */
const MOST_BATCHES = 40;

/**
 * Sends what waits, oldest first; nothing before the store knows where D1's cursor stood at first. Throws where D1
 * fails: whether that batch was written is found out by its cursor the next time. `rebased` tells that D1's cursor
 * was not where any batch of this object could leave it.
 */
export async function flush(
	db: D1Database,
	store: LedgerStore,
	organizationId: string,
	rebased: (cursor: number) => void,
): Promise<void> {
	for (let sent = 0; sent < MOST_BATCHES; sent += 1) {
		const { base, flushed } = store.cursor();
		const batch = base === null ? null : store.batch();
		if (base === null || batch === null) return;
		const { json, uses, last } = batch;
		const written = await writeBatch(db, organizationId, { json, uses, from: base + flushed, to: base + last });
		if (written) store.acknowledge(last);
		else resume(store, base, flushed, await readCursor(db, organizationId), rebased);
	}
}

/** A batch whose answer was lost had been written; or D1 was restored from a backup, and all goes on from there. */
function resume(
	store: LedgerStore,
	base: number,
	flushed: number,
	cursor: number,
	rebased: (cursor: number) => void,
): void {
	const reached = cursor - base;
	if (reached > flushed && reached <= store.newest()) {
		store.acknowledge(reached);
		return;
	}
	store.setBase(cursor - flushed);
	rebased(cursor);
}
