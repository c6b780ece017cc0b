import { describe, expect, it } from 'vitest';
import { doorApp } from '../support/door-app';
import { FACTS } from '../support/scripted-gateway';

const models = async () => [
	{ ...FACTS, provider: 'mock', model: 'echo' },
	{ ...FACTS, provider: 'openrouter', model: 'meta-llama/llama-4', known: false, maxOutput: null, prices: null },
];
const door = () => doorApp({ models });

describe('the models door', () => {
	it('lists models as OpenAI does, with what the catalog knows beside it', async () => {
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
					kind: 'chat',
					context_window: 128_000,
					max_input_tokens: null,
					max_output_tokens: 16_000,
					input_modalities: ['text', 'image'],
					capabilities: { tools: true, structured_output: true, reasoning: false },
					pricing: { input: 1, output: 2, cache_read: 1, cache_write: 1 },
				},
				expect.objectContaining({ id: 'openrouter/meta-llama/llama-4', context_window: null, pricing: null }),
			],
		});
	});

	it.each([
		['/v1/models/mock/echo', 'mock/echo'],
		['/v1/models/mock%2Fecho', 'mock/echo'],
		['/v1/models/openrouter/meta-llama/llama-4', 'openrouter/meta-llama/llama-4'],
		['/v1/models/openrouter%2Fmeta-llama%2Fllama-4', 'openrouter/meta-llama/llama-4'],
	])('finds %s', async (path, id) => {
		const response = await door().request(path);
		expect(response.status).toBe(200);
		expect(await response.json()).toMatchObject({ id, object: 'model' });
	});

	it.each(['/v1/models/mock/nothing', '/v1/models/echo', '/v1/models/%E0%A4%A'])('has no %s', async (path) => {
		const response = await door().request(path);
		expect(response.status).toBe(404);
		expect(await response.json()).toMatchObject({ error: { code: 'model_not_found', param: 'model' } });
	});
});
