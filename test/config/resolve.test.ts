import { describe, expect, it } from 'vitest';
import { resolve } from '../../src/config/resolve';
import type { ConfigurationRows } from '../../src/config/rows';
import { agentRow, organizationRow, preferences, providerRow, rowsOf } from './fixtures';

const resolved = (change: Partial<ConfigurationRows> = {}, environmentModel: string | null = null) =>
	resolve({ environmentModel, rows: rowsOf(change) });

const CONFIGURATION = {
	defaultProfile: 'careful',
	profiles: {
		careful: { provider: 'north', model: 'large', settings: { temperature: 0.1, timeoutMs: 5000 } },
		quick: { provider: 'south', model: 'maker/tiny', keyRef: 'second' },
	},
	aliases: { fast: 'profile:quick', cheap: 'fast', best: 'north/large' },
};
const organization = organizationRow({ configuration: CONFIGURATION });
const free = organizationRow({ plan: 'free', configuration: CONFIGURATION });
const GLOBAL_SETTINGS = {
	temperature: { value: 0.7, origin: 'global' },
	maxTokens: { value: 2000, origin: 'global' },
};

describe('the default choice', () => {
	it('is mock/echo where nothing names a model', () => {
		expect(resolved({ global: null }).defaultChoice).toEqual({
			model: { value: 'mock/echo', origin: 'default' },
			settings: {},
		});
	});

	it("follows the environment where the global default row names no model, with that row's settings", () => {
		expect(resolved({}, 'north/small').defaultChoice).toEqual({
			model: { value: 'north/small', origin: 'environment' },
			settings: GLOBAL_SETTINGS,
		});
	});

	it('is the global default row where that names a model', () => {
		const global = { provider: 'south', model: 'm', settings: {} };
		expect(resolved({ global }, 'north/small').defaultChoice).toEqual({
			model: { value: 'south/m', origin: 'global' },
			settings: {},
		});
	});

	it("is the organization's default profile, its settings over the global ones", () => {
		expect(resolved({ organization }, 'north/small').defaultChoice).toEqual({
			model: { value: 'north/large', origin: 'organization' },
			settings: {
				temperature: { value: 0.1, origin: 'organization' },
				timeoutMs: { value: 5000, origin: 'organization' },
				maxTokens: { value: 2000, origin: 'global' },
			},
		});
	});

	it('is the shared one on the free plan, or where the default profile does not exist', () => {
		const shared = { value: 'north/small', origin: 'environment' };
		expect(resolved({ organization: free }, 'north/small').defaultChoice.model).toEqual(shared);
		const dangling = organizationRow({ configuration: { ...CONFIGURATION, defaultProfile: 'gone' } });
		expect(resolved({ organization: dangling }, 'north/small').defaultChoice.model).toEqual(shared);
	});
});

describe('profiles', () => {
	it('hold their own settings alone', () => {
		expect(resolved({ organization }).profiles).toEqual({
			careful: {
				model: { value: 'north/large', origin: 'organization' },
				settings: {
					temperature: { value: 0.1, origin: 'organization' },
					timeoutMs: { value: 5000, origin: 'organization' },
				},
			},
			quick: { model: { value: 'south/maker/tiny', origin: 'organization' }, settings: {} },
		});
	});

	it('name the row of their key reference, within their provider only', () => {
		const providers = [
			providerRow({ id: 'n2', provider: 'north', name: 'second' }),
			providerRow({ id: 's1', provider: 'south', name: 'south' }),
			providerRow({ id: 's2', provider: 'south', name: 'second' }),
		];
		const { profiles } = resolved({ organization, providers });
		expect(profiles.quick?.credentialRowId).toBe('s2');
		expect(profiles.careful).not.toHaveProperty('credentialRowId');
	});

	it('and aliases do not exist on the free plan', () => {
		expect(resolved({ organization: free })).toMatchObject({ profiles: {}, aliases: {} });
	});

	it('of a name every object has do not exist', () => {
		const { profiles, aliases } = resolved({ organization });
		for (const name of ['constructor', 'toString', '__proto__']) {
			expect(profiles[name]).toBeUndefined();
			expect(aliases[name]).toBeUndefined();
		}
	});
});

describe('an agent', () => {
	it('takes model and settings from its own preferences, and nothing from below', () => {
		const own = preferences({ provider: 'south', model: 'm', params: { topP: 0.5 }, fallbacks: ['north/large'] });
		const agent = agentRow({ profile: 'careful', settings: { temperature: 1 }, fallbacks: ['x/y'], preferences: own });
		expect(resolved({ organization, agent }).agent).toEqual({
			id: 'a1',
			slug: 'support',
			choice: {
				model: { value: 'south/m', origin: 'agent' },
				settings: { topP: { value: 0.5, origin: 'agent' } },
			},
			fallbacks: ['north/large'],
			embeddingModel: null,
			systemPrompt: null,
		});
	});

	it("puts its settings over its profile's", () => {
		const agent = agentRow({ profile: 'careful', settings: { temperature: 1 }, fallbacks: ['south/m'] });
		expect(resolved({ organization, agent }).agent).toMatchObject({
			choice: {
				model: { value: 'north/large', origin: 'organization' },
				settings: {
					temperature: { value: 1, origin: 'agent' },
					timeoutMs: { value: 5000, origin: 'organization' },
				},
			},
			fallbacks: ['south/m'],
		});
	});

	it('puts its settings over the default choice where it names no model', () => {
		const agent = agentRow({ settings: { maxTokens: 10 } });
		expect(resolved({ agent }, 'north/small').agent?.choice).toEqual({
			model: { value: 'north/small', origin: 'environment' },
			settings: {
				temperature: { value: 0.7, origin: 'global' },
				maxTokens: { value: 10, origin: 'agent' },
			},
		});
	});

	it('follows the default choice on the free plan, whatever profile it names', () => {
		const agent = agentRow({ profile: 'careful' });
		expect(resolved({ organization: free, agent }, 'north/small').agent?.choice.model.value).toBe('north/small');
	});

	it('keeps its prompt and embedding model with or without a model of its own', () => {
		const own = preferences({ embeddingModel: 'north/embed', systemPrompt: 'Be brief.' });
		for (const provider of [null, 'south'])
			expect(
				resolved({ agent: agentRow({ preferences: { ...own, provider, model: provider && 'm' } }) }).agent,
			).toMatchObject({ embeddingModel: 'north/embed', systemPrompt: 'Be brief.' });
	});

	it('may name aliases in its fallbacks and as its embedding model', () => {
		const own = preferences({ embeddingModel: 'best' });
		const agent = agentRow({ fallbacks: ['cheap', 'profile:careful', 'profile:gone', 'other'], preferences: own });
		expect(resolved({ organization, agent }).agent).toMatchObject({
			fallbacks: ['south/maker/tiny', 'north/large', 'profile:gone', 'other'],
			embeddingModel: 'north/large',
		});
	});
});

describe('aliases', () => {
	const aliasesOf = (aliases: Record<string, string>) =>
		resolved({ organization: organizationRow({ configuration: { aliases } }) }).aliases;

	it('are followed to their end', () => {
		expect(resolved({ organization }).aliases).toEqual({
			fast: 'profile:quick',
			cheap: 'profile:quick',
			best: 'north/large',
		});
	});

	it('that loop, or lead into a loop, name nothing', () => {
		expect(aliasesOf({ a: 'b', b: 'c', c: 'b', self: 'self', good: 'north/m' })).toEqual({ good: 'north/m' });
	});

	it("can't take the place of a provider's own model", () => {
		expect(aliasesOf({ 'north/large': 'south/m' })).toEqual({});
	});
});
