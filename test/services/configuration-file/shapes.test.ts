import { describe, expect, test } from 'vitest';
import type { GatewayError } from '../../../src/errors';
import { readConfigurationFile } from '../../../src/services/configuration-file/shapes';

const read = (text: string, environment: string | null = null) => readConfigurationFile(text, environment);
const documentOf = (text: string, environment: string | null = null) => read(text, environment).document;

function refusal(text: string, environment: string | null = null): GatewayError {
	try {
		read(text, environment);
	} catch (error) {
		return error as GatewayError;
	}
	throw new Error('nothing was refused');
}

/** As the file writes it. */
const reference = (name: string): string => `\${${name}}`;

const SERVICE = `
llm_service:
  default_provider: openai
  embedding_model: openai/text-embedding-3-small
  fallback_chain: [anthropic, groq/llama-3.3-70b-versatile]
  providers:
    openai:
      api_key: \${OPENAI_API_KEY}
      model: gpt-4.1-mini
      temperature: 0.7
      max_tokens: 2000
      timeout: 30
    anthropic:
      api_key: sk-ant-literal
      default_model: claude-sonnet-4-5
    gemini:
      api_key: \${GOOGLE_API_KEY}
      model: gemini-2.5-flash
      enabled: false
      max_retries: 5
`;

describe('llm_service', () => {
	test('becomes rows, profiles, a default and a chain', () => {
		expect(documentOf(SERVICE)).toEqual({
			providers: [
				{ provider: 'openai', apiKey: reference('OPENAI_API_KEY') },
				{ provider: 'anthropic', apiKey: 'sk-ant-literal' },
				{ provider: 'google', apiKey: reference('GOOGLE_API_KEY'), isActive: false },
			],
			profiles: {
				openai: {
					provider: 'openai',
					model: 'gpt-4.1-mini',
					settings: { temperature: 0.7, maxTokens: 2000, timeoutMs: 30_000 },
				},
				anthropic: { provider: 'anthropic', model: 'claude-sonnet-4-5' },
				google: { provider: 'google', model: 'gemini-2.5-flash', routing: { maxAttempts: 6 } },
			},
			defaultProfile: 'openai',
			embeddingModel: 'openai/text-embedding-3-small',
			fallbackChain: ['profile:anthropic', 'groq/llama-3.3-70b-versatile'],
		});
	});

	test('says what it has no place for, with its line', () => {
		const several = SERVICE.replace('max_retries: 5', 'models: [gemini-2.5-flash, gemini-2.5-pro]');
		expect(read(several).notes).toEqual([
			'line 20: a list of models needs no entry: every model of the provider can be asked for.',
		]);
		expect(read(SERVICE).notes).toEqual([]);
	});

	test.each([
		[
			'an unknown setting',
			'llm_service:\n  providers:\n    openai:\n      modle: x\n',
			'line 4',
			'llm_service.providers.openai.modle',
		],
		[
			'a default without a model',
			'llm_service:\n  default_provider: groq\n  providers: {groq: {api_key: k}}\n',
			'line 2',
			'llm_service.default_provider',
		],
		[
			'a chain that names nobody',
			'llm_service:\n  fallback_chain:\n    - openai\n',
			'line 3',
			'llm_service.fallback_chain[0]',
		],
		[
			'a number as text',
			'llm_service:\n  providers:\n    openai:\n      temperature: hot\n',
			'line 4',
			'llm_service.providers.openai.temperature',
		],
	])('%s is refused with line and path', (_what, text, line, param) => {
		const error = refusal(text);
		expect(error).toMatchObject({ code: 'invalid_request', param });
		expect(error.message).toContain(`${line}:`);
	});
});

