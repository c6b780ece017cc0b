/**
 * Key and address as one pair from one source. An organization's active row speaks for its provider alone and
 * entirely: no field of it is ever completed from the environment, and none of the environment's from it.
 */
import type { Credential } from '../gateway/ports';
import { type ProviderConfig, readConfig } from '../providers/config';
import type { Provider } from '../providers/provider';
import { dictionary } from './dictionary';
import type { EnvironmentLayer } from './environment';
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
function credentialOfRow(row: ProviderRow, provider: Provider, keys: OpenedKeys): Credential | null {
	const config = configOf(row, provider);
	if (config === null) return null;
	const baseUrl = row.baseUrl ?? provider.routing?.baseUrl?.(config) ?? provider.baseUrl;
	if (baseUrl === null) return null;
	const pair = {
		rowId: row.id,
		name: row.name,
		config,
		source: 'organization',
		baseUrl,
		trust: row.baseUrl === null ? 'operator' : 'tenant',
	} as const;
	if (provider.auth.kind === 'none') return { ...pair, apiKey: null };
	if (row.sealedApiKey === null) return provider.auth.kind === 'optional' ? { ...pair, apiKey: null } : null;
	const apiKey = keys.get(row.id) ?? null;
	return apiKey === null ? null : { ...pair, apiKey };
}

function credentialsOfProvider(
	provider: Provider,
	rows: readonly ProviderRow[],
	keys: OpenedKeys,
	environment: EnvironmentLayer,
): readonly Credential[] {
	const own = provider.builtin ? [] : rows.filter((row) => row.provider === provider.id);
	if (own.length > 0) return own.flatMap((row) => credentialOfRow(row, provider, keys) ?? []);
	const shared = environment.credentials[provider.id];
	return shared ? [shared] : [];
}

/** Provider id → its pairs, the preferred first; a provider without any is absent. `rows` are active and in order. */
export function credentials(
	rows: readonly ProviderRow[],
	keys: OpenedKeys,
	environment: EnvironmentLayer,
): Readonly<Record<string, readonly Credential[]>> {
	return dictionary(
		environment.providers.flatMap((provider) => {
			const pairs = credentialsOfProvider(provider, rows, keys, environment);
			return pairs.length > 0 ? [[provider.id, pairs] as const] : [];
		}),
	);
}
