/**
 * Bindings and variables, parsed once per isolate. Nothing else reads the environment; a wrong value
 * is a clear error naming the variable, at the first request.
 */

import type { OrgLedger } from './durable-objects/org-ledger';
import type { ProviderHealth } from './durable-objects/provider-health';
import { GatewayError } from './errors';
import type { LogLevel, TimeLimits } from './gateway/ports';
import type { BreakerPolicy } from './health/contract';

export interface Bindings {
	readonly DB: D1Database;
	readonly CONFIG: KVNamespace;
	readonly ORG_LEDGER: DurableObjectNamespace<OrgLedger>;
	readonly PROVIDER_HEALTH: DurableObjectNamespace<ProviderHealth>;
	readonly ASSETS: Fetcher;
	/** Only in tests. */
	readonly TEST_MIGRATIONS?: { name: string; queries: string[] }[];
}

declare global {
	namespace Cloudflare {
		interface Env extends Bindings {}
	}
}

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

export interface Settings {
	readonly adminApiKey: string | null;
	readonly jwt:
		| { readonly kind: 'secret'; readonly secret: string }
		| { readonly kind: 'jwks'; readonly url: string }
		| null;
	readonly jwtIssuer: string | null;
	readonly jwtAudience: string | null;
	/** base64 of 32 bytes; null: provider keys can't be stored. */
	readonly encryptionKey: string | null;
	readonly encryptionKeysOld: readonly string[];
	readonly defaultProvider: string | null;
	readonly fallbackChain: readonly string[];
	readonly requestsPerMinute: number | null;
	readonly requestsPerDay: number | null;
	readonly corsOrigins: readonly string[];
	readonly usageRetentionDays: number;
	readonly dailyCostAlertUsd: number | null;
	readonly time: TimeLimits;
	readonly breaker: BreakerPolicy;
	readonly usageFlushMs: number;
	readonly logLevel: LogLevel;
	readonly allowPrivateUpstreams: boolean;
	readonly provider: (id: string) => ProviderVariables;
}

type Variables = Readonly<Record<string, unknown>>;

const wrong = (name: string, what: string): GatewayError =>
	new GatewayError('internal', `Configuration error: ${name} ${what}.`);

function text(vars: Variables, ...names: readonly string[]): string | null {
	for (const name of names) {
		const value = vars[name];
		if (typeof value === 'string' && value.trim() !== '') return value.trim();
	}
	return null;
}

function integer(vars: Variables, name: string, least: number): number | null {
	const value = text(vars, name);
	if (value === null) return null;
	const number = Number(value);
	if (!Number.isSafeInteger(number) || number < least)
		throw wrong(name, `must be a whole number of at least ${least}, not '${value}'`);
	return number;
}

function flag(vars: Variables, name: string): boolean {
	const value = text(vars, name);
	if (value === null || value === 'false') return false;
	if (value === 'true') return true;
	throw wrong(name, `must be true or false, not '${value}'`);
}

const list = (value: string | null): string[] =>
	(value ?? '')
		.split(',')
		.map((item) => item.trim())
		.filter((item) => item !== '');

function url(vars: Variables, name: string): string | null {
	const value = text(vars, name);
	if (value === null) return null;
	let protocol = '';
	try {
		protocol = new URL(value).protocol;
	} catch {
		// not a URL: reported below
	}
	if (protocol !== 'http:' && protocol !== 'https:') throw wrong(name, `must be an http(s) URL, not '${value}'`);
	return value.replace(/\/+$/, '');
}

