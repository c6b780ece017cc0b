/** Public keys as JSON (RFC 7517), and which of them may have signed a token. */
import { importJWK } from 'jose';
import * as z from 'zod';
import type { TokenHeader } from './jwt';

const text = z.string().max(4_096);

/** Only the public fields are kept, whatever else the set holds. */
const publicKey = z.object({
	kty: text,
	kid: text.optional(),
	alg: text.optional(),
	use: text.optional(),
	key_ops: z.array(text).optional(),
	n: text.optional(),
	e: text.optional(),
	crv: text.optional(),
	x: text.optional(),
	y: text.optional(),
});

export type PublicKey = z.output<typeof publicKey>;

/** A key that can't be read does not make the others unusable. */
const keys = z
	.array(publicKey.nullable().catch(null))
	.max(100)
	.transform((read) => read.filter((key) => key !== null));

/** A JSON Web Key Set as it is served. */
export const servedKeySet = z.object({ keys });

/** One as it is kept. `fetchedAt`: ms since epoch. */
export const keptKeySet = z.object({ fetchedAt: z.number(), keys });

export type KeySet = z.output<typeof keptKeySet>;

/** The algorithms accepted, and the key that each needs. */
export const KEY_TYPES: ReadonlyMap<string, { readonly kty: string; readonly crv?: string }> = new Map([
	['RS256', { kty: 'RSA' }],
	['ES256', { kty: 'EC', crv: 'P-256' }],
]);

/** RFC 7518 section 3.3. */
const LEAST_RSA_BITS = 2_048;

/** Keys that are tried for a token that names none. */
const MOST_TRIED = 8;

function mayHaveSigned(key: PublicKey, { alg, kid }: TokenHeader): boolean {
	const type = KEY_TYPES.get(alg);
	if (!type || key.kty !== type.kty || (type.crv !== undefined && key.crv !== type.crv)) return false;
	if (kid !== null && key.kid !== kid) return false;
	if (key.alg !== undefined && key.alg !== alg) return false;
	if (key.use !== undefined && key.use !== 'sig') return false;
	return key.key_ops === undefined || key.key_ops.includes('verify');
}

export const candidates = (set: KeySet, header: TokenHeader): readonly PublicKey[] =>
	set.keys.filter((key) => mayHaveSigned(key, header)).slice(0, MOST_TRIED);

const modulusLength = (key: CryptoKey): number | null =>
	'modulusLength' in key.algorithm ? Number(key.algorithm.modulusLength) : null;

/** null: no usable key. */
async function imported(key: PublicKey, alg: string): Promise<CryptoKey | null> {
	const { kty, n = '', e = '', crv = '', x = '', y = '' } = key;
	try {
		const made = await importJWK(kty === 'RSA' ? { kty, n, e } : { kty, crv, x, y }, alg);
		if (made instanceof Uint8Array) return null;
		return (modulusLength(made) ?? LEAST_RSA_BITS) < LEAST_RSA_BITS ? null : made;
	} catch {
		return null;
	}
}

/** Those that can be used, each imported once as long as `known` lasts. */
export async function usableKeys(
	from: readonly PublicKey[],
	alg: string,
	known: WeakMap<PublicKey, CryptoKey>,
): Promise<CryptoKey[]> {
	const usable: CryptoKey[] = [];
	for (const each of from) {
		const key = known.get(each) ?? (await imported(each, alg));
		if (!key) continue;
		known.set(each, key);
		usable.push(key);
	}
	return usable;
}
