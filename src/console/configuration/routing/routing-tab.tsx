import { useLowestLayers } from '../../policy/layers';
import { OrganizationPolicy } from '../../policy/organization-policy';
import { ROUTING } from '../../routing/policy-text';
import { routingDraftOf, routingOf } from '../../routing/routing-draft';
import { RoutingFields } from '../../routing/routing-fields';
import { useSignedIn } from '../../session/session';

/** What holds for all models of the organization where neither agent nor profile says otherwise. */
export function RoutingTab() {
	const { client } = useSignedIn();
	const layers = useLowestLayers('routing');
	return (
		<OrganizationPolicy
			what="routing"
			param="routing"
			words={ROUTING}
			introduction="Holds for every request, also where it names its model itself; an agent’s or a profile’s own routing stands over it, field by field. Candidates belong to agents and profiles: there they stand beside one model."
			policyOf={({ llmConfiguration }) => llmConfiguration.routing ?? {}}
			draftOf={routingDraftOf}
			save={async (draft, version) => {
				const stored = await client.organizations.setRouting.mutate({ routing: routingOf(draft), version });
				return { policy: stored.routing, version: stored.version, warnings: [] };
			}}
			fields={(props) => <RoutingFields {...props} owner="organization" layers={layers} />}
		/>
	);
}
