import { describe, expect, it } from 'vitest';
import type { EmbedRequest } from '../../../../src/language/request';
import { bedrock } from '../../../../src/providers/bedrock';
import { matchesName } from '../../../../src/providers/model-name';
import { bedrockEmbeddings } from '../../../../src/providers/wire/bedrock-converse';

const TITAN = 'amazon.titan-embed-text-v2:0';

const sent = (model: string, request: EmbedRequest) =>
	bedrockEmbeddings.toRequest(request, { providerId: 'bedrock', model, quirks: {} });
const body = (model: string, request: EmbedRequest) => JSON.parse(sent(model, request).body);
const invalidAt = (param: string) => expect.objectContaining({ code: 'invalid_request', param });
const malformed = expect.objectContaining({ code: 'upstream_malformed' });

describe('an embedding on Bedrock', () => {
	it('is asked for as each family wants it', () => {
		expect(sent(TITAN, { input: ['a'] }).path).toBe('/model/amazon.titan-embed-text-v2%3A0/invoke');
		expect(body(TITAN, { input: ['a'], dimensions: 256, inputType: 'query' })).toEqual({
			inputText: 'a',
			dimensions: 256,
		});
		expect(body('amazon.titan-embed-text-v1', { input: ['a'] })).toEqual({ inputText: 'a' });
		expect(body('amazon.titan-embed-image-v1', { input: ['a'], dimensions: 384 })).toEqual({
			inputText: 'a',
			embeddingConfig: { outputEmbeddingLength: 384 },
		});
		expect(body('cohere.embed-multilingual-v3', { input: ['a', 'b'] })).toEqual({
			texts: ['a', 'b'],
			input_type: 'search_document',
			truncate: 'NONE',
			embedding_types: ['float'],
		});
		expect(body('us.cohere.embed-v4:0', { input: ['a'], dimensions: 512, inputType: 'clustering' })).toMatchObject({
			input_type: 'clustering',
			output_dimension: 512,
		});
		expect(body('amazon.nova-2-multimodal-embeddings-v1:0', { input: ['a'], dimensions: 384 })).toEqual({
			taskType: 'SINGLE_EMBEDDING',
			singleEmbeddingParams: {
				embeddingPurpose: 'GENERIC_INDEX',
				embeddingDimension: 384,
				text: { value: 'a', truncationMode: 'NONE' },
			},
		});
	});

	it('takes the caller’s own fields, but none that say what is embedded', () => {
		expect(body(TITAN, { input: ['a'], providerOptions: { bedrock: { normalize: false } } })).toMatchObject({
			normalize: false,
		});
		expect(() => sent(TITAN, { input: ['a'], providerOptions: { bedrock: { inputText: 'b' } } })).toThrow(
			invalidAt('providerOptions.bedrock.inputText'),
		);
	});

	it('is refused where the model can not give it', () => {
		expect(() => sent(TITAN, { input: [[1, 2]] })).toThrow(invalidAt('input'));
		expect(() => sent(TITAN, { input: ['a', 'b'] })).toThrow(invalidAt('input'));
		expect(() => sent('amazon.titan-embed-text-v1', { input: ['a'], dimensions: 256 })).toThrow(
			invalidAt('dimensions'),
		);
		expect(() => sent('cohere.embed-english-v3', { input: ['a'], dimensions: 256 })).toThrow(invalidAt('dimensions'));
		expect(() => sent('stability.sd3', { input: ['a'] })).toThrow(invalidAt('model'));
		expect(body('cohere.embed-english-v3', { input: ['a'], dimensions: 1024 })).not.toHaveProperty('dimensions');
	});

	it('is split by the provider into what each model takes in a call', () => {
		const most = (model: string) =>
			bedrock.embeddings?.maxInputsOf?.find(([pattern]) => matchesName(pattern, model))?.[1];
		expect(most(TITAN)).toBe(1);
		expect(most('amazon.nova-2-multimodal-embeddings-v1:0')).toBe(1);
		expect(most('us.cohere.embed-v4:0')).toBe(96);
	});
});

describe('an embedding answer of Bedrock', () => {
	const headers = new Headers({ 'x-amzn-bedrock-input-token-count': '9' });
	const read = (answer: unknown, inputs: number, withHeaders = true) =>
		bedrockEmbeddings.fromResponse(JSON.stringify(answer), inputs, {}, withHeaders ? headers : undefined);

	it('is read in every family’s shape', () => {
		expect(read({ embedding: [1, 2], inputTextTokenCount: 3 }, 1)).toMatchObject({
			embeddings: [[1, 2]],
			usage: { input: 3 },
		});
		const two = [
			[1, 2],
			[3, 4],
		];
		expect(read({ embeddings: two, response_type: 'embeddings_floats' }, 2)).toMatchObject({
			embeddings: two,
			usage: { input: 9 },
		});
		expect(read({ embeddings: { float: two } }, 2).embeddings).toEqual(two);
		expect(read({ embeddings: [{ embedding: [1, 2], embeddingType: 'TEXT' }] }, 1).embeddings).toEqual([[1, 2]]);
	});

	it('has no usage where nobody counted', () => {
		expect(read({ embedding: [1] }, 1, false).usage).toBeNull();
		const odd = new Headers({ 'x-amzn-bedrock-input-token-count': 'many' });
		expect(bedrockEmbeddings.fromResponse('{"embedding":[1]}', 1, {}, odd).usage).toBeNull();
	});

	it('is malformed where vectors are missing or are none', () => {
		for (const answer of [
			{},
			{ embedding: [] },
			{ embedding: ['x'] },
			{ embeddings: { int8: [[1]] } },
			{ embeddings: 'x' },
		]) {
			expect(() => read(answer, 1)).toThrow(malformed);
		}
		expect(() => read({ embeddings: [[1], [2]] }, 3)).toThrow(malformed);
		expect(() => read({ embeddings: [[1], [2, 3]] }, 2)).toThrow(malformed);
	});
});
