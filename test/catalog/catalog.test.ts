import { describe, expect, it } from 'vitest';
import { catalog } from '../../src/catalog';
import { TABLE } from '../../src/catalog/data.generated';
import { EMBEDDINGS, PRICED } from '../../src/catalog/embeddings';
import type { ModelFacts } from '../../src/catalog/facts';
import { table } from '../../src/catalog/table';
import { providers } from '../../src/providers';
import { MOCK_MODELS } from '../../src/providers/builtin/mock-upstream';

const { facts, models, locate } = catalog();
const listed = (): ModelFacts[] =>
	[...table().providers.keys()].flatMap((provider) => models(provider).map((model) => facts(provider, model)));

describe('listed models', () => {
	it('knows what GPT-4o costs and can do', () => {
		expect(facts('openai', 'gpt-4o')).toEqual({
			provider: 'openai',
			model: 'gpt-4o',
			known: true,
			kind: 'chat',
			contextWindow: 128_000,
			inputLimit: null,
			maxOutput: 16_384,
			input: ['image', 'pdf', 'text'],
			tools: true,
			structuredOutput: true,
			reasoning: false,
			reasoningOptions: [],
			sampling: true,
			tokenizer: 'o200k',
			prices: { input: 2_500_000n, output: 10_000_000n, cacheRead: 1_250_000n },
			priceVersion: '2026-07-02',
			source: 'catalog',
			created: Date.UTC(2024, 4, 13) / 1_000,
		});
	});

	it('knows the long-context tier, the input limit and the efforts of GPT-5.4', () => {
		expect(facts('openai', 'gpt-5.4')).toMatchObject({
			contextWindow: 1_050_000,
			inputLimit: 922_000,
			sampling: false,
			reasoningOptions: [{ type: 'effort', values: ['none', 'low', 'medium', 'high', 'xhigh'] }],
			prices: {
				input: 2_500_000n,
				output: 15_000_000n,
				cacheRead: 250_000n,
				tiers: [{ above: 272_000, prices: { input: 5_000_000n, output: 22_500_000n, cacheRead: 500_000n } }],
			},
		});
	});

	it('knows both cache writes of Claude: five minutes at 1.25 times the input, an hour at twice', () => {
		expect(facts('anthropic', 'claude-opus-4-8')).toMatchObject({
			tokenizer: 'claude-5',
			structuredOutput: true,
			sampling: false,
			prices: {
				input: 5_000_000n,
				output: 25_000_000n,
				cacheRead: 500_000n,
				cacheWrite5m: 6_250_000n,
				cacheWrite1h: 10_000_000n,
			},
		});
	});

	it('puts the hour of cache into the tiers of a reseller too', () => {
		expect(facts('openrouter', 'anthropic/claude-sonnet-4.5').prices?.tiers).toEqual([
			{
				above: 200_000,
				prices: {
					input: 6_000_000n,
					output: 22_500_000n,
					cacheRead: 600_000n,
					cacheWrite5m: 7_500_000n,
					cacheWrite1h: 12_000_000n,
				},
			},
		]);
	});

	it('holds prices finer than a cent per million exactly', () => {
		expect(facts('deepseek', 'deepseek-v4-pro').prices).toEqual({
			input: 435_000n,
			output: 870_000n,
			cacheRead: 3_625n,
		});
	});

	it.each([
		['claude-3-7-sonnet-20250219', false],
		['claude-opus-4-0', false],
		['claude-opus-4-20250514', false],
		['claude-opus-4-1', true],
		['claude-sonnet-4-20250514', false],
		['claude-sonnet-4-5-20250929', true],
		['claude-haiku-4-5', true],
		['claude-fable-5', true],
	])('says of %s whether it has native JSON schemas', (model, structured) => {
		expect(facts('anthropic', model).structuredOutput).toBe(structured);
	});

	it('does not take DeepSeek for a provider of JSON schemas', () => {
		expect(models('deepseek').map((model) => facts('deepseek', model).structuredOutput)).not.toContain(true);
	});

	it('gives null, not zero, where the source has no price', () => {
		expect(facts('groq', 'groq/compound')).toMatchObject({ known: true, prices: null, priceVersion: null });
		expect(facts('openrouter', 'openrouter/auto').prices).toBeNull();
		expect(facts('openrouter', 'google/lyria-3-pro-preview').prices).toBeNull();
		expect(facts('openrouter', 'qwen/qwen3-coder:free').prices).toEqual({ input: 0n, output: 0n });
	});

	it('leaves out what neither chats nor embeds', () => {
		const all = listed().map(({ provider, model }) => `${provider}/${model}`);
		expect(all).toContain('openai/gpt-4o');
		expect(all.filter((name) => /whisper|gpt-image|orpheus|-tts/.test(name))).toEqual([]);
	});

	it('gives every model sane limits and prices', () => {
		const sheets = listed();
		expect(sheets.length).toBeGreaterThan(800);
		for (const sheet of sheets) {
			const where = `${sheet.provider}/${sheet.model}`;
			expect(sheet.known, where).toBe(true);
			expect(sheet.contextWindow, where).toBeGreaterThanOrEqual(256);
			expect(sheet.contextWindow, where).toBeLessThanOrEqual(10_000_000);
			expect(sheet.inputLimit ?? 1, where).toBeGreaterThan(0);
			expect(sheet.inputLimit ?? 1, where).toBeLessThanOrEqual(sheet.contextWindow);
			expect(sheet.maxOutput ?? 1, where).toBeGreaterThan(0);
			expect(sheet.maxOutput ?? 1, where).toBeLessThanOrEqual(sheet.contextWindow);
			expect(sheet.input, where).toContain('text');
			expect(sheet.created ?? 0, where).toBeLessThan(Date.UTC(2026, 11) / 1_000);
			if (!sheet.prices) continue;
			const { tiers = [], ...rates } = sheet.prices;
			for (const price of Object.values(rates)) expect(price >= 0n && price <= 1_000_000_000n, where).toBe(true);
			for (const tier of tiers) expect(tier.prices.input, where).toBeGreaterThanOrEqual(rates.input);
		}
	});

	it('lists models only of providers that exist', () => {
		expect(Object.keys(providers)).toEqual(expect.arrayContaining([...table().providers.keys()]));
		expect(models('nobody')).toEqual([]);
	});

	it('says what a model answers in besides text, and when its end is announced', () => {
		expect(facts('google', 'gemini-2.5-flash-image').output).toEqual(['image', 'text']);
		expect(facts('google', 'gemini-2.5-flash').output).toBeUndefined();
		expect(facts('google', 'gemini-2.0-flash').deprecated).toBe(true);
		expect(facts('google', 'gemini-2.5-flash').deprecated).toBeUndefined();
	});

	it.each([
		['mistral', 'mistral-large-latest', true],
		['cohere', 'command-a-03-2025', true],
		['cohere', 'c4ai-aya-expanse-32b', false],
		['azure-openai', 'gpt-4.1', true],
		['azure-openai', 'gpt-4', facts('openai', 'gpt-4').structuredOutput],
		['bedrock', 'us.anthropic.claude-opus-4-8', true],
		['bedrock', 'us.anthropic.claude-opus-4-1-20250805-v1:0', false],
		['bedrock', 'amazon.nova-pro-v1:0', false],
		['ollama', 'gpt-oss:20b', true],
		['workers-ai', '@cf/qwen/qwq-32b', false],
	])('says of %s/%s whether JSON schemas are native there', (provider, model, native) => {
		expect(facts(provider, model)).toMatchObject({ known: true, structuredOutput: native });
	});

	it('leaves out what another API of the same vendor serves', () => {
		expect(models('azure-openai').filter((model) => model.startsWith('claude'))).toEqual([]);
		expect(models('bedrock').filter((model) => /^(openai\.gpt-5|xai)/.test(model))).toEqual([]);
	});

	it('has no price for a router whose models are charged beside it, nor for a preview at no charge', () => {
		expect(facts('azure-openai', 'model-router')).toMatchObject({ known: true, prices: null });
		expect(facts('mistral', 'labs-devstral-small-2512')).toMatchObject({ known: true, prices: null });
	});
});

