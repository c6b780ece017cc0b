/** Chance that can be drawn again: by coordinates (a table that need not be kept), or in sequence. */

function mixed(state: number, value: number): number {
	let hash = Math.imul(state ^ value, 0x85ebca6b);
	hash ^= hash >>> 13;
	hash = Math.imul(hash, 0xc2b2ae35);
	return hash ^ (hash >>> 16);
}

const unit = (hash: number): number => (mixed(hash, 0x27d4eb2f) >>> 0) / 2 ** 32;

/** Uniform in [0, 1): the same for the same coordinates. */
export function drawn(seed: number, ...coordinates: readonly number[]): number {
	let hash = mixed(0x9e3779b9, seed);
	for (const coordinate of coordinates) hash = mixed(hash + 0x6d2b79f5, coordinate);
	return unit(hash);
}

/** Uniform in [0, 1), one after the other (mulberry32). */
export function sequence(seed: number): () => number {
	let state = mixed(0x1b873593, seed);
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let hash = Math.imul(state ^ (state >>> 15), 1 | state);
		hash = (hash + Math.imul(hash ^ (hash >>> 7), 61 | hash)) ^ hash;
		return ((hash ^ (hash >>> 14)) >>> 0) / 2 ** 32;
	};
}

export const picked = <T>(list: readonly T[], at: number): T => {
	const one = list[Math.floor(at * list.length)];
	if (one === undefined) throw new Error('nothing to pick from');
	return one;
};
