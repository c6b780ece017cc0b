import fc from 'fast-check';
import { load, YAML11_SCHEMA } from 'js-yaml';
import { expect, test } from 'vitest';
import { parseFile } from '../../../src/services/configuration-file/parse';
import { yamlText } from '../../../src/services/configuration-file/yaml-text';

const RESERVED = ['__proto__', 'constructor', 'prototype'];

/** What YAML means something by, in every order. */
const marked = fc
	.array(
		fc.constantFrom(
			...' :#-?,[]{}&*!|>\'"%@`~=<.\n\t\r\\',
			...['\n\n', '\n ', '  ', ': ', ' #', '- ', '---', '...', '<<', '%YAML', 'yes', 'n', 'null', '0x1', '1e5', '.inf'],
			...['2001-01-01', 'a', 'é', '😀', '\u0007', '\u0085', '\u00a0', '\u2028', '\ufeff', '\ud800', '\uffff', '\u007f'],
		),
		{ maxLength: 8 },
	)
	.map((parts) => parts.join(''));

const text = fc.oneof(marked, fc.string({ unit: 'binary' }), fc.string());
const name = text.filter((one) => !RESERVED.includes(one));

const { value } = fc.letrec<{ value: unknown }>((tie) => ({
	value: fc.oneof(
		{ depthSize: 'small' },
		fc.oneof(text, fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null)),
		fc.array(tie('value'), { maxLength: 4 }),
		fc.dictionary(name, tie('value'), { maxKeys: 4, noNullPrototype: true }),
	),
}));

/** JSON knows no negative zero. */
const asJson = (one: unknown): unknown => JSON.parse(JSON.stringify(one));

test('whatever is written is read again as it was', () => {
	fc.assert(
		fc.property(fc.oneof(fc.array(value), fc.dictionary(name, value, { noNullPrototype: true })), (written) => {
			expect(parseFile(yamlText(written)).value).toStrictEqual(asJson(written));
		}),
		{ numRuns: 500 },
	);
});

test('text is text to those who read YAML 1.1 too', () => {
	fc.assert(
		fc.property(fc.dictionary(name, fc.array(text), { noNullPrototype: true }), (written) => {
			expect(load(yamlText(written), { schema: YAML11_SCHEMA })).toEqual(written);
		}),
		{ numRuns: 300 },
	);
});

test('what comes twice is written twice, and no line is folded', () => {
	const prices = { input: '0.1' };
	const long = 'word '.repeat(100).trim();
	expect(yamlText({ a: prices, b: [prices, prices], long })).toBe(
		`a:\n  input: "0.1"\nb:\n  - input: "0.1"\n  - input: "0.1"\nlong: ${long}\n`,
	);
});

test('what JSON leaves out is left out', () => {
	expect(yamlText({ a: undefined, b: [undefined], c: {}, d: -0 })).toBe('b:\n  - null\nc: {}\nd: 0\n');
	expect(yamlText({ a: undefined })).toBe('{}\n');
});

test('a file reads as one would write it', () => {
	expect(
		yamlText({
			switchyard: 1,
			providers: [{ provider: 'openai', name: 'EU: main', baseUrl: 'https://eu.example/v1', config: {}, tags: [] }],
			agents: {
				'research-agent': {
					description: 'yes',
					fallbacks: ['openai/gpt-4o', 'group/llama-3:8b'],
					settings: { temperature: 0.5, stop: null, seed: 1e21 },
					prompt: { system: 'You help.\n\n  - in short\n', tail: 'a\nb', lead: '  x\ny', kept: 'x\n\n' },
				},
			},
		}),
	).toBe(`switchyard: 1
providers:
  - provider: openai
    name: "EU: main"
    baseUrl: https://eu.example/v1
    config: {}
    tags: []
agents:
  research-agent:
    description: "yes"
    fallbacks:
      - openai/gpt-4o
      - group/llama-3:8b
    settings:
      temperature: 0.5
      stop: null
      seed: 1e+21
    prompt:
      system: |
        You help.

          - in short
      tail: |-
        a
        b
      lead: |2-
          x
        y
      kept: |+
        x

`);
});

test('half a million characters of text are written in time', () => {
	const began = performance.now();
	for (const long of [
		'a'.repeat(500_000),
		'\n'.repeat(500_000),
		' '.repeat(500_000),
		'a\n'.repeat(250_000),
		'"'.repeat(250_000),
	])
		expect(yamlText({ long }).length).toBeGreaterThan(499_999);
	expect(performance.now() - began).toBeLessThan(3_000);
});
