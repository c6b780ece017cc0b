/**
 * JSON Web Tokens (RFC 7519), verified by what is configured and never by what the token says of itself: its `alg` must
 * be one of those pinned. Clocks may differ by 60 s.
 */
import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose';
import { GatewayError } from '../errors';

export interface TokenHeader {
	readonly alg: string;
	readonly kid: string | null;
}

export interface TokenRules {
	/** `alg`s accepted. */
	readonly algorithms: readonly string[];
	/** `iss` must be this; null: not checked. */
	readonly issuer: string | null;
	/** `aud` must be or hold this; null: not checked. */
	readonly audience: string | null;
	/** Keys that may have signed it; empty: none known. Throws `upstream_unavailable` where that can't be said. */
	readonly keysFor: (header: TokenHeader) => Promise<readonly CryptoKey[]>;
}

/** Seconds by which the clocks of issuer and gateway may differ, for `exp`, `nbf` and `iat`. */
const CLOCK_TOLERANCE_S = 60;

/** Characters; those of identity providers have one or two thousand. */
const MAX_TOKEN = 16_384;

const refusal = (why: string): GatewayError => new GatewayError('unauthorized', `The token is refused: ${why}.`);

function headerOf(token: string): TokenHeader {
	let header: ReturnType<typeof decodeProtectedHeader>;
	try {
		header = decodeProtectedHeader(token);
	} catch {
		throw refusal('it is not a well-formed JSON Web Token');
	}
	const { alg, kid } = header;
	if (typeof alg !== 'string') throw refusal("its header has no 'alg'");
	return { alg, kid: typeof kid === 'string' ? kid : null };
}

const CLAIMS: Readonly<Record<string, string>> = {
	exp: "its claim 'exp' is missing or is no number",
	nbf: "it is not valid yet (claim 'nbf')",
	iat: "its claim 'iat' is no number",
	iss: "its claim 'iss' is not the issuer configured here",
	aud: "its claim 'aud' does not name the audience configured here",
};

/** Says which check failed, and nothing of what the token holds. */
function refusalFor(thrown: unknown): GatewayError {
	if (thrown instanceof errors.JWTExpired) return refusal("it has expired (claim 'exp')");
	if (thrown instanceof errors.JWTClaimValidationFailed)
		return refusal(CLAIMS[thrown.claim] ?? 'one of its claims is missing or wrong');
	if (thrown instanceof errors.JWSSignatureVerificationFailed) return refusal('its signature does not verify');
	return refusal('it is not a well-formed JSON Web Token');
}

async function verifiedBy(key: CryptoKey, token: string, rules: TokenRules, now: number): Promise<JWTPayload | null> {
	try {
		const { payload } = await jwtVerify(token, key, {
			algorithms: [...rules.algorithms],
			requiredClaims: ['exp'],
			clockTolerance: CLOCK_TOLERANCE_S,
			currentDate: new Date(now),
			...(rules.issuer !== null && { issuer: rules.issuer }),
			...(rules.audience !== null && { audience: rules.audience }),
		});
		return payload;
	} catch (thrown) {
		if (thrown instanceof errors.JWSSignatureVerificationFailed) return null;
		throw refusalFor(thrown);
	}
}

/**
 * The claims of a token whose signature, `alg`, `exp`, `nbf`, `iat`, `iss` and `aud` hold at `now` (ms since epoch).
 * Throws `unauthorized` saying which did not, `upstream_unavailable` where no key can be had.
 */
export async function verifyToken(token: string, rules: TokenRules, now: number): Promise<JWTPayload> {
	if (token.length > MAX_TOKEN) throw refusal(`it is longer than ${MAX_TOKEN} characters`);
	const header = headerOf(token);
	if (!rules.algorithms.includes(header.alg))
		throw refusal(`its algorithm is not one accepted here (${rules.algorithms.join(', ')})`);
	const keys = await rules.keysFor(header);
	if (keys.length === 0) throw refusal('it was signed by a key that the configured key set does not have');
	for (const key of keys) {
		const payload = await verifiedBy(key, token, rules, now);
		if (!payload) continue;
		if (payload.iat !== undefined && payload.iat * 1_000 > now + CLOCK_TOLERANCE_S * 1_000)
			throw refusal("it was issued in the future (claim 'iat')");
		return payload;
	}
	throw refusal('its signature does not verify');
}
