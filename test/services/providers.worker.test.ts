import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { organizations } from '../../src/db/schema';
import { GatewayError } from '../../src/errors';
import { auditRows, configVersion, db, insertOrganization, NOW, operator, principal, refusal } from './bench';
import { KEY, OPERATOR_KEY, OTHER_KEY, type ProviderBench, providerBench, storedRow } from './provider-bench';

let now = NOW;
let bench: ProviderBench;
let caller: ProviderBench['caller'];

beforeEach(async () => {
	now = NOW;
	await insertOrganization('o1', { plan: 'pro' });
	await insertOrganization('o2');
	bench = providerBench(principal('o1'), { now: () => now });
	caller = bench.caller;
});

const OPENAI = { provider: 'openai', apiKey: KEY } as const;

const useInProfiles = (...names: readonly string[]) =>
	db
		.update(organizations)
		.set({
			llmConfiguration: {
				profiles: Object.fromEntries(
					names.map((name) => [name, { provider: 'openai', model: 'gpt-5-mini', keyRef: 'main' }]),
				),
			},
		})
		.where(eq(organizations.id, 'o1'));

const defaults = async (): Promise<string[]> =>
	(await caller.list()).filter((row) => row.isDefault).map((row) => row.name);

describe('providers.add', () => {
	it('answers with the row and the last four characters of its key', async () => {
		const row = await caller.add({ ...OPENAI, config: { organization: 'org-1' } });
		expect(row).toEqual({
			id: expect.any(String),
			provider: 'openai',
			name: 'openai',
			keyLast4: '0001',
			baseUrl: null,
			config: { organization: 'org-1' },
			isActive: true,
			isDefault: true,
			source: 'organization',
			version: 1,
			refusedAt: null,
			refusedStatus: null,
			createdAt: NOW,
			updatedAt: NOW,
		});
		expect(await caller.get({ id: row.id })).toEqual(row);
		expect(await caller.list()).toEqual([row]);
	});

	it('stores the key sealed, for this row and the address it goes to', async () => {
		const { id } = await caller.add({ ...OPENAI, baseUrl: 'https://LLM.example.com:443/v1//' });
		const stored = await storedRow(id);
		expect(stored.baseUrl).toBe('https://llm.example.com/v1');
		expect(stored.sealedApiKey).toMatch(/^v1\./);
		expect(JSON.stringify(stored)).not.toContain(KEY);
		const scope = { organizationId: 'o1', provider: 'openai', host: 'https://llm.example.com', rowId: id };
		expect(await bench.services.vault.open(scope, stored.sealedApiKey ?? '')).toBe(KEY);
		expect(stored.keyId).toBe(await bench.services.vault.currentKeyId());
	});

	it('writes the row, its audit row without the key and the version in one change', async () => {
		const { id } = await caller.add(OPENAI);
		expect(bench.change.events).toEqual(['prepare o1 @1', 'settle o1 2 @2']);
		const rows = await auditRows('o1');
		expect(rows).toMatchObject([{ action: 'create', entity: 'provider', entityId: id, before: null }]);
		expect(rows[0]?.after).toMatchObject({ name: 'openai', keyLast4: '0001' });
		expect(JSON.stringify(rows)).not.toMatch(/sk-tenant|v1\./);
	});

	it('is open to plan free, whose keys are its own cost', async () => {
		const free = providerBench(principal('o2'));
		expect((await free.caller.add(OPENAI)).isActive).toBe(true);
	});

	it('makes the first row of a provider its default, unless told otherwise', async () => {
		await caller.add({ ...OPENAI, name: 'one' });
		await caller.add({ ...OPENAI, name: 'two' });
		await caller.add({ provider: 'groq', apiKey: KEY, isDefault: false });
		expect(await defaults()).toEqual(['one']);
	});

	it('takes the default from the others of that provider alone', async () => {
		const one = await caller.add({ ...OPENAI, name: 'one' });
		await caller.add({ provider: 'groq', apiKey: KEY });
		await caller.add({ ...OPENAI, name: 'two', isDefault: true });
		expect(await defaults()).toEqual(['groq', 'two']);
		expect(await caller.get({ id: one.id })).toMatchObject({ isDefault: false, version: 2 });
		expect(await configVersion('o1')).toBe(4);
	});

	it('makes no default of a row that is not in use', async () => {
		await caller.add({ ...OPENAI, name: 'one', isActive: false });
		await caller.add({ ...OPENAI, name: 'two' });
		expect(await defaults()).toEqual(['two']);
		const error = await refusal(caller.add({ ...OPENAI, name: 'three', isActive: false, isDefault: true }));
		expect(error).toMatchObject({ code: 'invalid_request', param: 'isDefault' });
	});

	it('refuses a second row of one provider and name, and of that alone', async () => {
		await caller.add(OPENAI);
		expect(await refusal(caller.add(OPENAI))).toMatchObject({ code: 'conflict', param: 'name' });
		await caller.add({ provider: 'groq', apiKey: KEY, name: 'openai' });
		await providerBench(principal('o2')).caller.add(OPENAI);
		expect(await caller.list()).toHaveLength(2);
	});

	it('lets one of two at the same time win', async () => {
		const outcomes = await Promise.allSettled([caller.add(OPENAI), caller.add(OPENAI)]);
		expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
		expect(await caller.list()).toHaveLength(1);
	});

	it('keeps one default where two rows come at the same time', async () => {
		await Promise.all(['one', 'two', 'three'].map((name) => caller.add({ ...OPENAI, name, isDefault: true })));
		expect(await defaults()).toHaveLength(1);
		expect(await caller.list()).toHaveLength(3);
	});

	it('takes a removed row over, with nothing of it but its id', async () => {
		const { id } = await caller.add({ ...OPENAI, name: 'main', baseUrl: 'https://llm.example.com' });
		await caller.remove({ id });
		now += 1_000;
		const row = await caller.add({ provider: 'openai', name: 'main', apiKey: OTHER_KEY });
		expect(row).toMatchObject({ id, baseUrl: null, keyLast4: '0002', isActive: true, isDefault: true, version: 3 });
		expect((await storedRow(id)).removedAt).toBeNull();
		expect(await caller.list()).toHaveLength(1);
	});

	it('never takes over the key of a removed row', async () => {
		const server = { provider: 'custom', name: 'gpu', baseUrl: 'https://gpu.example.com/v1' };
		const { id } = await caller.add({ ...server, apiKey: KEY });
		await caller.remove({ id });
		const again = await caller.add({ ...server, baseUrl: 'https://elsewhere.example.com/v1' });
		expect(again).toMatchObject({ id, keyLast4: null });
		expect((await storedRow(id)).sealedApiKey).toBeNull();
	});

	it('says what is missing where nothing can be sealed', async () => {
		const vault = { ...bench.services.vault, seal: () => Promise.reject(new Error('LLM_ENCRYPTION_KEY')) };
		await expect(providerBench(principal('o1'), { vault }).caller.add(OPENAI)).rejects.toThrow();
		expect(await caller.list()).toEqual([]);
		expect(await configVersion('o1')).toBe(1);
	});
});

