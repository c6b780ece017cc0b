import { describe, expect, it } from 'vitest';
import { keyMark } from '../../src/config/key-mark';
import { ENVIRONMENT, explaining, OPERATOR_KEY, TENANT_KEY } from './explaining';
import { agentRow, globalRow, modelRow, organizationRow, preferences, providerRow, SEEDED } from './fixtures';

const CONFIGURATION = {
	defaultProfile: 'careful',
	profiles: {
		careful: { provider: 'north', model: 'large', settings: { temperature: 0.1 } },
		quick: { provider: 'south', model: 'tiny', keyRef: 'second', settings: { seed: 4 } },
	},
	aliases: { fast: 'profile:quick' },
	fallbackChain: ['fast'],
};
const organization = organizationRow({ configuration: CONFIGURATION });
const free = organizationRow({ plan: 'free', configuration: CONFIGURATION });
const providers = [
	providerRow({ id: 's1', provider: 'south', name: 'first', keyLast4: '1111' }),
	providerRow({ id: 's2', provider: 'south', name: 'second', keyLast4: '2222' }),
];
const PLAN_FREE = "Plan free: the organization's own configuration is not in force.";

describe('an explanation', () => {
	it('shows for the model every layer that named one, and why the others are not heard', () => {
		const globals = [{ ...SEEDED, provider: 'north', model: 'shared' }];
		const { model } = explaining({ rows: { organization, globals } });
		expect(model).toEqual({
			value: 'north/large',
			origin: 'organization',
			layers: [
				{
					origin: 'default',
					name: null,
					value: 'mock/echo',
					wins: false,
					reason: "Overridden by the organization ('careful').",
				},
				{
					origin: 'environment',
					name: 'DEFAULT_PROVIDER',
					value: 'north/north-small',
					wins: false,
					reason: "Overridden by the organization ('careful').",
				},
				{
					origin: 'global',
					name: 'default',
					value: 'north/shared',
					wins: false,
					reason: "Overridden by the organization ('careful').",
				},
				{ origin: 'organization', name: 'careful', value: 'north/large', wins: true, reason: null },
			],
		});
	});

	it('shows for each setting where it comes from', () => {
		const { settings } = explaining({ rows: { organization } });
		expect(settings.temperature).toMatchObject({
			value: 0.1,
			origin: 'organization',
			layers: [
				{ origin: 'global', value: 0.7, wins: false },
				{ origin: 'organization', value: 0.1, wins: true },
			],
		});
		expect(settings.maxTokens).toMatchObject({ value: 2000, origin: 'global', layers: [{ wins: true, reason: null }] });
		expect(settings).not.toHaveProperty('topP');
	});

	it('says what plan free keeps out of force, and that this is why', () => {
		const agent = agentRow({ profile: 'careful' });
		const { model, settings, fallbacks, profiles, aliases, warnings } = explaining({
			rows: { organization: free, agent },
			request: { agent: 'support' },
		});
		expect(model).toMatchObject({ value: 'north/north-small', origin: 'environment' });
		expect(model.layers.find(({ name }) => name === 'careful')).toMatchObject({ wins: false, reason: PLAN_FREE });
		expect(settings.temperature?.layers.at(-1)).toMatchObject({ value: 0.1, wins: false, reason: PLAN_FREE });
		expect(fallbacks).toMatchObject({ value: ['north/last'], origin: 'environment' });
		expect(fallbacks.layers.at(-1)).toMatchObject({ value: ['fast'], wins: false, reason: PLAN_FREE });
		expect([profiles, aliases]).toEqual([{}, {}]);
		expect(warnings).toEqual([
			{ field: 'agents.support.profile', message: expect.stringContaining("no profile 'careful' in force") },
			{ field: 'llmConfiguration', message: PLAN_FREE },
		]);
	});

	it("says that an agent's own model keeps the settings of other choices away", () => {
		const agent = agentRow({ preferences: preferences({ provider: 'south', model: 'm', params: { topP: 0.5 } }) });
		const { model, settings } = explaining({ rows: { organization, agent, providers }, request: { agent: 'support' } });
		expect(model).toMatchObject({ value: 'south/m', origin: 'agent' });
		expect(settings.topP).toMatchObject({ value: 0.5, origin: 'agent' });
		expect(settings.temperature).toMatchObject({
			value: null,
			origin: 'default',
			layers: [
				{ value: 0.7, wins: false, reason: "Agent 'support' names a model of its own." },
				{ value: 0.1, wins: false, reason: "Agent 'support' names a model of its own." },
			],
		});
	});

	it("shows the request's own values over all of these", () => {
		const { model, settings } = explaining({
			rows: { organization, agent: agentRow({ settings: { seed: 1 } }) },
			request: { agent: 'support', model: 'north/other', settings: { seed: 2 } },
		});
		expect(model).toMatchObject({ value: 'north/other', origin: 'request' });
		expect(settings.seed).toMatchObject({
			value: 2,
			origin: 'request',
			layers: [
				{ origin: 'agent', value: 1, reason: 'Overridden by the request.' },
				{ origin: 'request', wins: true },
			],
		});
	});

	it('shows what the key does not let through', () => {
		const caller = { mayOverrideModel: false, mayOverrideSettings: false };
		const request = { agent: 'support', model: 'north/other', settings: { seed: 2 } };
		const locked = explaining({ rows: { agent: agentRow({ settings: { seed: 1 } }) }, request, caller });
		expect(locked.model).toMatchObject({ value: 'north/north-small', origin: 'environment' });
		expect(locked.model.layers.at(-1)).toMatchObject({
			origin: 'request',
			wins: false,
			reason: "This key may not put another model in an agent's place.",
		});
		expect(locked.settings.seed).toMatchObject({ value: 1, origin: 'agent' });
		expect(locked.settings.seed?.layers.at(-1)?.reason).toBe("This key may not override what agent 'support' sets.");
		expect(locked.refusal).toMatchObject({ code: 'forbidden', param: 'model' });
		expect(locked.chain).toEqual([]);
		expect(locked.policy).toMatchObject(caller);
		expect(locked.warnings).toEqual([{ field: 'seed', message: expect.stringContaining('may not override seed') }]);
	});

	it('tells a strict request with such a value that it would be refused', () => {
		const asked = { rows: { agent: agentRow({ settings: { seed: 1 } }) }, caller: { mayOverrideSettings: false } };
		const request = { agent: 'support', settings: { seed: 2 } };
		expect(explaining({ ...asked, request }).refusal).toBeNull();
		expect(explaining({ ...asked, request: { ...request, strict: true } }).refusal).toMatchObject({
			code: 'forbidden',
			param: 'seed',
		});
	});

	it('shows a profile that is asked for by an alias', () => {
		const { model, settings, chain } = explaining({ rows: { organization, providers }, request: { model: 'fast' } });
		expect(model).toMatchObject({ value: 'south/tiny', origin: 'organization' });
		expect(settings.seed).toMatchObject({ value: 4, origin: 'organization' });
		expect(settings.maxTokens).toMatchObject({
			value: null,
			layers: [{ reason: "The request names profile 'quick', which brings its own model and settings." }],
		});
		expect(chain[0]?.answers?.key).toEqual({
			source: 'organization',
			rowId: 's2',
			name: 'second',
			last4: '2222',
			residency: null,
		});
	});

	it("shows the operator's profiles beside the organization's, each with its origin", () => {
		const globals = [SEEDED, globalRow({ id: 'quick', provider: 'north', model: 'q' }), globalRow({ id: 'calm' })];
		expect(explaining({ rows: { organization, globals } }).profiles).toEqual({
			careful: { value: 'north/large', origin: 'organization' },
			quick: { value: 'south/tiny', origin: 'organization' },
			calm: { value: 'north/north-small', origin: 'environment' },
		});
	});

	it('puts together what configuration and request say of reasoning', () => {
		const agent = agentRow({ settings: { reasoning: { effort: 'high' } } });
		const request = { agent: 'support', settings: { reasoning: { summary: 'auto' as const } } };
		expect(explaining({ rows: { agent }, request }).settings.reasoning).toMatchObject({
			value: { effort: 'high', summary: 'auto' },
			origin: 'request',
		});
	});
});

