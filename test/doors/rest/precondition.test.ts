import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entityTags, expectedVersion } from '../../../src/doors/rest/precondition';

const unread = async (): Promise<number> => {
	throw new Error('the row was read though the header says it all');
};
const at = (version: number) => async () => version;

describe('If-Match', () => {
	it.each([
		['is absent', undefined, null],
		['is a star', ' * ', null],
		['is strong', '"3"', ['3']],
		['is weak', 'W/"3"', ['3']],
		['is a list', '"3", W/"4" ,"x,y"', ['3', '4', 'x,y']],
		['is an empty tag', '""', ['']],
	])('is read where it %s', (_what, header, tags) => {
		expect(entityTags(header)).toEqual(tags);
	});

	it.each(['', '3', "'3'", '"3', '3"', 'w/"3"', '"3" "4"', ',"3"', '"3",*', '"a b"', '*, "3"'])(
		'is refused, naming it, where it reads %j',
		(header) => {
			expect(() => entityTags(header)).toThrow(expect.objectContaining({ code: 'invalid_request', param: 'if-match' }));
		},
	);

	it('gives back every list of tags that was written by the rules', () => {
		const tag = fc.stringMatching(/^[\x21\x23-\x7e]{0,8}$/);
		fc.assert(
			fc.property(fc.array(fc.tuple(tag, fc.boolean()), { minLength: 1, maxLength: 5 }), (tags) => {
				const header = tags.map(([text, weak]) => `${weak ? 'W/' : ''}"${text}"`).join(', ');
				expect(entityTags(header)).toEqual(tags.map(([text]) => text));
			}),
		);
	});
});

describe('the version a change insists on', () => {
	it('is none where nobody names one', async () => {
		expect(await expectedVersion(undefined, undefined, unread)).toBeUndefined();
		expect(await expectedVersion('*', undefined, unread)).toBeUndefined();
	});

	it("is the body's where the header names none, or the same", async () => {
		expect(await expectedVersion(undefined, 3, unread)).toBe(3);
		expect(await expectedVersion('*', 3, unread)).toBe(3);
		expect(await expectedVersion('W/"2", "3"', 3, unread)).toBe(3);
	});

	it("is the header's without a read of the row", async () => {
		expect(await expectedVersion('"7"', undefined, unread)).toBe(7);
	});

	it('is refused where header and body differ', async () => {
		await expect(expectedVersion('"4"', 3, unread)).rejects.toMatchObject({
			code: 'invalid_request',
			param: 'version',
		});
		await expect(expectedVersion('"x"', 3, unread)).rejects.toMatchObject({ code: 'invalid_request' });
	});

	it("is the row's where that is in the list, and a conflict where it isn't", async () => {
		expect(await expectedVersion('"3", "4"', undefined, at(4))).toBe(4);
		await expect(expectedVersion('"3", "4"', undefined, at(5))).rejects.toMatchObject({
			code: 'conflict',
			param: 'version',
		});
	});

	it('is a conflict where the tag can be no version', async () => {
		for (const header of ['"abc"', '""', '"-1"', '"3.0"', '"99999999999999999999"'])
			await expect(expectedVersion(header, undefined, at(3))).rejects.toMatchObject({ code: 'conflict' });
	});
});
