/** From headers to a principal, by the kind of the credential; and again, from rows read anew. */
import type { Database } from '../db/client';
import { GatewayError } from '../errors';
import { credentialOf, looksLikeGatewayKey, looksLikeJwt } from './bearer';
import { equalDigests, sha256Hex } from './digest';
import { parseGatewayKey } from './gateway-key';
import { forgetKey, type KeyCache, recallKey, rememberKey } from './key-cache';
import { isAlive, isExpired, type KeyRow, keyQuery, principalOfKey, refused } from './key-row';
import type { MembershipRow } from './membership';
import { isOperator, ORGANIZATION_HEADER, operatorPrincipal } from './operator';
import type { Principal } from './principal';
import { requireScope } from './scope';
import { stored } from './stored';
import type { TokenVerifier } from './token';
import { authenticateUser, reauthenticateUser } from './user';

export interface AuthDependencies {
	readonly db: Database;
	readonly keys: KeyCache;
	/** `ADMIN_API_KEY`; null: there is no operator. */
	readonly adminApiKey: string | null;
	/** ms since epoch */
	readonly now: () => number;
	/** Verifies a JSON Web Token; absent: none are accepted. */
	readonly verify?: TokenVerifier;
}

export interface AuthOptions {
	/**
	 * A gateway key, or the user of a verified token, may be admitted from a cache. Only for requests that `open` the ledger, which notices an old
	 * version; everything else (management, lists, counting) leaves it out and reads D1.
	 */
	readonly cached?: boolean;
	/** The operator may act on no organization at all (creating and listing organizations). */
	readonly organizationOptional?: boolean;
}

/**
 * Throws `unauthorized`; for the operator also `invalid_request` and `not_found` (see `operatorPrincipal`), for the
 * user of a token `forbidden` (see `authenticateUser`); `upstream_unavailable` where D1 or the key set of tokens is
 * needed and does not answer.
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
	if (!dependencies.verify)
		throw new GatewayError('unauthorized', 'JSON Web Tokens are not accepted here: send a gateway key.');
	return authenticateUser(await dependencies.verify(credential), dependencies, options.cached ?? false);
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
	/** Of `principal.userId` there (`membershipQuery`). */
	readonly membership: MembershipRow | undefined;
}

/**
 * The same principal as of rows just read; a key or user that still holds is cached anew. Throws `unauthorized` where
 * the key no longer does, `forbidden` where a cached key may call models no more or the user is not let in any more, and
 * for the operator `not_found` where the organization is gone.
 */
export function reauthenticate(
	principal: Principal,
	read: Reread,
	deps: Pick<AuthDependencies, 'keys' | 'now'>,
): Principal {
	const { organization } = read;
	switch (principal.kind) {
		case 'gateway-key':
			return reauthenticateKey(principal, read.key, deps);
		case 'user': {
			if (!principal.claims) throw refused();
			const anew = organization && { ...organization, id: principal.organizationId };
			return reauthenticateUser(principal.claims, anew, read.membership, deps.keys);
		}
		case 'operator':
			if (organization)
				return { ...principal, organizationSlug: organization.slug, version: organization.version, fresh: true };
			throw new GatewayError('not_found', 'The organization this request acts on does not exist.', {
				param: ORGANIZATION_HEADER,
			});
	}
}

function reauthenticateKey(
	{ keyId, secretHash, organizationId, fresh }: Principal,
	row: KeyRow | undefined,
	{ keys, now }: Pick<AuthDependencies, 'keys' | 'now'>,
): Principal {
	if (!isAlive(row, now())) {
		if (keyId !== null) forgetKey(keyId, keys);
		throw refused();
	}
	const anew = principalOfKey(row, secretHash ?? '');
	if (anew.organizationId !== organizationId) throw refused();
	rememberKey(anew, keys);
	// Only calls of models are let in from a cache, and what let this one in was as old as that.
	if (!fresh) requireScope(anew, 'inference');
	return { ...anew, fresh: true };
}
