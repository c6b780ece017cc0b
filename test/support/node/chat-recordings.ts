/** The recorded bodies of everyone who speaks Chat Completions, each with what is to be expected of it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';

export const FOLDER = '../shared/fixtures';
export const SPEAKERS = [
	'openai',
	'azure',
	'groq',
	'openrouter',
	'deepseek',
	'mistral',
	'meta',
	'huggingface',
	'lmstudio',
	'compat',
	'workers-ai',
];

/** How a chat answer ends. */
export const ANSWERS: Readonly<Record<string, 'finish' | 'error'>> = {
	'openai/azure-model-router.1.chunks.txt': 'finish',
	'openai/chat-basic.json': 'finish',
	'openai/chat-json-mode.json': 'finish',
	'openai/chat-multiturn.json': 'finish',
	'openai/chat-parallel-tools.json': 'finish',
	'openai/chat-stream-multiple-choices.sse': 'finish',
	'openai/chat-stream-parallel-tools.sse': 'finish',
	'openai/chat-streaming-detailed-usage.sse': 'finish',
	'openai/chat-tools.json': 'finish',
	'openai/doc-stream-error-midstream.sse': 'error',
	'openai/openai-text.chunks.txt': 'finish',
	'openai/openai-text.json': 'finish',
	'azure/azure-deepseek-reasoning.1.json': 'finish',
	'azure/chat-stream.sse': 'finish',
	'azure/content-filter-completion.json': 'finish',
	'azure/envoy-chat-basic.json': 'finish',
	'azure/models-stream.sse': 'finish',
	'azure/models-tools-stream.sse': 'finish',
	'groq/groq-reasoning.json': 'finish',
	'groq/groq-text.json': 'finish',
	'groq/thinking-stream.sse': 'finish',
	'groq/tool-use-failed-stream-text.sse': 'error',
	'groq/tool-use-failed-stream.sse': 'error',
	'openrouter/basic.json': 'finish',
	'openrouter/doc-stream-error-midstream.sse': 'error',
	'openrouter/native-options.json': 'finish',
	'openrouter/reasoning-details.turn1.json': 'finish',
	'openrouter/reasoning-details.turn2.json': 'finish',
	'openrouter/reasoning-stream.sse': 'finish',
	'openrouter/reasoning-tools-stream.turn1.sse': 'finish',
	'openrouter/reasoning-tools-stream.turn2.sse': 'finish',
	'openrouter/stream-error.sse': 'error',
	'openrouter/stream.sse': 'finish',
	'openrouter/tool-calling.json': 'finish',
	'openrouter/tools-stream.turn1.sse': 'finish',
	'openrouter/tools-stream.turn2.sse': 'finish',
	'openrouter/usage.turn1.json': 'finish',
	'openrouter/usage.turn2.json': 'finish',
	'deepseek/deepseek-json.json': 'finish',
	'deepseek/deepseek-tool-call.chunks.txt': 'finish',
	'deepseek/deepseek-tool-call.json': 'finish',
	'deepseek/doc-stream-keepalive.sse': 'error',
	'deepseek/thinking-disabled.json': 'finish',
	'deepseek/thinking-high.json': 'finish',
	'deepseek/tool-choice-required.turn1.json': 'finish',
	'deepseek/tool-choice-required.turn2.json': 'finish',
	'deepseek/tools-stream.turn1.sse': 'finish',
	'deepseek/tools-stream.turn2.sse': 'finish',
	'mistral/mistral-incremental-tool-call.chunks.txt': 'finish',
	'mistral/mistral-reasoning.chunks.txt': 'finish',
	'mistral/mistral-reasoning.json': 'finish',
	'mistral/mistral-text.chunks.txt': 'finish',
	'mistral/mistral-text.json': 'finish',
	'mistral/mistral-tool-call.chunks.txt': 'finish',
	'mistral/mistral-tool-call.json': 'finish',
	'mistral/parallel-tools.turn1.json': 'finish',
	'mistral/parallel-tools.turn2.json': 'finish',
	'mistral/prompt-cache.turn1.json': 'finish',
	'mistral/prompt-cache.turn2.json': 'finish',
	'mistral/thinking.json': 'finish',
	'mistral/tools-stream-roundtrip.turn1.sse': 'finish',
	'mistral/tools-stream-roundtrip.turn2.sse': 'finish',
	'huggingface/doc-tgi-stream-error.sse': 'error',
	'huggingface/image.json': 'finish',
	'huggingface/simple.json': 'finish',
	'huggingface/usage.json': 'finish',
	'compat/anthropic-fallback-tool-call.sse': 'finish',
	'compat/gpustack-stream.sse': 'finish',
	'compat/moonshotai-stream.chunks.txt': 'finish',
	'compat/xai-text.json': 'finish',
	'workers-ai/doc-run-envelope.json': 'finish',
	'workers-ai/doc-stream-native-tools.sse': 'finish',
	'workers-ai/doc-stream-native.sse': 'finish',
	'workers-ai/doc-stream-openai-tools.sse': 'finish',
};

