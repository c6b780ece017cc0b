import { beforeEach, describe, expect, it } from 'vitest';
import { exportConfiguration } from '../../src/services/configuration-file/export';
import { importConfiguration } from '../../src/services/configuration-file/import';
import { addProvider, listProviders } from '../../src/services/providers';
import {
	administer,
	auditRows,
	configVersion,
	insertOrganization,
	operator,
	principal,
	refusal,
	serviceContext,
	untyped,
} from './bench';

const context = () => serviceContext(principal('o1'));
let owner: ReturnType<typeof administer>;

beforeEach(async () => {
	await insertOrganization('o1', { plan: 'pro' });
	owner = administer(context());
});

const agent = { slug: 'a', name: 'A', model: 'openai/gpt-4o' };
const ROUTING = {
	strategy: 'weighted' as const,
	candidates: [{ model: 'gpt-4o-mini', weight: 2 }],
	contextFallbacks: ['google/gemini-2.5-pro'],
	maxAttempts: 2,
};
const STORED = { ...ROUTING, candidates: [{ model: 'openai/gpt-4o-mini', weight: 2 }] };

describe('routing of an agent', () => {
	it('is stored with its names in full, shown, replaced as a whole, and cleared by null', async () => {
		expect((await owner.agents.create({ ...agent, routing: ROUTING })).routing).toEqual(STORED);
		expect((await owner.agents.get({ slug: 'a' })).routing).toEqual(STORED);
		expect((await owner.agents.update({ slug: 'a', name: 'B' })).routing).toEqual(STORED);
		expect((await owner.agents.update({ slug: 'a', routing: { sticky: false } })).routing).toEqual({ sticky: false });
		expect((await owner.agents.update({ slug: 'a', routing: null })).routing).toEqual({});
		expect((await auditRows('o1')).at(-1)).toMatchObject({
			before: { routing: { sticky: false } },
			after: { routing: {} },
		});
	});

	it('that is what it was changes nothing', async () => {
		await owner.agents.create({ ...agent, routing: ROUTING });
		const before = await configVersion('o1');
		await owner.agents.update({ slug: 'a', routing: ROUTING });
		expect(await configVersion('o1')).toBe(before);
	});

	it('stays when the agent follows a profile, and loses a name that becomes the model itself', async () => {
		await owner.agents.create({ ...agent, routing: ROUTING });
		await owner.profiles.set({ name: 'calm', provider: 'anthropic', model: 'claude-sonnet-4-5' });
		expect((await owner.agents.update({ slug: 'a', model: 'profile:calm' })).routing).toEqual(STORED);
		const { candidates: _, ...rest } = STORED;
		expect((await owner.agents.update({ slug: 'a', model: 'openai/gpt-4o-mini' })).routing).toEqual(rest);
	});

	it('in another order of its fields is no change', async () => {
		await owner.agents.create({ ...agent, routing: { ...ROUTING, weight: 3 } });
		await owner.agents.update({ slug: 'a', model: 'openai/gpt-4.1' });
		const before = await configVersion('o1');
		await owner.agents.update({ slug: 'a', routing: { ...ROUTING, weight: 3 } });
		const { document } = await exportConfiguration(context());
		expect(await importConfiguration(context(), { document })).toMatchObject({ differences: [], applied: false });
		expect(await configVersion('o1')).toBe(before);
	});

	it('keeps a candidate that is a new model by another key', async () => {
		for (const name of ['k1', 'k2']) {
			await addProvider(context(), { provider: 'openai', name, apiKey: `sk-${name}-0123456789` });
			await owner.profiles.set({ name, provider: 'openai', model: 'gpt-4o', keyRef: name });
		}
		const routing = { candidates: [{ model: 'profile:k2' }] };
		await owner.agents.create({ ...agent, model: 'openai/gpt-4.1', routing });
		expect((await owner.agents.update({ slug: 'a', model: 'profile:k1' })).routing).toEqual(routing);
	});

	it('that names what is not in force any more does not keep the rest of the agent as it was', async () => {
		await owner.profiles.set({ name: 'calm', provider: 'openai', model: 'gpt-4o-mini' });
		const named = { fallbacks: ['profile:calm'], routing: { contentFilterFallbacks: ['profile:calm'] } };
		await owner.agents.create({ ...agent, ...named });
		await administer(serviceContext(operator('o1'))).organizations.update({ plan: 'free' });
		expect(await owner.agents.update({ slug: 'a', settings: { temperature: 0.5 } })).toMatchObject(named);
		expect(await refusal(owner.agents.update({ slug: 'a', model: 'openai/gpt-4.1' }))).toMatchObject({
			param: 'routing.contentFilterFallbacks[0]',
		});
		const { document } = await exportConfiguration(context());
		expect(await importConfiguration(context(), { document })).toMatchObject({ differences: [], applied: false });
	});

	it('is held against a model that is new', async () => {
		await owner.agents.create({ ...agent, routing: { contextFallbacks: ['anthropic/claude-sonnet-4-5'] } });
		const refused = await refusal(owner.agents.update({ slug: 'a', model: 'google/gemini-2.5-pro' }));
		expect(refused).toMatchObject({ code: 'invalid_request', param: 'routing.contextFallbacks[0]' });
	});

	it.each<[object, string]>([
		[{ candidates: [] }, 'routing.candidates'],
		[{ candidates: Array.from({ length: 50 }, () => ({ model: 'mock/echo' })) }, 'routing.candidates'],
		[{ candidates: [{ model: 'mock/echo', weight: -1 }] }, 'routing.candidates[0].weight'],
		[{ candidates: [{ model: 'openai/gpt-99' }] }, 'routing.candidates[0].model'],
		[{ candidates: [{ model: 'openai/gpt-4o' }] }, 'routing.candidates[0].model'],
		[{ contextFallbacks: ['openai/gpt-4o-mini'] }, 'routing.contextFallbacks[0]'],
		[{ totalTimeoutMs: 5, commitTimeoutMs: 6 }, 'routing.commitTimeoutMs'],
		[{ idleTimeoutMs: 1e15 }, 'routing.idleTimeoutMs'],
		[{ maxRetries: 1 }, 'routing.maxRetries'],
	])('refuses %j, naming the field', async (routing, param) => {
		const refused = await refusal(owner.agents.create(untyped({ ...agent, routing })));
		expect(refused).toMatchObject({ code: 'invalid_request', param });
		expect(await owner.agents.list()).toEqual([]);
	});

	it.each<[object, string]>([
		[{ candidates: [{ model: 'groq/llama-3.1-8b-instant' }] }, 'routing.candidates[0].model'],
		[{ contentFilterFallbacks: ['mock/echo', 'groq/llama-3.1-8b-instant'] }, 'routing.contentFilterFallbacks[1]'],
	])('holds its names to what the agent requires: %j', async (routing, param) => {
		const refused = await refusal(owner.agents.create({ ...agent, requires: ['vision'], routing }));
		expect(refused).toMatchObject({ code: 'invalid_request', param, message: expect.stringContaining("'vision'") });
	});

	it('takes seven fallbacks and no eighth, on every plan', async () => {
		await insertOrganization('o2', { plan: 'free' });
		const free = administer(serviceContext(principal('o2')));
		const fallbacks = (count: number) => Array.from({ length: count }, (_, at) => `custom/model-${at}`);
		expect((await free.agents.create({ ...agent, fallbacks: fallbacks(7), routing: ROUTING })).routing).toEqual(STORED);
		for (const count of [8, 50])
			expect(await refusal(free.agents.update({ slug: 'a', fallbacks: fallbacks(count) }))).toMatchObject({
				code: 'invalid_request',
				param: 'fallbacks',
				message: 'There are at most 7 fallbacks: with the first model a chain has 8.',
			});
		expect((await free.agents.update({ slug: 'a', fallbacks: [] })).fallbacks).toEqual([]);
	});
});

