/** Organizations that name one of the operator's profiles. */
import { and, eq, exists, isNull, ne, or, type SQL, sql } from 'drizzle-orm';
import { agentLlmPreferences, agents, organizations } from '../db/schema';
import type { ServiceContext } from './context';
import { inForce, own } from './declared';
import { profileText } from './model-name';
import { agentNames, soughtProfile, usersOf } from './usage-of';

/** Looked at closer than SQL can: those that mention it at all. */
function mentions(ctx: ServiceContext, id: string): SQL | undefined {
	const text = profileText(id);
	const agent = ctx.db
		.select({ id: agents.id })
		.from(agents)
		.innerJoin(agentLlmPreferences, eq(agentLlmPreferences.agentId, agents.id))
		.where(
			and(
				eq(agents.organizationId, organizations.id),
				isNull(agents.deletedAt),
				or(
					eq(agents.profile, id),
					sql`instr(${agents.fallbacks}, ${text}) > 0`,
					sql`instr(${agentLlmPreferences.fallbacks}, ${text}) > 0`,
					sql`instr(${agents.routing}, ${text}) > 0`,
					sql`instr(${agents.context}, ${text}) > 0`,
				),
			),
		);
	const configured = and(ne(organizations.plan, 'free'), sql`instr(${organizations.llmConfiguration}, ${id}) > 0`);
	return or(exists(agent), configured);
}

/** In words, by slug: those without a profile of their own under that name. */
export async function organizationsUsing(ctx: ServiceContext, id: string): Promise<string[]> {
	const rows = await ctx.db
		.select({
			id: organizations.id,
			slug: organizations.slug,
			plan: organizations.plan,
			configuration: organizations.llmConfiguration,
		})
		.from(organizations)
		.where(and(isNull(organizations.deletedAt), mentions(ctx, id)))
		.orderBy(organizations.slug);
	const users: string[] = [];
	for (const row of rows) {
		const configuration = inForce(row.plan, row.configuration);
		if (own(configuration.profiles, id)) continue;
		const among = await agentNames(ctx, row.id);
		if (usersOf(soughtProfile(id), configuration, among).length > 0) users.push(`organization '${row.slug}'`);
	}
	return users;
}
