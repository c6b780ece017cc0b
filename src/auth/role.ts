/** What a role lets its holder do, and how tokens spell roles. */
import type { Role, Scope } from './principal';

const INFERENCE: readonly Scope[] = ['inference'];
const BOTH: readonly Scope[] = ['inference', 'manage'];

export const scopesOfRole = (role: Role): readonly Scope[] => (role === 'owner' || role === 'admin' ? BOTH : INFERENCE);

/** Supabase's tokens say `authenticated` and `service_role`. */
const SPELLINGS: ReadonlyMap<unknown, Role> = new Map<unknown, Role>([
	['owner', 'owner'],
	['admin', 'admin'],
	['member', 'member'],
	['service', 'service'],
	['authenticated', 'member'],
	['service_role', 'service'],
]);

/** null: a claim that names no role here. */
export const roleOfClaim = (claim: unknown): Role | null => SPELLINGS.get(claim) ?? null;
