import { describe, expect, it } from 'vitest';
import { parseSettings } from '../src/env';

const KEY = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';

describe('the environment', () => {
	it('empty gives the documented defaults', () => {
		expect(parseSettings({})).toMatchObject({
			adminApiKey: null,
			jwt: null,
			fallbackChain: [],
			requestsPerMinute: null,
			requestsPerDay: null,
			usageRetentionDays: 90,
			time: { firstEventMs: 10_000, idleMs: 60_000, totalMs: 600_000, maxAttempts: 3 },
			timeVariables: { firstEventMs: null, idleMs: null, totalMs: null, maxAttempts: null },
			breaker: { failures: 5, cooldownMs: 10_000 },
			usageFlushMs: 5_000,
			logLevel: 'info',
			allowPrivateUpstreams: false,
		});
	});

	it.each([
		['ADMIN_API_KEY', 'sy_operator'],
		['LLM_RATE_LIMIT_PER_MINUTE', '-5'],
		['LLM_RATE_LIMIT_PER_DAY', '1.5'],
		['LLM_TOTAL_TIMEOUT_MS', 'soon'],
		['LLM_MAX_ATTEMPTS', '0'],
		['LLM_ENCRYPTION_KEY', 'c2hvcnQ='],
		['LLM_ENCRYPTION_KEY', '***'],
		['LLM_ENCRYPTION_KEYS_OLD', `${KEY},c2hvcnQ=`],
		['LOG_LEVEL', 'chatty'],
		['ALLOW_PRIVATE_UPSTREAMS', 'yes'],
		['JWT_JWKS_URL', 'ftp://keys.example'],
		['LLM_DAILY_COST_ALERT_THRESHOLD', '-1'],
	])('with %s=%s is an error that names it', (name, value) => {
		expect(() => parseSettings({ [name]: value })).toThrow(new RegExp(`Configuration error: ${name} `));
	});

	it('does not repeat a wrong encryption key in its error', () => {
		expect(() => parseSettings({ LLM_ENCRYPTION_KEY: 'c2VjcmV0' })).not.toThrow(/c2VjcmV0/);
	});

	it('refuses two ways of verifying tokens at once', () => {
		const both = { JWT_SECRET: 'x', JWT_JWKS_URL: 'https://keys.example/jwks' };
		expect(() => parseSettings(both)).toThrow(/JWT_SECRET and JWT_JWKS_URL/);
	});

	it('names the variables of a provider after its id', () => {
		const settings = parseSettings({
			AZURE_OPENAI_API_KEY: 'k',
			AZURE_OPENAI_BASE_URL: 'https://x.openai.azure.com/',
			AZURE_OPENAI_MODEL: 'old',
			DEFAULT_AZURE_OPENAI_MODEL: 'new',
			AZURE_OPENAI_DEBUG: 'true',
		});
		expect(settings.provider('azure-openai')).toMatchObject({
			apiKey: 'k',
			baseUrl: 'https://x.openai.azure.com',
			model: 'new',
			embeddingModel: null,
			debug: true,
			config: {},
		});
	});

	it('reads the pool of any provider as numbers, naming one that is none', () => {
		const variables = {
			GROQ_WEIGHT: ' 2.5 ',
			GROQ_RESIDENCY: 'eu',
			GROQ_REQUESTS_PER_MINUTE: '60',
			GROQ_TOKENS_PER_MINUTE: '',
		};
		expect(parseSettings(variables).provider('groq').config).toEqual({
			weight: 2.5,
			residency: 'eu',
			requestsPerMinute: 60,
		});
		expect(() => parseSettings({ GROQ_WEIGHT: 'much' }).provider('groq')).toThrow(
			"Configuration error: GROQ_WEIGHT must be a number, not 'much'.",
		);
	});

	it('takes an older name where the newer is not set, and a blank value for none', () => {
		expect(parseSettings({ MODEL_PROVIDER: 'groq', DEFAULT_PROVIDER: ' ' }).defaultProvider).toBe('groq');
		expect(parseSettings({ FALLBACK_CHAIN: ' groq/a , ,openai/b' }).fallbackChain).toEqual(['groq/a', 'openai/b']);
	});
});
