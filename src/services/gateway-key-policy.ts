/** What a gateway key may do: as it is given, and whether what it names exists. */
import { and, inArray, isNull, sql } from 'drizzle-orm';
import { agents, llmProviders } from '../db/schema';
import { invalid } from '../errors';
import { scoped } from './access';
import type { ServiceContext } from './context';
import type { UpdateGatewayKey } from './gateway-key-input';
import type { KeyView } from './gateway-key-row';
import { nanoUsdOf, usdOf } from './usd';

export const POLICY_FIELDS = [
	'scopes',
	'allowedModels',
	'allowedAgents',
	'allowedProviders',
	'origins',
	'mayOverrideModel',
	'mayOverrideSettings',
	'mayOverridePrompt',
	'requestsPerMinute',
	'requestsPerDay',
	'budgetDayUsd',
	'budgetMonthUsd',
	'budgetTotalUsd',
	'expiresAt',
] as const satisfies readonly (keyof KeyView)[];

export type PolicyField = (typeof POLICY_FIELDS)[number];

export type KeyPolicy = Readonly<Pick<KeyView, PolicyField>>;

export type GivenPolicy = Pick<UpdateGatewayKey, PolicyField>;

/** Of a key of which nothing but its name is said. */
export const DEFAULT_POLICY: KeyPolicy = {
	scopes: ['inference'],
	allowedModels: null,
	allowedAgents: null,
	allowedProviders: null,
	origins: null,
	mayOverrideModel: true,
	mayOverrideSettings: true,
	mayOverridePrompt: true,
	requestsPerMinute: null,
	requestsPerDay: null,
	budgetDayUsd: null,
	budgetMonthUsd: null,
	budgetTotalUsd: null,
	expiresAt: null,
};

/** The policy alone of a view, or of whatever else holds one. */
export const policyOf = (holder: KeyPolicy): KeyPolicy => ({
	scopes: holder.scopes,
	allowedModels: holder.allowedModels,
	allowedAgents: holder.allowedAgents,
	allowedProviders: holder.allowedProviders,
	origins: holder.origins,
	mayOverrideModel: holder.mayOverrideModel,
	mayOverrideSettings: holder.mayOverrideSettings,
	mayOverridePrompt: holder.mayOverridePrompt,
	requestsPerMinute: holder.requestsPerMinute,
	requestsPerDay: holder.requestsPerDay,
	budgetDayUsd: holder.budgetDayUsd,
	budgetMonthUsd: holder.budgetMonthUsd,
	budgetTotalUsd: holder.budgetTotalUsd,
	expiresAt: holder.expiresAt,
});

const distinct = <T>(list: readonly T[] | null): readonly T[] | null => list && [...new Set(list)];

const decimal = (usd: string | number | null, param: string): string | null =>
	usd === null ? null : usdOf(nanoUsdOf(usd, param));

/** `before` with what is given put over it, each list without repetitions. Throws `invalid_request` naming an amount that is none. */
export function policyWith(before: KeyPolicy, given: GivenPolicy): KeyPolicy {
	const { budgetDayUsd, budgetMonthUsd, budgetTotalUsd, ...rest } = given;
	const after = { ...before, ...rest };
	return {
		...after,
		scopes: [...new Set(after.scopes)],
		allowedModels: distinct(after.allowedModels),
		allowedAgents: distinct(after.allowedAgents),
		allowedProviders: distinct(after.allowedProviders),
		origins: distinct(after.origins),
		...(budgetDayUsd !== undefined && { budgetDayUsd: decimal(budgetDayUsd, 'budgetDayUsd') }),
		...(budgetMonthUsd !== undefined && { budgetMonthUsd: decimal(budgetMonthUsd, 'budgetMonthUsd') }),
		...(budgetTotalUsd !== undefined && { budgetTotalUsd: decimal(budgetTotalUsd, 'budgetTotalUsd') }),
	};
}

/**
 * Everything named must exist: a mistyped name would let nothing through, and say so only when the key is used.
 * Throws `invalid_request` naming the entry.
 */
export async function checkPolicy(ctx: ServiceContext, given: GivenPolicy): Promise<void> {
	if (typeof given.expiresAt === 'number' && given.expiresAt <= ctx.now())
		throw invalid('expiresAt', 'expiresAt must lie in the future.');
	await checkAgents(ctx, given.allowedAgents ?? [], 'allowedAgents');
	const named = (given.allowedProviders ?? []).map((provider, at) => ({
		provider,
		param: `allowedProviders[${at}]`,
		text: provider,
	}));
	await checkProviders(ctx, [...named, ...providersOf(given.allowedModels ?? [], 'allowedModels')]);
}

export async function checkModels(ctx: ServiceContext, patterns: readonly string[], param: string): Promise<void> {
	await checkProviders(ctx, providersOf(patterns, param));
}

/** As one JSON parameter: D1 binds at most 100. */
const among = (names: readonly string[]) => sql`(select value from json_each(${JSON.stringify(names)}))`;

export async function checkAgents(ctx: ServiceContext, slugs: readonly string[], param: string): Promise<void> {
	if (slugs.length === 0) return;
	const rows = await ctx.db
		.select({ slug: agents.slug })
		.from(agents)
		.where(and(scoped(ctx, agents.organizationId), isNull(agents.deletedAt), inArray(agents.slug, among(slugs))));
	const known = new Set(rows.map(({ slug }) => slug));
	const at = slugs.findIndex((slug) => !known.has(slug));
	if (at >= 0) throw invalid(`${param}[${at}]`, `This organization has no agent '${slugs[at]}'.`);
}

interface NamedProvider {
	readonly provider: string;
	readonly param: string;
	/** Where it was named. */
	readonly text: string;
}

const providersOf = (patterns: readonly string[], param: string): readonly NamedProvider[] =>
	patterns.flatMap((text, at) => {
		const provider = text.split('/', 1)[0] ?? '';
		return provider.includes('*') ? [] : [{ provider, param: `${param}[${at}]`, text }];
	});

async function checkProviders(ctx: ServiceContext, named: readonly NamedProvider[]): Promise<void> {
	const unknown = named.filter(({ provider }) => !ctx.registry.provider(provider));
	if (unknown.length === 0) return;
	const servers = await ownServers(
		ctx,
		unknown.map(({ provider }) => provider),
	);
	const first = unknown.find(({ provider }) => !servers.has(provider));
	if (first) throw invalid(first.param, `Unknown provider '${first.provider}' in '${first.text}'.`);
}

/** Those of the names that are servers of this organization, addressed by name in place of a provider. */
async function ownServers(ctx: ServiceContext, names: readonly string[]): Promise<ReadonlySet<string>> {
	const kinds = ctx.registry.ids.filter((id) => ctx.registry.provider(id)?.named);
	const rows = await ctx.db
		.select({ name: llmProviders.name })
		.from(llmProviders)
		.where(
			and(
				scoped(ctx, llmProviders.organizationId),
				isNull(llmProviders.removedAt),
				inArray(llmProviders.provider, among(kinds)),
				inArray(llmProviders.name, among(names)),
			),
		);
	return new Set(rows.map(({ name }) => name));
}
