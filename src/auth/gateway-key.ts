/** Gateway keys: `sy_<id>_<secret>`. The id finds the row, the secret is known to its holder alone. */

export interface GatewayKey {
	/** Lower-case letters and digits. */
	readonly id: string;
	readonly secret: string;
}

export const GATEWAY_KEY_PREFIX = 'sy_';

/** The id has no underscore, so the first one after the prefix ends it; the secret may hold some. */
const FORM = /^sy_([a-z0-9]{1,64})_([\x21-\x7e]{1,256})$/;

/** null where the text is no well-formed key. */
export function parseGatewayKey(text: string): GatewayKey | null {
	const match = FORM.exec(text);
	return match?.[1] && match[2] ? { id: match[1], secret: match[2] } : null;
}