describe('providers.update', () => {
	it('leaves what is not said, the key included', async () => {
		const { id } = await caller.add({ ...OPENAI, config: { project: 'p' }, baseUrl: 'https://llm.example.com/v1' });
		const before = await storedRow(id);
		now += 1_000;
		const row = await caller.update({ id, name: 'main' });
		expect(row).toMatchObject({ name: 'main', config: { project: 'p' }, keyLast4: '0001', version: 2, updatedAt: now });
		expect((await storedRow(id)).sealedApiKey).toBe(before.sealedApiKey);
		expect(bench.change.events).toHaveLength(4);
	});

	it('writes nothing where nothing changes', async () => {
		const { id } = await caller.add(OPENAI);
		expect(await caller.update({ id, name: 'openai', isActive: true, provider: 'openai' })).toMatchObject({
			version: 1,
		});
		expect(bench.change.events).toHaveLength(2);
		expect(await auditRows('o1')).toHaveLength(1);
	});

	it('replaces the key, and says which row moved but no more', async () => {
		const { id } = await caller.add(OPENAI);
		expect(await caller.update({ id, apiKey: OTHER_KEY })).toMatchObject({ keyLast4: '0002', version: 2 });
		const [, entry] = await auditRows('o1');
		expect(entry).toMatchObject({ action: 'update', before: { keyLast4: '0001' }, after: { keyLast4: '0002' } });
	});

	it('insists on the version where one is given', async () => {
		const { id } = await caller.add(OPENAI);
		await caller.update({ id, version: 1, name: 'a' });
		const error = await refusal(caller.update({ id, version: 1, name: 'b' }));
		expect(error).toMatchObject({ code: 'conflict', param: 'version' });
		expect(await caller.get({ id })).toMatchObject({ name: 'a', version: 2 });
		expect(await auditRows('o1')).toHaveLength(2);
	});

	it('lets one of two with the same version win', async () => {
		const { id } = await caller.add(OPENAI);
		const both = ['a', 'b'].map((name) => caller.update({ id, version: 1, name }));
		const outcomes = await Promise.allSettled(both);
		expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
		expect((await caller.get({ id })).version).toBe(2);
	});

	it('keeps its provider', async () => {
		const { id } = await caller.add(OPENAI);
		expect(await refusal(caller.update({ id, provider: 'groq' }))).toMatchObject({ param: 'provider' });
	});

	it('refuses a name that another row has, a removed one too', async () => {
		const { id } = await caller.add({ ...OPENAI, name: 'one' });
		const two = await caller.add({ ...OPENAI, name: 'two' });
		await caller.remove({ id: two.id });
		expect(await refusal(caller.update({ id, name: 'two' }))).toMatchObject({ code: 'conflict', param: 'name' });
	});

	it('hands the default on, and back', async () => {
		const one = await caller.add({ ...OPENAI, name: 'one' });
		const two = await caller.add({ ...OPENAI, name: 'two' });
		await caller.update({ id: two.id, isDefault: true });
		expect(await defaults()).toEqual(['two']);
		await caller.update({ id: two.id, isDefault: false });
		expect(await defaults()).toEqual(['one']);
		await caller.update({ id: one.id, isActive: false });
		expect(await defaults()).toEqual(['two']);
		expect(await refusal(caller.update({ id: one.id, isDefault: true }))).toMatchObject({ param: 'isDefault' });
	});

	it('brings a removed row back where it is activated', async () => {
		const { id } = await caller.add(OPENAI);
		await caller.remove({ id });
		expect(await caller.update({ id, isActive: true })).toMatchObject({ isActive: true, isDefault: true });
		expect((await storedRow(id)).removedAt).toBeNull();
	});

	it('needs a key again for a row whose key was erased', async () => {
		const { id } = await caller.add(OPENAI);
		await caller.remove({ id, erase: true });
		expect(await refusal(caller.update({ id, isActive: true }))).toMatchObject({ param: 'apiKey' });
		expect(await caller.update({ id, isActive: true, apiKey: OTHER_KEY })).toMatchObject({ keyLast4: '0002' });
	});

	it('moves along a path of the same host with its key as it is', async () => {
		const { id } = await caller.add({ ...OPENAI, baseUrl: 'https://llm.example.com/v1' });
		const { sealedApiKey } = await storedRow(id);
		expect(await caller.update({ id, baseUrl: 'https://LLM.example.com:443/v2/' })).toMatchObject({
			baseUrl: 'https://llm.example.com/v2',
		});
		expect((await storedRow(id)).sealedApiKey).toBe(sealedApiKey);
	});

	it("seals the key anew where the provider's own address is written out, or left out again", async () => {
		const { id } = await caller.add(OPENAI);
		for (const baseUrl of ['https://api.openai.com/v1', null]) {
			await caller.update({ id, baseUrl });
			const host = baseUrl === null ? '' : 'https://api.openai.com';
			const { sealedApiKey } = await storedRow(id);
			const scope = { organizationId: 'o1', provider: 'openai', host, rowId: id };
			expect(await bench.services.vault.open(scope, sealedApiKey ?? '')).toBe(KEY);
		}
	});
});

