/** An organization as callers see it. */
import { and, eq, isNull, type SQL } from 'drizzle-orm';
import { exactly } from '../db/money';
import { organizations } from '../db/schema';
import { notFound, reachable, scoped } from './access';
import type { ServiceContext } from './context';
import type { Reference } from './inputs';
import { usdOf } from './usd';

const COLUMNS = {
	id: organizations.id,
	slug: organizations.slug,
	name: organizations.name,
	plan: organizations.plan,
	region: organizations.region,
	/** null: the environment's, in this and the next. */
	requestsPerMinute: organizations.requestsPerMinute,
	requestsPerDay: organizations.requestsPerDay,
	budgetDay: exactly<bigint | null>(organizations.budgetDayNanoUsd),
	budgetMonth: exactly<bigint | null>(organizations.budgetMonthNanoUsd),
	llmConfiguration: organizations.llmConfiguration,
	/** Moves with each change of the organization itself. */
	version: organizations.version,
	/** Moves with each change of anything that is its own. */
	configVersion: organizations.configVersion,
	/** ms since epoch */
	createdAt: organizations.createdAt,
	updatedAt: organizations.updatedAt,
};

const usd = (nano: bigint | null): string | null => (nano === null ? null : usdOf(nano));

/** By slug, of those the caller may reach. */
export async function selectOrganizations(ctx: ServiceContext, condition: SQL | undefined, limit: number) {
	const rows = await ctx.db
		.select(COLUMNS)
		.from(organizations)
		.where(and(reachable(ctx), isNull(organizations.deletedAt), condition))
		.orderBy(organizations.slug)
		.limit(limit);
	return rows.map(({ budgetDay, budgetMonth, ...row }) => ({
		...row,
		/** false: plan free uses the operator's settings, and `llmConfiguration` waits for another plan. */
		configurationInForce: row.plan !== 'free',
		/** Decimal USD; null: no budget. */
		budgetDayUsd: usd(budgetDay),
		budgetMonthUsd: usd(budgetMonth),
	}));
}

export type OrganizationView = Awaited<ReturnType<typeof selectOrganizations>>[number];

/** Without a reference the caller's own. Throws `not_found`. */
export async function selectOrganization(ctx: ServiceContext, { id, slug }: Reference): Promise<OrganizationView> {
	const [row] = await selectOrganizations(ctx, condition(ctx, id, slug), 1);
	if (!row) throw notFound('organization', id ?? slug ?? ctx.principal.organizationId);
	return row;
}

function condition(ctx: ServiceContext, id: string | undefined, slug: string | undefined): SQL {
	if (id !== undefined) return eq(organizations.id, id);
	return slug === undefined ? scoped(ctx, organizations.id) : eq(organizations.slug, slug);
}
