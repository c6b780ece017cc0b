/** The catalog with providers' own lists laid over it. Looks only at what was read before: nothing here waits. */
import type { CatalogPort, Credential } from '../../gateway/ports';
import type { ModelFacts } from '../facts';
import type { LiveList, LiveModel } from './list';
import { laidOver } from './sheet';

export interface LiveLists {
	/**
	 * The provider's list as this credential sees it, without one as everybody does; null: there is none, or it was
	 * not read yet. Where it is missing or old it is read behind the request.
	 */
	list(provider: string, credential?: Credential): LiveList | null;
	/** Reads it now where it is missing or old. Never rejects. */
	refresh(provider: string, credential: Credential): Promise<void>;
}

/** What is found quickly in a list. */
interface Index {
	readonly byId: ReadonlyMap<string, LiveModel>;
	/** Last part of a name → the name, without what several share. */
	readonly byPart: ReadonlyMap<string, string>;
	/** Made on need, by name. */
	readonly sheets: Map<string, ModelFacts>;
}

const indexes = new WeakMap<LiveList, Index>();

function indexOf(list: LiveList): Index {
	const known = indexes.get(list);
	if (known) return known;
	const byPart = new Map<string, string>();
	const shared = new Set<string>();
	for (const { id } of list.models) {
		const part = id.split('/').at(-1) ?? id;
		if (byPart.has(part)) shared.add(part);
		byPart.set(part, id);
	}
	for (const part of shared) byPart.delete(part);
	const made = { byId: new Map(list.models.map((model) => [model.id, model])), byPart, sheets: new Map() };
	indexes.set(list, made);
	return made;
}

/** Ollama's `:latest` may be left out. */
const named = ({ byId }: Index, model: string): LiveModel | undefined => byId.get(model) ?? byId.get(`${model}:latest`);

/** A way of routing to a listed model (`:nitro`), which is sold on other terms. */
const routed = ({ byId }: Index, model: string): LiveModel | undefined => byId.get(model.split(':')[0] ?? '');

function factsIn(list: LiveList, sheet: ModelFacts): ModelFacts {
	const index = indexOf(list);
	const known = index.sheets.get(sheet.model);
	if (known) return known;
	const live = named(index, sheet.model);
	if (!live) {
		const variant = routed(index, sheet.model);
		return variant ? { ...laidOver(sheet, variant, list), prices: null, priceVersion: null } : sheet;
	}
	const made = laidOver(sheet, live, list);
	index.sheets.set(sheet.model, made);
	return made;
}

/** `base` for what no list tells. */
export function withLive(base: CatalogPort, lists: LiveLists): CatalogPort {
	function facts(provider: string, model: string, credential?: Credential): ModelFacts {
		const sheet = base.facts(provider, model);
		const list = lists.list(provider, credential);
		return list ? factsIn(list, sheet) : sheet;
	}

	/** Lists of chat models leave the others out. */
	function models(provider: string, credential?: Credential): readonly string[] {
		const list = lists.list(provider, credential);
		const listed = base.models(provider);
		if (!list) return listed;
		const { byId } = indexOf(list);
		const others = listed.filter((model) => !byId.has(model) && base.facts(provider, model).kind === 'embedding');
		return [...byId.keys(), ...others];
	}

	return {
		facts,
		models,
		locate(bareName, among, credentials = {}) {
			const found = base.locate(bareName, among);
			if (found && among.includes(found.provider)) return found;
			for (const provider of among) {
				const [credential] = credentials[provider] ?? [];
				const list = credential ? lists.list(provider, credential) : null;
				const model = list && (named(indexOf(list), bareName)?.id ?? indexOf(list).byPart.get(bareName));
				if (model) return { provider, model };
			}
			return found;
		},
		refresh: (provider, credential) => lists.refresh(provider, credential),
	};
}
