import { beforeEach, describe, expect, it } from 'vitest';
import { auditRows, configVersion, insertOrganization, principal, refusal, untyped } from './bench';
import { KEY, type ProviderBench, providerBench } from './provider-bench';

let bench: ProviderBench;

beforeEach(async () => {
	await insertOrganization('o1');
	bench = providerBench();
});

const MEGABYTE = 'x'.repeat(1_000_000);
const OPENAI = { provider: 'openai', apiKey: KEY };
const AZURE = { provider: 'azure-openai', apiKey: KEY, baseUrl: 'https://acme.openai.azure.com' };
const CUSTOM = { provider: 'custom', baseUrl: 'https://llm.example.com/v1' };
const parsed = (text: string): object => JSON.parse(text);

describe('providers.add refuses', () => {
	it.each<[string, object, string]>([
		['no provider', {}, 'provider'],
		['an unknown provider', { ...OPENAI, provider: 'nope' }, 'provider'],
		['a name of Object.prototype as provider', { ...OPENAI, provider: 'constructor' }, 'provider'],
		['the mock provider', { provider: 'mock' }, 'provider'],
		['a field of nobody', { ...OPENAI, organizationId: 'o2' }, 'organizationId'],
		['an id of its own', { ...OPENAI, id: 'mine' }, 'id'],
		['a sealed key', { ...OPENAI, sealedApiKey: 'v1.a.b.c' }, 'sealedApiKey'],
		['a version', { ...OPENAI, version: 9 }, 'version'],
		['__proto__', parsed(`{"provider":"openai","apiKey":"${KEY}","__proto__":{"isActive":true}}`), '__proto__'],
		['no key where one is needed', { provider: 'openai' }, 'apiKey'],
		['no key, not even for a row that sleeps', { provider: 'openai', isActive: false }, 'apiKey'],
		['an empty key', { ...OPENAI, apiKey: '' }, 'apiKey'],
		['a key with a line break', { ...OPENAI, apiKey: `${KEY}\n` }, 'apiKey'],
		['a key that ends a header', { ...OPENAI, apiKey: `${KEY}\r\nx-evil: 1` }, 'apiKey'],
		['a key with a space', { ...OPENAI, apiKey: `Bearer ${KEY}` }, 'apiKey'],
		['a key beyond ASCII', { ...OPENAI, apiKey: `${KEY}é` }, 'apiKey'],
		['a key of 1 MB', { ...OPENAI, apiKey: MEGABYTE }, 'apiKey'],
		['a key that is no text', { ...OPENAI, apiKey: 5 }, 'apiKey'],
		[
			'half a pair of Bedrock',
			{ provider: 'bedrock', config: { region: 'eu-west-1' }, apiKey: 'AKIDEXAMPLE:' },
			'apiKey',
		],
		['an empty name', { ...OPENAI, name: '' }, 'name'],
		['a blank name', { ...OPENAI, name: '   ' }, 'name'],
		['a name with a control character', { ...OPENAI, name: 'a\u0000b' }, 'name'],
		['a name with a line separator', { ...OPENAI, name: 'a\u2028b' }, 'name'],
		['half a character in a name', { ...OPENAI, name: 'a\ud800b' }, 'name'],
		['a name that is written backwards', { ...OPENAI, name: 'a\u202eb' }, 'name'],
		['a name of 201 characters', { ...OPENAI, name: 'x'.repeat(201) }, 'name'],
		['a name of 1 MB', { ...OPENAI, name: MEGABYTE }, 'name'],
		["a server with a provider's name", { ...CUSTOM, name: 'openai' }, 'name'],
		['a server whose name holds a slash', { ...CUSTOM, name: 'a/b' }, 'name'],
		['a server whose name holds a colon', { ...CUSTOM, name: 'agent:x' }, 'name'],
		['no base URL where the provider has none', { provider: 'custom' }, 'baseUrl'],
		['no base URL at Azure', { provider: 'azure-openai', apiKey: KEY }, 'baseUrl'],
		['neither region nor base URL at Bedrock', { provider: 'bedrock', apiKey: 'bearer-key' }, 'baseUrl'],
		['a base URL with a query', { ...CUSTOM, baseUrl: 'https://llm.example.com/v1?key=1' }, 'baseUrl'],
		['a base URL with a fragment', { ...CUSTOM, baseUrl: 'https://llm.example.com/v1#a' }, 'baseUrl'],
		['a base URL with a line break', { ...CUSTOM, baseUrl: 'https://llm.example.com/v1\n/x' }, 'baseUrl'],
		['a base URL with a backslash', { ...CUSTOM, baseUrl: 'https://llm.example.com/v1\\..' }, 'baseUrl'],
		['a base URL with credentials', { ...CUSTOM, baseUrl: 'https://u:p@llm.example.com' }, 'baseUrl'],
		['a base URL over http', { ...CUSTOM, baseUrl: 'http://llm.example.com' }, 'baseUrl'],
		['a loopback address', { ...CUSTOM, baseUrl: 'https://0x7f.1/v1' }, 'baseUrl'],
		['the address of metadata', { ...CUSTOM, baseUrl: 'https://169.254.169.254/' }, 'baseUrl'],
		['a name that spells an address', { ...CUSTOM, baseUrl: 'https://10.0.0.1.nip.io/' }, 'baseUrl'],
		['the port of another protocol', { ...CUSTOM, baseUrl: 'https://llm.example.com:6379' }, 'baseUrl'],
		['this gateway itself', { ...CUSTOM, baseUrl: 'https://gateway.test/v1' }, 'baseUrl'],
		['a base URL of 1 MB', { ...CUSTOM, baseUrl: `https://llm.example.com/${MEGABYTE}` }, 'baseUrl'],
		['settings that are a list', { ...OPENAI, config: ['x'] }, 'config'],
		['settings that are a text', { ...OPENAI, config: 'x' }, 'config'],
		['settings that are null', { ...OPENAI, config: null }, 'config'],
		['a setting of another provider', { ...OPENAI, config: { region: 'eu-west-1' } }, 'config.region'],
		['a secret as a setting', { ...OPENAI, config: { apiKey: 'sk-1' } }, 'config.apiKey'],
		['a secret in a setting', { ...OPENAI, config: { project: 'sk-abcdefgh12345678' } }, 'config.project'],
		[
			'a setting with a line break',
			{ provider: 'openrouter', apiKey: KEY, config: { title: 'a\r\nb' } },
			'config.title',
		],
		['constructor as a setting', { ...OPENAI, config: { constructor: 'x' } }, 'config.constructor'],
		['__proto__ as a setting', { ...OPENAI, config: parsed('{"__proto__":{"project":"x"}}') }, 'config'],
		['a setting whose name is 1 MB', { ...OPENAI, config: { [MEGABYTE]: 1 } }, 'config'],
		['a setting that is no text', { ...OPENAI, config: { project: { a: 1 } } }, 'config.project'],
		['deployments of 1 MB', { ...AZURE, config: { deployments: { [MEGABYTE]: 'd' } } }, 'config'],
		['a path as a deployment', { ...AZURE, config: { deployments: { m: '../../x' } } }, 'config.deployments'],
		[
			'a secret as a deployment',
			{ ...AZURE, config: { deployments: { m: 'sk-abcdefgh12345678' } } },
			'config.deployments',
		],
		[
			'a secret as the name of a deployment',
			{ ...AZURE, config: { deployments: { 'sk-abcdefgh12345678': 'm' } } },
			'config.deployments',
		],
		['isActive that is no truth', { ...OPENAI, isActive: 'yes' }, 'isActive'],
	])('%s', async (_, input, param) => {
		const error = await refusal(bench.caller.add(untyped(input)));
		expect({ code: error.code, param: error.param }).toEqual({ code: 'invalid_request', param });
		expect(error.message.length).toBeLessThan(500);
		expect(error.message).not.toContain(KEY);
		expect(await bench.caller.list()).toEqual([]);
		expect(bench.change.events).toEqual([]);
	});
});

