import { describe, expect, it } from 'vitest';
import { findProvider, providerIds } from '../../src/providers';
import { matchesName } from '../../src/providers/model-name';
import type { Provider } from '../../src/providers/provider';

const all: readonly Provider[] = providerIds.flatMap((id) => findProvider(id) ?? []);

/** What an account keeps, spends or tells of itself, as each provider's API names it. */
const KEEPING: Readonly<Record<string, readonly string[]>> = {
	openai: [
		'/files',
		'/uploads',
		'/batches',
		'/responses',
		'/conversations',
		'/chat/completions',
		'/assistants',
		'/threads/t/runs',
		'/vector_stores',
		'/containers',
		'/fine_tuning/jobs',
		'/evals',
		'/videos',
		'/audio/voices',
		'/audio/voice_consents',
		'/realtime/client_secrets',
		'/models/ft:gpt-4o:org',
		'/organization/usage/completions',
	],
	'azure-openai': [
		'/openai/v1/files',
		'/openai/v1/responses',
		'/openai/v1/video/generations/jobs',
		'/openai/deployments/d/chat/completions',
		'/openai/deployments/d/batches',
		'/openai/fine_tuning/jobs',
		'/files',
	],
	anthropic: ['/v1/messages', '/v1/messages/batches', '/v1/files', '/v1/skills', '/v1/organizations/users'],
	bedrock: ['/async-invoke', '/model/m/converse', '/model-invocation-jobs', '/guardrails', '/agents/a/sessions/s'],
	cohere: ['/v1/embed-jobs', '/v1/datasets', '/v1/connectors', '/v1/finetuning/finetuned-models', '/v1/chat'],
	deepseek: ['/user/balance', '/responses', '/beta/chat/completions'],
	google: [
		'/files',
		'/cachedContents',
		'/tunedModels',
		'/batches',
		'/interactions',
		'/fileSearchStores',
		'/models/veo-3:predictLongRunning',
		'/models/gemini-3:batchGenerateContent',
		'/models/gemini-embedding-001:asyncBatchEmbedContent',
		'/models/veo-3/operations/1',
	],
	groq: ['/files', '/batches', '/responses', '/fine_tunings'],
	localai: ['/models/apply', '/models/delete/m', '/assistants', '/files', '/stores/set', '/tokens'],
	lmstudio: ['/responses', '/models/load'],
	mistral: [
		'/files',
		'/batch/jobs',
		'/agents',
		'/agents/completions',
		'/conversations',
		'/libraries',
		'/fine_tuning/jobs',
		'/audio/voices',
		'/models/ft:m',
	],
	ollama: ['/api/pull', '/api/push', '/api/create', '/api/copy', '/api/delete', '/api/blobs/sha256:0'],
	openrouter: [
		'/key',
		'/keys',
		'/credits',
		'/generation',
		'/auth/keys',
		'/activity',
		'/files',
		'/videos',
		'/guardrails',
	],
	'workers-ai': ['/finetunes', '/finetunes/f/finetune-assets', '/models/search'],
	custom: ['/files', '/batches', '/responses', '/load_lora_adapter'],
	huggingface: ['/responses', '/files'],
	transformers: ['/responses', '/load_model'],
};

const isOpen = ({ passthrough = [] }: Provider, path: string): boolean =>
	passthrough.some((pattern) => matchesName(pattern, path));

describe.each(all)("the paths of $id that are open with the operator's key", (provider) => {
	it('keep nothing in its account and tell nothing of it', () => {
		const kept = KEEPING[provider.id] ?? [];
		expect(kept.filter((path) => isOpen(provider, path))).toEqual([]);
	});

	it('are plain paths under its root, each of them once', () => {
		const paths = provider.passthrough ?? [];
		for (const path of paths) expect(path).toMatch(/^(?:\*\/|\/)[\w*:/-]+$/);
		expect(new Set(paths).size).toBe(paths.length);
		if (provider.builtin) expect(paths).toEqual([]);
	});
});

describe('what keeps nothing', () => {
	it.each([
		['openai', '/audio/speech'],
		['openai', '/images/generations'],
		['openai', '/moderations'],
		['azure-openai', '/openai/v1/images/generations'],
		['azure-openai', '/openai/deployments/dalle/images/generations'],
		['azure-openai', '/audio/speech'],
		['bedrock', '/model/amazon.nova-canvas-v1:0/invoke'],
		['bedrock', '/guardrail/g1/version/DRAFT/apply'],
		['cohere', '/v2/rerank'],
		['google', '/models/imagen-4.0-generate-001:predict'],
		['groq', '/audio/transcriptions'],
		['mistral', '/ocr'],
		['ollama', '/api/show'],
		['workers-ai', '/run/@cf/black-forest-labs/flux-1-schnell'],
	])("is open at %s with the operator's key: %s", (id, path) => {
		const provider = findProvider(id);
		expect(provider && isOpen(provider, path)).toBe(true);
	});
});
