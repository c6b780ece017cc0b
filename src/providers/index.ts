/** The registry: one line per provider and per wire. */
import { anthropic } from './anthropic';
import { custom } from './custom';
import { deepseek } from './deepseek';
import { groq } from './groq';
import { mock } from './mock';
import { openai } from './openai';
import { openrouter } from './openrouter';
import type { EmbedWire, EmbedWireId, Provider, Wire, WireId } from './provider';
import { anthropicMessages } from './wire/anthropic-messages';
import { mockEmbeddings, mock as mockWire } from './wire/mock';
import { openaiChat } from './wire/openai-chat';
import { openaiEmbeddings } from './wire/openai-embeddings';

export const providers = {
	openai,
	anthropic,
	groq,
	openrouter,
	deepseek,
	custom,
	mock,
} satisfies Record<string, Provider>;

export type ProviderId = keyof typeof providers;

export const wires = {
	'openai-chat': openaiChat,
	'anthropic-messages': anthropicMessages,
	mock: mockWire,
} satisfies Record<WireId, Wire>;

export const embedWires = {
	'openai-embeddings': openaiEmbeddings,
	'mock-embeddings': mockEmbeddings,
} satisfies Record<EmbedWireId, EmbedWire>;

/** In the order of the registry. */
export const providerIds: readonly string[] = Object.keys(providers);

const byId: ReadonlyMap<string, Provider> = new Map(Object.entries(providers));

/** Null: no such provider. */
export const findProvider = (id: string): Provider | null => byId.get(id) ?? null;