describe('providers.remove', () => {
	it('leaves the row listed, inactive, with its key', async () => {
		const { id } = await caller.add(OPENAI);
		expect(await caller.remove({ id })).toEqual({ id });
		expect(await caller.list()).toMatchObject([
			{ id, isActive: false, isDefault: false, keyLast4: '0001', version: 2 },
		]);
		expect((await storedRow(id)).removedAt).toBe(NOW);
		expect((await auditRows('o1')).at(-1)).toMatchObject({ action: 'delete', entityId: id, after: null });
	});

	it('erases the key where asked to, later too', async () => {
		const one = await caller.add({ ...OPENAI, name: 'one' });
		const two = await caller.add({ ...OPENAI, name: 'two' });
		await caller.remove({ id: one.id, erase: true });
		await caller.remove({ id: two.id });
		await caller.remove({ id: two.id, erase: true });
		for (const { id } of [one, two])
			expect(await storedRow(id)).toMatchObject({ sealedApiKey: null, keyId: null, keyLast4: null });
	});

	it('does nothing the second time', async () => {
		const { id } = await caller.add(OPENAI);
		await caller.remove({ id });
		expect(await caller.remove({ id })).toEqual({ id });
		expect(await configVersion('o1')).toBe(3);
	});

	it('makes the oldest active row of the pool the default', async () => {
		const one = await caller.add({ ...OPENAI, name: 'one' });
		now += 1;
		await caller.add({ ...OPENAI, name: 'asleep', isActive: false });
		now += 1;
		await caller.add({ ...OPENAI, name: 'two' });
		now += 1;
		await caller.add({ ...OPENAI, name: 'three' });
		await caller.remove({ id: one.id });
		expect(await defaults()).toEqual(['two']);
	});

	it('insists on the version where one is given', async () => {
		const { id } = await caller.add(OPENAI);
		expect(await refusal(caller.remove({ id, version: 7 }))).toMatchObject({ code: 'conflict', param: 'version' });
		expect((await caller.get({ id })).isActive).toBe(true);
	});
});