const LITELLM = `
model_list:
  - model_name: gpt-4o
    litellm_params:
      model: azure/gpt-4o-eu
      api_base: https://eu.openai.azure.com
      api_key: os.environ/AZURE_OPENAI_API_KEY
      api_version: "2024-10-21"
      rpm: 60
  - model_name: gpt-4o
    litellm_params:
      model: openai/gpt-4o
      api_key: os.environ/OPENAI_API_KEY
  - model_name: claude
    litellm_params:
      model: anthropic/claude-sonnet-4-5
      api_key: os.environ/ANTHROPIC_API_KEY
      temperature: 0.2
      max_tokens: 4096
  - model_name: house-model
    litellm_params:
      model: openai/llama-70b-tuned
      api_base: https://llm.example.com/v1
      api_key: sk-house
    model_info:
      max_input_tokens: 32768
      max_output_tokens: 4096
      input_cost_per_token: 0.0000006
      output_cost_per_token: 0.0000018
      supports_function_calling: true
      owner: platform team
  - model_name: llama3 local
    litellm_params:
      model: ollama_chat/llama3.2
      api_base: http://localhost:11434
router_settings:
  routing_strategy: simple-shuffle
  fallbacks: [{claude: [gpt-4o, house-model]}]
  model_group_alias: {gpt-4: gpt-4o}
litellm_settings:
  default_fallbacks: [claude]
  drop_params: true
general_settings:
  master_key: os.environ/LITELLM_MASTER_KEY
`;

describe("LiteLLM's model_list", () => {
	test('names become aliases of profiles, keys become rows, several entries of one name a group', () => {
		const document = documentOf(LITELLM);
		expect(document.aliases).toEqual({
			'gpt-4o': 'profile:gpt-4o',
			claude: 'profile:claude',
			'house-model': 'profile:house-model',
			'gpt-4': 'gpt-4o',
		});
		expect(document.profiles).toEqual({
			'gpt-4o': {
				provider: 'azure-openai',
				model: 'gpt-4o-eu',
				keyRef: 'azure-openai',
				routing: { candidates: [{ model: 'profile:gpt-4o-2' }] },
			},
			'gpt-4o-2': { provider: 'openai', model: 'gpt-4o', keyRef: 'openai' },
			claude: {
				provider: 'anthropic',
				model: 'claude-sonnet-4-5',
				keyRef: 'anthropic',
				settings: { temperature: 0.2, maxTokens: 4096 },
			},
			'house-model': { provider: 'custom', model: 'llama-70b-tuned', keyRef: 'custom' },
			'llama3-local': { provider: 'ollama', model: 'llama3.2', keyRef: 'ollama' },
		});
		expect(document.providers).toEqual([
			{
				provider: 'azure-openai',
				name: 'azure-openai',
				apiKey: reference('AZURE_OPENAI_API_KEY'),
				baseUrl: 'https://eu.openai.azure.com',
				config: { apiVersion: '2024-10-21', requestsPerMinute: 60 },
			},
			{ provider: 'openai', name: 'openai', apiKey: reference('OPENAI_API_KEY') },
			{ provider: 'anthropic', name: 'anthropic', apiKey: reference('ANTHROPIC_API_KEY') },
			{ provider: 'custom', name: 'custom', apiKey: 'sk-house', baseUrl: 'https://llm.example.com/v1' },
			{ provider: 'ollama', name: 'ollama', baseUrl: 'http://localhost:11434' },
		]);
		expect(document.fallbacks).toEqual({ claude: ['gpt-4o', 'house-model'] });
		expect(document.routing).toEqual({ strategy: 'weighted' });
		expect(document.fallbackChain).toEqual(['claude']);
	});

	test('prices per token become prices per million without the dust of floats', () => {
		expect(documentOf(LITELLM).customModels).toEqual([
			{
				provider: 'custom',
				model: 'llama-70b-tuned',
				contextWindow: 32_768,
				maxOutput: 4_096,
				capabilities: { tools: true },
				prices: { input: '0.6', output: '1.8' },
			},
		]);
	});

	test('what has no place here is named with its line, secrets of the program left alone', () => {
		const { notes } = read(LITELLM);
		expect(notes).toContain("line 32: 'llama3 local' can't be an alias: ask for profile:llama3-local.");
		expect(notes).toContain('line 42: drop_params has no place here.');
		expect(notes.join('\n')).not.toContain('MASTER_KEY');
	});

	test('two entries with one key and address share its row, another key gets a row of its own', () => {
		const { providers, profiles } = documentOf(`
model_list:
  - {model_name: a, litellm_params: {model: openai/gpt-4.1, api_key: k1}}
  - {model_name: b, litellm_params: {model: openai/gpt-4.1-mini, api_key: k1}}
  - {model_name: c, litellm_params: {model: openai/gpt-4.1, api_key: k2}}
`);
		expect(providers).toEqual([
			{ provider: 'openai', name: 'openai', apiKey: 'k1' },
			{ provider: 'openai', name: 'c', apiKey: 'k2' },
		]);
		expect([profiles?.a?.keyRef, profiles?.b?.keyRef, profiles?.c?.keyRef]).toEqual(['openai', 'openai', 'c']);
	});

	test.each([
		[
			'an unknown parameter',
			'model_list:\n  - model_name: a\n    litellm_params:\n      model: openai/x\n      api_kee: k\n',
			'line 5',
		],
		[
			'a model without its provider',
			'model_list:\n  - model_name: a\n    litellm_params:\n      model: gpt-4o\n',
			'line 4',
		],
		['an empty list', 'model_list: []\n', 'line 1'],
	])('%s is refused with its line', (_what, text, line) => {
		expect(refusal(text).message).toContain(`${line}:`);
	});
});

