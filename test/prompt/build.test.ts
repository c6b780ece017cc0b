import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { build, missingOf, type Variables } from '../../src/prompt/build';
import { checkSource } from '../../src/prompt/check';
import { compile, compiled } from '../../src/prompt/compile';
import type { PromptSource, PromptVariable, VariableValue } from '../../src/prompt/source';

const TEXT = { type: 'string' } as const;

const textOf = (source: PromptSource, variables: Variables = {}): string =>
	(build(compiled(source), variables)?.content ?? []).map((part) => part.text).join('');

describe('the text of a prompt', () => {
	it('has its sections in order, identity and system as they are written', () => {
		const source = {
			format: 'One word.',
			instructions: ['Be brief.', 'Stay calm.\nAlways.'],
			system: 'You answer questions.',
			identity: 'You are Ada.',
		};
		expect(textOf(source)).toBe(
			[
				'You are Ada.',
				'',
				'You answer questions.',
				'',
				'## Instructions',
				'',
				'1. Be brief.',
				'2. Stay calm.',
				'   Always.',
				'',
				'## Output format',
				'',
				'One word.',
			].join('\n'),
		);
	});

	it('of a system text alone is that text', () => {
		expect(textOf({ system: '  Be kind.\n' })).toBe('  Be kind.\n');
	});

	it('leaves out sections that say nothing', () => {
		expect(textOf({ identity: ' ', system: 'Hi.', instructions: [], format: '' })).toBe('Hi.');
	});

	it('puts in values as they come, whatever stands in them', () => {
		const source: PromptSource = {
			system: 'A {{a}} B {{b}} N {{n}} T {{t}} \\{{a}}',
			variables: {
				a: { type: 'string' },
				b: { type: 'string', default: '{{a}}' },
				n: { type: 'number' },
				t: { type: 'boolean', default: false },
			},
		};
		expect(textOf(source, { a: '{{b}} $& \\{{', n: 0.5 })).toBe('A {{b}} $& \\{{ B {{a}} N 0.5 T false {{a}}');
	});

	it('of variables named like what every object has is what was given', () => {
		const source: PromptSource = {
			system: '{{constructor}} {{toString}}',
			variables: { constructor: TEXT, toString: { ...TEXT, default: 'd' } },
		};
		expect(textOf(source, { constructor: 'c' })).toBe('c d');
		expect(missingOf(compiled(source), {})).toEqual(['constructor']);
	});

	it('that is blank is no message', () => {
		const source: PromptSource = { system: '{{a}}', variables: { a: { type: 'string' } } };
		expect(build(compiled(source), { a: ' ' })).toBeNull();
		expect(build(compiled({}), {})).toBeNull();
	});

	it('stays as it is where an older release stored what would be refused today', () => {
		const system = 'Use {{mustache}} and {{ and {{1}} here.';
		expect(textOf({ system })).toBe(system);
	});
});

describe('a variable', () => {
	it('that stands in many places makes no prompt of gigabytes, whatever its value', () => {
		const prompt = compiled({ system: '{{a}} '.repeat(16_000), variables: { a: TEXT } });
		const refused = expect.objectContaining({ code: 'invalid_request', param: 'variables' });
		expect(() => build(prompt, { a: 'x'.repeat(1_000_000) })).toThrow(refused);
		expect(() => build(prompt, { a: 'x'.repeat(200) })).not.toThrow();
		const once = compiled({ system: '{{a}}', variables: { a: TEXT } });
		expect(() => build(once, { a: 'x'.repeat(3_900_000) })).not.toThrow();
	});

	const prompt = compiled({
		system: '{{name}} {{count}} {{loud}}',
		variables: {
			name: { type: 'string' },
			count: { type: 'number', default: 1 },
			loud: { type: 'boolean', default: true },
		},
	});

	it.each<[string, Variables, string, string]>([
		['that is required and missing', {}, 'variables.name', 'missing'],
		['of another type', { name: 'a', count: '2' }, 'variables.count', 'expected a number'],
		['that is no finite number', { name: 'a', count: Number.POSITIVE_INFINITY }, 'variables.count', 'a number'],
		['given as text in place of a boolean', { name: 'a', loud: 'true' }, 'variables.loud', 'expected a boolean'],
		['that the prompt does not have', { name: 'a', nmae: 'b' }, 'variables.nmae', 'it has name, count, loud'],
		['named like what every object has', { name: 'a', toString: 'b' }, 'variables.toString', 'no such variable'],
	])('%s is refused by its name', (_, given, param, message) => {
		expect(() => build(prompt, given)).toThrow(
			expect.objectContaining({ code: 'invalid_request', param, message: expect.stringContaining(message) }),
		);
	});

	it('with a default may be left out', () => {
		expect(build(prompt, { name: 'a' })?.content).toEqual([{ type: 'text', text: 'a 1 true' }]);
	});
});

