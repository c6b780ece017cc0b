import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { llmGlobalSettings, llmProviders, organizations } from '../../src/db/schema';
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

const CAREFUL = { name: 'careful', provider: 'anthropic', model: 'claude-sonnet-4-5' };

const configuration = async () =>
	(await db.select({ of: organizations.llmConfiguration }).from(organizations).where(eq(organizations.id, 'o1')))[0]
		?.of;

beforeEach(async () => {
	await insertOrganization('o1', { plan: 'pro' });
	await insertOrganization('o2');
	port = scriptedChange();
	caller = administer(serviceContext(principal('o1'), { change: port }));
	await db.insert(llmProviders).values({
		id: 'p1',
		organizationId: 'o1',
		provider: 'anthropic',
		name: 'eu',
		createdAt: NOW,
		updatedAt: NOW,
	});
});

describe('profiles.set', () => {
	it('stores a profile beside the others, in the batch of its audit row', async () => {
		await caller.profiles.set({ name: 'other', provider: 'mock', model: 'echo' });
		const made = await caller.profiles.set({ ...CAREFUL, keyRef: 'eu', settings: { temperature: 0, seed: 7 } });
		expect(made).toEqual({
			...CAREFUL,
			keyRef: 'eu',
			settings: { temperature: 0, seed: 7 },
			routing: {},
			context: {},
			isDefault: false,
			origin: 'organization',
			version: 3,
		});
		const { name: _, ...profile } = { ...CAREFUL, keyRef: 'eu', settings: { temperature: 0, seed: 7 } };
		expect(await configuration()).toEqual({
			profiles: { other: { provider: 'mock', model: 'echo' }, careful: profile },
		});
		expect(port.events.slice(-2)).toEqual(['prepare o1 @2', 'settle o1 3 @3']);
		expect((await auditRows('o1')).at(-1)).toMatchObject({
			action: 'create',
			entity: 'profile',
			entityId: 'careful',
			before: null,
			after: profile,
		});
	});

	it('replaces the whole profile, telling both states', async () => {
		await caller.profiles.set({ ...CAREFUL, settings: { temperature: 0 } });
		expect(await caller.profiles.set(CAREFUL)).toMatchObject({ settings: {} });
		expect((await auditRows('o1')).at(-1)).toMatchObject({
			action: 'update',
			before: { settings: { temperature: 0 } },
			after: { provider: 'anthropic', model: 'claude-sonnet-4-5' },
		});
	});

	it('of what is there already moves no version', async () => {
		await caller.profiles.set(CAREFUL);
		port.events.length = 0;
		expect(await caller.profiles.set(CAREFUL)).toMatchObject({ version: 2 });
		expect(port.events).toEqual([]);
		expect(await configVersion('o1')).toBe(2);
	});

	it.each([
		[{ provider: 'opnai' }, 'provider', "Unknown provider 'opnai'"],
		[{ model: 'claude-9' }, 'model', 'has no model'],
		[{ provider: 'openai', model: 'text-embedding-3-small' }, 'model', 'is an embedding model'],
		[{ keyRef: 'us' }, 'keyRef', "no anthropic key named 'us'"],
		[{ provider: 'openai', model: 'gpt-5', settings: { temperature: 0.5 } }, 'settings.temperature', 'refuses'],
		[{ settings: { maxTokens: 1_000_000 } }, 'settings.maxTokens', 'at most 64000'],
		[{ settings: { temprature: 1 } }, 'settings.temprature', 'temprature'],
		[{ name: 'Not A Slug' }, 'name', 'lower-case'],
		[{ name: 'constructor' }, 'name', 'reserved'],
		[{ name: '__proto__' }, 'name', 'lower-case'],
		[{ name: MEGABYTE }, 'name', '1–64'],
		[{ model: MEGABYTE }, 'model', 'at most 300'],
		[{ model: 'gpt\u0000-4o' }, 'model', 'control characters'],
		[{ organizationId: 'o2' }, 'organizationId', 'organizationId'],
	])('refuses a wrong field ($1: $2), and writes nothing', async (wrong, param, message) => {
		const error = await refusal(caller.profiles.set(untyped({ ...CAREFUL, ...wrong })));
		expect(error).toMatchObject({ code: 'invalid_request', param, message: expect.stringContaining(message) });
		expect(error.message.length).toBeLessThan(1_000);
		expect(await configuration()).toEqual({});
		expect(port.events).toEqual([]);
	});

	it('loses nothing where several come at the same moment', async () => {
		const names = ['a', 'b', 'c', 'd'];
		await Promise.all([
			...names.map((name) => caller.profiles.set({ ...CAREFUL, name })),
			caller.aliases.set({ name: 'quick', target: 'mock/echo' }),
		]);
		const stored = await configuration();
		expect(Object.keys(stored?.profiles ?? {}).sort()).toEqual(names);
		expect(stored?.aliases).toEqual({ quick: 'mock/echo' });
		expect(await configVersion('o1')).toBe(6);
		expect(await auditRows('o1')).toHaveLength(5);
	});

	it('with an old version is a conflict and writes nothing', async () => {
		const { version } = await caller.profiles.set(CAREFUL);
		await caller.profiles.set({ ...CAREFUL, name: 'other', version });
		const error = await refusal(caller.profiles.set({ ...CAREFUL, model: 'claude-opus-4-8', version }));
		expect(error).toMatchObject({ code: 'conflict', param: 'version' });
		expect(await configuration()).toMatchObject({ profiles: { careful: { model: 'claude-sonnet-4-5' } } });
	});

	it('is for plans pro and enterprise', async () => {
		const free = administer(serviceContext(principal('o2'), { change: port }));
		expect(await refusal(free.profiles.set(CAREFUL))).toMatchObject({ code: 'forbidden', param: 'plan' });
		expect(port.events).toEqual([]);
	});

	it('allows fifty and no more', async () => {
		const { name: _, ...profile } = CAREFUL;
		const profiles = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`p${at}`, profile]));
		await caller.organizations.update({ llmConfiguration: { profiles } });
		expect(await refusal(caller.profiles.set(CAREFUL))).toMatchObject({ code: 'invalid_request', param: 'name' });
		await caller.profiles.set({ ...CAREFUL, name: 'p0', settings: { topP: 1 } });
	});
});

