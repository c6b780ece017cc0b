import { describe, expect, it } from 'vitest';
import { huggingfaceEmbeddings as wire } from '../../../../src/providers/wire/huggingface-embeddings';

const target = { providerId: 'huggingface', model: 'a/b', quirks: {} };
const read = (body: unknown, inputs: number, headers?: Headers) =>
	wire.fromResponse(JSON.stringify(body), inputs, {}, headers);

describe('a feature extraction request', () => {
	it('sends texts and the options of its provider', () => {
		const request = { input: ['x', 'y'], providerOptions: { huggingface: { normalize: true }, openai: { z: 1 } } };
		const sent = wire.toRequest(request, target);
		expect(sent.path).toBe('/hf-inference/models/a/b/pipeline/feature-extraction');
		expect(JSON.parse(sent.body)).toEqual({ inputs: ['x', 'y'], normalize: true });
		expect(sent.warnings).toEqual([]);
	});

	it('names what it has no field for', () => {
		const { body, warnings } = wire.toRequest({ input: ['x'], dimensions: 3, user: 'u' }, target);
		expect(JSON.parse(body)).toEqual({ inputs: ['x'] });
		expect(warnings.map(({ field }) => field)).toEqual(['dimensions', 'user']);
	});

	it('refuses token ids, and options that change what is embedded', () => {
		expect(() => wire.toRequest({ input: [[1, 2]] }, target)).toThrow(expect.objectContaining({ param: 'input' }));
		const providerOptions = { huggingface: { inputs: ['z'] } };
		expect(() => wire.toRequest({ input: ['x'], providerOptions }, target)).toThrow(
			expect.objectContaining({ param: 'providerOptions.huggingface.inputs' }),
		);
	});
});

describe('a feature extraction answer', () => {
	it('is a vector per input, or a lone one', () => {
		expect(
			read(
				[
					[1, 2],
					[3, 4],
				],
				2,
			),
		).toEqual({
			model: '',
			embeddings: [
				[1, 2],
				[3, 4],
			],
			usage: null,
		});
		expect(read([1, 2], 1).embeddings).toEqual([[1, 2]]);
		expect(read([[5]], 1).embeddings).toEqual([[5]]);
	});

	it('is the mean of a vector per token', () => {
		expect(
			read(
				[
					[
						[1, 2],
						[3, 6],
					],
					[[5, 5]],
				],
				2,
			).embeddings,
		).toEqual([
			[2, 4],
			[5, 5],
		]);
		expect(
			read(
				[
					[
						[
							[1, 2],
							[3, 6],
						],
					],
				],
				1,
			).embeddings,
		).toEqual([[2, 4]]);
	});

	it('has the tokens that an endpoint counts in a header', () => {
		const usage = read([[1]], 1, new Headers({ 'x-compute-tokens': '7' })).usage;
		expect(usage).toMatchObject({ input: 7, output: 0 });
		expect(read([[1]], 1, new Headers({ 'x-compute-tokens': 'many' })).usage).toBeNull();
	});

	it.each([
		['too few', [[1, 2]], 2],
		['a lone vector for several inputs', [1, 2], 2],
		['different lengths', [[1], [1, 2]], 2],
		['tokens of different lengths', [[[1], [1, 2]]], 1],
		['no numbers', [['x']], 1],
		['an object', { a: 1 }, 1],
		['nothing', [], 1],
		['too deep a nest', [[[[[[[1]]]]]]], 1],
	])('with %s is malformed', (_, body, inputs) => {
		expect(() => read(body, inputs)).toThrow(expect.objectContaining({ code: 'upstream_malformed' }));
	});

	it('is judged by the error inside it and by its status', () => {
		expect(() => read({ error: 'x', error_type: 'overloaded' }, 1)).toThrow(
			expect.objectContaining({ code: 'upstream_unavailable' }),
		);
		const loading = wire.fromError(503, new Headers(), '{"error":"loading","estimated_time":12}');
		expect(loading).toMatchObject({ code: 'upstream_unavailable', retryAfterMs: 12_000 });
	});
});
