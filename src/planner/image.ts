/** Tokens of an image by its size. */
import type { ImagePart } from '../language/message';
import type { Size } from './image-size';

/** Lengths in pixels. `most`, `unsized`: tokens of the largest image, and of one whose size is unknown. */
export type ImageRule =
	/** Fitted into 2,048² and to 768 on its short side, then in tiles of 512² (OpenAI). Tokens. */
	| { readonly kind: 'tiles'; readonly base: number; readonly tile: number }
	/** Tokens of each patch of 32²; shrunk to so many patches by the detail that is asked for (OpenAI). */
	| {
			readonly kind: 'patches';
			readonly tokens: number;
			readonly auto: number;
			readonly high: number;
			readonly original: number;
	  }
	/** Shrunk to `edge` on its long side; a token per 28², or for 750 pixels (Anthropic, newer and older docs). */
	| { readonly kind: 'pixels'; readonly edge: number; readonly most: number }
	/** 258 for a small one, else for each crop (Gemini 2). */
	| { readonly kind: 'crops' }
	/** Shrunk to `edge` on its long side; a token a patch, and one at the end of each row. */
	| {
			readonly kind: 'grid';
			readonly patch: number;
			readonly edge: number;
			readonly most: number;
			readonly unsized: number;
	  }
	| { readonly kind: 'flat'; readonly tokens: number };

export type Detail = NonNullable<ImagePart['detail']>;

const PATCH = 32;
/** An image at low detail is 512². */
const LOW_PATCHES = 256;
/** Tokens taken for an image elsewhere by models that shrink none: 2,900 pixels a side. */
const UNSIZED_PATCHES = 10_000;
const TILE = 512;
const MOST_TILES = 8;
const CROP = 258;
const MOST_CROPS = 16;

/** Of the largest image there is. */
export function mostImageTokens(rule: ImageRule, detail: Detail): number {
	switch (rule.kind) {
		case 'tiles':
			return rule.base + (detail === 'low' ? 0 : MOST_TILES * rule.tile);
		case 'patches':
			return Math.ceil(rule.tokens * (detail === 'low' ? LOW_PATCHES : rule[detail]));
		case 'crops':
			return MOST_CROPS * CROP;
		case 'flat':
			return rule.tokens;
		default:
			return rule.most;
	}
}

/** null: its size is not known. */
export function imageTokens(rule: ImageRule, detail: Detail, size: Size | null): number {
	const most = mostImageTokens(rule, detail);
	if (size) return Math.min(most, Math.ceil(sizedTokens(rule, detail, size)));
	if (rule.kind === 'grid') return rule.unsized;
	return rule.kind === 'patches' ? Math.min(most, UNSIZED_PATCHES) : most;
}

function sizedTokens(rule: ImageRule, detail: Detail, size: Size): number {
	switch (rule.kind) {
		case 'tiles':
			return rule.base + (detail === 'low' ? 0 : rule.tile * tilesOf(size));
		case 'patches':
			// At low detail a small image is enlarged.
			return rule.tokens * (detail === 'low' ? LOW_PATCHES : cells(size, PATCH));
		case 'pixels': {
			const seen = fitted(size, rule.edge);
			return Math.max((seen.width * seen.height) / 750, cells(seen, 28));
		}
		case 'crops':
			return CROP * cropsOf(size);
		case 'grid': {
			const seen = fitted(size, rule.edge);
			return cells(seen, rule.patch) + Math.ceil(seen.height / rule.patch);
		}
		case 'flat':
			return rule.tokens;
	}
}

const cells = ({ width, height }: Size, side: number): number => Math.ceil(width / side) * Math.ceil(height / side);

const scaled = ({ width, height }: Size, by: number): Size => ({ width: width * by, height: height * by });

/** Shrunk, never enlarged. */
const fitted = (size: Size, edge: number): Size => scaled(size, Math.min(1, edge / Math.max(size.width, size.height)));

function tilesOf(size: Size): number {
	const seen = fitted(size, 2_048);
	return cells(scaled(seen, Math.min(1, 768 / Math.min(seen.width, seen.height))), TILE);
}

/** Crops are two thirds of the short side, 256 to 768 pixels. */
function cropsOf(size: Size): number {
	if (size.width <= 384 && size.height <= 384) return 1;
	const seen = fitted(size, 3_072);
	const side = Math.min(768, Math.max(256, Math.floor(Math.min(seen.width, seen.height) / 1.5)));
	return cells(seen, side);
}
