/** An organization's `llm_configuration`, checked as a whole before it is stored. */
import { and, eq, isNotNull, isNull, notInArray } from 'drizzle-orm';
import { agents, llmProviders, type OrganizationConfiguration, type Plan, type Profile } from '../db/schema';
import { GatewayError, invalid } from '../errors';
import type { ServiceContext } from './context';
import { checkModel } from './model-reference';

const FIELD = 'llmConfiguration';

/** `ctx` may reach the organization: the caller has looked it up. Throws `invalid_request`, `forbidden`, `conflict`. */
export async function checkConfiguration(
	ctx: ServiceContext,
	organization: { readonly id: string; readonly plan: Plan },
	configuration: OrganizationConfiguration,
): Promise<void> {
	if (organization.plan === 'free')
		throw new GatewayError(
			'forbidden',
			'Plan free uses the global configuration: choose pro or enterprise for an own one.',
			{
				param: FIELD,
			},
		);
	const profiles = configuration.profiles ?? {};
	const { defaultProfile } = configuration;
	if (defaultProfile !== undefined && !Object.hasOwn(profiles, defaultProfile))
		throw invalid(`${FIELD}.defaultProfile`, `There is no profile '${defaultProfile}' in profiles.`);
	for (const [name, profile] of Object.entries(profiles))
		await checkProfile(ctx, organization.id, `${FIELD}.profiles.${name}`, profile);
	for (const [name, target] of Object.entries(configuration.aliases ?? {}))
		checkAlias(ctx, `${FIELD}.aliases.${name}`, target, profiles);
	await checkAgents(ctx, organization.id, Object.keys(profiles));
}

async function checkProfile(
	ctx: ServiceContext,
	organizationId: string,
	param: string,
	profile: Profile,
): Promise<void> {
	const { provider, model, keyRef } = profile;
	if (!ctx.registry.provider(provider)) throw invalid(`${param}.provider`, `Unknown provider '${provider}'.`);
	checkModel(ctx, `${provider}/${model}`, `${param}.model`);
	if (keyRef === undefined) return;
	const row = await ctx.db
		.select({ id: llmProviders.id })
		.from(llmProviders)
		.where(
			and(
				eq(llmProviders.organizationId, organizationId),
				eq(llmProviders.provider, provider),
				eq(llmProviders.name, keyRef),
			),
		)
		.get();
	if (!row) throw invalid(`${param}.keyRef`, `This organization has no ${provider} key named '${keyRef}'.`);
}

function checkAlias(
	ctx: ServiceContext,
	param: string,
	target: string,
	profiles: Readonly<Record<string, Profile>>,
): void {
	if (!target.startsWith('profile:')) {
		checkModel(ctx, target, param);
		return;
	}
	const name = target.slice('profile:'.length);
	if (!Object.hasOwn(profiles, name)) throw invalid(param, `There is no profile '${name}' in profiles.`);
}

/** A profile that an agent uses can't go: the agent would answer with another model without a word. */
async function checkAgents(ctx: ServiceContext, organizationId: string, profiles: readonly string[]): Promise<void> {
	const agent = await ctx.db
		.select({ slug: agents.slug, profile: agents.profile })
		.from(agents)
		.where(
			and(
				eq(agents.organizationId, organizationId),
				isNull(agents.deletedAt),
				isNotNull(agents.profile),
				notInArray(agents.profile, [...profiles]),
			),
		)
		.get();
	if (agent)
		throw new GatewayError(
			'conflict',
			`The agent '${agent.slug}' uses the profile '${agent.profile}': change it first.`,
			{
				param: `${FIELD}.profiles`,
			},
		);
}
