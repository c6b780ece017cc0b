/** What an organization is to say once a file is imported: what it says now with the file over it. */
import type { OrganizationConfiguration, Profile } from '../../db/schema';
import type { ServiceContext } from '../context';
import { type CustomModelRow, overridesOf } from '../custom-model-row';
import { contentOf } from '../custom-models';
import { type Declared, own } from '../declared';
import type { ConfigurationDocument } from './document-schema';
import type { Converted } from './draft';

const isEmpty = (value: object | string): boolean =>
	typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length === 0;

/** A field that is null in the file goes. */
function replaced<K extends 'defaultProfile' | 'fallbackChain' | 'context' | 'embeddingModel'>(
	name: K,
	{ [name]: given }: ConfigurationDocument,
	{ [name]: stored }: OrganizationConfiguration,
): Partial<OrganizationConfiguration> {
	if (given === null) return {};
	const value = given ?? stored;
	return value === undefined || isEmpty(value) ? {} : { [name]: value };
}

const merged = <T>(
	stored: Readonly<Record<string, T>> | undefined,
	given: Readonly<Record<string, T>> | undefined,
): Readonly<Record<string, T>> | undefined => (stored || given ? { ...stored, ...given } : undefined);

/** Another program has no word for where data stays, or how much is let through: a profile that comes from there keeps it. */
function profilesOf(
	stored: OrganizationConfiguration['profiles'],
	{ document: { profiles }, isForeign }: Desired,
): Readonly<Record<string, Profile>> | undefined {
	const kept = (name: string, profile: Profile): Profile => {
		if (!isForeign(`profiles.${name}`)) return profile;
		const { routing, context } = own(stored, name) ?? {};
		const residency = routing?.residency;
		return {
			...profile,
			...(residency && { routing: { ...profile.routing, residency } }),
			...(context && { context }),
		};
	};
	return profiles && Object.fromEntries(Object.entries(profiles).map(([name, given]) => [name, kept(name, given)]));
}

/** Ours is the whole of it; another program's says some fields, and has no words for others. */
function routingOf(
	stored: OrganizationConfiguration['routing'],
	{ document: { routing }, isForeign }: Desired,
): OrganizationConfiguration['routing'] | null {
	if (routing === undefined) return stored;
	return routing && isForeign('routing') ? { ...stored, ...routing } : routing;
}

type Desired = Pick<Converted, 'document' | 'isForeign'>;

export function desiredConfiguration(stored: OrganizationConfiguration, desired: Desired): OrganizationConfiguration {
	const { document } = desired;
	const profiles = merged(stored.profiles, profilesOf(stored.profiles, desired));
	const aliases = merged(stored.aliases, document.aliases);
	const fallbacks = merged(stored.fallbacks, document.fallbacks);
	const routing = routingOf(stored.routing, desired);
	return {
		...replaced('defaultProfile', document, stored),
		...(profiles && { profiles }),
		...(aliases && { aliases }),
		...replaced('fallbackChain', document, stored),
		...(fallbacks && { fallbacks }),
		...(routing && !isEmpty(routing) && { routing }),
		...replaced('context', document, stored),
		...replaced('embeddingModel', document, stored),
	};
}

/** What the checks of every part may take for declared. Throws `invalid_request` of a custom model. */
export function desiredDeclared(
	ctx: ServiceContext,
	declared: Declared,
	configuration: OrganizationConfiguration,
	document: ConfigurationDocument,
): Declared {
	const { organizationId } = ctx.principal;
	const rows = (document.customModels ?? []).map((entry): CustomModelRow => {
		const { provider, model } = entry;
		return { organizationId, provider, model, ...contentOf(ctx, entry), version: 0, updatedAt: 0 };
	});
	const keys = (document.providers ?? []).map(({ provider, name }) => ({ provider, name: name ?? provider }));
	return {
		...declared,
		configuration,
		models: Object.assign(Object.create(null), declared.models, overridesOf(rows)),
		keys: [...declared.keys, ...keys],
	};
}
