/**
 * A byte-pair encoding's vocabulary as `scripts/ranks.mjs` writes it, read into flat arrays: token bytes one after
 * another in the order of their ranks, and a hash table from bytes to rank.
 *
 * The file, little-endian: magic, version, number of tokens, number of token bytes, checksum (4 bytes each), the name
 * (12 bytes, NUL-padded), the length of each token (1 byte each), all token bytes, NULs up to a multiple of 4.
 */
import { GatewayError } from '../errors';
import type { EncodingName } from './encoding';

/** `RANK`, read as a number. */
export const RANKS_MAGIC = 0x4b4e4152;
export const RANKS_VERSION = 1;
const HEADER = 32;
/** What the checksum covers begins here: the name and all after it. */
const CHECKED = 20;

/** An entry of the table: 14 bits of the hash above 18 bits of rank + 1; 0 is an empty one. */
export const RANK_BITS = 18;
export const RANK_MASK = (1 << RANK_BITS) - 1;
/** Of a polynomial over the bytes, each one larger: the hash of a part follows from those of two prefixes. */
export const HASH_BASE = 0x01000193;

export interface Ranks {
	readonly name: EncodingName;
	/** Of all tokens, by rank; token `r` is `bytes[offsets[r] … offsets[r + 1])`. */
	readonly bytes: Uint8Array;
	readonly offsets: Uint32Array;
	/** Open addressing, a power of two in length, at most half full. */
	readonly table: Uint32Array;
	/** Bytes of the longest token. */
	readonly longest: number;
}

export function mix(hash: number): number {
	const folded = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
	return (folded ^ (folded >>> 13)) >>> 0;
}

/** Throws GatewayError `internal` where this is not the file of that encoding, whole and undamaged. */
export function readRanks(file: ArrayBuffer, name: EncodingName): Ranks {
	const problem = (what: string): GatewayError => new GatewayError('internal', `The ranks of ${name} ${what}.`);
	if (file.byteLength < HEADER || file.byteLength % 4 !== 0) throw problem('are no file of ranks');
	const [magic, version, count = 0, size = 0, checksum] = new Uint32Array(file, 0, 5);
	if (magic !== RANKS_MAGIC) throw problem('are no file of ranks');
	if (version !== RANKS_VERSION) throw problem(`are of version ${version}, not ${RANKS_VERSION}`);
	if (file.byteLength !== HEADER + Math.ceil((count + size) / 4) * 4 || count >= RANK_MASK)
		throw problem('are cut off');
	if (checksumOf(file) !== checksum) throw problem('are damaged');
	if (nameOf(file) !== name) throw problem(`are those of ${nameOf(file)}`);
	const lengths = new Uint8Array(file, HEADER, count);
	const bytes = new Uint8Array(file, HEADER + count, size);
	return { name, bytes, ...indexed(lengths, bytes) };
}

/** Of the whole file but its numbers. */
export function checksumOf(file: ArrayBuffer): number {
	let sum = 0x811c9dc5;
	const words = new Uint32Array(file, CHECKED);
	// An iterator would take a cold isolate twice as long.
	for (let at = 0; at < words.length; at += 1) sum = Math.imul(sum ^ (words[at] as number), HASH_BASE);
	return sum >>> 0;
}

const nameOf = (file: ArrayBuffer): string =>
	String.fromCharCode(...new Uint8Array(file, CHECKED, HEADER - CHECKED)).replace(/\0+$/, '');

function indexed(lengths: Uint8Array, bytes: Uint8Array): Pick<Ranks, 'offsets' | 'table' | 'longest'> {
	const count = lengths.length;
	const offsets = new Uint32Array(count + 1);
	const table = new Uint32Array(2 ** Math.ceil(Math.log2(count * 2)));
	const mask = table.length - 1;
	let at = 0;
	let longest = 0;
	for (let rank = 0; rank < count; rank += 1) {
		const end = at + (lengths[rank] ?? 0);
		let hash = 0;
		for (let byte = at; byte < end; byte += 1) hash = (Math.imul(hash, HASH_BASE) + (bytes[byte] ?? 0) + 1) | 0;
		const mixed = mix(hash);
		let slot = mixed & mask;
		while (table[slot] !== 0) slot = (slot + 1) & mask;
		table[slot] = ((mixed >>> RANK_BITS) << RANK_BITS) | (rank + 1);
		longest = Math.max(longest, end - at);
		at = end;
		offsets[rank + 1] = end;
	}
	return { offsets, table, longest };
}
