/** From a name to who answers by it: provider, model, key and address, facts. Pure. */
import type { ModelFacts } from '../catalog/facts';
import { overlaid } from '../catalog/override';
import { GatewayError, invalid } from '../errors';
import type { Warning } from '../language/request';
import type { Provider } from '../providers/provider';
import type { CatalogPort, Credential, Registry, Snapshot } from './ports';

/** One provider and model, with the key and address to reach it. */
export interface Target {
	readonly provider: Provider;
	/** `provider/model`; `<name>/<model>` at a server with a name of its own. */
	readonly name: string;
	/** As the catalog knows it. */
	readonly model: string;
	/** What the upstream calls it; differs from `model` where a deployment stands for it. */
	readonly upstreamModel: string;
	/** The catalog's, with what the configuration knows better. */
	readonly facts: ModelFacts;
	readonly credential: Credential;
	/** What its health is kept under: the provider, or the provider at a tenant's own host. */
	readonly endpoint: string;
}

export interface Facts {
	readonly snapshot: Snapshot;
	readonly catalog: CatalogPort;
	readonly registry: Pick<Registry, 'provider' | 'ids'>;
}

export const missing = (message: string): GatewayError =>
	new GatewayError('model_not_found', message, { param: 'model' });

interface Located {
	readonly provider: Provider;
	readonly model: string;
	/** The one row that is meant, where the name was a row's. */
	readonly credential?: Credential;
}

/** A row of a provider whose rows are servers with names of their own. */
function namedServer(name: string, { registry, snapshot }: Facts): Omit<Located, 'model'> | null {
	for (const id of registry.ids) {
		const provider = registry.provider(id);
		if (!provider?.named) continue;
		const credential = snapshot.credentials[id]?.find((one) => one.rowId !== null && one.name === name);
		if (credential) return { provider, credential };
	}
	return null;
}

/** The provider at which the organization declares a model of this name. */
function declaring(bareName: string, among: readonly string[], { models }: Snapshot) {
	const provider = among.find((id) => models?.[`${id}/${bareName}`]?.declared);
	return provider === undefined ? null : { provider, model: bareName };
}

/** Configured providers first: the catalog's names, then declared ones. */
function locateBare(name: string, { snapshot, catalog, registry }: Facts) {
	const { credentials } = snapshot;
	const configured = Object.keys(credentials);
	const found = catalog.locate(name, configured, credentials);
	if (found && Object.hasOwn(credentials, found.provider)) return found;
	return declaring(name, configured, snapshot) ?? found ?? declaring(name, registry.ids, snapshot);
}

/** `provider/model` or a bare name as provider and model. Throws `model_not_found` saying which part is unknown. */
function locate(name: string, facts: Facts): Located {
	const slash = name.indexOf('/');
	if (slash > 0) {
		const prefix = name.slice(0, slash);
		const provider = facts.registry.provider(prefix);
		const found = provider ? { provider } : namedServer(prefix, facts);
		const model = name.slice(slash + 1);
		if (!found) throw missing(`Unknown provider '${prefix}' in model '${name}'.`);
		if (!model) throw missing(`Model '${name}' names a provider but no model.`);
		return { ...found, model };
	}
	const found = locateBare(name, facts);
	const provider = found && facts.registry.provider(found.provider);
	if (!found || !provider)
		throw missing(`Unknown model '${name}'. Write it as provider/model, or use a name from /v1/models.`);
	return { provider, model: found.model };
}

function hostOf(url: string): string {
	try {
		return new URL(url).host;
	} catch {
		return url;
	}
}

/**
 * The call is on the organization's own bill: its key, or, where none is needed, a server of its own. A row without
 * either is still the operator's server.
 */
const paysItself = ({ source, apiKey, trust }: Credential): boolean =>
	source === 'organization' && (apiKey !== null || trust === 'tenant');

/** What is known of a model in this organization. */
export const factsOf = (
	provider: string,
	model: string,
	credential: Credential,
	{ snapshot, catalog }: Pick<Facts, 'snapshot' | 'catalog'>,
): ModelFacts => {
	const override = snapshot.models?.[`${provider}/${model}`];
	return overlaid(catalog.facts(provider, model, credential), override, paysItself(credential));
};

/** The target of a name. Throws where it is unknown, has no key, or is of the wrong kind. `rowId`: the key meant. */
export function targetOf(
	name: string,
	kind: 'chat' | 'embedding' | 'any',
	facts: Facts,
	rowId?: string | undefined,
): Target {
	const { provider, model, credential: named } = locate(name, facts);
	const pool = facts.snapshot.credentials[provider.id] ?? [];
	const credential = named ?? pool.find((one) => one.rowId === rowId) ?? pool[0];
	if (!credential) throw missing(`Provider '${provider.id}' has no key in this organization.`);
	const modelFacts = factsOf(provider.id, model, credential, facts);
	if (kind === 'embedding' && !provider.embeddings)
		throw invalid('model', `Provider '${provider.id}' has no embeddings: choose another model.`);
	if (kind !== 'any' && modelFacts.known && modelFacts.kind !== kind)
		throw invalid(
			'model',
			kind === 'chat' ? `'${name}' is an embedding model: use /v1/embeddings.` : `'${name}' is not an embedding model.`,
		);
	const endpoint = credential.trust === 'tenant' ? `${provider.id}@${hostOf(credential.baseUrl)}` : provider.id;
	return {
		provider,
		name: named ? `${named.name}/${model}` : `${provider.id}/${model}`,
		model,
		upstreamModel: provider.routing?.model?.(model, credential.config) ?? model,
		facts: modelFacts,
		credential,
		endpoint,
	};
}

/** Named in the answer where its price and limits are guesses. */
export const unknownModel = (target: Target): readonly Warning[] =>
	target.facts.known
		? []
		: [
				{
					field: 'model',
					message: `'${target.name}' is not in the catalog: its ${target.facts.prices ? '' : 'price is unknown and its '}limits are conservative guesses.`,
				},
			];