describe('a key that profiles use', () => {
	it.each([
		['removed', (id: string) => caller.remove({ id })],
		['renamed', (id: string) => caller.update({ id, name: 'other' })],
		['deactivated', (id: string) => caller.update({ id, isActive: false })],
	])("can't be %s, and who uses it is said", async (verb, change) => {
		const { id } = await caller.add({ ...OPENAI, name: 'main' });
		await useInProfiles('fast', 'smart');
		const error = await refusal(change(id));
		expect(error).toMatchObject({ code: 'conflict', param: 'id' });
		expect(error.message).toContain(`can't be ${verb}`);
		expect(error.message).toContain("'fast', 'smart'");
		expect(await caller.get({ id })).toMatchObject({ name: 'main', isActive: true, version: 1 });
	});

	it('names five of them and the number of the rest', async () => {
		const { id } = await caller.add({ ...OPENAI, name: 'main' });
		await useInProfiles('a', 'b', 'c', 'd', 'e', 'f', 'g');
		expect((await refusal(caller.remove({ id }))).message).toContain("'e' and 2 more");
	});

	it('can be replaced, and others of the same name removed', async () => {
		const { id } = await caller.add({ ...OPENAI, name: 'main' });
		const groq = await caller.add({ provider: 'groq', apiKey: KEY, name: 'main' });
		await useInProfiles('fast');
		expect(await caller.update({ id, apiKey: OTHER_KEY })).toMatchObject({ keyLast4: '0002' });
		expect(await caller.remove({ id: groq.id })).toEqual({ id: groq.id });
	});
});

describe('providers.rotate', () => {
	it('puts another key in place and says so in the audit', async () => {
		const { id } = await caller.add({ ...OPENAI, baseUrl: 'https://llm.example.com/v1' });
		expect(await caller.rotate({ id, apiKey: OTHER_KEY })).toMatchObject({ keyLast4: '0002', version: 2 });
		expect((await auditRows('o1')).at(-1)).toMatchObject({ action: 'rotate', entityId: id });
		expect(bench.probed).toEqual([]);
	});

	it('tries the new key where it is to be used before it takes it', async () => {
		const { id } = await caller.add({ ...OPENAI, baseUrl: 'https://llm.example.com/v1' });
		await caller.rotate({ id, apiKey: OTHER_KEY, test: true });
		expect(bench.probed).toMatchObject([
			{ provider: 'openai', model: null, credential: { apiKey: OTHER_KEY, baseUrl: 'https://llm.example.com/v1' } },
		]);
	});

	it('keeps the old one where the new one fails', async () => {
		const { id } = await caller.add(OPENAI);
		bench.probe = {
			ok: false,
			latencyMs: 3,
			model: null,
			error: new GatewayError('upstream_rejected', 'Not this key.'),
		};
		const error = await refusal(caller.rotate({ id, apiKey: OTHER_KEY, test: true }));
		expect(error).toMatchObject({ code: 'invalid_request', param: 'apiKey' });
		expect(error.message).toContain('Not this key.');
		expect(await caller.get({ id })).toMatchObject({ keyLast4: '0001', version: 1 });
	});
});

