import { asc, eq, isNull } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { exactly } from '../../src/db/money';
import { auditLogs, llmGlobalSettings, organizations } from '../../src/db/schema';
import {
	administer,
	configVersion,
	db,
	insertOrganization,
	operator as platform,
	principal,
	refusal,
	type ScriptedChange,
	scriptedChange,
	serviceContext,
	untyped,
} from '../services/bench';

const MEGABYTE = 'm'.repeat(1024 * 1024);

let port: ScriptedChange;
let operator: ReturnType<typeof administer>;
let owner: ReturnType<typeof administer>;

const VISION = {
	id: 'vision',
	provider: 'openai',
	model: 'gpt-4o',
	displayName: 'Vision',
	category: 'specialized',
} as const;

const audited = () => db.select().from(auditLogs).where(isNull(auditLogs.organizationId)).orderBy(asc(auditLogs.id));
const stored = async (id: string) => (await db.select().from(llmGlobalSettings).where(eq(llmGlobalSettings.id, id)))[0];

beforeEach(async () => {
	await insertOrganization('o1', { plan: 'pro' });
	await insertOrganization('o2');
	port = scriptedChange();
	operator = administer(serviceContext(platform('o1'), { change: port }));
	owner = administer(serviceContext(principal('o1'), { change: port }));
});

describe('globalSettings.create', () => {
	it('makes a profile for everybody: every organization moves, the audit row is the platform’s', async () => {
		const made = await operator.globalSettings.create({
			...VISION,
			capabilities: ['chat', 'vision'],
			inputUsdPerMillion: '0.075',
			outputUsdPerMillion: 10,
			settings: { temperature: 0.2 },
		});
		expect(made).toMatchObject({
			...VISION,
			capabilities: ['chat', 'vision'],
			inputUsdPerMillion: '0.075',
			outputUsdPerMillion: '10',
			settings: { temperature: 0.2 },
			isDefault: false,
			isActive: true,
			version: 2,
		});
		const [prices] = await db
			.select({
				input: exactly<bigint | null>(llmGlobalSettings.inputPricePico),
				output: exactly<bigint | null>(llmGlobalSettings.outputPricePico),
			})
			.from(llmGlobalSettings)
			.where(eq(llmGlobalSettings.id, 'vision'));
		expect(prices).toEqual({ input: 75_000n, output: 10_000_000n });
		expect(port.events.toSorted()).toEqual(['settle o1 2 @2', 'settle o2 2 @2']);
		expect(await audited()).toMatchObject([
			{ actor: 'operator', action: 'create', entity: 'global-setting', entityId: 'vision', before: null },
		]);
		expect(await owner.agents.create({ slug: 'a', name: 'A', model: 'profile:vision' })).toMatchObject({
			model: 'profile:vision',
		});
	});

	it('is a conflict where the id is taken, and takes over one that was removed', async () => {
		const fast = { ...VISION, id: 'fast' };
		expect(await refusal(operator.globalSettings.create(fast))).toMatchObject({ code: 'conflict', param: 'id' });
		expect(await stored('fast')).toMatchObject({ displayName: 'Fast' });
		await operator.globalSettings.remove({ id: 'fast' });
		expect(await operator.globalSettings.create(fast)).toMatchObject({ id: 'fast', isActive: true, version: 3 });
	});

	it.each<[string, object, string]>([
		['id', { id: 'Not A Slug' }, 'lower-case'],
		['id', { id: 'constructor' }, 'reserved'],
		['id', { id: MEGABYTE }, '1–64'],
		['provider', { provider: 'opnai' }, 'Unknown provider'],
		['provider', { provider: null }, 'expected string'],
		['model', { model: 'gpt-99' }, 'has no model'],
		['model', { model: 'text-embedding-3-small' }, 'is an embedding model'],
		['displayName', { displayName: 'a\u0000b' }, 'control characters'],
		['displayName', { displayName: MEGABYTE }, 'at most 200'],
		['category', { category: 'cheap' }, ''],
		['capabilities[1]', { capabilities: ['chat', 'telepathy'] }, ''],
		['capabilities', { capabilities: ['chat', 'chat'] }, 'once'],
		['capabilities[1]', { capabilities: ['chat', 'reasoning'] }, "'openai/gpt-4o' has no reasoning"],
		['settings.maxTokens', { settings: { maxTokens: 20_000 } }, 'at most 16384'],
		['settings.reasoning', { settings: { reasoning: { effort: 'low' } } }, 'does not reason'],
		['inputUsdPerMillion', { inputUsdPerMillion: '-1' }, 'amount in USD'],
		['inputUsdPerMillion', { inputUsdPerMillion: '0.0000001' }, 'at most 6 decimal places'],
		['outputUsdPerMillion', { outputUsdPerMillion: 1_000_001 }, 'at most 1000000 USD'],
		['outputUsdPerMillion', { provider: 'custom', model: 'x', inputUsdPerMillion: 1 }, 'give outputUsdPerMillion'],
		['isDefault', { isDefault: true }, 'isDefault'],
		['version', { version: 3 }, 'version'],
	])('refuses a wrong %s: %#', async (param, wrong, message) => {
		const error = await refusal(operator.globalSettings.create(untyped({ ...VISION, ...wrong })));
		expect(error).toMatchObject({ code: 'invalid_request', param, message: expect.stringContaining(message) });
		expect(error.message.length).toBeLessThan(1_000);
		expect(await stored('vision')).toBeUndefined();
		expect(port.events).toEqual([]);
		expect(await configVersion('o1')).toBe(1);
	});
});

