/** The providers of the matrix: which model stands for each, which protocol it speaks, how it knows its key. */
import type { EmbedWireId } from '../../../../src/providers/provider';
import { anthropicMessages } from './anthropic-messages';
import { bedrockConverse } from './bedrock-converse';
import { cohereChat } from './cohere-chat';
import { googleGenerate } from './google-generate';
import { ollamaChat } from './ollama-chat';
import { openaiChat } from './openai-chat';
import { openaiResponses } from './openai-responses';
import type { Replay } from './said';

export interface Row {
	readonly label: string;
	readonly provider: string;
	readonly model: string;
	/** null: it answers inside the Worker. */
	readonly replay: Replay | null;
	/** What follows the origin and the provider's id in its base URL. */
	readonly root: string;
	/** Header and value that carry the key; null: none is set. */
	readonly key: readonly [header: string, value: RegExp] | null;
	readonly embedWire: EmbedWireId | null;
	/** In its own API; where the configuration names none. */
	readonly embedModel?: string;
}

const bearer = (id: string): Row['key'] => ['authorization', new RegExp(`^Bearer key-${id}$`)];

const openaiLike = (provider: string, model: string, more: Partial<Row> = {}): Row => ({
	label: provider,
	provider,
	model,
	replay: openaiChat,
	root: '/v1',
	key: bearer(provider),
	embedWire: 'openai-embeddings',
	...more,
});

export const ROWS: readonly Row[] = [
	openaiLike('openai', 'gpt-5-mini'),
	openaiLike('openai', 'gpt-5-pro', { label: 'openai (Responses)', replay: openaiResponses }),
	{
		label: 'anthropic',
		provider: 'anthropic',
		model: 'claude-haiku-4-5',
		replay: anthropicMessages,
		root: '',
		key: ['x-api-key', /^key-anthropic$/],
		embedWire: null,
	},
	{
		label: 'google',
		provider: 'google',
		model: 'gemini-2.5-flash',
		replay: googleGenerate,
		root: '/v1beta',
		key: ['x-goog-api-key', /^key-google$/],
		embedWire: 'google-embeddings',
	},
	openaiLike('azure-openai', 'gpt-5-mini', { root: '', key: ['api-key', /^key-azure-openai$/] }),
	{
		label: 'bedrock',
		provider: 'bedrock',
		model: 'us.anthropic.claude-haiku-4-5-20251001-v1:0',
		replay: bedrockConverse,
		root: '',
		key: ['authorization', /^AWS4-HMAC-SHA256 Credential=AKIDREPLAY\/\d{8}\/eu-central-1\/bedrock\/aws4_request/],
		embedWire: 'bedrock-embeddings',
	},
	openaiLike('mistral', 'mistral-medium-latest'),
	openaiLike('groq', 'openai/gpt-oss-120b', { root: '/openai/v1', embedWire: null }),
	openaiLike('openrouter', 'google/gemini-2.5-flash', { root: '/api/v1' }),
	openaiLike('meta-llama', 'muse-spark-1.3', { embedWire: null }),
	{
		label: 'cohere',
		provider: 'cohere',
		model: 'command-a-reasoning-08-2025',
		replay: cohereChat,
		root: '',
		key: bearer('cohere'),
		embedWire: 'cohere-embeddings',
	},
	openaiLike('deepseek', 'deepseek-v4-flash', { root: '', embedWire: null }),
	openaiLike('huggingface', 'Qwen/Qwen3-VL-235B-A22B-Instruct', { embedWire: 'huggingface-embeddings' }),
	openaiLike('workers-ai', '@cf/openai/gpt-oss-120b', {
		root: '/accounts/acc/ai',
		embedWire: 'workers-ai-embeddings',
	}),
	{
		label: 'ollama',
		provider: 'ollama',
		model: 'qwen3-vl',
		replay: ollamaChat,
		root: '',
		key: null,
		embedWire: 'ollama-embeddings',
	},
	openaiLike('lmstudio', 'openai/gpt-oss-20b', { key: null }),
	openaiLike('localai', 'gpt-4', { key: null }),
	openaiLike('transformers', 'Qwen/Qwen3-4B-Instruct-2507', { key: null, embedWire: null }),
	openaiLike('custom', 'anything', { key: bearer('custom') }),
	{ label: 'mock', provider: 'mock', model: 'script', replay: null, root: '', key: null, embedWire: 'mock-embeddings' },
];

const prefixOf = (provider: string): string => provider.toUpperCase().replaceAll('-', '_');

/** The environment in which every provider is at `origin`. */
export function replayVariables(origin: string): Record<string, string> {
	const variables: Record<string, string> = {
		BEDROCK_REGION: 'eu-central-1',
		BEDROCK_ACCESS_KEY_ID: 'AKIDREPLAY',
		BEDROCK_SECRET_ACCESS_KEY: 'replaysecret',
		DEFAULT_CUSTOM_EMBEDDING_MODEL: 'any-embedding',
	};
	for (const { provider, root, key, replay } of ROWS) {
		if (replay === null) continue;
		const prefix = prefixOf(provider);
		variables[`${prefix}_BASE_URL`] = `${origin}/${provider}${root}`;
		if (key && provider !== 'bedrock') variables[`${prefix}_API_KEY`] = `key-${provider}`;
	}
	return variables;
}
