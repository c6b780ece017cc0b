import { describe, expect, it } from 'vitest';
import { environment } from './fixtures';

describe('the environment as a layer', () => {
	it('names no model where DEFAULT_PROVIDER is not set', () => {
		expect(environment().defaultModel).toBeNull();
	});

	it("takes the provider's own default model, or the one its variable names", () => {
		expect(environment({ DEFAULT_PROVIDER: 'north' }).defaultModel).toBe('north/north-small');
		expect(environment({ MODEL_PROVIDER: 'north', DEFAULT_NORTH_MODEL: 'maker/large' }).defaultModel).toBe(
			'north/maker/large',
		);
	});

	it('refuses a DEFAULT_PROVIDER that is no provider, naming the variable', () => {
		expect(() => environment({ DEFAULT_PROVIDER: 'nort' })).toThrow(/DEFAULT_PROVIDER .*'nort'/);
	});

	it('has a pair only for providers whose key is set, or which need none', () => {
		expect(Object.keys(environment().credentials)).toEqual(['workshop', 'cellar', 'mock']);
		expect(Object.keys(environment({ NORTH_API_KEY: 'k', SOUTH_API_KEY: 'k' }).credentials)).toEqual([
			'north',
			'south',
			'workshop',
			'cellar',
			'mock',
		]);
	});

	it('joins its key with its own address, or with the default one', () => {
		const pair = { rowId: null, name: 'north', source: 'environment', apiKey: 'k', trust: 'operator', config: {} };
		expect(environment({ NORTH_API_KEY: 'k' }).credentials.north).toEqual({
			...pair,
			mark: 'environment.ee0c38ea',
			baseUrl: 'https://api.north.example/v1',
		});
		expect(
			environment({ NORTH_API_KEY: 'k', NORTH_BASE_URL: 'https://proxy.example/openai/' }).credentials.north,
		).toEqual({ ...pair, mark: 'environment.ee0c38ea', baseUrl: 'https://proxy.example/openai' });
	});

	it('needs an address for the custom provider, and no key', () => {
		expect(environment({ CUSTOM_API_KEY: 'k' }).credentials.custom).toBeUndefined();
		expect(environment({ CUSTOM_BASE_URL: 'http://10.0.0.1/v1' }).credentials.custom).toEqual({
			rowId: null,
			name: 'custom',
			source: 'environment',
			apiKey: null,
			baseUrl: 'http://10.0.0.1/v1',
			trust: 'operator',
			config: {},
		});
	});

	it('takes a region, an AWS pair or a token where the provider has a use for them', () => {
		const pair = {
			REGIONAL_ACCESS_KEY_ID: 'AKID',
			REGIONAL_SECRET_ACCESS_KEY: 'secret',
			REGIONAL_REGION: 'eu-west-1',
			NORTH_REGION: 'nowhere',
		};
		expect(environment(pair).credentials.regional).toMatchObject({
			apiKey: 'AKID:secret',
			baseUrl: 'https://eu-west-1.regional.example',
			config: { region: 'eu-west-1' },
		});
		expect(environment({ ...pair, REGIONAL_SESSION_TOKEN: 't' }).credentials.regional?.apiKey).toBe('AKID:secret:t');
		expect(environment({ ...pair, REGIONAL_API_KEY: 'bearer' }).credentials.regional?.apiKey).toBe('bearer');
		expect(environment({ REGIONAL_API_KEY: 'bearer' }).credentials.regional).toBeUndefined();
	});

	it('says of any key what routing goes by', () => {
		const { credentials } = environment({
			NORTH_API_KEY: 'k',
			NORTH_RESIDENCY: 'eu',
			NORTH_WEIGHT: '2.5',
			NORTH_REQUESTS_PER_MINUTE: '60',
			NORTH_TOKENS_PER_MINUTE: '1e5',
		});
		expect(credentials.north?.config).toEqual({
			residency: 'eu',
			weight: 2.5,
			requestsPerMinute: 60,
			tokensPerMinute: 100_000,
		});
	});

	it.each([
		['NORTH_RESIDENCY', 'EU West'],
		['NORTH_WEIGHT', 'heavy'],
		['NORTH_WEIGHT', '0'],
		['NORTH_WEIGHT', '-1'],
		['NORTH_WEIGHT', '1001'],
		['NORTH_WEIGHT', 'Infinity'],
		['NORTH_WEIGHT', 'NaN'],
		['NORTH_REQUESTS_PER_MINUTE', '0'],
		['NORTH_REQUESTS_PER_MINUTE', '1.5'],
		['NORTH_TOKENS_PER_MINUTE', '1e10'],
	])('refuses %s=%s at the start, naming the variable', (name, value) => {
		expect(() => environment({ NORTH_API_KEY: 'k', [name]: value })).toThrow(
			expect.objectContaining({
				code: 'internal',
				message: expect.stringMatching(new RegExp(`^Configuration error.*${name}`)),
			}),
		);
	});

	it('tells which time limits a variable says', () => {
		expect(environment({ LLM_IDLE_TIMEOUT_MS: '5000' })).toMatchObject({
			time: { firstEventMs: 10_000, idleMs: 5_000 },
			timeVariables: { firstEventMs: null, idleMs: 'LLM_IDLE_TIMEOUT_MS', totalMs: null, maxAttempts: null },
		});
	});

	it('refuses a wrong region, naming the variable', () => {
		expect(() => environment({ REGIONAL_API_KEY: 'k', REGIONAL_REGION: 'Frankfurt' })).toThrow(
			/REGIONAL_REGION: config\.region: expected an AWS region/,
		);
	});

	it('refuses a key that no header can carry, without telling it', () => {
		const wrong = () => environment({ NORTH_API_KEY: 'top\nsecret' });
		expect(wrong).toThrow(/NORTH_API_KEY must be ASCII/);
		expect(wrong).not.toThrow(/secret/);
	});

	it('refuses a root behind which no path can be written', () => {
		expect(() => environment({ NORTH_BASE_URL: 'https://proxy.example/v1?version=1' })).toThrow(/NORTH_BASE_URL/);
	});

	it('never sends a key to a provider that takes none', () => {
		expect(environment({ CELLAR_API_KEY: 'k' }).credentials.cellar?.apiKey).toBeNull();
		expect(environment({ MOCK_API_KEY: 'k', MOCK_BASE_URL: 'https://elsewhere.example' }).credentials.mock).toEqual({
			rowId: null,
			name: 'mock',
			source: 'none',
			apiKey: null,
			baseUrl: '',
			trust: 'operator',
			config: {},
		});
	});

	it('knows the embedding model of each provider that has embeddings', () => {
		expect(environment().embeddingModels).toEqual({ north: 'north-embed' });
		expect(
			environment({ DEFAULT_NORTH_EMBEDDING_MODEL: 'large', DEFAULT_SOUTH_EMBEDDING_MODEL: 'x' }).embeddingModels,
		).toEqual({ north: 'large' });
	});

	it('keeps names of objects out of its records', () => {
		const { credentials, embeddingModels } = environment();
		for (const name of ['constructor', 'toString', '__proto__']) {
			expect(credentials[name]).toBeUndefined();
			expect(embeddingModels[name]).toBeUndefined();
		}
	});
});
