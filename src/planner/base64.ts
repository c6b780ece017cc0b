/** Bytes of base64, as few of them as are asked for. */

/** Bytes of what a base64 text stands for, at most. */
export const base64Bytes = (data: string): number => Math.ceil((data.length * 3) / 4);

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
