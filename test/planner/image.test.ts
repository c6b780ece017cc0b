import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalog } from '../../src/catalog';
import type { ImagePart } from '../../src/language/message';
import { imageTokens, mostImageTokens } from '../../src/planner/image';
import { imageSize } from '../../src/planner/image-size';
import { overheadOf } from '../../src/planner/overhead';

const base64 = (bytes: readonly number[] | Uint8Array): string =>
	btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));

const letters = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));
const big = (value: number, bytes: number): number[] =>
	Array.from({ length: bytes }, (_, at) => (value / 256 ** (bytes - 1 - at)) & 0xff);
const little = (value: number, bytes: number): number[] => big(value, bytes).reverse();
const zeros = (count: number): number[] => Array<number>(count).fill(0);

const png = (width: number, height: number): number[] => [
	...[0x89, ...letters('PNG\r\n'), 0x1a, 0x0a],
	...[...big(13, 4), ...letters('IHDR'), ...big(width, 4), ...big(height, 4), 8, 6, 0, 0, 0],
	...zeros(30),
];
const gif = (width: number, height: number): number[] => [
	...letters('GIF89a'),
	...little(width, 2),
	...little(height, 2),
	...zeros(30),
];
const webp = (kind: string, rest: readonly number[]): number[] => [
	...letters('RIFF'),
	...little(1_000, 4),
	...letters('WEBP'),
	...letters(kind),
	...little(900, 4),
	...rest,
	...zeros(20),
];
const lossy = (width: number, height: number): number[] =>
	webp('VP8 ', [0, 0, 0, 0x9d, 0x01, 0x2a, ...little(width, 2), ...little(height, 2)]);
const lossless = (width: number, height: number): number[] =>
	webp('VP8L', [0x2f, ...little(width - 1 + (height - 1) * 2 ** 14, 4)]);
const extended = (width: number, height: number): number[] =>
	webp('VP8X', [0, 0, 0, 0, ...little(width - 1, 3), ...little(height - 1, 3)]);

const segment = (marker: number, content: readonly number[]): number[] => [
	0xff,
	marker,
	...big(content.length + 2, 2),
	...content,
];
/** `before`: bytes of what stands in the header, as of a thumbnail. */
const jpeg = (width: number, height: number, before = 20, marker = 0xc0): number[] => [
	...[0xff, 0xd8],
	...segment(0xe1, zeros(Math.min(before, 60_000))),
	...segment(0xe2, zeros(Math.max(0, before - 60_000))),
	...[0xff, 0xff],
	...segment(0xc4, zeros(10)).slice(1),
	...segment(marker, [8, ...big(height, 2), ...big(width, 2), 3]),
	...zeros(20),
];

describe('the size of an image', () => {
	it.each([
		['PNG', png],
		['GIF', gif],
		['lossy WebP', lossy],
		['lossless WebP', lossless],
		['extended WebP', extended],
		['JPEG', jpeg],
	])('is read from the first bytes of a %s', (_, made) => {
		for (const [width, height] of [
			[1, 1],
			[640, 480],
			[4_000, 3_000],
			[16_383, 16_383],
		] as const)
			expect(imageSize(base64(made(width, height)))).toEqual({ width, height });
	});

	it('is found in a JPEG behind a thumbnail, in a progressive one too, but not beyond 64 KB', () => {
		expect(imageSize(base64(jpeg(800, 600, 50_000)))).toEqual({ width: 800, height: 600 });
		expect(imageSize(base64(jpeg(800, 600, 20, 0xc2)))).toEqual({ width: 800, height: 600 });
		expect(imageSize(base64(jpeg(800, 600, 100_000)))).toBeNull();
	});

	it('is read without the rest, and in the alphabet for addresses', () => {
		expect(imageSize(`${base64(png(800, 600)).slice(0, 64)}${'!'.repeat(1_000)}`)).toEqual({ width: 800, height: 600 });
		expect(imageSize(base64(png(800, 0xfbff)).replaceAll('+', '-').replaceAll('/', '_'))).toMatchObject({
			height: 0xfbff,
		});
	});

	it('is unknown where there is none', () => {
		for (const data of [
			'',
			'A',
			'????',
			'AAAA',
			base64(png(0, 10)),
			base64(png(8, 8).slice(0, 20)),
			base64([0xff, 0xd8]),
		])
			expect(imageSize(data)).toBeNull();
		expect(imageSize(base64(webp('ALPH', zeros(30))))).toBeNull();
	});

	it('never throws, whatever the bytes', () => {
		const heads = [png, gif, lossy, jpeg].map((made) => made(800, 600));
		fc.assert(
			fc.property(
				fc.constantFrom(...heads, [0xff, 0xd8]),
				fc.nat(40),
				fc.uint8Array({ maxLength: 200 }),
				(head, length, rest) => {
					const size = imageSize(base64([...head.slice(0, length), ...rest]));
					if (size) expect(Math.min(size.width, size.height)).toBeGreaterThan(0);
				},
			),
			{ numRuns: 500 },
		);
	});
});

