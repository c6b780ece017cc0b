import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactJson, exactText } from '../../src/language/exact-json';

const kept = (text: string) => exactText(exactJson(text));

describe('JSON read and written again', () => {
	it('keeps integers that JavaScript would round, wherever they stand', () => {
		for (const text of [
			'{"id":12345678901234567890}',
			'{"a":[9007199254740993,-9007199254740995],"b":{"c":1234567890123456789}}',
			'[1234567890123456789]',
			'-9007199254740993',
			'{"text":"id 12345678901234567890, \\"99999999999999999999\\"","n":12345678901234567890}',
			'{"path":"C:\\\\","n":12345678901234567890}',
		]) {
			expect(kept(text)).toBe(text);
		}
		expect(kept('{ "id" : 12345678901234567890 }')).toBe('{"id":12345678901234567890}');
	});

	it('leaves fractions and exponents the numbers they are', () => {
		const text = '{"a":0.12345678901234567890,"b":1e5,"c":12345678901234567.5}';
		expect(exactJson(text)).toEqual(JSON.parse(text));
	});

	it('is the same value still, whatever it is', () => {
		fc.assert(
			fc.property(fc.jsonValue(), (value) => {
				const text = JSON.stringify(value);
				expect(JSON.parse(kept(text))).toEqual(JSON.parse(text));
				expect(JSON.parse(exactText(value))).toEqual(JSON.parse(text));
			}),
		);
	});

	it('keeps any integer beside any text', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), fc.bigInt({ min: 10n ** 15n }), (text, number) => {
				const json = `{"t":${JSON.stringify(text)},"n":${number},"m":[-${number}]}`;
				expect(kept(json)).toBe(json);
			}),
		);
	});

	it('keeps __proto__ a key like any other', () => {
		const text = '{"__proto__":{"a":12345678901234567890},"b":1}';
		expect(kept(text)).toBe(text);
		expect(({} as { a?: unknown }).a).toBeUndefined();
	});

	it('stays valid where a text imitates the mark', () => {
		const imitations = ['\u0000integer:5', 'x"\u0000integer:5', ',"\u0000integer:5', '\\u0000integer:5'];
		for (const text of imitations) expect(() => JSON.parse(exactText({ text, [text]: 1 }))).not.toThrow();
		expect(JSON.parse(exactText({ text: 'x"\u0000integer:5' })).text).toBe('x"\u0000integer:5');
	});

	it('writes half a surrogate pair as a replacement character, which providers take', () => {
		expect(exactText({ a: 'x\ud83d', b: ['\ude00y'], c: '😀', d: '\\ud83d' })).toBe(
			'{"a":"x\ufffd","b":["\ufffdy"],"c":"😀","d":"\\\\ud83d"}',
		);
	});

	it('is undefined for what is no JSON', () => {
		expect(exactJson('{"a":12345678901234567890')).toBeUndefined();
		expect(exactJson('[0012345678901234567890]')).toBeUndefined();
		expect(exactJson('12345678901234567890x')).toBeUndefined();
		expect(exactJson('{"a":"12345678901234567890')).toBeUndefined();
	});

	it('takes time in proportion to its length', () => {
		const escapes = `{"t":"${'\\\\\\"'.repeat(200_000)}","n":12345678901234567890}`;
		const digits = `[${'12345678901234567890,'.repeat(100_000)}1]`;
		const started = performance.now();
		expect(kept(escapes)).toBe(escapes);
		expect(kept(digits)).toBe(digits);
		expect(performance.now() - started).toBeLessThan(3_000);
	});
});
