/** Bytes of base64, as few of them as are asked for. */

/** Bytes of what a base64 text stands for, at most. */
export const base64Bytes = (data: string): number => Math.ceil((data.length * 3) / 4);

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const SKIPPED = 64;
const OTHER = 65;
/** What a unit stands for. */
const VALUES = Uint8Array.from({ length: 128 }, (_, unit) => {
	const character = String.fromCharCode(unit);
	const value = ALPHABET.indexOf(character === '-' ? '+' : character === '_' ? '/' : character);
	return value >= 0 ? value : /[\s=]/.test(character) ? SKIPPED : OTHER;
});
/** Where the highest bits of three bytes stand in four letters. */
const HIGHEST = [0x20, 0x08, 0x02, 0x00] as const;

/** All of its bytes are ASCII; false where it is no base64. */
export function isAsciiBase64(data: string): boolean {
	let letters = 0;
	for (let at = 0; at < data.length; at += 1) {
		const value = VALUES[data.charCodeAt(at)] ?? OTHER;
		if (value === SKIPPED) continue;
		if (value === OTHER || value & (HIGHEST[letters & 3] ?? 0)) return false;
		letters += 1;
	}
	return true;
}

/** Some break lines of it. */
const SPACE = /\s/;
const spaceless = (data: string): string => (SPACE.test(data) ? data.replace(/\s+/g, '') : data);

/** The first bytes, `most` or a little fewer; null: it is no base64. */
export function base64Head(data: string, most: number): Uint8Array<ArrayBuffer> | null {
	const units = Math.ceil(most / 3) * 4;
	const head = data.slice(0, units);
	if (!SPACE.test(head)) return decoded(head);
	// Lines are hardly shorter than what breaks them.
	return decoded(spaceless(data.slice(0, units * 2)).slice(0, units));
}

/** The last ones. */
export function base64Tail(data: string, most: number): Uint8Array<ArrayBuffer> | null {
	const units = Math.ceil(most / 3) * 4;
	const whole = spaceless(data);
	// From where four letters stand for three bytes.
	return decoded(whole.slice(Math.max(0, Math.ceil((whole.length - units) / 4) * 4)));
}

export const base64Whole = (data: string): Uint8Array<ArrayBuffer> | null => decoded(data);

/** Some write it for addresses. */
function decoded(data: string): Uint8Array<ArrayBuffer> | null {
	const plain = /[-_]/.test(data) ? data.replaceAll('-', '+').replaceAll('_', '/') : data;
	let binary: string;
	try {
		binary = atob(plain);
	} catch {
		return null;
	}
	const bytes = new Uint8Array(binary.length);
	for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at);
	return bytes;
}
