import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModelFacts } from '../../src/catalog/facts';
import { usd } from '../../src/doors/openai-models/pricing';
import { doorApp } from '../support/door-app';
import { FACTS } from '../support/scripted-gateway';

const ECHO = { ...FACTS, provider: 'mock', model: 'echo' };
const models = async () => [
	ECHO,
	{ ...FACTS, provider: 'openrouter', model: 'meta-llama/llama-4', known: false, maxOutput: null, prices: null },
	{ ...FACTS, provider: 'custom', server: 'our-vllm', model: 'qwen', aliases: ['house-model'] },
];
const door = () => doorApp({ models });

/** The body of one model with these facts. */
async function listed(facts: Partial<ModelFacts>): Promise<Record<string, unknown>> {
	const response = await doorApp({ models: async () => [{ ...ECHO, ...facts }] }).request('/v1/models/mock/echo');
	return response.json();
}

describe('the models door', () => {
	it('lists models as OpenAI does, with all that is known beside it', async () => {
		const response = await door().request('/v1/models');
		expect(response.status).toBe(200);
		expect(await response.json()).toEqual({
			object: 'list',
			data: [
				{
					id: 'mock/echo',
					object: 'model',
					created: 0,
					owned_by: 'mock',
					provider: 'mock',
					kind: 'chat',
					context_window: 128_000,
					context_length: 128_000,
					max_input_tokens: null,
					max_output_tokens: 16_000,
					input_modalities: ['text', 'image'],
					output_modalities: ['text'],
					capabilities: { tools: true, structured_output: true, reasoning: false, sampling: true, vision: true },
					reasoning_options: [],
					tokenizer: 'o200k',
					dimensions: null,
					pricing: {
						currency: 'USD',
						unit: 'million_tokens',
						version: '2026-11-01',
						input: 1,
						output: 2,
						cache_read: 1,
						cache_write: 1,
						cache_write_1h: 1,
						input_audio: 1,
						reasoning: 2,
						output_audio: 2,
						tiers: [],
						prompt: '0.000001',
						completion: '0.000002',
					},
					known: true,
					source: 'catalog',
					deprecated: false,
					aliases: [],
					architecture: {
						modality: 'text+image->text',
						input_modalities: ['text', 'image'],
						output_modalities: ['text'],
						tokenizer: 'o200k',
					},
					top_provider: { context_length: 128_000, max_completion_tokens: 16_000 },
					supported_parameters: [
						'max_tokens',
						'temperature',
						'top_p',
						'tools',
						'tool_choice',
						'response_format',
						'structured_outputs',
					],
				},
				expect.objectContaining({
					id: 'openrouter/meta-llama/llama-4',
					known: false,
					context_window: null,
					context_length: null,
					pricing: null,
				}),
				expect.objectContaining({
					id: 'our-vllm/qwen',
					owned_by: 'our-vllm',
					provider: 'custom',
					aliases: ['house-model'],
				}),
			],
		});
	});

	it('tells every part of a price, its tiers, its date, and the same in dollars per token', async () => {
		const { pricing } = await listed({
			prices: {
				input: 3_000_000n,
				output: 15_000_000n,
				cacheRead: 300_000n,
				cacheWrite5m: 3_750_000n,
				cacheWrite1h: 6_000_000n,
				inputAudio: 4_000_000n,
				reasoning: 16_000_000n,
				outputAudio: 17_000_000n,
				tiers: [{ above: 200_000, prices: { input: 6_000_000n, output: 22_500_000n } }],
			},
			priceVersion: 'live-2026-11-20',
		});
		expect(pricing).toEqual({
			currency: 'USD',
			unit: 'million_tokens',
			version: 'live-2026-11-20',
			input: 3,
			output: 15,
			cache_read: 0.3,
			cache_write: 3.75,
			cache_write_1h: 6,
			input_audio: 4,
			reasoning: 16,
			output_audio: 17,
			tiers: [
				{
					above: 200_000,
					input: 6,
					output: 22.5,
					cache_read: 6,
					cache_write: 6,
					cache_write_1h: 6,
					input_audio: 6,
					reasoning: 22.5,
					output_audio: 22.5,
				},
			],
			prompt: '0.000003',
			completion: '0.000015',
			input_cache_read: '0.0000003',
			input_cache_write: '0.00000375',
			internal_reasoning: '0.000016',
		});
	});

	it('tells what is free as free, and not as unknown', async () => {
		const { pricing } = await listed({ prices: { input: 0n, output: 0n }, priceVersion: 'local' });
		expect(pricing).toMatchObject({ input: 0, output: 0, prompt: '0', completion: '0', version: 'local' });
	});

	it('tells of an embedding model how long its vectors are', async () => {
		expect(await listed({ kind: 'embedding', dimensions: 1_536, maxOutput: null, input: ['text'] })).toMatchObject({
			kind: 'embedding',
			dimensions: 1_536,
			output_modalities: ['embeddings'],
			architecture: { modality: 'text->embeddings' },
			supported_parameters: [],
		});
	});

	it('tells how reasoning is steered, what else is answered in, whence it is known and since when', async () => {
		expect(
			await listed({
				reasoning: true,
				reasoningOptions: [{ type: 'effort', values: ['low', 'high'] }],
				sampling: false,
				output: ['image', 'text'],
				source: 'live',
				created: 1_790_000_000,
				deprecated: true,
			}),
		).toMatchObject({
			created: 1_790_000_000,
			capabilities: { reasoning: true, sampling: false },
			reasoning_options: [{ type: 'effort', values: ['low', 'high'] }],
			output_modalities: ['image', 'text'],
			source: 'live',
			deprecated: true,
			supported_parameters: expect.not.arrayContaining(['temperature']),
		});
	});

	it('writes dollars per token without a float', () => {
		fc.assert(
			fc.property(fc.bigInt({ min: 0n, max: 10n ** 15n }), (pico) => {
				const [whole = '', fraction = ''] = usd(pico).split('.');
				expect(BigInt(whole + fraction.padEnd(12, '0'))).toBe(pico);
				expect(usd(pico)).not.toMatch(/\.$|\.\d*0$/);
			}),
		);
	});

	it.each([
		['/v1/models/mock/echo', 'mock/echo'],
		['/v1/models/mock%2Fecho', 'mock/echo'],
		['/v1/models/openrouter/meta-llama/llama-4', 'openrouter/meta-llama/llama-4'],
		['/v1/models/openrouter%2Fmeta-llama%2Fllama-4', 'openrouter/meta-llama/llama-4'],
		['/v1/models/our-vllm/qwen', 'our-vllm/qwen'],
	])('finds %s', async (path, id) => {
		const response = await door().request(path);
		expect(response.status).toBe(200);
		expect(await response.json()).toMatchObject({ id, object: 'model' });
	});

	it.each(['/v1/models/mock/nothing', '/v1/models/echo', '/v1/models/custom/qwen', '/v1/models/%E0%A4%A'])(
		'has no %s',
		async (path) => {
			const response = await door().request(path);
			expect(response.status).toBe(404);
			expect(await response.json()).toMatchObject({ error: { code: 'model_not_found', param: 'model' } });
		},
	);
});
