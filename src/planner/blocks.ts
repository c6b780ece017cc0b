/**
 * Merging of pieces of any length, block by block, so that working memory stays small. Exact, because
 *
 * - a run of bytes between two ends of tokens encodes to just those tokens: no merge has crossed either end, so what
 *   happened within depended on nothing without; and
 * - the encodings of X and Y, one after the other, are that of XY where the last token of X and the first of Y, merged
 *   by themselves, stay as they are: the first merge across would have come in the same order there.
 *
 * So each block is merged together with the last tokens before it, and more of them are taken back until that holds.
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

	/** Writes the tokens of `bytes[… to)` behind the first of those of `bytes[… end)`; answers how many they are then. */
	function extend(bytes: Uint8Array, end: number, to: number, lengths: Uint8Array, count: number): number {
		let kept = count;
		let from = end;
		for (let back = TAKEN_BACK; ; back *= 4) {
			for (; kept > 0 && end - from < back; kept -= 1) from -= lengths[kept - 1] as number;
			const scratch = to - from <= usual.room ? usual : scratchOf(to - from);
			const found = merge(bytes, from, to, scratch);
			const { starts } = scratch;
			const holds = (before: number): boolean => stay(bytes, from - before, from, from + (starts[1] as number));
			if (kept > 0 && !holds(lengths[kept - 1] as number)) continue;
			for (let at = 0; at < found; at += 1) lengths[kept + at] = (starts[at + 1] as number) - (starts[at] as number);
			return kept + found;
		}
	}

	function tokens(bytes: Uint8Array): Tokens {
		const lengths = new Uint8Array(bytes.length);
		let count = 0;
		for (let end = 0; end < bytes.length; end += BLOCK)
			count = extend(bytes, end, Math.min(bytes.length, end + BLOCK), lengths, count);
		return { count, lengths };
	}

	return { scratch: usual, tokens };
}
