/** What the environment says of one provider. */
import { amount, flag, json, root, secretText, text, type Variables, wrong } from './read';

/** What one provider's variables say. */
export interface ProviderVariables {
	readonly apiKey: string | null;
	/** No slash at its end; null: the provider's default root. */
	readonly baseUrl: string | null;
	readonly model: string | null;
	readonly embeddingModel: string | null;
	readonly debug: boolean;
	/** Fields of `ProviderConfig` as they were given, unchecked. */
	readonly config: Readonly<Record<string, unknown>>;
	/** Field of `config` → the name of its variable. */
	readonly configVariables: Readonly<Record<string, string>>;
}

/** Endings of the variables for the fields of `ProviderConfig`: texts, where `READERS` says nothing else. */
const CONFIG_ENDINGS = {
	region: 'REGION',
	apiVersion: 'API_VERSION',
	accountId: 'ACCOUNT_ID',
	organization: 'ORGANIZATION',
	project: 'PROJECT',
	referer: 'REFERER',
	title: 'TITLE',
	billTo: 'BILL_TO',
	deployments: 'DEPLOYMENTS',
	residency: 'RESIDENCY',
	weight: 'WEIGHT',
	requestsPerMinute: 'REQUESTS_PER_MINUTE',
	tokensPerMinute: 'TOKENS_PER_MINUTE',
} as const;

/** Field of `ProviderConfig` → the variable that says it. */
const configVariables = (prefix: string): Readonly<Record<string, string>> =>
	Object.fromEntries(Object.entries(CONFIG_ENDINGS).map(([field, ending]) => [field, `${prefix}_${ending}`]));

/** A key, or an AWS pair as one text: `ACCESS:SECRET[:SESSION]`. */
function providerKey(vars: Variables, prefix: string): string | null {
	const key = secretText(vars, `${prefix}_API_KEY`) ?? secretText(vars, `${prefix}_AD_TOKEN`);
	if (key !== null) return key;
	const access = secretText(vars, `${prefix}_ACCESS_KEY_ID`);
	const secret = secretText(vars, `${prefix}_SECRET_ACCESS_KEY`);
	if (access === null && secret === null) return null;
	if (access === null) throw wrong(`${prefix}_ACCESS_KEY_ID`, `is missing beside ${prefix}_SECRET_ACCESS_KEY`);
	if (secret === null) throw wrong(`${prefix}_SECRET_ACCESS_KEY`, `is missing beside ${prefix}_ACCESS_KEY_ID`);
	const session = secretText(vars, `${prefix}_SESSION_TOKEN`);
	return [access, secret, ...(session === null ? [] : [session])].join(':');
}

const READERS: Readonly<Partial<Record<string, (vars: Variables, name: string) => unknown>>> = {
	deployments: json,
	weight: amount,
	requestsPerMinute: amount,
	tokensPerMinute: amount,
};

function providerConfig(vars: Variables, prefix: string): Readonly<Record<string, unknown>> {
	const config: Record<string, unknown> = {};
	for (const [field, name] of Object.entries(configVariables(prefix))) {
		const value = (READERS[field] ?? text)(vars, name);
		if (value !== null) config[field] = value;
	}
	const entra = text(vars, `${prefix}_API_KEY`) === null && text(vars, `${prefix}_AD_TOKEN`) !== null;
	if (entra) config.auth = 'entra';
	return config;
}

/** Throws `internal` naming the variable that is wrong. */
export function providerVariables(vars: Variables, id: string): ProviderVariables {
	const prefix = id.toUpperCase().replaceAll('-', '_');
	return {
		apiKey: providerKey(vars, prefix),
		baseUrl: root(vars, `${prefix}_BASE_URL`),
		model: text(vars, `DEFAULT_${prefix}_MODEL`, `${prefix}_MODEL`),
		embeddingModel: text(vars, `DEFAULT_${prefix}_EMBEDDING_MODEL`),
		debug: flag(vars, `${prefix}_DEBUG`),
		config: providerConfig(vars, prefix),
		configVariables: configVariables(prefix),
	};
}
