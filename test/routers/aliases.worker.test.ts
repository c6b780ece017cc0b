import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { environmentLayer } from '../../src/config/environment';
import { organizations } from '../../src/db/schema';
import { parseSettings } from '../../src/env';
import { findProvider, providerIds } from '../../src/providers';
import {
	administer,
	auditRows,
	configVersion,
	db,
	insertOrganization,
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

const configuration = async () =>
	(await db.select({ of: organizations.llmConfiguration }).from(organizations).where(eq(organizations.id, 'o1')))[0]
		?.of;

beforeEach(async () => {
	await insertOrganization('o1', { plan: 'pro' });
	await insertOrganization('o2');
	port = scriptedChange();
	caller = administer(serviceContext(principal('o1'), { change: port }));
});

describe('aliases.set', () => {
	it.each(['openai/gpt-4o', 'gpt-4o', 'profile:fast', 'openai/text-embedding-3-small', 'custom/anything'])(
		'leads to %s',
		async (target) => {
			expect(await caller.aliases.set({ name: 'best', target })).toEqual({
				name: 'best',
				target,
				leadsTo: target,
				origin: 'organization',
				version: 2,
			});
			expect(await configuration()).toEqual({ aliases: { best: target } });
			expect(await auditRows('o1')).toMatchObject([
				{ action: 'create', entity: 'alias', entityId: 'best', before: null, after: { target } },
			]);
		},
	);

	it('may lead to another alias, and stand in place of a name of the catalog', async () => {
		await caller.aliases.set({ name: 'gpt-4o', target: 'openai/gpt-4o-mini' });
		await caller.aliases.set({ name: 'best', target: 'gpt-4o' });
		await caller.aliases.set({ name: 'top', target: 'best' });
		expect((await caller.aliases.list()).map(({ name, leadsTo }) => [name, leadsTo])).toEqual([
			['best', 'openai/gpt-4o-mini'],
			['gpt-4o', 'openai/gpt-4o-mini'],
			['top', 'openai/gpt-4o-mini'],
		]);
	});

	it('refuses a loop, written out', async () => {
		await caller.aliases.set({ name: 'b', target: 'mock/echo' });
		await caller.aliases.set({ name: 'a', target: 'b' });
		const error = await refusal(caller.aliases.set({ name: 'b', target: 'a' }));
		expect(error).toMatchObject({ code: 'invalid_request', param: 'target' });
		expect(error.message).toContain('b → a → b');
		expect((await refusal(caller.aliases.set({ name: 'gpt-4o', target: 'gpt-4o' }))).message).toContain(
			'gpt-4o → gpt-4o',
		);
		expect(await configuration()).toEqual({ aliases: { b: 'mock/echo', a: 'b' } });
	});

	it.each([
		[{ target: 'gpt-99' }, 'target', "Unknown model 'gpt-99'"],
		[{ target: 'openai/gpt-99' }, 'target', 'has no model'],
		[{ target: 'profile:absent' }, 'target', "no profile 'absent'"],
		[{ target: 'agent:other' }, 'target', "can't be named here"],
		[{ target: 'default' }, 'target', "can't be named here"],
		[{ target: '' }, 'target', 'must be named'],
		[{ name: 'openai/gpt-4o' }, 'name', 'bare name'],
		[{ name: 'profile:x' }, 'name', 'bare name'],
		[{ name: 'default' }, 'name', 'defaultProfile'],
		[{ name: 'constructor' }, 'name', 'reserved'],
		[{ name: '__proto__' }, 'name', 'bare name'],
		[{ name: 'a\u0007b' }, 'name', 'bare name'],
		[{ name: MEGABYTE }, 'name', '1–64'],
		[{ target: MEGABYTE }, 'target', 'at most 300'],
	])('refuses a wrong field ($1: $2)', async (wrong, param, message) => {
		const error = await refusal(caller.aliases.set(untyped({ name: 'best', target: 'mock/echo', ...wrong })));
		expect(error).toMatchObject({ code: 'invalid_request', param, message: expect.stringContaining(message) });
		expect(await configVersion('o1')).toBe(1);
	});

	it('refuses another kind of model than its users need, whatever aliases lie between', async () => {
		await caller.aliases.set({ name: 'spare', target: 'mock/echo' });
		await caller.aliases.set({ name: 'outer', target: 'spare' });
		await caller.agents.create({ slug: 'support', name: 'S', model: 'openai/gpt-4o', fallbacks: ['outer'] });
		const error = await refusal(caller.aliases.set({ name: 'spare', target: 'mock/embed' }));
		expect(error).toMatchObject({ code: 'invalid_request', param: 'target' });
		expect(error.message).toContain('is an embedding model');
		await caller.aliases.set({ name: 'spare', target: 'mock/slow' });
	});

	it('is for plans pro and enterprise', async () => {
		const free = administer(serviceContext(principal('o2'), { change: port }));
		expect((await refusal(free.aliases.set({ name: 'a', target: 'mock/echo' }))).code).toBe('forbidden');
		expect(await free.aliases.list()).toEqual([]);
	});
});

describe('aliases.remove', () => {
	beforeEach(async () => {
		await caller.aliases.set({ name: 'spare', target: 'mock/slow' });
	});

	it('takes it away, audited', async () => {
		expect(await caller.aliases.remove({ name: 'spare' })).toEqual({ name: 'spare' });
		expect(await configuration()).toEqual({});
		expect((await auditRows('o1')).at(-1)).toMatchObject({ action: 'delete', before: { target: 'mock/slow' } });
		expect((await refusal(caller.aliases.remove({ name: 'spare' }))).code).toBe('not_found');
		expect((await refusal(caller.aliases.remove({ name: 'constructor' }))).code).toBe('not_found');
	});

	it.each<[string, () => Promise<unknown>]>([
		["alias 'outer'", () => caller.aliases.set({ name: 'outer', target: 'spare' })],
		[
			"agent 'support'",
			() => caller.agents.create({ slug: 'support', name: 'S', model: 'mock/echo', fallbacks: ['spare'] }),
		],
		['fallbackChain', () => caller.fallbacks.set({ chain: ['mock/echo', 'spare'] })],
		["the fallbacks of 'spare'", () => caller.fallbacks.setFor({ model: 'spare', chain: ['mock/echo'] })],
	])('is a conflict where %s uses it', async (user, use) => {
		await use();
		const error = await refusal(caller.aliases.remove({ name: 'spare' }));
		expect(error).toMatchObject({ code: 'conflict', param: 'name', message: expect.stringContaining(user) });
	});

	it('is a conflict where embeddings use it', async () => {
		await caller.aliases.set({ name: 'vectors', target: 'openai/text-embedding-3-small' });
		await caller.agents.create({ slug: 'support', name: 'S', model: 'mock/echo', embeddingModel: 'vectors' });
		expect((await refusal(caller.aliases.remove({ name: 'vectors' }))).message).toContain("agent 'support'");
		await caller.agents.update({ slug: 'support', embeddingModel: null });
		await caller.fallbacks.set({ embeddingModel: 'vectors' });
		expect((await refusal(caller.aliases.remove({ name: 'vectors' }))).message).toContain('embeddingModel');
	});
});

describe('fallbacks', () => {
	it('are the environment’s until the organization says otherwise', async () => {
		const environment = environmentLayer(parseSettings({ FALLBACK_CHAIN: 'mock/echo' }), {
			ids: providerIds,
			provider: findProvider,
		});
		const there = administer(serviceContext(principal('o1'), { change: port, environment }));
		expect(await there.fallbacks.get()).toEqual({
			chain: ['mock/echo'],
			origin: 'environment',
			models: [],
			embeddingModel: null,
			embeddingModelOrigin: 'environment',
			version: 1,
		});
		expect(await there.fallbacks.set({ chain: [] })).toMatchObject({ chain: [], origin: 'organization', version: 2 });
		expect(await there.fallbacks.set({ chain: null })).toMatchObject({ chain: ['mock/echo'], origin: 'environment' });
		expect(await configuration()).toEqual({});
	});

	it('change what is given and keep the rest', async () => {
		await caller.fallbacks.set({ chain: ['gpt-4o', 'profile:fast'], embeddingModel: 'text-embedding-3-small' });
		await caller.fallbacks.setFor({ model: 'gpt-4o', chain: ['mock/echo'] });
		expect(await caller.fallbacks.set({ chain: ['mock/echo'] })).toEqual({
			chain: ['mock/echo'],
			origin: 'organization',
			models: [{ model: 'openai/gpt-4o', chain: ['mock/echo'], origin: 'organization' }],
			embeddingModel: 'openai/text-embedding-3-small',
			embeddingModelOrigin: 'organization',
			version: 4,
		});
		expect((await auditRows('o1')).at(-1)).toMatchObject({
			entity: 'organization',
			before: { fallbackChain: ['openai/gpt-4o', 'profile:fast'] },
			after: { fallbackChain: ['mock/echo'] },
		});
		expect(await caller.fallbacks.set({ embeddingModel: null })).toMatchObject({ embeddingModel: null });
	});

	it('of one model can be taken away by either of its names', async () => {
		await caller.fallbacks.setFor({ model: 'openai/gpt-4o', chain: ['mock/echo'] });
		expect(await caller.fallbacks.remove({ model: 'gpt-4o' })).toMatchObject({ models: [] });
		expect((await refusal(caller.fallbacks.remove({ model: 'gpt-4o' }))).code).toBe('not_found');
		expect((await refusal(caller.fallbacks.remove({ model: 'constructor' }))).code).toBe('not_found');
	});

	it.each<[string, () => Promise<unknown>, string, string]>([
		['a chain with a stranger', () => caller.fallbacks.set({ chain: ['mock/echo', 'gpt-99'] }), 'chain[1]', 'Unknown'],
		['a chain with one twice', () => caller.fallbacks.set({ chain: ['gpt-4o', 'openai/gpt-4o'] }), 'chain[1]', 'twice'],
		['embeddings in a chain', () => caller.fallbacks.set({ chain: ['mock/embed'] }), 'chain[0]', 'embedding model'],
		[
			'a chain of more than 7',
			() => caller.fallbacks.set({ chain: Array.from({ length: 8 }, (_, at) => `custom/${at}`) }),
			'chain',
			'at most 7',
		],
		['a chat model for embeddings', () => caller.fallbacks.set({ embeddingModel: 'gpt-4o' }), 'embeddingModel', 'chat'],
		[
			'a model after itself',
			() => caller.fallbacks.setFor({ model: 'gpt-4o', chain: ['openai/gpt-4o'] }),
			'chain[0]',
			'first model itself',
		],
		['a stranger’s chain', () => caller.fallbacks.setFor({ model: 'gpt-99', chain: [] }), 'model', 'Unknown model'],
	])('refuse %s', async (_, call, param, message) => {
		expect(await refusal(call())).toMatchObject({
			code: 'invalid_request',
			param,
			message: expect.stringContaining(message),
		});
		expect(await configuration()).toEqual({});
	});

	it('with an old version are a conflict', async () => {
		await caller.fallbacks.set({ chain: ['mock/echo'], version: 1 });
		for (const call of [
			caller.fallbacks.set({ chain: [], version: 1 }),
			caller.fallbacks.setFor({ model: 'gpt-4o', chain: [], version: 1 }),
			caller.aliases.set({ name: 'a', target: 'mock/echo', version: 1 }),
		])
			expect(await refusal(call)).toMatchObject({ code: 'conflict', param: 'version' });
	});
});

describe('the configuration as a whole', () => {
	it('takes everything its parts take', async () => {
		const llmConfiguration = {
			defaultProfile: 'fast',
			profiles: { mine: { provider: 'mock', model: 'echo', settings: { seed: 1, stop: ['END'] } } },
			aliases: { a: 'b', b: 'profile:mine', vectors: 'mock/embed' },
			fallbackChain: ['a', 'gpt-4o', 'profile:balanced'],
			fallbacks: { 'openai/gpt-4o': ['a'], a: ['mock/slow'], 'profile:fast': [] },
			embeddingModel: 'vectors',
		};
		const updated = await caller.organizations.update({ llmConfiguration });
		expect(updated.llmConfiguration).toEqual(llmConfiguration);
	});

	it.each([
		[{ aliases: { a: 'b', b: 'c', c: 'b' } }, 'aliases.a', 'b → c → b'],
		[{ fallbackChain: ['mock/echo', 'mock/echo'] }, 'fallbackChain[1]', 'comes twice'],
		[{ fallbacks: { 'gpt-99': [] } }, 'fallbacks.gpt-99', 'Unknown model'],
		[{ fallbacks: { 'mock/echo': ['a'] }, aliases: { a: 'mock/echo' } }, 'fallbacks.mock/echo[0]', 'itself'],
		[{ embeddingModel: 'openai/gpt-4o' }, 'embeddingModel', 'is a chat model'],
		[{ profiles: JSON.parse('{"__proto__": {"provider": "mock", "model": "echo"}}') }, 'profiles', '__proto__'],
		[{ aliases: { constructor: 'mock/echo' } }, 'aliases.constructor', 'reserved'],
		[{ profiles: [] }, 'profiles', ''],
	])('refuses %j, naming the field', async (llmConfiguration, param, message) => {
		const error = await refusal(caller.organizations.update(untyped({ llmConfiguration })));
		expect(error).toMatchObject({ code: 'invalid_request', param: `llmConfiguration.${param}` });
		expect(error.message).toContain(message);
		expect(await configuration()).toEqual({});
	});

	it('keeps an alias that an agent uses', async () => {
		await caller.aliases.set({ name: 'spare', target: 'mock/slow' });
		await caller.agents.create({ slug: 'support', name: 'S', model: 'mock/echo', fallbacks: ['spare'] });
		const error = await refusal(caller.organizations.update({ llmConfiguration: {} }));
		expect(error).toMatchObject({ code: 'conflict', param: 'llmConfiguration.aliases' });
		expect(error.message).toContain("agent 'support'");
	});
});
