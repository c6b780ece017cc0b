/** The registry: one line per provider and per wire. */
import { anthropic } from './anthropic';
import { azureOpenai } from './azure-openai';
import { bedrock } from './bedrock';
import { cohere } from './cohere';
import { custom } from './custom';
import { deepseek } from './deepseek';
import { google } from './google';
import { groq } from './groq';
import { huggingface } from './huggingface';
import { lmstudio } from './lmstudio';
import { localai } from './localai';
import { metaLlama } from './meta-llama';
import { mistral } from './mistral';
import { mock } from './mock';
import { ollama } from './ollama';
import { openai } from './openai';
import { openrouter } from './openrouter';
import type { EmbedWire, EmbedWireId, Provider, Wire, WireId } from './provider';
import { transformers } from './transformers';
import { anthropicMessages } from './wire/anthropic-messages';
import { bedrockConverse, bedrockEmbeddings } from './wire/bedrock-converse';
import { cohereChat, cohereEmbeddings } from './wire/cohere-chat';
import { googleGenerate } from './wire/google-generate';
import { googleEmbeddings } from './wire/google-generate/embed';
import { huggingfaceEmbeddings } from './wire/huggingface-embeddings';
import { mockEmbeddings, mock as mockWire } from './wire/mock';
import { ollamaChat, ollamaEmbeddings } from './wire/ollama-chat';
import { openaiChat } from './wire/openai-chat';
import { openaiEmbeddings } from './wire/openai-embeddings';
import { openaiResponses } from './wire/openai-responses';
import { workersAiEmbeddings } from './wire/workers-ai-embeddings';
import { workersAi } from './workers-ai';

export const providers = {
	openai,
	anthropic,
	'azure-openai': azureOpenai,
	google,
	bedrock,
	groq,
	openrouter,
	mistral,
	deepseek,
	'meta-llama': metaLlama,
	cohere,
	huggingface,
	'workers-ai': workersAi,
	ollama,
	lmstudio,
	localai,
	transformers,
	custom,
	mock,
} satisfies Record<string, Provider>;

export type ProviderId = keyof typeof providers;

export const wires = {
	'openai-chat': openaiChat,
	'openai-responses': openaiResponses,
	'anthropic-messages': anthropicMessages,
	'google-generate': googleGenerate,
	'bedrock-converse': bedrockConverse,
	'ollama-chat': ollamaChat,
	'cohere-chat': cohereChat,
	mock: mockWire,
} satisfies Record<WireId, Wire>;

export const embedWires = {
	'openai-embeddings': openaiEmbeddings,
	'huggingface-embeddings': huggingfaceEmbeddings,
	'workers-ai-embeddings': workersAiEmbeddings,
	'google-embeddings': googleEmbeddings,
	'bedrock-embeddings': bedrockEmbeddings,
	'cohere-embeddings': cohereEmbeddings,
	'ollama-embeddings': ollamaEmbeddings,
	'mock-embeddings': mockEmbeddings,
} satisfies Record<EmbedWireId, EmbedWire>;

/** In the order of the registry. */
export const providerIds: readonly string[] = Object.keys(providers);

const byId: ReadonlyMap<string, Provider> = new Map(Object.entries(providers));

/** Null: no such provider. */
export const findProvider = (id: string): Provider | null => byId.get(id) ?? null;
