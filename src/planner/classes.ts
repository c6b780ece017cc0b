/** What kind of character a code point is, as the runtime's regular expressions see it; one bit each. */

/** Neither space, letter, mark nor number; a lone surrogate too. */
export const OTHER = 1;
export const MARK = 2;
/** Lu and Lt. */
export const UPPER = 4;
/** Ll. */
export const LOWER = 8;
/** Lm and Lo: letters without case. */
export const CASELESS = 16;
export const NUMBER = 32;
/** White space but line breaks. */
export const SPACE = 64;
/** CR and LF. */
export const NEWLINE = 128;

const KINDS: readonly (readonly [number, RegExp])[] = [
	[LOWER, /\p{Ll}/u],
	[CASELESS, /[\p{Lm}\p{Lo}]/u],
	[UPPER, /[\p{Lu}\p{Lt}]/u],
	[NUMBER, /\p{N}/u],
	[MARK, /\p{M}/u],
	[NEWLINE, /[\r\n]/u],
	[SPACE, /\s/u],
];

const PAGE = 256;
/** Of 256 code points each, filled on first need; pages all of one kind are the same array. */
const PAGES: (Uint8Array | undefined)[] = new Array(0x110000 / PAGE).fill(undefined);
const UNIFORM: (Uint8Array | undefined)[] = new Array(PAGE).fill(undefined);

export function classOf(point: number): number {
	const page = PAGES[point >>> 8] ?? pageOf(point >>> 8);
	return page[point & 0xff] ?? OTHER;
}

function pageOf(index: number): Uint8Array {
	const page = Uint8Array.from({ length: PAGE }, (_, at) => kindOf(String.fromCodePoint(index * PAGE + at)));
	const [first = OTHER] = page;
	const uniform = page.every((kind) => kind === first);
	const kept = (uniform && UNIFORM[first]) || page;
	if (uniform) UNIFORM[first] = kept;
	PAGES[index] = kept;
	return kept;
}

const kindOf = (character: string): number => KINDS.find(([, pattern]) => pattern.test(character))?.[0] ?? OTHER;
