import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, test } from 'vitest';
import { environmentLayer } from '../../../src/config/environment';
import { parseSettings } from '../../../src/env';
import { findProvider, providerIds } from '../../../src/providers';
import { exportConfiguration } from '../../../src/services/configuration-file/export';
import { importConfiguration } from '../../../src/services/configuration-file/import';
import { addProvider, listProviders } from '../../../src/services/providers';
import { auditRows, configVersion, insertOrganization, operator, principal, serviceContext } from '../bench';

const ENVIRONMENT_KEY = 'sk-environment-0123456789abcdef';

const environment = environmentLayer(
	parseSettings({ OPENAI_API_KEY: ENVIRONMENT_KEY, GROQ_API_KEY: 'gsk-environment-0123456789' }),
	{ ids: providerIds, provider: findProvider },
);

const asOwner = () => serviceContext(principal('o1'), { environment });
const asOperator = () => serviceContext(operator('o1'), { environment });

/** As the file writes it. */
const reference = (name: string): string => `\${${name}}`;

const FILE = `
switchyard: 1
providers:
  - provider: anthropic
    apiKey: sk-ant-file-0123456789
  - provider: custom
    name: house
    apiKey: sk-house-0123456789
    baseUrl: https://llm.example.com/v1
customModels:
  - provider: custom
    model: house-70b
    contextWindow: 32768
    maxOutput: 4096
    prices: {input: "0.6", output: "1.8"}
profiles:
  main: {provider: custom, model: house-70b, keyRef: house, settings: {temperature: 0.2}}
  claude: {provider: anthropic, model: claude-sonnet-4-5}
defaultProfile: main
aliases: {best: "profile:claude", better: best}
fallbackChain: [best]
agents:
  support:
    model: profile:main
    fallbacks: [better]
    prompt: {system: Help.}
`;

async function digest(): Promise<string> {
	const tables = [
		'organizations',
		'llm_providers',
		'llm_model_overrides',
		'agents',
		'agent_llm_preferences',
		'agent_prompts',
		'audit_logs',
	];
	const all = await Promise.all(tables.map((table) => env.DB.prepare(`select * from ${table} order by 1, 2`).all()));
	return JSON.stringify(all.map(({ results }) => results));
}

beforeEach(async () => {
	await insertOrganization('o1', { plan: 'pro' });
	await insertOrganization('o2', { plan: 'pro' });
});

