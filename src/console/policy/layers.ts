/** What stands below a form's own policy, as far as this sign-in may read it. */
import { useAliases, useExplanation, useOrganization, useProfiles } from '../configuration/queries';
import type { ContextPolicy, Explanation, Profile, RoutingPolicy } from '../data/types';
import type { Layer } from './inherited';

/** By the field that holds each: of an agent, of a profile, and of an organization's configuration. */
export interface Policies {
	readonly routing: RoutingPolicy;
	readonly context: ContextPolicy;
}

type Part = keyof Policies;
type Explained = Readonly<
	Record<string, { readonly layers: readonly { readonly origin: string; readonly value: unknown }[] } | undefined>
>;

/** What the environment says, or the gateway itself where that is silent. */
function lowest<P extends Part>(explanation: Explanation, part: P, origin: 'environment' | 'default'): Policies[P] {
	const said: Explained = explanation[part];
	return Object.fromEntries(
		Object.entries(said).flatMap(([field, explained]) => {
			const layer = explained?.layers.find((one) => one.origin === origin);
			return layer?.value == null ? [] : [[field, layer.value]];
		}),
	);
}

const ANY = {};

/** Below every organization. */
export function useLowestLayers<P extends Part>(part: P): readonly Layer<Policies[P]>[] {
	const { data } = useExplanation(ANY);
	if (!data) return [];
	return [
		{ name: 'environment', policy: lowest(data, part, 'environment') },
		{ name: 'default', policy: lowest(data, part, 'default') },
	];
}

/** By whatever name an agent chose it; undefined: a model, which says nothing of its own. */
function useProfileBehind(model: string | null): Profile | undefined {
	const { data: profiles = [] } = useProfiles();
	const { data: aliases = [] } = useAliases();
	const followed = aliases.find(({ name }) => name === model)?.leadsTo ?? model;
	return profiles.find(({ name, isDefault }) => (followed === 'default' ? isDefault : `profile:${name}` === followed));
}

/** Of a profile (`model` null), or of an agent with that model: its profile, the organization and what lies below. */
export function useLayersBelow<P extends Part>(part: P, model: string | null): readonly Layer<Policies[P]>[] {
	const below = useLowestLayers(part);
	const profile = useProfileBehind(model);
	const { data: organization } = useOrganization();
	const own: Policies[P] | undefined = organization?.configurationInForce
		? organization.llmConfiguration[part]
		: undefined;
	return [
		...(profile ? [{ name: `profile ${profile.name}`, policy: profile[part] as Policies[P] }] : []),
		...(own ? [{ name: 'organization', policy: own }] : []),
		...below,
	];
}
