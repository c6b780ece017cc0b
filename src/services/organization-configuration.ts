/** An organization's `llm_configuration`, checked as a whole before it is stored. */
import type { OrganizationConfiguration, Plan } from '../db/schema';
import { invalid } from '../errors';
import { chainOf } from './chain-check';
import { requirePaidPlan } from './configuration-edit';
import type { ServiceContext } from './context';
import { checkContext } from './context-check';
import { type Declared, declaredBy, inForce, own } from './declared';
import { checkName, pathOf } from './model-name';
import { checkUsed, checkUsers } from './needs-check';
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

/** An organization as it is stored. */
export interface Standing {
	readonly id: string;
	readonly plan: Plan;
	readonly llmConfiguration: OrganizationConfiguration;
}

/**
 * `plan`: the one it will have. `ctx` may reach the organization: the caller has looked it up. Throws `invalid_request`,
 * `forbidden`, `conflict`.
 */
export async function checkConfiguration(
	ctx: ServiceContext,
	standing: Standing,
	plan: Plan,
	configuration: OrganizationConfiguration,
): Promise<void> {
	requirePaidPlan(plan, FIELD);
	const declared = { ...(await declaredBy(ctx, standing.id)), configuration };
	checkNames(ctx, configuration, declared);
	checkChains(ctx, configuration, declared);
	const agents = await agentNames(ctx, standing.id);
	const before = inForce(standing.plan, standing.llmConfiguration);
	checkAgents(agents, before, configuration);
	checkTurned(ctx, agents, before, declared);
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
	const { fallbackChain = [], fallbacks = {}, routing = {}, context = {}, embeddingModel } = configuration;
	chainOf(ctx, fallbackChain, `${FIELD}.fallbackChain`, declared, null);
	for (const [name, chain] of Object.entries(fallbacks)) {
		const param = `${FIELD}.fallbacks.${name}`;
		chainOf(ctx, chain, param, declared, checkName(ctx, name, param, 'chat', declared).model);
	}
	checkOrganizationRouting(ctx, routing, `${FIELD}.routing`, declared);
	checkContext(ctx, context, `${FIELD}.context`, declared);
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

/** An alias or a profile that an agent uses and that leads elsewhere now must still lead to what the agent needs. */
function checkTurned(
	ctx: ServiceContext,
	agents: readonly AgentNames[],
	{ aliases, profiles }: OrganizationConfiguration,
	declared: Declared,
): void {
	const { configuration } = declared;
	for (const used of modelNames({}, agents)) {
		const path = pathOf(used.text, configuration.aliases);
		if (path.join(' ') !== pathOf(used.text, aliases).join(' '))
			checkUsed(ctx, used, `${FIELD}.aliases.${used.text}`, declared);
	}
	for (const [name, profile] of Object.entries(configuration.profiles ?? {}))
		checkUsers(ctx, { name, before: own(profiles, name), profile }, agents, declared, `${FIELD}.profiles.${name}.`);
}
