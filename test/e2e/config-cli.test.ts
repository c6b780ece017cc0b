import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, ROOT, temporaryFolder } from '../support/node/worker';
import { MINI, OTHER } from './changes';
import { ENVIRONMENT_KEY, fresh, openPlatform, type Platform, type Tenant } from './tenant';

let platform: Platform;
let folder: string;

beforeAll(async () => {
	platform = await openPlatform();
	folder = await temporaryFolder();
});

afterAll(async () => {
	await platform?.close();
	if (folder) await rm(folder, { recursive: true, force: true });
});

interface Ended {
	readonly code: number;
	readonly out: string;
	readonly error: string;
}

/** `npm run config -- …` with nothing of the developer's own environment. */
function config(
	args: readonly string[],
	environment: Readonly<Record<string, string>> = {},
	input = '',
): Promise<Ended> {
	return new Promise((ended) => {
		const env = { SWITCHYARD_URL: platform.worker.origin, ADMIN_API_KEY: platform.worker.adminKey, ...environment };
		const child = execFile(
			process.execPath,
			[join(ROOT, 'scripts/config.mjs'), ...args],
			{ env: { ...env, SWITCHYARD_DEV_VARS: join(folder, 'none') } },
			(_, out, error) => ended({ code: child.exitCode ?? -1, out, error }),
		);
		child.stdin?.end(input);
	});
}

const of = ({ slug }: Tenant, ...args: readonly string[]): readonly string[] => [...args, '--organization', slug];

async function written(text: string): Promise<string> {
	const path = join(folder, `${fresh('file')}.yaml`);
	await writeFile(path, text);
	return path;
}

const OURS = `switchyard: 1
providers:
  - provider: openai
    name: main
    apiKey: sk-of-the-file
    baseUrl: $ROOT
customModels:
  - { provider: openai, model: gpt-4.1-nano, prices: { input: "1000", output: "2000" } }
profiles:
  quick: { provider: openai, model: gpt-4o-mini, keyRef: main, settings: { temperature: 0.25 } }
defaultProfile: quick
aliases: { best: "profile:quick" }
fallbackChain: [${OTHER}]
agents:
  support:
    name: Support
    model: best
    prompt: { identity: You are Ada. }
environments:
  staging:
    profiles: { quick: { model: gpt-4.1-mini } }
`;

const ours = (): Promise<string> => written(OURS.replace('$ROOT', platform.upstream.root));

/** As a file names a variable of the environment. */
const reference = (variable: string): string => `$\{${variable}}`;

/** One line for each part that changes. */
const differences = (out: string): readonly string[] => out.split('\n').filter((line) => /^[+~-] /.test(line));

