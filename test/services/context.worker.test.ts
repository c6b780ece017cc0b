import { beforeEach, describe, expect, it } from 'vitest';
import { exportConfiguration } from '../../src/services/configuration-file/export';
import { importConfiguration } from '../../src/services/configuration-file/import';
import { explainConfiguration } from '../../src/services/explanation';
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
const calm = { name: 'calm', provider: 'openai', model: 'gpt-4o' };
const POLICY = { mode: 'summarize' as const, summarizer: 'gpt-4o-mini', maxInputTokens: 9_000, maxOutputTokens: 800 };
const STORED = { ...POLICY, summarizer: 'openai/gpt-4o-mini' };

describe('the context policy of an agent', () => {
	it('is stored with its summarizer in full, shown, replaced as a whole, and cleared by null', async () => {
		expect((await owner.agents.create({ ...agent, context: POLICY })).context).toEqual(STORED);
		expect((await owner.agents.get({ slug: 'a' })).context).toEqual(STORED);
		expect((await owner.agents.update({ slug: 'a', name: 'B', model: 'mock/echo' })).context).toEqual(STORED);
		expect((await owner.agents.update({ slug: 'a', context: { mode: 'off' } })).context).toEqual({ mode: 'off' });
		expect((await owner.agents.update({ slug: 'a', context: null })).context).toEqual({});
		expect((await auditRows('o1')).at(-1)).toMatchObject({
			before: { context: { mode: 'off' } },
			after: { context: {} },
		});
	});

	it('that is what it was changes nothing', async () => {
		await owner.agents.create({ ...agent, context: POLICY });
		const before = await configVersion('o1');
		await owner.agents.update({ slug: 'a', context: POLICY });
		expect(await configVersion('o1')).toBe(before);
	});

	it('changes by itself where other names of the agent no longer lead anywhere', async () => {
		await owner.profiles.set(calm);
		const named = { fallbacks: ['profile:calm'], requires: ['tools' as const] };
		await owner.agents.create({ ...agent, model: 'openai/gpt-4.1', ...named });
		await administer(serviceContext(operator('o1'))).organizations.update({ plan: 'free' });
		expect((await owner.agents.update({ slug: 'a', context: POLICY })).context).toEqual(STORED);
	});

	it.each<[object, string, string]>([
		[{ mode: 'squeeze' }, 'context.mode', 'one of trim, summarize, refuse, off'],
		[{ maxInputTokens: -1 }, 'context.maxInputTokens', 'from 1 to 100,000,000 tokens'],
		[{ maxOutputTokens: 1.5 }, 'context.maxOutputTokens', 'a whole number'],
		[{ summarizer: 'openai/gpt-99' }, 'context.summarizer', "no model 'gpt-99'"],
		[{ summarizer: 'openai/text-embedding-3-small' }, 'context.summarizer', 'an embedding model'],
		[{ summarizer: 'profile:gone' }, 'context.summarizer', "no profile 'gone'"],
		[{ summarizer: 'agent:a' }, 'context.summarizer', "can't be named here"],
		[{ budget: 1 }, 'context.budget', ''],
	])('refuses %j, naming the field', async (policy, param, message) => {
		const refused = await refusal(owner.agents.create(untyped({ ...agent, context: policy })));
		expect(refused).toMatchObject({ code: 'invalid_request', param, message: expect.stringContaining(message) });
		expect(await owner.agents.list()).toEqual([]);
	});

	it('refuses a summarizer whose aliases go round, the loop written out', async () => {
		const aliases = { round: 'trip', trip: 'round' };
		const llmConfiguration = { aliases, context: { summarizer: 'round' } };
		expect(await refusal(owner.organizations.update({ llmConfiguration }))).toMatchObject({ code: 'invalid_request' });
		await insertOrganization('o2', { plan: 'pro' });
		const drafting = serviceContext(principal('o2'));
		await expect(
			importConfiguration(drafting, {
				document: 'aliases: {round: trip, trip: round}\ncontext: {summarizer: round}\n',
			}),
		).rejects.toMatchObject({ message: expect.stringContaining('→') });
	});

	it('needs no summarizer that can do what the agent requires', async () => {
		const policy = { summarizer: 'groq/llama-3.1-8b-instant' };
		await expect(owner.agents.create({ ...agent, requires: ['vision'], context: policy })).resolves.toMatchObject({
			context: policy,
		});
	});
});

