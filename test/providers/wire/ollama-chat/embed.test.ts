import { describe, expect, it } from 'vitest';
import { promptTokens } from '../../../../src/language/usage';
import { ollamaEmbeddings } from '../../../../src/providers/wire/ollama-chat';

const TARGET = { providerId: 'ollama', model: 'nomic-embed-text', quirks: {} };

describe('embeddings by Ollama', () => {
	it('are asked for in one call that may cut nothing off', () => {
		const wired = ollamaEmbeddings.toRequest({ input: ['a', 'b'], dimensions: 256 }, TARGET);
		expect(wired).toMatchObject({ path: '/api/embed', warnings: [] });
		expect(JSON.parse(wired.body)).toEqual({
			model: 'nomic-embed-text',
			input: ['a', 'b'],
			truncate: false,
			dimensions: 256,
		});
	});

	it("take the caller's own fields, but not those that the gateway decides", () => {
		const own = { options: { num_ctx: 8192 }, keep_alive: '1h', truncate: true };
		const wired = ollamaEmbeddings.toRequest({ input: ['a'], providerOptions: { ollama: own } }, TARGET);
		expect(JSON.parse(wired.body)).toMatchObject(own);
		const reserved = { input: ['a'], providerOptions: { ollama: { input: 'b' } } };
		expect(() => ollamaEmbeddings.toRequest(reserved, TARGET)).toThrow(
			expect.objectContaining({ param: 'providerOptions.ollama.input' }),
		);
	});

	it('name what is left out, and refuse token ids', () => {
		const wired = ollamaEmbeddings.toRequest({ input: ['a'], user: 'u', inputType: 'query' }, TARGET);
		expect(wired.warnings.map((warning) => warning.field)).toEqual(['user', 'inputType']);
		expect(() => ollamaEmbeddings.toRequest({ input: [[1, 2]] }, TARGET)).toThrow(
			expect.objectContaining({ code: 'invalid_request', param: 'input' }),
		);
	});

	it('are read in order, with the tokens where they are told', () => {
		const answer = {
			model: 'nomic-embed-text',
			embeddings: [
				[1, 2],
				[3, 4],
			],
			prompt_eval_count: 8,
		};
		const read = ollamaEmbeddings.fromResponse(JSON.stringify(answer), 2);
		expect(read).toMatchObject({
			model: 'nomic-embed-text',
			embeddings: [
				[1, 2],
				[3, 4],
			],
		});
		expect(read.usage && promptTokens(read.usage)).toBe(8);
		const { prompt_eval_count: _, ...silent } = answer;
		expect(ollamaEmbeddings.fromResponse(JSON.stringify(silent), 2).usage).toBeNull();
	});

	it.each([
		['too few', [[1, 2]]],
		['too many', [[1], [2], [3]]],
		['of different lengths', [[1, 2], [3]]],
		['empty', [[], []]],
		['no numbers', [['a'], [1]]],
		['no list', 7],
	])('are refused where they are %s', (_, embeddings) => {
		expect(() => ollamaEmbeddings.fromResponse(JSON.stringify({ embeddings }), 2)).toThrow(
			expect.objectContaining({ code: 'upstream_malformed' }),
		);
	});

	it('throw what the server says went wrong', () => {
		expect(() => ollamaEmbeddings.fromResponse('{"error":"the input length exceeds the context length"}', 1)).toThrow(
			expect.objectContaining({ code: 'context_too_long' }),
		);
	});
});