describe('the chain of an explanation', () => {
	it('shows who answers by each name, with which key, and why a name is of no use', () => {
		const configuration = { fallbackChain: ['south/m', 'workshop/x', 'custom/y', 'profile:gone', 'north/north-small'] };
		const { chain, refusal } = explaining({ rows: { organization: organizationRow({ configuration }), providers } });
		expect(refusal).toBeNull();
		expect(chain.map(({ name, usable, reason }) => [name, usable, reason])).toEqual([
			['default', true, null],
			['south/m', true, null],
			['workshop/x', true, null],
			['custom/y', false, "Provider 'custom' has no key in this organization."],
			['profile:gone', false, "Unknown profile 'gone' in this organization."],
			['north/north-small', false, 'already in the chain'],
		]);
		expect(chain.map(({ answers }) => answers?.key ?? null).slice(0, 3)).toEqual([
			{ source: 'environment', rowId: null, name: null, last4: null, residency: null },
			{ source: 'organization', rowId: 's1', name: 'first', last4: '1111', residency: null },
			{ source: 'none', rowId: null, name: null, last4: null, residency: null },
		]);
	});

	it('shows who gives the price', () => {
		const prices = { input: '3000000', output: '6000000' };
		const rows = {
			models: [modelRow({ model: 'north-small', prices, version: 5 })],
			globals: [
				SEEDED,
				globalRow({ id: 'b', provider: 'north', model: 'last', inputPricePico: '1000000', version: 2 }),
			],
		};
		const ownKey = { ...rows, providers: [providerRow({ id: 'mine' })] };
		const price = (at: number) => explaining({ rows }).chain[at]?.answers?.price;
		expect(price(0)).toMatchObject({ origin: 'catalog', version: '2026-11-01' });
		expect(explaining({ rows: ownKey }).chain[0]?.answers?.price).toEqual({
			origin: 'organization',
			version: 'override-5',
			inputUsdPerMillion: 3,
			outputUsdPerMillion: 6,
		});
		expect(price(1)).toEqual({ origin: 'global', version: 'global-2', inputUsdPerMillion: 1, outputUsdPerMillion: 2 });
		const asked = explaining({ request: { model: 'north/strange' } });
		expect(asked.chain[0]?.answers).toMatchObject({ price: null, known: false });
		expect(asked.warnings).toEqual([{ field: 'model', message: expect.stringContaining('price is unknown') }]);
		expect(explaining().chain[0]?.answers?.price).toMatchObject({ origin: 'catalog', version: '2026-11-01' });
	});

	it('goes on where the first name is of no use, and says what the request is refused with', () => {
		const caller = { allowedModels: ['north/last'] };
		const { chain, refusal } = explaining({ caller });
		expect(refusal).toMatchObject({ code: 'forbidden', message: "This key may not use model 'north/north-small'." });
		expect(chain.map(({ name, usable }) => [name, usable])).toEqual([
			['default', false],
			['north/last', true],
		]);
	});

	it('names the setting that a target does not take', () => {
		const { chain } = explaining({ request: { settings: { reasoning: { effort: 'high' } } } });
		expect(chain[0]?.answers?.warnings.map(({ field }) => field)).toEqual(['reasoning']);
	});

	it('of an embedding is one model, chosen in its own way', () => {
		const own = organizationRow({
			configuration: { embeddingModel: 'north/own-embed', fallbackChain: ['north/last'] },
		});
		const agent = agentRow({ preferences: preferences({ embeddingModel: 'north/agent-embed' }) });
		const of = (request: object, rows = {}) =>
			explaining({ rows: { organization: own, ...rows }, request: { kind: 'embedding', ...request } });
		expect(of({}).embeddingModel).toEqual({
			value: 'north/own-embed',
			origin: 'organization',
			layers: [
				{
					origin: 'default',
					name: null,
					value: 'north/north-embed',
					wins: false,
					reason: 'Overridden by the organization.',
				},
				{ origin: 'organization', name: null, value: 'north/own-embed', wins: true, reason: null },
			],
		});
		expect(of({}).model).toMatchObject({ value: 'north/own-embed', origin: 'organization' });
		expect(of({ agent: 'support' }, { agent }).model).toMatchObject({ value: 'north/agent-embed', origin: 'agent' });
		expect(of({ model: 'north/other-embed' }).model).toMatchObject({ value: 'north/other-embed', origin: 'request' });
		expect(of({}).chain.map(({ answers }) => answers?.model)).toEqual(['north/own-embed']);
		expect(of({ settings: { topK: 1 } }).settings).toEqual({});
	});

	it('is what the request brings itself, or nothing where it wants none', () => {
		const brought = explaining({ request: { models: ['north/a', 'north/b'] } });
		expect(brought.fallbacks).toMatchObject({ value: ['north/b'], origin: 'request' });
		expect(explaining({ request: { fallback: false } }).fallbacks).toMatchObject({ value: [], origin: 'request' });
		expect(explaining({ request: { fallback: false } }).chain).toHaveLength(1);
	});
});