describe('the context policy of a profile', () => {
	it('is stored with its summarizer in full, and goes where a profile is set without', async () => {
		expect((await owner.profiles.set({ ...calm, context: POLICY })).context).toEqual(STORED);
		expect(await owner.profiles.list()).toContainEqual(expect.objectContaining({ name: 'calm', context: STORED }));
		const routing = { maxAttempts: 2 };
		expect(await owner.profiles.set({ ...calm, context: POLICY, routing })).toMatchObject({ context: STORED, routing });
		expect((await owner.profiles.set(calm)).context).toEqual({});
	});

	it('within a whole configuration is checked by its path there', async () => {
		const { name, ...profile } = { ...calm, context: { summarizer: 'nowhere/x' } };
		expect(
			await refusal(owner.organizations.update({ llmConfiguration: { profiles: { [name]: profile } } })),
		).toMatchObject({ code: 'invalid_request', param: 'llmConfiguration.profiles.calm.context.summarizer' });
		expect(
			await refusal(owner.organizations.update({ llmConfiguration: { context: { summarizer: 'nowhere/x' } } })),
		).toMatchObject({ code: 'invalid_request', param: 'llmConfiguration.context.summarizer' });
	});
});

describe('the context policy of the organization', () => {
	it('is set as a whole, moves the version once, is audited, and goes by null', async () => {
		const set = await owner.organizations.setContext({ context: POLICY });
		expect(set).toMatchObject({ context: STORED, warnings: [] });
		expect((await owner.organizations.get()).llmConfiguration).toEqual({ context: STORED });
		expect((await auditRows('o1')).at(-1)).toMatchObject({
			action: 'update',
			entity: 'organization',
			before: { context: null },
			after: { context: STORED },
		});
		const before = await configVersion('o1');
		await owner.organizations.setContext({ context: POLICY });
		expect(await configVersion('o1')).toBe(before);
		expect(await refusal(owner.organizations.setContext({ context: null, version: 99 }))).toMatchObject({
			code: 'conflict',
		});
		await owner.organizations.setContext({ context: null, version: set.version });
		expect((await owner.organizations.get()).llmConfiguration).toEqual({});
	});

	it('stands beside what it says of routing', async () => {
		await owner.organizations.setRouting({ routing: { sticky: false } });
		await owner.organizations.setContext({ context: { mode: 'refuse' } });
		const both = { routing: { sticky: false }, context: { mode: 'refuse' } };
		expect((await owner.organizations.get()).llmConfiguration).toEqual(both);
	});

	it('that asks for summaries and names nobody to write them is stored, and says that it trims', async () => {
		const { warnings } = await owner.organizations.setContext({ context: { mode: 'summarize' } });
		expect(warnings).toEqual([
			{ field: 'context.mode', message: expect.stringContaining('what does not fit is trimmed') },
		]);
		expect((await explainConfiguration(context(), {})).warnings).toContainEqual({
			field: 'llmConfiguration.context.mode',
			message: warnings[0]?.message,
		});
	});

	it.each<[object, string]>([
		[{ context: { summarizer: 'nowhere/x' } }, 'context.summarizer'],
		[{ context: { maxInputTokens: 0 } }, 'context.maxInputTokens'],
		[{ context: { mode: 'trim', size: 1 } }, 'context.size'],
		[{}, 'context'],
	])('refuses %j, naming the field', async (input, param) => {
		expect(await refusal(owner.organizations.setContext(untyped(input)))).toMatchObject({
			code: 'invalid_request',
			param,
		});
	});

	it('needs a plan that has it, and the scope manage', async () => {
		await insertOrganization('o2', { plan: 'free' });
		const policy = { mode: 'off' as const };
		const free = administer(serviceContext(principal('o2')));
		expect(await refusal(free.organizations.setContext({ context: policy }))).toMatchObject({ code: 'forbidden' });
		const caller = administer(serviceContext(principal('o1', { scopes: ['inference'] })));
		expect(await refusal(caller.organizations.setContext({ context: policy }))).toMatchObject({ code: 'forbidden' });
	});
});

describe('what a context policy names', () => {
	beforeEach(async () => {
		await owner.profiles.set({ name: 'spare', provider: 'openai', model: 'gpt-4o-mini' });
		await owner.aliases.set({ name: 'cheap', target: 'openai/gpt-4o-mini' });
		await owner.customModels.set({ provider: 'custom', model: 'house', contextWindow: 900_000 });
	});

	it.each<[string, () => Promise<unknown>]>([
		['profile:spare', () => owner.profiles.remove({ name: 'spare' })],
		['cheap', () => owner.aliases.remove({ name: 'cheap' })],
		['custom/house', () => owner.customModels.remove({ provider: 'custom', model: 'house' })],
	])("can't go while %s is the summarizer of an agent, a profile or the organization", async (summarizer, removal) => {
		const refused = async (user: string) =>
			expect(await refusal(removal())).toMatchObject({ code: 'conflict', message: expect.stringContaining(user) });
		await owner.agents.create({ ...agent, context: { summarizer } });
		await refused("agent 'a'");
		await owner.agents.update({ slug: 'a', context: null });
		await owner.profiles.set({ ...calm, context: { summarizer } });
		await refused("profile 'calm'");
		await owner.profiles.set(calm);
		await owner.organizations.setContext({ context: { summarizer } });
		await refused('by context');
		await owner.organizations.setContext({ context: null });
		await removal();
	});

	it("can't be turned into what does not chat", async () => {
		await owner.agents.create({ ...agent, context: { summarizer: 'cheap' } });
		const target = 'openai/text-embedding-3-small';
		expect(await refusal(owner.aliases.set({ name: 'cheap', target }))).toMatchObject({ param: 'target' });
	});

	it("can't go where it is the operator's for everybody", async () => {
		const platform = administer(serviceContext(operator('o1')));
		const model = { provider: 'openai', model: 'gpt-4o-mini' };
		await platform.globalSettings.create({ id: 'shared', displayName: 'Shared', category: 'fast', ...model });
		await owner.agents.create({ ...agent, context: { summarizer: 'profile:shared' } });
		expect(await refusal(platform.globalSettings.remove({ id: 'shared' }))).toMatchObject({ code: 'conflict' });
	});
});

