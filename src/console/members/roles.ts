/** Roles in words, and who may give them. */
import type { Member } from '../data/types';

export type Role = Member['role'];

const MEANINGS: Readonly<Record<Role, string>> = {
	owner: 'administers all, roles of owners and admins included',
	admin: 'administers all but owners and admins',
	member: 'calls models',
	service: 'calls models, for programs',
};

const ROLES = ['owner', 'admin', 'member', 'service'] as const satisfies readonly Role[];

export const ROLE_OPTIONS = ROLES.map((role) => ({ value: role, label: role }));

export const roleOf = (text: string): Role => ROLES.find((role) => role === text) ?? 'member';

const administers = (role: Role): boolean => role === 'owner' || role === 'admin';

/** Owners and the operator decide on owners and admins; admins on the others. */
export const mayDecide = (owns: boolean, role: Role): boolean => owns || !administers(role);

/** With what each may do; those that the caller can't give are not to be chosen. */
export const roleChoices = (owns: boolean) =>
	ROLES.map((role) => ({ value: role, label: `${role}: ${MEANINGS[role]}`, disabled: !mayDecide(owns, role) }));

export const nameOf = ({ name, email, userId }: Member): string => name ?? email ?? userId;
