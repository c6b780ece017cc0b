import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/prompt/canonical';

describe('the canonical form of a prompt', () => {
	it('is the same for every order of keys, and for what says nothing', () => {
		const one = {
			system: 'a',
			identity: 'i',
			instructions: ['1'],
			variables: { b: { type: 'string', default: 'x' }, a: { description: 'd', type: 'number' } },
		} as const;
		const other = {
			variables: { a: { type: 'number', description: 'd' }, b: { default: 'x', type: 'string', description: '' } },
			format: '',
			cache: false,
			instructions: ['1'],
			identity: 'i',
			system: 'a',
		} as const;
		expect(canonicalJson(other)).toBe(canonicalJson(one));
	});

	it.each([
		{ system: 'a ' },
		{ identity: 'a' },
		{ instructions: ['a'] },
		{ system: 'a', cache: true },
		{ system: 'a', variables: { a: { type: 'string' as const } } },
	])('differs for %j', (source) => {
		expect(canonicalJson(source)).not.toBe(canonicalJson({ system: 'a' }));
	});

	it('keeps a default that is false, empty or zero', () => {
		const json = canonicalJson({
			variables: { a: { type: 'boolean', default: false }, b: { type: 'string', default: '' } },
		});
		expect(json).toContain('"default":false');
		expect(json).toContain('"default":""');
	});
});
