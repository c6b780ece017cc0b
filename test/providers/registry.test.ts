import { describe, expect, it } from 'vitest';
import { embedWires, findProvider, providerIds, providers, wires } from '../../src/providers';
import type { Provider } from '../../src/providers/provider';

const all: readonly Provider[] = Object.values(providers);

describe('the registry', () => {
	it('finds each provider by its own id and nothing else', () => {
		expect(providerIds).toEqual(['openai', 'anthropic', 'groq', 'openrouter', 'deepseek', 'custom', 'mock']);
		for (const [id, provider] of Object.entries(providers)) expect(findProvider(id)).toBe(provider);
		for (const id of ['', 'OpenAI', 'constructor', '__proto__', 'toString']) expect(findProvider(id)).toBeNull();
	});

	it('has each wire under its own id', () => {
		for (const [id, wire] of [...Object.entries(wires), ...Object.entries(embedWires)]) expect(wire.id).toBe(id);
	});

	it('has the roots that the outside interface fixes', () => {
		expect(Object.fromEntries(all.map(({ id, baseUrl }) => [id, baseUrl]))).toEqual({
			openai: 'https://api.openai.com/v1',
			anthropic: 'https://api.anthropic.com',
			groq: 'https://api.groq.com/openai/v1',
			openrouter: 'https://openrouter.ai/api/v1',
			deepseek: 'https://api.deepseek.com',
			custom: null,
			mock: 'mock:',
		});
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

	it('has a model for requests that name none', () => {
		expect(provider.defaultModel).not.toBe('');
		expect(provider.defaultModel.startsWith(`${provider.id}/`)).toBe(false);
	});

	it('has paths that begin where its root ends', () => {
		expect(provider.baseUrl ?? '').not.toMatch(/\/$/);
		for (const path of [provider.modelsPath, provider.healthPath]) if (path !== undefined) expect(path).toMatch(/^\//);
	});
});
