/**
 * Console sessions: a credential sealed into a cookie's value by AES-256-GCM, under a key derived from
 * `LLM_ENCRYPTION_KEY` for this purpose alone (HKDF, RFC 5869). Nothing of it is stored here: the credential inside is
 * checked anew with each request, so a session ends with it, and in any case after 12 hours.
 */
import { base64url } from 'jose';
import * as z from 'zod';
import { GatewayError } from '../errors';

export const SESSION_MS = 12 * 3_600_000;

const session = z.object({
	/** As it would stand after `Bearer`. */
	credential: z.string(),
	/** What the operator signed in to, by id or slug; null: named by each request. */
	organization: z.string().nullable(),
	/** ms since epoch */
	issuedAt: z.number(),
});

export type Session = z.output<typeof session>;

/** The current key seals, every key opens. Plain data, meant for module scope. */
export interface SessionKeys {
	/** null: `LLM_ENCRYPTION_KEY` is not set, nobody can sign in. */
	readonly current: CryptoKey | null;
	readonly all: readonly CryptoKey[];
}

const PURPOSE = new TextEncoder().encode('switchyard console session v1');
const IV_BYTES = 12;
/** Characters of the sealed value: browsers keep 4,096 of name, value and attributes together. */
const MAX_SEALED = 3_584;

async function derived(encoded: string): Promise<CryptoKey> {
	const secret = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
	const material = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey']);
	return crypto.subtle.deriveKey(
		{ name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info: PURPOSE },
		material,
		{ name: 'AES-GCM', length: 256 },
		false,
		['encrypt', 'decrypt'],
	);
}

/** `current` and `old` are base64 of 32 bytes (`LLM_ENCRYPTION_KEY`, `LLM_ENCRYPTION_KEYS_OLD`), checked by env.ts. */
export async function sessionKeys(current: string | null, old: readonly string[]): Promise<SessionKeys> {
	const newest = current === null ? null : await derived(current);
	const older = await Promise.all(old.map(derived));
	return { current: newest, all: newest ? [newest, ...older] : older };
}

/** Throws `internal` naming `LLM_ENCRYPTION_KEY` where there is no key, `invalid_request` where it is too large. */
export async function sealSession(
	keys: SessionKeys,
	content: Session,
	randomBytes: (length: number) => Uint8Array,
): Promise<string> {
	if (!keys.current)
		throw new GatewayError('internal', "Configuration error: LLM_ENCRYPTION_KEY isn't set: nobody can sign in.");
	const iv = randomBytes(IV_BYTES);
	const parameters = { name: 'AES-GCM', iv, additionalData: PURPOSE };
	const plain = new TextEncoder().encode(JSON.stringify(content));
	const sealed = new Uint8Array(await crypto.subtle.encrypt(parameters, keys.current, plain));
	const text = `${base64url.encode(iv)}.${base64url.encode(sealed)}`;
	if (text.length <= MAX_SEALED) return text;
	throw new GatewayError(
		'invalid_request',
		'This credential is too large for a session cookie (3.5 KB sealed): sign in with a smaller token or a gateway key.',
		{ param: 'credential' },
	);
}

async function decrypted(keys: SessionKeys, iv: Uint8Array, sealed: Uint8Array): Promise<string | null> {
	for (const key of keys.all) {
		try {
			const parameters = { name: 'AES-GCM', iv, additionalData: PURPOSE };
			return new TextDecoder().decode(await crypto.subtle.decrypt(parameters, key, sealed));
		} catch {
			// Another key of the ring may open it.
		}
	}
	return null;
}

/** null: not sealed by a key of ours, altered, or older than 12 hours at `now` (ms since epoch). */
export async function openSession(keys: SessionKeys, text: string, now: number): Promise<Session | null> {
	const [iv, sealed, ...rest] = text.split('.');
	if (!iv || !sealed || rest.length > 0 || text.length > MAX_SEALED) return null;
	let plain: string | null;
	try {
		plain = await decrypted(keys, base64url.decode(iv), base64url.decode(sealed));
	} catch {
		return null;
	}
	if (plain === null) return null;
	const opened = session.parse(JSON.parse(plain));
	return now - opened.issuedAt < SESSION_MS ? opened : null;
}
