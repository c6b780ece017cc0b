/**
 * Whoever writes summaries. The organization chose the model, so that neither the key's list of models or agents nor
 * its word on settings stands against it; its list of providers does, and so does the request's residency.
 */
import type { ModelFacts } from '../catalog/facts';
import { isWithin } from './filter';
import type { ConfigPort, Ports, Snapshot } from './ports';
import { noTarget } from './request-ledger';
import { survey } from './route';
import type { Summarizing } from './summary';

/** What is known of the model that will be asked first. Throws GatewayError where nobody can be. */
export function summarizerOf(
	{ snapshot, policy, residency }: Pick<Summarizing, 'snapshot' | 'policy' | 'residency'>,
	{ catalog, registry }: Pick<Ports, 'catalog' | 'registry'>,
): ModelFacts {
	const facts = { snapshot: chosen(snapshot, residency), catalog, registry };
	const request = {
		kind: 'chat',
		model: policy.summarizer,
		models: undefined,
		agentSlug: null,
		fallback: true,
	} as const;
	const { first, group, others } = survey(request, facts);
	const target = [first, ...group, ...others].find((one) => one.target !== null)?.target;
	if (target) return target.facts;
	throw first.refusal ?? noTarget();
}

/** The configuration under which the organization's own choice is asked. */
export const chosenConfig = (config: ConfigPort, residency: readonly string[] | undefined): ConfigPort => ({
	load: async (agentSlug) => chosen(await config.load(agentSlug), residency),
	reload: async (agentSlug) => chosen(await config.reload(agentSlug), residency),
});

function chosen(snapshot: Snapshot, residency: readonly string[] | undefined): Snapshot {
	const { caller, credentials } = snapshot;
	return {
		...snapshot,
		agent: null,
		caller: { ...caller, allowedModels: null, allowedAgents: null, mayOverrideSettings: true },
		credentials: residency ? within(credentials, residency) : credentials,
	};
}

/** What residency leaves of the keys. */
function within(credentials: Snapshot['credentials'], residency: readonly string[]): Snapshot['credentials'] {
	const left: Record<string, Snapshot['credentials'][string]> = {};
	for (const [provider, keys] of Object.entries(credentials)) {
		const open = keys.filter((key) => isWithin(key, residency));
		if (open.length > 0) left[provider] = open;
	}
	return left;
}
