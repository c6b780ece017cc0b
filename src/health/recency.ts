/** Memories by name, bounded: the one heard of longest ago goes. */

export interface Named {
	readonly name: string;
	/** When it was last heard of, ms since epoch. */
	heardAt: number;
}

/** Of values that are JSON as they stand: as JSON it is a list of them. */
export type Recency<T extends Named> = Map<string, T>;

/**
 * The one of that name, made where it is missing, for which one has to go where there are `most` already: the oldest,
 * of those that are not `dear` where there are any.
 */
export function heard<T extends Named>(
	memory: Recency<T>,
	name: string,
	most: number,
	now: number,
	make: (name: string) => T,
	isDear?: (one: T, now: number) => boolean,
): T {
	let one = memory.get(name);
	if (one === undefined) {
		if (memory.size >= most) forgetOldest(memory, now, isDear);
		one = make(name);
		memory.set(name, one);
	}
	one.heardAt = now;
	return one;
}

/** Looked for only when it is to go: an order kept with each call would cost each call. */
function forgetOldest<T extends Named>(
	memory: Recency<T>,
	now: number,
	isDear: (one: T, now: number) => boolean = () => false,
): void {
	let oldest: T | null = null;
	let dearest = true;
	for (const one of memory.values()) {
		const dear = isDear(one, now);
		if (oldest !== null && (dear === dearest ? one.heardAt >= oldest.heardAt : dear)) continue;
		oldest = one;
		dearest = dear;
	}
	if (oldest !== null) memory.delete(oldest.name);
}

/** JSON of what may hold such memories. */
export const jsonOf = (value: unknown): string =>
	JSON.stringify(value, (_, part: unknown) => (part instanceof Map ? [...part.values()] : part));

/** From what `jsonOf` made of it. */
export const recencyOf = <T extends Named>(list: readonly T[]): Recency<T> =>
	new Map(list.map((one) => [one.name, one]));
