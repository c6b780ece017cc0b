/** Records whose keys come from callers: without a prototype, `constructor` names nothing. */
export function dictionary<T>(entries: Iterable<readonly [string, T]>): Readonly<Record<string, T>> {
	const record: Record<string, T> = Object.create(null);
	for (const [name, value] of entries) record[name] = value;
	return record;
}
