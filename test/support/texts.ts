/** Texts of all kinds that a tokenizer may be given, for fast-check. */
import fc from 'fast-check';

const WHITE_SPACE = [
	...' \t\n\r\v\f\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a',
	...'\u2028\u2029\u202f\u205f\u3000\ufeff',
	'\r\n',
	'  ',
	'\t\t',
	' \n',
];

const WORDS = [
	...["'s", "'S", "'t", "'re", "'rE", "'VE", "'ll", "'Ll", "'m", "'d", "'", '\u2019s', "'\u017f", "'\u212a", "don't"],
	...['the', ' hello', 'World', 'ABC', 'abC', 'camelCaseWord', 'HTTPServer', '\u01c5', 'ß', 'É', 'И', 'ж', 'ה', 'ا'],
	...['文', '日本語', 'あ', '한국어', 'ภาษา', 'हिन्दी', '\u02b0', '\u00aa', '\u0301', 'e\u0301', '\u0903', '\u200d'],
	...['1', '22', '4096', '\u0663\u0664', '\u2167', '\u00b2', '\u0e53', '\u{1d7cf}', '\u{10400}\u{10428}', '\u{1d400}'],
	...['/', '//', '/*', '--', '!!', '…', '{"a":', '[1,2]', '</p>', '\\n', '=>', '====', '_x_', '#include', '$', '€'],
	...[
		'<|endoftext|>',
		'<|endofprompt|>',
		'<|fim_prefix|>',
		'<|im_start|>',
		'😀',
		'👨‍👩‍👧‍👦',
		'👍🏽',
		'🇩🇪',
		'\u{20000}',
	],
	...['\ud800', '\udfff', '\udc00\ud800', '\0', '\u0085', '\u180e', '\u200b', '\uffff', '\u{10ffff}'],
];

const space = fc.constantFrom(...WHITE_SPACE);
const word = fc.constantFrom(...WORDS);
const joined = (part: fc.Arbitrary<string>, maxLength: number): fc.Arbitrary<string> =>
	fc.array(part, { maxLength }).map((parts) => parts.join(''));

const ALPHABET = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'];

/** Any string of UTF-16 units: pairs, halves of them, controls. */
export const units: fc.Arbitrary<string> = fc
	.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 })
	.map((codes) => String.fromCharCode(...codes));

/** Any code points of any plane. */
export const points: fc.Arbitrary<string> = joined(
	fc.integer({ min: 0, max: 0x10ffff }).map((point) => String.fromCodePoint(point)),
	30,
);

export const mixed: fc.Arbitrary<string> = joined(fc.oneof(space, word, { weight: 3, arbitrary: word }), 30);

export const whiteSpace: fc.Arbitrary<string> = joined(fc.oneof({ weight: 4, arbitrary: space }, word), 40);

export const ascii: fc.Arbitrary<string> = joined(
	fc.integer({ min: 0, max: 127 }).map((code) => String.fromCharCode(code)),
	80,
);

export const base64: fc.Arbitrary<string> = joined(fc.constantFrom(...ALPHABET), 120);

export const json: fc.Arbitrary<string> = fc
	.tuple(fc.json({ maxDepth: 3 }), fc.constantFrom(0, 2, '\t'))
	.map(([text, indent]) => JSON.stringify(JSON.parse(text), null, indent));

/** One short text over and over. */
export const runs: fc.Arbitrary<string> = fc
	.tuple(fc.oneof(space, word, fc.constantFrom('a', 'ab', 'Aa', '文A', '=-')), fc.integer({ min: 1, max: 60 }))
	.map(([text, times]) => text.repeat(times));

export const text: fc.Arbitrary<string> = fc.oneof(
	{ weight: 4, arbitrary: mixed },
	{ weight: 2, arbitrary: whiteSpace },
	{ weight: 2, arbitrary: joined(fc.oneof(runs, word, space), 4) },
	units,
	points,
	ascii,
	base64,
	json,
);
