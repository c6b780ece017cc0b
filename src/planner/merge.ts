/**
 * Byte-pair merging as tiktoken does it: of all neighbours that together are a token, those of the lowest rank become
 * one, the leftmost first, until none are left.
 */
import { HASH_BASE, mix, RANK_BITS, RANK_MASK, type Ranks } from './ranks';

/** No token. */
const NONE = 0xffffffff;
/** Bytes up to which looking through all neighbours for each merge is quicker than a heap. */
const FEW = 64;

/** Working memory for merging up to `room` bytes. */
export interface Scratch {
	readonly room: number;
	/** After a merge: where each token begins, relative to the first byte, and after the last one where that ends. */
	readonly starts: Int32Array;
	/** Of the neighbours that begin here, NONE where they are no token or nothing begins. */
	readonly ranks: Uint32Array;
	/** By position: where the part after, and the one before, begins. */
	readonly next: Int32Array;
	readonly previous: Int32Array;
	/** Hash of all bytes before. */
	readonly hashes: Int32Array;
	/** Rank × 2³² + position, the lowest on top; some may be out of date. */
	readonly heap: Float64Array;
}

/** 36 bytes for each byte of room. */
export const scratchOf = (room: number): Scratch => ({
	room,
	starts: new Int32Array(room + 1),
	ranks: new Uint32Array(room + 1),
	next: new Int32Array(room + 1),
	previous: new Int32Array(room + 1),
	hashes: new Int32Array(room + 1),
	heap: new Float64Array(room * 2),
});

export interface Merger {
	/** Number of tokens of `bytes[from … to)`, at most the scratch's room; leaves where they begin in its `starts`. */
	merge(bytes: Uint8Array, from: number, to: number, scratch: Scratch): number;
}

export function mergerOf({ bytes: tokens, offsets, table, longest }: Ranks): Merger {
	const mask = table.length - 1;
	const powers = new Int32Array(longest + 1);
	powers[0] = 1;
	for (let at = 1; at <= longest; at += 1) powers[at] = Math.imul(powers[at - 1] ?? 0, HASH_BASE);

	/** The part `from … to`, relative to `base`, as one token. */
	function rankOf(bytes: Uint8Array, base: number, from: number, to: number, hashes: Int32Array): number {
		const length = to - from;
		if (length > longest) return NONE;
		const hash = mix(((hashes[to] as number) - Math.imul(hashes[from] as number, powers[length] as number)) | 0);
		for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
			const entry = table[slot] as number;
			if (entry === 0) return NONE;
			if (entry >>> RANK_BITS === hash >>> RANK_BITS) {
				const rank = (entry & RANK_MASK) - 1;
				if (isToken(rank, bytes, base + from, length)) return rank;
			}
		}
	}

	function isToken(rank: number, bytes: Uint8Array, from: number, length: number): boolean {
		const at = offsets[rank] as number;
		if ((offsets[rank + 1] as number) - at !== length) return false;
		for (let byte = 0; byte < length; byte += 1) if (tokens[at + byte] !== bytes[from + byte]) return false;
		return true;
	}

	function merge(bytes: Uint8Array, from: number, to: number, scratch: Scratch): number {
		const { hashes, starts } = scratch;
		const length = to - from;
		let hash = 0;
		for (let at = 0; at < length; at += 1) {
			hash = (Math.imul(hash, HASH_BASE) + (bytes[from + at] as number) + 1) | 0;
			hashes[at + 1] = hash;
		}
		if (length === 0) return 0;
		// Each token of both vocabularies is what its own bytes merge to, so that looking it up changes nothing.
		if (length === 1 || rankOf(bytes, from, 0, length, hashes) !== NONE) {
			starts[0] = 0;
			starts[1] = length;
			return 1;
		}
		return length <= FEW ? mergeFew(bytes, from, length, scratch) : mergeMany(bytes, from, length, scratch);
	}

	function mergeFew(bytes: Uint8Array, base: number, length: number, { starts, ranks, hashes }: Scratch): number {
		/** Of the neighbours that begin with this part; NONE for the last one. */
		const rankAt = (part: number, parts: number): number =>
			part + 1 < parts ? rankOf(bytes, base, starts[part] as number, starts[part + 2] as number, hashes) : NONE;
		for (let at = 0; at <= length; at += 1) starts[at] = at;
		for (let at = 0; at < length; at += 1) ranks[at] = rankAt(at, length);
		for (let parts = length; ; ) {
			const best = lowest(ranks, parts);
			if (ranks[best] === NONE) return parts;
			for (let part = best + 1; part < parts; part += 1) {
				starts[part] = starts[part + 1] as number;
				ranks[part] = ranks[part + 1] as number;
			}
			parts -= 1;
			ranks[best] = rankAt(best, parts);
			if (best > 0) ranks[best - 1] = rankAt(best - 1, parts);
		}
	}

	function mergeMany(bytes: Uint8Array, base: number, length: number, scratch: Scratch): number {
		const { starts, ranks, next, previous, hashes, heap } = scratch;
		let size = 0;
		const ranked = (at: number): void => {
			const middle = next[at] as number;
			const rank = middle < length ? rankOf(bytes, base, at, next[middle] as number, hashes) : NONE;
			ranks[at] = rank;
			if (rank !== NONE) push(heap, size++, rank * 0x100000000 + at);
		};
		for (let at = 0; at <= length; at += 1) {
			next[at] = at + 1;
			previous[at] = at - 1;
		}
		for (let at = 0; at < length; at += 1) ranked(at);
		let parts = length;
		while (size > 0) {
			const top = heap[0] as number;
			pop(heap, --size);
			const rank = Math.floor(top / 0x100000000);
			const at = top - rank * 0x100000000;
			if (ranks[at] !== rank) continue;
			const gone = next[at] as number;
			const after = next[gone] as number;
			ranks[gone] = NONE;
			next[at] = after;
			previous[after] = at;
			parts -= 1;
			ranked(at);
			if (at > 0) ranked(previous[at] as number);
		}
		let at = 0;
		for (let part = 0; part <= parts; part += 1) {
			starts[part] = at;
			at = next[at] as number;
		}
		return parts;
	}

	return { merge };
}

/** The first of the lowest. */
function lowest(ranks: Uint32Array, parts: number): number {
	let best = 0;
	for (let part = 1; part < parts; part += 1) if ((ranks[part] as number) < (ranks[best] as number)) best = part;
	return best;
}

function push(heap: Float64Array, size: number, entry: number): void {
	let at = size;
	while (at > 0) {
		const parent = (at - 1) >> 1;
		const above = heap[parent] as number;
		if (above <= entry) break;
		heap[at] = above;
		at = parent;
	}
	heap[at] = entry;
}

/** Takes the top off; `size`: how many are left. */
function pop(heap: Float64Array, size: number): void {
	const entry = heap[size] as number;
	let at = 0;
	for (;;) {
		let child = at * 2 + 1;
		if (child >= size) break;
		if (child + 1 < size && (heap[child + 1] as number) < (heap[child] as number)) child += 1;
		const below = heap[child] as number;
		if (below >= entry) break;
		heap[at] = below;
		at = child;
	}
	heap[at] = entry;
}
