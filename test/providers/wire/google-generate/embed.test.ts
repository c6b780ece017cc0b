import { describe, expect, it } from 'vitest';
import type { EmbedRequest } from '../../../../src/language/request';
import { google } from '../../../../src/providers/google';
import { googleEmbeddings } from '../../../../src/providers/wire/google-generate/embed';
import { wireTarget } from '../../../support/wire-target';

const made = (request: EmbedRequest) => googleEmbeddings.toRequest(request, wireTarget(google, 'gemini-embedding-001'));
const answer = (...vectors: unknown[]) => JSON.stringify({ embeddings: vectors.map((values) => ({ values })) });

describe('a request for embeddings', () => {
	it('is a batch in the order of the inputs', () => {
		const { path, body, warnings } = made({ input: ['one', 'two'] });
		expect(path).toBe('/models/gemini-embedding-001:batchEmbedContents');
		expect(JSON.parse(body)).toEqual({
			requests: ['one', 'two'].map((text) => ({
				model: 'models/gemini-embedding-001',
				content: { parts: [{ text }] },
			})),
		});
		expect(warnings).toEqual([]);
	});

	it.each([
		['query', 'RETRIEVAL_QUERY'],
		['document', 'RETRIEVAL_DOCUMENT'],
		['classification', 'CLASSIFICATION'],
		['clustering', 'CLUSTERING'],
		['similarity', 'SEMANTIC_SIMILARITY'],
	] as const)('says that the vectors are for %s', (inputType, taskType) => {
		expect(JSON.parse(made({ input: ['x'], inputType }).body).requests[0].taskType).toBe(taskType);
	});

	it('asks each for the length, and with the options of the caller', () => {
		const providerOptions = { google: { title: 'T', taskType: 'QUESTION_ANSWERING' } };
		const { requests } = JSON.parse(
			made({ input: ['a', 'b'], dimensions: 256, inputType: 'query', providerOptions }).body,
		);
		for (const one of requests)
			expect(one).toMatchObject({ outputDimensionality: 256, title: 'T', taskType: 'QUESTION_ANSWERING' });
	});

	it('takes texts only, and no user', () => {
		expect(() => made({ input: [[1, 2]] })).toThrow(
			expect.objectContaining({ code: 'invalid_request', param: 'input' }),
		);
		expect(() => made({ input: ['x'], providerOptions: { google: { content: {} } } })).toThrow(
			expect.objectContaining({ param: 'providerOptions.google.content' }),
		);
		expect(made({ input: ['x'], user: 'u' }).warnings).toEqual([expect.objectContaining({ field: 'user' })]);
	});
});

describe('an answer of embeddings', () => {
	it('gets vectors of unit length where they were shortened, and leaves full ones alone', () => {
		const full = new Array(3_072).fill(0.5);
		expect(googleEmbeddings.fromResponse(answer(full), 1).embeddings[0]).toEqual(full);
		expect(googleEmbeddings.fromResponse(answer([3, 4], [0, 0]), 2)).toEqual({
			model: '',
			embeddings: [
				[0.6, 0.8],
				[0, 0],
			],
			usage: null,
		});
	});

	it('has a usage only where the API tells one', () => {
		const body = JSON.stringify({ embeddings: [{ values: [1] }], usageMetadata: { promptTokenCount: 7 } });
		expect(googleEmbeddings.fromResponse(body, 1).usage).toMatchObject({ input: 7, output: 0 });
	});

	it.each([
		['too few', answer([1])],
		['too many', answer([1], [1], [1])],
		['of different lengths', answer([1], [1, 2])],
		['empty', answer([], [])],
		['no numbers', answer(['1'], ['2'])],
		['no objects', '{"embeddings":[1,2]}'],
		['none', '{}'],
		['no JSON', 'oops'],
	])('is refused where the vectors are %s', (_, body) => {
		expect(() => googleEmbeddings.fromResponse(body, 2)).toThrow(
			expect.objectContaining({ code: 'upstream_malformed' }),
		);
	});

	it('may be an error', () => {
		const body = '{"error":{"code":429,"message":"slow","status":"RESOURCE_EXHAUSTED"}}';
		expect(() => googleEmbeddings.fromResponse(body, 1)).toThrow(expect.objectContaining({ code: 'rate_limited' }));
	});
});
