/** Named choices of model: the organization's own, and the operator's under names it does not use itself. */
import type { ModelSettings, OrganizationConfiguration, Profile } from '../db/schema';
import { invalid } from '../errors';
import type { ContextPolicy } from '../language/context';
import type { RoutingPolicy } from '../language/routing';
import { notFound, requireManage } from './access';
import {
	type ConfigurationRow,
	configurationRow,
	editConfiguration,
	withEntry,
	withField,
	withoutEntry,
} from './configuration-edit';
import { MOST_PROFILES, type RemoveProfile, type SetDefaultProfile, type SetProfile } from './configuration-input';
import type { ServiceContext } from './context';
import { checkContext } from './context-check';
import { type Declared, inForce, own } from './declared';
import { type GlobalSettingView, selectGlobalSettings } from './global-setting-row';
import { checkModel, type Knowledge, modelText } from './model-reference';
import { checkUsers } from './needs-check';
import { checkRouting } from './routing-check';
import { checkSettings } from './settings-check';
import { refuseInUse, soughtProfile, usersOf } from './usage-of';

export interface ProfileView {
	readonly name: string;
	/** null: it follows the environment, in this and the next. */
	readonly provider: string | null;
	readonly model: string | null;
	readonly keyRef: string | null;
	readonly settings: ModelSettings;
	/** What it says itself, over the organization's. */
	readonly routing: RoutingPolicy;
	/** The same. */
	readonly context: ContextPolicy;
	/** What `default` means here. */
	readonly isDefault: boolean;
	/** Whose it is. */
	readonly origin: 'organization' | 'global';
	/** Of the row that holds it: what an update may insist on. */
	readonly version: number;
}

/** By name. On plan free the operator's alone. */
export async function listProfiles(ctx: ServiceContext): Promise<ProfileView[]> {
	requireManage(ctx);
	const [row, globals] = await Promise.all([configurationRow(ctx), selectGlobalSettings(ctx)]);
	const configuration = inForce(row.plan, row.configuration);
	const mine = Object.entries(configuration.profiles ?? {}).map(([name, profile]) => viewOf(name, profile, row));
	const shared = globals
		.filter(({ id, isActive, isDefault }) => isActive && !isDefault && !own(configuration.profiles, id))
		.map((global) => sharedView(global, configuration));
	return [...mine, ...shared].sort((left, right) => (left.name < right.name ? -1 : 1));
}

const viewOf = (
	name: string,
	profile: Profile,
	{ configuration, version }: Pick<ConfigurationRow, 'configuration' | 'version'>,
): ProfileView => ({
	name,
	provider: profile.provider,
	model: profile.model,
	keyRef: profile.keyRef ?? null,
	settings: profile.settings ?? {},
	routing: profile.routing ?? {},
	context: profile.context ?? {},
	isDefault: configuration.defaultProfile === name,
	origin: 'organization',
	version,
});

const sharedView = (global: GlobalSettingView, configuration: OrganizationConfiguration): ProfileView => ({
	name: global.id,
	provider: global.provider,
	model: global.model,
	keyRef: null,
	settings: global.settings,
	routing: {},
	context: {},
	isDefault: configuration.defaultProfile === global.id,
	origin: 'global',
	version: global.version,
});

/** The whole profile. Throws `invalid_request` naming the field, `forbidden`, `conflict`. */
export async function setProfile(ctx: ServiceContext, input: SetProfile): Promise<ProfileView> {
	requireManage(ctx);
	const { name, version: expected, ...given } = input;
	let profile: Profile = given;
	let configuration: OrganizationConfiguration = {};
	const { version } = await editConfiguration(ctx, expected, ({ row, declared, agents }) => {
		const before = own(row.configuration.profiles, name);
		// As it will stand: a profile that names itself is found out.
		const known = withField(row.configuration, 'profiles', withEntry(row.configuration.profiles, name, given));
		profile = checkProfile(ctx, given, { ...declared, configuration: known }, '');
		checkUsers(ctx, { name, before, profile }, agents, { ...declared, configuration: known }, '');
		const profiles = withEntry(row.configuration.profiles, name, profile);
		if (Object.keys(profiles).length > MOST_PROFILES)
			throw invalid('name', `An organization has at most ${MOST_PROFILES} profiles.`);
		configuration = withField(row.configuration, 'profiles', profiles);
		const action = before ? 'update' : 'create';
		return {
			configuration,
			entry: {
				action,
				entity: 'profile',
				entityId: name,
				before: before ? { ...before } : null,
				after: { ...profile },
			},
		};
	});
	return viewOf(name, profile, { configuration, version });
}

/**
 * The profile as it is stored. `within`: its path with a dot at its end. Throws `invalid_request` naming the field.
 */
export function checkProfile(ctx: Knowledge, profile: Profile, declared: Declared, within: string): Profile {
	const { provider, model, keyRef, settings, routing, context } = profile;
	if (!ctx.registry.provider(provider)) throw invalid(`${within}provider`, `Unknown provider '${provider}'.`);
	const reference = checkModel(ctx, modelText({ provider, model }), `${within}model`, 'chat', declared);
	if (keyRef !== undefined && !declared.keys.some((key) => key.provider === provider && key.name === keyRef))
		throw invalid(`${within}keyRef`, `This organization has no ${provider} key named '${keyRef}'.`);
	if (settings) checkSettings(ctx, settings, reference, `${within}settings`, declared);
	const planned = context && { context: checkContext(ctx, context, `${within}context`, declared) };
	if (!routing) return { ...profile, ...planned };
	const first = { ...reference, ...(keyRef !== undefined && { keyRef }) };
	const subject = { param: `${within}routing`, first, firstIs: "the profile's own model" };
	return { ...profile, ...planned, routing: checkRouting(ctx, routing, subject, declared) };
}

/** Throws `not_found`, `forbidden`, and `conflict` where something uses it: that would answer with another model. */
export async function removeProfile(
	ctx: ServiceContext,
	{ name, version }: RemoveProfile,
): Promise<{ readonly name: string }> {
	requireManage(ctx);
	await editConfiguration(ctx, version, ({ row: { configuration }, agents }) => {
		const before = own(configuration.profiles, name);
		if (!before) throw notFound('profile', name);
		refuseInUse(`Profile '${name}'`, usersOf(soughtProfile(name), configuration, agents), 'name');
		return {
			configuration: withField(configuration, 'profiles', withoutEntry(configuration.profiles, name)),
			entry: { action: 'delete', entity: 'profile', entityId: name, before: { ...before }, after: null },
		};
	});
	return { name };
}

/** What `default` means from now on; null: the operator's default. Throws `not_found`, `forbidden`, `conflict`. */
export async function setDefaultProfile(
	ctx: ServiceContext,
	{ name, version }: SetDefaultProfile,
): Promise<{ readonly defaultProfile: string | null; readonly version: number }> {
	requireManage(ctx);
	const written = await editConfiguration(ctx, version, ({ row: { id, configuration }, declared }) => {
		if (name !== null && !own(configuration.profiles, name) && !declared.globalProfiles.has(name))
			throw notFound('profile', name);
		return {
			configuration: withField(configuration, 'defaultProfile', name ?? undefined),
			entry: {
				action: 'update',
				entity: 'organization',
				entityId: id,
				before: { defaultProfile: configuration.defaultProfile ?? null },
				after: { defaultProfile: name },
			},
		};
	});
	return { defaultProfile: name, version: written.version };
}
