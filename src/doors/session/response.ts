/** Who is signed in, as JSON. */
import type { Principal, Role, Scope } from '../../auth/principal';
import { SESSION_MS, type Session } from '../../auth/session';

export interface SessionBody {
	readonly kind: Principal['kind'];
	/** null for gateway keys and the operator. */
	readonly role: Role | null;
	/** null: the operator of a platform that has none yet, or who named none. */
	readonly organization: { readonly id: string; readonly slug: string } | null;
	readonly scopes: readonly Scope[];
	/** ISO 8601: when credential or session ends, whichever is first; null: neither does. */
	readonly expiresAt: string | null;
}

const earliest = (...ends: readonly (number | null)[]): number | null => {
	const known = ends.filter((end) => end !== null);
	return known.length === 0 ? null : Math.min(...known);
};

/** `session`: null where a bare credential asks. */
export function sessionBody(principal: Principal, session: Session | null): SessionBody {
	const { kind, role, organizationId: id, organizationSlug: slug, scopes } = principal;
	const end = earliest(principal.expiresAt, session && session.issuedAt + SESSION_MS);
	return {
		kind,
		role,
		organization: id === '' ? null : { id, slug },
		scopes,
		expiresAt: end === null ? null : new Date(end).toISOString(),
	};
}
