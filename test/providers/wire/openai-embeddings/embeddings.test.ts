import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { custom } from '../../../../src/providers/custom';
import { mistral } from '../../../../src/providers/mistral';
import { openai } from '../../../../src/providers/openai';
import { openrouter } from '../../../../src/providers/openrouter';
import type { Provider } from '../../../../src/providers/provider';
import { openaiEmbeddings } from '../../../../src/providers/wire/openai-embeddings';

const target = (provider: Provider) => ({ providerId: provider.id, model: 'e', quirks: provider.quirks ?? {} });
const answer = (data: readonly unknown[], rest: object = {}) =>
	JSON.stringify({ object: 'list', model: 'e-1', data, usage: { prompt_tokens: 4, total_tokens: 4 }, ...rest });
const entry = (index: number | undefined, embedding: unknown) => ({ object: 'embedding', index, embedding });

function base64(numbers: readonly number[]): string {
	const view = new DataView(new ArrayBuffer(numbers.length * 4));
	for (const [n, value] of numbers.entries()) view.setFloat32(n * 4, value, true);
	return btoa(String.fromCharCode(...new Uint8Array(view.buffer)));
}

const malformed = expect.objectContaining({ code: 'upstream_malformed' });

describe('an embeddings request', () => {
	it('sends what was said, and asks for base64 only where that is known to be had', () => {
		const request = { input: ['a', 'b'], dimensions: 256, user: 'u', providerOptions: { openai: { x: 1 } } };
		const wire = openaiEmbeddings.toRequest(request, target(openai));
		expect(wire.path).toBe('/embeddings');
		expect(JSON.parse(wire.body)).toEqual({
			model: 'e',
			input: ['a', 'b'],
			dimensions: 256,
			user: 'u',
			encoding_format: 'base64',
			x: 1,
		});
		const plain = openaiEmbeddings.toRequest({ input: [[1, 2]] }, target(custom));
		expect(JSON.parse(plain.body)).toEqual({ model: 'e', input: [[1, 2]] });
	});

	it('names a field that was left out', () => {
		const quirks = { anonymousEmbeddings: true };
		const wire = openaiEmbeddings.toRequest({ input: ['a'], user: 'u' }, { ...target(custom), quirks });
		expect(JSON.parse(wire.body)).not.toHaveProperty('user');
		expect(wire.warnings.map((warning) => warning.field)).toEqual(['user']);
	});

	it('says what vectors are for where that is taken, and names it where it is not', () => {
		const asked = (inputType: 'query' | 'similarity', provider: Provider) => {
			const { body, warnings } = openaiEmbeddings.toRequest({ input: ['a'], inputType }, target(provider));
			return [JSON.parse(body).input_type, warnings.map((warning) => warning.field)];
		};
		expect(asked('query', openrouter)).toEqual(['search_query', []]);
		expect(asked('similarity', openrouter)).toEqual(['clustering', ['inputType']]);
		expect(asked('query', openai)).toEqual([undefined, ['inputType']]);
	});

	it('refuses token ids where only texts are taken', () => {
		expect(() => openaiEmbeddings.toRequest({ input: [[1, 2]] }, target(mistral))).toThrow(
			expect.objectContaining({ code: 'invalid_request', param: 'input' }),
		);
	});

	it('refuses options that would change what is embedded or how it is read', () => {
		for (const field of ['model', 'models', 'input', 'encoding_format']) {
			const request = { input: ['a'], providerOptions: { openai: { [field]: 'x' } } };
			expect(() => openaiEmbeddings.toRequest(request, target(openai))).toThrow(
				expect.objectContaining({ code: 'invalid_request', param: `providerOptions.openai.${field}` }),
			);
		}
	});
});

describe('an embeddings answer', () => {
	it('is put in the order of the inputs', () => {
		const body = answer([entry(1, [3, 4]), entry(0, [1, 2])]);
		expect(openaiEmbeddings.fromResponse(body, 2)).toMatchObject({
			model: 'e-1',
			embeddings: [
				[1, 2],
				[3, 4],
			],
			usage: { input: 4, output: 0 },
		});
	});

	it('counts by place where nothing is numbered', () => {
		const body = answer([entry(undefined, [1]), entry(undefined, [2])]);
		expect(openaiEmbeddings.fromResponse(body, 2).embeddings).toEqual([[1], [2]]);
	});

	it('is exact from base64', () => {
		const float = fc.float({ noNaN: true, noDefaultInfinity: true });
		fc.assert(
			fc.property(fc.array(float, { minLength: 1, maxLength: 50 }), (numbers) => {
				const body = answer([entry(0, base64(numbers))]);
				expect(openaiEmbeddings.fromResponse(body, 1).embeddings[0]).toEqual(numbers);
			}),
		);
	});

	it('has the charge where the plan says the provider reports one', () => {
		const body = answer([entry(0, [1])], { usage: { prompt_tokens: 3, total_tokens: 3, cost: 6e-8 } });
		const plan = openaiEmbeddings.toRequest({ input: ['a'] }, target(openrouter)).plan;
		expect(openaiEmbeddings.fromResponse(body, 1, plan).usage?.reportedNanoUsd).toBe(60n);
		expect(openaiEmbeddings.fromResponse(body, 1).usage).not.toHaveProperty('reportedNanoUsd');
	});

	it('has no usage where none was sent', () => {
		expect(openaiEmbeddings.fromResponse(answer([entry(0, [1])], { usage: null }), 1).usage).toBeNull();
	});

	it.each([
		['too few', answer([entry(0, [1])]), 2],
		['too many', answer([entry(0, [1]), entry(1, [2])]), 1],
		['one twice', answer([entry(0, [1]), entry(0, [2])]), 2],
		['different lengths', answer([entry(0, [1]), entry(1, [2, 3])]), 2],
		['an empty vector', answer([entry(0, [])]), 1],
		['no numbers', answer([entry(0, ['1'])]), 1],
		['no vector', answer([entry(0, null)]), 1],
		['a negative index', answer([entry(-1, [1])]), 1],
		['base64 cut inside a number', answer([entry(0, base64([1, 2]).slice(0, 8))]), 1],
		['what is no base64', answer([entry(0, '§§')]), 1],
		['NaN in base64', answer([entry(0, base64([Number.NaN]))]), 1],
		['an entry that is no object', answer(['x']), 1],
		['no data', '{"object":"list"}', 1],
		['HTML', '<html></html>', 1],
	])('with %s is malformed', (_, body, inputs) => {
		expect(() => openaiEmbeddings.fromResponse(body, inputs)).toThrow(malformed);
	});

	it('is judged by the error inside it', () => {
		expect(() => openaiEmbeddings.fromResponse('{"error":{"code":429,"message":"busy"}}', 1)).toThrow(
			expect.objectContaining({ code: 'rate_limited' }),
		);
		expect(openaiEmbeddings.fromError(401, new Headers(), '{"error":{"message":"no"}}').code).toBe('upstream_rejected');
	});
});
