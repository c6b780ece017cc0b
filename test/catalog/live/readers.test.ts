import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextPage, READERS, shownModel } from '../../../src/catalog/live';
import { picoUsd } from '../../../src/catalog/live/decimal';
import { MOST_MODELS } from '../../../src/catalog/live/list';

const openrouter = (model: object) => READERS.openrouter({ data: [{ id: 'vendor/model', ...model }] })[0];

describe('a price in dollars per token', () => {
	it.each([
		['0.0000025', 2_500_000],
		['0.00000000000049', 0],
		['0.0000000000005', 1],
		['2.5e-6', 2_500_000],
		[0.0000025, 2_500_000],
		['0', 0],
		['1', 1_000_000_000_000],
	])('%j is %d pico-dollars', (text, pico) => {
		expect(picoUsd(text)).toBe(pico);
	});

	it.each(['-1', '', 'free', '0x1', '1,5', '99999999999', null, undefined, {}, Number.NaN])('%j is none', (text) => {
		expect(picoUsd(text)).toBeUndefined();
	});

	it('passes through no float', () => {
		fc.assert(
			fc.property(fc.nat(999_999_999), (pico) => {
				expect(picoUsd(`0.${String(pico).padStart(12, '0')}`)).toBe(pico);
				expect(picoUsd(`${pico}e-12`)).toBe(pico);
			}),
		);
	});
});

describe('OpenRouter’s list', () => {
	it('tells window, output, modalities, abilities, prices and the day', () => {
		expect(
			openrouter({
				created: 1_744_651_381,
				context_length: 1_048_576,
				architecture: { input_modalities: ['text', 'image', 'file', 'smell'], output_modalities: ['text'] },
				pricing: {
					prompt: '0.00000125',
					completion: '0.00001',
					request: '0',
					image: '0.00516',
					audio: '0.0000007',
					internal_reasoning: '0.000012',
					input_cache_read: '0.000000125',
					input_cache_write: '0.0000015625',
					input_cache_write_1h: '0.0000025',
					overrides: [
						{ min_prompt_tokens: 400_001, prompt: '0.000005', completion: '0.00003' },
						{ min_prompt_tokens: 200_001, prompt: '0.0000025', completion: '0.000015', input_cache_read: '0.00000025' },
						{ prompt: '0.1' },
					],
				},
				top_provider: { context_length: 1_000_000, max_completion_tokens: 65_536 },
				supported_parameters: ['tools', 'structured_outputs', 'reasoning', 'max_tokens'],
			}),
		).toEqual({
			id: 'vendor/model',
			kind: 'chat',
			contextWindow: 1_048_576,
			maxOutput: 65_536,
			input: ['image', 'pdf', 'text'],
			tools: true,
			structuredOutput: true,
			reasoning: true,
			sampling: false,
			prices: [
				[1_250_000, 10_000_000, 125_000, 1_562_500, 700_000, 12_000_000, null, 2_500_000],
				[200_000, 2_500_000, 15_000_000, 250_000, 1_562_500, 700_000, 12_000_000, null, 2_500_000],
				[400_000, 5_000_000, 30_000_000, 125_000, 1_562_500, 700_000, 12_000_000, null, 2_500_000],
			],
			created: 1_744_651_381,
		});
	});

	it.each([
		['free of all charge', { prompt: '0', completion: '0', image: '0' }, [[0, 0, null, null, null, null, null, null]]],
		['sold by the picture', { prompt: '0', completion: '0', image: '0.04' }, 0],
		['priced as it turns out', { prompt: '-1', completion: '-1' }, 0],
		['of a price nobody can read', { prompt: 'cheap', completion: '0.1' }, 0],
		['charged for its prompt alone', { prompt: '0.000001', completion: '0' }, 0],
	])('a model %s has prices %#', (_, pricing, prices) => {
		expect(openrouter({ pricing })?.prices).toEqual(prices);
	});

	it('says nothing where it says nothing', () => {
		expect(openrouter({})).toEqual({ id: 'vendor/model' });
		expect(openrouter({ context_length: '8192', supported_parameters: [], pricing: null, created: -1 })).toEqual({
			id: 'vendor/model',
		});
	});

	it('has vectors and pictures too', () => {
		expect(
			openrouter({
				architecture: { output_modalities: ['embeddings'] },
				pricing: { prompt: '0.00000002', completion: '0' },
			}),
		).toEqual({ id: 'vendor/model', kind: 'embedding', prices: [[20_000, 0, null, null, null, null, null, null]] });
		expect(openrouter({ architecture: { output_modalities: ['text', 'image'] } })?.output).toEqual(['image', 'text']);
		expect(openrouter({ architecture: { output_modalities: ['image'] } })).toBeUndefined();
	});

	it('says where it goes on, of which only the query is believed', () => {
		expect(nextPage({ links: { next: 'https://elsewhere.test/steal?offset=500&limit=500' } })).toBe(
			'?offset=500&limit=500',
		);
		for (const end of [{}, { links: null }, { links: { next: null } }, { links: { next: '/models' } }])
			expect(nextPage(end)).toBeNull();
	});
});

