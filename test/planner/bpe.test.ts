import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cl100k, o200k } from '../support/encodings';
import { cl100kOracle, o200kOracle } from '../support/oracle';
import { ascii, base64, json, mixed, points, runs, text, units, whiteSpace } from '../support/texts';

const CASES = [
	['o200k_base', o200k, o200kOracle],
	['cl100k_base', cl100k, cl100kOracle],
] as const;

/** The same sequence on every machine. */
function randomly(alphabet: string, length: number): string {
	let state = 7;
	return Array.from({ length }, () => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return alphabet.charAt(Math.floor((state / 2 ** 32) * alphabet.length));
	}).join('');
}

const IDEOGRAPHS = String.fromCharCode(...Array.from({ length: 3_000 }, (_, at) => 0x4e00 + at));
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

describe.each(CASES)('%s', (_name, encoding, oracle) => {
	it.each([
		['words of all scripts, code and special tokens', mixed, 1_200],
		['white space', whiteSpace, 600],
		['any code points of any plane', points, 600],
		['any UTF-16 units, halves of pairs among them', units, 600],
		['ASCII with its controls', ascii, 400],
		['base64', base64, 300],
		['JSON', json, 300],
		['short texts over and over', runs, 300],
	])('counts what js-tiktoken counts: %s', (_what, arbitrary, numRuns) => {
		fc.assert(
			fc.property(arbitrary, (sample) => {
				expect(encoding.count(sample)).toBe(oracle(sample).length);
			}),
			{ numRuns },
		);
	});

	it.each([
		'a',
		'ab',
		' ',
		'\n',
		'\t ',
		'=',
		'-',
		'_',
		'A',
		'é',
		'文',
		'😀',
		'\0',
		'\u0301',
		'na',
		'\ud800',
		'()',
		'xyz',
	])('counts a long run of %j as js-tiktoken does', (part) => {
		for (const length of [64, 65, 129, 260]) {
			const sample = part.repeat(Math.ceil(length / part.length));
			expect({ length, tokens: encoding.count(sample) }).toEqual({ length, tokens: oracle(sample).length });
		}
	});

	it('counts as it did before, after a text far longer than the others', () => {
		const before = encoding.count('Streams, counted once more.');
		encoding.count('x'.repeat(300_000));
		expect(encoding.count('Streams, counted once more.')).toBe(before);
	});

	it('counts a text that is nothing as nothing', () => {
		expect(encoding.count('')).toBe(0);
	});

	it('counts special tokens as the text they are', () => {
		expect(encoding.count('<|endoftext|>')).toBeGreaterThan(4);
	});

	it('counts a lone surrogate as the replacement character', () => {
		for (const sample of ['\ud800', 'a\udfffb', '\udc00\ud800', `${'\ud800'.repeat(600)}`])
			expect(encoding.count(sample)).toBe(encoding.count(sample.toWellFormed()));
	});
});

describe('runs longer than one block', () => {
	it.each([
		['a', 'a'.repeat(10_000), 1_250, 1_250],
		['blanks', ' '.repeat(10_000), 79, 79],
		['underscores', '_'.repeat(10_000), 157, 157],
		['random letters', randomly(LETTERS, 10_000), 5_175, 5_373],
		['random capitals', randomly(LETTERS.toUpperCase(), 6_000), 3_439, 3_593],
		['two letters', randomly('ab', 5_000), 1_719, 2_109],
		['ideographs', randomly(IDEOGRAPHS, 4_000), 7_189, 8_488],
	])('are counted as js-tiktoken once counted them: %s', (_what, sample, inO200k, inCl100k) => {
		expect([o200k.count(sample), cl100k.count(sample)]).toEqual([inO200k, inCl100k]);
	});
});

describe.each(CASES)('cutting by %s', (_name, encoding) => {
	const tokens = fc.integer({ min: 0, max: 40 });

	const splitsPair = (whole: string, at: number): boolean =>
		at > 0 && at < whole.length && (whole.codePointAt(at - 1) ?? 0) > 0xffff;

	it('gives heads and tails that count no more than asked for, and never half a character', () => {
		fc.assert(
			fc.property(fc.array(text, { maxLength: 4 }), tokens, (parts, most) => {
				const whole = parts.join('');
				const end = encoding.headEnd(whole, most);
				const start = encoding.tailStart(whole, most);
				expect(encoding.count(whole.slice(0, end))).toBeLessThanOrEqual(most);
				expect(encoding.count(whole.slice(start))).toBeLessThanOrEqual(most);
				expect(splitsPair(whole, end)).toBe(false);
				expect(splitsPair(whole, start)).toBe(false);
			}),
			{ numRuns: 1_500 },
		);
	});

	it('gives all of a text that is short enough', () => {
		fc.assert(
			fc.property(text, (whole) => {
				const most = encoding.count(whole);
				expect(encoding.headEnd(whole, most)).toBe(whole.length);
				expect(encoding.tailStart(whole, most)).toBe(0);
			}),
			{ numRuns: 500 },
		);
	});

	it('uses what it is given, in prose and in pieces that are far too long', () => {
		const prose = 'It was a bright cold day in April, and the clocks were striking thirteen. '.repeat(500);
		for (const whole of [
			prose,
			'a'.repeat(20_000),
			randomly(LETTERS, 20_000),
			randomly(IDEOGRAPHS, 20_000),
			'😀'.repeat(9_000),
		])
			for (const most of [10, 100, 1_000]) {
				const head = encoding.count(whole.slice(0, encoding.headEnd(whole, most)));
				const tail = encoding.count(whole.slice(encoding.tailStart(whole, most)));
				expect(head).toBeGreaterThanOrEqual(most - 4);
				expect(tail).toBeGreaterThanOrEqual(most - 16);
			}
	});

	it('reads no more of a long text than it gives', () => {
		const whole = `${'word '.repeat(200)}${'x'.repeat(5_000_000)}${' word'.repeat(200)}`;
		expect(encoding.headEnd(whole, 100)).toBe(499);
		expect(whole.slice(encoding.tailStart(whole, 100))).toBe(' word'.repeat(100));
	});

	it('gives nothing for no tokens', () => {
		for (const most of [0, -1, 0.5, Number.NaN]) {
			expect(encoding.headEnd('words', most)).toBe(0);
			expect(encoding.tailStart('words', most)).toBe(5);
		}
	});
});
