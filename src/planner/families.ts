/**
 * What each tokenizer's family does with a prompt, from recorded usage compared with local counts
 * (`docs/token-counts.md`), and from the constants that `ai-tokenizer` 1.0.6 validated against live APIs (May 2026).
 */
import type { TokenizerFamily } from '../catalog/facts';
import type { ImageRule } from './image';
import type { Normalization } from './text';

/** Tokens, where nothing else is said. */
export interface Overhead {
	/** Its tokens for one of o200k (cl100k for `cl100k`); 1 where the encoding is its own. */
	readonly factor: number;
	/** Share that a count is raised by, since the factor is one for all languages and code. */
	readonly margin: number;
	/** The same once, where preambles differ between hosts and models. */
	readonly slack: number;
	/** Once: start and reply priming, a hidden system prompt. */
	readonly base: number;
	readonly perMessage: number;
	/** Beside `perMessage`, of an assistant's message. */
	readonly perAnswer: number;
	/** Beside name and arguments of a tool call, its id included. */
	readonly perCall: number;
	/** Beside the text of a tool result. */
	readonly perResult: number;
	/** Once where there are tools. */
	readonly toolPreamble: number;
	/** Besides, where no system message stands ahead of them. */
	readonly toolsAlone: number;
	/** Besides, where a call is demanded. */
	readonly forcedCall: number;
	readonly perTool: number;
	/** Where none are offered, those that were called are named to it. */
	readonly namesCalled: boolean;
	/** How the model is shown them. */
	readonly toolText: 'json' | 'typescript';
	/** Once where an answer schema is asked for, beside its JSON text. */
	readonly schemaPreamble: number;
	/** A schema that the model can't hold to by itself is sent as a tool. */
	readonly schemaAsTool: boolean;
	/**
	 * What is said for the assistant where a user follows a result, its framing included: taken for granted after each
	 * one, since dropping what lay between may bring them together.
	 */
	readonly betweenTurns: number;
	/** Once where JSON without a schema is asked for: some wires say so in words. */
	readonly jsonMode: number;
	/** Besides, where no message speaks of JSON: what wires then say so that it is not refused, as a system message. */
	readonly jsonUnsaid: number;
	/** Once where it is told to think. */
	readonly thinking: number;
	/** When it is: where an effort or a budget is asked for, only where that becomes a budget, or unless it is told not to. */
	readonly thinks: 'asked' | 'budget' | 'always';
	/** Once where passages of a document are to be cited. */
	readonly citations: number;
	/** Of audio, per second. */
	readonly audio: number;
	/** For a page of a document. */
	readonly page: number;
	readonly image: ImageRule;
	readonly normalization: Normalization;
	/** What it reports as usage is what is billed: texts and media alone. */
	readonly billsLess: boolean;
}

const PLAIN: Overhead = {
	factor: 1,
	margin: 0,
	slack: 0,
	base: 3,
	perMessage: 4,
	perAnswer: 0,
	perCall: 8,
	perResult: 2,
	toolPreamble: 8,
	toolsAlone: 0,
	forcedCall: 12,
	perTool: 0,
	namesCalled: false,
	toolText: 'json',
	schemaPreamble: 80,
	schemaAsTool: false,
	betweenTurns: 0,
	jsonMode: 40,
	jsonUnsaid: 0,
	thinking: 0,
	thinks: 'asked',
	citations: 0,
	audio: 32,
	page: 1_500,
	image: { kind: 'flat', tokens: 4_096 },
	normalization: 'none',
	billsLess: false,
};

/** OpenAI's cookbook, "How to count tokens with tiktoken". */
const OPENAI: Overhead = {
	...PLAIN,
	toolPreamble: 9,
	forcedCall: 0,
	toolText: 'typescript',
	schemaPreamble: 16,
	jsonMode: 0,
	jsonUnsaid: 26,
	audio: 10,
	image: { kind: 'tiles', base: 85, tile: 170 },
};

