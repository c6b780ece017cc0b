/** SHA-256 and comparison of secrets in constant time, alike in workerd and in Node. */

const encoder = new TextEncoder();
const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** SHA-256 of the UTF-8 bytes, as 64 lower-case hex digits. */
export async function sha256Hex(text: string): Promise<string> {
	const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', encoder.encode(text)));
	let hex = '';
	for (const byte of digest) hex += HEX[byte];
	return hex;
}

/** Takes as long for a difference in the first character as in the last. Meant for digests: the length is no secret. */
export function equalDigests(left: string, right: string): boolean {
	if (left.length !== right.length) return false;
	let difference = 0;
	for (let at = 0; at < left.length; at += 1) difference |= left.charCodeAt(at) ^ right.charCodeAt(at);
	return difference === 0;
}
