/** An organization's `llm_configuration`, checked as a whole before it is stored. */
import type { OrganizationConfiguration, Plan } from '../db/schema';
import { invalid } from '../errors';
import { chainOf } from './chain-check';
import { requirePaidPlan } from './configuration-edit';
import type { ServiceContext } from './context';
import { type Declared, declaredBy, own } from './declared';
import { checkName, pathOf } from './model-name';
import { checkOrganizationRouting } from './organization-routing';
import { checkProfile } from './profiles';
import {
	type AgentNames,
	agentNames,
	modelNames,
	refuseInUse,
	type Sought,
	soughtAlias,
	soughtProfile,
	usersOf,
} from './usage-of';

const FIELD = 'llmConfiguration';

/** `ctx` may reach the organization: the caller has looked it up. Throws `invalid_request`, `forbidden`, `conflict`. */
export async function checkConfiguration(
	ctx: ServiceContext,
	organization: { readonly id: string; readonly plan: Plan },
	configuration: OrganizationConfiguration,
): Promise<void> {
	requirePaidPlan(organization.plan, FIELD);
	const before = await declaredBy(ctx, organization.id);
	const declared = { ...before, configuration };
	checkNames(ctx, configuration, declared);
	checkChains(ctx, configuration, declared);
	const agents = await agentNames(ctx, organization.id);
	checkAgents(agents, before.configuration, configuration);
	checkTurned(ctx, agents, before.configuration, declared);
}

function checkNames(ctx: ServiceContext, configuration: OrganizationConfiguration, declared: Declared): void {
	const { defaultProfile, profiles = {}, aliases = {} } = configuration;
	if (defaultProfile !== undefined && !own(profiles, defaultProfile) && !declared.globalProfiles.has(defaultProfile))
		throw invalid(`${FIELD}.defaultProfile`, `There is no profile '${defaultProfile}', neither here nor a global one.`);
	for (const [name, profile] of Object.entries(profiles))
		checkProfile(ctx, profile, declared, `${FIELD}.profiles.${name}.`);
	for (const name of Object.keys(aliases)) checkName(ctx, name, `${FIELD}.aliases.${name}`, 'any', declared);
}

function checkChains(ctx: ServiceContext, configuration: OrganizationConfiguration, declared: Declared): void {
	const { fallbackChain = [], fallbacks = {}, routing = {}, embeddingModel } = configuration;
	chainOf(ctx, fallbackChain, `${FIELD}.fallbackChain`, declared, null);
	for (const [name, chain] of Object.entries(fallbacks)) {
		const param = `${FIELD}.fallbacks.${name}`;
		chainOf(ctx, chain, param, declared, checkName(ctx, name, param, 'chat', declared).model);
	}
	checkOrganizationRouting(ctx, routing, `${FIELD}.routing`, declared);
	if (embeddingModel !== undefined) checkName(ctx, embeddingModel, `${FIELD}.embeddingModel`, 'embedding', declared);
}

/** What an agent uses can't go: the agent would answer with another model without a word. */
function checkAgents(
	agents: readonly AgentNames[],
	before: OrganizationConfiguration,
	after: OrganizationConfiguration,
): void {
	const refuse = (what: string, sought: Sought, field: string): void =>
		refuseInUse(what, usersOf(sought, {}, agents), `${FIELD}.${field}`);
	for (const name of Object.keys(before.profiles ?? {}))
		if (!own(after.profiles, name)) refuse(`Profile '${name}'`, soughtProfile(name), 'profiles');
	for (const name of Object.keys(before.aliases ?? {}))
		if (own(after.aliases, name) === undefined) refuse(`Alias '${name}'`, soughtAlias(name), 'aliases');
}

/** An alias that an agent uses and that leads elsewhere now must still lead to a model of the kind it is used for. */
function checkTurned(
	ctx: ServiceContext,
	agents: readonly AgentNames[],
	{ aliases }: OrganizationConfiguration,
	declared: Declared,
): void {
	const { configuration } = declared;
	for (const { text, kind } of modelNames({}, agents)) {
		const path = pathOf(text, configuration.aliases);
		if (path.join(' ') !== pathOf(text, aliases).join(' '))
			checkName(ctx, text, `${FIELD}.aliases.${text}`, kind, declared);
	}
}
