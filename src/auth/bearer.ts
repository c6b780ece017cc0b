/** The credential of a request, and which kind it claims to be. */
import { GatewayError } from '../errors';
import { GATEWAY_KEY_PREFIX } from './gateway-key';

const BEARER = /^bearer +(\S+) *$/i;
/** A JWS in compact form (RFC 7515): header, payload, signature (which `alg: none` leaves empty). */
const JWT = /^[\w-]+\.[\w-]+\.[\w-]*$/;

/** `authorization: Bearer` (RFC 6750), else `x-api-key`. Throws `unauthorized` where neither is there. */
export function credentialOf(headers: Headers): string {
	const authorization = headers.get('authorization');
	const bearer = authorization === null ? null : (BEARER.exec(authorization)?.[1] ?? null);
	const credential = bearer ?? headers.get('x-api-key')?.trim();
	if (credential) return credential;
	throw new GatewayError(
		'unauthorized',
		authorization === null
			? 'No credential: send a gateway key as `Authorization: Bearer <key>`.'
			: 'The authorization header holds no bearer credential: send `Authorization: Bearer <key>`.',
	);
}

export const looksLikeGatewayKey = (credential: string): boolean => credential.startsWith(GATEWAY_KEY_PREFIX);
export const looksLikeJwt = (credential: string): boolean => JWT.test(credential);
