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
