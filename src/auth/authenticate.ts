/** From headers to a principal, by the kind of the credential; and again, from rows read anew. */
import type { Database } from '../db/client';
import { GatewayError } from '../errors';
import { credentialOf, looksLikeGatewayKey, looksLikeJwt } from './bearer';
import { equalDigests, sha256Hex } from './digest';
import { parseGatewayKey } from './gateway-key';
import { forgetKey, type KeyCache, recallKey, rememberKey } from './key-cache';
import { isAlive, isExpired, type KeyRow, keyQuery, principalOfKey, refused } from './key-row';
import { isOperator, ORGANIZATION_HEADER, operatorPrincipal } from './operator';
import type { Principal } from './principal';
import { stored } from './stored';

export interface AuthDependencies {
	readonly db: Database;
	readonly keys: KeyCache;
	/** `ADMIN_API_KEY`; null: there is no operator. */
	readonly adminApiKey: string | null;
	/** ms since epoch */
	readonly now: () => number;
	/** Verifies a JSON Web Token; absent: none are accepted. Throws `unauthorized` or `forbidden`. */
	readonly jwt?: (token: string, headers: Headers) => Promise<Principal>;
}

export interface AuthOptions {
	/**
	 * A gateway key may be admitted from a cache. Only for requests that `open` the ledger, which notices an old
	 * version; everything else (management, lists, counting) leaves it out and reads D1.
	 */
	readonly cached?: boolean;
	/** The operator may act on no organization at all (creating and listing organizations). */
	readonly organizationOptional?: boolean;
}

/**
 * Throws `unauthorized`; for the operator also `invalid_request` and `not_found` (see `operatorPrincipal`);
 * `upstream_unavailable` where D1 is needed and does not answer.
 */
export async function authenticate(
	headers: Headers,
	dependencies: AuthDependencies,
	options: AuthOptions = {},
): Promise<Principal> {
	const credential = credentialOf(headers);
	if (looksLikeGatewayKey(credential)) return authenticateKey(credential, dependencies, options.cached ?? false);
	if (await isOperator(credential, dependencies.adminApiKey))
		return operatorPrincipal(headers, dependencies.db, options.organizationOptional ?? false);
	if (!looksLikeJwt(credential)) throw refused();
	if (dependencies.jwt) return dependencies.jwt(credential, headers);
	throw new GatewayError('unauthorized', 'JSON Web Tokens are not accepted here: send a gateway key.');
}

/** A cached principal may let in; one that would not leaves the decision to D1. */
const admits = (known: Principal, hash: string, now: number): boolean =>
	equalDigests(known.secretHash ?? '', hash) && !isExpired(known.expiresAt, now) && known.scopes.includes('inference');

async function authenticateKey(credential: string, deps: AuthDependencies, cached: boolean): Promise<Principal> {
	const key = parseGatewayKey(credential);
	if (!key) throw refused();
	const hash = await sha256Hex(key.secret);
	const known = cached ? await recallKey(key.id, deps.keys) : null;
	if (known && admits(known, hash, deps.now())) return known;
	const [row] = await stored(keyQuery(deps.db, key.id));
	if (!isAlive(row, deps.now())) {
		if (known) forgetKey(key.id, deps.keys);
		throw refused();
	}
	const principal = principalOfKey(row, hash);
	if (cached) rememberKey(principal, deps.keys);
	return { ...principal, fresh: true };
}

/** What one transaction of D1 says of a principal; undefined where there is no such row. */
export interface Reread {
	/** Of `principal.keyId`. */
	readonly key: KeyRow | undefined;
	/** Of `principal.organizationId`, deleted ones left out. */
	readonly organization: { readonly slug: string; readonly version: number } | undefined;
}

/**
 * The same principal as of rows just read; a key that still holds is cached anew. Throws `unauthorized` where the
 * credential no longer does, and for the others what their organization's absence means: 404 operator, 403 user.
 */
export function reauthenticate(
	principal: Principal,
	read: Reread,
	deps: Pick<AuthDependencies, 'keys' | 'now'>,
): Principal {
	if (principal.kind === 'gateway-key') {
		if (!isAlive(read.key, deps.now())) {
			if (principal.keyId !== null) forgetKey(principal.keyId, deps.keys);
			throw refused();
		}
		const anew = principalOfKey(read.key, principal.secretHash ?? '');
		if (anew.organizationId !== principal.organizationId) throw refused();
		rememberKey(anew, deps.keys);
		return { ...anew, fresh: true };
	}
	if (isExpired(principal.expiresAt, deps.now())) throw refused();
	const { organization } = read;
	if (!organization) throw organizationGone(principal);
	return { ...principal, organizationSlug: organization.slug, version: organization.version, fresh: true };
}

function organizationGone(principal: Principal): GatewayError {
	const message = 'The organization this request acts on does not exist.';
	return principal.kind === 'operator'
		? new GatewayError('not_found', message, { param: ORGANIZATION_HEADER })
		: new GatewayError('forbidden', message);
}