describe('providers.update refuses', () => {
	it.each<[string, object, string]>([
		['another provider', { provider: 'groq' }, 'provider'],
		['another organization', { organizationId: 'o2' }, 'organizationId'],
		['a removal', { removedAt: 1 }, 'removedAt'],
		['a private address', { baseUrl: 'https://localhost/v1' }, 'baseUrl'],
		['a strange setting', { config: { toString: 'x' } }, 'config.toString'],
		['a key with a space', { apiKey: 'a b' }, 'apiKey'],
		['no key at all', { apiKey: null }, 'apiKey'],
		['a reference to the environment', { apiKey: ['$', '{OPENAI_API_KEY}'].join('') }, 'apiKey'],
		['an empty name', { name: ' ' }, 'name'],
		['a version that is no number', { version: '1' }, 'version'],
	])('%s, and writes nothing', async (_, fields, param) => {
		const { id } = await bench.caller.add({ provider: 'openai', apiKey: KEY });
		const error = await refusal(bench.caller.update(untyped({ id, ...fields })));
		expect({ code: error.code, param: error.param }).toEqual({ code: 'invalid_request', param });
		expect(await bench.caller.get({ id })).toMatchObject({ version: 1, name: 'openai' });
		expect(await auditRows('o1')).toHaveLength(1);
		expect(await configVersion('o1')).toBe(2);
	});
});

describe('what is taken', () => {
	it.each<[string, object, object]>([
		[
			'Bedrock by pair',
			{ provider: 'bedrock', apiKey: 'AKIDEXAMPLE:wJalrXUtnFEMI', config: { region: 'eu-west-1' } },
			{},
		],
		['Bedrock by pair and session', { provider: 'bedrock', apiKey: 'A:B:C=', config: { region: 'eu-west-1' } }, {}],
		['Bedrock by bearer', { provider: 'bedrock', apiKey: 'bearer-key', baseUrl: 'https://vpce.example.com' }, {}],
		['Azure', { ...AZURE, config: { apiVersion: '2024-10-21', deployments: { 'gpt-5-mini': 'mini' } } }, {}],
		['Workers AI by account', { provider: 'workers-ai', apiKey: KEY, config: { accountId: 'abc' } }, { baseUrl: null }],
		['a server without a key', CUSTOM, { keyLast4: null, name: 'custom' }],
		['a server of a name', { ...CUSTOM, name: 'gpu-1.eu' }, { name: 'gpu-1.eu' }],
		['a name of any language', { ...OPENAI, name: '  Schlüssel für 東京 ' }, { name: 'Schlüssel für 東京' }],
		['a base URL of null', { ...OPENAI, baseUrl: null }, { baseUrl: null }],
		['a local server at its usual address', { provider: 'ollama' }, { baseUrl: null, keyLast4: null }],
	])('%s', async (_, input, row) => {
		expect(await bench.caller.add(untyped(input))).toMatchObject(row);
	});

	it('http and private hosts where the operator allows them', async () => {
		const { refusedAddress } = await import('../../src/outbound');
		const allowing = providerBench(principal('o1'), {
			refusedAddress: (url) => refusedAddress(url, 'localhost:8787', true),
		});
		const row = await allowing.caller.add({ provider: 'ollama', baseUrl: 'http://10.0.0.5:11434/' });
		expect(row.baseUrl).toBe('http://10.0.0.5:11434');
	});
});
