/** The holder of a verified token: what it claims, weighed with what its organization says of its user. */
import type { Database } from '../db/client';
import { GatewayError } from '../errors';
import type { Claims } from './claims';
import type { KeyCache } from './key-cache';
import { forgetMember, type Member, namesOrganization, recallMember, rememberMember } from './member-cache';
import { type MembershipRow, memberQuery } from './membership';
import { type Principal, type Role, UNRESTRICTED } from './principal';
import { scopesOfRole } from './role';
import { stored } from './stored';

const unknownOrganization = (): GatewayError =>
	new GatewayError('forbidden', 'The organization that the token names does not exist.');

const removed = (): GatewayError =>
	new GatewayError('forbidden', 'This user was removed from the organization that the token names.');

const noRole = (): GatewayError =>
	new GatewayError(
		'forbidden',
		"The token's role lets nobody in: claim 'app_metadata.role', else 'role', must be owner, admin, member, service, authenticated or service_role.",
	);

const roleIn = (claims: Claims, member: Member): Role | null => member.role ?? claims.role;

/** Throws `forbidden` where neither membership nor token gives a role. */
function principalOfUser(claims: Claims, member: Member): Omit<Principal, 'fresh'> {
	const role = roleIn(claims, member);
	if (!role) throw noRole();
	return {
		...UNRESTRICTED,
		kind: 'user',
		keyId: null,
		userId: claims.userId,
		actor: `user:${claims.userId}`,
		role,
		organizationId: member.organizationId,
		organizationSlug: member.organizationSlug,
		scopes: scopesOfRole(role),
		expiresAt: claims.expiresAt,
		version: member.version,
		claims,
	};
}

/**
 * With `cached` memory and KV may let the user in; a refusal always comes from D1.
 * Throws `forbidden`: unknown organization, removed user, no role.
 */
export async function authenticateUser(
	claims: Claims,
	deps: { readonly db: Database; readonly keys: KeyCache },
	cached: boolean,
): Promise<Principal> {
	const known = cached ? await recallMember(claims, deps.keys) : null;
	if (known && roleIn(claims, known)) return principalOfUser(claims, known);
	const [row] = await stored(memberQuery(deps.db, claims.organization, claims.userId));
	if (!row || row.removedAt !== null) {
		forgetMember(claims, deps.keys);
		throw row ? removed() : unknownOrganization();
	}
	const { organizationId, organizationSlug, role, version } = row;
	const member: Member = { organizationId, organizationSlug, role, version };
	const principal = principalOfUser(claims, member);
	if (cached) rememberMember(claims, member, deps.keys);
	return { ...principal, fresh: true };
}

/** The user as of rows just read. Throws `forbidden` as `authenticateUser` does. */
export function reauthenticateUser(
	claims: Claims,
	organization: { readonly id: string; readonly slug: string; readonly version: number } | undefined,
	membership: MembershipRow | undefined,
	keys: KeyCache,
): Principal {
	const named = organization && namesOrganization(claims, organization.id, organization.slug);
	const barred = membership !== undefined && membership.removedAt !== null;
	if (!named || barred) {
		forgetMember(claims, keys);
		throw barred && named ? removed() : unknownOrganization();
	}
	const { id: organizationId, slug: organizationSlug, version } = organization;
	const member: Member = { organizationId, organizationSlug, role: membership?.role ?? null, version };
	const principal = principalOfUser(claims, member);
	rememberMember(claims, member, keys);
	return { ...principal, fresh: true };
}