describe('limits in an explanation', () => {
	it("are the organization's, else the environment's", () => {
		const { limits } = explaining({
			rows: { organization: organizationRow({ requestsPerMinute: 5, budgetDayNanoUsd: '7' }) },
		});
		expect(limits.requestsPerMinute).toMatchObject({
			value: 5,
			origin: 'organization',
			layers: [{ value: 60, wins: false }, {}],
		});
		expect(limits.budgetDayNanoUsd).toMatchObject({ value: 7n, origin: 'organization' });
		expect(explaining().limits.requestsPerMinute).toMatchObject({ value: 60, origin: 'environment' });
		expect(explaining().limits.requestsPerDay).toEqual({ value: null, origin: 'default', layers: [] });
	});
});

describe('what a configuration says in vain', () => {
	it('is named: loops, missing profiles and keys, and keys that no longer open', () => {
		const configuration = {
			defaultProfile: 'gone',
			profiles: { quick: { provider: 'south', model: 'tiny', keyRef: 'third' } },
			aliases: { a: 'b', b: 'a', ok: 'north/m' },
		};
		const { warnings } = explaining({
			rows: { organization: organizationRow({ configuration }), providers },
			shut: ['s1'],
		});
		expect(warnings.map(({ field }) => field)).toEqual([
			'providers.first',
			'llmConfiguration.defaultProfile',
			'llmConfiguration.aliases.a',
			'llmConfiguration.aliases.b',
			'llmConfiguration.profiles.quick.keyRef',
		]);
	});

	it('is nothing in one that says nothing', () => {
		expect(explaining().warnings).toEqual([]);
	});
});

describe('keys', () => {
	it('are in no explanation, whoever they belong to', () => {
		const prompt = { source: { system: 'Hi' }, hash: 'h', version: 2 };
		const agent = agentRow({ preferences: preferences({ prompt }) });
		const explanation = explaining({ rows: { organization, providers, agent }, request: { agent: 'support' } });
		const text = JSON.stringify(explanation, (_, part) => (typeof part === 'bigint' ? `${part}` : part));
		expect(ENVIRONMENT.credentials.north?.apiKey).toBe(OPERATOR_KEY);
		const marks = [OPERATOR_KEY, TENANT_KEY].map((key) => keyMark('', key));
		for (const secret of [OPERATOR_KEY, TENANT_KEY, 'sealed', ...marks]) expect(text).not.toContain(secret);
		expect(explanation.prompt).toEqual({
			value: { version: 2, hash: 'h' },
			origin: 'agent',
			layers: [{ origin: 'agent', name: 'support', value: { version: 2, hash: 'h' }, wins: true, reason: null }],
		});
	});
});