describe('embedding models', () => {
	it('knows window, length and price of a vector', () => {
		expect(facts('openai', 'text-embedding-3-small')).toMatchObject({
			kind: 'embedding',
			contextWindow: 8_192,
			maxOutput: null,
			dimensions: 1_536,
			tokenizer: 'cl100k',
			prices: { input: 20_000n, output: 0n },
		});
		expect(facts('openai', 'text-embedding-3-large').prices?.input).toBe(130_000n);
		expect(facts('openai', 'text-embedding-ada-002').prices?.input).toBe(100_000n);
	});

	it.each([
		['cohere', 'embed-v4.0', 1_536, 120_000n],
		['bedrock', 'amazon.titan-embed-text-v2:0', 1_024, 20_000n],
		['workers-ai', '@cf/baai/bge-m3', 1_024, 12_000n],
		['google', 'gemini-embedding-2', 3_072, 200_000n],
	])(
		'knows %s/%s, which the source does not list, with the day its price was read',
		(provider, model, dimensions, input) => {
			expect(models(provider)).toContain(model);
			expect(facts(provider, model)).toMatchObject({
				known: true,
				kind: 'embedding',
				source: 'catalog',
				dimensions,
				prices: { input, output: 0n },
				priceVersion: PRICED,
			});
		},
	);

	it('takes the price of the table where it has one', () => {
		expect(facts('google', 'gemini-embedding-001')).toMatchObject({
			dimensions: 3_072,
			prices: { input: 150_000n },
			priceVersion: '2026-07-02',
		});
		const generated = JSON.parse(TABLE) as { readonly models: Readonly<Record<string, readonly [string][]>> };
		for (const [name, { price }] of Object.entries(EMBEDDINGS)) {
			const [provider = '', ...id] = name.split('/');
			const isThere = generated.models[provider]?.some((row) => row[0] === id.join('/'));
			if (price !== undefined) expect(isThere, name).not.toBe(true);
		}
	});

	it('knows no price where computing is charged by the second', () => {
		expect(facts('huggingface', 'BAAI/bge-m3')).toMatchObject({ known: true, dimensions: 1_024, prices: null });
	});

	it('has the facts that the source lacks for each of them, and for no other', () => {
		const embedding = listed().filter(({ kind }) => kind === 'embedding');
		expect(embedding.map(({ provider, model }) => `${provider}/${model}`).sort()).toEqual(
			Object.keys(EMBEDDINGS).sort(),
		);
	});
});

