import { beforeEach, describe, expect, it } from 'vitest';
import { llmModelOverrides, llmProviders } from '../../src/db/schema';
import { declaredBy } from '../../src/services/declared';
import { factsOf } from '../../src/services/model-reference';
import {
	administer,
	auditRows,
	configVersion,
	db,
	insertOrganization,
	NOW,
	principal,
	refusal,
	type ScriptedChange,
	scriptedChange,
	serviceContext,
	untyped,
} from '../services/bench';

const MEGABYTE = 'm'.repeat(1024 * 1024);

let port: ScriptedChange;
let caller: ReturnType<typeof administer>;

const MINE = { provider: 'openai', model: 'gpt-99', contextWindow: 100_000 };

beforeEach(async () => {
	await insertOrganization('o1', { plan: 'pro' });
	await insertOrganization('o2', { plan: 'pro' });
	port = scriptedChange();
	caller = administer(serviceContext(principal('o1'), { change: port }));
});

describe('customModels.set', () => {
	it('declares a model with limits and exact prices, audited', async () => {
		const made = await caller.customModels.set({
			...MINE,
			displayName: 'Ours',
			kind: 'chat',
			inputLimit: 90_000,
			maxOutput: 8_000,
			capabilities: { input: ['image'], tools: true, structuredOutput: false, reasoning: true },
			prices: { input: '0.075', output: 0.3, cacheRead: '0.01', cacheWrite1h: '1e-6' },
		});
		expect(made).toEqual({
			provider: 'openai',
			model: 'gpt-99',
			displayName: 'Ours',
			kind: 'chat',
			contextWindow: 100_000,
			inputLimit: 90_000,
			maxOutput: 8_000,
			capabilities: { input: ['image'], tools: true, structuredOutput: false, reasoning: true },
			prices: { input: '0.075', output: '0.3', cacheRead: '0.01', cacheWrite1h: '0.000001' },
			priceVersion: 'override-2',
			inCatalog: false,
			version: 2,
			updatedAt: NOW,
		});
		expect(await caller.customModels.get({ provider: 'openai', model: 'gpt-99' })).toEqual(made);
		expect(await caller.customModels.list()).toEqual([made]);
		expect(await db.select({ prices: llmModelOverrides.prices }).from(llmModelOverrides)).toEqual([
			{ prices: { input: '75000', output: '300000', cacheRead: '10000', cacheWrite1h: '1' } },
		]);
		expect(port.events).toEqual(['prepare o1 @1', 'settle o1 2 @2']);
		expect(await auditRows('o1')).toMatchObject([
			{ action: 'create', entity: 'custom-model', entityId: 'openai/gpt-99', before: null, after: { version: 2 } },
		]);
	});

	it('makes the model known to this organization and to no other', async () => {
		await caller.customModels.set({ ...MINE, maxOutput: 1_000 });
		const agent = { slug: 'a', name: 'A', model: 'openai/gpt-99' };
		expect(await refusal(caller.agents.create({ ...agent, settings: { maxTokens: 1_001 } }))).toMatchObject({
			param: 'settings.maxTokens',
		});
		await caller.agents.create({ ...agent, settings: { maxTokens: 1_000 } });
		const stranger = administer(serviceContext(principal('o2')));
		expect((await refusal(stranger.agents.create(agent))).message).toContain('has no model');
		expect(await stranger.customModels.list()).toEqual([]);
		expect((await refusal(stranger.customModels.get({ provider: 'openai', model: 'gpt-99' }))).code).toBe('not_found');
		expect((await refusal(stranger.customModels.remove({ provider: 'openai', model: 'gpt-99' }))).code).toBe(
			'not_found',
		);
	});

	it('lays its figures over those of the catalog, and keeps the others', async () => {
		await caller.customModels.set({ provider: 'openai', model: 'gpt-4o', prices: { input: 1, output: 2 } });
		const ctx = serviceContext(principal('o1'));
		const facts = factsOf(ctx, { provider: 'openai', model: 'gpt-4o' }, await declaredBy(ctx));
		expect(facts).toMatchObject({
			known: true,
			contextWindow: 128_000,
			maxOutput: 16_384,
			prices: { input: 1_000_000n, output: 2_000_000n },
			priceVersion: 'override-2',
		});
		expect((await caller.customModels.list())[0]).toMatchObject({ inCatalog: true, contextWindow: null });
	});

	it('replaces the whole; each change has a version of its own, also after a removal', async () => {
		await caller.customModels.set({ ...MINE, displayName: 'Ours', prices: { input: 1, output: 1 } });
		expect(await caller.customModels.set(MINE)).toMatchObject({ displayName: null, prices: null, version: 3 });
		expect(await caller.customModels.set(MINE)).toMatchObject({ version: 3 });
		await caller.customModels.remove(MINE_REFERENCE);
		expect((await caller.customModels.set({ ...MINE, prices: { input: 2, output: 2 } })).priceVersion).toBe(
			'override-5',
		);
	});

	it('with an old version is a conflict, of one that is gone not found', async () => {
		const { version } = await caller.customModels.set(MINE);
		await caller.customModels.set({ ...MINE, maxOutput: 5, version });
		expect(await refusal(caller.customModels.set({ ...MINE, maxOutput: 6, version }))).toMatchObject({
			code: 'conflict',
			param: 'version',
		});
		expect(await refusal(caller.customModels.remove({ ...MINE_REFERENCE, version }))).toMatchObject({
			code: 'conflict',
		});
		await caller.customModels.remove(MINE_REFERENCE);
		expect((await refusal(caller.customModels.set({ ...MINE, version: 3 }))).code).toBe('not_found');
	});

	it('loses nothing where several come at the same moment', async () => {
		await Promise.all(['a', 'b', 'c'].map((model) => caller.customModels.set({ ...MINE, model })));
		const versions = (await caller.customModels.list()).map(({ version }) => version);
		expect(versions.toSorted()).toEqual([2, 3, 4]);
	});

	it.each<[string, object, string]>([
		['contextWindow', { contextWindow: undefined }, "does not know 'openai/gpt-99'"],
		['contextWindow', { contextWindow: 0 }, '>=1'],
		['contextWindow', { contextWindow: 1.5 }, 'int'],
		['contextWindow', { contextWindow: 1e12 }, '<='],
		['inputLimit', { inputLimit: 100_001 }, 'at most the context window of 100000'],
		['maxOutput', { maxOutput: 100_001 }, 'at most the context window of 100000'],
		['maxOutput', { model: 'gpt-4o', contextWindow: undefined, maxOutput: 128_001 }, 'of 128000 tokens'],
		['kind', { model: 'gpt-4o', kind: 'embedding' }, "of kind 'chat'"],
		['kind', { kind: 'image' }, ''],
		['provider', { provider: 'opnai' }, 'Unknown provider'],
		['provider', { provider: '__proto__' }, 'Unknown provider'],
		['provider', { provider: MEGABYTE }, ''],
		['model', { model: MEGABYTE }, 'at most 300'],
		['model', { model: 'a\nb' }, 'control characters'],
		['model', { model: ' ' }, 'must be named'],
		['displayName', { displayName: 'x\u202ey' }, 'control characters'],
		['capabilities.vision', { capabilities: { vision: true } }, 'vision'],
		['capabilities.input[0]', { capabilities: { input: ['text'] } }, ''],
		['prices.output', { prices: { input: 1 } }, ''],
		['prices.input', { prices: { input: 'free', output: 1 } }, 'amount in USD'],
		['prices.cacheRead', { prices: { input: 1, output: 1, cacheRead: '0.0000001' } }, 'at most 6 decimal places'],
		['prices.output', { prices: { input: 1, output: '1000000.000001' } }, 'at most 1000000 USD'],
		['prices.tiers', { prices: { input: 1, output: 1, tiers: [] } }, 'tiers'],
		['organizationId', { organizationId: 'o2' }, 'organizationId'],
	])('refuses a wrong %s: %#', async (param, wrong, message) => {
		const input = Object.fromEntries(Object.entries({ ...MINE, ...wrong }).filter(([, value]) => value !== undefined));
		const error = await refusal(caller.customModels.set(untyped(input)));
		expect(error).toMatchObject({ code: 'invalid_request', param, message: expect.stringContaining(message) });
		expect(error.message.length).toBeLessThan(1_000);
		expect(await db.$count(llmModelOverrides)).toBe(0);
		expect(await configVersion('o1')).toBe(1);
	});

	it('keeps the kind that its users need', async () => {
		await caller.customModels.set(MINE);
		await caller.agents.create({ slug: 'support', name: 'S', model: 'openai/gpt-99' });
		const error = await refusal(caller.customModels.set({ ...MINE, kind: 'embedding' }));
		expect(error).toMatchObject({ code: 'conflict', param: 'kind', message: expect.stringContaining("'support'") });
		await caller.customModels.set({ ...MINE, kind: 'chat' });
	});
});

