import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonSchema } from '../../../src/language/request';
import { instanceOf } from '../../../src/providers/builtin/mock-instance';
import { matching } from '../../../src/providers/builtin/mock-pattern';
import { isValid } from '../../fixtures/mock/validate';

const bounds = (low: string, high: string, max: number): fc.Arbitrary<JsonSchema> =>
	fc.tuple(fc.nat(max), fc.nat(max), fc.boolean(), fc.boolean()).map(([at, width, withLow, withHigh]) => ({
		...(withLow && { [low]: at }),
		...(withHigh && { [high]: (withLow ? at : 0) + width }),
	}));

const scalar: fc.Arbitrary<JsonSchema> = fc.oneof(
	fc.constant({ type: 'boolean' }),
	fc.constant({ type: 'null' }),
	fc.constant({ type: ['null', 'string'] }),
	fc.record({ const: fc.jsonValue() }),
	fc.record({ enum: fc.array(fc.oneof(fc.string(), fc.integer()), { minLength: 1, maxLength: 4 }) }),
	bounds('minLength', 'maxLength', 40).map((said) => ({ type: 'string', ...said })),
	bounds('minimum', 'maximum', 50).map((said) => ({ type: 'number', ...said })),
	bounds('minimum', 'maximum', 50).map((said) => ({ type: 'integer', ...said })),
	fc
		.tuple(fc.integer({ min: -60, max: 60 }), fc.constantFrom(0.25, 1, 3))
		.map(([at, step]) => ({ type: 'number', exclusiveMinimum: at, multipleOf: step })),
	fc.integer({ min: -60, max: 60 }).map((at) => ({ type: 'number', exclusiveMinimum: at, exclusiveMaximum: at + 1 })),
	fc.integer({ min: -60, max: 60 }).map((at) => ({ type: 'integer', exclusiveMaximum: at })),
	fc.integer({ min: -60, max: 60 }).map((at) => ({ type: 'number', minimum: at, multipleOf: 7 })),
	fc.integer({ min: -60, max: 60 }).map((at) => ({ type: 'number', maximum: at, multipleOf: 7 })),
	fc.integer({ min: -60, max: 60 }).map((at) => ({ type: 'integer', minimum: at + 0.5, maximum: at + 1.5 })),
);

const schema: fc.Arbitrary<JsonSchema> = fc.letrec<{ any: JsonSchema; object: JsonSchema }>((tie) => ({
	any: fc.oneof(
		{ depthSize: 'small', withCrossShrink: true },
		scalar,
		tie('object'),
		fc.tuple(tie('any'), bounds('minItems', 'maxItems', 5)).map(([items, said]) => ({ type: 'array', items, ...said })),
		fc.record({ anyOf: fc.array(tie('any'), { minLength: 1, maxLength: 3 }) }),
		fc.constant({ $ref: '#/$defs/tree' }),
	),
	object: fc
		.record({
			properties: fc.dictionary(fc.string({ minLength: 1 }), tie('any'), { maxKeys: 4 }),
			extra: fc.boolean(),
		})
		.map(({ properties, extra }) => ({
			type: 'object',
			properties,
			required: Object.keys(properties).slice(0, 2),
			...(!extra && { additionalProperties: false }),
		})),
})).any;

const $defs = {
	tree: {
		type: 'object',
		properties: { name: { type: 'string' }, children: { type: 'array', items: { $ref: '#/$defs/tree' } } },
		required: ['name', 'children'],
	},
};

describe('an instance of a schema', () => {
	it('keeps what the schema says, and is the same each time', () => {
		fc.assert(
			fc.property(schema, (said) => {
				const root = { ...said, $defs };
				const instance = instanceOf(root);
				expect(isValid(instance, root), JSON.stringify({ root, instance })).toBe(true);
				expect(instanceOf(root)).toEqual(instance);
			}),
			{ numRuns: 500 },
		);
	});

	it('reads like what a model would write', () => {
		const said = {
			type: 'object',
			properties: {
				city: { type: 'string' },
				tags: { type: 'array', items: { type: 'string' }, minItems: 2, uniqueItems: true },
				when: { type: 'string', format: 'date-time' },
				count: { type: 'integer', default: 3 },
				mail: { type: 'string', format: 'email' },
				kind: { oneOf: [{ const: 'a' }, { const: 'b' }] },
				code: { type: 'string', pattern: '^[A-Z]{3}-\\d{2,4}$' },
			},
		};
		expect(instanceOf(said)).toEqual({
			city: 'city',
			tags: ['tag', 'tag2'],
			when: '2026-01-01T09:00:00Z',
			count: 3,
			mail: 'user1@example.com',
			kind: 'a',
			code: 'AAA-11',
		});
	});

	it('lays allOf together, the narrower bound counting', () => {
		const allOf = [
			{
				type: 'object',
				properties: { a: { allOf: [{ type: 'integer', minimum: 2 }, { minimum: 7 }] } },
				required: ['a'],
			},
			{ $ref: '#/$defs/rest' },
		];
		const said = { allOf, $defs: { rest: { properties: { b: { type: 'boolean' } }, required: ['b', 'c'] } } };
		expect(instanceOf(said)).toEqual({ a: 7, b: true, c: 'c' });
	});

	it.each([
		[
			'requires itself',
			{ $ref: '#/$defs/a', $defs: { a: { required: ['a'], properties: { a: { $ref: '#/$defs/a' } } } } },
		],
		['refers to itself', { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/a' } } }],
		['asks for too much', { type: 'array', minItems: 1e9, items: { type: 'string', minLength: 1e9 } }],
		[
			'branches without end',
			{
				properties: Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`p${at}`, { $ref: '#' }])),
				required: ['p0'],
			},
		],
	])('ends where the schema %s', (_, said) => {
		expect(JSON.stringify(instanceOf(said)).length).toBeLessThan(1_000_000);
	});
});

describe('a string for a pattern', () => {
	const atom = fc.constantFrom('a', '\\d', '\\w', '.', '[a-f]', '[^abc]', '[\\w.-]', '\\.', '(?:xy|z)', '(ab)');
	const quantified = fc
		.tuple(atom, fc.constantFrom('', '*', '+', '?', '{2}', '{2,5}', '+?'))
		.map((parts) => parts.join(''));
	const pattern = fc.array(quantified, { maxLength: 8 }).map((parts) => `^${parts.join('')}$`);

	it('matches it', () => {
		fc.assert(
			fc.property(pattern, (source) => {
				expect(matching(source) ?? 'not understood').toMatch(new RegExp(source));
			}),
		);
		expect(matching('^(?<year>\\d{4})$')).toBe('1111');
	});

	it.each(['(?=a)b', '\\1', '\\p{L}', '[a', '(a', 'a{99999}', '((a{60}){60}){60}', '(', '*'])(
		'is not made for %s',
		(source) => {
			expect(matching(source)).toBeUndefined();
		},
	);
});
