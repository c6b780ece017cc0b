import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CASELESS, classOf, LOWER, MARK, NEWLINE, NUMBER, OTHER, SPACE, UPPER } from '../../src/planner/classes';
import type { EncodingName } from '../../src/planner/encoding';
import { PIECES } from '../../src/planner/split';
import { cl100kPattern, o200kPattern } from '../support/oracle';
import { points, text, units } from '../support/texts';

function piecesOf(name: EncodingName, whole: string): string[] {
	const pieces: string[] = [];
	for (let at = 0; at < whole.length; ) {
		const end = PIECES[name](whole, at);
		pieces.push(whole.slice(at, end));
		at = end;
	}
	return pieces;
}

const matched = (pattern: RegExp, whole: string): string[] => Array.from(whole.matchAll(pattern), ([piece]) => piece);

describe.each([
	['o200k_base', o200kPattern],
	['cl100k_base', cl100kPattern],
] as const)('the pieces of %s', (name, pattern) => {
	it.each([
		['texts of all kinds', text, 2_500],
		['any code points', points, 2_000],
		['any UTF-16 units', units, 2_000],
	])('are what its regular expression matches in %s', (_what, arbitrary, numRuns) => {
		fc.assert(
			fc.property(arbitrary, (whole) => {
				expect(piecesOf(name, whole)).toEqual(matched(pattern, whole));
			}),
			{ numRuns },
		);
	});

	it('are what its regular expression matches wherever any four characters of different kinds meet', () => {
		const kinds = ['a', 'A', '文', '\u0301', '1', ' ', '\n', '\u3000', "'", 's', '/', '!', '😀', '\u{1d400}'];
		const meetings = Array.from({ length: kinds.length ** 4 }, (_, number) =>
			[0, 1, 2, 3].map((place) => kinds[Math.floor(number / kinds.length ** place) % kinds.length]).join(''),
		);
		expect(meetings.map((whole) => piecesOf(name, whole).join('|'))).toEqual(
			meetings.map((whole) => matched(pattern, whole).join('|')),
		);
	});

	it('are found in time that grows with the length, whatever is repeated', () => {
		for (const part of ['a', 'A', ' ', '\n', ' \n', "'s", "'", '文A', '\u0301A', '1', '/\n', ' !'])
			expect(piecesOf(name, part.repeat(100_000)).join('').length).toBe(part.length * 100_000);
	});
});

describe('the kind of a code point', () => {
	it.each([
		[UPPER, /[^,\p{Lu}\p{Lt}]/u],
		[LOWER, /[^,\p{Ll}]/u],
		[CASELESS, /[^,\p{Lm}\p{Lo}]/u],
		[MARK, /[^,\p{M}]/u],
		[NUMBER, /[^,\p{N}]/u],
		[NEWLINE, /[^,\r\n]/u],
		[SPACE, /[^,\s]|[\r\n]/u],
		[OTHER, /[\s\p{L}\p{M}\p{N}]/u],
	])('is %i for none that the regular expressions of the runtime find by %s', (kind, others) => {
		const all: string[] = [];
		for (let point = 0; point <= 0x10ffff; point += 1)
			if (classOf(point) === kind) all.push(String.fromCodePoint(point));
		expect(all.length).toBeGreaterThan(1);
		// Between commas, halves of pairs stay halves.
		expect(others.exec(all.join(','))).toBe(null);
	});
});