const MINE_REFERENCE = { provider: 'openai', model: 'gpt-99' };

describe('customModels.remove', () => {
	beforeEach(async () => {
		await caller.customModels.set(MINE);
	});

	it('takes it away, audited', async () => {
		expect(await caller.customModels.remove(MINE_REFERENCE)).toEqual(MINE_REFERENCE);
		expect(await caller.customModels.list()).toEqual([]);
		expect((await auditRows('o1')).at(-1)).toMatchObject({ action: 'delete', entityId: 'openai/gpt-99', after: null });
		expect((await refusal(caller.customModels.remove(MINE_REFERENCE))).code).toBe('not_found');
	});

	it.each<[string, () => Promise<unknown>]>([
		["agent 'support'", () => caller.agents.create({ slug: 'support', name: 'S', model: 'openai/gpt-99' })],
		[
			"agent 'spare'",
			() => caller.agents.create({ slug: 'spare', name: 'S', model: 'mock/echo', fallbacks: ['openai/gpt-99'] }),
		],
		["profile 'own'", () => caller.profiles.set({ name: 'own', ...MINE_REFERENCE })],
		["alias 'mine'", () => caller.aliases.set({ name: 'mine', target: 'openai/gpt-99' })],
		['fallbackChain', () => caller.fallbacks.set({ chain: ['openai/gpt-99'] })],
		["the fallbacks of 'openai/gpt-99'", () => caller.fallbacks.setFor({ model: 'openai/gpt-99', chain: [] })],
	])('is a conflict where %s uses it', async (user, use) => {
		await use();
		const error = await refusal(caller.customModels.remove(MINE_REFERENCE));
		expect(error).toMatchObject({ code: 'conflict', param: 'model', message: expect.stringContaining(user) });
		expect(await caller.customModels.list()).toHaveLength(1);
	});

	it('goes where the catalog knows the model too', async () => {
		await caller.customModels.set({ provider: 'openai', model: 'gpt-4o', maxOutput: 1_000 });
		await caller.agents.create({ slug: 'support', name: 'S', model: 'openai/gpt-4o' });
		await caller.customModels.remove({ provider: 'openai', model: 'gpt-4o' });
	});

	it('knows its users by the name of the server they ask', async () => {
		await db.insert(llmProviders).values({
			id: 'p1',
			organizationId: 'o1',
			provider: 'custom',
			name: 'rack',
			createdAt: NOW,
			updatedAt: NOW,
		});
		await caller.customModels.set({ provider: 'custom', model: 'llama', contextWindow: 8_192, maxOutput: 100 });
		const agent = { slug: 'support', name: 'S', model: 'rack/llama' };
		expect(await refusal(caller.agents.create({ ...agent, settings: { maxTokens: 101 } }))).toMatchObject({
			param: 'settings.maxTokens',
		});
		await caller.agents.create(agent);
		expect((await refusal(caller.customModels.remove({ provider: 'custom', model: 'llama' }))).message).toContain(
			"agent 'support'",
		);
	});
});
