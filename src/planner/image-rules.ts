/** How OpenAI's models cut images, by name: its guide "Images and vision", and what was measured where that differs. */
import type { ImageRule } from './image';

/** GPT-5.2 and later count so much for a patch. */
const MEASURED = 1.2;

const patches = (tokens: number, high = 1_536, auto = high, original = auto): ImageRule => ({
	kind: 'patches',
	tokens,
	auto,
	high,
	original,
});

/** In order: the first that matches the model's own name decides. */
const RULES: readonly (readonly [RegExp, ImageRule])[] = [
	// Costs what it costs with GPT-4o, in cheaper tokens.
	[/^gpt-4o-mini/, { kind: 'tiles', base: 2_833, tile: 5_667 }],
	[/-nano/, patches(2.46)],
	[/^o4-mini/, patches(1.72)],
	[/-mini/, patches(1.62)],
	[/^(gpt-4|chatgpt-4)/, { kind: 'tiles', base: 85, tile: 170 }],
	[/^o\d/, { kind: 'tiles', base: 75, tile: 150 }],
	[/^gpt-5(-chat.*|-20.*)?$/, { kind: 'tiles', base: 70, tile: 140 }],
	[/^gpt-5\.4/, patches(MEASURED, 2_500, 2_500, 10_000)],
	[/^gpt-5\.5/, patches(MEASURED, 2_500, 10_000)],
	// Without a word on detail they take an image as it is: 8,192 pixels a side are the most that is reckoned with.
	[/^gpt-(5\.([6-9]|\d\d)|[6-9]|\d\d)/, patches(MEASURED, 2_500, 65_536)],
];

/** The dearest of the older ones: what has no name here is one of them. */
const USUAL = patches(1.62);

export const openaiImages = (name: string): ImageRule => RULES.find(([pattern]) => pattern.test(name))?.[1] ?? USUAL;