describe('npm run config -- import', () => {
	it('says what it would change and changes nothing, then changes it, then finds nothing to change', async () => {
		const tenant = await platform.tenant();
		const file = await ours();
		const dry = await config(of(tenant, 'import', file, '--dry-run'));
		expect(dry).toMatchObject({ code: 0, error: '' });
		expect(differences(dry.out)).toEqual(
			expect.arrayContaining([expect.stringMatching(/^\+ provider /), expect.stringMatching(/^\+ agent support/)]),
		);
		expect(dry.out).toMatch(/\d changes, none applied \(dry run\)\.\n$/);
		expect((await tenant.ask('agent:support')).status).toBe(404);
		const applied = await config(of(tenant, 'import', file));
		expect(applied).toMatchObject({ code: 0, error: '' });
		expect(differences(applied.out)).toEqual(differences(dry.out));
		expect(applied.out).toMatch(/\d changes applied\.\n$/);
		expect(await tenant.ask('agent:support')).toMatchObject({
			by: MINI,
			call: { key: 'sk-of-the-file', system: 'You are Ada.', body: { temperature: 0.25 } },
		});
		expect((await tenant.ask('openai/gpt-4.1-nano')).cost).toBe('0.026');
		const again = await config(of(tenant, 'import', file));
		expect(again).toEqual({ code: 0, error: '', out: 'Nothing to change: the configuration is as the file says.\n' });
		for (const { out } of [dry, applied]) expect(out).not.toContain('sk-of-the-file');
	});

	it('takes the environment that is named, and standard input for a file', async () => {
		const tenant = await platform.tenant();
		const text = await readFile(await ours(), 'utf8');
		await config(of(tenant, 'import', '-'), {}, text);
		const staging = await config(of(tenant, 'import', '-', '--environment', 'staging'), {}, text);
		expect(staging).toMatchObject({ code: 0, error: '' });
		expect(staging.out).toContain('gpt-4.1-mini');
		expect((await tenant.ask('best')).by).toBe(OTHER);
		const unknown = await config(of(tenant, 'import', '-', '--environment', 'nowhere'), {}, text);
		expect(unknown).toMatchObject({ code: 1, out: '' });
		expect(unknown.error).toContain('nowhere');
	});

	it("takes the environment's key of the same provider, for the operator alone", async () => {
		const tenant = await platform.tenant();
		const file = await written(`providers: [{ provider: mistral, apiKey: "${reference('MISTRAL_API_KEY')}" }]`);
		const { key } = await tenant.admin.gatewayKeys.create.mutate({ name: 'manager', scopes: ['manage'] });
		const refused = await config(['import', file], { SWITCHYARD_KEY: key });
		expect(refused).toMatchObject({ code: 1, out: '' });
		expect(refused.error).toMatch(/line 1: /);
		expect((await config(of(tenant, 'import', file))).code).toBe(0);
		const rows = await tenant.admin.providers.list.query();
		expect(rows.filter(({ source }) => source === 'organization')).toMatchObject([
			{ provider: 'mistral', keyLast4: ENVIRONMENT_KEY.slice(-4), baseUrl: null },
		]);
	});

	it.each([
		['a setting that does not exist', 'profiles:\n  quick: { provider: openai, model: gpt-4o-mini, temprature: 1 }', 2],
		[
			'a model that does not exist',
			'agents:\n  ok: { name: Ok, model: mock/echo }\n  bad: { name: Bad, model: gpt-nothing }',
			3,
		],
		['a loop of aliases', 'aliases:\n  one: two\n  two: one\n  good: mock/echo', 2],
		['text that is no YAML', 'profiles:\n  quick: { provider: openai }}', 2],
		['an address inside', 'providers:\n  - { provider: custom, name: x, baseUrl: "http://user:pass@host.example" }', 2],
	])('refuses %s with its line, exit code 1 and nothing written', async (_, text, line) => {
		const tenant = await platform.tenant();
		const good = 'aliases: { good: mock/echo }\n';
		const file = await written(text.includes('aliases') ? text : `${text}\n${good}`);
		const ended = await config(of(tenant, 'import', file));
		expect(ended).toMatchObject({ code: 1, out: '' });
		expect(ended.error).toMatch(new RegExp(`line ${line}\\b`));
		expect(ended.error).not.toMatch(/\bat .*\.mjs/);
		expect((await tenant.ask('good')).status).toBe(404);
	});

	it('reads the list of models that LiteLLM reads', async () => {
		const tenant = await platform.tenant();
		const entry = (name: string, model: string, key: string): string =>
			`  - model_name: ${name}\n    litellm_params: { model: ${model}, api_key: ${key}, temperature: 0.5 }\n`;
		const text = `model_list:\n${entry('chat', 'openai/gpt-4o-mini', 'sk-lite-one')}${entry('other', 'openai/gpt-4.1-mini', 'sk-lite-one')}router_settings:\n  fallbacks: [{ chat: [other] }]\n  num_retries: 3\n`;
		const ended = await config(of(tenant, 'import', await written(text)));
		expect(ended).toMatchObject({ code: 0, error: '' });
		expect(ended.out).toContain('llmConfiguration.routing: – → {"maxAttempts":4}');
		const { aliases, profiles } = {
			aliases: await tenant.admin.aliases.list.query(),
			profiles: await tenant.admin.profiles.list.query(),
		};
		expect(aliases.map(({ name }) => name)).toEqual(['chat', 'other']);
		expect(profiles.filter(({ origin }) => origin === 'organization')).toHaveLength(2);
		const rows = (await tenant.admin.providers.list.query()).filter(({ source }) => source === 'organization');
		expect(rows).toMatchObject([{ provider: 'openai', keyLast4: '-one' }]);
		const { models } = await tenant.admin.fallbacks.get.query();
		expect(models).toMatchObject([{ model: 'chat', chain: ['other'] }]);
	});
});

describe('npm run config -- export', () => {
	it.each(['yaml', 'json'])('gives as %s what another organization can take in, without a key', async (format) => {
		const [from, to] = [await platform.tenant(), await platform.tenant()];
		await config(of(from, 'import', await ours()));
		const file = join(folder, `${fresh('export')}.${format}`);
		expect(await config(of(from, 'export', '--out', file, '--format', format))).toEqual({
			code: 0,
			out: '',
			error: '',
		});
		const text = await readFile(file, 'utf8');
		expect(text).not.toContain('sk-of-the-file');
		expect((await config(of(from, 'export', '--format', format))).out).toBe(text);
		// Its rows need their keys again.
		const own = { provider: 'openai', name: 'main', apiKey: 'sk-of-the-other', baseUrl: platform.upstream.root };
		await to.rest('POST', '', own);
		expect((await config(of(to, 'import', file))).code).toBe(0);
		expect(await to.ask('agent:support')).toMatchObject({
			by: MINI,
			call: { key: 'sk-of-the-other', system: 'You are Ada.', body: { temperature: 0.25 } },
		});
		expect((await config(of(to, 'export', '--format', format))).out).toBe(text);
		expect((await config(of(from, 'import', file))).out).toMatch(/^Nothing to change/);
	});
});