describe('agent and fallback maps', () => {
	test('an agent map takes names alone or a model with what belongs to it', () => {
		const { agents } = documentOf(`
AGENT_MODEL_MAP:
  support: openai/gpt-4.1-mini
  Research Agent:
    provider: gemini
    model: gemini-2.5-pro
    temperature: 0.1
    fallbacks: [anthropic/claude-sonnet-4-5]
    system_prompt: You look things up.
`);
		expect(agents).toEqual({
			support: { model: 'openai/gpt-4.1-mini' },
			'research-agent': {
				name: 'Research Agent',
				model: 'google/gemini-2.5-pro',
				fallbacks: ['anthropic/claude-sonnet-4-5'],
				settings: { temperature: 0.1 },
				systemPrompt: 'You look things up.',
			},
		});
	});

	test('an unknown field of an agent is named with its line although text would do too', () => {
		const error = refusal('agent_model_map:\n  a:\n    model: openai/x\n    temprature: 1\n');
		expect(error).toMatchObject({ param: 'agent_model_map.a.temprature' });
		expect(error.message).toContain('line 4:');
	});

	test('a chain may be a list, named steps, or a list for each model', () => {
		expect(documentOf('FALLBACK_CONFIG: [azure/gpt-4o, groq/x]').fallbackChain).toEqual([
			'azure-openai/gpt-4o',
			'groq/x',
		]);
		expect(
			documentOf('fallback_config: {baseline: mock/echo, primary: openai/a, secondary: groq/b}').fallbackChain,
		).toEqual(['openai/a', 'groq/b', 'mock/echo']);
		const mapped = documentOf('fallback_config:\n  openai/a: [groq/b]\n  default: [mock/echo]\n');
		expect(mapped).toEqual({ fallbacks: { 'openai/a': ['groq/b'] }, fallbackChain: ['mock/echo'] });
	});
});

describe('what a foreign shape says', () => {
	const service = (fields: object) => JSON.stringify({ llm_service: { providers: { mistral: fields } } });
	const listed = (params: object, info: object = {}) =>
		JSON.stringify({
			model_list: [{ model_name: 'm', litellm_params: { model: 'custom/x', ...params }, model_info: info }],
		});
	const agent = (name: string, fields: unknown) => JSON.stringify({ agent_model_map: { [name]: fields } });
	const ADDRESS = { api_base: 'https://llm.example.com/v1' };

	test.each([
		['a key with a line break', service({ api_key: 'sk-a\nx-evil: 1' }), 'apiKey'],
		['a key beyond ASCII', listed({ ...ADDRESS, api_key: 'ключ-ключ' }), 'apiKey'],
		['a key of 10,000 characters', listed({ ...ADDRESS, api_key: 'k'.repeat(10_000) }), 'apiKey'],
		['an address of 5,000 characters', listed({ api_base: `https://llm.example.com/${'a'.repeat(5_000)}` }), 'baseUrl'],
		['a context window below zero', listed(ADDRESS, { max_input_tokens: -5 }), 'contextWindow'],
		['an answer below zero', listed(ADDRESS, { max_input_tokens: 5, max_output_tokens: -4 }), 'maxOutput'],
		['a model of 1,000 characters', listed({ ...ADDRESS, model: `custom/${'m'.repeat(1_000)}` }), 'model'],
		['a temperature of 900', listed({ ...ADDRESS, temperature: 900 }), 'settings.temperature'],
		['an effort there is none of', listed({ ...ADDRESS, reasoning_effort: 'heroic' }), 'settings.reasoning.effort'],
		['an agent without a letter in its name', agent('!!!', 'openai/gpt-4.1'), 'agent_model_map.!!!'],
		['an agent with a temperature of 900', agent('a', { model: 'openai/gpt-4.1', temperature: 900 }), 'temperature'],
	])('is held to the rules of our own: %s', (_what, text, field) => {
		expect(refusal(text)).toMatchObject({ code: 'invalid_request', param: expect.stringContaining(field) });
	});

	test('is not lost where two agents come to one slug', () => {
		const error = refusal('agent_model_map:\n  Research Agent: openai/gpt-4.1\n  research-agent: mock/echo\n');
		expect(error).toMatchObject({ param: 'agent_model_map.research-agent' });
		expect(error.message).toMatch(/line 3: .*'Research Agent'/);
	});
});

