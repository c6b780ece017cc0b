/** What js-tiktoken counts: quadratic in the length of a piece, so for short texts only. */
import { Tiktoken } from 'js-tiktoken/lite';
import cl100kRanks from 'js-tiktoken/ranks/cl100k_base';
import o200kRanks from 'js-tiktoken/ranks/o200k_base';

export type Oracle = (text: string) => readonly number[];

function oracle(ranks: typeof o200kRanks): Oracle {
	const encoder = new Tiktoken(ranks);
	return (text) => encoder.encode(text, [], []);
}

export const o200kOracle: Oracle = oracle(o200kRanks);
export const cl100kOracle: Oracle = oracle(cl100kRanks);

/** The pieces that its regular expressions cut a text into. */
export const o200kPattern: RegExp = new RegExp(o200kRanks.pat_str, 'ug');
export const cl100kPattern: RegExp = new RegExp(cl100kRanks.pat_str, 'ug');