describe('profiles.list', () => {
	it('holds the organization’s own, and the operator’s under names it does not use', async () => {
		await caller.profiles.set({ ...CAREFUL, name: 'fast' });
		await caller.profiles.set(CAREFUL);
		await caller.profiles.setDefault({ name: 'careful' });
		const listed = await caller.profiles.list();
		expect(listed.map(({ name, origin, isDefault }) => [name, origin, isDefault])).toEqual([
			['balanced', 'global', false],
			['careful', 'organization', true],
			['fast', 'organization', false],
			['powerful', 'global', false],
		]);
		expect(listed[0]).toMatchObject({ provider: 'openai', model: 'gpt-4.1-mini', keyRef: null, version: 1 });
	});

	it('on plan free has the operator’s alone, those that are active', async () => {
		await db.update(llmGlobalSettings).set({ isActive: false }).where(eq(llmGlobalSettings.id, 'powerful'));
		await db
			.update(organizations)
			.set({ llmConfiguration: { profiles: { mine: CAREFUL } } })
			.where(eq(organizations.id, 'o2'));
		const free = administer(serviceContext(principal('o2')));
		expect((await free.profiles.list()).map(({ name }) => name)).toEqual(['balanced', 'fast']);
	});
});

describe('profiles.setDefault', () => {
	it('takes an own or a global profile, and null for the operator’s default', async () => {
		await caller.profiles.set(CAREFUL);
		expect(await caller.profiles.setDefault({ name: 'careful' })).toEqual({ defaultProfile: 'careful', version: 3 });
		await caller.profiles.setDefault({ name: 'fast' });
		expect(await configuration()).toMatchObject({ defaultProfile: 'fast' });
		await caller.profiles.setDefault({ name: null });
		expect(await configuration()).not.toHaveProperty('defaultProfile');
		expect((await auditRows('o1')).at(-1)).toMatchObject({
			entity: 'organization',
			before: { defaultProfile: 'fast' },
			after: { defaultProfile: null },
		});
	});

	it('finds no profile that is not there, nor the operator’s default', async () => {
		for (const name of ['absent', 'constructor', 'default'])
			expect((await refusal(caller.profiles.setDefault({ name }))).code).toBe('not_found');
	});
});

