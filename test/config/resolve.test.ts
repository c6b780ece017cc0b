import { describe, expect, it } from 'vitest';
import { resolve } from '../../src/config/resolve';
import type { ConfigurationRows } from '../../src/config/rows';
import { agentRow, globalRow, modelRow, organizationRow, preferences, providerRow, rowsOf, SEEDED } from './fixtures';

const resolved = (change: Partial<ConfigurationRows> = {}, environmentModel: string | null = null) =>
	resolve({ environment: { defaultModel: environmentModel, fallbackChain: ['north/last'] }, rows: rowsOf(change) });

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
		expect(resolved({ globals: [] }).defaultChoice).toEqual({
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
		const globals = [globalRow({ isDefault: true, provider: 'south', model: 'm' })];
		expect(resolved({ globals }, 'north/small').defaultChoice).toEqual({
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
			prompt: null,
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
		const prompt = { source: { system: 'Be brief.' }, hash: 'h', version: 2 };
		const own = preferences({ embeddingModel: 'north/embed', prompt });
		for (const provider of [null, 'south'])
			expect(
				resolved({ agent: agentRow({ preferences: { ...own, provider, model: provider && 'm' } }) }).agent,
			).toMatchObject({ embeddingModel: 'north/embed', prompt });
	});

	it('keeps the names of its fallbacks and its embedding model as they were written, for the route to follow', () => {
		const own = preferences({ embeddingModel: 'best' });
		const agent = agentRow({ fallbacks: ['cheap', 'profile:careful', 'profile:gone'], preferences: own });
		expect(resolved({ organization, agent }).agent).toMatchObject({
			fallbacks: ['cheap', 'profile:careful', 'profile:gone'],
			embeddingModel: 'best',
		});
	});

	it("follows the operator's profile where the organization has none of that name, on the free plan too", () => {
		const globals = [SEEDED, globalRow({ id: 'careful', provider: 'south', model: 'shared', settings: { seed: 1 } })];
		const agent = agentRow({ profile: 'careful', settings: { topK: 4 } });
		const choice = {
			model: { value: 'south/shared', origin: 'global' },
			settings: { seed: { value: 1, origin: 'global' }, topK: { value: 4, origin: 'agent' } },
		};
		expect(resolved({ organization: free, agent, globals }).agent?.choice).toEqual(choice);
		expect(resolved({ organization, agent, globals }).agent?.choice.model.value).toBe('north/large');
	});
});

describe("the operator's profiles", () => {
	const quick = globalRow({ id: 'quick', provider: 'north', model: 'shared', settings: { maxTokens: 9 } });
	const spare = globalRow({ id: 'spare', provider: 'north', model: 'spare' });
	const globals = [SEEDED, quick, spare];

	it('are there for every organization, under names that it does not use itself', () => {
		const own = resolved({ organization, globals }).profiles;
		expect(own.quick?.model).toEqual({ value: 'south/maker/tiny', origin: 'organization' });
		expect(own.spare).toEqual({ model: { value: 'north/spare', origin: 'global' }, settings: {} });
		expect(Object.keys(own).sort()).toEqual(['careful', 'quick', 'spare']);
		const shared = resolved({ organization: free, globals }).profiles;
		expect(Object.keys(shared)).toEqual(['quick', 'spare']);
		expect(shared.quick).toEqual({
			model: { value: 'north/shared', origin: 'global' },
			settings: { maxTokens: { value: 9, origin: 'global' } },
		});
	});

	it('may be the default of an organization, over the global default and its settings', () => {
		const chosen = organizationRow({ configuration: { defaultProfile: 'quick' } });
		expect(resolved({ organization: chosen, globals }, 'north/small').defaultChoice).toEqual({
			model: { value: 'north/shared', origin: 'global' },
			settings: { temperature: { value: 0.7, origin: 'global' }, maxTokens: { value: 9, origin: 'global' } },
		});
	});

	it('that name no model follow the environment', () => {
		const calm = globalRow({ id: 'calm', settings: { temperature: 0 } });
		const { profiles } = resolved({ globals: [SEEDED, calm] }, 'north/small');
		expect(profiles.calm).toEqual({
			model: { value: 'north/small', origin: 'environment' },
			settings: { temperature: { value: 0, origin: 'global' } },
		});
		expect(resolved({ globals: [calm] }).profiles.calm?.model).toEqual({ value: 'mock/echo', origin: 'default' });
	});

	it('do not hold the default row itself', () => {
		expect(resolved({ globals }).profiles).not.toHaveProperty('default');
	});
});

