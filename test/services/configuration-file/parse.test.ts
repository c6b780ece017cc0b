import { expect, test } from 'vitest';
import type { GatewayError } from '../../../src/errors';
import { faultAt, parseFile } from '../../../src/services/configuration-file/parse';

function refusal(work: () => unknown): GatewayError {
	try {
		work();
	} catch (error) {
		return error as GatewayError;
	}
	throw new Error('nothing was refused');
}

test('YAML and JSON give the same values', () => {
	const yaml = parseFile('profiles:\n  fast:\n    provider: groq\n    tags: [a, b]\n');
	const json = parseFile('{"profiles": {"fast": {"provider": "groq", "tags": ["a", "b"]}}}');
	expect(yaml.value).toEqual(json.value);
	expect(yaml.value).toEqual({ profiles: { fast: { provider: 'groq', tags: ['a', 'b'] } } });
});

test('every part knows its line, keys by the key and list items by the item', () => {
	const file = parseFile('a: 1\nb:\n  c: 2\n  d:\n    - x\n    - y: 3\n');
	expect(file.lineOf(['a'])).toBe(1);
	expect(file.lineOf(['b', 'c'])).toBe(3);
	expect(file.lineOf(['b', 'd', 1])).toBe(6);
	expect(file.lineOf(['b', 'd', 1, 'y'])).toBe(6);
	expect(file.lineOf(['b', 'd', 7, 'nowhere'])).toBe(4);
});

test('a fault names path and line', () => {
	const fault = faultAt(parseFile('a:\n  b: 1\n'), ['a', 'b'], 'is wrong.');
	expect(fault).toMatchObject({ code: 'invalid_request', param: 'a.b', message: 'line 2: a.b: is wrong.' });
});

test.each([
	['a name that comes twice', 'a: 1\nb: 2\na: 3\n', /^line 3: /],
	['text that is no YAML', 'a: [1, 2\nb: }\n', /^line \d+: /],
	['a tab for indentation', 'a:\n\tb: 1\n', /^line 2: /],
])('%s is refused with its line', (_what, text, message) => {
	expect(refusal(() => parseFile(text))).toMatchObject({
		code: 'invalid_request',
		message: expect.stringMatching(message),
	});
});

test.each([['__proto__'], ['constructor'], ['prototype']])('the reserved name %s is refused with its line', (name) => {
	const error = refusal(() => parseFile(`profiles:\n  ${name}:\n    provider: openai\n`));
	expect(error).toMatchObject({ code: 'invalid_request', param: `profiles.${name}` });
	expect(error.message).toContain('line 2');
	expect(({} as Record<string, unknown>).provider).toBeUndefined();
});

test('aliases of aliases that would unfold to billions of values are refused at once', () => {
	const levels = Array.from({ length: 9 }, (_, level) =>
		level === 0
			? 'a0: &a0 [x, x, x, x, x, x, x, x, x]'
			: `a${level}: &a${level} [${Array.from({ length: 9 }, () => `*a${level - 1}`).join(', ')}]`,
	);
	expect(refusal(() => parseFile(levels.join('\n')))).toMatchObject({ code: 'invalid_request', param: 'document' });
});

test('an alias that holds itself is refused', () => {
	expect(refusal(() => parseFile('a: &a\n  b: *a\n'))).toMatchObject({ code: 'invalid_request' });
});

test('a few aliases and merge keys are taken as they are meant', () => {
	const file = parseFile('base: &base {region: eu}\nrow:\n  <<: *base\n  name: x\n');
	expect(file.value).toEqual({ base: { region: 'eu' }, row: { region: 'eu', name: 'x' } });
});

test('text that only opens brackets does not overflow the stack', () => {
	expect(refusal(() => parseFile('['.repeat(200_000)))).toMatchObject({ code: 'invalid_request' });
	expect(refusal(() => parseFile(`${'['.repeat(40)}${']'.repeat(40)}`))).toMatchObject({ code: 'invalid_request' });
});

test('a file of more than half a million characters is refused before it is read', () => {
	expect(refusal(() => parseFile(`a: ${'x'.repeat(524_289)}`)).message).toContain('524288');
});

const depthOf = (value: unknown): number =>
	typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;

