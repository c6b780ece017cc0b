/**
 * Users of tokens between requests: memory of the isolate, then KV
 * `member:<organization as the token names it>:<SHA-256 of sub>` (TTL 1 h). As with keys an entry admits and never
 * refuses, and the ledger's answer to `version` says whether it still holds. The token itself is verified every time.
 */
import * as z from 'zod';
import { recall, retain } from '../recency';
import type { Claims } from './claims';
import { sha256Hex } from './digest';
import { deleteEntry, readEntry, writeEntry } from './entries';
import type { KeyCache } from './key-cache';

const cachedMember = z.object({
	organizationId: z.string(),
	organizationSlug: z.string(),
	/** The membership's; null: there is none, the token's own role counts. */
	role: z.enum(['owner', 'admin', 'member', 'service']).nullable(),
	/** `organizations.config_version` it was read at. */
	version: z.number().int(),
});

/** A user who is not barred from the organization. */
export type Member = z.output<typeof cachedMember>;

/** Bounded. Plain data, meant for module scope. */
export type MemberMemory = Map<string, Member>;

const MAX_MEMBERS = 2_048;

/** A reference holds no space. */
const memoryName = ({ organization, userId }: Claims): string => `${organization} ${userId}`;

const entryName = async ({ organization, userId }: Claims): Promise<string> =>
	`member:${organization}:${await sha256Hex(userId)}`;

/** Does the token name this organization, by id or slug? */
export const namesOrganization = ({ organization }: Claims, id: string, slug: string): boolean =>
	organization === id || organization === slug;

/** null where neither memory nor KV knows the user. */
export async function recallMember(claims: Claims, { members, entries }: KeyCache): Promise<Member | null> {
	const name = memoryName(claims);
	const known = recall(members, name);
	if (known) return known;
	const member = await readEntry(entries, await entryName(claims), cachedMember);
	if (!member || !namesOrganization(claims, member.organizationId, member.organizationSlug)) return null;
	retain(members, name, member, MAX_MEMBERS);
	return member;
}

/** Keeps what was read from D1; what is known at that version already is not written again. */
export function rememberMember(claims: Claims, member: Member, cache: KeyCache): void {
	const name = memoryName(claims);
	if (cache.members.get(name)?.version === member.version) return;
	retain(cache.members, name, member, MAX_MEMBERS);
	writeEntry(cache.entries, entryName(claims), member);
}

/** Removed, or of an organization that is gone. It spares the next refusal a detour. */
export function forgetMember(claims: Claims, cache: KeyCache): void {
	if (cache.members.delete(memoryName(claims))) deleteEntry(cache.entries, entryName(claims));
}
