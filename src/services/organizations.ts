/** Organizations: the operator's all, anyone else's own. Every verb throws `forbidden` without the scope `manage`. */
import { and, eq, gt, gte, isNull, lt, sql } from 'drizzle-orm';
import { organizations } from '../db/schema';
import { GatewayError, invalid } from '../errors';
import { contended, outdated, reachable, requireManage, requireOperator, requireOwner } from './access';
import { audit } from './audit';
import { change, changeUnmoved } from './change';
import { conflictOf } from './conflict';
import { isSameContent } from './content';
import type { ServiceContext } from './context';
import type { Reference } from './inputs';
import { firstOwner } from './memberships';
import { checkConfiguration } from './organization-configuration';
import type {
	CreateOrganization,
	DeleteOrganization,
	ListOrganizations,
	UpdateOrganization,
} from './organization-input';
import { type OrganizationView, selectOrganization, selectOrganizations } from './organization-row';
import { nanoUsdOf, usdOf } from './usd';

/**
 * Operator only. No version protocol: of an organization that does not exist yet nothing can be cached.
 * Throws `conflict` where the slug, or the owner's address, is taken.
 */
export async function createOrganization(
	ctx: ServiceContext,
	{ owner, ...input }: CreateOrganization,
): Promise<OrganizationView> {
	requireOperator(ctx);
	const now = ctx.now();
	const id = ctx.newId();
	const given = { id, slug: input.slug, name: input.name, plan: input.plan ?? 'free', region: input.region ?? null };
	try {
		await ctx.db.batch([
			ctx.db.insert(organizations).values({ ...given, createdAt: now, updatedAt: now }),
			audit(ctx, id, { action: 'create', entity: 'organization', entityId: id, before: null, after: given }),
			...(owner ? firstOwner(ctx, id, owner) : []),
		]);
	} catch (thrown) {
		throw conflictOf(thrown) ?? thrown;
	}
	return selectOrganization(ctx, { id });
}

const PAGE = 500;

/** Above whatever a slug is spelt with. */
const PAST = '~';

/** Operator only. By slug; `after` is the last row of the page before. */
export async function listOrganizations(
	ctx: ServiceContext,
	{ plan, slugPrefix, after, limit }: ListOrganizations = {},
): Promise<OrganizationView[]> {
	requireOperator(ctx);
	const condition = and(
		plan === undefined ? undefined : eq(organizations.plan, plan),
		slugPrefix === undefined
			? undefined
			: and(gte(organizations.slug, slugPrefix), lt(organizations.slug, slugPrefix + PAST)),
		after === undefined ? undefined : gt(organizations.slug, after),
	);
	return selectOrganizations(ctx, condition, limit ?? PAGE);
}

/** Without a reference the caller's own. Throws `not_found`. */
export async function getOrganization(ctx: ServiceContext, reference: Reference = {}): Promise<OrganizationView> {
	requireManage(ctx);
	return selectOrganization(ctx, reference);
}

/** How often an update starts over because another one came between its read and its write. */
const ROUNDS = 5;

/**
 * Without `id` and `slug` the caller's own. The plan is the operator's to change, limits and budgets its and the owners'.
 * Throws `invalid_request` naming the field, `forbidden`, `not_found`, `conflict`.
 */
export async function updateOrganization(ctx: ServiceContext, input: UpdateOrganization): Promise<OrganizationView> {
	requireManage(ctx);
	const { id, slug, version, ...fields } = input;
	// Without an `id`, `slug` is the address and no change.
	const given = withAmounts(id === undefined || slug === undefined ? fields : { slug, ...fields });
	for (let round = 0; round < ROUNDS; round++) {
		const before = await selectOrganization(ctx, input);
		if (version !== undefined && version !== before.version) throw outdated('organization', before.version);
		const changes = changesOf(before, given);
		checkRights(ctx, changes);
		if (given.llmConfiguration)
			await checkConfiguration(ctx, before, changes.plan ?? before.plan, given.llmConfiguration);
		if (Object.keys(changes).length === 0) return before;
		if (await writeUpdate(ctx, before, changes)) return selectOrganization(ctx, { id: before.id });
	}
	throw contended('organization');
}

type Given = Omit<UpdateOrganization, 'id' | 'version' | 'budgetDayUsd' | 'budgetMonthUsd'> & {
	readonly budgetDayUsd?: string | null;
	readonly budgetMonthUsd?: string | null;
};