export interface ExpectedError {
	/** Where no request was recorded with it. */
	readonly status?: number;
	readonly code: string;
	readonly failure: string;
	readonly scope: string;
	readonly retryable: boolean;
	readonly contextLimit?: number;
	readonly promptTokens?: number;
	readonly retryAfterMs?: number;
}

const refused = { code: 'invalid_request', failure: 'bad-request', scope: 'request', retryable: false };
const keyDead = { code: 'upstream_rejected', failure: 'key-dead', scope: 'key', retryable: false };
const missing = { code: 'model_not_found', failure: 'model-missing', scope: 'model', retryable: false };
const tooLong = { code: 'context_too_long', failure: 'context-too-long', scope: 'request', retryable: false };
const limited = { code: 'rate_limited', failure: 'rate-limited', retryable: true };
const overloaded = { code: 'upstream_unavailable', failure: 'overloaded', scope: 'provider', retryable: true };

/** Answers without a 2xx. */
export const ERRORS: Readonly<Record<string, ExpectedError>> = {
	'openai/chat-bad-request.json': refused,
	'openai/chat-context-length.json': tooLong,
	'openai/chat-no-messages.json': refused,
	'openai/chat-system-role-unsupported.json': refused,
	'openai/chat-unknown-model.json': missing,
	'openai/doc-err-429-quota.json': {
		status: 429,
		code: 'rate_limited',
		failure: 'quota',
		scope: 'key',
		retryable: false,
	},
	'openai/doc-err-429-rate.json': { status: 429, ...limited, scope: 'key', retryAfterMs: 900 },
	'openai/doc-err-503.json': { status: 503, ...overloaded },
	'openai/embeddings-bad-request.json': refused,
	'openai/embeddings-unknown-model.json': missing,
	'openai/reasoning-model-legacy-parameter-error.json': { status: 400, ...refused },
	'openai/reasoning-model-temperature-error.json': { status: 400, ...refused },
	'openai/responses-invalid-key.json': keyDead,
	'azure/content-filter-prompt.json': { ...refused, failure: 'content-filter' },
	'azure/err-429.json': { ...limited, scope: 'key', retryAfterMs: 1000 },
	'azure/err-deployment-not-found.json': missing,
	'azure/err-invalid-key.json': keyDead,
	'groq/err-model-not-found.json': missing,
	'groq/tool-use-failed.json': refused,
	'openrouter/err-429-upstream.json': { ...limited, scope: 'model' },
	'openrouter/err-invalid-key.json': keyDead,
	'deepseek/doc-err-402.json': {
		status: 402,
		code: 'upstream_rejected',
		failure: 'quota',
		scope: 'key',
		retryable: false,
	},
	'deepseek/err-context-length.json': { ...tooLong, contextLimit: 1_048_565, promptTokens: 1_250_025 },
	'mistral/err-invalid-key.json': keyDead,
	'huggingface/doc-tgi-err-422.json': { status: 422, ...tooLong, contextLimit: 4096, promptTokens: 5000 },
	'huggingface/doc-tgi-err-424.json': {
		status: 424,
		code: 'upstream_unavailable',
		failure: 'server',
		scope: 'provider',
		retryable: true,
	},
	'huggingface/doc-tgi-err-429.json': { status: 429, ...overloaded },
	'compat/xai-err-invalid-key.json': keyDead,
	'workers-ai/doc-err-auth.json': { status: 401, ...keyDead },
	'workers-ai/doc-err-capacity.json': { status: 429, ...overloaded },
};

