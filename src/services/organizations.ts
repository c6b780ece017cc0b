/** Organizations: the operator's all, anyone else's own. Every verb throws `forbidden` without the scope `manage`. */
import { and, eq, isNull } from 'drizzle-orm';
import { organizations } from '../db/schema';
import { GatewayError } from '../errors';
import { notFound, reachable, requireManage, requireOperator } from './access';
import { audit } from './audit';
import { change } from './change';
import { conflictOf } from './conflict';
import type { ServiceContext } from './context';
import type { Reference } from './inputs';
import { checkConfiguration } from './organization-configuration';
import type { CreateOrganization, UpdateOrganization } from './organization-input';
import { type OrganizationView, selectOrganization, selectOrganizations } from './organization-row';
import { nanoUsdOf } from './usd';

/**
 * Operator only. No version protocol: of an organization that does not exist yet nothing can be cached.
 * Throws `conflict` where the slug is taken.
 */
export async function createOrganization(ctx: ServiceContext, input: CreateOrganization): Promise<OrganizationView> {
	requireOperator(ctx);
	const now = ctx.now();
	const id = ctx.newId();
	const given = { id, slug: input.slug, name: input.name, plan: input.plan ?? 'free', region: input.region ?? null };
	try {
		await ctx.db.batch([
			ctx.db.insert(organizations).values({ ...given, createdAt: now, updatedAt: now }),
			audit(ctx, id, { action: 'create', entity: 'organization', entityId: id, before: null, after: given }),
		]);
	} catch (thrown) {
		throw conflictOf(thrown) ?? thrown;
	}
	return selectOrganization(ctx, { id });
}

/** Operator only. */
export async function listOrganizations(ctx: ServiceContext): Promise<OrganizationView[]> {
	requireOperator(ctx);
	return selectOrganizations(ctx);
}

/** Without a reference the caller's own. Throws `not_found`. */
export async function getOrganization(ctx: ServiceContext, reference: Reference = {}): Promise<OrganizationView> {
	requireManage(ctx);
	return selectOrganization(ctx, reference);
}

/**
 * Without `id` and `slug` the caller's own. The plan is the operator's to change.
 * Throws `invalid_request` naming the field, `forbidden`, `not_found`, `conflict`.
 */
export async function updateOrganization(ctx: ServiceContext, input: UpdateOrganization): Promise<OrganizationView> {
	requireManage(ctx);
	const before = await selectOrganization(ctx, input);
	const fields = changedFields(input);
	if (fields.plan !== undefined && fields.plan !== before.plan && ctx.principal.kind !== 'operator')
		throw new GatewayError('forbidden', 'Only the platform operator may change the plan.', { param: 'plan' });
	if (fields.llmConfiguration)
		await checkConfiguration(ctx, { id: before.id, plan: fields.plan ?? before.plan }, fields.llmConfiguration);
	const columns = columnsOf(fields);
	if (Object.keys(columns).length === 0) return before;
	const written = await change(
		ctx,
		before.id,
		[
			ctx.db
				.update(organizations)
				.set({ ...columns, updatedAt: ctx.now() })
				.where(and(reachable(ctx), eq(organizations.id, before.id), isNull(organizations.deletedAt))),
		],
		{
			action: 'update',
			entity: 'organization',
			entityId: before.id,
			before: Object.fromEntries(Object.entries(before).filter(([field]) => field in fields)),
			after: fields,
		},
	);
	if (!written) throw notFound('organization', before.slug);
	return selectOrganization(ctx, { id: before.id });
}

/** Without an `id`, `slug` is the address and no change. */
function changedFields({ id, slug, ...rest }: UpdateOrganization): Omit<UpdateOrganization, 'id'> {
	return id === undefined || slug === undefined ? rest : { slug, ...rest };
}

function columnsOf({ budgetDayUsd, budgetMonthUsd, ...columns }: Omit<UpdateOrganization, 'id'>) {
	return {
		...columns,
		...(budgetDayUsd !== undefined && { budgetDayNanoUsd: budget(budgetDayUsd, 'budgetDayUsd') }),
		...(budgetMonthUsd !== undefined && { budgetMonthNanoUsd: budget(budgetMonthUsd, 'budgetMonthUsd') }),
	};
}

const budget = (usd: string | number | null, param: string): bigint | null =>
	usd === null ? null : nanoUsdOf(usd, param);