describe('the mock', () => {
	it('knows every model that the mock answers for', () => {
		for (const model of MOCK_MODELS) expect(facts('mock', model).known, model).toBe(true);
		expect(MOCK_MODELS).toEqual(expect.arrayContaining([...models('mock')]));
		expect(facts('mock', 'nonsense').known).toBe(false);
	});

	it('costs something and can do everything', () => {
		expect(facts('mock', 'echo')).toMatchObject({
			kind: 'chat',
			contextWindow: 128_000,
			tools: true,
			structuredOutput: true,
			reasoning: true,
			prices: { input: 1_000_000n, output: 2_000_000n },
		});
		expect(facts('mock', 'embed')).toMatchObject({ kind: 'embedding', prices: { output: 0n } });
	});
});

describe('models of Meta', () => {
	it('are those of its Model API, at the price of their tier', () => {
		expect(facts('meta-llama', 'muse-spark-1.3')).toMatchObject({
			known: true,
			contextWindow: 1_048_576,
			maxOutput: 131_072,
			prices: { input: 1_250_000n, output: 4_250_000n, cacheRead: 150_000n },
		});
		expect(facts('meta-llama', 'muse-spark-1.3-contributor').prices?.input).toBe(100_000n);
		expect(facts('meta-llama', 'llama-3.3-70b-instruct')).toMatchObject({ known: false, prices: null });
		for (const model of models('meta-llama')) expect(facts('meta-llama', model).known, model).toBe(true);
		expect(locate('muse-spark-1.3', ['openai', 'meta-llama'])).toEqual({
			provider: 'meta-llama',
			model: 'muse-spark-1.3',
		});
	});
});