describe('npm run config -- explain', () => {
	it('says of each part which layer set it', async () => {
		const tenant = await platform.tenant();
		await config(of(tenant, 'import', await ours()));
		const { code, out } = await config(of(tenant, 'explain', '--agent', 'support'));
		expect(code).toBe(0);
		const line = (name: string): string => out.split('\n').find((text) => text.startsWith(`${name} `)) ?? '';
		expect(line('model')).toMatch(/ openai\/gpt-4o-mini {2}\(organization\)$/);
		expect(line('settings.temperature')).toMatch(/ 0\.25 {2}\(organization\)$/);
		expect(line('fallbacks')).toMatch(/ \["openai\/gpt-4\.1-mini"\] {2}\(organization\)$/);
		expect(line('prompt')).toMatch(/ {2}\(agent\)$/);
		expect(line('profiles.quick')).toMatch(/ openai\/gpt-4o-mini {2}\(organization\)$/);
		expect(line('profiles.fast')).toMatch(/ {2}\(global\)$/);
		expect(out).not.toContain('sk-of-the-file');
		const bare = await config(of(await platform.tenant(), 'explain'));
		expect(bare.out.split('\n').find((text) => text.startsWith('model '))).toMatch(/\((environment|default)\)/);
	});

	it('is JSON on request, for a key and a model', async () => {
		const tenant = await platform.tenant();
		const limited = { name: 'limited', allowedModels: ['mistral/*'], budgetDayUsd: '2.50' };
		const { id } = await tenant.admin.gatewayKeys.create.mutate(limited);
		const { code, out, error } = await config(of(tenant, 'explain', '--key', id, '--model', MINI, '--json'));
		expect({ code, error }).toEqual({ code: 0, error: '' });
		expect(JSON.parse(out)).toMatchObject({
			model: { value: MINI, origin: 'request' },
			refusal: { code: 'forbidden', param: 'model' },
			policy: { keyId: id, allowedModels: ['mistral/*'] },
		});
	});
});

describe('npm run config', () => {
	it('says where nobody listens', async () => {
		const url = `http://127.0.0.1:${await freePort()}`;
		const ended = await config(['export', '--url', url]);
		expect(ended).toMatchObject({ code: 1, out: '', error: expect.stringContaining(`${url} can't be reached`) });
	});

	it.each(['nowhere', 'localhost:8787', 'ftp://host.example'])('says that %j is no address', async (url) => {
		const ended = await config(['export', '--url', url]);
		expect(ended).toMatchObject({ code: 1, out: '' });
		expect(ended.error).toMatch(new RegExp(`^'${url}' is no address.*\n$`));
	});

	it('says which credential it needs', async () => {
		const ended = await config(['export'], { ADMIN_API_KEY: '' });
		expect(ended).toMatchObject({ code: 1, out: '', error: expect.stringContaining('SWITCHYARD_KEY') });
	});

	it('says what a wrong or too small credential lacks', async () => {
		const tenant = await platform.tenant();
		const wrong = await config(['export'], { SWITCHYARD_KEY: 'sy_nobody_0000000000000000000000000000000000000000000' });
		expect(wrong).toMatchObject({ code: 1, out: '' });
		const small = await config(['export'], { SWITCHYARD_KEY: tenant.key });
		expect(small).toMatchObject({ code: 1, error: expect.stringContaining("scope 'manage'") });
		for (const { error } of [wrong, small]) expect(error.trim().split('\n')).toHaveLength(1);
	});

	it.each([[[]], [['delete']], [['import']], [['export', '--colour']]])('shows its usage for %j', async (args) => {
		const ended = await config(args);
		expect(ended).toMatchObject({ code: 1, error: expect.stringContaining('npm run config -- import FILE') });
	});

	it('names the file it cannot read', async () => {
		const ended = await config(['import', join(folder, 'missing.yaml')]);
		expect(ended).toMatchObject({ code: 1, error: expect.stringContaining("missing.yaml can't be read") });
	});
});
