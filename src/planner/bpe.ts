/** Counting and cutting by a byte-pair encoding: numbers of tokens in linear time, without the tokens. */
import { blocksOf, type Tokens } from './blocks';
import { cutsOf } from './cut';
import type { Encoding } from './encoding';
import { mergerOf } from './merge';
import type { Ranks } from './ranks';
import { PIECES } from './split';
import { encodeInto } from './utf8';

/** UTF-16 units of a piece that is encoded in place. */
const SHORT = 512;
const encoder = new TextEncoder();

/** Keeps some 0.1 MB beside its ranks, whatever it has counted. */
export function encodingOf(ranks: Ranks): Encoding {
	const merger = mergerOf(ranks);
	const blocks = blocksOf(merger, ranks.longest);
	const pieceEnd = PIECES[ranks.name];
	const short = new Uint8Array(SHORT * 3);

	function countPiece(text: string, from: number, to: number): number {
		if (to - from > SHORT) return blocks.tokens(encoder.encode(text.slice(from, to))).count;
		return merger.merge(short, 0, encodeInto(text, from, to, short), blocks.scratch);
	}

	function tokensOf(text: string): Tokens {
		return blocks.tokens(encoder.encode(text));
	}

	function count(text: string): number {
		let tokens = 0;
		for (let at = 0; at < text.length; ) {
			const end = pieceEnd(text, at);
			tokens += countPiece(text, at, end);
			at = end;
		}
		return tokens;
	}
	return { name: ranks.name, count, ...cutsOf({ count, pieceEnd, countPiece, tokensOf }) };
}