describe('a list in OpenAI’s shape', () => {
	const { openai } = READERS;

	it('is names, and a window under whatever name the server has for it', () => {
		expect(
			openai({
				object: 'list',
				data: [
					{ id: 'plain', object: 'model', created: 1_700_000_000, owned_by: 'me' },
					{ id: 'vllm', max_model_len: 32_768 },
					{ id: 'groq', context_window: 131_072, max_completion_tokens: 8_192 },
					{ id: 'llama.cpp', meta: { n_ctx_train: 40_960 } },
					{ id: 'mistral', max_context_length: 262_144, capabilities: { function_calling: true, vision: false } },
				],
			}),
		).toEqual([
			{ id: 'plain', created: 1_700_000_000 },
			{ id: 'vllm', contextWindow: 32_768 },
			{ id: 'groq', contextWindow: 131_072, maxOutput: 8_192 },
			{ id: 'llama.cpp', contextWindow: 40_960 },
			{ id: 'mistral', contextWindow: 262_144, tools: true, input: ['text'] },
		]);
	});

	it('may be the bare array, or lie under `models`', () => {
		expect(openai([{ id: 'a' }])).toEqual([{ id: 'a' }]);
		expect(openai({ models: [{ id: 'a' }], data: [{ id: 'a' }, { id: 'b' }] })).toEqual([{ id: 'a' }, { id: 'b' }]);
	});
});

describe('LM Studio’s own list', () => {
	it('tells what is loaded with which window, and what a model was trained for', () => {
		expect(
			READERS.lmstudio({
				models: [
					{
						type: 'llm',
						key: 'google/gemma-3-4b',
						max_context_length: 131_072,
						loaded_instances: [],
						capabilities: { vision: true, trained_for_tool_use: false },
					},
					{
						type: 'llm',
						key: 'qwen/qwen3.5-9b',
						max_context_length: 262_144,
						loaded_instances: [{ config: { context_length: 8_192 } }, { config: { context_length: 4_096 } }],
						capabilities: { vision: false, trained_for_tool_use: true, reasoning: { allowed_options: ['on'] } },
					},
					{ type: 'embedding', key: 'text-embedding-nomic-embed-text-v1.5', max_context_length: 2_048 },
				],
			}),
		).toEqual([
			{ id: 'google/gemma-3-4b', kind: 'chat', contextWindow: 131_072, input: ['image', 'text'], tools: false },
			{
				id: 'qwen/qwen3.5-9b',
				kind: 'chat',
				contextWindow: 4_096,
				input: ['text'],
				tools: true,
				reasoning: true,
			},
			{ id: 'text-embedding-nomic-embed-text-v1.5', kind: 'embedding', contextWindow: 2_048 },
		]);
	});

	it('is read where an older server has only OpenAI’s', () => {
		expect(READERS.lmstudio({ data: [{ id: 'a', type: 'vlm', max_context_length: 4_096 }] })).toEqual([
			{ id: 'a', kind: 'chat', contextWindow: 4_096, input: ['image', 'text'] },
		]);
	});
});

describe('Ollama', () => {
	it('lists names with a digest of what is behind them', () => {
		expect(
			READERS.ollama({
				models: [{ name: 'llama3.2:latest', model: 'llama3.2:latest', digest: 'a80c', size: 1 }, { model: 'b' }, {}],
			}),
		).toEqual([{ id: 'llama3.2:latest', digest: 'a80c' }, { id: 'b' }]);
	});

	it('shows what a model can do', () => {
		expect(
			shownModel(
				{ id: 'qwen3:8b', digest: 'd' },
				{
					capabilities: ['completion', 'tools', 'thinking'],
					model_info: {
						'general.architecture': 'qwen3',
						'qwen3.context_length': 40_960,
						'qwen3.embedding_length': 4_096,
					},
					parameters: 'temperature                    0.6\nstop                           "<|im_end|>"',
				},
			),
		).toEqual({
			id: 'qwen3:8b',
			digest: 'd',
			kind: 'chat',
			contextWindow: 40_960,
			input: ['text'],
			tools: true,
			reasoning: true,
		});
	});

	it('shows the window that a Modelfile sets, and the length of vectors', () => {
		expect(
			shownModel(
				{ id: 'nomic-embed-text:latest' },
				{
					capabilities: ['embedding'],
					model_info: { 'nomic-bert.context_length': 2_048, 'nomic-bert.embedding_length': 768 },
					parameters: 'num_ctx                        8192',
				},
			),
		).toMatchObject({ kind: 'embedding', contextWindow: 8_192, dimensions: 768 });
	});

	it('leaves a model a name where it shows nothing', () => {
		for (const body of [null, 'no', {}, { capabilities: 'tools', model_info: [] }])
			expect(shownModel({ id: 'a' }, body)).toEqual({ id: 'a' });
	});
});

describe.each(Object.entries(READERS))('whatever is sent in the shape %s', (_, read) => {
	it('is read without a throw, bounded, each name once', () => {
		fc.assert(
			fc.property(fc.jsonValue(), (value) => {
				for (const body of [value, { data: [value, value] }, { models: [value] }]) {
					const models = read(body);
					expect(new Set(models.map(({ id }) => id)).size).toBe(models.length);
					for (const { id } of models) expect(id).not.toBe('');
				}
			}),
		);
	});

	it('is cut off where there is too much of it', () => {
		const many = Array.from({ length: MOST_MODELS + 10 }, (__, at) => ({
			id: `m${at}`,
			key: `m${at}`,
			name: `m${at}`,
		}));
		expect(read({ data: many, models: many })).toHaveLength(MOST_MODELS);
		expect(
			read({ data: [{ id: 'x'.repeat(257) }], models: [{ key: 'x'.repeat(257), name: 'x'.repeat(257) }] }),
		).toEqual([]);
	});
});
