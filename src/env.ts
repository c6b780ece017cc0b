/**
 * Bindings and variables, parsed once per isolate. Nothing else reads the environment; a wrong value
 * is a clear error naming the variable, at the first request.
 */

import type { OrgLedger } from './durable-objects/org-ledger';
import type { ProviderHealth } from './durable-objects/provider-health';
import { type ProviderVariables, providerVariables } from './env/provider-variables';
import { flag, integer, list, text, url, type Variables, wrong } from './env/read';
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

export type { ProviderVariables } from './env/provider-variables';

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
	/** The variable that says each of them; null: the default holds. */
	readonly timeVariables: Readonly<Record<keyof TimeLimits, string | null>>;
	readonly breaker: BreakerPolicy;
	readonly usageFlushMs: number;
	readonly logLevel: LogLevel;
	readonly allowPrivateUpstreams: boolean;
	readonly provider: (id: string) => ProviderVariables;
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

const TIME_VARIABLES = {
	firstEventMs: 'LLM_FIRST_EVENT_TIMEOUT_MS',
	idleMs: 'LLM_IDLE_TIMEOUT_MS',
	totalMs: 'LLM_TOTAL_TIMEOUT_MS',
	maxAttempts: 'LLM_MAX_ATTEMPTS',
} as const satisfies Record<keyof TimeLimits, string>;

const timeLimits = (vars: Variables): TimeLimits => ({
	firstEventMs: integer(vars, TIME_VARIABLES.firstEventMs, 1) ?? 10_000,
	idleMs: integer(vars, TIME_VARIABLES.idleMs, 1) ?? 60_000,
	totalMs: integer(vars, TIME_VARIABLES.totalMs, 1) ?? 600_000,
	maxAttempts: integer(vars, TIME_VARIABLES.maxAttempts, 1) ?? 3,
});

function timeVariables(vars: Variables): Settings['timeVariables'] {
	const given = (name: string): string | null => (text(vars, name) === null ? null : name);
	return {
		firstEventMs: given(TIME_VARIABLES.firstEventMs),
		idleMs: given(TIME_VARIABLES.idleMs),
		totalMs: given(TIME_VARIABLES.totalMs),
		maxAttempts: given(TIME_VARIABLES.maxAttempts),
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
		time: timeLimits(vars),
		timeVariables: timeVariables(vars),
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
