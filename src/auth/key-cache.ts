/**
 * Principals of gateway keys between requests: memory of the isolate, then KV `principal:<key id>` (TTL 1 h).
 * An entry admits, never refuses: the ledger's answer to `version` says whether it still holds, and whoever
 * would be turned away by it is looked up in D1 first.
 */
import * as z from 'zod';
import { recall, retain } from '../recency';
import { deleteEntry, type EntryStore, readEntry, writeEntry } from './entries';
import type { MemberMemory } from './member-cache';
import type { Principal } from './principal';

/** Key id → principal, bounded. Plain data, meant for module scope. */
export type KeyMemory = Map<string, Principal>;

export interface KeyCache {
	readonly memory: KeyMemory;
	/** The users of tokens, kept by `member-cache.ts`. */
	readonly members: MemberMemory;
	readonly entries: EntryStore;
}

const MAX_KEYS = 2_048;

const entryName = (id: string): string => `principal:${id}`;

const strings = z.array(z.string());

/** JSON has no bigint: nano-dollars as decimal digits. */
const nanoUsd = z
	.string()
	.regex(/^\d{1,19}$/)
	.transform(BigInt)
	.nullable();
const requests = z.number().int().nullable();

const limits = z.object({
	requestsPerMinute: requests,
	requestsPerDay: requests,
	budgetDayNanoUsd: nanoUsd,
	budgetMonthNanoUsd: nanoUsd,
	budgetTotalNanoUsd: nanoUsd,
});

const cachedPrincipal = z.object({
	kind: z.literal('gateway-key'),
	keyId: z.string(),
	actor: z.string(),
	role: z.null(),
	userId: z.null(),
	organizationId: z.string(),
	organizationSlug: z.string(),
	scopes: z.array(z.enum(['inference', 'manage'])),
	allowedModels: strings.nullable(),
	allowedAgents: strings.nullable(),
	allowedProviders: strings.nullable(),
	origins: strings,
	mayOverrideModel: z.boolean(),
	mayOverrideSettings: z.boolean(),
	mayOverridePrompt: z.boolean(),
	limits: limits.nullable(),
	/** Not optional: an entry that an older release wrote says nothing of the issuer, whose limits it would lift. */
	issuer: z.object({ keyId: z.string(), limits: limits.nullable() }).nullable(),
	expiresAt: z.number().nullable(),
	version: z.number().int(),
	secretHash: z.string().length(64),
});

/** null where neither memory nor KV has it. */
export async function recallKey(id: string, cache: KeyCache): Promise<Principal | null> {
	const known = recall(cache.memory, id);
	if (known) return known;
	const principal = await readEntry(cache.entries, entryName(id), cachedPrincipal);
	if (principal?.keyId !== id) return null;
	retain(cache.memory, id, principal, MAX_KEYS);
	return principal;
}

const digits = (limits: Principal['limits']) =>
	limits && {
		...limits,
		budgetDayNanoUsd: limits.budgetDayNanoUsd?.toString() ?? null,
		budgetMonthNanoUsd: limits.budgetMonthNanoUsd?.toString() ?? null,
		budgetTotalNanoUsd: limits.budgetTotalNanoUsd?.toString() ?? null,
	};

const spelled = ({ keyId, limits }: NonNullable<Principal['issuer']>) => ({ keyId, limits: digits(limits) });

/**
 * Keeps what was read from D1, with the `config_version` of that read, for requests to which it will not be fresh.
 * What is known at that version already is not written again: a refusal looked up in D1 costs no write.
 */
export function rememberKey(principal: Principal & { readonly fresh?: never }, cache: KeyCache): void {
	if (principal.keyId === null || cache.memory.get(principal.keyId)?.version === principal.version) return;
	retain(cache.memory, principal.keyId, principal, MAX_KEYS);
	const { limits, issuer } = principal;
	const entry = { ...principal, limits: digits(limits), issuer: issuer ? spelled(issuer) : null };
	writeEntry(cache.entries, entryName(principal.keyId), entry);
}

/** The key is gone, expired or revoked. Nothing depends on this: it spares the next refusal a detour. */
export function forgetKey(id: string, cache: KeyCache): void {
	cache.memory.delete(id);
	deleteEntry(cache.entries, entryName(id));
}
