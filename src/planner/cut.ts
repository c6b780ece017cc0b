/** Where a text is cut so that its head, or its tail, counts so many tokens at most. */
import type { Tokens } from './blocks';
import type { Encoding } from './encoding';
import type { PieceEnd } from './split';
import { bytesOf } from './utf8';

export interface Counting {
	readonly pieceEnd: PieceEnd;
	count(text: string): number;
	countPiece(text: string, from: number, to: number): number;
	/** Of one piece. */
	tokensOf(piece: string): Tokens;
}

/** Units of a text that are looked at first, for each token wanted. */
const UNITS_PER_TOKEN = 8;
/** How far from where a text was cut its count may be distorted, in units. */
const EDGE = 4_096;
/** Times that a cut within a piece is moved, where what is left of it splits into more pieces than one. */
const MOVES = 4;
/** Tokens of a piece above which a tail may begin within it. */
const WHOLE = 16;

export const cutsOf = (counting: Counting): Pick<Encoding, 'headEnd' | 'tailStart'> => ({
	headEnd(text, tokens) {
		if (!(tokens >= 1)) return 0;
		for (let units = tokens * UNITS_PER_TOKEN + 2 * EDGE; ; units *= 4) {
			const head = text.slice(0, boundary(text, units));
			const end = headWithin(counting, head, Math.floor(tokens));
			if (end <= head.length - EDGE || head.length === text.length) return end;
		}
	},
	tailStart(text, tokens) {
		if (!(tokens >= 1)) return text.length;
		for (let units = tokens * UNITS_PER_TOKEN; ; units *= 4) {
			const from = boundary(text, text.length - units);
			const tail = text.slice(from);
			const start = tailWithin(counting, tail, Math.floor(tokens));
			// What stands at the edge may be a part of a piece, which counts more by itself.
			if (from === 0 || start > Math.min(EDGE, counting.pieceEnd(tail, 0))) return from + start;
		}
	},
});

/** `at`, or one before, so that it is not within a pair; never outside of the text. */
function boundary(text: string, at: number): number {
	const whole = Math.min(text.length, Math.max(0, Math.floor(at)));
	return whole > 0 && (text.codePointAt(whole - 1) ?? 0) > 0xffff ? whole - 1 : whole;
}

function headWithin(counting: Counting, text: string, tokens: number): number {
	let left = tokens;
	let at = 0;
	while (at < text.length) {
		const end = counting.pieceEnd(text, at);
		const found = counting.countPiece(text, at, end);
		if (found > left) return left > 0 ? headOfPiece(counting, text, at, end, left) : at;
		left -= found;
		at = end;
	}
	return at;
}

/** `tokens`: fewer than the piece has. */
function headOfPiece({ count, tokensOf }: Counting, text: string, from: number, to: number, tokens: number): number {
	const piece = text.slice(from, to);
	const { lengths } = tokensOf(piece);
	let wanted = tokens;
	for (let moves = 0; moves < MOVES && wanted > 0; moves += 1) {
		const end = aligned(piece, lengths, wanted, false);
		// The blank ahead of a word, by itself, would become one with white space before it.
		if (end === 1 && /^\s\S/.test(piece)) return from;
		const excess = count(piece.slice(0, end)) - tokens;
		if (excess <= 0) return from + end;
		wanted -= excess;
	}
	return from;
}

function tailWithin(counting: Counting, text: string, tokens: number): number {
	let rest = counting.count(text);
	if (rest <= tokens) return 0;
	for (let at = 0; ; ) {
		const end = counting.pieceEnd(text, at);
		const found = counting.countPiece(text, at, end);
		rest -= found;
		if (rest <= tokens)
			return found > WHOLE ? tailOfPiece(counting, text, at, end, found + rest - tokens, tokens) : end;
		at = end;
	}
}

/** `gone`: tokens of the piece that are too many. */
function tailOfPiece(
	{ count, tokensOf }: Counting,
	text: string,
	from: number,
	to: number,
	gone: number,
	tokens: number,
): number {
	const piece = text.slice(from, to);
	const { lengths } = tokensOf(piece);
	let left = gone;
	for (let moves = 0; moves < MOVES; moves += 1) {
		const start = from + aligned(piece, lengths, left, true);
		const excess = count(text.slice(start)) - tokens;
		if (excess <= 0) return start;
		left += excess;
	}
	return to;
}

/** Where the last token ends that ends with a character, of the first `tokens`; `up`: the first after those, they included. */
function aligned(piece: string, lengths: Uint8Array, tokens: number, up: boolean): number {
	let last = 0;
	let bytes = 0;
	let ends = 0;
	let seen = 0;
	for (let unit = 0; unit < piece.length; ) {
		const point = piece.codePointAt(unit) ?? 0;
		unit += point > 0xffff ? 2 : 1;
		bytes += bytesOf(point);
		while (ends < bytes) ends += lengths[seen++] ?? bytes;
		if (ends !== bytes) continue;
		if (seen >= tokens) return up || seen === tokens ? unit : last;
		last = unit;
	}
	return piece.length;
}
