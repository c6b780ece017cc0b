import { describe, expect, it } from 'vitest';
import { embedWires, findProvider, providerIds, providers, wires } from '../../src/providers';
import type { Provider } from '../../src/providers/provider';

const all: readonly Provider[] = Object.values(providers);

/** Of the providers it names; null where it follows from the configuration. */
const ROOTS: Readonly<Record<string, string | null>> = {
	openai: 'https://api.openai.com/v1',
	anthropic: 'https://api.anthropic.com',
	google: 'https://generativelanguage.googleapis.com/v1beta',
	'azure-openai': null,
	bedrock: null,
	mistral: 'https://api.mistral.ai/v1',
	groq: 'https://api.groq.com/openai/v1',
	openrouter: 'https://openrouter.ai/api/v1',
	'meta-llama': 'https://api.meta.ai/v1',
	cohere: 'https://api.cohere.com',
	deepseek: 'https://api.deepseek.com',
	huggingface: 'https://router.huggingface.co/v1',
	'workers-ai': null,
	ollama: 'http://localhost:11434',
	lmstudio: 'http://localhost:1234/v1',
	localai: 'http://localhost:8080/v1',
	transformers: 'http://localhost:8000/v1',
	custom: null,
	mock: 'mock:',
};

describe('the registry', () => {
	it('finds each provider by its own id and nothing else', () => {
		expect(providerIds).toEqual(expect.arrayContaining(Object.keys(ROOTS)));
		for (const [id, provider] of Object.entries(providers)) expect(findProvider(id)).toBe(provider);
		for (const id of ['', 'OpenAI', 'constructor', '__proto__', 'toString']) expect(findProvider(id)).toBeNull();
	});

	it('has each wire under its own id', () => {
		for (const [id, wire] of [...Object.entries(wires), ...Object.entries(embedWires)]) expect(wire.id).toBe(id);
	});

	it('has the roots that the outside interface fixes', () => {
		expect(Object.fromEntries(all.map(({ id, baseUrl }) => [id, baseUrl]))).toMatchObject(ROOTS);
	});
});

describe.each(all)('the provider $id', (provider) => {
	it('can be named in the environment and in a model', () => {
		expect(provider.id).toMatch(/^[a-z][a-z0-9-]*$/);
	});

	it('speaks a wire that is there, and embeds by one that is', () => {
		expect(wires[provider.wire].id).toBe(provider.wire);
		if (!provider.embeddings) return;
		expect(embedWires[provider.embeddings.wire].id).toBe(provider.embeddings.wire);
		expect(provider.embeddings.maxInputs).toBeGreaterThan(0);
	});

	it('has alternative wires that are there', () => {
		for (const { wire } of provider.alternatives ?? []) expect(wires[wire].id).toBe(wire);
	});

	it("is addressed by https unless it runs on the operator's own machine", () => {
		if (!provider.baseUrl || provider.builtin) return;
		expect(new URL(provider.baseUrl).protocol).toBe(provider.local ? 'http:' : 'https:');
		if (provider.local) expect(provider.auth.kind).toBe('optional');
	});

	it('has a model for requests that name none', () => {
		expect(provider.defaultModel).not.toBe('');
		expect(provider.defaultModel.startsWith(`${provider.id}/`)).toBe(false);
	});

	it('has paths that begin where its root ends', () => {
		expect(provider.baseUrl ?? '').not.toMatch(/\/$/);
		for (const path of [provider.modelsPath, provider.healthPath]) if (path !== undefined) expect(path).toMatch(/^\//);
	});
});
