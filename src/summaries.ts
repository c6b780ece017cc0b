/**
 * Summaries between requests: in memory of the isolate, and sealed in KV, so that no conversation lies readable there.
 * Without an encryption key they stay in memory alone. What can't be had, opened or read is not there.
 */
import type { Time } from './gateway/ports';
import type { SummaryPort } from './gateway/summary-port';
import { recall, retain } from './recency';
import { type KeyRing, open, type SealScope, seal } from './vault/seal';

/** Plain data, made once per isolate; by organization and name. */
export interface SummaryMemory {
	/** The one that was used last at the end. */
	readonly kept: Map<string, string>;
	/** Until when (ms since epoch) somebody is taken to be at it. */
	readonly begun: Map<string, { readonly until: number; wanted: boolean }>;
	/** UTF-16 units of all that is kept. */
	length: number;
}

export interface SummaryDependencies {
	readonly memory: SummaryMemory;
	readonly organizationId: string;
	readonly kv: Pick<KVNamespace, 'get' | 'put'>;
	readonly ring: () => Promise<KeyRing>;
	readonly time: Pick<Time, 'now'>;
	/** `waitUntil` */
	readonly defer: (work: Promise<unknown>) => void;
}

const MOST_KEPT = 256;
/** UTF-16 units: 1 MB. */
const MOST_LENGTH = 524_288;
/** A longer one is not kept: none that was asked for is. */
const LONGEST = 32_768;
const MOST_BEGUN = 1_000;
const TTL_SECONDS = 86_400;

export const summaryMemory = (): SummaryMemory => ({ kept: new Map(), begun: new Map(), length: 0 });

const entryName = (name: string): string => `summary:${name}`;

/** Another organization, or another name, can't open it. */
const scopeOf = (organizationId: string, name: string): SealScope => ({
	organizationId,
	provider: 'summary',
	host: '',
	rowId: name,
});

function keep(memory: SummaryMemory, name: string, summary: string): void {
	const { kept } = memory;
	memory.length -= kept.get(name)?.length ?? 0;
	kept.delete(name);
	for (const [oldest, { length }] of kept) {
		if (kept.size < MOST_KEPT && memory.length + summary.length <= MOST_LENGTH) break;
		kept.delete(oldest);
		memory.length -= length;
	}
	kept.set(name, summary);
	memory.length += summary.length;
}

export function summaries(deps: SummaryDependencies): SummaryPort {
	const { memory, organizationId, kv, time } = deps;
	const ownName = (name: string): string => `${organizationId}:${name}`;

	async function stored(name: string): Promise<string | null> {
		try {
			const envelope = await kv.get(entryName(name));
			return envelope === null ? null : await open(await deps.ring(), scopeOf(organizationId, name), envelope);
		} catch {
			return null;
		}
	}

	async function store(name: string, summary: string): Promise<void> {
		try {
			const ring = await deps.ring();
			if (ring.currentId === null) return;
			const envelope = await seal(ring, scopeOf(organizationId, name), summary);
			await kv.put(entryName(name), envelope, { expirationTtl: TTL_SECONDS });
		} catch {
			// The next isolate that needs it has it written anew.
		}
	}

	return {
		async read(name) {
			const known = recall(memory.kept, ownName(name));
			if (known !== undefined) return known;
			const summary = await stored(name);
			if (summary === null || summary.length > LONGEST) return null;
			keep(memory, ownName(name), summary);
			return summary;
		},
		write(name, summary) {
			if (summary.length > LONGEST) return;
			keep(memory, ownName(name), summary);
			deps.defer(store(name, summary));
		},
		begin(name, ms) {
			const own = ownName(name);
			const known = memory.begun.get(own);
			if (known && known.until > time.now()) {
				known.wanted = true;
				return null;
			}
			const work = { until: time.now() + ms, wanted: false };
			retain(memory.begun, own, work, MOST_BEGUN);
			return {
				wanted: () => work.wanted,
				end() {
					if (memory.begun.get(own) === work) memory.begun.delete(own);
				},
			};
		},
		writing: (name) => (memory.begun.get(ownName(name))?.until ?? 0) > time.now(),
	};
}
