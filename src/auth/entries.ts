/**
 * JSON entries in KV: copies of what D1 owns (or an identity provider). KV never decides whether a request succeeds: what it can't
 * deliver, or delivers misspelt, is not there; writes happen in the background and may fail.
 */
import type * as z from 'zod';

export interface EntryStore {
	readonly kv: Pick<KVNamespace, 'get' | 'put' | 'delete'>;
	/** `waitUntil` */
	readonly defer: (work: Promise<unknown>) => void;
}

const TTL_SECONDS = 3_600;

/** null where there is no entry of that name and shape. */
export async function readEntry<T extends z.ZodType>(
	store: EntryStore,
	name: string,
	shape: T,
): Promise<z.output<T> | null> {
	try {
		const text = await store.kv.get(name);
		return text === null ? null : (shape.safeParse(JSON.parse(text)).data ?? null);
	} catch {
		return null;
	}
}

/** Calls `work` at once and never throws, however it fails. */
async function quietly(work: () => Promise<unknown>): Promise<void> {
	try {
		await work();
	} catch {
		// A copy that is missing is made again by the next read of D1.
	}
}

type Name = string | Promise<string>;

/** Kept for an hour unless `ttlSeconds` says otherwise. */
export function writeEntry(store: EntryStore, name: Name, value: unknown, ttlSeconds = TTL_SECONDS): void {
	const text = JSON.stringify(value);
	store.defer(quietly(async () => store.kv.put(await name, text, { expirationTtl: ttlSeconds })));
}

export function deleteEntry(store: EntryStore, name: Name): void {
	store.defer(quietly(async () => store.kv.delete(await name)));
}