describe('profiles.remove', () => {
	beforeEach(async () => {
		await caller.profiles.set(CAREFUL);
	});

	it('takes it away, audited', async () => {
		expect(await caller.profiles.remove({ name: 'careful' })).toEqual({ name: 'careful' });
		expect(await configuration()).toEqual({});
		expect((await auditRows('o1')).at(-1)).toMatchObject({ action: 'delete', entityId: 'careful', after: null });
		expect((await refusal(caller.profiles.remove({ name: 'careful' }))).code).toBe('not_found');
	});

	it('leaves the operator’s alone', async () => {
		expect((await refusal(caller.profiles.remove({ name: 'fast' }))).code).toBe('not_found');
	});

	it.each<[string, () => Promise<unknown>]>([
		["agent 'support'", () => caller.agents.create({ slug: 'support', name: 'Support', model: 'profile:careful' })],
		[
			"agent 'spare'",
			() => caller.agents.create({ slug: 'spare', name: 'Spare', model: 'mock/echo', fallbacks: ['profile:careful'] }),
		],
		["alias 'best'", () => caller.aliases.set({ name: 'best', target: 'profile:careful' })],
		['defaultProfile', () => caller.profiles.setDefault({ name: 'careful' })],
		['fallbackChain', () => caller.fallbacks.set({ chain: ['profile:careful'] })],
		["the fallbacks of 'mock/echo'", () => caller.fallbacks.setFor({ model: 'mock/echo', chain: ['profile:careful'] })],
		[
			"the fallbacks of 'profile:careful'",
			() => caller.fallbacks.setFor({ model: 'profile:careful', chain: ['mock/echo'] }),
		],
	])('is a conflict where %s uses it', async (user, use) => {
		await use();
		expect(await refusal(caller.profiles.remove({ name: 'careful' }))).toMatchObject({
			code: 'conflict',
			param: 'name',
			message: `Profile 'careful' is in use by ${user} (1 in all): change these first.`,
		});
		expect(await configuration()).toMatchObject({ profiles: { careful: {} } });
	});

	it('names five users at most, and how many there are', async () => {
		for (const at of [1, 2, 3, 4, 5, 6, 7])
			await caller.agents.create({ slug: `a${at}`, name: 'A', model: 'profile:careful' });
		const { message } = await refusal(caller.profiles.remove({ name: 'careful' }));
		expect(message).toContain("agent 'a5' and 2 more (7 in all)");
		expect(message).not.toContain("'a6'");
	});

	it('does not count agents that are gone', async () => {
		await caller.agents.create({ slug: 'support', name: 'Support', model: 'profile:careful' });
		await caller.agents.delete({ slug: 'support' });
		await caller.profiles.remove({ name: 'careful' });
	});

	it('of another organization finds nothing', async () => {
		await insertOrganization('o3', { plan: 'enterprise' });
		const stranger = administer(serviceContext(principal('o3'), { change: port }));
		expect((await refusal(stranger.profiles.remove({ name: 'careful' }))).code).toBe('not_found');
		expect(await configuration()).toMatchObject({ profiles: { careful: {} } });
	});
});
