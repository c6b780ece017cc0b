/**
 * Embedding models, as far as models.dev does not know them: their window, the length of their vectors and, where it
 * does not list the model at all, its price. One that is only here is as known as any other.
 */
export interface EmbeddingFacts {
	/** Tokens per input. */
	readonly contextWindow: number;
	/** Length of a vector where the request asks for no other. */
	readonly dimensions: number;
	/** Pico-dollars per token, read on `PRICED`; absent: that of the generated table, else unknown. */
	readonly price?: bigint;
}

/** Day the prices below were read. */
export const PRICED = '2026-11-21';

const OPENAI_SMALL = { contextWindow: 8_192, dimensions: 1_536 };
const OPENAI_LARGE = { contextWindow: 8_192, dimensions: 3_072 };
const GEMINI = { contextWindow: 2_048, dimensions: 3_072 };
const COHERE_3 = { contextWindow: 512, dimensions: 1_024 };
const COHERE_3_LIGHT = { contextWindow: 512, dimensions: 384 };
const COHERE_4 = { contextWindow: 128_000, dimensions: 1_536 };
const BGE_SMALL = { contextWindow: 512, dimensions: 384 };
const BGE_BASE = { contextWindow: 512, dimensions: 768 };
const BGE_LARGE = { contextWindow: 512, dimensions: 1_024 };
const BGE_M3 = { contextWindow: 8_192, dimensions: 1_024 };
const QWEN_3_SMALL = { contextWindow: 32_000, dimensions: 1_024 };
const QWEN_3_MEDIUM = { contextWindow: 32_000, dimensions: 2_560 };
const QWEN_3_LARGE = { contextWindow: 32_000, dimensions: 4_096 };
const NOMIC = { contextWindow: 2_048, dimensions: 768 };
const GEMMA = { contextWindow: 2_048, dimensions: 768 };

/**
 * By `provider/model`. Sources: OpenAI's guide "Vector embeddings" and its API reference (8,192 tokens per input),
 * Google's, Cohere's, Mistral's, AWS's and Cloudflare's model pages, else the model's card on Hugging Face or Ollama.
 */
export const EMBEDDINGS: Readonly<Record<string, EmbeddingFacts>> = {
	'openai/text-embedding-3-small': OPENAI_SMALL,
	'openai/text-embedding-3-large': OPENAI_LARGE,
	'openai/text-embedding-ada-002': OPENAI_SMALL,

	'google/gemini-embedding-001': GEMINI,
	'google/gemini-embedding-2': { contextWindow: 8_192, dimensions: 3_072, price: 200_000n },

	'mistral/mistral-embed': { contextWindow: 8_192, dimensions: 1_024 },
	'mistral/codestral-embed': { contextWindow: 8_192, dimensions: 1_536, price: 150_000n },

	'cohere/embed-v4.0': { ...COHERE_4, price: 120_000n },
	'cohere/embed-english-v3.0': { ...COHERE_3, price: 100_000n },
	'cohere/embed-multilingual-v3.0': { ...COHERE_3, price: 100_000n },
	'cohere/embed-english-light-v3.0': { ...COHERE_3_LIGHT, price: 100_000n },
	'cohere/embed-multilingual-light-v3.0': { ...COHERE_3_LIGHT, price: 100_000n },

	'azure-openai/text-embedding-3-small': OPENAI_SMALL,
	'azure-openai/text-embedding-3-large': OPENAI_LARGE,
	'azure-openai/text-embedding-ada-002': OPENAI_SMALL,
	'azure-openai/cohere-embed-v3-english': COHERE_3,
	'azure-openai/cohere-embed-v3-multilingual': COHERE_3,
	'azure-openai/cohere-embed-v-4-0': COHERE_4,

	'bedrock/amazon.titan-embed-text-v2:0': { contextWindow: 8_192, dimensions: 1_024, price: 20_000n },
	'bedrock/amazon.titan-embed-text-v1': { contextWindow: 8_192, dimensions: 1_536, price: 100_000n },
	'bedrock/amazon.nova-2-multimodal-embeddings-v1:0': { contextWindow: 8_192, dimensions: 3_072 },
	'bedrock/cohere.embed-english-v3': { ...COHERE_3, price: 100_000n },
	'bedrock/cohere.embed-multilingual-v3': { ...COHERE_3, price: 100_000n },
	'bedrock/cohere.embed-v4:0': { ...COHERE_4, price: 120_000n },

	'workers-ai/@cf/baai/bge-small-en-v1.5': { ...BGE_SMALL, price: 20_000n },
	'workers-ai/@cf/baai/bge-base-en-v1.5': { ...BGE_BASE, price: 67_000n },
	'workers-ai/@cf/baai/bge-large-en-v1.5': { ...BGE_LARGE, price: 204_000n },
	'workers-ai/@cf/baai/bge-m3': { ...BGE_M3, price: 12_000n },
	'workers-ai/@cf/qwen/qwen3-embedding-0.6b': { contextWindow: 8_192, dimensions: 1_024, price: 12_000n },
	'workers-ai/@cf/google/embeddinggemma-300m': GEMMA,

	// Billed by the second of computing, not by the token, unless the table has a price.
	'huggingface/BAAI/bge-small-en-v1.5': BGE_SMALL,
	'huggingface/BAAI/bge-base-en-v1.5': BGE_BASE,
	'huggingface/BAAI/bge-large-en-v1.5': BGE_LARGE,
	'huggingface/BAAI/bge-m3': BGE_M3,
	'huggingface/intfloat/multilingual-e5-large': { contextWindow: 512, dimensions: 1_024 },
	'huggingface/mixedbread-ai/mxbai-embed-large-v1': { contextWindow: 512, dimensions: 1_024 },
	'huggingface/sentence-transformers/all-MiniLM-L6-v2': { contextWindow: 256, dimensions: 384 },
	'huggingface/sentence-transformers/all-mpnet-base-v2': { contextWindow: 384, dimensions: 768 },
	'huggingface/google/embeddinggemma-300m': GEMMA,
	'huggingface/Qwen/Qwen3-Embedding-0.6B': QWEN_3_SMALL,
	'huggingface/Qwen/Qwen3-Embedding-4B': QWEN_3_MEDIUM,
	'huggingface/Qwen/Qwen3-Embedding-8B': QWEN_3_LARGE,

	'openrouter/openai/text-embedding-3-small': { ...OPENAI_SMALL, price: 20_000n },
	'openrouter/openai/text-embedding-3-large': { ...OPENAI_LARGE, price: 130_000n },
	'openrouter/openai/text-embedding-ada-002': { ...OPENAI_SMALL, price: 100_000n },
	'openrouter/google/gemini-embedding-001': { ...GEMINI, price: 150_000n },

	'lmstudio/text-embedding-nomic-embed-text-v1.5': NOMIC,

	'ollama/nomic-embed-text': NOMIC,
	'ollama/mxbai-embed-large': { contextWindow: 512, dimensions: 1_024 },
	'ollama/all-minilm': { contextWindow: 256, dimensions: 384 },
	'ollama/bge-m3': BGE_M3,
	'ollama/bge-large': BGE_LARGE,
	'ollama/snowflake-arctic-embed': { contextWindow: 512, dimensions: 1_024 },
	'ollama/snowflake-arctic-embed2': BGE_M3,
	'ollama/embeddinggemma': GEMMA,
	'ollama/qwen3-embedding:0.6b': QWEN_3_SMALL,
	'ollama/qwen3-embedding:4b': QWEN_3_MEDIUM,
	'ollama/qwen3-embedding:8b': QWEN_3_LARGE,
};
