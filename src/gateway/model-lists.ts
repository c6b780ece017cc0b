/**
 * Providers' own model lists, behind the requests: what was read lies in memory of the isolate and in KV, and is read
 * anew in the background, at most once in a while whatever comes of it. A list belongs to the credential that opened
 * it, so that one organization's server never shows in another's; a public one is everybody's.
 */
import type { LiveList, LiveLists } from '../catalog/live';
import type { ModelList, Provider } from '../providers/provider';
import { readList } from './model-list-reader';
import type { Credential, Ports } from './ports';

/** What is known of one list. Plain data, meant for the isolate. */
export interface KeptList {
	readonly list: LiveList | null;
	/** When it was last asked for; ms since epoch. */
	readonly askedAt: number;
	/** Asking came to nothing. */
	readonly failed: boolean;
}

export type ListMemory = Map<string, KeptList>;

/** Text by name, as in KV. What fails here costs one more reading of the list. */
export interface ListStore {
	read(name: string): Promise<string | null>;
	write(name: string, text: string, ttlSeconds: number): Promise<void>;
}

export interface ListDependencies extends Pick<Ports, 'registry' | 'send' | 'time' | 'defer' | 'log'> {
	readonly memory: ListMemory;
	readonly store: ListStore;
}

/** Age at which a list is read anew: an aggregator's catalog, a server on which models come and go. */
const PUBLIC_TTL_MS = 3_600_000;
const OWN_TTL_MS = 600_000;
/** Least time between two readings of one list. */
const REST_MS = 60_000;
/** An old list is better than none, for as long. */
const KEPT_SECONDS = 86_400;
/** In memory, and the models of all of them together. */
const MOST_LISTS = 512;
const MOST_MODELS = 20_000;

/** One list, and where it comes from. */
interface Listing {
	readonly provider: Provider;
	readonly source: ModelList;
	readonly credential: Credential;
	readonly name: string;
	readonly ttlMs: number;
}

function listingOf(provider: Provider | null, given: Credential | undefined): Listing | null {
	const source = provider?.liveModels;
	if (!provider || !source) return null;
	const open = source.public === true && given?.trust !== 'tenant';
	const credential = given ?? (open ? anonymous(provider) : null);
	if (!credential) return null;
	const scope = open ? `public:${credential.baseUrl}` : (credential.rowId ?? 'environment');
	return {
		provider,
		source,
		credential: open ? { ...credential, apiKey: null } : credential,
		name: `models:${provider.id}:${scope}`,
		ttlMs: open ? PUBLIC_TTL_MS : OWN_TTL_MS,
	};
}

/** What anybody sees at the provider's own address. */
function anonymous({ id, baseUrl }: Provider): Credential | null {
	if (baseUrl === null) return null;
	return { rowId: null, name: id, source: 'none', apiKey: null, baseUrl, trust: 'operator', config: {} };
}

export function modelLists(deps: ListDependencies): LiveLists {
	const { memory, store, time } = deps;

	/** A list that another address gave is none. */
	const usable = ({ name, credential }: Listing): LiveList | null => {
		const list = memory.get(name)?.list;
		return list?.baseUrl === credential.baseUrl ? list : null;
	};
	const isFresh = (list: LiveList | null, { ttlMs }: Listing): boolean => list !== null && time.now() - list.at < ttlMs;
	const keep = (listing: Listing, list: LiveList | null, failed = false): void => {
		const kept = { list: list ?? usable(listing), askedAt: time.now(), failed };
		memory.delete(listing.name);
		memory.set(listing.name, kept);
		shrink(memory);
	};

	async function update(listing: Listing): Promise<void> {
		keep(listing, null);
		try {
			if (!usable(listing)) keep(listing, parsed(await store.read(listing.name).catch(() => null), listing));
			const before = usable(listing);
			if (isFresh(before, listing)) return;
			await readList({ ...listing, before }, deps, async (list, complete) => {
				keep(listing, list);
				if (complete) await store.write(listing.name, JSON.stringify(list), KEPT_SECONDS).catch(() => undefined);
			});
		} catch (error) {
			keep(listing, null, true);
			const { provider, credential } = listing;
			const level = credential.source === 'none' ? 'debug' : 'warn';
			const reason = error instanceof Error ? error.message : String(error);
			deps.log(level, 'model-list-unreadable', { provider: provider.id, providerRowId: credential.rowId, reason });
		}
	}

	const rested = ({ name }: Listing): boolean => time.now() - (memory.get(name)?.askedAt ?? -REST_MS) >= REST_MS;

	return {
		list(id, credential) {
			const listing = listingOf(deps.registry.provider(id), credential);
			if (!listing) return null;
			const list = usable(listing);
			if (!isFresh(list, listing) && rested(listing)) deps.defer(update(listing));
			return list;
		},
		async refresh(id, credential) {
			const listing = listingOf(deps.registry.provider(id), credential);
			if (!listing || isFresh(usable(listing), listing)) return;
			// Another request may be reading it: its promise can't be waited for, so a missing list is read here too.
			const awaited = !usable(listing) && memory.get(listing.name)?.failed !== true;
			if (awaited || rested(listing)) await update(listing);
		},
	};
}

/** null where the text is no list of this address. */
function parsed(text: string | null, { credential }: Listing): LiveList | null {
	try {
		const list = text === null ? null : (JSON.parse(text) as Partial<LiveList>);
		const readable = list?.baseUrl === credential.baseUrl && typeof list.at === 'number' && Array.isArray(list.models);
		return readable ? (list as LiveList) : null;
	} catch {
		return null;
	}
}

/** The least recently read ones leave first. */
function shrink(memory: ListMemory): void {
	let models = 0;
	for (const { list } of memory.values()) models += list?.models.length ?? 0;
	for (const [name, { list }] of memory) {
		if (models <= MOST_MODELS && memory.size <= MOST_LISTS) return;
		memory.delete(name);
		models -= list?.models.length ?? 0;
	}
}