describe('globalSettings.update', () => {
	it('changes what is given, takes the table’s next version, and tells the fields that moved', async () => {
		await operator.globalSettings.create(VISION);
		const updated = await operator.globalSettings.update({ id: 'fast', model: 'openai/gpt-oss-20b', category: 'fast' });
		expect(updated).toMatchObject({ provider: 'groq', model: 'openai/gpt-oss-20b', displayName: 'Fast', version: 3 });
		expect((await audited()).at(-1)).toMatchObject({
			action: 'update',
			before: { model: 'llama-3.1-8b-instant' },
			after: { model: 'openai/gpt-oss-20b' },
		});
		expect(await configVersion('o2')).toBe(3);
	});

	it('of nothing moves nothing', async () => {
		await operator.globalSettings.update({ id: 'fast', displayName: 'Fast', inputUsdPerMillion: null });
		expect(port.events).toEqual([]);
		await operator.globalSettings.update({ id: 'fast', inputUsdPerMillion: 1 });
		await operator.globalSettings.update({ id: 'fast', inputUsdPerMillion: '1.00' });
		expect(await configVersion('o1')).toBe(2);
	});

	it('with an old version is a conflict', async () => {
		await operator.globalSettings.update({ id: 'fast', displayName: 'Faster', version: 1 });
		const error = await refusal(operator.globalSettings.update({ id: 'fast', displayName: 'Fastest', version: 1 }));
		expect(error).toMatchObject({ code: 'conflict', param: 'version' });
		expect(await stored('fast')).toMatchObject({ displayName: 'Faster', version: 2 });
	});

	it('loses nothing where several come at the same moment', async () => {
		await Promise.all([
			operator.globalSettings.update({ id: 'fast', displayName: 'Faster' }),
			operator.globalSettings.update({ id: 'fast', settings: { temperature: 0 } }),
			operator.globalSettings.update({ id: 'fast', inputUsdPerMillion: '1', outputUsdPerMillion: '2' }),
		]);
		expect(await stored('fast')).toMatchObject({
			displayName: 'Faster',
			settings: { temperature: 0 },
			inputPricePico: 1_000_000n,
			version: 4,
		});
	});

	it('checks what comes out of it, not only what is given', async () => {
		await operator.globalSettings.update({ id: 'balanced', settings: { temperature: 0.5 } });
		const error = await refusal(operator.globalSettings.update({ id: 'balanced', model: 'gpt-5', capabilities: [] }));
		expect(error).toMatchObject({ code: 'invalid_request', param: 'settings.temperature' });
		const alone = await refusal(operator.globalSettings.update({ id: 'fast', provider: null, model: null }));
		expect(alone).toMatchObject({ code: 'invalid_request', param: 'provider' });
		const half = await refusal(operator.globalSettings.update({ id: 'fast', provider: null }));
		expect(half).toMatchObject({ code: 'invalid_request', param: 'provider' });
	});

	it('names the model of the default, and gives it back to the environment', async () => {
		await operator.globalSettings.update({ id: 'default', provider: 'mock', model: 'echo' });
		expect(await stored('default')).toMatchObject({ provider: 'mock', model: 'echo', isDefault: true });
		await operator.globalSettings.update({ id: 'default', provider: null, model: null });
		expect(await stored('default')).toMatchObject({ provider: null, model: null });
	});

	it('of a stranger finds nothing', async () => {
		expect((await refusal(operator.globalSettings.update({ id: 'absent', displayName: 'X' }))).code).toBe('not_found');
	});
});

