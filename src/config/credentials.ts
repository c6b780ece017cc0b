/**
 * Key and address as one pair from one source. An organization's active row speaks for its provider alone and
 * entirely: no field of it is ever completed from the environment, and none of the environment's from it.
 */
import type { Credential } from '../gateway/ports';
import { type ProviderConfig, readConfig } from '../providers/config';
import type { Provider } from '../providers/provider';
import { dictionary } from './dictionary';
import type { EnvironmentLayer } from './environment';
import { keyMark } from './key-mark';
import type { ProviderRow } from './rows';

/** `llm_providers.id` → the key in plain text; null where it could not be opened. Lives in isolate memory only. */
export type OpenedKeys = ReadonlyMap<string, string | null>;

/** null: it holds what this release does not take. */
function configOf(row: ProviderRow, provider: Provider): ProviderConfig | null {
	try {
		return readConfig(provider.config ?? [], row.config);
	} catch {
		return null;
	}
}

/** null where the row lacks what the provider needs; such a row still keeps the environment's pair away. */
export function credentialOfRow(row: ProviderRow, provider: Provider, keys: OpenedKeys): Credential | null {
	const config = configOf(row, provider);
	if (config === null) return null;
	const baseUrl = row.baseUrl ?? provider.routing?.baseUrl?.(config) ?? provider.baseUrl;
	if (baseUrl === null) return null;
	const apiKey = provider.auth.kind === 'none' || row.sealedApiKey === null ? null : (keys.get(row.id) ?? null);
	const needsNone = provider.auth.kind === 'none' || (provider.auth.kind === 'optional' && row.sealedApiKey === null);
	if (apiKey === null && !needsNone) return null;
	return {
		rowId: row.id,
		name: row.name,
		source: 'organization',
		apiKey,
		baseUrl,
		trust: row.baseUrl === null ? 'operator' : 'tenant',
		config,
		...(apiKey !== null && { mark: keyMark(row.id, apiKey) }),
	};
}

function credentialsOfProvider(
	provider: Provider,
	own: readonly ProviderRow[] | undefined,
	keys: OpenedKeys,
	environment: EnvironmentLayer,
): readonly Credential[] {
	if (own && !provider.builtin) return own.flatMap((row) => credentialOfRow(row, provider, keys) ?? []);
	const shared = environment.credentials[provider.id];
	return shared ? [shared] : [];
}

/** Provider id → its rows, in order. */
function poolsOf(rows: readonly ProviderRow[]): ReadonlyMap<string, readonly ProviderRow[]> {
	const pools = new Map<string, ProviderRow[]>();
	for (const row of rows) {
		const pool = pools.get(row.provider);
		if (pool) pool.push(row);
		else pools.set(row.provider, [row]);
	}
	return pools;
}

/** Provider id → its pairs, the preferred first; a provider without any is absent. `rows` are active and in order. */
export function credentials(
	rows: readonly ProviderRow[],
	keys: OpenedKeys,
	environment: EnvironmentLayer,
): Readonly<Record<string, readonly Credential[]>> {
	const pools = poolsOf(rows);
	const found: [string, readonly Credential[]][] = [];
	for (const provider of environment.providers) {
		const pairs = credentialsOfProvider(provider, pools.get(provider.id), keys, environment);
		if (pairs.length > 0) found.push([provider.id, pairs]);
	}
	return dictionary(found);
}
