import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineDiff } from '../../src/console/ui/line-diff';

const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 }).map((lines) => lines.join('\n'));

const side = (before: string, after: string, left: 'gone' | 'new'): string =>
	lineDiff(before, after)
		.filter(({ kind }) => kind === 'same' || kind === left)
		.map((line) => line.text)
		.join('\n');

describe('a difference of two texts', () => {
	it('holds both of them whole', () => {
		fc.assert(
			fc.property(text, text, (before, after) => {
				expect(side(before, after, 'gone')).toBe(before);
				expect(side(before, after, 'new')).toBe(after);
			}),
		);
	});

	it('says nothing of a text that stayed', () => {
		fc.assert(
			fc.property(text, (same) => {
				expect(lineDiff(same, same).every(({ kind }) => kind === 'same')).toBe(true);
			}),
		);
	});

	it('keeps the lines around the one that changed', () => {
		expect(lineDiff('a\nb\nc', 'a\nx\nc').map(({ kind, text }) => `${kind} ${text}`)).toEqual([
			'same a',
			'gone b',
			'new x',
			'same c',
		]);
	});

	it('counts all as replaced where a table of the lines would be too large', () => {
		const many = (word: string): string => Array.from({ length: 2_500 }, (_, at) => `${word} ${at % 7}`).join('\n');
		const lines = lineDiff(many('a'), many('b'));
		expect(lines.filter(({ kind }) => kind === 'gone')).toHaveLength(2_500);
		expect(lines.filter(({ kind }) => kind === 'new')).toHaveLength(2_500);
	});
});
