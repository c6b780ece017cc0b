/** The tokens that this deployment accepts: by a shared secret, or by the key set of an identity provider. */
import { type Claims, claimsOf } from './claims';
import { KEY_TYPES } from './jwk';
import { type KeySetMemory, type KeySetPorts, keySetMemory, keysFromSet } from './jwks';
import { type TokenRules, verifyToken } from './jwt';

export interface TokenSettings {
	readonly jwt: { readonly kind: 'secret'; readonly secret: string } | { readonly kind: 'jwks'; readonly url: string };
	readonly jwtIssuer: string | null;
	readonly jwtAudience: string | null;
}

/** Plain data, meant for module scope. */
export interface TokenMemory {
	/** `JWT_SECRET`, imported. */
	secret: CryptoKey | null;
	readonly keySet: KeySetMemory;
}

export const tokenMemory = (): TokenMemory => ({ secret: null, keySet: keySetMemory() });

export interface TokenPorts extends Omit<KeySetPorts, 'url' | 'memory'> {
	readonly memory: TokenMemory;
}

/** RFC 7518 section 3.2: as long as the hash. */
const LEAST_SECRET_BYTES = 32;

async function secretKey(secret: string, { memory, log }: TokenPorts): Promise<CryptoKey> {
	if (memory.secret) return memory.secret;
	const bytes = new TextEncoder().encode(secret);
	if (bytes.byteLength < LEAST_SECRET_BYTES)
		log('warn', 'jwt-secret-short', { variable: 'JWT_SECRET', bytes: bytes.byteLength, least: LEAST_SECRET_BYTES });
	const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
	memory.secret = key;
	return key;
}

function rulesOf({ jwt, jwtIssuer, jwtAudience }: TokenSettings, ports: TokenPorts): TokenRules {
	const checked = { issuer: jwtIssuer, audience: jwtAudience };
	if (jwt.kind === 'secret')
		return { ...checked, algorithms: ['HS256'], keysFor: async () => [await secretKey(jwt.secret, ports)] };
	const { entries, send, time, log, memory } = ports;
	const source: KeySetPorts = { url: jwt.url, memory: memory.keySet, entries, send, time, log };
	return {
		...checked,
		algorithms: [...KEY_TYPES.keys()],
		keysFor: (header) => keysFromSet(header, source),
	};
}

/** Verifies one token. Throws `unauthorized`, `forbidden` (see `claimsOf`), `upstream_unavailable`. */
export type TokenVerifier = (token: string) => Promise<Claims>;

export function tokenVerifier(settings: TokenSettings, ports: TokenPorts): TokenVerifier {
	const rules = rulesOf(settings, ports);
	return async (token) => claimsOf(await verifyToken(token, rules, ports.time.now()));
}
