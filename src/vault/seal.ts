/**
 * Provider keys at rest: AES-256-GCM (NIST SP 800-38D, 96-bit random iv) in an envelope
 * `v1.<key id>.<iv>.<ciphertext>`, base64url. The additional data ties it to who may use it and where it may go.
 */
import { GatewayError } from '../errors';

/** Where a secret belongs; another row, organization, provider or host can't open it. */
export interface SealScope {
	readonly organizationId: string;
	readonly provider: string;
	/** Scheme, host and port the secret is sent to, as `sealHost` gives it. */
	readonly host: string;
	/** Id of the row that holds it. */
	readonly rowId: string;
}

/** The current key seals; every key of the ring opens. */
export interface KeyRing {
	/** null: nothing can be sealed. */
	readonly currentId: string | null;
	readonly keys: ReadonlyMap<string, CryptoKey>;
	readonly randomBytes: (length: number) => Uint8Array;
}

const VERSION = 'v1';
const IV_BYTES = 12;

const utf8 = new TextEncoder();

function toBase64Url(bytes: Uint8Array): string {
	let binary = '';
	for (const byte of bytes) binary += String.fromCharCode(byte);
	return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function fromBase64(text: string): Uint8Array {
	const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
	return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** Throws where another spelling of the same bytes was given: an envelope with any character changed opens nowhere. */
function fromBase64Url(text: string): Uint8Array {
	const bytes = fromBase64(text);
	if (toBase64Url(bytes) !== text) throw new TypeError('not the shortest base64url');
	return bytes;
}

/** First 12 characters of the key's SHA-256 in base64url: names a key without an entry in any configuration. */
async function keyIdOf(bytes: Uint8Array): Promise<string> {
	return toBase64Url(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))).slice(0, 12);
}

/**
 * `current` and `old` are base64 of 32 bytes (`LLM_ENCRYPTION_KEY`, `LLM_ENCRYPTION_KEYS_OLD`), checked by env.ts.
 * Without a current key the ring still opens what the old ones sealed.
 */
export async function keyRing(
	current: string | null,
	old: readonly string[],
	randomBytes: (length: number) => Uint8Array,
): Promise<KeyRing> {
	const keys = new Map<string, CryptoKey>();
	let currentId: string | null = null;
	for (const encoded of current === null ? old : [current, ...old]) {
		const bytes = fromBase64(encoded);
		const id = await keyIdOf(bytes);
		keys.set(id, await crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']));
		if (encoded === current) currentId = id;
	}
	return { currentId, keys, randomBytes };
}

/** The host part of a scope: the origin of a tenant's base URL, '' where the provider's default root is used. */
export const sealHost = (baseUrl: string | null): string => (baseUrl === null ? '' : new URL(baseUrl).origin);

const additionalData = (scope: SealScope): Uint8Array =>
	utf8.encode(JSON.stringify([VERSION, scope.organizationId, scope.provider, scope.host, scope.rowId]));

const unopenable = (why: string, cause?: unknown): GatewayError =>
	new GatewayError('internal', `A stored provider key can't be opened: ${why}. Store the key again.`, { cause });

/** Throws `internal` naming `LLM_ENCRYPTION_KEY` where the ring has no current key. */
export async function seal(ring: KeyRing, scope: SealScope, secret: string): Promise<string> {
	const key = ring.currentId === null ? undefined : ring.keys.get(ring.currentId);
	if (!key || ring.currentId === null)
		throw new GatewayError(
			'internal',
			"Configuration error: LLM_ENCRYPTION_KEY isn't set: no provider key can be stored.",
		);
	const iv = ring.randomBytes(IV_BYTES);
	const sealed = await crypto.subtle.encrypt(
		{ name: 'AES-GCM', iv, additionalData: additionalData(scope) },
		key,
		utf8.encode(secret),
	);
	return [VERSION, ring.currentId, toBase64Url(iv), toBase64Url(new Uint8Array(sealed))].join('.');
}

interface Envelope {
	readonly keyId: string;
	readonly iv: Uint8Array;
	readonly ciphertext: Uint8Array;
}

function parse(envelope: string): Envelope {
	const [version, keyId, iv, ciphertext, ...rest] = envelope.split('.');
	if (version !== VERSION || !keyId || !iv || !ciphertext || rest.length > 0)
		throw unopenable(`its envelope isn't of version ${VERSION}`);
	try {
		return { keyId, iv: fromBase64Url(iv), ciphertext: fromBase64Url(ciphertext) };
	} catch (thrown) {
		throw unopenable("its envelope isn't base64url", thrown);
	}
}

/** Id of the ring's key that sealed it. Throws `internal` where it is no envelope. */
export const keyIdOfEnvelope = (envelope: string): string => parse(envelope).keyId;

/** Throws `internal`: no envelope, a key that is no longer in the ring, another scope, or altered bytes. */
export async function open(ring: KeyRing, scope: SealScope, envelope: string): Promise<string> {
	const { keyId, iv, ciphertext } = parse(envelope);
	const key = ring.keys.get(keyId);
	if (!key) throw unopenable(`it was sealed with key ${keyId}, which is not in LLM_ENCRYPTION_KEYS_OLD`);
	try {
		const parameters = { name: 'AES-GCM', iv, additionalData: additionalData(scope) };
		return new TextDecoder().decode(await crypto.subtle.decrypt(parameters, key, ciphertext));
	} catch (thrown) {
		throw unopenable('it was altered, or belongs to another row, organization, provider or host', thrown);
	}
}

/** The same secret under the current key, and under `to` where its scope changes. Throws as `open` and `seal`. */
export async function reseal(
	ring: KeyRing,
	scope: SealScope,
	envelope: string,
	to: SealScope = scope,
): Promise<string> {
	return seal(ring, to, await open(ring, scope, envelope));
}

/** True where an older key sealed it, so that `reseal` should follow. */
export const needsReseal = (ring: KeyRing, envelope: string): boolean =>
	ring.currentId !== null && parse(envelope).keyId !== ring.currentId;

/** The only part of a secret that is ever shown; empty where four characters would give away most of it. */
export const last4 = (secret: string): string => (secret.length < 8 ? '' : secret.slice(-4));
