/** From a name to who answers by it: provider, model, key and address, facts. Pure. */
import type { ModelFacts } from '../catalog/facts';
import { overlaid } from '../catalog/override';
import { GatewayError, invalid } from '../errors';
import type { HealthPort, Place } from '../health/contract';
import { endpointOf, modelClassOf } from '../health/place';
import type { Warning } from '../language/request';
import type { Provider } from '../providers/provider';
import type { AffinityPort, CatalogPort, Credential, Registry, Snapshot, Time } from './ports';

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
	/** What its health is kept under. */
	readonly place: Place;
}

export interface Facts {
	readonly snapshot: Snapshot;
	readonly catalog: CatalogPort;
	readonly registry: Pick<Registry, 'provider' | 'ids'>;
}

/** What putting in order takes besides: how everybody does, whose turn it is, and chance. */
export interface RankFacts extends Facts {
	readonly health: Pick<HealthPort, 'measures' | 'standing'>;
	readonly affinity: Pick<AffinityPort, 'last' | 'turn'>;
	/** Uniform in [0, 1). */
	readonly random: () => number;
	readonly time: Pick<Time, 'now'>;
}

/** A name with all keys that it may be called by. */
export interface Addressed {
	/** With the first of them. */
	readonly target: Target;
	/** In order of preference, at least one; one only where the name or a profile means that one. */
	readonly keys: readonly Credential[];
}

export const missing = (message: string): GatewayError =>
	new GatewayError('model_not_found', message, { param: 'model' });

/** UTF-16 units of a name that is looked at: a longer one is nobody's, and reading it would take its time. */
const LONGEST_NAME = 1_024;

/** Throws `model_not_found` where it is longer than any name; `most`: where a path may stand for it. */
export function checkLength(name: string, most = LONGEST_NAME): void {
	if (name.length > most) throw missing(`A model's name has at most ${most} characters.`);
}

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

/**
 * Rows that are servers of their own serve different models: those whose list is known and lacks this one are left out,
 * unless none lists it.
 */
function serving(provider: Provider, model: string, pool: readonly Credential[], catalog: CatalogPort) {
	if (!provider.named || pool.length < 2) return pool;
	const open = pool.filter((one) => {
		const listed = catalog.models(provider.id, one);
		return listed.length === 0 || listed.includes(model);
	});
	return open.length > 0 ? open : pool;
}

/**
 * The target of a name with its pool. Throws where it is unknown, has no key, or is of the wrong kind. `rowId`: the one
 * key meant, where the provider has it.
 */
export function addressed(
	name: string,
	kind: 'chat' | 'embedding' | 'any',
	facts: Facts,
	rowId?: string | undefined,
): Addressed {
	const { provider, model, credential: named } = locate(name, facts);
	const pool = facts.snapshot.credentials[provider.id] ?? [];
	const meant = named ?? (rowId === undefined ? undefined : pool.find((one) => one.rowId === rowId));
	const keys = meant ? [meant] : serving(provider, model, pool, facts.catalog);
	const [credential] = keys;
	if (!credential) throw missing(`Provider '${provider.id}' has no key in this organization.`);
	const modelFacts = factsOf(provider.id, model, credential, facts);
	if (kind === 'embedding' && !provider.embeddings)
		throw invalid('model', `Provider '${provider.id}' has no embeddings: choose another model.`);
	if (kind !== 'any' && modelFacts.known && modelFacts.kind !== kind)
		throw invalid(
			'model',
			kind === 'chat' ? `'${name}' is an embedding model: use /v1/embeddings.` : `'${name}' is not an embedding model.`,
		);
	const called = named ? `${named.name}/${model}` : `${provider.id}/${model}`;
	return { target: made(provider, called, model, credential, modelFacts, facts), keys };
}

/** The same provider and model by another key of its pool. */
export function withKey(target: Target, credential: Credential, facts: Facts): Target {
	if (credential === target.credential) return target;
	const { provider, name, model } = target;
	return made(provider, name, model, credential, factsOf(provider.id, model, credential, facts), facts);
}

const made = (
	provider: Provider,
	name: string,
	model: string,
	credential: Credential,
	modelFacts: ModelFacts,
	{ snapshot }: Facts,
): Target => ({
	provider,
	name,
	model,
	upstreamModel: provider.routing?.model?.(model, credential.config) ?? model,
	facts: modelFacts,
	credential,
	place: placeOf(provider, credential, modelFacts, snapshot.organization.id),
});

/** Where a call with this pair is kept in health. */
export const placeOf = (
	{ id }: Pick<Provider, 'id'>,
	{ baseUrl, trust }: Credential,
	facts: ModelFacts,
	organizationId: string,
): Place => ({
	endpoint: endpointOf({ provider: id, baseUrl, trust, organizationId }),
	modelClass: modelClassOf(facts, trust),
});

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
