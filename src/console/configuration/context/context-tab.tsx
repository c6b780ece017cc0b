import { contextDraftOf, contextOf } from '../../context/context-draft';
import { ContextFields } from '../../context/context-fields';
import { CONTEXT } from '../../context/context-text';
import { useLowestLayers } from '../../policy/layers';
import { OrganizationPolicy } from '../../policy/organization-policy';
import { useSignedIn } from '../../session/session';

/** What may be done to any conversation of the organization where neither agent nor profile says otherwise. */
export function ContextTab() {
	const { client } = useSignedIn();
	const layers = useLowestLayers('context');
	return (
		<OrganizationPolicy
			what="context policy"
			param="context"
			words={CONTEXT}
			introduction="Holds for every request, also where it names its model itself. Of mode and summarizer an agent’s or a profile’s own stand over it, and a request may say its own mode; of each maximum the lowest counts, whoever sets it."
			policyOf={({ llmConfiguration }) => llmConfiguration.context ?? {}}
			draftOf={contextDraftOf}
			save={async (draft, version) => {
				const { context, ...stored } = await client.organizations.setContext.mutate({
					context: contextOf(draft),
					version,
				});
				return { policy: context, ...stored };
			}}
			fields={(props) => <ContextFields {...props} layers={layers} />}
		/>
	);
}