describe('routing of a profile', () => {
	it('is stored with its names in full, and goes where a profile is set without', async () => {
		const calm = { name: 'calm', provider: 'openai', model: 'gpt-4o' };
		expect((await owner.profiles.set({ ...calm, routing: ROUTING })).routing).toEqual(STORED);
		expect(await owner.profiles.list()).toContainEqual(expect.objectContaining({ name: 'calm', routing: STORED }));
		expect((await owner.profiles.set(calm)).routing).toEqual({});
	});

	it('names neither the profile itself nor nobody', async () => {
		const calm = { name: 'calm', provider: 'openai', model: 'gpt-4o' };
		const naming = (model: string) => owner.profiles.set({ ...calm, routing: { candidates: [{ model }] } });
		for (const model of ['profile:calm', 'openai/gpt-4o', 'profile:gone'])
			expect(await refusal(naming(model))).toMatchObject({
				code: 'invalid_request',
				param: 'routing.candidates[0].model',
			});
	});

	it('within a whole configuration is checked by its path there', async () => {
		const calm = { provider: 'openai', model: 'gpt-4o', routing: { contextFallbacks: ['openai/gpt-4o-mini'] } };
		expect(await refusal(owner.organizations.update({ llmConfiguration: { profiles: { calm } } }))).toMatchObject({
			code: 'invalid_request',
			param: 'llmConfiguration.profiles.calm.routing.contextFallbacks[0]',
		});
	});
});