describe('globalSettings.remove', () => {
	it('deactivates: listed for the operator alone, and back by an update', async () => {
		expect(await operator.globalSettings.remove({ id: 'fast' })).toMatchObject({ isActive: false, version: 2 });
		expect((await operator.globalSettings.list()).map(({ id }) => id)).toContain('fast');
		expect((await owner.globalSettings.list()).map(({ id }) => id)).toEqual(['default', 'balanced', 'powerful']);
		expect((await audited()).at(-1)).toMatchObject({ action: 'delete', before: { isActive: true } });
		expect(await refusal(owner.agents.create({ slug: 'a', name: 'A', model: 'profile:fast' }))).toMatchObject({
			param: 'model',
		});
		await operator.globalSettings.update({ id: 'fast', isActive: true });
		expect((await owner.globalSettings.list()).map(({ id }) => id)).toContain('fast');
	});

	it.each<[string, () => Promise<unknown>]>([
		['an agent', () => owner.agents.create({ slug: 'a', name: 'A', model: 'profile:fast' })],
		[
			'a fallback of an agent',
			() => owner.agents.create({ slug: 'a', name: 'A', model: 'mock/echo', fallbacks: ['profile:fast'] }),
		],
		['a default profile', () => owner.profiles.setDefault({ name: 'fast' })],
		['an alias', () => owner.aliases.set({ name: 'quick', target: 'profile:fast' })],
		['a chain', () => owner.fallbacks.set({ chain: ['profile:fast'] })],
	])('is a conflict naming the organizations where %s uses it', async (_, use) => {
		await use();
		const refused = { code: 'conflict', message: expect.stringContaining("organization 'o1-slug' (1 in all)") };
		expect(await refusal(operator.globalSettings.remove({ id: 'fast' }))).toMatchObject(refused);
		expect(await refusal(operator.globalSettings.update({ id: 'fast', isActive: false }))).toMatchObject(refused);
		expect(await refusal(operator.globalSettings.setDefault({ id: 'fast' }))).toMatchObject(refused);
		expect(await stored('fast')).toMatchObject({ isActive: true, isDefault: false });
	});

	it('goes where an organization has a profile of its own under that name, or says it while on plan free', async () => {
		await owner.profiles.set({ name: 'fast', provider: 'mock', model: 'echo' });
		await owner.agents.create({ slug: 'a', name: 'A', model: 'profile:fast' });
		await db
			.update(organizations)
			.set({ llmConfiguration: { defaultProfile: 'fast' } })
			.where(eq(organizations.id, 'o2'));
		expect(await operator.globalSettings.remove({ id: 'fast' })).toMatchObject({ isActive: false });
	});

	it('keeps the default', async () => {
		const error = await refusal(operator.globalSettings.remove({ id: 'default' }));
		expect(error).toMatchObject({ code: 'conflict', param: 'id' });
	});
});

describe('globalSettings.setDefault', () => {
	it('moves the mark, in one batch', async () => {
		expect(await operator.globalSettings.setDefault({ id: 'fast' })).toMatchObject({ id: 'fast', isDefault: true });
		const rows = await operator.globalSettings.list();
		expect(rows.filter(({ isDefault }) => isDefault).map(({ id }) => id)).toEqual(['fast']);
		expect(await configVersion('o2')).toBe(2);
		await operator.globalSettings.setDefault({ id: 'fast' });
		expect(await configVersion('o2')).toBe(2);
	});

	it('leaves one default whoever comes at the same moment', async () => {
		await Promise.all([
			operator.globalSettings.setDefault({ id: 'fast' }),
			operator.globalSettings.setDefault({ id: 'balanced' }),
			operator.globalSettings.update({ id: 'fast', displayName: 'Faster' }),
		]);
		const rows = await operator.globalSettings.list();
		expect(rows.filter(({ isDefault }) => isDefault)).toHaveLength(1);
		expect(rows.find(({ id }) => id === 'fast')).toMatchObject({ displayName: 'Faster' });
	});

	it('takes none that was removed', async () => {
		await operator.globalSettings.remove({ id: 'fast' });
		expect(await refusal(operator.globalSettings.setDefault({ id: 'fast' }))).toMatchObject({ code: 'conflict' });
		expect((await operator.globalSettings.list())[0]).toMatchObject({ id: 'default', isDefault: true });
	});
});

it('writes are the operator’s alone; anyone who manages may read', async () => {
	for (const call of [
		() => owner.globalSettings.create(VISION),
		() => owner.globalSettings.update({ id: 'fast', displayName: 'Mine' }),
		() => owner.globalSettings.remove({ id: 'fast' }),
		() => owner.globalSettings.setDefault({ id: 'fast' }),
	])
		expect((await refusal(call())).code).toBe('forbidden');
	expect(port.events).toEqual([]);
	expect(await owner.globalSettings.list()).toHaveLength(4);
	const member = administer(serviceContext(principal('o1', { role: 'member', scopes: ['inference'] })));
	expect((await refusal(member.globalSettings.list())).code).toBe('forbidden');
});
