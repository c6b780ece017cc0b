/** How the mock reads text: its tokens, its hashes. The same text gives the same figures for ever. */

/** A word with the white space before it, or 16 characters of a longer one; joined they are the text again. */
export function* tokensOf(text: string): Generator<string> {
	for (const [token] of text.matchAll(/\s*\S{1,16}|\s+/gu)) yield token;
}

/** At most `limit`: counting ends there, however long the text. */
export function countTokens(text: string, limit = Number.POSITIVE_INFINITY): number {
	let count = 0;
	for (const _ of tokensOf(text)) {
		if (count >= limit) break;
		count += 1;
	}
	return count;
}

/** The first `count` tokens, as text. */
export function firstTokens(text: string, count: number): string {
	let taken = '';
	let left = count;
	for (const token of tokensOf(text)) {
		if (left <= 0) break;
		taken += token;
		left -= 1;
	}
	return taken;
}

/** FNV-1a, 32 bits. */
export function hash32(text: string, seed = 0): number {
	let hash = 0x811c9dc5 ^ seed;
	for (let at = 0; at < text.length; at += 1) {
		hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
	}
	return hash >>> 0;
}

/** Characters at either end by which a long text is told from others. */
const END_LENGTH = 32_768;

/** 16 hex digits that stand for the text in made-up ids and signatures. */
export function digest(text: string): string {
	const ends = text.length > 2 * END_LENGTH ? text.slice(0, END_LENGTH) + text.length + text.slice(-END_LENGTH) : text;
	return [hash32(ends), hash32(ends, 0x9e3779b9)].map((half) => half.toString(16).padStart(8, '0')).join('');
}
