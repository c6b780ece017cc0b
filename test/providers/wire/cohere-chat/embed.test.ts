import { describe, expect, it } from 'vitest';
import type { EmbedRequest } from '../../../../src/language/request';
import { cohereEmbeddings } from '../../../../src/providers/wire/cohere-chat';

const TARGET = { providerId: 'cohere', model: 'embed-v4.0', quirks: {} };
const wired = (request: Partial<EmbedRequest>) => cohereEmbeddings.toRequest({ input: ['a'], ...request }, TARGET);
const body = (request: Partial<EmbedRequest>) => JSON.parse(wired(request).body);

describe('embeddings by Cohere', () => {
	it('are asked for as documents, and nothing may be cut off', () => {
		expect(wired({})).toMatchObject({ path: '/v2/embed', warnings: [] });
		expect(body({ input: ['a', 'b'], dimensions: 1024 })).toEqual({
			model: 'embed-v4.0',
			texts: ['a', 'b'],
			input_type: 'search_document',
			embedding_types: ['float'],
			output_dimension: 1024,
			truncate: 'NONE',
		});
	});

	it.each([
		['query', 'search_query', []],
		['document', 'search_document', []],
		['classification', 'classification', []],
		['clustering', 'clustering', []],
		['similarity', 'clustering', ['inputType']],
	] as const)('for %s are of type %s', (inputType, sent, named) => {
		expect(body({ inputType }).input_type).toBe(sent);
		expect(wired({ inputType }).warnings.map((warning) => warning.field)).toEqual(named);
	});

	it("take the caller's own fields, but not those that the gateway decides", () => {
		expect(body({ providerOptions: { cohere: { truncate: 'START' } } }).truncate).toBe('START');
		expect(() => wired({ providerOptions: { cohere: { embedding_types: ['int8'] } } })).toThrow(
			expect.objectContaining({ param: 'providerOptions.cohere.embedding_types' }),
		);
	});

	it('name a user id that is left out, and refuse token ids', () => {
		expect(wired({ user: 'u' }).warnings.map((warning) => warning.field)).toEqual(['user']);
		expect(() => wired({ input: [[1, 2]] })).toThrow(
			expect.objectContaining({ code: 'invalid_request', param: 'input' }),
		);
	});

	it('are read in order, with what is billed', () => {
		const answer = {
			id: 'e',
			embeddings: {
				float: [
					[1, 2],
					[3, 4],
				],
			},
			meta: { billed_units: { input_tokens: 3 } },
		};
		expect(cohereEmbeddings.fromResponse(JSON.stringify(answer), 2)).toMatchObject({
			embeddings: [
				[1, 2],
				[3, 4],
			],
			usage: { input: 3, inputImage: 0 },
		});
		const silent = { embeddings: answer.embeddings };
		expect(cohereEmbeddings.fromResponse(JSON.stringify(silent), 2).usage).toBeNull();
		for (const wrong of [{}, { embeddings: { float: [[1]] } }, { embeddings: { int8: [[1], [2]] } }]) {
			expect(() => cohereEmbeddings.fromResponse(JSON.stringify(wrong), 2)).toThrow(
				expect.objectContaining({ code: 'upstream_malformed' }),
			);
		}
	});
});
