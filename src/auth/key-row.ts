/** A gateway key as D1 knows it, and the principal it makes. */
import { eq } from 'drizzle-orm';
import type { Database } from '../db/client';
import { exactly } from '../db/money';
import { gatewayKeys, organizations } from '../db/schema';
import { GatewayError } from '../errors';
import { equalDigests } from './digest';
import type { Principal } from './principal';

/**
 * Key and organization in one statement, so that policy and `config_version` are from one read. In a batch D1 answers
 * with objects, so no two columns selected may bear one name.
 */
export const keyQuery = (db: Database, id: string) =>
	db
		.select({
			id: gatewayKeys.id,
			secretHash: gatewayKeys.secretHash,
			scopes: gatewayKeys.scopes,
			allowedModels: gatewayKeys.allowedModels,
			allowedAgents: gatewayKeys.allowedAgents,
			allowedProviders: gatewayKeys.allowedProviders,
			origins: gatewayKeys.origins,
			mayOverrideModel: gatewayKeys.mayOverrideModel,
			mayOverrideSettings: gatewayKeys.mayOverrideSettings,
			mayOverridePrompt: gatewayKeys.mayOverridePrompt,
			requestsPerMinute: gatewayKeys.requestsPerMinute,
			requestsPerDay: gatewayKeys.requestsPerDay,
			budgetDayNanoUsd: exactly<bigint | null>(gatewayKeys.budgetDayNanoUsd),
			budgetMonthNanoUsd: exactly<bigint | null>(gatewayKeys.budgetMonthNanoUsd),
			budgetTotalNanoUsd: exactly<bigint | null>(gatewayKeys.budgetTotalNanoUsd),
			expiresAt: gatewayKeys.expiresAt,
			revokedAt: gatewayKeys.revokedAt,
			organizationId: gatewayKeys.organizationId,
			organizationSlug: organizations.slug,
			organizationDeletedAt: organizations.deletedAt,
			version: organizations.configVersion,
		})
		.from(gatewayKeys)
		.innerJoin(organizations, eq(organizations.id, gatewayKeys.organizationId))
		.where(eq(gatewayKeys.id, id));

export type KeyRow = Awaited<ReturnType<typeof keyQuery>>[number];

/** One message for unknown, revoked, expired and wrong, so that an answer never tells which keys exist. */
export const refused = (): GatewayError =>
	new GatewayError('unauthorized', 'The credential is not valid: it is unknown, expired or revoked.');

export const isExpired = (expiresAt: number | null, now: number): boolean => expiresAt !== null && expiresAt <= now;

/** Exists, and is neither revoked, expired (`now`: ms since epoch) nor of a deleted organization. */
export function isAlive(row: KeyRow | undefined, now: number): row is KeyRow {
	if (!row || row.revokedAt !== null || row.organizationDeletedAt !== null) return false;
	return !isExpired(row.expiresAt, now);
}

/** The key's own limits, so that what limits nothing costs nothing: null where none is set. */
function limitsOf(row: KeyRow): Principal['limits'] {
	const { requestsPerMinute, requestsPerDay, budgetDayNanoUsd, budgetMonthNanoUsd, budgetTotalNanoUsd } = row;
	const limits = { requestsPerMinute, requestsPerDay, budgetDayNanoUsd, budgetMonthNanoUsd, budgetTotalNanoUsd };
	return Object.values(limits).every((limit) => limit === null) ? null : limits;
}

/** The principal of a living row for whoever presented this secret. Throws `unauthorized` where it is not the key's. */
export function principalOfKey(row: KeyRow, presentedHash: string): Omit<Principal, 'fresh'> {
	if (!equalDigests(row.secretHash, presentedHash)) throw refused();
	return {
		kind: 'gateway-key',
		keyId: row.id,
		actor: `key:${row.id}`,
		role: null,
		userId: null,
		organizationId: row.organizationId,
		organizationSlug: row.organizationSlug,
		scopes: row.scopes,
		allowedModels: row.allowedModels,
		allowedAgents: row.allowedAgents,
		allowedProviders: row.allowedProviders,
		origins: row.origins ?? [],
		mayOverrideModel: row.mayOverrideModel,
		mayOverrideSettings: row.mayOverrideSettings,
		mayOverridePrompt: row.mayOverridePrompt,
		limits: limitsOf(row),
		expiresAt: row.expiresAt,
		version: row.version,
		secretHash: row.secretHash,
	};
}
