import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message, ToolMessage, ToolResultPart } from '../../src/language/message';
import { shortenResult } from '../../src/planner/shorten';
import { o200k } from '../support/encodings';
import { plainCounter } from '../support/plain-counter';

const counter = plainCounter(o200k);
const words = (tokens: number): string => ' word'.repeat(tokens);
const text = (value: string): ToolResultPart => ({ type: 'text', text: value });
const image: ToolResultPart = { type: 'image', source: { kind: 'file-id', id: 'i' }, cache: true };
const result = (...content: ToolResultPart[]): ToolMessage => ({ role: 'tool', callId: 'a', content, isError: true });
const shorten = (message: ToolMessage, excess: number, by = counter) =>
	shortenResult(message, by.message(message), excess, by);
const textOf = ({ content }: ToolMessage): string =>
	content.map((part) => (part.type === 'text' ? part.text : '')).join('');
const NOTE = /\n\[… (\d+) tokens left out …\]\n/;

describe('a long result', () => {
	it('keeps three parts of its head for two of its tail, and says how many tokens were left out between', () => {
		const short = shorten(result(text(words(5_000))), 100_000);
		const match = NOTE.exec(textOf(short?.message ?? result()));
		const [head = '', , tail = ''] = textOf(short?.message ?? result()).split(NOTE);
		expect([o200k.count(head), o200k.count(tail)]).toEqual([153, 102]);
		expect(Number(match?.[1])).toBe(5_000 - 153 - 102);
		expect(short?.message).toMatchObject({ callId: 'a', isError: true });
		expect(short?.tokens).toBe(counter.message(short?.message ?? result()));
	});

	it('loses little more than is missing', () => {
		for (const excess of [1, 50, 300, 1_000, 4_000]) {
			const whole = result(text(words(5_000)));
			const won = counter.message(whole) - (shorten(whole, excess)?.tokens ?? 0);
			expect(won).toBeGreaterThanOrEqual(excess);
			expect(won).toBeLessThan(excess + 20);
		}
	});

	it('counts as its own model would', () => {
		const dear = plainCounter(o200k, { factor: 1.5 });
		const whole = result(text(words(2_000)));
		const won = dear.message(whole) - (shorten(whole, 600, dear)?.tokens ?? 0);
		expect(won).toBeGreaterThanOrEqual(600);
		expect(won).toBeLessThan(630);
	});

	it('loses what is missing also where its text counts for more within a message than by itself', () => {
		const spoken = (message: Message): number =>
			message.content.reduce(
				(sum, part) => sum + o200k.count(JSON.stringify(part.type === 'text' ? part.text : '')),
				4,
			);
		const quoting = { ...counter, message: spoken };
		const whole = result(text('"a"\n\t"b"\n\t'.repeat(120)));
		for (const excess of [1, 20, 200]) {
			const short = shorten(whole, excess, quoting);
			expect(spoken(whole) - (short?.tokens ?? spoken(whole))).toBeGreaterThanOrEqual(excess);
		}
	});

	it('keeps the same tail, whatever its characters', () => {
		for (const unit of ['😀', '京', 'a', 'é ', '👩‍👩‍👧‍👦']) {
			const whole = result(text(unit.repeat(6_000)));
			const [head = '', , tail = ''] = textOf(shorten(whole, 1e9)?.message ?? whole).split(NOTE);
			expect(o200k.count(tail), unit).toBeLessThanOrEqual(102);
			expect(o200k.count(tail), unit).toBeGreaterThan(60);
			expect(`${head}${tail}`.isWellFormed(), unit).toBe(true);
		}
	});

	it('is cut as one text over all its parts; images, cache marks and what is not cut stay', () => {
		const parts = [
			text(words(100)),
			{ type: 'text', text: words(200), cache: '1h' } as const,
			image,
			{ type: 'text', text: words(600), cache: true } as const,
			text(words(300)),
		];
		const { content } = shorten(result(...parts), 100_000)?.message ?? result();
		expect(content[0]).toBe(parts[0]);
		expect(content[1]).toEqual({ type: 'text', text: expect.stringMatching(NOTE), cache: '1h' });
		expect(content[2]).toEqual({ ...image, cache: true });
		expect(content).toHaveLength(4);
		expect(words(300).endsWith((content[3] as { text: string }).text)).toBe(true);
	});

	it('gives the mark of a part that is gone to the one before', () => {
		const parts = [text(words(400)), { type: 'text', text: words(400), cache: true } as const, text(words(400))];
		const { content } = shorten(result(...parts), 100_000)?.message ?? result();
		expect(content).toHaveLength(2);
		expect(content[0]).toMatchObject({ cache: true });
	});
});

describe('a result', () => {
	it('is left alone up to 512 tokens of text, however many images are beside it', () => {
		expect(shorten(result(text(words(512))), 400)).toBeNull();
		expect(shorten(result(text(words(513))), 100)).not.toBeNull();
		expect(shorten(result(text(words(300)), image, image), 400)).toBeNull();
	});

	it('that is cut is short from then on', () => {
		const once = shorten(result(text(words(3_000))), 100_000);
		expect(once && shorten(once.message, 100_000)).toBeNull();
	});
});

it('any result is won by cutting, keeps its beginning and its end, and never half a character', () => {
	const piece = fc.constantFrom(
		'word ',
		'😀',
		'北京的秋天',
		'\ud83d',
		'\ude00',
		'👩‍👩‍👧',
		'x',
		'\n\n',
		'{"a":1},',
		'\u0000',
	);
	const texts = fc
		.array(fc.tuple(piece, fc.integer({ min: 1, max: 400 })), { minLength: 1, maxLength: 4 })
		.map((runs) => runs.map(([unit, times]) => unit.repeat(times)));
	fc.assert(
		fc.property(texts, fc.integer({ min: 1, max: 3_000 }), fc.constantFrom(1, 1.2, 1.5), (parts, excess, factor) => {
			const by = plainCounter(o200k, { factor });
			const whole = result(...parts.map(text));
			const before = by.message(whole);
			const short = shortenResult(whole, before, excess, by);
			if (!short) return;
			expect(short.tokens).toBe(by.message(short.message));
			expect(short.tokens).toBeLessThan(before);
			const all = parts.join('');
			const [head = '', , tail = ''] = textOf(short.message).split(NOTE);
			expect(all.startsWith(head) && all.endsWith(tail)).toBe(true);
			for (const at of [head.length, all.length - tail.length])
				expect((all.codePointAt(at - 1) ?? 0) > 0xffff, 'half a pair').toBe(false);
		}),
		{ numRuns: 120 },
	);
}, 30_000);
