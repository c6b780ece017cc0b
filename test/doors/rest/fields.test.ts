import { describe, expect, it } from 'vitest';
import { fieldsOf, typeOf } from '../../../src/doors/rest/page/fields';

describe('a schema as rows', () => {
	it.each([
		[{ type: 'string' }, 'string'],
		[{ type: ['string', 'null'] }, 'string or null'],
		[{ type: 'string', format: 'date-time' }, 'string (date-time)'],
		[{ enum: ['a', 'b'] }, '"a" or "b"'],
		[{ type: 'string', const: 'key' }, '"key"'],
		[{ anyOf: [{ type: 'string', format: 'date' }, { type: 'null' }] }, 'string (date) or null'],
		[{ type: 'array', items: { $ref: '#/components/schemas/Row' } }, 'array of Row'],
		[{}, 'anything'],
	])('writes %j in words', (schema, words) => {
		expect(typeOf(schema)).toBe(words);
	});

	it('names a field within another by its path', () => {
		const window = { type: 'object', properties: { limit: { type: 'integer', description: 'Most.' } } };
		const schema = {
			type: 'object',
			required: ['data'],
			properties: {
				data: { type: 'array', items: { type: 'object', required: ['day'], properties: { day: { type: 'string' } } } },
				limits: { type: 'object', properties: { minute: { anyOf: [window, { type: 'null' }] } } },
			},
		};
		expect(fieldsOf(schema)).toEqual([
			{ path: 'data', type: 'array of object', required: true, description: '' },
			{ path: 'data[].day', type: 'string', required: true, description: '' },
			{ path: 'limits', type: 'object', required: false, description: '' },
			{ path: 'limits.minute', type: 'object or null', required: false, description: '' },
			{ path: 'limits.minute.limit', type: 'integer', required: false, description: 'Most.' },
		]);
	});
});