test.each([
	['lists of lists', (levels: number) => `${'- '.repeat(levels)}x`],
	['flow lists', (levels: number) => '['.repeat(levels) + ']'.repeat(levels)],
	['flow maps', (levels: number) => '{a: '.repeat(levels) + '}'.repeat(levels)],
	['lists of pairs', (levels: number) => `${'[a: '.repeat(levels / 2)}x${']'.repeat(levels / 2)}`],
	['maps', (levels: number) => Array.from({ length: levels }, (_, at) => `${' '.repeat(at)}a:\n`).join('')],
	[
		'what aliases stand for',
		(levels: number) =>
			`a: &a ${'['.repeat(levels / 2)}${']'.repeat(levels / 2)}\n`.concat(
				`b: ${'['.repeat(levels / 2 - 1)}*a${']'.repeat(levels / 2 - 1)}`,
			),
	],
])('%s are read as deep as is accepted and no deeper', (_what, nested) => {
	expect(depthOf(parseFile(nested(32)).value)).toBe(32);
	expect(refusal(() => parseFile(nested(34))).message).toContain('32 levels');
});

test('a file with more values than any configuration has is refused', () => {
	expect(refusal(() => parseFile(`a: [${'1,'.repeat(60_000)}1]`)).message).toContain('10000 values');
});

test('tags that would make other things than plain data are refused or stay text', () => {
	const tagged = 'a: !!binary aGVsbG8=\nb: 2001-01-01\nc: !!set {x, y}\nd: !!omap [x: 1]\ne: !!timestamp 2001-01-01\n';
	for (const head of ['', '%YAML 1.1\n---\n', '%YAML 1.2\n---\n'])
		expect(parseFile(head + tagged).value).toStrictEqual({
			a: 'aGVsbG8=',
			b: '2001-01-01',
			c: { x: null, y: null },
			d: [{ x: 1 }],
			e: '2001-01-01',
		});
});

test('a directive does not change what plain words and numbers mean', () => {
	expect(parseFile('%YAML 1.1\n---\na: [yes, no, 010, 1:30, 0o10]\n').value).toEqual({
		a: ['yes', 'no', 10, '1:30', 8],
	});
});

test.each(['&a ', '[,', ': \n', '"a\n"'])('text of nothing but %j is given up before it is all read', (marks) => {
	expect(refusal(() => parseFile(marks.repeat(130_000))).message).toContain('10000 values');
});

test('line ends of every kind and a byte order mark leave values and lines as they are', () => {
	const file = parseFile('\ufeffa: 1\r\nb:\r\n  c: x\r\n');
	expect(file.value).toEqual({ a: 1, b: { c: 'x' } });
	expect(file.lineOf(['b', 'c'])).toBe(3);
});

test('a file of as many values as are accepted is read, comments and blank lines included', () => {
	const lines = Array.from({ length: 2_400 }, (_, at) => `# comment\n\nname-${at}: {a: "x", b: [1]} # why`);
	expect(Object.keys(parseFile(lines.join('\n')).value as object)).toHaveLength(2_400);
});

test('an item of nothing and a block have the lines where their marks are', () => {
	const file = parseFile('a:\n  - x # - not here\n  -\n  - |\n    text\n  - []\n\n  -\n  -\n  - > # c\n\n    y\n');
	expect(file.value).toEqual({ a: ['x', null, 'text\n', [], null, null, '\ny\n'] });
	expect([0, 1, 2, 3, 4, 5, 6].map((at) => file.lineOf(['a', at]))).toEqual([2, 3, 4, 6, 8, 9, 10]);
});

test('what came by an alias or a merge has the line of what is around it', () => {
	const file = parseFile('base: &base\n  region: eu\nrow:\n  <<: *base\ncopy: *base\nlist:\n  - *base\n');
	expect(file.lineOf(['row', 'region'])).toBe(3);
	expect(file.lineOf(['copy', 'region'])).toBe(5);
	expect(file.lineOf(['list', 0, 'region'])).toBe(7);
});

test('a merge gives what the map does not say itself, wherever it stands, and of several maps the first', () => {
	const maps = 'a: &a {x: a, y: a, z: a}\nb: &b {<<: *a, x: b, w: b}\n';
	expect(parseFile(`${maps}c:\n  y: c\n  <<: [*b, *a]\n  z: c\n`).value).toMatchObject({
		b: { x: 'b', y: 'a', z: 'a', w: 'b' },
		c: { x: 'b', y: 'c', z: 'c', w: 'b' },
	});
	expect(parseFile('"<<": 1\n').value).toEqual({ '<<': 1 });
});

