/**
 * Where a text is cut into pieces before they are encoded: what the encodings' regular expressions match, one after
 * another, found in linear time. Positions are UTF-16 units; pieces follow each other without gaps.
 */

import { CASELESS, classOf, LOWER, MARK, NEWLINE, NUMBER, OTHER, SPACE, UPPER } from './classes';
import type { EncodingName } from './encoding';

/** Where the piece ends that begins at `at`, which lies before the text's end. */
export type PieceEnd = (text: string, at: number) => number;

const LETTER = UPPER | LOWER | CASELESS;
/** `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]` and `[\p{Ll}\p{Lm}\p{Lo}\p{M}]`: what is neither upper nor lower case is in both. */
const EITHER = CASELESS | MARK;
const UPPERISH = UPPER | EITHER;
const LOWERISH = LOWER | EITHER;
/** `[^\s\p{L}\p{N}]` */
const SYMBOL = OTHER | MARK;

const BLANK = 0x20;
const APOSTROPHE = 0x27;
const SLASH = 0x2f;
/** Makes an ASCII letter lower case, and nothing else one of the letters asked for. */
const LOWER_CASE = 0x20;

export const PIECES: Readonly<Record<EncodingName, PieceEnd>> = { o200k_base: endOfO200k, cl100k_base: endOfCl100k };

/** `'s|'t|'re|'ve|'m|'ll|'d|[^\r\n\p{L}\p{N}]?\p{L}+|…`, contractions in either case. */
function endOfCl100k(text: string, at: number): number {
	const point = text.codePointAt(at) ?? 0;
	const kind = classOf(point);
	const next = at + widthOf(point);
	if (kind & LETTER) return runEnd(text, next, LETTER);
	if (point === APOSTROPHE) {
		const end = contractionEnd(text, at);
		if (end > at) return end;
	}
	if (kind & (SPACE | SYMBOL) && classAt(text, next) & LETTER) return runEnd(text, next, LETTER);
	return endOfRest(text, at, kind, next, false);
}

/**
 * `[^\r\n\p{L}\p{N}]?[UPPERISH]*[LOWERISH]+('s|…)?|[^\r\n\p{L}\p{N}]?[UPPERISH]+[LOWERISH]*('s|…)?|…`: a word ends where
 * lower case turns to upper; one without lower case ends with its last caseless letter, and only without any does it
 * reach to the end of its capitals.
 */
function endOfO200k(text: string, at: number): number {
	const point = text.codePointAt(at) ?? 0;
	const kind = classOf(point);
	const next = at + widthOf(point);
	if (kind & (NUMBER | NEWLINE)) return endOfRest(text, at, kind, next, true);
	const end = wordEnd(text, kind & LETTER ? at : next, kind & MARK ? next : 0);
	return end > 0 ? contractionEnd(text, end) : endOfRest(text, at, kind, next, true);
}

/** `caseless`: where what is neither upper nor lower case has last ended, 0 where there was none; 0 where there is no word. */
function wordEnd(text: string, from: number, caseless: number): number {
	let end = from;
	let lastCaseless = caseless;
	while (end < text.length) {
		const point = text.codePointAt(end) ?? 0;
		const kind = classOf(point);
		if (kind & LOWER) return runEnd(text, end, LOWERISH);
		if (!(kind & UPPERISH)) break;
		end += widthOf(point);
		if (kind & EITHER) lastCaseless = end;
	}
	if (lastCaseless > 0) return lastCaseless;
	return end > from ? end : 0;
}

/** `'s|'t|'re|'ve|'m|'ll|'d` in either case; `at` itself where there is none. */
function contractionEnd(text: string, at: number): number {
	if (text.charCodeAt(at) !== APOSTROPHE) return at;
	const first = text.charCodeAt(at + 1) | LOWER_CASE;
	if (first === 0x73 || first === 0x74 || first === 0x6d || first === 0x64) return at + 2;
	const second = text.charCodeAt(at + 2) | LOWER_CASE;
	const long = second === 0x65 ? first === 0x72 || first === 0x76 : first === 0x6c && second === 0x6c;
	return long ? at + 3 : at;
}

/** `\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`; `slashes`: with `[\r\n/]*`. */
function endOfRest(text: string, at: number, kind: number, next: number, slashes: boolean): number {
	if (kind & NUMBER) return digitsEnd(text, next);
	const blank = text.charCodeAt(at) === BLANK;
	if (!(kind & SYMBOL || (blank && classAt(text, next) & SYMBOL))) return whitespaceEnd(text, at);
	let end = runEnd(text, next, SYMBOL);
	while (isBreak(text.charCodeAt(end), slashes)) end += 1;
	return end;
}

const isBreak = (unit: number, slashes: boolean): boolean =>
	unit === 0x0a || unit === 0x0d || (slashes && unit === SLASH);

/** After one digit, of any script: two more at most. */
function digitsEnd(text: string, from: number): number {
	let end = from;
	for (let more = 0; more < 2 && classAt(text, end) & NUMBER; more += 1) end += widthOf(text.codePointAt(end) ?? 0);
	return end;
}

/** With the last line break of the run; without any, all of it but what a word may begin with. */
function whitespaceEnd(text: string, at: number): number {
	let end = at;
	let broken = 0;
	for (;;) {
		const kind = classAt(text, end);
		if (!(kind & (SPACE | NEWLINE))) break;
		end += 1;
		if (kind & NEWLINE) broken = end;
	}
	if (broken > 0) return broken;
	return end === text.length || end === at + 1 ? end : end - 1;
}

function runEnd(text: string, from: number, kinds: number): number {
	let end = from;
	while (classAt(text, end) & kinds) end += widthOf(text.codePointAt(end) ?? 0);
	return end;
}

/** 0 at the text's end. */
const classAt = (text: string, at: number): number => (at < text.length ? classOf(text.codePointAt(at) ?? 0) : 0);

const widthOf = (point: number): number => (point > 0xffff ? 2 : 1);
