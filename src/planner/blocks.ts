/**
 * Merging of pieces of any length, block by block, so that working memory stays small. Exact, because
 *
 * - a run of bytes between two ends of tokens encodes to just those tokens: no merge has crossed either end, so what
 *   happened within depended on nothing without; and
 * - the encodings of X and Y, one after the other, are that of XY where the last token of X and the first of Y, merged
 *   by themselves, stay as they are: the first merge across would have come in the same order there.
 *
 * So each block is merged together with the last tokens before it, and more of them are taken back until that holds.
 * The same bytes after the same token need not be merged again: long runs are mostly that.
 */
import { type Merger, type Scratch, scratchOf } from './merge';

/** New bytes merged at a time. */
const BLOCK = 1_024;
/** Bytes before them, in whole tokens, that are merged anew at first. */
const TAKEN_BACK = 32;

export interface Tokens {
	readonly count: number;
	/** Bytes of each; longer than `count`. */
	readonly lengths: Uint8Array;
}

/** What was merged, from where, behind a token of so many bytes, and the lengths of the tokens that it became. */
interface Merged {
	readonly from: number;
	readonly before: number;
	readonly lengths: Uint8Array;
}

/** By the number of bytes that were merged: the last ones. */
type Known = Map<number, Merged>;

export interface Blocks {
	/** For pieces that are merged at once: of 2,048 bytes at most. */
	readonly scratch: Scratch;
	tokens(bytes: Uint8Array): Tokens;
}

/** `longest`: bytes of the longest token. */
export function blocksOf({ merge }: Merger, longest: number): Blocks {
	const usual = scratchOf(BLOCK * 2);
	const pair = scratchOf(longest * 2);

	/** Whether two tokens, `from … middle` and `middle … to`, stay two where they meet. */
	const stay = (bytes: Uint8Array, from: number, middle: number, to: number): boolean =>
		merge(bytes, from, to, pair) === 2 && pair.starts[1] === middle - from;

	/** null: the first of them would be others behind that token. */
	function merged(bytes: Uint8Array, from: number, to: number, before: number): Merged | null {
		const scratch = to - from <= usual.room ? usual : scratchOf(to - from);
		const found = merge(bytes, from, to, scratch);
		const { starts } = scratch;
		if (before > 0 && !stay(bytes, from - before, from, from + (starts[1] as number))) return null;
		const lengths = new Uint8Array(found);
		for (let at = 0; at < found; at += 1) lengths[at] = (starts[at + 1] as number) - (starts[at] as number);
		return { from, before, lengths };
	}

	/** Writes the tokens of `bytes[… to)` behind the first of those of `bytes[… end)`; answers how many they are then. */
	function extend(bytes: Uint8Array, end: number, to: number, lengths: Uint8Array, count: number, all: Known): number {
		let kept = count;
		let from = end;
		for (let back = TAKEN_BACK; ; back *= 4) {
			for (; kept > 0 && end - from < back; kept -= 1) from -= lengths[kept - 1] as number;
			const before = kept > 0 ? (lengths[kept - 1] as number) : 0;
			const known = all.get(to - from);
			const found = known && isAgain(bytes, known, from, to, before) ? known : merged(bytes, from, to, before);
			if (!found) continue;
			all.set(to - from, found);
			lengths.set(found.lengths, kept);
			return kept + found.lengths.length;
		}
	}

	function tokens(bytes: Uint8Array): Tokens {
		const lengths = new Uint8Array(bytes.length);
		const all: Known = new Map();
		let count = 0;
		for (let end = 0; end < bytes.length; end += BLOCK)
			count = extend(bytes, end, Math.min(bytes.length, end + BLOCK), lengths, count, all);
		return { count, lengths };
	}

	return { scratch: usual, tokens };
}

/** The same bytes behind the same token. */
function isAgain(bytes: Uint8Array, known: Merged, from: number, to: number, before: number): boolean {
	if (known.before !== before) return false;
	const back = from - known.from;
	for (let at = from - before; at < to; at += 1) if (bytes[at] !== bytes[at - back]) return false;
	return true;
}
