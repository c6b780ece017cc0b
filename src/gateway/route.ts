/** Who may answer: the ordered targets of one request. Pure. */
import type { ModelFacts } from '../catalog/facts';
import { GatewayError, invalid } from '../errors';
import type { ChatRequest } from '../language/request';
import { matchesName } from '../providers/model-name';
import type { Provider } from '../providers/provider';
import type { RoutingStep } from './call';
import type { CatalogPort, Choice, Credential, Registry, Snapshot } from './ports';

/** One provider and model, with the key and address to reach it. */
export interface Target {
	readonly provider: Provider;
	/** `provider/model`; `<name>/<model>` at a server with a name of its own. */
	readonly name: string;
	/** As the catalog knows it. */
	readonly model: string;
	/** What the upstream calls it; differs from `model` where a deployment stands for it. */
	readonly upstreamModel: string;
	readonly facts: ModelFacts;
	readonly credential: Credential;
	/** What its health is kept under: the provider, or the provider at a tenant's own host. */
	readonly endpoint: string;
}

export interface Route {
	/** At least one. */
	readonly targets: readonly Target[];
	/** Settings of whatever chose the model; null where the request named it itself. */
	readonly choice: Choice | null;
	/** Targets that could not even be considered. */
	readonly skipped: readonly RoutingStep[];
}

export interface RouteRequest {
	readonly kind: 'chat' | 'embedding';
	readonly model: string | undefined;
	readonly models: readonly string[] | undefined;
	/** Slug asked for by header or `agent:<slug>`. */
	readonly agentSlug: string | null;
	readonly fallback: boolean;
}

export interface Facts {
	readonly snapshot: Snapshot;
	readonly catalog: CatalogPort;
	readonly registry: Registry;
}

/** Longest chain, the first target included. */
const MAX_TARGETS = 8;

const isDefault = (model: string | undefined): boolean => model === undefined || model === '' || model === 'default';

/** The agent a request asks for: header first, then `agent:<slug>` in place of a model. */
export function agentSlugOf(model: string | undefined, header: string | null): string | null {
	if (header) return header;
	return model?.startsWith('agent:') ? model.slice('agent:'.length) : null;
}

const missing = (message: string): GatewayError => new GatewayError('model_not_found', message, { param: 'model' });

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
	const found = facts.catalog.locate(name, Object.keys(facts.snapshot.credentials), facts.snapshot.credentials);
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