describe('an import', () => {
	test('brings everything in under one version, parts that name each other included', async () => {
		const before = (await configVersion('o1')) ?? 0;
		const { differences, applied } = await importConfiguration(asOwner(), { document: FILE });
		expect(applied).toBe(true);
		expect(differences.map(({ action, entity, name }) => `${action} ${entity} ${name}`)).toEqual([
			'create provider anthropic/anthropic',
			'create provider custom/house',
			'create custom-model custom/house-70b',
			'update organization o1-slug',
			'create agent support',
		]);
		expect(await configVersion('o1')).toBe(before + 1);
		expect((await auditRows('o1')).map(({ entity }) => entity)).toHaveLength(5);
	});

	test('of the same file again changes nothing, not even a version', async () => {
		await importConfiguration(asOwner(), { document: FILE });
		const before = await digest();
		const again = await importConfiguration(asOwner(), { document: FILE });
		expect(again).toEqual({ differences: [], notes: [], applied: false });
		expect(await digest()).toBe(before);
	});

	test('that runs dry tells the same differences and writes nothing', async () => {
		const before = await digest();
		const dry = await importConfiguration(asOwner(), { document: FILE, dryRun: true });
		expect(await digest()).toBe(before);
		const real = await importConfiguration(asOwner(), { document: FILE });
		expect(dry.applied).toBe(false);
		expect(dry.differences.map(({ name }) => name)).toEqual(real.differences.map(({ name }) => name));
	});

	test('names each field that changes, an alias of many as one line, and shows no key', async () => {
		await importConfiguration(asOwner(), { document: FILE });
		const { differences } = await importConfiguration(asOwner(), {
			document:
				'aliases: {best: "profile:main"}\nproviders: [{provider: anthropic, apiKey: sk-ant-other-0123456789}]\n',
		});
		expect(differences).toEqual([
			expect.objectContaining({ entity: 'provider', name: 'anthropic/anthropic' }),
			{
				action: 'update',
				entity: 'organization',
				name: 'o1-slug',
				fields: [{ field: 'llmConfiguration.aliases.best', before: 'profile:claude', after: 'profile:main' }],
			},
		]);
		expect(differences[0]?.fields).toContainEqual({ field: 'apiKey', before: 'as it was', after: 'another one' });
		expect(JSON.stringify(differences)).not.toContain('sk-ant');
	});

	test.each([
		['an unknown model', 'agents:\n  a:\n    model: openai/no-such-model\n', 'line 2', 'agents.a.model'],
		[
			'a profile that names no row',
			'profiles:\n  p: {provider: openai, model: gpt-4.1, keyRef: nowhere}\n',
			'line 2',
			'profiles.p.keyRef',
		],
		['a loop of aliases', 'aliases:\n  a: b\n  b: a\n', 'line 2', 'aliases.a'],
		[
			'a base URL that is private',
			'providers:\n  - {provider: custom, apiKey: k1234567, baseUrl: "https://127.0.0.1/v1"}\n',
			'line 2',
			'providers[0].baseUrl',
		],
		[
			'settings out of range',
			'agents:\n  a:\n    model: openai/gpt-4.1\n    settings: {maxTokens: 99999999}\n',
			'line 2',
			'agents.a.settings.maxTokens',
		],
	])('with %s is refused with its line, and nothing of the file is written', async (_what, part, line, param) => {
		const before = await digest();
		const document = `customModels:\n  - {provider: custom, model: m, contextWindow: 1000}\n`;
		const refused = importConfiguration(asOwner(), { document: part + document });
		await expect(refused).rejects.toMatchObject({
			code: 'invalid_request',
			param,
			message: expect.stringContaining(`${line}:`),
		});
		expect(await digest()).toBe(before);
	});

	test('that meets a change of others in between is refused as a whole', async () => {
		const ctx = asOwner();
		const prepare = ctx.change.prepare.bind(ctx.change);
		const racing = {
			...ctx,
			change: {
				...ctx.change,
				settle: ctx.change.settle.bind(ctx.change),
				async prepare(id: string) {
					await prepare(id);
					await env.DB.prepare("update organizations set config_version = config_version + 1 where id = 'o1'").run();
				},
			},
		};
		await expect(importConfiguration(racing, { document: FILE })).rejects.toMatchObject({
			code: 'conflict',
			param: 'version',
		});
		expect(
			await listProviders(asOwner()).then((rows) => rows.filter(({ source }) => source === 'organization')),
		).toEqual([]);
	});

	test("moves a provider's default from one row to another in one go", async () => {
		await importConfiguration(asOwner(), {
			document: 'providers:\n  - {provider: openai, name: a, apiKey: sk-a-0123456789}\n',
		});
		await importConfiguration(asOwner(), {
			document:
				'providers:\n  - {provider: openai, name: b, apiKey: sk-b-0123456789, isDefault: true}\n  - {provider: openai, name: a, config: {project: p1}}\n  - {provider: openai, name: c, apiKey: sk-c-0123456789}\n',
		});
		const rows = (await listProviders(asOwner())).filter(({ source }) => source === 'organization');
		expect(rows.filter(({ isDefault }) => isDefault).map(({ name }) => name)).toEqual(['b']);
		expect(rows.map(({ name }) => name).sort()).toEqual(['a', 'b', 'c']);
	});

	test('on plan free takes rows, models and agents, and refuses a configuration of its own', async () => {
		await insertOrganization('o3');
		const free = serviceContext(principal('o3'), { environment });
		const rows = 'providers: [{provider: openai, apiKey: sk-0123456789}]\nagents: {a: {model: openai/gpt-4.1}}\n';
		await expect(importConfiguration(free, { document: rows })).resolves.toMatchObject({ applied: true });
		await expect(importConfiguration(free, { document: 'aliases: {a: openai/gpt-4.1}' })).rejects.toMatchObject({
			code: 'forbidden',
		});
	});

	test('needs the scope manage', async () => {
		const caller = serviceContext(principal('o1', { scopes: ['inference'] }), { environment });
		await expect(importConfiguration(caller, { document: FILE })).rejects.toMatchObject({ code: 'forbidden' });
		await expect(exportConfiguration(caller)).rejects.toMatchObject({ code: 'forbidden' });
	});
});

