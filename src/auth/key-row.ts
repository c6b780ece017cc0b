/** A gateway key as D1 knows it, and the principal it makes. */
import { eq, sql } from 'drizzle-orm';
import type { Database } from '../db/client';
import { exactly } from '../db/money';
import { gatewayKeys, organizations } from '../db/schema';
import { GatewayError } from '../errors';
import type { Caller } from '../gateway/ports';
import { equalDigests } from './digest';
import type { Principal } from './principal';

type KeyLimits = NonNullable<Caller['limits']>;
type Issuer = NonNullable<Caller['issuer']>;

const ISSUER_LIMITS = {
	requestsPerMinute: 'requests_per_minute',
	requestsPerDay: 'requests_per_day',
	budgetDayNanoUsd: 'budget_day_nano_usd',
	budgetMonthNanoUsd: 'budget_month_nano_usd',
	budgetTotalNanoUsd: 'budget_total_nano_usd',
} as const satisfies Record<keyof KeyLimits, string>;

const issuerLimits = Object.entries(ISSUER_LIMITS).map(
	([field, column]) => `'${field}', cast(issuer.${column} as text)`,
);

/** Of a token the key that issued it, in one column: JSON of its id and limits, each as text. null: no key did. */
const issuerColumn = sql<string | null>`(select json_object('keyId', issuer.id, ${sql.raw(issuerLimits.join(', '))})
	from gateway_keys as issuer where issuer.id = ${gatewayKeys.parentId}
	and issuer.organization_id = ${gatewayKeys.organizationId})`.as('issuer');

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
			issuer: issuerColumn,
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

/** So that what limits nothing costs nothing: null where none is set. */
function limitsOf(row: KeyLimits): KeyLimits | null {
	const { requestsPerMinute, requestsPerDay, budgetDayNanoUsd, budgetMonthNanoUsd, budgetTotalNanoUsd } = row;
	const limits = { requestsPerMinute, requestsPerDay, budgetDayNanoUsd, budgetMonthNanoUsd, budgetTotalNanoUsd };
	return Object.values(limits).every((limit) => limit === null) ? null : limits;
}

const numeric = (text: string | null): number | null => (text === null ? null : Number(text));
const amount = (text: string | null): bigint | null => (text === null ? null : BigInt(text));

function issuerOf({ issuer }: KeyRow): Issuer | null {
	if (issuer === null) return null;
	const said = JSON.parse(issuer) as { readonly keyId: string } & Readonly<Record<keyof KeyLimits, string | null>>;
	const limits = limitsOf({
		requestsPerMinute: numeric(said.requestsPerMinute),
		requestsPerDay: numeric(said.requestsPerDay),
		budgetDayNanoUsd: amount(said.budgetDayNanoUsd),
		budgetMonthNanoUsd: amount(said.budgetMonthNanoUsd),
		budgetTotalNanoUsd: amount(said.budgetTotalNanoUsd),
	});
	return { keyId: said.keyId, limits };
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
		issuer: issuerOf(row),
		expiresAt: row.expiresAt,
		version: row.version,
		secretHash: row.secretHash,
	};
}
