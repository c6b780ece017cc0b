import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { unreadFields } from '../../src/doors/unread-fields';

const schema = z.object({
	a: z.string().nullish(),
	list: z.array(z.object({ b: z.int() })).nullish(),
	as: z.looseObject({}).nullish(),
	map: z.record(z.string(), z.unknown()).nullish(),
});

const unread = (sent: unknown): string[] => unreadFields(sent, schema.parse(sent)).map(({ field }) => field);

describe('what a schema did not keep', () => {
	it('is named by its path, at any depth', () => {
		expect(unread({ a: 'x', other: 1, list: [{ b: 1 }, { b: 2, c: { d: 1 } }] })).toEqual(['other', 'list[1].c']);
	});

	it('is nothing where a schema takes all there is, or where nothing is said', () => {
		expect(unread({ as: { any: { thing: 1 } }, map: { any: { thing: 1 } }, absent: null })).toEqual([]);
	});

	it('is named within bounds', () => {
		const many = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`${at}${'x'.repeat(100)}`, 1]));
		const fields = unread(many);
		expect(fields).toHaveLength(16);
		expect(new Set(fields.map((field) => field.length))).toEqual(new Set([64]));
	});
});
