import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonSchema } from '../../../../src/language/request';
import { toSubset } from '../../../../src/providers/wire/google-generate/schema';

const subset = (schema: JsonSchema) => toSubset(schema).schema;

describe('the older subset of JSON Schema', () => {
	it.each([
		[
			{ type: 'string', format: 'date-time', minLength: 2 },
			{ type: 'STRING', format: 'date-time', minLength: 2 },
		],
		[
			{ type: ['integer', 'null'], minimum: 1 },
			{ type: 'INTEGER', nullable: true, minimum: 1 },
		],
		[{ type: ['string', 'number'] }, { anyOf: [{ type: 'STRING' }, { type: 'NUMBER' }] }],
		[{ enum: ['a', 'b'] }, { type: 'STRING', enum: ['a', 'b'] }],
		[
			{ type: ['string', 'null'], enum: ['a', null] },
			{ type: 'STRING', enum: ['a'], nullable: true },
		],
		[{ const: 'a' }, { type: 'STRING', enum: ['a'] }],
		[{ anyOf: [{ type: 'string' }, { type: 'null' }] }, { type: 'STRING', nullable: true }],
		[{ oneOf: [{ type: 'string' }, { type: 'boolean' }] }, { anyOf: [{ type: 'STRING' }, { type: 'BOOLEAN' }] }],
		[{ type: 'array' }, { type: 'ARRAY', items: { type: 'STRING' } }],
		[{ items: { type: 'number' } }, { type: 'ARRAY', items: { type: 'NUMBER' } }],
		[{ type: 'object', additionalProperties: false, $schema: 'x' }, { type: 'OBJECT' }],
		[
			{ properties: { a: { type: 'string' } }, required: ['a', 'gone'] },
			{ type: 'OBJECT', properties: { a: { type: 'STRING' } }, required: ['a'] },
		],
		[
			{
				allOf: [{ properties: { a: { type: 'string' } }, required: ['a'] }, { properties: { b: { type: 'number' } } }],
			},
			{ type: 'OBJECT', properties: { a: { type: 'STRING' }, b: { type: 'NUMBER' } }, required: ['a'] },
		],
		[
			{ properties: { a: { $ref: '#/$defs/x' } }, $defs: { x: { type: 'integer', title: 'X' } } },
			{ type: 'OBJECT', properties: { a: { type: 'INTEGER', title: 'X' } } },
		],
		[{ properties: { a: true } }, { type: 'OBJECT', properties: { a: { type: 'STRING' } } }],
	])('has %o as %o, which loses nothing', (schema, expected) => {
		expect(toSubset(schema)).toEqual({ schema: expected, moved: [] });
	});

	it('tells in words what it has no keyword for', () => {
		expect(toSubset({ type: 'integer', description: 'Age.', multipleOf: 2, enum: [2, 4] })).toEqual({
			schema: { type: 'INTEGER', description: 'Age. (multipleOf: 2, enum: [2,4])' },
			moved: ['multipleOf', 'enum'],
		});
		expect(toSubset({ type: 'string', format: 'uuid' }).moved).toEqual(['format']);
		expect(toSubset({ type: 'object', additionalProperties: { type: 'string' } }).moved).toEqual([
			'additionalProperties',
		]);
	});

	it('ends schemas that refer to themselves, and references to nothing', () => {
		const tree = { $defs: { node: { properties: { child: { $ref: '#/$defs/node' } } } }, $ref: '#/$defs/node' };
		expect(toSubset(tree)).toMatchObject({ schema: { type: 'OBJECT' }, moved: ['$ref'] });
		expect(toSubset({ $ref: '#/$defs/gone' })).toEqual({ schema: { type: 'STRING' }, moved: ['$ref'] });
		expect(toSubset({ $ref: 'https://example.org/s.json' }).moved).toEqual(['$ref']);
		expect(toSubset({ $defs: { a: { $ref: '#/$defs/a' } }, $ref: '#/$defs/a' }).schema).toEqual({ type: 'OBJECT' });
		expect(toSubset({ allOf: [{ $ref: '#' }] }).moved).toEqual(['$ref']);
	});

	it('does not grow without end, however often references branch', () => {
		const both = (name: string) => ({ properties: { l: { $ref: `#/$defs/${name}` }, r: { $ref: `#/$defs/${name}` } } });
		const levels = Array.from({ length: 40 }, (_, level) => [`n${level}`, both(`n${level + 1}`)] as const);
		const $defs = { ...Object.fromEntries(levels), n40: { type: 'string' } };
		const { schema, moved } = toSubset({ $defs, $ref: '#/$defs/n0' });
		expect(JSON.stringify(schema).length).toBeLessThan(500_000);
		expect(moved).toEqual(['$ref']);
	});

	it('does not grow without end, however long what references name', () => {
		const properties = Object.fromEntries(Array.from({ length: 1_500 }, (_, at) => [`p${at}`, { $ref: '#/$defs/a' }]));
		const $defs = { a: { type: 'string', description: 'word '.repeat(20_000) } };
		const { schema, moved } = toSubset({ type: 'object', $defs, properties });
		expect(JSON.stringify(schema).length).toBeLessThan(5_000_000);
		expect(moved).toEqual(['$ref']);
	});

	it('does not grow without end, however often types are named again', () => {
		let schema: JsonSchema = { type: 'string' };
		for (let depth = 0; depth < 16; depth += 1)
			schema = { type: ['object', 'object', 'object'], properties: { a: schema } };
		expect(JSON.stringify(subset(schema)).length).toBeLessThan(2_000);
	});

	it('lays many parts together in time in proportion to them, also behind a reference', () => {
		const part = (at: number) => ({ properties: { [`p${at}`]: { type: 'string' } }, required: [`p${at}`] });
		const allOf = Array.from({ length: 5_000 }, (_, at) => part(at));
		const started = performance.now();
		for (const given of [{ allOf }, { $defs: { a: { allOf } }, $ref: '#/$defs/a' }]) {
			const { properties = {}, required } = subset(given) as { properties?: object; required?: string[] };
			expect(Object.keys(properties)).toHaveLength(5_000);
			expect(required).toHaveLength(5_000);
		}
		expect(performance.now() - started).toBeLessThan(2_000);
	});

	it('gives every node a type or branches, whatever comes', () => {
		const typed = (node: unknown): boolean => {
			if (typeof node !== 'object' || node === null) return false;
			const { type, anyOf, properties, items } = node as Record<string, unknown>;
			return (
				(typeof type === 'string' || (Array.isArray(anyOf) && anyOf.every(typed))) &&
				(items === undefined || typed(items)) &&
				Object.values(properties ?? {}).every(typed)
			);
		};
		const { node } = fc.letrec((tie) => ({
			leaf: fc.oneof(fc.constant({ type: 'string' }), fc.constant(true), fc.constant({ $ref: '#/properties/a' })),
			node: fc.record(
				{
					type: fc.oneof(fc.constantFrom('object', 'array', 'string', 'null'), fc.constant(['string', 'null'])),
					properties: fc.dictionary(fc.constantFrom('a', 'b', 'type'), tie('child'), { maxKeys: 2 }),
					items: tie('child'),
					anyOf: fc.array(tie('child'), { maxLength: 2 }),
					enum: fc.array(fc.oneof(fc.string(), fc.constant(null), fc.integer()), { maxLength: 2 }),
					$ref: fc.constantFrom('#', '#/properties/a', 'x'),
				},
				{ requiredKeys: [] },
			),
			child: fc.oneof({ maxDepth: 3 }, tie('leaf'), tie('node')),
		}));
		fc.assert(
			fc.property(node, (given) => {
				expect(typed(subset(given as JsonSchema))).toBe(true);
			}),
			{ numRuns: 200 },
		);
	});
});