const { facts } = catalog();
type Detail = NonNullable<ImagePart['detail']>;
const at = (provider: string, model: string, width: number, height: number, detail: Detail = 'auto'): number =>
	imageTokens(overheadOf(facts(provider, model)).image, detail, { width, height });

describe('tokens of an image', () => {
	it.each([
		// The provider's own examples.
		['openai', 'gpt-4o', 1_024, 1_024, 'high', 765],
		['openai', 'gpt-4o', 2_048, 4_096, 'high', 1_105],
		['openai', 'gpt-4o', 4_096, 8_192, 'low', 85],
		['openai', 'gpt-4o', 500, 500, 'auto', 255],
		['openai', 'gpt-4o-mini', 500, 500, 'auto', 8_500],
		['openai', 'o3', 500, 500, 'auto', 225],
		['openai', 'gpt-5', 500, 500, 'auto', 210],
		['openai', 'gpt-4.1-mini', 1_024, 1_024, 'auto', 1_659],
		['openai', 'gpt-5-nano', 1_024, 1_024, 'auto', 2_520],
		['openai', 'o4-mini', 64, 32, 'auto', 4],
		['openai', 'o4-mini', 64, 32, 'low', 441],
		['openai', 'gpt-5-mini', 9_000, 9_000, 'high', 2_489],
		['openai', 'gpt-5.4', 9_000, 9_000, 'auto', 3_000],
		['openai', 'gpt-5.4', 9_000, 9_000, 'original', 12_000],
		['openai', 'gpt-5.5', 3_200, 3_200, 'auto', 12_000],
		['openai', 'gpt-5.5', 9_000, 9_000, 'high', 3_000],
		['openai', 'gpt-4-turbo', 1_024, 1_024, 'auto', 765],
		['anthropic', 'claude-haiku-4-5', 1_000, 1_000, 'auto', 1_334],
		['anthropic', 'claude-haiku-4-5', 1_092, 1_092, 'auto', 1_590],
		['anthropic', 'claude-haiku-4-5', 4_000, 3_000, 'auto', 1_600],
		['anthropic', 'claude-haiku-4-5', 30, 30, 'auto', 4],
		['anthropic', 'claude-opus-4-8', 2_000, 1_500, 'auto', 4_000],
		['anthropic', 'claude-opus-4-8', 8_000, 8_000, 'auto', 4_784],
		['google', 'gemini-2.5-flash', 384, 384, 'auto', 258],
		['google', 'gemini-2.5-flash', 960, 540, 'auto', 1_548],
		['google', 'gemini-2.5-flash', 20_000, 20_000, 'auto', 4_128],
		['google', 'gemini-3-pro-preview', 20_000, 20_000, 'auto', 1_120],
		['mistral', 'mistral-medium-latest', 5_000, 5_000, 'auto', 3_080],
		['mistral', 'pixtral-12b', 160, 160, 'auto', 110],
		['groq', 'qwen/qwen3-32b', 280, 560, 'auto', 220],
		['openrouter', 'x-ai/grok-4', 100, 100, 'auto', 2_048],
	] as const)('%s/%s: %i × %i at detail %s count %i', (provider, model, width, height, detail, tokens) => {
		expect(at(provider, model, width, height, detail)).toBe(tokens);
	});

	it('of unknown size are those of the largest, or flat where that would be out of proportion', () => {
		const unsized = (provider: string, model: string, detail: Detail = 'auto'): number =>
			imageTokens(overheadOf(facts(provider, model)).image, detail, null);
		expect(unsized('openai', 'gpt-4o')).toBe(1_445);
		expect(unsized('openai', 'gpt-4o', 'low')).toBe(85);
		expect(unsized('anthropic', 'claude-haiku-4-5')).toBe(1_600);
		expect(unsized('openai', 'gpt-5.4')).toBe(3_000);
		expect(unsized('openai', 'gpt-5.6')).toBe(10_000);
		expect(unsized('groq', 'qwen/qwen3-32b')).toBe(4_096);
	});

	it('are never more than those of the largest, nor less than one, for any size and rule', () => {
		const rules = ['gpt-4o', 'gpt-4o-mini', 'gpt-5-nano', 'gpt-5.4', 'gpt-5.6']
			.map((model) => facts('openai', model))
			.concat(facts('anthropic', 'claude-haiku-4-5'), facts('google', 'gemini-2.5-flash'))
			.concat(facts('mistral', 'mistral-medium-latest'), facts('custom', 'unheard-of'))
			.map((sheet) => overheadOf(sheet).image);
		const side = fc.oneof(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 1, max: 0xffffffff }));
		const detail = fc.constantFrom<Detail>('low', 'high', 'auto', 'original');
		fc.assert(
			fc.property(fc.constantFrom(...rules), detail, side, side, (rule, wanted, width, height) => {
				const tokens = imageTokens(rule, wanted, { width, height });
				expect(tokens).toBeLessThanOrEqual(mostImageTokens(rule, wanted));
				expect(tokens).toBeGreaterThanOrEqual(1);
				expect(Number.isInteger(tokens)).toBe(true);
			}),
		);
	});
});
