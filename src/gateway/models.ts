/** The models a caller can use now. */
import { within } from '../wait';
import type { ListedModel } from './call';
import { allowedName, allowedProvider } from './key-policy';
import type { Credential, Ports, Snapshot } from './ports';
import { factsOf } from './target';

/** How long an answer waits for providers' own lists; those that come later are there for the next one. */
const PATIENCE_MS = 2_000;

/**
 * Those of every provider that has a key, or needs none, as far as the caller's key may use them; a server with a name
 * of its own lists its own. A key that reaches models through its agents alone has none to name, so none is listed.
 */
export async function listModels(ports: Ports): Promise<readonly ListedModel[]> {
	const snapshot = await ports.config.reload(null);
	const { allowedAgents, mayOverrideModel } = snapshot.caller;
	if (allowedAgents !== null && !mayOverrideModel) return [];
	await within(ports.time, PATIENCE_MS, refreshed(snapshot, ports));
	const names = configuredNames(snapshot);
	return ports.registry.ids.flatMap((id) =>
		modelsOf(id, snapshot, ports).flatMap((model) => {
			const name = `${model.server ?? id}/${model.model}`;
			if (!allowedName(name, snapshot)) return [];
			const aliases = names.get(name);
			return aliases ? { ...model, aliases } : model;
		}),
	);
}

/** Every list that is missing or old, all at a time; the work goes on when nobody waits any more. */
function refreshed({ credentials }: Snapshot, { registry, catalog, defer }: Ports): Promise<unknown> {
	const lists = registry.ids.flatMap((id) =>
		registry.provider(id)?.liveModels
			? (credentials[id] ?? []).map((credential) => catalog.refresh(id, credential))
			: [],
	);
	const all = Promise.all(lists);
	if (lists.length > 0) defer(all);
	return all;
}

function modelsOf(id: string, snapshot: Snapshot, ports: Ports): readonly ListedModel[] {
	const provider = ports.registry.provider(id);
	const byName = new Map<string, ListedModel>();
	for (const [at, credential] of (snapshot.credentials[id] ?? []).entries()) {
		const server = provider?.named && credential.rowId !== null ? { server: credential.name } : {};
		if (!allowedProvider(id, server.server ?? id, snapshot)) continue;
		// Nobody says at which of several servers a declared model is: the first answers for the provider's own name.
		const declared = at === 0 ? declaredAt(id, snapshot) : [];
		for (const model of [...ports.catalog.models(id, credential), ...declared]) {
			const name = `${server.server ?? id}/${model}`;
			if (!byName.has(name)) byName.set(name, { ...listed(id, model, credential, snapshot, ports), ...server });
		}
	}
	return [...byName.values()];
}

function listed(id: string, model: string, credential: Credential, snapshot: Snapshot, ports: Ports): ListedModel {
	const facts = factsOf(id, model, credential, { snapshot, catalog: ports.catalog });
	const displayName = snapshot.models?.[`${id}/${model}`]?.displayName;
	return displayName === undefined ? facts : { ...facts, displayName };
}

/** Names of the provider's models that the organization declares, whether the catalog lists them or not. */
function declaredAt(id: string, { models = {} }: Snapshot): readonly string[] {
	const prefix = `${id}/`;
	return Object.keys(models).flatMap((name) =>
		name.startsWith(prefix) && models[name]?.declared ? name.slice(prefix.length) : [],
	);
}

/** `provider/model` → the organization's own names for it. */
function configuredNames({ aliases = {} }: Snapshot): ReadonlyMap<string, readonly string[]> {
	const names = new Map<string, string[]>();
	for (const [alias, target] of Object.entries(aliases)) names.set(target, [...(names.get(target) ?? []), alias]);
	return names;
}