describe('routing of the organization', () => {
	it('is set as a whole, moves the version once, is audited, and goes by null', async () => {
		const routing = { strategy: 'lowest-cost' as const, residency: ['eu'] };
		const set = await owner.organizations.setRouting({ routing });
		expect(set.routing).toEqual(routing);
		expect((await owner.organizations.get()).llmConfiguration).toEqual({ routing });
		expect((await auditRows('o1')).at(-1)).toMatchObject({
			action: 'update',
			entity: 'organization',
			before: { routing: null },
			after: { routing },
		});
		const before = await configVersion('o1');
		await owner.organizations.setRouting({ routing });
		expect(await configVersion('o1')).toBe(before);
		await owner.profiles.set({ name: 'later', provider: 'openai', model: 'gpt-4o' });
		const beside = await configVersion('o1');
		const again = await owner.organizations.setRouting({ routing: { residency: ['eu'], strategy: 'lowest-cost' } });
		expect(await configVersion('o1')).toBe(beside);
		await owner.profiles.remove({ name: 'later' });
		expect(await refusal(owner.organizations.setRouting({ routing: null, version: set.version }))).toMatchObject({
			code: 'conflict',
		});
		await owner.organizations.setRouting({ routing: null, version: again.version + 1 });
		expect((await owner.organizations.get()).llmConfiguration).toEqual({});
	});

	it.each<[object, string]>([
		[{ routing: { contextFallbacks: ['nowhere/x'] } }, 'routing.contextFallbacks[0]'],
		[{ routing: { candidates: [{ model: 'mock/echo' }] } }, 'routing.candidates'],
		[{ routing: { totalTimeoutMs: 0 } }, 'routing.totalTimeoutMs'],
		[{}, 'routing'],
	])('refuses %j, naming the field', async (input, param) => {
		expect(await refusal(owner.organizations.setRouting(untyped(input)))).toMatchObject({
			code: 'invalid_request',
			param,
		});
	});

	it('needs a plan that has it, the scope manage, and the version it was read at', async () => {
		await insertOrganization('o2', { plan: 'free' });
		const routing = { sticky: false };
		const free = administer(serviceContext(principal('o2')));
		expect(await refusal(free.organizations.setRouting({ routing }))).toMatchObject({ code: 'forbidden' });
		const caller = administer(serviceContext(principal('o1', { scopes: ['inference'] })));
		expect(await refusal(caller.organizations.setRouting({ routing }))).toMatchObject({ code: 'forbidden' });
		expect(await refusal(owner.organizations.setRouting({ routing, version: 99 }))).toMatchObject({ code: 'conflict' });
	});
});