/** Answers of embedding wires: vectors and their length. */
export const EMBEDDINGS: Readonly<Record<string, readonly [vectors: number, dimensions: number]>> = {
	'openai/embeddings-base64.json': [1, 1536],
	'openai/embeddings-dimensions.json': [1, 256],
	'openai/embeddings-mixed-batch.json': [5, 1536],
	'azure/v1-embeddings.json': [3, 1024],
	'openrouter/embed-batch.json': [3, 768],
	'mistral/embed-batch.json': [3, 1024],
	'workers-ai/doc-embedding-envelope.json': [2, 3],
};

const RESPONSES = 'an answer of the Responses API';
const MODELS = 'a list of models';
const LLAMA_API = "the Llama API's own shape, a service retired on 6 July 2026";

/** Files that no wire of this family reads, and why. */
export const ELSEWHERE: Readonly<Record<string, string>> = {
	'openai/github-copilot-id-rotation.1.chunks.txt': RESPONSES,
	'openai/openai-custom-tool.1.chunks.txt': RESPONSES,
	'openai/openai-custom-tool.1.json': RESPONSES,
	'openai/openai-phase.1.chunks.txt': RESPONSES,
	'openai/openai-phase.1.json': RESPONSES,
	'openai/openai-reasoning-encrypted-content.1.chunks.txt': RESPONSES,
	'openai/openai-reasoning-encrypted-content.1.json': RESPONSES,
	'openai/parallel-tool-call-wrapper.1.chunks.txt': RESPONSES,
	'openai/parallel-tool-call-wrapper.1.json': RESPONSES,
	'openai/responses-basic-stream.sse': RESPONSES,
	'openai/responses-basic.json': RESPONSES,
	'openai/responses-moderation-blocked.json': RESPONSES,
	'openai/responses-prompt-cache.turn1.json': RESPONSES,
	'openai/responses-prompt-cache.turn2.json': RESPONSES,
	'openai/responses-tool-stream.turn1.sse': RESPONSES,
	'openai/responses-tool-stream.turn2.sse': RESPONSES,
	'openai/responses-tools-stream2.sse': RESPONSES,
	'azure/azure-text.1.chunks.txt': RESPONSES,
	'azure/azure-text.1.json': RESPONSES,
	'azure/azure-tool-call.1.chunks.txt': RESPONSES,
	'azure/azure-tool-call.1.json': RESPONSES,
	'azure/v1-responses-stream.sse': RESPONSES,
	'azure/v1-responses.json': RESPONSES,
	'deepseek/responses-stream.sse': RESPONSES,
	'lmstudio/lmstudio-tool-call.1.chunks.txt': RESPONSES,
	'lmstudio/lmstudio-tool-call.1.json': RESPONSES,
	'lmstudio/lmstudio-tool-call.2.chunks.txt': RESPONSES,
	'meta/doc-llama-api-chat.json': LLAMA_API,
	'meta/doc-llama-api-stream.sse': LLAMA_API,
	'compat/cerebras-models.json': MODELS,
	'compat/perplexity-models.json': MODELS,
};

export const isThere = existsSync(FOLDER);

/** Every recorded body of these speakers. */
export const bodies = (): string[] =>
	SPEAKERS.flatMap((speaker) =>
		readdirSync(`${FOLDER}/${speaker}`)
			.filter((file) => !file.endsWith('.meta.json'))
			.map((file) => `${speaker}/${file}`),
	);

export const bodyOf = (name: string): string => readFileSync(`${FOLDER}/${name}`, 'utf8');

/** The recorded status and headers; undefined where no exchange was recorded. */
export function headOf(
	name: string,
): { readonly status: number; readonly headers: Record<string, string> } | undefined {
	const meta = `${FOLDER}/${name.replace(/\.[a-z]+$/, '')}.meta.json`;
	return existsSync(meta) ? JSON.parse(readFileSync(meta, 'utf8')).response : undefined;
}
