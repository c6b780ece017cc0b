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
	/** Any provider: where data stays, e.g. `eu`; what `residency` of a routing policy asks for. */
	readonly residency?: string;
	/** Any provider: share among the keys of one provider, more than 0; absent: 1. */
	readonly weight?: number;
	/** Any provider: what the account allows with this key; absent: only its answers tell. */
	readonly requestsPerMinute?: number;
	readonly tokensPerMinute?: number;
}

/** What rows of every provider may say, as members of a pool. */
export const POOL_FIELDS = [
	'residency',
	'weight',
	'requestsPerMinute',
	'tokensPerMinute',
] as const satisfies readonly (keyof ProviderConfig)[];

export type PoolField = (typeof POOL_FIELDS)[number];
/** What a provider takes only where it lists it. */
export type ConfigField = Exclude<keyof ProviderConfig, PoolField>;

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

/** A tag of `residency`, here and in a routing policy. */
export const RESIDENCY = /^[a-z0-9-]{1,32}$/;
const isResidency = (value: unknown): boolean => typeof value === 'string' && RESIDENCY.test(value);

export const isPoolField = (field: string): field is PoolField => POOL_FIELDS.some((one) => one === field);

const MOST_WEIGHT = 1_000;
const MOST_RATE = 1e9;

const isWeight = (value: unknown): boolean => typeof value === 'number' && value > 0 && value <= MOST_WEIGHT;
const isRate = (value: unknown): boolean =>
	Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= MOST_RATE;

interface Rule {
	readonly valid: (value: unknown) => boolean;
	readonly expected: string;
}

const RATE: Rule = { valid: isRate, expected: 'a whole number from 1 to 1,000,000,000' };

const RULES: Readonly<Record<keyof ProviderConfig, Rule>> = {
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
	residency: {
		valid: isResidency,
		expected: "a tag such as eu: 1–32 lower-case letters, digits and '-'",
	},
	weight: { valid: isWeight, expected: 'a number above 0, at most 1,000' },
	requestsPerMinute: RATE,
	tokensPerMinute: RATE,
};

/**
 * A provider's `config`, checked field by field. Throws `invalid_request` naming the field as `config.<field>`
 * where neither `allowed` nor `POOL_FIELDS` lists it or its value is wrong.
 */
export function readConfig(allowed: readonly ConfigField[], value: Readonly<Record<string, unknown>>): ProviderConfig {
	for (const [field, given] of Object.entries(value)) {
		const known = isPoolField(field) ? field : allowed.find((one) => one === field);
		if (!known) {
			const list = [...allowed, ...POOL_FIELDS].join(', ');
			throw invalid(`config.${field}`, `config.${field}: this provider has no such setting; it takes ${list}.`);
		}
		const rule = RULES[known];
		if (!rule.valid(given)) throw invalid(`config.${field}`, `config.${field}: expected ${rule.expected}.`);
	}
	return value;
}
