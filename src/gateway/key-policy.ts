/** What the caller's key lets through: models, providers, agents. */
import { GatewayError, invalid } from '../errors';
import type { ChatRequest } from '../language/request';
import { matchesName } from '../providers/model-name';
import type { Provider } from '../providers/provider';
import type { Route } from './candidate';
import type { Caller, Snapshot } from './ports';
import type { Target } from './target';

type ProviderOptions = NonNullable<ChatRequest['providerOptions']>;

const forbidden = (message: string, param = 'model'): GatewayError => new GatewayError('forbidden', message, { param });

/** By the key's list of models; `name` as `provider/model`. */
export function allowedName(name: string, { caller: { allowedModels } }: Pick<Snapshot, 'caller'>): boolean {
	return allowedModels === null || allowedModels.some((pattern) => matchesName(pattern, name));
}

/** By the key's list of providers, where a server with a name of its own may stand by that; else `server` is the id. */
export function allowedProvider(
	id: string,
	server: string,
	{ caller: { allowedProviders } }: Pick<Snapshot, 'caller'>,
): boolean {
	return allowedProviders === null || allowedProviders.includes(id) || allowedProviders.includes(server);
}

/** `forbidden` where the key may not use this target; null where it may. */
export function refusedByKey({ provider, name }: Target, snapshot: Pick<Snapshot, 'caller'>): GatewayError | null {
	const server = name.slice(0, name.indexOf('/'));
	if (!allowedProvider(provider.id, server, snapshot)) return forbidden(`This key may not use provider '${server}'.`);
	return allowedName(name, snapshot) ? null : forbidden(`This key may not use model '${name}'.`);
}

/** A key limited to agents reaches nothing by itself. Throws `forbidden`, saying what to do instead. */
export function checkUnaided({ allowedAgents }: Caller): void {
	if (allowedAgents === null) return;
	throw forbidden(
		'This key is limited to agents: name one of its agents by x-switchyard-agent or as model agent:<slug>.',
	);
}

/** Throws `forbidden`. */
export function checkAgent(slug: string, { allowedAgents }: Caller): void {
	if (allowedAgents && !allowedAgents.includes(slug)) throw forbidden(`This key may not use agent '${slug}'.`);
}

/** Names in such a list that are looked at for a key: no provider moves on as often. */
const MOST_OPTION_MODELS = 50;

/**
 * Where a provider itself moves on to models that its options name, a key's list of models holds for those too.
 * Throws `forbidden`, and `invalid_request` where they are no list of names, or one that is too long.
 */
function checkOptions({ id, quirks }: Provider, options: ProviderOptions, snapshot: Pick<Snapshot, 'caller'>): void {
	const models = quirks?.fallbackModels ? options[id]?.models : undefined;
	if (models === undefined) return;
	const param = `providerOptions.${id}.models`;
	if (!Array.isArray(models)) throw invalid(param, `${param}: expected an array of model names.`);
	if (models.length > MOST_OPTION_MODELS)
		throw invalid(param, `${param}: expected ${MOST_OPTION_MODELS} names at most.`);
	const barred = models.find((model) => !allowedName(`${id}/${model}`, snapshot));
	if (barred !== undefined) throw forbidden(`This key may not use model '${id}/${barred}'.`, param);
}

/** Of every provider that may be asked, once each. Throws as `checkOptions` does. */
export function checkAllOptions(
	{ candidates, contextChain, filterChain }: Pick<Route, 'candidates' | 'contextChain' | 'filterChain'>,
	options: ChatRequest['providerOptions'],
	snapshot: Pick<Snapshot, 'caller'>,
): void {
	if (options === undefined || snapshot.caller.allowedModels === null) return;
	const asked = [...candidates, ...contextChain, ...filterChain].map(({ target }) => target.provider);
	for (const provider of new Set(asked)) checkOptions(provider, options, snapshot);
}