describe("the environment's keys", () => {
	const variables = {
		OPENAI_API_KEY: OPERATOR_KEY,
		OPENAI_BASE_URL: 'http://10.0.0.7/v1',
		BEDROCK_REGION: 'eu-west-1',
	};
	const tenant = () => providerBench(principal('o1'), { variables }).caller;

	it("are listed under their provider's id, without the operator's address for anyone else", async () => {
		const row = {
			id: 'openai',
			provider: 'openai',
			name: 'openai',
			keyLast4: '9999',
			baseUrl: null,
			config: {},
			isActive: true,
			isDefault: true,
			source: 'environment',
			version: 1,
			refusedAt: null,
			refusedStatus: null,
			createdAt: null,
			updatedAt: null,
		};
		expect(await tenant().list()).toEqual([row]);
		expect(await tenant().get({ id: 'openai' })).toEqual(row);
		const [seen] = await providerBench(operator('o1'), { variables }).caller.list();
		expect(seen).toEqual({ ...row, baseUrl: 'http://10.0.0.7/v1' });
	});

	it('are not in use where the organization has a row in use', async () => {
		const { id } = await tenant().add(OPENAI);
		expect(await tenant().get({ id: 'openai' })).toMatchObject({ isActive: false, isDefault: false });
		await tenant().remove({ id });
		expect(await tenant().get({ id: 'openai' })).toMatchObject({ isActive: true });
	});

	it.each([
		['update', (id: string) => tenant().update({ id, isActive: false })],
		['remove', (id: string) => tenant().remove({ id })],
		['rotate', (id: string) => tenant().rotate({ id, apiKey: OTHER_KEY })],
	])("can't be changed by %s", async (_, change) => {
		const error = await refusal(change('openai'));
		expect(error).toMatchObject({ code: 'forbidden', param: 'id' });
		expect(error.message).toContain('environment');
		expect(await refusal(change('groq'))).toMatchObject({ code: 'not_found' });
	});
});

describe('another organization', () => {
	it.each<[string, (other: ProviderBench['caller'], id: string) => Promise<unknown>]>([
		['get', (other, id) => other.get({ id })],
		['update', (other, id) => other.update({ id, name: 'mine' })],
		['remove', (other, id) => other.remove({ id })],
		['test', (other, id) => other.test({ id })],
		['usage', (other, id) => other.usage({ id })],
		['models', (other, id) => other.models({ id })],
		['rotate', (other, id) => other.rotate({ id, apiKey: OTHER_KEY, test: true })],
	])('is told of no such row by providers.%s', async (_, call) => {
		const { id } = await caller.add(OPENAI);
		const other = providerBench(principal('o2'));
		expect(await refusal(call(other.caller, id))).toMatchObject({ code: 'not_found' });
		expect(other.probed).toEqual([]);
		expect(other.change.events).toEqual([]);
		expect(await caller.get({ id })).toMatchObject({ name: 'openai', keyLast4: '0001', version: 1 });
		expect(await other.caller.list()).toEqual([]);
	});

	it('is told so in the same words as of a row that never was', async () => {
		const { id } = await caller.add(OPENAI);
		const other = providerBench(principal('o2')).caller;
		const [theirs, none] = [await refusal(other.get({ id })), await refusal(other.get({ id: 'none' }))];
		expect(theirs.message.replace(id, '')).toBe(none.message.replace('none', ''));
	});
});

describe('a caller without the scope manage', () => {
	it.each<[string, (low: ProviderBench['caller']) => Promise<unknown>]>([
		['add', (low) => low.add(OPENAI)],
		['list', (low) => low.list()],
		['get', (low) => low.get({ id: 'x' })],
		['update', (low) => low.update({ id: 'x' })],
		['remove', (low) => low.remove({ id: 'x' })],
		['test', (low) => low.test({ id: 'x' })],
		['usage', (low) => low.usage({ id: 'x' })],
		['models', (low) => low.models({ id: 'x' })],
		['rotate', (low) => low.rotate({ id: 'x', apiKey: KEY })],
		['adoptEnvironment', (low) => low.adoptEnvironment()],
		['resealKeys', (low) => low.resealKeys()],
	])('is refused by providers.%s', async (_, call) => {
		const low = providerBench(principal('o1', { scopes: ['inference'], role: 'member' }));
		expect(await refusal(call(low.caller))).toMatchObject({ code: 'forbidden' });
		expect(low.change.events).toEqual([]);
	});
});
