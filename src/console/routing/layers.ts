/** What stands below a form's own routing, as far as this sign-in may read it. */
import { useAliases, useExplanation, useOrganization, useProfiles } from '../configuration/queries';
import type { Explanation, Profile, RoutingPolicy } from '../data/types';
import type { RoutingLayer } from './inherited';
import { ROUTING_FIELDS } from './routing-draft';

/** What the environment says, or the gateway itself where that is silent. */
const lowest = ({ routing }: Explanation, origin: 'environment' | 'default'): RoutingPolicy =>
	Object.fromEntries(
		ROUTING_FIELDS.flatMap((field) => {
			const layer = routing[field]?.layers.find((one) => one.origin === origin);
			return layer?.value == null ? [] : [[field, layer.value]];
		}),
	);

const ANY = {};

/** Below every organization. */
export function useLowestLayers(): readonly RoutingLayer[] {
	const { data } = useExplanation(ANY);
	if (!data) return [];
	return [
		{ name: 'environment', policy: lowest(data, 'environment') },
		{ name: 'default', policy: lowest(data, 'default') },
	];
}

/** By whatever name an agent chose it; undefined: a model, which says nothing of routing. */
function useProfileBehind(model: string | null): Profile | undefined {
	const { data: profiles = [] } = useProfiles();
	const { data: aliases = [] } = useAliases();
	const followed = aliases.find(({ name }) => name === model)?.leadsTo ?? model;
	return profiles.find(({ name, isDefault }) => (followed === 'default' ? isDefault : `profile:${name}` === followed));
}

/** Of a profile (`model` null), or of an agent with that model: its profile, the organization and what lies below. */
export function useLayersBelow(model: string | null): readonly RoutingLayer[] {
	const below = useLowestLayers();
	const profile = useProfileBehind(model);
	const { data: organization } = useOrganization();
	const own = organization?.configurationInForce ? organization.llmConfiguration.routing : undefined;
	return [
		...(profile ? [{ name: `profile ${profile.name}`, policy: profile.routing }] : []),
		...(own ? [{ name: 'organization', policy: own }] : []),
		...below,
	];
}
