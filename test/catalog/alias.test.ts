import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalog } from '../../src/catalog';
import { tokenizerOf } from '../../src/catalog/tokenizer';

const { facts, models } = catalog();

describe('other names of a listed model', () => {
	it.each([
		['openai', 'gpt-4o-mini-2024-07-18', 'gpt-4o-mini'],
		['openai', 'gpt-5-chat', 'gpt-5-chat-latest'],
		['anthropic', 'claude-opus-4-8-20260501', 'claude-opus-4-8'],
		['anthropic', 'claude-opus-4-8@20260501', 'claude-opus-4-8'],
		['anthropic', 'claude-opus-4-8-latest', 'claude-opus-4-8'],
		['anthropic', 'claude-3-7-sonnet-latest', 'claude-3-7-sonnet-20250219'],
		['anthropic', 'claude-3-5-sonnet', 'claude-3-5-sonnet-20241022'],
	])('%s: %s is %s, at its price', (provider, model, listedAs) => {
		const { model: name, listedAs: found, ...sheet } = facts(provider, model);
		const { model: _, ...original } = facts(provider, listedAs);
		expect([name, found]).toEqual([model, listedAs]);
		expect(sheet).toEqual(original);
	});

	it.each([
		['openrouter', 'openai/gpt-4o:nitro', 'openai/gpt-4o'],
		['openrouter', 'openai/gpt-4o:free', 'openai/gpt-4o'],
		['openai', 'ft:gpt-4o-mini-2024-07-18:acme::abc', 'gpt-4o-mini'],
	])('%s: %s is like %s, at a price nobody listed', (provider, model, listedAs) => {
		const sheet = facts(provider, model);
		expect(sheet).toMatchObject({ known: true, listedAs, prices: null, priceVersion: null });
		expect(sheet.contextWindow).toBe(facts(provider, listedAs).contextWindow);
	});

	it('a dated version with an entry of its own keeps its own price', () => {
		expect(facts('openai', 'gpt-4o-2024-05-13')).toMatchObject({ prices: { input: 5_000_000n, output: 15_000_000n } });
		expect(facts('openai', 'gpt-4o-2024-05-13').listedAs).toBeUndefined();
	});
});

describe('unknown models', () => {
	it('have no price, no stated maximum and a small window', () => {
		expect(facts('custom', 'my-model')).toEqual({
			provider: 'custom',
			model: 'my-model',
			known: false,
			kind: 'chat',
			contextWindow: 8_192,
			inputLimit: null,
			maxOutput: null,
			input: ['text', 'image', 'audio', 'pdf'],
			tools: true,
			structuredOutput: false,
			reasoning: false,
			reasoningOptions: [],
			sampling: true,
			tokenizer: 'unknown',
			prices: null,
			priceVersion: null,
		});
	});

	it.each([
		['openai', 'gpt-6.1-sol', 'gpt-5.5'],
		['anthropic', 'claude-opus-5', 'claude-opus-4-8'],
		['openrouter', 'anthropic/claude-opus-5', 'anthropic/claude-opus-4.8'],
	])('%s: %s has the abilities of %s and a capped window', (provider, model, like) => {
		const { tools, structuredOutput, reasoning, reasoningOptions, sampling, input } = facts(provider, like);
		expect(facts(provider, model)).toMatchObject({
			known: false,
			contextWindow: 128_000,
			maxOutput: null,
			prices: null,
			...{ tools, structuredOutput, reasoning, reasoningOptions, sampling, input },
		});
	});

	it('are taken for embedding models by their name', () => {
		for (const model of ['nomic-embed-text', 'bge-m3', 'all-minilm', 'intfloat/e5-large', 'text-embedding-9'])
			expect(facts('custom', model).kind, model).toBe('embedding');
		expect(facts('openai', 'text-embedding-9')).toMatchObject({ kind: 'embedding', tools: false, prices: null });
	});

	it('never have a price, whatever the name', () => {
		const known = new Set(models('openai'));
		fc.assert(
			fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (name) => {
				const sheet = facts('openai', name);
				expect(sheet.model).toBe(name);
				if (sheet.known) expect(known.has(sheet.listedAs ?? name)).toBe(true);
				else expect(sheet.prices).toBeNull();
			}),
		);
	});
});

it.each([
	['openai', 'gpt-4', 'cl100k'],
	['openai', 'gpt-4-turbo-2024-04-09', 'cl100k'],
	['openai', 'gpt-3.5-turbo', 'cl100k'],
	['openai', 'text-embedding-3-small', 'cl100k'],
	['openai', 'gpt-4o-mini', 'o200k'],
	['openai', 'gpt-4.1', 'o200k'],
	['openai', 'gpt-5.5', 'o200k'],
	['openai', 'o3', 'o200k'],
	['openai', 'ft:gpt-4o:acme::1', 'o200k'],
	['groq', 'openai/gpt-oss-120b', 'gpt-oss'],
	['openrouter', 'openai/gpt-3.5-turbo-0613', 'cl100k'],
	['anthropic', 'claude-3-5-sonnet-20241022', 'claude'],
	['anthropic', 'claude-sonnet-4-20250514', 'claude'],
	['anthropic', 'claude-opus-4-6', 'claude'],
	['openrouter', 'anthropic/claude-3.7-sonnet:thinking', 'claude'],
	['anthropic', 'claude-instant-1.2', 'claude'],
	['anthropic', 'claude-opus-4-7', 'claude-5'],
	['openrouter', 'anthropic/claude-opus-4.8-fast', 'claude-5'],
	['anthropic', 'claude-sonnet-5', 'claude-5'],
	['anthropic', 'claude-haiku-5-5', 'claude-5'],
	['openrouter', '~anthropic/claude-opus-latest', 'claude-5'],
	['groq', 'llama-3.3-70b-versatile', 'llama'],
	['openrouter', 'deepseek/deepseek-r1-distill-llama-70b', 'llama'],
	['openrouter', 'mistralai/mixtral-8x22b-instruct', 'mistral'],
	['openrouter', 'google/gemini-2.5-flash', 'gemini'],
	['deepseek', 'deepseek-chat', 'deepseek'],
	['groq', 'qwen/qwen3-32b', 'qwen'],
	['openrouter', 'x-ai/grok-4.3', 'grok'],
	['openrouter', 'cohere/command-a', 'unknown'],
	['mock', 'echo', 'mock'],
])('%s/%s counts with %s', (provider, model, family) => {
	expect(tokenizerOf(provider, model)).toBe(family);
});