/** Amounts as views spell them. Throws `invalid_request` naming the one that is none. */
function withAmounts({ budgetDayUsd, budgetMonthUsd, ...fields }: Omit<UpdateOrganization, 'id' | 'version'>): Given {
	return {
		...fields,
		...(budgetDayUsd !== undefined && { budgetDayUsd: decimal(budgetDayUsd, 'budgetDayUsd') }),
		...(budgetMonthUsd !== undefined && { budgetMonthUsd: decimal(budgetMonthUsd, 'budgetMonthUsd') }),
	};
}

const decimal = (usd: string | number | null, param: string): string | null =>
	usd === null ? null : usdOf(nanoUsdOf(usd, param));

function changesOf(before: OrganizationView, given: Given): Given {
	const now: Readonly<Record<string, unknown>> = { ...before };
	return Object.fromEntries(Object.entries(given).filter(([field, value]) => !isSameContent(value, now[field])));
}

const OWNERS_FIELDS = ['requestsPerMinute', 'requestsPerDay', 'budgetDayUsd', 'budgetMonthUsd'] as const;

function checkRights(ctx: ServiceContext, changes: Given): void {
	// Tokens and the operator's header name organizations by slug: whoever takes one takes what is meant for it.
	const operators = (['plan', 'slug'] as const).find((field) => changes[field] !== undefined);
	if (operators && ctx.principal.kind !== 'operator')
		throw new GatewayError('forbidden', `Only the platform operator may change the ${operators}.`, {
			param: operators,
		});
	const field = OWNERS_FIELDS.find((each) => changes[each] !== undefined);
	if (field !== undefined) requireOwner(ctx, `change ${field}`, field);
}

/**
 * False where the row is no longer the one read. A new configuration was checked against agents, profiles and keys, so
 * it also insists that none of those moved.
 */
async function writeUpdate(ctx: ServiceContext, before: OrganizationView, changes: Given): Promise<boolean> {
	const write = ctx.db
		.update(organizations)
		.set({ ...columnsOf(changes), version: before.version + 1, updatedAt: ctx.now() })
		.where(asRead(ctx, before));
	const entry = {
		action: 'update',
		entity: 'organization',
		entityId: before.id,
		before: Object.fromEntries(Object.entries(before).filter(([field]) => field in changes)),
		after: changes,
	} as const;
	const expecting = changes.llmConfiguration ? before.configVersion : undefined;
	const written = await changeUnmoved(ctx, before.id, [{ writes: [write], entry }], expecting);
	return written?.[0] === true;
}

const asRead = (ctx: ServiceContext, { id, version }: OrganizationView) =>
	and(reachable(ctx), eq(organizations.id, id), eq(organizations.version, version), isNull(organizations.deletedAt));

function columnsOf({ budgetDayUsd, budgetMonthUsd, ...columns }: Given) {
	return {
		...columns,
		...(budgetDayUsd !== undefined && { budgetDayNanoUsd: nano(budgetDayUsd, 'budgetDayUsd') }),
		...(budgetMonthUsd !== undefined && { budgetMonthNanoUsd: nano(budgetMonthUsd, 'budgetMonthUsd') }),
	};
}

const nano = (usd: string | null, param: string): bigint | null => (usd === null ? null : nanoUsdOf(usd, param));

/**
 * Operator only. Its credentials are refused from the next request on, its slug is free, its usage and audit rows stay.
 * Throws `invalid_request` with `param: confirm`, `not_found`, `conflict`.
 */
export async function deleteOrganization(
	ctx: ServiceContext,
	{ id, confirm }: DeleteOrganization,
): Promise<{ readonly id: string; readonly deletedAt: number }> {
	requireOperator(ctx);
	for (let round = 0; round < ROUNDS; round++) {
		const before = await selectOrganization(ctx, { id });
		if (confirm !== before.slug) throw invalid('confirm', 'confirm must be the slug of the organization to delete.');
		const now = ctx.now();
		const { slug, name, plan } = before;
		const deleted = await change(
			ctx,
			id,
			[
				ctx.db
					.update(organizations)
					.set({
						slug: sql`${organizations.slug} || '~' || ${organizations.id}`,
						version: before.version + 1,
						updatedAt: now,
						deletedAt: now,
					})
					.where(asRead(ctx, before)),
			],
			{
				action: 'delete',
				entity: 'organization',
				entityId: id,
				before: { slug, name, plan, deletedAt: null },
				after: { deletedAt: now },
			},
		);
		if (deleted) return { id, deletedAt: now };
	}
	throw contended('organization');
}
