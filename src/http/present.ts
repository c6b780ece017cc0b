/** Optional fields as JSON carries them (absent, or null) into fields that are there or not. */
export type Present<T> = { -readonly [K in keyof T]?: NonNullable<T[K]> };

/** The fields that hold a value; null and undefined ones are left out. */
export function present<T extends object>(fields: T): Present<T> {
	const kept: Present<T> = {};
	for (const key in fields) {
		const value = fields[key];
		if (value !== null && value !== undefined) kept[key] = value;
	}
	return kept;
}
