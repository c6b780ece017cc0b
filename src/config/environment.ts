/** The lowest layer: what the environment says, worked out once per isolate. Plain data; no tenant is in it. */
import type { ProviderVariables, Settings } from '../env';
import { GatewayError, toGatewayError } from '../errors';
import type { Credential, Registry } from '../gateway/ports';
import { isPoolField, type ProviderConfig, readConfig } from '../providers/config';
import type { Provider } from '../providers/provider';
import { dictionary } from './dictionary';
import { keyMark } from './key-mark';

export interface EnvironmentLayer {
	/** `provider/model` of `DEFAULT_PROVIDER`; null where it is not set. */
	readonly defaultModel: string | null;
	readonly fallbackChain: readonly string[];
	readonly requestsPerMinute: number | null;
	readonly requestsPerDay: number | null;
	/** What a routing policy stands over. */
	readonly time: Settings['time'];
	/** The variable that says each of these; null: none does. */
	readonly timeVariables: Settings['timeVariables'];
	/** Provider id → the environment's key with the environment's (or the default) address. */
	readonly credentials: Readonly<Record<string, Credential>>;
	/** Provider id → `DEFAULT_<ID>_EMBEDDING_MODEL`, else the provider's own. */
	readonly embeddingModels: Readonly<Record<string, string>>;
	/** Every provider, in order of preference. */
	readonly providers: readonly Provider[];
}

/** Variables a provider has no use for are left alone. Throws `internal` naming one whose value is wrong. */
function configOf(provider: Provider, variables: ProviderVariables): ProviderConfig {
	const given = Object.entries(variables.config).filter(
		([field]) => isPoolField(field) || provider.config?.some((one) => one === field),
	);
	try {
		return readConfig(provider.config ?? [], Object.fromEntries(given));
	} catch (cause) {
		const { param, message } = toGatewayError(cause);
		const name = variables.configVariables[param?.replace('config.', '') ?? ''] ?? `the variables of ${provider.id}`;
		throw new GatewayError('internal', `Configuration error in ${name}: ${message}`, { cause });
	}
}

/** null where a key or an address is missing. */
function credentialOf(provider: Provider, variables: ProviderVariables): Credential | null {
	const config = configOf(provider, variables);
	const none = { rowId: null, name: provider.id, source: 'none', apiKey: null, trust: 'operator', config } as const;
	if (provider.builtin) return { ...none, baseUrl: provider.baseUrl ?? '' };
	const baseUrl = variables.baseUrl ?? provider.routing?.baseUrl?.(config) ?? provider.baseUrl;
	if (baseUrl === null) return null;
	const apiKey = provider.auth.kind === 'none' ? null : variables.apiKey;
	if (apiKey !== null) return { ...none, source: 'environment', apiKey, baseUrl, mark: keyMark(null, apiKey) };
	if (provider.auth.kind !== 'none' && provider.auth.kind !== 'optional') return null;
	return { ...none, source: variables.baseUrl === null ? 'none' : 'environment', baseUrl };
}

function defaultModelOf(settings: Settings, registry: Pick<Registry, 'provider'>): string | null {
	const id = settings.defaultProvider;
	if (id === null) return null;
	const provider = registry.provider(id);
	if (!provider)
		throw new GatewayError('internal', `Configuration error: DEFAULT_PROVIDER names no provider: '${id}'.`);
	return `${id}/${settings.provider(id).model ?? provider.defaultModel}`;
}

/** Throws `internal` naming `DEFAULT_PROVIDER` where it is no provider's id. */
export function environmentLayer(settings: Settings, registry: Pick<Registry, 'ids' | 'provider'>): EnvironmentLayer {
	const providers = registry.ids.flatMap((id) => registry.provider(id) ?? []);
	return {
		defaultModel: defaultModelOf(settings, registry),
		fallbackChain: settings.fallbackChain,
		requestsPerMinute: settings.requestsPerMinute,
		requestsPerDay: settings.requestsPerDay,
		time: settings.time,
		timeVariables: settings.timeVariables,
		credentials: dictionary(
			providers.flatMap((provider) => {
				const credential = credentialOf(provider, settings.provider(provider.id));
				return credential ? [[provider.id, credential] as const] : [];
			}),
		),
		embeddingModels: dictionary(
			providers.flatMap((provider) => {
				if (!provider.embeddings) return [];
				const named = settings.provider(provider.id).embeddingModel;
				return [[provider.id, named ?? provider.embeddings.defaultModel] as const];
			}),
		),
		providers,
	};
}
