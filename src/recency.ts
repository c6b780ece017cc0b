/** A plain Map as a bounded cache: insertion order is the order of last use, the least recent entry leaves first. */

/** The entry, now the most recent; undefined where there is none. */
export function recall<K, V>(entries: Map<K, V>, key: K): V | undefined {
	const value = entries.get(key);
	if (value === undefined) return undefined;
	entries.delete(key);
	entries.set(key, value);
	return value;
}

/** Puts the entry in as the most recent, keeping at most `bound`. */
export function retain<K, V>(entries: Map<K, V>, key: K, value: V, bound: number): void {
	entries.delete(key);
	entries.set(key, value);
	if (entries.size <= bound) return;
	for (const oldest of entries.keys()) {
		entries.delete(oldest);
		return;
	}
}
