/** Roles of an organization's people: which administer, and who gives or takes which. */
import type { Role } from '../auth/principal';
import { scopesOfRole } from '../auth/role';
import { ROLES } from '../db/schema';
import { requireOwner } from './access';
import type { ServiceContext } from './context';

const administers = (role: Role): boolean => scopesOfRole(role).includes('manage');

/** Those whose holders manage: owner and admin. */
export const ADMINISTERING: readonly Role[] = ROLES.filter(administers);

/**
 * Owners and the operator give and take every role; admins (gateway keys with `manage` too) those that administer
 * nothing. `from` and `to` are the roles before and after; null: none. Throws `forbidden` with `param: role`.
 */
export function requireGrant(ctx: ServiceContext, from: Role | null, to: Role | null): void {
	if ([from, to].some((role) => role !== null && administers(role)))
		requireOwner(ctx, 'grant, change or remove the roles owner and admin', 'role');
}
