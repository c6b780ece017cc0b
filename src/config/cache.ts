/**
 * Configurations between requests: resolved in memory of the isolate, as rows with sealed keys in KV.
 *
 * The one rule: an entry is named by the version that was read in the same transaction as its content, and every write
 * moves the version in its own transaction. So an entry is right for its version for ever, also one read while a change
 * was unsettled, and the ledger's `open` alone decides whether that version is still the one in force.
 */
import { type EntryStore, readEntry, writeEntry } from '../auth/entries';
import { recall, retain } from '../recency';
import { type ConfigurationRows, configurationRows } from './rows';
import type { ResolvedConfiguration } from './snapshot';

/** Entry name → configuration, bounded. Plain data, meant for module scope. */
export type ConfigurationMemory = Map<string, ResolvedConfiguration>;

export interface ConfigurationCache {
	readonly memory: ConfigurationMemory;
	readonly entries: EntryStore;
}

const MAX_CONFIGURATIONS = 512;

/** `agentSlug` null: without an agent. The slug comes last, so that no spelling of it reaches another's entry. */
export const entryName = (organizationId: string, version: number, agentSlug: string | null): string =>
	`config:${organizationId}:${version}:${agentSlug ?? '-'}`;

export const recallConfiguration = (cache: ConfigurationCache, name: string): ResolvedConfiguration | undefined =>
	recall(cache.memory, name);

/** In memory only: what came from KV. */
export function retainConfiguration(cache: ConfigurationCache, name: string, resolved: ResolvedConfiguration): void {
	retain(cache.memory, name, resolved, MAX_CONFIGURATIONS);
}

/**
 * In memory, and in the background in KV, where a failure costs the next isolate a read of D1. A name that is known
 * already holds the same: a refusal looked up in D1 costs no write.
 */
export function rememberConfiguration(
	cache: ConfigurationCache,
	name: string,
	resolved: ResolvedConfiguration,
	rows: ConfigurationRows,
): void {
	if (cache.memory.has(name)) return;
	retainConfiguration(cache, name, resolved);
	writeEntry(cache.entries, name, rows);
}

/** null where KV has no readable entry that is what its name says. */
export async function readCachedRows(
	cache: ConfigurationCache,
	organizationId: string,
	version: number,
	agentSlug: string | null,
): Promise<ConfigurationRows | null> {
	const rows = await readEntry(cache.entries, entryName(organizationId, version, agentSlug), configurationRows);
	if (rows?.organization.id !== organizationId || rows.organization.version !== version) return null;
	return (rows.agent?.slug ?? null) === agentSlug ? rows : null;
}
