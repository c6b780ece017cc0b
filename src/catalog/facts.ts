/** The shape of a model fact sheet. Prices are integer pico-dollars per token ($1 per million = 1,000,000). */
import type { Modality, ReasoningOption } from '../providers/provider';

export type { Modality } from '../providers/provider';

/** Pico-dollars per token; a part without a price of its own falls back as stated. */
export interface Prices {
	readonly input: bigint;
	readonly output: bigint;
	/** Absent: priced as input. */
	readonly cacheRead?: bigint;
	/** Absent: priced as input. */
	readonly cacheWrite5m?: bigint;
	/** Absent: as cacheWrite5m. */
	readonly cacheWrite1h?: bigint;
	/** Absent: priced as input. */
	readonly inputAudio?: bigint;
	/** Absent: priced as output. */
	readonly reasoning?: bigint;
	/** Absent: priced as output. */
	readonly outputAudio?: bigint;
	/** Whole-request tiers: the highest whose `above` is below the prompt tokens replaces the base. */
	readonly tiers?: readonly { readonly above: number; readonly prices: Omit<Prices, 'tiers'> }[];
}

export type TokenizerFamily =
	| 'o200k'
	| 'cl100k'
	| 'claude'
	| 'claude-5'
	| 'gemini'
	| 'llama'
	| 'mistral'
	| 'deepseek'
	| 'qwen'
	| 'gpt-oss'
	| 'grok'
	| 'cohere'
	| 'nova'
	| 'mock'
	| 'unknown';

export interface ModelFacts {
	readonly provider: string;
	readonly model: string;
	/** False: not in the catalog; every figure below is a conservative guess. */
	readonly known: boolean;
	/** `embedding` models never chat and chat models never embed. */
	readonly kind: 'chat' | 'embedding';
	/** Tokens, input and output together. */
	readonly contextWindow: number;
	/** Tokens; null where only the window limits the input. */
	readonly inputLimit: number | null;
	/** Tokens; null: unknown. */
	readonly maxOutput: number | null;
	readonly input: readonly Modality[];
	/** Absent: text alone (vectors on embedding models). */
	readonly output?: readonly Modality[];
	readonly tools: boolean;
	readonly structuredOutput: boolean;
	readonly reasoning: boolean;
	readonly reasoningOptions: readonly ReasoningOption[];
	/** False: temperature, top_p and top_k are refused. */
	readonly sampling: boolean;
	readonly tokenizer: TokenizerFamily;
	/** null: unknown. Never zero in its place. */
	readonly prices: Prices | null;
	/**
	 * `YYYY-MM-DD` of the price table, `live-YYYY-MM-DD` of the provider's own list, `local` where tokens are free
	 * because the server is one's own; null without prices.
	 */
	readonly priceVersion: string | null;
	/** The catalog's own name, where `model` is an alias, a variant or a dated version of that. */
	readonly listedAs?: string;
	/** Length of a vector, on embedding models where it is known. */
	readonly dimensions?: number;
	/** Who lists it: the catalog, or the provider's own list read live. Absent: neither. */
	readonly source?: 'catalog' | 'live';
	/** When it came out; seconds since epoch. */
	readonly created?: number;
	/** Its provider has announced its end. */
	readonly deprecated?: true;
}
