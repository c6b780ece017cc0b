import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors';
import type { JsonSchema } from '../../src/language/request';
import { toolNamespace } from '../../src/planner/tool-text';

/** Of one tool: what stands between its parentheses. */
function argumentsOf(parameters: JsonSchema): string {
	const [, inner = ''] = /type f = \(([\s\S]*)\) => any;/.exec(toolNamespace([{ name: 'f', parameters }])) ?? [];
	return inner;
}

const property = (schema: unknown): string =>
	argumentsOf({ type: 'object', properties: { a: schema }, required: ['a'] }).replace(/^_: \{\n|\n\}$/g, '');

describe('tools', () => {
	it('are a namespace of functions', () => {
		const tools = [
			{
				name: 'get_current_weather',
				description: 'Get the current weather\nin a given location',
				parameters: {
					type: 'object',
					properties: {
						location: { type: 'string', description: 'The city, e.g. Boston' },
						unit: { type: 'string', enum: ['celsius', 'fahrenheit'] },
					},
					required: ['location'],
				},
			},
			{ name: 'now' },
		];
		expect(toolNamespace(tools)).toBe(
			[
				'namespace functions {',
				'',
				'// Get the current weather',
				'// in a given location',
				'type get_current_weather = (_: {',
				'// The city, e.g. Boston',
				'location: string,',
				'unit?: "celsius" | "fahrenheit",',
				'}) => any;',
				'',
				'type now = () => any;',
				'',
				'} // namespace functions',
			].join('\n'),
		);
	});

	it('are nothing where there are none, and take no arguments where they have no properties', () => {
		expect(toolNamespace([])).toBe('');
		expect(argumentsOf({})).toBe('');
		expect(argumentsOf({ type: 'object', properties: {} })).toBe('');
	});

	it.each([
		[{ type: 'integer' }, 'a: number,'],
		[{}, 'a: any,'],
		['odd', 'a: any,'],
		[{ type: ['string', 'null'] }, 'a: string | null,'],
		[{ const: 3 }, 'a: 3,'],
		[{ type: 'array', items: { type: 'integer' } }, 'a: number[],'],
		[{ type: 'array' }, 'a: any[],'],
		[{ anyOf: [{ type: 'string' }, { type: 'number' }] }, 'a: string | number,'],
		[{ $ref: '#/$defs/node' }, 'a: #/$defs/node,'],
		[{ type: 'object', properties: { b: { type: 'boolean' } } }, 'a: {\nb?: boolean,\n},'],
		[{ type: 'string', default: 'x', minLength: 1 }, '// default: "x"\n// minLength: 1\na: string,'],
	])('write %j as %s', (schema, text) => expect(property(schema)).toBe(text));

	it('keep what is said of the whole, of items and of choices', () => {
		const said = { type: 'object', description: 'some words', properties: { b: {} } };
		const shown = '// some words\n{\nb?: any,\n}';
		expect(argumentsOf(said)).toBe(`_: ${shown}`);
		expect(property({ type: 'array', items: said })).toBe(`a: ${shown}[],`);
		expect(property({ oneOf: [said, { type: 'null', description: 'none' }] })).toBe(`a: ${shown} | // none\nnull,`);
	});

	it('keep choices and references that stand for all arguments', () => {
		const choice = { type: 'object', properties: { b: {} } };
		expect(argumentsOf({ anyOf: [choice, { type: 'null' }] })).toBe('_: {\nb?: any,\n} | null');
		expect(argumentsOf({ type: 'object', oneOf: [choice] })).toContain('b?: any');
		expect(argumentsOf({ $ref: '#/$defs/node', $defs: { node: choice } })).toContain('"b"');
	});

	it('keep shared definitions', () => {
		const written = argumentsOf({ type: 'object', properties: { a: {} }, $defs: { node: { type: 'string' } } });
		expect(written).toContain('{"node":{"type":"string"}}');
	});

	it('of any depth are written in linear time, also where types are named again and again', () => {
		let schema: JsonSchema = { type: 'string' };
		for (let depth = 0; depth < 400; depth += 1)
			schema = { type: ['object', 'array', 'object', 'array'], properties: { a: schema }, items: { type: 'null' } };
		const text = toolNamespace([{ name: 'f', parameters: schema }]);
		expect(text.length).toBeLessThan(JSON.stringify(schema).length * 2);
	});

	it('that refer to themselves are refused', () => {
		const parameters: Record<string, unknown> = { type: 'object' };
		parameters.properties = { self: { anyOf: [parameters] } };
		expect(() => toolNamespace([{ name: 'f', parameters }])).toThrow(GatewayError);
	});
});