describe('a bare name', () => {
	it.each([
		['gpt-4o', [], { provider: 'openai', model: 'gpt-4o' }],
		['claude-opus-4-8', [], { provider: 'anthropic', model: 'claude-opus-4-8' }],
		[
			'claude-opus-4-5-20251101',
			['openrouter', 'anthropic'],
			{ provider: 'anthropic', model: 'claude-opus-4-5-20251101' },
		],
		['gpt-4o-2031-01-01', [], { provider: 'openai', model: 'gpt-4o-2031-01-01' }],
		['llama-3.1-8b-instant', ['openai'], { provider: 'groq', model: 'llama-3.1-8b-instant' }],
		['deepseek-chat', ['openrouter', 'deepseek'], { provider: 'deepseek', model: 'deepseek-chat' }],
		['gpt-4o', ['openrouter'], { provider: 'openrouter', model: 'openai/gpt-4o' }],
		['claude-opus-4-8', ['openrouter'], { provider: 'openrouter', model: 'anthropic/claude-opus-4.8' }],
		['gpt-oss-120b', ['openrouter', 'groq'], { provider: 'groq', model: 'openai/gpt-oss-120b' }],
		['echo', ['mock'], { provider: 'mock', model: 'echo' }],
		['gpt-4o', ['openrouter', 'azure-openai'], { provider: 'azure-openai', model: 'gpt-4o' }],
		['gpt-4o', ['openrouter', 'azure-openai', 'openai'], { provider: 'openai', model: 'gpt-4o' }],
		['gemini-2.5-pro', ['openrouter', 'google'], { provider: 'google', model: 'gemini-2.5-pro' }],
		['deepseek-v3.2', ['huggingface', 'azure-openai'], { provider: 'azure-openai', model: 'deepseek-v3.2' }],
		['claude-sonnet-4-6', ['bedrock'], { provider: 'bedrock', model: 'global.anthropic.claude-sonnet-4-6' }],
		[
			'claude-haiku-4-5',
			['openrouter', 'bedrock'],
			{ provider: 'bedrock', model: 'global.anthropic.claude-haiku-4-5-20251001-v1:0' },
		],
		['nova-lite', ['bedrock'], { provider: 'bedrock', model: 'amazon.nova-lite-v1:0' }],
		['bge-m3', ['workers-ai'], { provider: 'workers-ai', model: '@cf/baai/bge-m3' }],
	])('%s among %j is found', (name, among, found) => {
		expect(locate(name, among)).toEqual(found);
	});

	it('is not found where no provider lists it', () => {
		expect(locate('gpt-99', ['openai'])).toBeNull();
		expect(locate('', ['openai', 'openrouter'])).toBeNull();
		expect(locate('latest', [])).toBeNull();
	});
});

describe('servers of one’s own', () => {
	const own = catalog(['ollama', 'lmstudio']);

	it('cost nothing, whatever the model, except where they pass it on', () => {
		for (const model of ['gpt-oss:20b', 'llama3.2:3b', 'nomic-embed-text:v1.5'])
			expect(own.facts('ollama', model), model).toMatchObject({
				prices: { input: 0n, output: 0n },
				priceVersion: 'local',
			});
		for (const model of ['gpt-oss:120b-cloud', 'kimi-k2.6:cloud'])
			expect(own.facts('ollama', model), model).toMatchObject({ known: true, prices: null, priceVersion: null });
		expect(own.facts('openai', 'gpt-4o').prices?.input).toBe(2_500_000n);
		expect(own.facts('custom', 'my-model').prices).toBeNull();
	});

	it('are known by what their models can do, but only they know which they have', () => {
		expect(own.facts('ollama', 'gpt-oss:20b')).toMatchObject({ known: true, tools: true, reasoning: true });
		expect(own.models('ollama')).toEqual([]);
		expect(own.models('lmstudio')).toEqual([]);
		expect(own.locate('qwen3-coder-30b', ['lmstudio'])).toBeNull();
		expect(own.locate('nomic-embed-text', ['ollama'])).toBeNull();
	});
});
