/** The name of a key where its standing is kept. Pure. */

const OFFSET_BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/** FNV-1a, 32 bits (datatracker.ietf.org/doc/html/draft-eastlake-fnv), over UTF-16 units: keys are ASCII. */
function checksum(text: string): string {
	let hash = OFFSET_BASIS;
	for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), PRIME);
	return (hash >>> 0).toString(16).padStart(8, '0');
}

/** `Credential.mark`: a row under a new secret has a new one. `rowId` null: the environment's. */
export const keyMark = (rowId: string | null, apiKey: string): string =>
	`${rowId ?? 'environment'}.${checksum(apiKey)}`;