describe('settings', () => {
	it('are all those that a layer may set', () => {
		const settings = {
			temperature: 0.1,
			topP: 0.2,
			topK: 3,
			maxTokens: 4,
			presencePenalty: -1,
			frequencyPenalty: 1,
			seed: 7,
			stop: ['END'],
			reasoning: { effort: 'high' as const, summary: 'auto' as const },
			timeoutMs: 900,
		};
		const agent = agentRow({ preferences: preferences({ provider: 'north', model: 'm', params: settings }) });
		const { choice } = resolved({ agent }).agent ?? {};
		expect(
			Object.fromEntries(Object.entries(choice?.settings ?? {}).map(([name, { value }]) => [name, value])),
		).toEqual(settings);
	});
});

describe('what follows a model', () => {
	const configuration = { fallbackChain: ['south/m'], fallbacks: { 'north/large': ['fast'], fast: [] } };

	it("is the organization's chain, and its chain for a name", () => {
		expect(resolved({ organization: organizationRow({ configuration }) })).toMatchObject({
			fallbackChain: { value: ['south/m'], origin: 'organization' },
			fallbacks: { 'north/large': ['fast'], fast: [] },
		});
	});

	it("is the environment's where the organization says nothing, or nothing in force", () => {
		const shared = { fallbackChain: { value: ['north/last'], origin: 'environment' }, fallbacks: {} };
		expect(resolved()).toMatchObject(shared);
		expect(resolved({ organization: organizationRow({ plan: 'free', configuration }) })).toMatchObject(shared);
	});

	it('is nothing where the organization says so', () => {
		const none = organizationRow({ configuration: { fallbackChain: [] } });
		expect(resolved({ organization: none }).fallbackChain).toEqual({ value: [], origin: 'organization' });
	});

	it('of a name every object has is nothing', () => {
		expect(resolved({ organization: organizationRow({ configuration }) }).fallbacks.constructor).toBeUndefined();
	});
});

describe("the organization's embedding model", () => {
	it.each([
		['pro', 'north/embed'],
		['free', null],
	] as const)('on plan %s is %s', (plan, expected) => {
		const configured = organizationRow({ plan, configuration: { embeddingModel: 'north/embed' } });
		expect(resolved({ organization: configured }).embeddingModel).toBe(expected);
	});
});

describe('what is known better than the catalog', () => {
	const price = { input: '2500000', output: '10000000' };

	it("is the organization's own models, on every plan", () => {
		const models = [
			modelRow({
				model: 'tuned',
				displayName: 'Tuned',
				limits: { contextWindow: 32_000, maxOutput: 4_000 },
				capabilities: { tools: true, input: ['image'] },
				prices: { ...price, cacheRead: '1' },
				version: 4,
			}),
		];
		expect(resolved({ models, organization: free }).models['north/tuned']).toEqual({
			declared: true,
			displayName: 'Tuned',
			contextWindow: 32_000,
			maxOutput: 4_000,
			tools: true,
			input: ['text', 'image'],
			prices: { input: 2_500_000n, output: 10_000_000n, cacheRead: 1n },
			priceVersion: 'override-4',
			shared: {},
		});
	});

	it("is the operator's price for everybody, of several the one changed last", () => {
		const row = { provider: 'north', model: 'm', inputPricePico: '1', outputPricePico: '2' };
		const globals = [
			globalRow({ id: 'b', ...row, inputPricePico: '5', version: 7 }),
			globalRow({ id: 'c', ...row, version: 6 }),
			globalRow({ id: 'd', provider: 'north', model: 'other' }),
		];
		expect(resolved({ globals }).models).toEqual({
			'north/m': { declared: false, prices: { input: 5n, output: 2n }, priceVersion: 'global-7' },
		});
	});

	it("is the organization's price before the operator's, and the operator's where it gives none", () => {
		const globals = [globalRow({ id: 'b', provider: 'north', model: 'own', inputPricePico: '1', version: 3 })];
		const priced = modelRow({ prices: price, version: 2 });
		expect(resolved({ globals, models: [priced] }).models['north/own']).toMatchObject({
			prices: { input: 2_500_000n, output: 10_000_000n },
			priceVersion: 'override-2',
			shared: { prices: { input: 1n }, priceVersion: 'global-3' },
		});
		expect(resolved({ globals, models: [modelRow({ capabilities: { tools: false } })] }).models['north/own']).toEqual({
			declared: true,
			tools: false,
			prices: { input: 1n },
			priceVersion: 'global-3',
		});
	});

	it('has nothing under a name every object has', () => {
		expect(resolved().models.constructor).toBeUndefined();
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
