import { describe, expect, it } from 'vitest';
import { workersAiEmbeddings as wire } from '../../../../src/providers/wire/workers-ai-embeddings';

const target = { providerId: 'workers-ai', model: '@cf/baai/bge-m3', quirks: {} };
const enveloped = (result: unknown) => JSON.stringify({ result, success: true, errors: [], messages: [] });

describe('an embedding request to Workers AI', () => {
	it('sends texts to the model, with the options of its provider', () => {
		const sent = wire.toRequest({ input: ['x'], providerOptions: { 'workers-ai': { pooling: 'cls' } } }, target);
		expect(sent.path).toBe('/run/@cf/baai/bge-m3');
		expect(JSON.parse(sent.body)).toEqual({ text: ['x'], pooling: 'cls' });
	});

	it.each(['@cf/../../../../zones', '..', '@cf//x', ''])('never leads elsewhere by its name: %j', (model) => {
		expect(() => wire.toRequest({ input: ['x'] }, { ...target, model })).toThrow(
			expect.objectContaining({ code: 'invalid_request', param: 'model' }),
		);
	});

	it('writes a name as a path, never as a query', () => {
		expect(wire.toRequest({ input: ['x'] }, { ...target, model: '@cf/a?b#c' }).path).toBe('/run/@cf/a%3Fb%23c');
	});

	it('names what it has no field for, and refuses token ids and other texts', () => {
		const { body, warnings } = wire.toRequest({ input: ['x'], dimensions: 3, user: 'u' }, target);
		expect(JSON.parse(body)).toEqual({ text: ['x'] });
		expect(warnings.map(({ field }) => field)).toEqual(['dimensions', 'user']);
		expect(() => wire.toRequest({ input: [[1]] }, target)).toThrow(expect.objectContaining({ param: 'input' }));
		expect(() => wire.toRequest({ input: ['x'], providerOptions: { 'workers-ai': { text: [] } } }, target)).toThrow(
			expect.objectContaining({ param: 'providerOptions.workers-ai.text' }),
		);
	});
});

describe('an embedding answer of Workers AI', () => {
	it('is read in its envelope and without', () => {
		const result = {
			shape: [2, 2],
			data: [
				[1, 2],
				[3, 4],
			],
			pooling: 'mean',
		};
		const expected = {
			model: '',
			embeddings: [
				[1, 2],
				[3, 4],
			],
			usage: null,
		};
		expect(wire.fromResponse(enveloped(result), 2)).toEqual(expected);
		expect(wire.fromResponse(JSON.stringify(result), 2)).toEqual(expected);
		const counted = { ...result, usage: { prompt_tokens: 4, total_tokens: 4 } };
		expect(wire.fromResponse(enveloped(counted), 2).usage).toMatchObject({ input: 4 });
	});

	it('with too few vectors, or none, is malformed', () => {
		for (const result of [{ data: [[1]] }, { data: [] }, {}, null]) {
			expect(() => wire.fromResponse(enveloped(result), 2)).toThrow(
				expect.objectContaining({ code: 'upstream_malformed' }),
			);
		}
	});

	it('that failed is judged by the number of its error', () => {
		const failed = JSON.stringify({ result: null, success: false, errors: [{ code: 3036, message: 'limit' }] });
		expect(() => wire.fromResponse(failed, 1)).toThrow(
			expect.objectContaining({ code: 'rate_limited', retryable: false }),
		);
		expect(wire.fromError(400, new Headers(), failed.replace('3036', '5007')).code).toBe('model_not_found');
	});
});
