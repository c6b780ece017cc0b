/** What a provider's row may hold: key, address, settings and name. Pure; throws `invalid_request` naming the field. */
import { type GatewayError, invalid } from '../errors';
import { type ProviderConfig, readConfig } from '../providers/config';
import type { Provider } from '../providers/provider';
import type { ServiceContext } from './context';

/** Characters of all settings together, as JSON. */
const MOST_CONFIG = 16_384;
const SECRET = /^(?:sk|pk|rk|gsk|xai|hf|sy|whsec|ghp|glpat|nvapi)[-_]|^AIza|^(?:AKIA|ASIA)[A-Z0-9]{12}|^eyJ/;
/** What `<name>/<model>` can be read back from. */
const SERVER_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const AWS_PAIR = /^[^:]+:[^:]+(?::.+)?$/;

/** The provider of a new row. */
export function checkedProvider({ registry }: Pick<ServiceContext, 'registry'>, id: string): Provider {
	const provider = registry.provider(id);
	if (!provider) throw invalid('provider', `There is no provider '${id}'.`);
	if (provider.builtin) throw invalid('provider', `Provider '${id}' answers by itself: it takes no key.`);
	return provider;
}

/** A name that requests may use in a provider's place must not hide a provider. */
export function checkedName({ registry }: Pick<ServiceContext, 'registry'>, provider: Provider, name: string): string {
	if (!provider.named) return name;
	if (!SERVER_NAME.test(name))
		throw invalid(
			'name',
			"Requests name this server as <name>/<model>: use at most 64 letters, digits, '.', '_' or '-', a letter or digit first.",
		);
	if (name !== provider.id && registry.provider(name))
		throw invalid('name', `'${name}' is a provider's id: choose another name.`);
	return name;
}

/** A setting's text, or those of one that is an object. */
const textsOf = (value: unknown): readonly string[] =>
	(typeof value === 'object' && value !== null ? Object.entries(value).flat() : [value]).filter(
		(text) => typeof text === 'string',
	);

export function checkedConfig(provider: Provider, config: Readonly<Record<string, unknown>>): ProviderConfig {
	const checked = readConfig(provider.config ?? [], config);
	for (const [field, value] of Object.entries(config))
		if (textsOf(value).some((text) => SECRET.test(text)))
			throw invalid(`config.${field}`, `config.${field} looks like a secret: a key belongs into apiKey.`);
	if (JSON.stringify(checked).length > MOST_CONFIG)
		throw invalid('config', `config has at most ${MOST_CONFIG} characters.`);
	return checked;
}

/** Whether the provider takes this key. Its characters are checked already. */
export function checkedKey(provider: Provider, apiKey: string): string {
	if (provider.auth.kind === 'none') throw invalid('apiKey', `Provider '${provider.id}' takes no key.`);
	if (/^\$\{.*\}$/.test(apiKey))
		throw invalid('apiKey', 'A reference to the environment is no key: only an import by the operator takes one.');
	if (provider.auth.kind === 'aws' && apiKey.includes(':') && !AWS_PAIR.test(apiKey))
		throw invalid('apiKey', 'apiKey must be ACCESS:SECRET, ACCESS:SECRET:SESSION or a bearer key.');
	return apiKey;
}

/** True where no call can be made without one. */
export const needsKey = ({ auth }: Provider): boolean => auth.kind !== 'none' && auth.kind !== 'optional';

export const missingKey = (provider: Provider): GatewayError =>
	invalid('apiKey', `Provider '${provider.id}' needs an apiKey.`);

/** The root as it is stored: WHATWG's spelling, no slash at its end. */
export function checkedBaseUrl(ctx: Pick<ServiceContext, 'refusedAddress'>, baseUrl: string): string {
	const refused = ctx.refusedAddress(baseUrl);
	if (refused !== null) throw invalid('baseUrl', `This base URL is refused: ${refused}.`);
	if (/[\s\p{Cc}\\]/u.test(baseUrl))
		throw invalid('baseUrl', 'A base URL holds no spaces, backslashes or control characters.');
	if (/[?#]/.test(baseUrl)) throw invalid('baseUrl', "A base URL is a root without '?' or '#'.");
	const { origin, pathname } = new URL(baseUrl);
	return (origin + pathname).replace(/\/+$/, '');
}

/** Where calls go; null: the settings lack what it takes. */
export const addressOf = (provider: Provider, baseUrl: string | null, config: ProviderConfig): string | null =>
	baseUrl ?? provider.routing?.baseUrl?.(config) ?? provider.baseUrl;

/** Throws where a row would lead nowhere. */
export function checkAddress(provider: Provider, baseUrl: string | null, config: ProviderConfig): void {
	if (addressOf(provider, baseUrl, config) !== null) return;
	if (!provider.routing?.baseUrl) throw invalid('baseUrl', `Provider '${provider.id}' needs a baseUrl.`);
	const settings = (provider.config ?? []).map((field) => `config.${field}`).join(' or ');
	throw invalid('baseUrl', `Provider '${provider.id}' needs ${settings}, or a baseUrl.`);
}
