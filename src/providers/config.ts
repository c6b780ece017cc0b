/** What a provider's row (or the environment) says besides key and address. Never a secret. */
import { invalid } from '../errors';

export interface ProviderConfig {
	/** AWS region, e.g. `eu-central-1`. */
	readonly region?: string;
	/** Azure: `api-version` of the dated API; absent: the v1 API, which needs none. */
	readonly apiVersion?: string;
	/** Azure: model → deployment. A model that is not here is its own deployment's name. */
	readonly deployments?: Readonly<Record<string, string>>;
	/** Azure: the key is an `api-key`, or an Entra token sent as a bearer. */
	readonly auth?: 'api-key' | 'entra';
	/** Cloudflare: the account in the URL. */
	readonly accountId?: string;
	/** OpenAI: `OpenAI-Organization`. */
	readonly organization?: string;
	/** OpenAI: `OpenAI-Project`. */
	readonly project?: string;
	/** OpenRouter: `HTTP-Referer` and `X-Title`, its attribution of an application. */
	readonly referer?: string;
	readonly title?: string;
	/** Hugging Face: `X-HF-Bill-To`. */
	readonly billTo?: string;
}

export type ConfigField = keyof ProviderConfig;

/** Some are segments of a path, in which dots alone would lead elsewhere. */
const NAME = /^(?!\.{1,2}$)[\w.:-]{1,128}$/;
const isText = (value: unknown): value is string => typeof value === 'string' && value !== '' && value.length <= 512;
/** No control characters: these travel in headers. */
const isHeaderText = (value: unknown): boolean => isText(value) && /^[\x20-\x7e]+$/.test(value);
const isName = (value: unknown): boolean => isText(value) && NAME.test(value);

function isDeployments(value: unknown): boolean {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
	return Object.values(value).every(isName);
}

const RULES: Readonly<Record<ConfigField, { readonly valid: (value: unknown) => boolean; readonly expected: string }>> =
	{
		region: { valid: (value) => isText(value) && /^[a-z]{2}(-[a-z]+)+-\d$/.test(value), expected: 'an AWS region' },
		apiVersion: { valid: isName, expected: 'a version such as 2024-10-21' },
		deployments: { valid: isDeployments, expected: 'an object of model → deployment name' },
		auth: { valid: (value) => value === 'api-key' || value === 'entra', expected: "'api-key' or 'entra'" },
		accountId: { valid: isName, expected: 'an account id' },
		organization: { valid: isName, expected: 'an organization id' },
		project: { valid: isName, expected: 'a project id' },
		referer: { valid: isHeaderText, expected: 'a URL' },
		title: { valid: isHeaderText, expected: 'a name in ASCII' },
		billTo: { valid: isName, expected: "an organization's name" },
	};

/**
 * A provider's `config`, checked field by field. Throws `invalid_request` naming the field as `config.<field>`
 * where `allowed` does not list it or its value is wrong.
 */
export function readConfig(allowed: readonly ConfigField[], value: Readonly<Record<string, unknown>>): ProviderConfig {
	for (const [field, given] of Object.entries(value)) {
		const known = allowed.find((one) => one === field);
		const list = allowed.length > 0 ? `it takes ${allowed.join(', ')}` : 'it takes none';
		if (!known) throw invalid(`config.${field}`, `config.${field}: this provider has no such setting; ${list}.`);
		const rule = RULES[known];
		if (!rule.valid(given)) throw invalid(`config.${field}`, `config.${field}: expected ${rule.expected}.`);
	}
	return value;
}