describe('a reference to a key of the environment', () => {
	const row = (apiKey: string, more = '') => `providers:\n  - {provider: openai, apiKey: "${apiKey}"${more}}\n`;

	test('becomes the key itself, sealed in the organization, for the operator', async () => {
		const document = row(reference('OPENAI_API_KEY'));
		await importConfiguration(asOperator(), { document });
		const [stored] = await listProviders(asOperator());
		expect(stored).toMatchObject({ source: 'organization', keyLast4: ENVIRONMENT_KEY.slice(-4), baseUrl: null });
		await expect(importConfiguration(asOperator(), { document })).resolves.toMatchObject({ applied: false });
	});

	test('goes to no address that the organization gave its row before', async () => {
		const evil = 'https://evil.example.com/v1';
		await addProvider(asOwner(), { provider: 'openai', baseUrl: evil, apiKey: 'sk-tenant-0123456789' });
		const before = await digest();
		const refused = await importConfiguration(asOperator(), { document: row(reference('OPENAI_API_KEY')) }).catch(
			(error: unknown) => error,
		);
		expect(refused).toMatchObject({
			code: 'invalid_request',
			param: 'providers[0].apiKey',
			message: expect.stringContaining('line 2:'),
		});
		expect(await digest()).toBe(before);

		await importConfiguration(asOperator(), { document: row(reference('OPENAI_API_KEY'), ', baseUrl: null') });
		const [stored] = await listProviders(asOperator());
		expect(stored).toMatchObject({ keyLast4: ENVIRONMENT_KEY.slice(-4), baseUrl: null });
	});

	test("goes to a row at the environment's own address", async () => {
		const own = environmentLayer(
			parseSettings({ OPENAI_API_KEY: ENVIRONMENT_KEY, OPENAI_BASE_URL: 'https://proxy.example.com/v1' }),
			{ ids: providerIds, provider: findProvider },
		);
		const ctx = serviceContext(operator('o1'), { environment: own });
		await addProvider(asOwner(), {
			provider: 'openai',
			baseUrl: 'https://proxy.example.com/v1',
			apiKey: 'sk-tenant-0123456789',
		});
		await importConfiguration(ctx, { document: row(reference('OPENAI_API_KEY')) });
		const [stored] = await listProviders(ctx);
		expect(stored).toMatchObject({
			keyLast4: ENVIRONMENT_KEY.slice(-4),
			baseUrl: 'https://proxy.example.com/v1',
		});
	});

	test.each([
		['of anybody but the operator', () => asOwner(), row(reference('OPENAI_API_KEY')), 'forbidden'],
		["to another provider's key", () => asOperator(), row(reference('GROQ_API_KEY')), 'invalid_request'],
		['to any other variable', () => asOperator(), row(reference('ADMIN_API_KEY')), 'invalid_request'],
		[
			'beside an address of the file',
			() => asOperator(),
			row(reference('OPENAI_API_KEY'), ', baseUrl: "https://evil.example/v1"'),
			'invalid_request',
		],
		['within a longer text', () => asOperator(), row(`x${reference('OPENAI_API_KEY')}`), 'invalid_request'],
		[
			'in a base URL',
			() => asOperator(),
			`providers:\n  - {provider: custom, apiKey: k1234567, baseUrl: "https://x.example/${reference('OPENAI_API_KEY')}"}\n`,
			'invalid_request',
		],
		[
			'that is not set',
			() => asOperator(),
			`providers:\n  - {provider: mistral, apiKey: "${reference('MISTRAL_API_KEY')}"}\n`,
			'invalid_request',
		],
	])('%s is refused with its line', async (_what, who, document, code) => {
		const refused = await importConfiguration(who(), { document }).catch((error: unknown) => error);
		expect(refused).toMatchObject({
			code,
			param: expect.stringContaining('providers[0]'),
			message: expect.stringContaining('line 2:'),
		});
		expect(JSON.stringify(refused)).not.toContain(ENVIRONMENT_KEY);
	});
});

describe('an export', () => {
	test.each(['yaml', 'json'] as const)(
		'as %s holds everything but keys, and importing it changes nothing',
		async (format) => {
			await importConfiguration(asOwner(), { document: FILE });
			const { document } = await exportConfiguration(asOwner(), { format });
			expect(document).not.toMatch(/sk-|v1\./);
			for (const name of ['house', 'house-70b', 'claude-sonnet-4-5', 'better', 'support', 'Help.'])
				expect(document).toContain(name);
			await expect(importConfiguration(asOwner(), { document })).resolves.toEqual({
				differences: [],
				notes: [],
				applied: false,
			});
		},
	);

	test('into another organization makes the same there, as far as keys are given', async () => {
		await importConfiguration(asOwner(), {
			document: FILE.replace(/providers:[\s\S]*?customModels/, 'customModels').replace(', keyRef: house', ''),
		});
		const { document } = await exportConfiguration(asOwner());
		const other = serviceContext(principal('o2'), { environment });
		await importConfiguration(other, { document });
		expect((await exportConfiguration(other)).document).toBe(document);
	});
});