const FILE = `
switchyard: 1
profiles:
  calm: {provider: openai, model: gpt-4o, context: {mode: refuse, maxInputTokens: 5000}}
context: {mode: summarize, summarizer: profile:calm, maxOutputTokens: 900}
agents:
  a: {model: profile:calm, context: {mode: trim}}
`;

const LITELLM = `
model_list:
  - {model_name: calm, litellm_params: {model: openai/gpt-4o, api_key: sk-one-0123456789}, model_info: {max_input_tokens: 7}}
`;

describe('a context policy in a file', () => {
	it('comes in, goes out, and changes nothing the second time, here and elsewhere', async () => {
		await importConfiguration(context(), { document: FILE });
		expect(await importConfiguration(context(), { document: FILE })).toMatchObject({ differences: [], applied: false });
		expect((await owner.organizations.get()).llmConfiguration.context).toMatchObject({ maxOutputTokens: 900 });
		await insertOrganization('o2', { plan: 'pro' });
		const other = serviceContext(principal('o2'));
		for (const format of ['yaml', 'json'] as const) {
			const { document } = await exportConfiguration(context(), { format });
			expect(await importConfiguration(context(), { document })).toMatchObject({ differences: [], applied: false });
			await importConfiguration(other, { document });
			expect((await exportConfiguration(other, { format })).document).toBe(document);
		}
	});

	it('goes by null, and stays where the file does not mention it', async () => {
		await importConfiguration(context(), { document: FILE });
		await importConfiguration(context(), { document: 'aliases: {best: openai/gpt-4o}' });
		expect((await owner.organizations.get()).llmConfiguration.context).toMatchObject({ mode: 'summarize' });
		await importConfiguration(context(), {
			document: 'context: null\nagents: {a: {model: profile:calm, context: null}}\n',
		});
		expect((await owner.organizations.get()).llmConfiguration).not.toHaveProperty('context');
		expect((await owner.agents.get({ slug: 'a' })).context).toEqual({});
	});

	it("of another program leaves a profile's own, and makes none of a model's limits", async () => {
		await importConfiguration(context(), { document: FILE });
		await importConfiguration(context(), { document: LITELLM });
		const { llmConfiguration } = await owner.organizations.get();
		expect(llmConfiguration.profiles?.calm?.context).toEqual({ mode: 'refuse', maxInputTokens: 5_000 });
		expect(await importConfiguration(context(), { document: LITELLM })).toMatchObject({ differences: [] });
	});

	it('run dry names each field that changes', async () => {
		await importConfiguration(context(), { document: FILE });
		const document = 'context: {mode: off, maxOutputTokens: 900}\nagents: {a: {model: profile:calm, context: {}}}\n';
		const { differences } = await importConfiguration(context(), { document, dryRun: true });
		expect(differences.flatMap(({ entity, fields }) => fields.map(({ field }) => `${entity} ${field}`))).toEqual([
			'organization llmConfiguration.context.mode',
			'organization llmConfiguration.context.summarizer',
			'agent context.mode',
		]);
	});

	it.each([
		['context:\n  summarizer: nowhere/x\n', 'context.summarizer', 'line 1:'],
		['context:\n  maxInputTokens: 0\n', 'context.maxInputTokens', 'line 2:'],
		['context:\n  size: 0\n', 'context.size', 'line 2:'],
		[
			'agents:\n  a:\n    model: openai/gpt-4o\n    context: {summarizer: nowhere/x}\n',
			'agents.a.context.summarizer',
			'line 2:',
		],
	])('%j is refused with line and path', async (document, param, line) => {
		const refused = await importConfiguration(context(), { document }).catch((error: unknown) => error);
		expect(refused).toMatchObject({ code: 'invalid_request', param, message: expect.stringContaining(line) });
	});
});
