/** The models a caller can use now. */
import type { ListedModel } from './call';
import type { Ports, Snapshot } from './ports';
import { allowedName } from './route';

/** How long an answer waits for providers' own lists; those that come later are there for the next one. */
const PATIENCE_MS = 2_000;

/**
 * Those of every provider that has a key, or needs none, as far as the caller's key may use them; a server with a name
 * of its own lists its own.
 */
export async function listModels(ports: Ports): Promise<readonly ListedModel[]> {
	const snapshot = await ports.config.reload(null);
	await patiently(refreshed(snapshot, ports), ports);
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

async function patiently(work: Promise<unknown>, { time }: Ports): Promise<void> {
	let stop = (): void => undefined;
	const patience = new Promise<void>((resolve) => {
		stop = time.after(PATIENCE_MS, resolve);
	});
	await Promise.race([work, patience]);
	stop();
}

function modelsOf(id: string, { credentials }: Snapshot, { registry, catalog }: Ports): readonly ListedModel[] {
	const provider = registry.provider(id);
	const byName = new Map<string, ListedModel>();
	for (const credential of credentials[id] ?? []) {
		const server = provider?.named && credential.rowId !== null ? { server: credential.name } : {};
		for (const model of catalog.models(id, credential)) {
			const name = `${server.server ?? id}/${model}`;
			if (!byName.has(name)) byName.set(name, { ...catalog.facts(id, model, credential), ...server });
		}
	}
	return [...byName.values()];
}

/** `provider/model` → the organization's own names for it. */
function configuredNames({ aliases = {} }: Snapshot): ReadonlyMap<string, readonly string[]> {
	const names = new Map<string, string[]>();
	for (const [alias, target] of Object.entries(aliases)) names.set(target, [...(names.get(target) ?? []), alias]);
	return names;
}
