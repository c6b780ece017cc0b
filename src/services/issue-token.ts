/** Short-lived tokens for pages: rows of `gateway_keys` with a `parent_id`, never wider than what issued them. */
import { and, eq, exists, isNotNull, not, notInArray, or, type SQL, sql } from 'drizzle-orm';
import { refused } from '../auth/key-row';
import { gatewayKeys, memberships } from '../db/schema';
import { contended, requireManage, scoped } from './access';
import { audit } from './audit';
import type { ServiceContext } from './context';
import { exceeding, tooWide } from './gateway-key-bounds';
import type { IssueToken } from './gateway-key-input';
import {
	checkAgents,
	checkModels,
	DEFAULT_POLICY,
	type KeyPolicy,
	type PolicyField,
	policyOf,
	policyWith,
} from './gateway-key-policy';
import { isAsRead, policyColumns, selectKey } from './gateway-key-row';
import { newKey } from './gateway-key-secret';
import { insertWhere } from './insert-where';
import { requireRoomForToken } from './quotas';
import { ADMINISTERING } from './roles';
import { nanoUsdOf, usdOf } from './usd';

export interface IssuedToken {
	readonly id: string;
	/** `sy_<id>_<secret>`; shown this once. */
	readonly token: string;
	/** ms since epoch */
	readonly expiresAt: number;
}

const DEFAULT_TTL_SECONDS = 900;

/** How often it starts over because the issuing key was changed between its read and the write. */
const ROUNDS = 5;

/**
 * In force at once, without moving the configuration's version: nothing can have been cached of a row nobody knew.
 * Revoking the issuer revokes it too, and whatever it uses counts for a key that issued it. Throws `invalid_request`
 * naming the field; `forbidden` naming the one in which the issuer is narrower; `rate_limited`.
 */
export async function issueToken(ctx: ServiceContext, input: IssueToken): Promise<IssuedToken> {
	requireManage(ctx);
	await checkAgents(ctx, input.agents ?? [], 'agents');
	await checkModels(ctx, input.models ?? [], 'models');
	await requireRoomForToken(ctx);
	for (let round = 0; round < ROUNDS; round++) {
		const issuer = await issuerOf(ctx);
		const issued = await writeToken(ctx, input.name ?? 'Token', tokenPolicy(ctx, input, issuer), issuer);
		if (issued) return issued;
	}
	throw contended('issuer');
}

interface Issuer {
	/** Of the token's `parent_id`. */
	readonly id: string;
	readonly policy: KeyPolicy;
	/** What must still be so when the token is written. */
	readonly holds: SQL;
}

const UNBOUNDED: KeyPolicy = { ...DEFAULT_POLICY, scopes: ['inference', 'manage'] };

/** The key as it stands now, since the principal may be as old as its request; of people and the operator their role. */
async function issuerOf(ctx: ServiceContext): Promise<Issuer> {
	const { keyId, userId, actor } = ctx.principal;
	if (keyId === null)
		return { id: actor, policy: UNBOUNDED, holds: userId === null ? sql`true` : administers(ctx, userId) };
	const key = await selectKey(ctx, keyId);
	if (key.revokedAt !== null) throw refused();
	return { id: keyId, policy: policyOf(key), holds: isAsRead(ctx, key) };
}

/** No membership says otherwise: one that was lowered or removed a moment ago issues nothing more. */
const administers = (ctx: ServiceContext, userId: string): SQL =>
	not(
		exists(
			ctx.db
				.select({ userId: memberships.userId })
				.from(memberships)
				.where(
					and(
						scoped(ctx, memberships.organizationId),
						eq(memberships.userId, userId),
						or(isNotNull(memberships.removedAt), notInArray(memberships.role, [...ADMINISTERING])),
					),
				),
		),
	);

/** What the input calls a field of the policy. */
const SPELLING: Partial<Record<PolicyField, keyof IssueToken>> = {
	allowedAgents: 'agents',
	allowedModels: 'models',
	budgetTotalUsd: 'budgetUsd',
};

/** Throws `invalid_request` or `forbidden` naming the field. */
function tokenPolicy(ctx: ServiceContext, input: IssueToken, { policy: bounds }: Issuer) {
	const toAgents = input.agents !== undefined;
	const end = ctx.now() + (input.ttlSeconds ?? DEFAULT_TTL_SECONDS) * 1_000;
	const expiresAt = Math.min(bounds.expiresAt ?? end, end);
	const policy = policyWith(bounds, {
		scopes: ['inference'],
		...(input.agents && { allowedAgents: input.agents }),
		...(input.models && { allowedModels: input.models }),
		...(input.origins && { origins: input.origins }),
		...(input.budgetUsd !== undefined && { budgetTotalUsd: usdOf(nanoUsdOf(input.budgetUsd, 'budgetUsd')) }),
		mayOverrideModel: input.mayOverrideModel ?? (bounds.mayOverrideModel && !toAgents),
		mayOverrideSettings: input.mayOverrideSettings ?? (bounds.mayOverrideSettings && !toAgents),
		mayOverridePrompt: bounds.mayOverridePrompt && !toAgents,
	});
	const field = exceeding({ ...policy, expiresAt }, bounds);
	if (field) throw tooWide(SPELLING[field] ?? field);
	return { ...policy, expiresAt };
}

/** null where the issuer is no longer what it was read as: nothing is written then. */
async function writeToken(
	ctx: ServiceContext,
	name: string,
	policy: ReturnType<typeof tokenPolicy>,
	issuer: Issuer,
): Promise<IssuedToken | null> {
	const { organizationId, actor } = ctx.principal;
	const { id, key, last4, secretHash } = await newKey(ctx.randomBytes);
	const row = {
		id,
		organizationId,
		name,
		...policyColumns(policy),
		last4,
		secretHash,
		parentId: issuer.id,
		version: 1,
		revokedAt: null,
		lastUsedAt: null,
		createdBy: actor,
		createdAt: ctx.now(),
	};
	const [, audited] = await ctx.db.batch([
		insertWhere(ctx, gatewayKeys, row, issuer.holds),
		audit(ctx, organizationId, {
			action: 'issue',
			entity: 'gateway-key',
			entityId: id,
			before: null,
			after: { id, name, last4, parentId: issuer.id, ...policyOf(policy) },
		}),
	]);
	return audited.length > 0 ? { id, token: key, expiresAt: policy.expiresAt } : null;
}
