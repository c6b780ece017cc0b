/** What whoever is signed in may do. */
import type { SessionView } from './session-door';

export interface Access {
	/** `operator`: all organizations; `manager`: its own; `caller`: models only. */
	readonly role: 'operator' | 'manager' | 'caller';
	/** As what, in words. */
	readonly title: string;
	/** May it call models? */
	readonly inference: boolean;
	/** May it give and take the roles owner and admin? */
	readonly owns: boolean;
	/** Slug of the organization that is acted on; null: the operator of a platform that has none. */
	readonly organization: string | null;
	/** ms since epoch; null: never. */
	readonly expiresAt: number | null;
}

const TITLES = { owner: 'Owner', admin: 'Admin', member: 'Member', service: 'Service' } as const;

function titleOf({ kind, role, scopes }: SessionView): string {
	if (kind === 'operator') return 'Operator';
	if (role !== null) return TITLES[role];
	return scopes.includes('manage') ? 'Managing key' : 'Gateway key';
}

function roleOf({ kind, scopes }: SessionView): Access['role'] {
	if (kind === 'operator') return 'operator';
	return scopes.includes('manage') ? 'manager' : 'caller';
}

export const accessOf = (view: SessionView): Access => ({
	role: roleOf(view),
	title: titleOf(view),
	inference: view.scopes.includes('inference'),
	owns: view.kind === 'operator' || (view.kind === 'user' && view.role === 'owner'),
	organization: view.organization?.slug ?? null,
	expiresAt: view.expiresAt === null ? null : Date.parse(view.expiresAt),
});

/** Both let in the same person, to the same things. */
export const isSame = (one: Access, other: Access): boolean => JSON.stringify(one) === JSON.stringify(other);
