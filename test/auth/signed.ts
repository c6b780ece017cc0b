/** Tokens as identity providers sign them, and as attackers do. */
import { base64url, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

export const NOW = Date.UTC(2026, 0, 1);
export const seconds = (ms: number): number => Math.floor(ms / 1_000);
export const SECRET = 'a-shared-secret-of-more-than-32-bytes';

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

type Payload = Readonly<Record<string, unknown>>;

/** What an ordinary token says. */
export const payload = (change: Payload = {}): Payload => ({
	sub: 'ann',
	exp: seconds(NOW) + 3_600,
	organization_id: 'o1',
	role: 'admin',
	...change,
});

export const hs256 = (claims: Payload = payload(), secret: string | Uint8Array = SECRET): Promise<string> =>
	new SignJWT({ ...claims })
		.setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
		.sign(typeof secret === 'string' ? bytes(secret) : secret);

const part = (value: unknown): string => base64url.encode(JSON.stringify(value));

/** Any header and payload with any signature. */
export const forged = (header: unknown, claims: unknown, signature = ''): string =>
	`${part(header)}.${part(claims)}.${signature}`;

export interface Signer {
	readonly kid: string;
	readonly publicJwk: JWK;
	/** SubjectPublicKeyInfo in PEM: public, so that anybody could use it as a secret. */
	readonly pem: string;
	sign(claims?: Payload, header?: Readonly<Record<string, unknown>>): Promise<string>;
}

function pemOf(spki: ArrayBuffer): string {
	const text = btoa(String.fromCharCode(...new Uint8Array(spki)));
	return `-----BEGIN PUBLIC KEY-----\n${text.match(/.{1,64}/g)?.join('\n')}\n-----END PUBLIC KEY-----\n`;
}

export async function signer(alg: string, kid: string): Promise<Signer> {
	const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
	const publicJwk = { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' };
	const spki = await crypto.subtle.exportKey('spki', publicKey);
	return {
		kid,
		publicJwk,
		pem: pemOf(spki as ArrayBuffer),
		sign: (claims = payload(), header = {}) =>
			new SignJWT({ ...claims }).setProtectedHeader({ alg, kid, ...header }).sign(privateKey),
	};
}
