import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesName } from '../../src/providers/model-name';

describe('a pattern of names', () => {
	it.each([
		['openai/*', 'openai/gpt-5', true],
		['openai/*', 'openai/', true],
		['openai/*', 'azure-openai/gpt-5', false],
		['*-pro', 'gpt-5-pro', true],
		['*-pro', 'gpt-5-pro-2025-10-06', false],
		['*codex*', 'gpt-5.1-codex-mini', true],
		['a*a', 'a', false],
		['a*b*c', 'a-c-b', false],
		['gpt-5', 'gpt-5', true],
		['gpt-5', 'gpt-5-mini', false],
		['gpt.5', 'gpt-5', false],
	])('%s and %s: %s', (pattern, name, expected) => {
		expect(matchesName(pattern, name)).toBe(expected);
	});

	it('agrees with the regular expression it stands for', () => {
		const text = fc.string({ unit: fc.constantFrom('a', 'b', '*', '.'), maxLength: 8 });
		fc.assert(
			fc.property(text, text, (pattern, name) => {
				const parts = pattern.split('*').map((part) => part.replace(/\./g, '\\.'));
				expect(matchesName(pattern, name)).toBe(new RegExp(`^${parts.join('.*')}$`).test(name));
			}),
		);
	});
});
