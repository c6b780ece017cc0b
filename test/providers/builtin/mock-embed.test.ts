import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { embed } from '../../../src/providers/builtin/mock-embed';
import { countTokens, firstTokens, tokensOf } from '../../../src/providers/builtin/mock-text';

const vector = (input: string | readonly number[], dimensions?: number): readonly number[] => {
	const inputs = typeof input === 'string' ? [input] : [input];
	const request = { model: 'embed', input: inputs, ...(dimensions !== undefined && { dimensions }) };
	return embed(request as Parameters<typeof embed>[0]).embeddings[0] ?? [];
};

const product = (left: readonly number[], right: readonly number[]): number =>
	left.reduce((sum, one, at) => sum + one * (right[at] ?? 0), 0);

describe('a hash embedding', () => {
	it('is a unit vector of the length asked for, the same for the same text', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 600 }), (text, dimensions) => {
				const made = vector(text, dimensions);
				expect(made).toHaveLength(dimensions);
				expect(Math.hypot(...made)).toBeCloseTo(1, 3);
				expect(vector(text, dimensions)).toEqual(made);
			}),
		);
	});

	it('is near that of a text with the same words and far from one with others', () => {
		const cat = vector('The cat sat on the mat.');
		expect(cat).toHaveLength(256);
		expect(product(cat, vector('the cat sits on the mat'))).toBeGreaterThan(0.6);
		expect(product(cat, vector('Quarterly revenue grew by nine percent'))).toBeLessThan(0.3);
	});

	it('takes arrays of token ids', () => {
		expect(vector([1, 2, 3])).toEqual(vector([1, 2, 3]));
		expect(vector([1, 2, 3])).not.toEqual(vector([1, 2, 4]));
	});
});

describe('the tokens of the mock', () => {
	it('are the text again once joined, and none is longer than a word of 16 characters', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), (text) => {
				const tokens = [...tokensOf(text)];
				expect(tokens.join('')).toBe(text);
				expect(countTokens(text)).toBe(tokens.length);
				expect(firstTokens(text, 2)).toBe(tokens.slice(0, 2).join(''));
				for (const token of tokens) expect([...token.trim()].length).toBeLessThanOrEqual(16);
			}),
		);
	});
});
