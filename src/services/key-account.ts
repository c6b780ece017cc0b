/** What a credential is told about itself: what it may do, what it has spent, what is left. */
import { and, eq } from 'drizzle-orm';
import { refused } from '../auth/key-row';
import type { Role, Scope } from '../auth/principal';
import { stored } from '../auth/stored';
import { exactly } from '../db/money';
import { gatewayKeys, organizations, users } from '../db/schema';
import { scoped } from './access';
import type { ServiceContext } from './context';
import { type Standing, standingOf, withinIssuer } from './key-standing';

/** Times in ms since epoch. */
export interface KeyAccount {
	/** `token`: a short-lived key that another one issued. */
	readonly kind: 'gateway-key' | 'token' | 'operator' | 'user';
	/** Of the key; of a user the `sub` of its token. */
	readonly id: string;
	readonly name: string;
	/** null: not a key. */
	readonly last4: string | null;
	readonly organization: { readonly id: string; readonly slug: string };
	readonly role: Role | null;
	readonly scopes: readonly Scope[];
	/** null in the next three: all. */
	readonly agents: readonly string[] | null;
	readonly models: readonly string[] | null;
	readonly providers: readonly string[] | null;
	readonly origins: readonly string[];
	readonly mayOverrideModel: boolean;
	readonly mayOverrideSettings: boolean;
	readonly mayOverridePrompt: boolean;
	readonly createdAt: number | null;
	readonly expiresAt: number | null;
	readonly lastUsedAt: number | null;
	/** null: not a key, so nothing is counted for it alone. */
	readonly own: Standing | null;
	/** Of the organization as a whole; null without the scope `manage`. */
	readonly whole: Standing | null;
	readonly configVersion: number;
}

const ORGANIZATION = {
	requestsPerMinute: organizations.requestsPerMinute,
	requestsPerDay: organizations.requestsPerDay,
	budgetDayNanoUsd: exactly<bigint | null>(organizations.budgetDayNanoUsd),
	budgetMonthNanoUsd: exactly<bigint | null>(organizations.budgetMonthNanoUsd),
	configVersion: organizations.configVersion,
};

const KEY = {
	id: gatewayKeys.id,
	name: gatewayKeys.name,
	last4: gatewayKeys.last4,
	parentId: gatewayKeys.parentId,
	requestsPerMinute: gatewayKeys.requestsPerMinute,
	requestsPerDay: gatewayKeys.requestsPerDay,
	budgetDayNanoUsd: exactly<bigint | null>(gatewayKeys.budgetDayNanoUsd),
	budgetMonthNanoUsd: exactly<bigint | null>(gatewayKeys.budgetMonthNanoUsd),
	budgetTotalNanoUsd: exactly<bigint | null>(gatewayKeys.budgetTotalNanoUsd),
	createdAt: gatewayKeys.createdAt,
	expiresAt: gatewayKeys.expiresAt,
	lastUsedAt: gatewayKeys.lastUsedAt,
};

type Facts = Awaited<ReturnType<typeof factsOf>>;
type OrganizationFacts = NonNullable<Facts['organization']>;
type Key = NonNullable<Facts['key']>;

/** Read from D1, since a cached principal knows neither its name nor a limit changed a moment ago. */
async function factsOf(ctx: ServiceContext) {
	const { keyId } = ctx.principal;
	if (keyId === null) {
		const [organization] = await stored(
			ctx.db.select(ORGANIZATION).from(organizations).where(scoped(ctx, organizations.id)),
		);
		return { organization, key: null };
	}
	const [row] = await stored(
		ctx.db
			.select({ organization: ORGANIZATION, key: KEY })
			.from(gatewayKeys)
			.innerJoin(organizations, eq(organizations.id, gatewayKeys.organizationId))
			.where(and(scoped(ctx, gatewayKeys.organizationId), eq(gatewayKeys.id, keyId))),
	);
	return { organization: row?.organization, key: row?.key ?? null };
}

/** What stands for a key's name and times where the credential is none. */
async function bearerOf(ctx: ServiceContext) {
	const { kind, userId, expiresAt } = ctx.principal;
	const none = { last4: null, createdAt: null, lastUsedAt: null, expiresAt };
	if (kind === 'operator') return { ...none, kind: 'operator', id: 'operator', name: 'Platform operator' } as const;
	const id = userId ?? '';
	const [user] = await stored(
		ctx.db.select({ name: users.name, email: users.email }).from(users).where(eq(users.id, id)),
	);
	return { ...none, kind: 'user', id, name: user?.name ?? user?.email ?? id } as const;
}

function keyFacts({ id, name, last4, createdAt, lastUsedAt, expiresAt, parentId }: Key) {
	const kind = parentId === null ? 'gateway-key' : 'token';
	return { kind, id, name, last4, createdAt, lastUsedAt, expiresAt } as const;
}

async function standings(ctx: ServiceContext, organization: OrganizationFacts, key: Key | null) {
	const manages = ctx.principal.scopes.includes('manage');
	if (!manages && !key) return { own: null, whole: null };
	const account = await ctx.account(ctx.principal.organizationId, key?.id ?? null);
	const { environment } = ctx;
	const limits = {
		requestsPerMinute: organization.requestsPerMinute ?? environment.requestsPerMinute,
		requestsPerDay: organization.requestsPerDay ?? environment.requestsPerDay,
		budgetDayNanoUsd: organization.budgetDayNanoUsd,
		budgetMonthNanoUsd: organization.budgetMonthNanoUsd,
	};
	return {
		own: key && account.key ? await ofToken(ctx, standingOf(key, account.key, ctx.now())) : null,
		whole: manages ? standingOf(limits, account.organization, ctx.now()) : null,
	};
}

/** The same where the caller is no token of a key with limits. */
async function ofToken(ctx: ServiceContext, own: Standing): Promise<Standing> {
	const { organizationId, issuer } = ctx.principal;
	if (!issuer?.limits) return own;
	const { key } = await ctx.account(organizationId, issuer.keyId);
	return key ? withinIssuer(own, standingOf(issuer.limits, key, ctx.now())) : own;
}

/**
 * The caller's own account, whatever its scopes. Throws `unauthorized` where the key is gone, `upstream_unavailable`
 * where D1 or the ledger does not answer.
 */
export async function keyAccount(ctx: ServiceContext): Promise<KeyAccount> {
	const { principal } = ctx;
	const { organization, key } = await factsOf(ctx);
	if (!organization || (principal.keyId !== null && key === null)) throw refused();
	const bearer = key ? keyFacts(key) : await bearerOf(ctx);
	const standing = await standings(ctx, organization, key);
	return {
		...bearer,
		organization: { id: principal.organizationId, slug: principal.organizationSlug },
		role: principal.role,
		scopes: principal.scopes,
		agents: principal.allowedAgents,
		models: principal.allowedModels,
		providers: principal.allowedProviders,
		origins: principal.origins,
		mayOverrideModel: principal.mayOverrideModel,
		mayOverrideSettings: principal.mayOverrideSettings,
		mayOverridePrompt: principal.mayOverridePrompt,
		...standing,
		configVersion: organization.configVersion,
	};
}