describe('our own shape', () => {
	test('stands over what other shapes of the file say', () => {
		const { profiles } = documentOf(
			'llm_service: {providers: {openai: {model: gpt-4.1}}}\nprofiles: {openai: {provider: openai, model: gpt-4.1-mini}}',
		);
		expect(profiles).toEqual({ openai: { provider: 'openai', model: 'gpt-4.1-mini' } });
	});

	test('null takes the default profile, the chain and the embedding model away; absent leaves them', () => {
		expect(documentOf('defaultProfile: null\nfallbackChain: null\nembeddingModel: null\n')).toEqual({
			defaultProfile: null,
			fallbackChain: null,
			embeddingModel: null,
		});
		expect(documentOf('switchyard: 1')).toEqual({});
	});

	test.each([
		['profilez: {}', 'line 1', 'profilez'],
		['switchyard: 9', 'line 1', 'switchyard'],
		['agents:\n  a:\n    model: x\n    organizationId: other\n', 'line 4', 'agents.a.organizationId'],
		['providers:\n  - provider: openai\n    sealedApiKey: v1.x\n', 'line 3', 'providers[0].sealedApiKey'],
		[
			'profiles:\n  fast:\n    provider: groq\n    model: x\n    settings: {temprature: 1}\n',
			'line 5',
			'profiles.fast.settings.temprature',
		],
	])('%j is refused with line and path', (text, line, param) => {
		const error = refusal(text);
		expect(error).toMatchObject({ code: 'invalid_request', param });
		expect(error.message).toContain(`${line}:`);
	});

	test('a row that is described twice in two ways is refused', () => {
		expect(
			refusal('providers:\n  - {provider: openai, apiKey: a}\n  - {provider: openai, apiKey: b}\n').message,
		).toMatch(/^line 3: /);
	});
});

describe('environments', () => {
	const FILE = `
profiles:
  main: {provider: openai, model: gpt-4.1, settings: {temperature: 0.5}}
fallbackChain: [groq/x, mock/echo]
environments:
  staging:
    profiles:
      main: {model: gpt-4.1-mini}
    fallbackChain: [mock/echo]
  broken:
    profiles:
      main: {modle: x}
`;
	test('the chosen one stands over the rest, lists replaced whole', () => {
		expect(documentOf(FILE, 'staging')).toEqual({
			profiles: { main: { provider: 'openai', model: 'gpt-4.1-mini', settings: { temperature: 0.5 } } },
			fallbackChain: ['mock/echo'],
		});
	});

	test('without one the file stands as it is', () => {
		expect(documentOf(FILE).profiles?.main?.model).toBe('gpt-4.1');
	});

	test('an unknown one is refused, saying which there are', () => {
		expect(refusal(FILE, 'prod').message).toContain('staging, broken');
	});

	test('what is wrong in one is named with its own line', () => {
		expect(refusal(FILE, 'broken').message).toMatch(/^line 12: /);
	});
});

test.each([['just text'], ['- a\n- b'], ['42'], ['']])('%j, which holds no names at its top, is refused', (text) => {
	expect(refusal(text)).toMatchObject({ code: 'invalid_request', param: 'document' });
});