/** The target of a name. Throws where it is unknown, has no key, or is of the wrong kind. */
export function targetOf(name: string, kind: 'chat' | 'embedding' | 'any', facts: Facts, rowId?: string): Target {
	const { provider, model, credential: named } = locate(name, facts);
	const pool = facts.snapshot.credentials[provider.id] ?? [];
	const credential = named ?? pool.find((one) => one.rowId === rowId) ?? pool[0];
	if (!credential) throw missing(`Provider '${provider.id}' has no key in this organization.`);
	const modelFacts = facts.catalog.facts(provider.id, model, credential);
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

const nameOf = (target: Target): string => target.name;

/** By the key's list of models; `name` as `provider/model`. */
export function allowedName(name: string, { caller: { allowedModels } }: Pick<Snapshot, 'caller'>): boolean {
	return allowedModels === null || allowedModels.some((pattern) => matchesName(pattern, name));
}

export const allowed = (target: Target, snapshot: Snapshot): boolean => allowedName(nameOf(target), snapshot);

/**
 * Where a provider itself moves on to models that its options name, a key's list of models holds for those too.
 * Throws `forbidden`, and `invalid_request` where they are no list of names.
 */
export function checkOptions({ provider }: Target, options: ChatRequest['providerOptions'], snapshot: Snapshot): void {
	const models = provider.quirks?.fallbackModels ? options?.[provider.id]?.models : undefined;
	if (models === undefined || snapshot.caller.allowedModels === null) return;
	const param = `providerOptions.${provider.id}.models`;
	if (!Array.isArray(models)) throw invalid(param, `${param}: expected an array of model names.`);
	const barred = models.find((model) => !allowedName(`${provider.id}/${model}`, snapshot));
	if (barred !== undefined)
		throw new GatewayError('forbidden', `This key may not use model '${provider.id}/${barred}'.`, { param });
}

interface Asked {
	readonly names: readonly string[];
	readonly choice: Choice | null;
}

/** Where an agent is asked for, it must exist and be open to this key. */
function checkAgent(request: RouteRequest, snapshot: Snapshot): void {
	const slug = request.agentSlug;
	if (slug === null) return;
	if (!snapshot.agent) throw missing(`Unknown agent '${slug}' in this organization.`);
	const open = snapshot.caller.allowedAgents;
	if (open && !open.includes(snapshot.agent.slug))
		throw new GatewayError('forbidden', `This key may not use agent '${slug}'.`);
}

function profileChoice(name: string, snapshot: Snapshot): Choice {
	const choice = snapshot.profiles[name];
	if (!choice) throw missing(`Unknown profile '${name}' in this organization.`);
	return choice;
}

/** What an embedding request without a model gets: the agent's, the default provider's, or any configured one. */
function defaultEmbedding(facts: Facts): string {
	const { snapshot } = facts;
	if (snapshot.agent?.embeddingModel) return snapshot.agent.embeddingModel;
	const chosen = snapshot.defaultChoice.model.value.split('/')[0] ?? '';
	const order = [
		chosen,
		...Object.keys(snapshot.credentials).filter((id) => !facts.registry.provider(id)?.builtin),
		'mock',
	];
	for (const id of order) {
		const model = snapshot.credentials[id] && snapshot.embeddingModels[id];
		if (model) return `${id}/${model}`;
	}
	throw missing('No configured provider has embeddings.');
}

/** The names the request itself gives; null where it leaves the choice to the configuration. */
function explicitNames(model: string | undefined, models: readonly string[] | undefined): readonly string[] | null {
	if (models && models.length > 0) return models;
	return model === undefined || isDefault(model) ? null : [model];
}

/** The names asked for, first choice first, and the settings that come with them. */
function asked(request: RouteRequest, facts: Facts): Asked {
	const { snapshot } = facts;
	checkAgent(request, snapshot);
	const model = request.model?.startsWith('agent:') ? undefined : request.model;
	const explicit = explicitNames(model, request.models)?.map((name) => snapshot.aliases?.[name] ?? name) ?? null;
	if (explicit && request.agentSlug !== null && !snapshot.caller.mayOverrideModel)
		throw new GatewayError('forbidden', "This key may not put another model in an agent's place.", { param: 'model' });
	const agentChoice = request.agentSlug === null ? null : (snapshot.agent?.choice ?? null);
	if (request.kind === 'embedding') return { names: explicit ?? [defaultEmbedding(facts)], choice: null };
	if (!explicit) {
		const choice = agentChoice ?? snapshot.defaultChoice;
		return { names: [choice.model.value], choice };
	}
	const first = explicit[0] ?? '';
	if (!first.startsWith('profile:')) return { names: explicit, choice: agentChoice };
	const choice = profileChoice(first.slice('profile:'.length), snapshot);
	return { names: [choice.model.value, ...explicit.slice(1)], choice };
}

/** Names to fall back to, after those asked for. */
function chain(request: RouteRequest, snapshot: Snapshot): readonly string[] {
	if (!request.fallback || request.kind === 'embedding' || request.models?.length) return [];
	const own = request.agentSlug === null ? [] : (snapshot.agent?.fallbacks ?? []);
	return own.length > 0 ? own : snapshot.fallbackChain;
}

/**
 * The first name must be usable (404, 403, 400 otherwise); those after it are skipped with the reason.
 * Throws GatewayError.
 */
export function route(request: RouteRequest, facts: Facts): Route {
	const { names, choice } = asked(request, facts);
	const [first, ...others] = [...names, ...chain(request, facts.snapshot)];
	const primary = targetOf(first ?? '', request.kind, facts, choice?.credentialRowId);
	if (!allowed(primary, facts.snapshot))
		throw new GatewayError('forbidden', `This key may not use model '${nameOf(primary)}'.`, { param: 'model' });
	const targets = [primary];
	const skipped: RoutingStep[] = [];
	for (const name of others) {
		const next = fallbackTarget(name, targets, request, facts);
		if ('outcome' in next) skipped.push(next);
		else targets.push(next);
	}
	return { targets, choice, skipped };
}

function fallbackTarget(
	name: string,
	before: readonly Target[],
	request: RouteRequest,
	facts: Facts,
): Target | RoutingStep {
	const slash = name.indexOf('/');
	const skip = (reason: string): RoutingStep => ({
		provider: slash > 0 ? name.slice(0, slash) : '',
		model: name.slice(slash + 1),
		outcome: 'skipped',
		reason,
		attempts: 0,
	});
	if (before.length >= MAX_TARGETS) return skip(`the chain is longer than ${MAX_TARGETS} targets`);
	try {
		const target = targetOf(name, request.kind, facts);
		if (before.some((earlier) => nameOf(earlier) === nameOf(target))) return skip('already in the chain');
		return allowed(target, facts.snapshot) ? target : skip('not allowed by this key');
	} catch (error) {
		if (error instanceof GatewayError) return skip(error.message);
		throw error;
	}
}