describe('what a routing policy names', () => {
	beforeEach(async () => {
		await owner.profiles.set({ name: 'spare', provider: 'openai', model: 'gpt-4o-mini' });
		await owner.aliases.set({ name: 'wide', target: 'google/gemini-2.5-pro' });
		await owner.customModels.set({ provider: 'custom', model: 'house', contextWindow: 900_000 });
	});

	const remove = {
		profile: () => owner.profiles.remove({ name: 'spare' }),
		alias: () => owner.aliases.remove({ name: 'wide' }),
		model: () => owner.customModels.remove({ provider: 'custom', model: 'house' }),
	};
	const naming = {
		candidates: [{ model: 'profile:spare' }],
		contextFallbacks: ['wide'],
		contentFilterFallbacks: ['custom/house'],
	};

	it("can't go while an agent names it, in words that name the agent", async () => {
		await owner.agents.create({ ...agent, routing: naming });
		for (const removal of Object.values(remove))
			expect(await refusal(removal())).toMatchObject({
				code: 'conflict',
				message: expect.stringContaining("agent 'a'"),
			});
		expect(await refusal(owner.organizations.update({ llmConfiguration: {} }))).toMatchObject({ code: 'conflict' });
		await owner.agents.update({ slug: 'a', routing: null });
		for (const removal of Object.values(remove)) await removal();
	});

	it("can't go while a profile or the organization names it", async () => {
		await owner.profiles.set({ name: 'calm', provider: 'openai', model: 'gpt-4o', routing: naming });
		for (const removal of Object.values(remove)) expect((await refusal(removal())).message).toContain("profile 'calm'");
		await owner.profiles.remove({ name: 'calm' });
		await owner.organizations.setRouting({ routing: { contextFallbacks: ['profile:spare', 'wide', 'custom/house'] } });
		for (const removal of Object.values(remove)) expect((await refusal(removal())).message).toContain('by routing');
	});

	it("can't be turned into what does not chat", async () => {
		await owner.agents.create({ ...agent, routing: naming });
		expect(await refusal(owner.aliases.set({ name: 'wide', target: 'openai/text-embedding-3-small' }))).toMatchObject({
			code: 'invalid_request',
			param: 'target',
		});
	});

	it("can't go where it is the operator's for everybody", async () => {
		const platform = administer(serviceContext(operator('o1')));
		const row = {
			id: 'shared',
			displayName: 'Shared',
			category: 'fast' as const,
			provider: 'openai',
			model: 'gpt-4o-mini',
		};
		await platform.globalSettings.create(row);
		await owner.agents.create({ ...agent, routing: { candidates: [{ model: 'profile:shared' }] } });
		expect(await refusal(platform.globalSettings.remove({ id: 'shared' }))).toMatchObject({ code: 'conflict' });
	});
});

const FILE = `
switchyard: 1
profiles:
  calm:
    provider: openai
    model: gpt-4o
    routing: {strategy: lowest-cost, candidates: [{model: openai/gpt-4o-mini, weight: 2}]}
routing: {strategy: weighted, residency: [eu], totalTimeoutMs: 30000}
agents:
  a:
    model: profile:calm
    routing: {contextFallbacks: [google/gemini-2.5-pro], maxAttempts: 2}
`;

const LITELLM = `
model_list:
  - model_name: chat
    litellm_params: {model: openai/gpt-4o, api_key: sk-one-0123456789, weight: 3, rpm: 100}
  - model_name: chat
    litellm_params: {model: openai/gpt-4o, api_key: sk-two-0123456789, weight: 1}
  - model_name: wide
    litellm_params: {model: gemini/gemini-2.5-pro, api_key: key-three-0123456789}
router_settings:
  routing_strategy: simple-shuffle
  num_retries: 2
  timeout: 30
  context_window_fallbacks: [{chat: [wide]}]
  content_policy_fallbacks: [{chat: [wide]}]
`;