const CLAUDE: Overhead = {
	...PLAIN,
	factor: 1.2,
	margin: 0.1,
	base: 6,
	perMessage: 2,
	perCall: 40,
	perResult: 24,
	toolPreamble: 218,
	toolsAlone: 243,
	forcedCall: 100,
	perTool: 54,
	schemaPreamble: 120,
	schemaAsTool: true,
	thinking: 30,
	thinks: 'budget',
	citations: 590,
	page: 3_000,
	image: { kind: 'pixels', edge: 1_568, most: 1_600 },
	normalization: 'NFKC',
};

const LLAMA: Overhead = {
	...PLAIN,
	factor: 1.05,
	margin: 0.08,
	// The date that some hosts put ahead.
	slack: 40,
	base: 6,
	perCall: 6,
	perResult: 3,
	toolPreamble: 190,
	perTool: 56,
};

export const FAMILIES: Readonly<Record<TokenizerFamily, Overhead>> = {
	o200k: OPENAI,
	cl100k: OPENAI,
	'gpt-oss': {
		...OPENAI,
		margin: 0.02,
		base: 64,
		perAnswer: 2,
		// Each call is a message of its own, and its result names it once more.
		perCall: 12,
		perResult: 8,
		toolPreamble: 22,
		// Some hosts take no choice of tools: it is said in words.
		forcedCall: 12,
		perTool: 9,
		schemaPreamble: 40,
		jsonMode: 40,
		jsonUnsaid: 0,
		image: { kind: 'flat', tokens: 4_096 },
	},
	claude: CLAUDE,
	// "Approximately 30 percent more tokens" than the ones before (Anthropic's docs), and larger images.
	'claude-5': { ...CLAUDE, factor: 1.45, base: 1, image: { kind: 'pixels', edge: 2_576, most: 4_784 } },
	gemini: {
		...PLAIN,
		factor: 1.1,
		margin: 0.1,
		base: 1,
		perMessage: 0,
		perCall: 12,
		perResult: 12,
		toolPreamble: 0,
		perTool: 10,
		schemaPreamble: 24,
		thinking: 17,
		page: 600,
		image: { kind: 'crops' },
	},
	llama: LLAMA,
	mistral: {
		...PLAIN,
		factor: 1.08,
		margin: 0.1,
		base: 1,
		perMessage: 2,
		toolPreamble: 18,
		perTool: 26,
		betweenTurns: 9,
		image: { kind: 'grid', patch: 28, edge: 1_540, most: 3_080, unsized: 3_080 },
	},
	deepseek: {
		...PLAIN,
		factor: 1.05,
		margin: 0.08,
		base: 1,
		perMessage: 2,
		perCall: 32,
		perResult: 20,
		toolPreamble: 200,
		perTool: 55,
	},
	qwen: {
		...PLAIN,
		factor: 1.05,
		margin: 0.08,
		base: 4,
		toolPreamble: 230,
		perTool: 50,
		// Up to 16,384 of 28² pixels, though hosts mostly stop far earlier.
		image: { kind: 'grid', patch: 28, edge: 65_535, most: 16_384, unsized: 4_096 },
		normalization: 'NFC',
	},
	grok: {
		...PLAIN,
		factor: 1.05,
		margin: 0.08,
		slack: 48,
		base: 150,
		// What stands around its name and schema.
		perTool: 12,
		image: { kind: 'flat', tokens: 2_048 },
		normalization: 'unknown',
	},
	cohere: {
		...PLAIN,
		factor: 1.08,
		margin: 0.08,
		// A hidden preamble, which is not billed.
		base: 490,
		perCall: 50,
		perResult: 30,
		toolPreamble: 910,
		perTool: 18,
		normalization: 'unknown',
		billsLess: true,
	},
	nova: {
		...PLAIN,
		factor: 1.05,
		margin: 0.15,
		base: 0,
		perMessage: 0,
		perCall: 24,
		perResult: 8,
		toolPreamble: 320,
		perTool: 42,
		normalization: 'unknown',
	},
	mock: { ...PLAIN, image: { kind: 'flat', tokens: 1_600 } },
	unknown: {
		...PLAIN,
		factor: 1.25,
		margin: 0.15,
		slack: 1_024,
		base: 16,
		perMessage: 6,
		toolPreamble: 300,
		perTool: 48,
		page: 3_000,
		image: { kind: 'grid', patch: 28, edge: 65_535, most: 16_384, unsized: 4_096 },
		normalization: 'unknown',
	},
};
