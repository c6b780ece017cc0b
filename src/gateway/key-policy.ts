/** What the caller's key lets through: models, providers, agents. */
import { GatewayError, invalid } from '../errors';
import type { ChatRequest } from '../language/request';
import { matchesName } from '../providers/model-name';
import type { Caller, Snapshot } from './ports';
import type { Target } from './target';

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
	if (barred !== undefined) throw forbidden(`This key may not use model '${provider.id}/${barred}'.`, param);
}