/** A path is appended to it. */
function root(vars: Variables, name: string): string | null {
	const value = url(vars, name);
	if (value !== null && /[?#]/.test(value)) throw wrong(name, "must be a root without '?' or '#'");
	return value;
}

function encryptionKey(name: string, value: string | null): string | null {
	if (value === null) return null;
	let bytes = 0;
	try {
		bytes = atob(value).length;
	} catch {
		// not base64: reported below
	}
	if (bytes !== 32) throw wrong(name, 'must be 32 bytes in base64');
	return value;
}

const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

function logLevel(vars: Variables): LogLevel {
	const value = text(vars, 'LOG_LEVEL') ?? 'info';
	const level = LOG_LEVELS.find((known) => known === value);
	if (!level) throw wrong('LOG_LEVEL', `must be one of ${LOG_LEVELS.join(', ')}, not '${value}'`);
	return level;
}

function jwt(vars: Variables): Settings['jwt'] {
	const secret = text(vars, 'JWT_SECRET');
	const jwks = url(vars, 'JWT_JWKS_URL');
	if (secret !== null && jwks !== null) throw wrong('JWT_SECRET', 'and JWT_JWKS_URL are both set: keep one');
	if (secret !== null) return { kind: 'secret', secret };
	return jwks === null ? null : { kind: 'jwks', url: jwks };
}

/** What begins as a gateway key is only ever taken for one. */
function adminApiKey(vars: Variables): string | null {
	const value = text(vars, 'ADMIN_API_KEY');
	if (value?.startsWith('sy_')) throw wrong('ADMIN_API_KEY', "must not begin with 'sy_', as gateway keys do");
	return value;
}

function costThreshold(vars: Variables): number | null {
	const value = text(vars, 'LLM_DAILY_COST_ALERT_THRESHOLD');
	if (value === null) return null;
	const usd = Number(value);
	if (!Number.isFinite(usd) || usd < 0)
		throw wrong('LLM_DAILY_COST_ALERT_THRESHOLD', `must be an amount in USD, not '${value}'`);
	return usd;
}

/** Endings of the variables for the fields of `ProviderConfig`: texts, and one that is JSON. */
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
} as const;

/** Field of `ProviderConfig` → the variable that says it. */
const configVariables = (prefix: string): Readonly<Record<string, string>> =>
	Object.fromEntries(Object.entries(CONFIG_ENDINGS).map(([field, ending]) => [field, `${prefix}_${ending}`]));

function json(vars: Variables, name: string): unknown {
	const value = text(vars, name);
	if (value === null) return null;
	try {
		return JSON.parse(value);
	} catch {
		throw wrong(name, 'must be JSON');
	}
}

/** It travels in a header. */
function secretText(vars: Variables, name: string): string | null {
	const value = text(vars, name);
	if (value !== null && !/^[\x21-\x7e]+$/.test(value)) throw wrong(name, 'must be ASCII without spaces');
	return value;
}

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

function providerConfig(vars: Variables, prefix: string): Readonly<Record<string, unknown>> {
	const config: Record<string, unknown> = {};
	for (const [field, name] of Object.entries(configVariables(prefix))) {
		const value = field === 'deployments' ? json(vars, name) : text(vars, name);
		if (value !== null) config[field] = value;
	}
	const entra = text(vars, `${prefix}_API_KEY`) === null && text(vars, `${prefix}_AD_TOKEN`) !== null;
	if (entra) config.auth = 'entra';
	return config;
}

function providerVariables(vars: Variables, id: string): ProviderVariables {
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

/** Throws GatewayError `internal` naming the variable that is wrong. */
export function parseSettings(vars: Variables): Settings {
	return {
		adminApiKey: adminApiKey(vars),
		jwt: jwt(vars),
		jwtIssuer: text(vars, 'JWT_ISSUER'),
		jwtAudience: text(vars, 'JWT_AUDIENCE'),
		encryptionKey: encryptionKey('LLM_ENCRYPTION_KEY', text(vars, 'LLM_ENCRYPTION_KEY')),
		encryptionKeysOld: list(text(vars, 'LLM_ENCRYPTION_KEYS_OLD')).map(
			(key) => encryptionKey('LLM_ENCRYPTION_KEYS_OLD', key) ?? '',
		),
		defaultProvider: text(vars, 'DEFAULT_PROVIDER', 'MODEL_PROVIDER'),
		fallbackChain: list(text(vars, 'FALLBACK_CHAIN')),
		requestsPerMinute: integer(vars, 'LLM_RATE_LIMIT_PER_MINUTE', 1),
		requestsPerDay: integer(vars, 'LLM_RATE_LIMIT_PER_DAY', 1),
		corsOrigins: list(text(vars, 'CORS_ORIGINS')),
		usageRetentionDays: integer(vars, 'LLM_USAGE_RETENTION_DAYS', 1) ?? 90,
		dailyCostAlertUsd: costThreshold(vars),
		time: {
			firstEventMs: integer(vars, 'LLM_FIRST_EVENT_TIMEOUT_MS', 1) ?? 10_000,
			idleMs: integer(vars, 'LLM_IDLE_TIMEOUT_MS', 1) ?? 60_000,
			totalMs: integer(vars, 'LLM_TOTAL_TIMEOUT_MS', 1) ?? 600_000,
			maxAttempts: integer(vars, 'LLM_MAX_ATTEMPTS', 1) ?? 3,
		},
		breaker: {
			failures: integer(vars, 'LLM_BREAKER_FAILURES', 1) ?? 5,
			cooldownMs: integer(vars, 'LLM_BREAKER_COOLDOWN_MS', 1) ?? 10_000,
		},
		usageFlushMs: integer(vars, 'LLM_USAGE_FLUSH_MS', 1) ?? 5_000,
		logLevel: logLevel(vars),
		allowPrivateUpstreams: flag(vars, 'ALLOW_PRIVATE_UPSTREAMS'),
		provider: (id) => providerVariables(vars, id),
	};
}
