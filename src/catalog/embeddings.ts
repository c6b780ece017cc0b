/**
 * What models.dev does not say of embedding models: their window and the length of their vectors.
 * Prices and names are in the generated table.
 */
export interface EmbeddingFacts {
	/** Tokens per input. */
	readonly contextWindow: number;
	/** Length of a vector where the request asks for no other. */
	readonly dimensions: number;
}

/** By `provider/model`. Source: OpenAI's guide "Vector embeddings" and its API reference (8,192 tokens per input). */
export const EMBEDDINGS: Readonly<Record<string, EmbeddingFacts>> = {
	'openai/text-embedding-3-small': { contextWindow: 8_192, dimensions: 1_536 },
	'openai/text-embedding-3-large': { contextWindow: 8_192, dimensions: 3_072 },
	'openai/text-embedding-ada-002': { contextWindow: 8_192, dimensions: 1_536 },
};
