/**
 * What each tokenizer's family adds to the text, at most. From recorded usage compared with local counts, and from
 * the constants that `ai-tokenizer` 1.0.6 validated against live APIs (May 2026), rounded up.
 */
import type { ModelFacts, TokenizerFamily } from '../catalog/facts';
import type { Normalization } from './text';

/** Tokens. */
export interface Overhead {
	/** Once: start and reply priming, a hidden system prompt, notes on thinking. */
	readonly base: number;
	readonly perMessage: number;
	/** Once where there are tools or an answer schema. */
	readonly toolPreamble: number;
	/** For each of those, beside its JSON text. */
	readonly perTool: number;
	/** For one image of any size. */
	readonly image: number;
	readonly normalization: Normalization;
}

const OPENAI: Overhead = {
	base: 16,
	perMessage: 8,
	toolPreamble: 32,
	perTool: 16,
	// Patches: 1,536 at a factor of 2.46; tiles: 85 + 8 × 170.
	image: 4_096,
	normalization: 'none',
};

const CLAUDE: Overhead = {
	base: 96,
	perMessage: 8,
	toolPreamble: 640,
	perTool: 64,
	// Width × height ÷ 750 after a fit into 1.15 megapixels.
	image: 1_700,
	normalization: 'NFKC',
};

const FAMILIES: Readonly<Record<TokenizerFamily, Overhead>> = {
	o200k: OPENAI,
	cl100k: OPENAI,
	'gpt-oss': { ...OPENAI, base: 96, toolPreamble: 64 },
	claude: CLAUDE,
	// Accepts 2,576 pixels a side.
	'claude-5': { ...CLAUDE, image: 5_000 },
	// 16 tiles of 258; from Gemini 3 on at most 1,120.
	gemini: { base: 16, perMessage: 8, toolPreamble: 32, perTool: 16, image: 4_200, normalization: 'none' },
	llama: { base: 96, perMessage: 8, toolPreamble: 256, perTool: 64, image: 4_096, normalization: 'none' },
	mistral: { base: 48, perMessage: 8, toolPreamble: 96, perTool: 72, image: 4_200, normalization: 'none' },
	deepseek: { base: 32, perMessage: 8, toolPreamble: 192, perTool: 64, image: 4_096, normalization: 'none' },
	// Up to 16,384 visual tokens an image.
	qwen: { base: 32, perMessage: 8, toolPreamble: 320, perTool: 72, image: 16_384, normalization: 'NFC' },
	grok: { base: 256, perMessage: 8, toolPreamble: 256, perTool: 64, image: 2_048, normalization: 'unknown' },
	// A hidden preamble of some 500 tokens.
	cohere: { base: 640, perMessage: 12, toolPreamble: 640, perTool: 72, image: 4_096, normalization: 'unknown' },
	// A tool prompt of some 400.
	nova: { base: 64, perMessage: 12, toolPreamble: 640, perTool: 72, image: 4_096, normalization: 'unknown' },
	mock: { base: 16, perMessage: 8, toolPreamble: 32, perTool: 16, image: 1_600, normalization: 'none' },
	unknown: { base: 1_024, perMessage: 16, toolPreamble: 640, perTool: 72, image: 16_384, normalization: 'unknown' },
};

/** GPT-4o mini counts 2,833 + 5,667 a tile, so that an image costs what it costs with GPT-4o. */
const MINI_IMAGE = 2_833 + 8 * 5_667;

export function overheadOf({ tokenizer, model }: Pick<ModelFacts, 'tokenizer' | 'model'>): Overhead {
	const overhead = FAMILIES[tokenizer];
	return model.includes('gpt-4o-mini') ? { ...overhead, image: MINI_IMAGE } : overhead;
}