describe('routing in a file', () => {
	it.each([
		['our own', FILE],
		["LiteLLM's", LITELLM],
	])('in %s shape comes in, goes out, and changes nothing the second time', async (_, document) => {
		await importConfiguration(context(), { document });
		const again = await importConfiguration(context(), { document });
		expect(again).toMatchObject({ differences: [], applied: false });
		const exported = await exportConfiguration(context());
		const back = await importConfiguration(context(), { document: exported.document });
		expect(back).toMatchObject({ differences: [], applied: false });
	});

	it('of LiteLLM becomes a group of keys with its policy', async () => {
		await importConfiguration(context(), { document: LITELLM });
		const { llmConfiguration } = await owner.organizations.get();
		expect(llmConfiguration.routing).toEqual({ strategy: 'weighted', maxAttempts: 3, totalTimeoutMs: 30_000 });
		expect(llmConfiguration.profiles?.chat?.routing).toEqual({
			candidates: [{ model: 'profile:chat-2', weight: 1 }],
			weight: 3,
			contextFallbacks: ['wide'],
			contentFilterFallbacks: ['wide'],
		});
		expect(llmConfiguration.aliases).toMatchObject({ chat: 'profile:chat', wide: 'profile:wide' });
	});

	it('of every place goes out and comes in unchanged, also elsewhere', async () => {
		const row = { provider: 'openai', name: 'k1', apiKey: 'sk-k1-0123456789' };
		const config = { residency: 'eu', weight: 2, requestsPerMinute: 5, tokensPerMinute: 10 };
		await addProvider(context(), { ...row, config });
		const times = { firstEventTimeoutMs: 3, idleTimeoutMs: 4, commitTimeoutMs: 5, totalTimeoutMs: 9 };
		const routing = { ...ROUTING, ...times, weight: 3, residency: ['eu'], sticky: false, contentFilterFallbacks: [] };
		await owner.profiles.set({ name: 'calm', provider: 'openai', model: 'gpt-4o', keyRef: 'k1', routing });
		await owner.organizations.setRouting({ routing: { residency: ['eu', 'us'], contextFallbacks: [], sticky: true } });
		await owner.agents.create({ ...agent, model: 'profile:calm', routing: { contentFilterFallbacks: ['mock/echo'] } });
		await insertOrganization('o2', { plan: 'pro' });
		const other = serviceContext(principal('o2'));
		await addProvider(other, row);
		for (const format of ['yaml', 'json'] as const) {
			const { document } = await exportConfiguration(context(), { format });
			expect(document).not.toContain('sk-k1');
			expect(await importConfiguration(context(), { document })).toMatchObject({ differences: [], applied: false });
			await importConfiguration(other, { document });
			expect((await exportConfiguration(other, { format })).document).toBe(document);
		}
	});

	it('of another program takes away no residency, and nothing else that it has no word for', async () => {
		const residing = { residency: ['eu'] };
		await owner.organizations.setRouting({ routing: { ...residing, maxAttempts: 5, idleTimeoutMs: 900 } });
		await owner.profiles.set({ name: 'wide', provider: 'openai', model: 'gpt-4o', routing: residing });
		const chat = { provider: 'openai', model: 'gpt-4o', routing: { ...residing, sticky: false } };
		await owner.profiles.set({ name: 'chat', ...chat });
		await importConfiguration(context(), { document: LITELLM });
		const { llmConfiguration } = await owner.organizations.get();
		expect(llmConfiguration.routing).toEqual({
			...residing,
			strategy: 'weighted',
			maxAttempts: 3,
			idleTimeoutMs: 900,
			totalTimeoutMs: 30_000,
		});
		expect(llmConfiguration.profiles?.wide?.routing).toEqual(residing);
		expect(llmConfiguration.profiles?.chat?.routing).toMatchObject({ ...residing, weight: 3 });
		expect(await importConfiguration(context(), { document: LITELLM })).toMatchObject({ differences: [] });
	});

	it('says aloud what it opens to keys elsewhere', async () => {
		const routing = { residency: ['eu', 'ch'] };
		await owner.organizations.setRouting({ routing });
		for (const name of ['calm', 'still'])
			await owner.profiles.set({ name, provider: 'openai', model: 'gpt-4o', routing });
		for (const slug of ['a', 'b']) await owner.agents.create({ ...agent, slug, routing });
		const document = [
			'profiles:',
			'  calm: {provider: openai, model: gpt-4o}',
			'  still: {provider: openai, model: gpt-4o, routing: {residency: [ch]}}',
			'routing: {residency: [eu, us]}',
			'agents:',
			'  a: {model: openai/gpt-4o, routing: null}',
			'  b: {model: openai/gpt-4o}',
		].join('\n');
		const dry = await importConfiguration(context(), { document, dryRun: true });
		const real = await importConfiguration(context(), { document });
		expect(dry).toEqual({ ...real, applied: false });
		expect(real.notes).toEqual([
			'line 4: routing: of residency it said eu, ch, and says eu, us from now on.',
			'line 2: profiles.calm: of residency it said eu, ch, and says nothing from now on.',
			'line 6: agents.a: of residency it said eu, ch, and says nothing from now on.',
		]);
		expect((await importConfiguration(context(), { document })).notes).toEqual([]);
	});

	it("of another program keeps a row's settings, but no tag with another key, host or region", async () => {
		const config = { residency: 'eu', weight: 2 };
		const bring = async (provider: string, params: string) => {
			const entry = `{model_name: m, litellm_params: {model: ${provider}/m-1, ${params}}}`;
			const document = `customModels: [{provider: ${provider}, model: m-1, contextWindow: 9000}]\nmodel_list: [${entry}]\n`;
			const { differences } = await importConfiguration(context(), { document, dryRun: true });
			const [row] = differences.filter(({ entity }) => entity === 'provider');
			return row?.fields.filter(({ field }) => field.startsWith('config.'));
		};
		const gone = { field: 'config.residency', before: 'eu', after: null };
		const apiKey = 'sk-one-0123456789';
		await addProvider(context(), { provider: 'openai', apiKey, config });
		expect(await bring('openai', `api_key: ${apiKey}`)).toBeUndefined();
		expect(await bring('openai', `api_key: ${apiKey}, rpm: 9`)).toEqual([
			{ field: 'config.requestsPerMinute', before: null, after: 9 },
		]);
		expect(await bring('openai', 'api_key: sk-two-0123456789')).toEqual([gone]);
		expect(await bring('openai', `api_key: ${apiKey}, organization: org-2`)).toContainEqual(gone);
		const baseUrl = 'https://eu.openai.azure.com';
		await addProvider(context(), { provider: 'azure-openai', apiKey, baseUrl, config });
		const there = (host: string) => `api_key: ${apiKey}, api_base: "https://${host}.openai.azure.com"`;
		expect(await bring('azure-openai', there('eu'))).toBeUndefined();
		expect(await bring('azure-openai', there('us'))).toEqual([gone]);
		const pair = 'AKIDEXAMPLE:secret-0123456789';
		await addProvider(context(), { provider: 'bedrock', apiKey: pair, config: { ...config, region: 'eu-central-1' } });
		expect(await bring('bedrock', 'aws_region_name: eu-central-1')).toBeUndefined();
		expect(await bring('bedrock', 'aws_region_name: us-east-1')).toContainEqual(gone);
	});

	it('turns no alias that an agent uses into what does not chat', async () => {
		await owner.aliases.set({ name: 'wide', target: 'google/gemini-2.5-pro' });
		await owner.agents.create({ ...agent, routing: { contextFallbacks: ['wide'] } });
		const turned = 'aliases: {wide: openai/text-embedding-3-small}\n';
		await expect(importConfiguration(context(), { document: turned })).rejects.toMatchObject({
			code: 'invalid_request',
			param: 'aliases.wide',
			message: expect.stringContaining('line 1:'),
		});
		const freed = `${turned}agents: {a: {model: openai/gpt-4o, routing: null}}\n`;
		expect(await importConfiguration(context(), { document: freed })).toMatchObject({ applied: true });
	});

	it('of LiteLLM may hold patterns, of which the key counts', async () => {
		const document =
			'model_list:\n  - {model_name: "openai/*", litellm_params: {model: "openai/*", api_key: sk-one-0123456789}}\n' +
			'litellm_settings: {fallbacks: [{"*": [openai/gpt-4o-mini]}]}\n';
		expect(await importConfiguration(context(), { document })).toMatchObject({ applied: true });
		expect((await owner.organizations.get()).llmConfiguration).toEqual({ fallbackChain: ['openai/gpt-4o-mini'] });
		expect((await listProviders(context())).map(({ provider }) => provider)).toContain('openai');
	});

	it('run dry names each field that changes', async () => {
		await importConfiguration(context(), { document: FILE });
		const document =
			'routing: {strategy: weighted, totalTimeoutMs: 9000}\nagents: {a: {model: profile:calm, routing: {maxAttempts: 1}}}\n';
		const { differences } = await importConfiguration(context(), { document, dryRun: true });
		expect(differences.flatMap(({ entity, fields }) => fields.map(({ field }) => `${entity} ${field}`))).toEqual([
			'organization llmConfiguration.routing.residency',
			'organization llmConfiguration.routing.totalTimeoutMs',
			'agent routing.contextFallbacks',
			'agent routing.maxAttempts',
		]);
	});

	it('goes by null, and stays where the file does not mention it', async () => {
		await importConfiguration(context(), { document: FILE });
		await importConfiguration(context(), { document: 'aliases: {best: openai/gpt-4o}' });
		expect((await owner.organizations.get()).llmConfiguration.routing).toMatchObject({ residency: ['eu'] });
		await importConfiguration(context(), {
			document: 'routing: null\nagents: {a: {model: profile:calm, routing: null}}\n',
		});
		expect((await owner.organizations.get()).llmConfiguration).not.toHaveProperty('routing');
		expect((await owner.agents.get({ slug: 'a' })).routing).toEqual({});
	});

	it.each([
		['routing:\n  contextFallbacks: [nowhere/x]\n', 'routing.contextFallbacks[0]', 'line 1:'],
		['routing:\n  maxAttempts: 0\n', 'routing.maxAttempts', 'line 2:'],
		[
			'agents:\n  a:\n    model: openai/gpt-4o\n    routing: {candidates: [{model: nowhere/x}]}\n',
			'agents.a.routing.candidates[0].model',
			'line 2:',
		],
	])('%j is refused with line and path', async (document, param, line) => {
		const refused = await importConfiguration(context(), { document }).catch((error: unknown) => error);
		expect(refused).toMatchObject({ code: 'invalid_request', param, message: expect.stringContaining(line) });
	});
});