test.each([
	['an alias without an anchor', 'a: 1\nb: *b\n', 'line 2: '],
	['an anchor that comes after its alias', 'a:\n  - *b\nb: &b 1\n', 'line 2: '],
	['an alias within what it stands for', 'a: &a\n  b:\n    - *a\n', 'line 3: '],
	['a merge of no map', 'a: &a x\nb:\n  <<: *a\n', 'line 3: '],
	['a name given twice, quoted once', 'a:\n  "1": x\n  1: y\n', 'line 3: '],
	['a name given twice by an alias', 'a: &a b\nb: 1\n*a : 2\n', 'line 3: '],
	['a name that is a list', 'a: 1\n? [b]\n: 2\n', 'line 2: '],
	['an anchor repeated too often', `a: &a 1\nb:\n${'  - *a\n'.repeat(101)}`, 'line 103: '],
	['a NUL', 'a: 1\nb: "\0"\n', 'line 2: '],
	['a second document', 'a: 1\n---\nb: 1\n', 'one document'],
	['a second document of nothing', 'a: 1\n---\n', 'one document'],
])('%s is refused', (_what, text, message) => {
	expect(refusal(() => parseFile(text))).toMatchObject({
		code: 'invalid_request',
		param: 'document',
		message: expect.stringContaining(message),
	});
});

test.each(['', '\n', '# nothing\n', '---\n', '\ufeff'])('the file %j holds nothing', (text) => {
	const file = parseFile(text);
	expect(file.value).toBeNull();
	expect(file.lineOf(['a'])).toBe(1);
});

test('a refusal does not repeat the file', () => {
	expect(refusal(() => parseFile(`a: !${'x'.repeat(10_000)}^ 1`)).message.length).toBeLessThan(300);
});

test('values that merges bring count as those that the file spells out', () => {
	const names = Array.from({ length: 4_000 }, (_, at) => `k${at}: 1`).join(', ');
	const rows = Array.from({ length: 90 }, (_, at) => `r${at}: {<<: *base}`).join('\n');
	expect(refusal(() => parseFile(`base: &base {${names}}\n${rows}`)).message).toContain('10000 values');
});

test('brackets may close as far out as the name of what they close', () => {
	const text = 'a: [\n  1,\n  {\n    b: 2\n  }\n]\nc:\n  d: {\n    e: 3, # one\n  }\n  f: 4\n- '.slice(0, -2);
	const file = parseFile(text);
	expect(file.value).toEqual({ a: [1, { b: 2 }], c: { d: { e: 3 }, f: 4 } });
	expect(file.lineOf(['c', 'f'])).toBe(11);
});

test.each(['\n', '\r\n'])('brackets that close so leave those of blocks where they stand (%j)', (end) => {
	const text = 'code: |\n  if {\n  }\n    ]\nfolded: >-\n  a\n  ] b\nlist: [\n  x\n]\n';
	expect(parseFile(text.replaceAll('\n', end)).value).toEqual({ code: 'if {\n}\n  ]\n', folded: 'a ] b', list: ['x'] });
});

test.each(['a: [\n  1\n]\nb: x\n}\n', 'a: [\n  1\n]\nb: |\n x\n}\n', 'a: [\n  1\n]\nb: "x\n]"\n'])(
	'brackets that close nothing do not become text of what stands before them: %j',
	(text) => {
		expect(refusal(() => parseFile(text)).message).toMatch(/^line 3: /);
	},
);

const LONGEST = 512 * 1024;
const filled = (part: string): string => part.repeat(LONGEST / part.length);

test.each([
	['spaces', filled(' ')],
	['line ends', filled('\n')],
	['spaces and a bracket', `${' '.repeat(LONGEST - 1)}]`],
	['open lists', filled('[')],
	['open maps', filled('{')],
	['lists in lists', filled('- ')],
	['keys of keys', filled('? ')],
	['anchors', filled('&a ')],
	['tags', filled('!a\n')],
	['pairs', `[${filled('a:,').slice(0, 300_000)}]`],
	['empty pairs', `[${':,'.repeat(50_000)}]`],
	['many anchors', Array.from({ length: 20_000 }, (_, at) => `- &a${at} x\n`).join('')],
	['properties on lines of their own', '- !t\n  &a\n  x\n'.repeat(17_000)],
	['documents', '--- a\n'.repeat(24_000)],
	['directives', filled('%a b\n')],
	['lists that close far out', Array.from({ length: 19_000 }, (_, at) => `a${at}: [\n 1\n]\n`).join('')],
	['a name given again and again', 'a: b\n'.repeat(59_000)],
	['an alias in every pair', `[&a x,${'*a : *a,'.repeat(20_000)}]`],
	['marks of order', filled('\ufeff')],
	['open quotes', filled('"a')],
	['comments', filled(' #')],
])('half a million characters of %s take no longer than their number', (_what, text) => {
	const began = performance.now();
	try {
		parseFile(text);
	} catch (error) {
		expect(error).toMatchObject({ code: 'invalid_request' });
	}
	expect(performance.now() - began).toBeLessThan(3_000);
});