describe('a cache breakpoint', () => {
	const source: PromptSource = {
		identity: 'You are Ada.',
		system: 'Always the same.\nThe customer is {{customer}}.',
		variables: { customer: { type: 'string' } },
	};

	it('is not set unless it is asked for', () => {
		expect(build(compiled(source), { customer: 'Bo' })).toEqual({
			role: 'system',
			content: [{ type: 'text', text: 'You are Ada.\n\nAlways the same.\nThe customer is Bo.' }],
			pinned: true,
		});
	});

	it('stands after the last whole line ahead of the first variable', () => {
		expect(build(compiled({ ...source, cache: true }), { customer: 'Bo' })?.content).toEqual([
			{ type: 'text', text: 'You are Ada.\n\nAlways the same.\n', cache: true },
			{ type: 'text', text: 'The customer is Bo.' },
		]);
	});

	it('stands after the whole of a prompt without variables', () => {
		expect(build(compiled({ system: 'Be kind.', cache: true }), {})?.content).toEqual([
			{ type: 'text', text: 'Be kind.', cache: true },
		]);
	});

	it('is not set where a variable stands in the first line', () => {
		const first: PromptSource = { system: 'Hi {{a}}.\nMore.', variables: { a: { type: 'string' } }, cache: true };
		expect(build(compiled(first), { a: 'Bo' })?.content).toEqual([{ type: 'text', text: 'Hi Bo.\nMore.' }]);
	});

	it('leaves no blank part behind it', () => {
		const last: PromptSource = { system: 'Hi.\n{{a}}', variables: { a: { type: 'string' } }, cache: true };
		expect(build(compiled(last), { a: '' })?.content).toEqual([{ type: 'text', text: 'Hi.\n', cache: true }]);
	});
});

const NAMES = ['a', 'b_1', 'Name', 'constructor', 'toString'] as const;

/** Literal text as an author has to write it. */
const escaped = (text: string): string => text.replaceAll('{{', '\\{{');
const literal = fc
	.string({ unit: fc.constantFrom('x', ' ', '\n', '{', '}', '$', '#', 'é', '\\{'), maxLength: 12 })
	// Neighbours must not make a new escape or a third brace of it.
	.map((text) => `${text.replace(/[\\{]+$/, '')}.`);
const piece = fc.oneof(
	literal.map((text) => ({ written: escaped(text), meant: () => text })),
	fc.constantFrom(...NAMES).map((name) => ({
		written: `{{${name}}}`,
		meant: (values: Variables) => String(Object.getOwnPropertyDescriptor(values, name)?.value),
		name,
	})),
);
const value = fc.oneof(
	fc.string({ unit: fc.constantFrom('{{a}}', '{{', '}}', '$1', '$&', '\\', '\n', 'v'), maxLength: 6 }),
	fc.double({ noNaN: true, noDefaultInfinity: true }),
	fc.boolean(),
);
const values = fc
	.tuple(...NAMES.map(() => value))
	.map((all) => Object.fromEntries(NAMES.map((name, at) => [name, all[at] ?? ''])));

type TypeName = PromptVariable['type'];
const typeOf = (one: VariableValue | undefined): TypeName => typeof one as TypeName;

describe('for every text of literals and variables and all values', () => {
	const pieces = fc.array(piece, { minLength: 1, maxLength: 12 });

	it('what is built is the text with each variable replaced by its value, in one pass', () => {
		fc.assert(
			fc.property(pieces, values, (all, given) => {
				const used = new Set(all.flatMap((one) => ('name' in one ? [one.name] : [])));
				const source: PromptSource = {
					system: `.${all.map((one) => one.written).join('')}`,
					variables: Object.fromEntries([...used].map((name) => [name, { type: typeOf(given[name]) }])),
				};
				checkSource(source, 'prompt');
				const needed = Object.fromEntries([...used].map((name) => [name, given[name] ?? '']));
				expect(textOf(source, needed)).toBe(`.${all.map((one) => one.meant(given)).join('')}`);
			}),
		);
	});

	it('the stable part begins every build and does not depend on the values', () => {
		fc.assert(
			fc.property(pieces, values, values, (all, one, other) => {
				const strings = (given: Variables): Variables =>
					Object.fromEntries(NAMES.map((name) => [name, String(given[name])]));
				const source: PromptSource = {
					identity: 'You are Ada.',
					system: all.map((each) => each.written).join(''),
					variables: Object.fromEntries(NAMES.map((name) => [name, { type: 'string' as const }])),
				};
				const prompt = compiled(source);
				expect(prompt.stable.startsWith('You are Ada.')).toBe(true);
				for (const given of [one, other]) expect(textOf(source, strings(given)).startsWith(prompt.stable)).toBe(true);
			}),
		);
	});
});

describe('compiling', () => {
	it('happens once per content, whoever asks', () => {
		const source: PromptSource = { system: 'Once.' };
		const first = compile({ source, hash: 'once', version: 1 });
		expect(compile({ source: { ...source }, hash: 'once', version: 7 })).toBe(first);
		expect(compile({ source: { system: 'Other.' }, hash: 'other', version: 1 })).not.toBe(first);
	});

	it('forgets the prompts that were used least recently', () => {
		const source: PromptSource = { system: 'Kept.' };
		const kept = compile({ source, hash: 'kept', version: 1 });
		const lost = compile({ source, hash: 'lost', version: 1 });
		for (let at = 0; at < 199; at++) {
			compile({ source, hash: `filler-${at}`, version: 1 });
			compile({ source, hash: 'kept', version: 1 });
		}
		expect(compile({ source, hash: 'kept', version: 1 })).toBe(kept);
		expect(compile({ source, hash: 'lost', version: 1 })).not.toBe(lost);
	});

	it('keeps few of the long ones', () => {
		const source: PromptSource = { system: 'x'.repeat(100_000) };
		const first = compile({ source, hash: 'long', version: 1 });
		for (let at = 0; at < 20; at++) compile({ source, hash: `long-${at}`, version: 1 });
		expect(compile({ source, hash: 'long', version: 1 })).not.toBe(first);
	});
});
