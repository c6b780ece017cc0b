/** New ids: 26 characters, sortable by time (the layout of ULID, in lower case). */

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const TIME_CHARACTERS = 10;
const RANDOM_CHARACTERS = 16;

/** `now` in ms since epoch; `bytes` gives that many random bytes. */
export function newId(now: number, bytes: (length: number) => Uint8Array): string {
	let time = '';
	for (let left = now, at = 0; at < TIME_CHARACTERS; at += 1) {
		time = ALPHABET.charAt(left % 32) + time;
		left = Math.floor(left / 32);
	}
	let random = '';
	for (const byte of bytes(RANDOM_CHARACTERS)) random += ALPHABET.charAt(byte & 31);
	return time + random;
}
