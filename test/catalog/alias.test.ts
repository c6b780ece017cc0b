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
		['google', 'models/gemini-2.5-flash', 'gemini-2.5-flash'],
		['google', 'gemini-2.0-flash-001', 'gemini-2.0-flash'],
		['mistral', 'mistral-large', 'mistral-large-latest'],
		['cohere', 'command-a', 'command-a-03-2025'],
		['azure-openai', 'gpt-4o-2024-11-20', 'gpt-4o'],
		['bedrock', 'us.amazon.nova-pro-v1:0', 'amazon.nova-pro-v1:0'],
		['bedrock', 'global.amazon.nova-pro-v1:0', 'amazon.nova-pro-v1:0'],
		['bedrock', 'amazon.nova-lite-v1:0:300k', 'amazon.nova-lite-v1:0'],
		['bedrock', 'anthropic.claude-opus-4-6-v1:0', 'anthropic.claude-opus-4-6-v1'],
		['bedrock', 'anthropic.claude-opus-4-8-v1:0', 'anthropic.claude-opus-4-8'],
		['bedrock', 'openai.gpt-oss-20b', 'openai.gpt-oss-20b-1:0'],
		['bedrock', 'amazon.titan-embed-text-v2', 'amazon.titan-embed-text-v2:0'],
		[
			'bedrock',
			'arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-4-5-20250929-v1:0',
			'eu.anthropic.claude-sonnet-4-5-20250929-v1:0',
		],
		[
			'bedrock',
			'arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/amazon.titan-embed-text-v1',
			'amazon.titan-embed-text-v1',
		],
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
		['huggingface', 'meta-llama/Llama-3.3-70B-Instruct:together', 'meta-llama/Llama-3.3-70B-Instruct'],
		['google', 'gemini-2.5-flash-preview-09-2025', 'gemini-2.5-flash'],
		['google', 'gemini-3-pro', 'gemini-3-pro-preview'],
		['mistral', 'codestral-2508', 'codestral-latest'],
		['bedrock', 'apac.anthropic.claude-sonnet-4-5-20250929-v1:0', 'anthropic.claude-sonnet-4-5-20250929-v1:0'],
		['bedrock', 'eu.amazon.nova-pro-v1:0', 'amazon.nova-pro-v1:0'],
		['ollama', 'gpt-oss:120b-cloud', 'gpt-oss:120b'],
	])('%s: %s is like %s, at a price nobody listed', (provider, model, listedAs) => {
		const sheet = facts(provider, model);
		expect(sheet).toMatchObject({ known: true, listedAs, prices: null, priceVersion: null });
		expect(sheet.contextWindow).toBe(facts(provider, listedAs).contextWindow);
	});

	it.each([
		['bedrock', 'anthropic.claude-opus-4-5-20251101-v1:0', 5_000_000n],
		['bedrock', 'global.anthropic.claude-opus-4-5-20251101-v1:0', 5_000_000n],
		['bedrock', 'eu.anthropic.claude-opus-4-5-20251101-v1:0', 5_500_000n],
	])('%s: %s has the price of its region', (provider, model, input) => {
		expect(facts(provider, model).prices?.input).toBe(input);
	});

	it.each([
		'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3',
		'arn:aws:bedrock:us-east-1:123456789012:provisioned-model/a1b2c3',
	])('%s names no model, so nothing is known of it', (model) => {
		expect(facts('bedrock', model)).toMatchObject({ known: false, contextWindow: 8_192, prices: null });
	});

	it('a deployment of Azure that is not called like its model is unknown', () => {
		expect(facts('azure-openai', 'our-deployment')).toMatchObject({ known: false, tools: true, prices: null });
		expect(facts('azure-openai', 'gpt-4o-prod')).toMatchObject({ known: false, structuredOutput: true, prices: null });
	});

	it('tags of a local server are no variants of each other', () => {
		expect(facts('ollama', 'gpt-oss:20b').listedAs).toBeUndefined();
		expect(facts('ollama', 'gpt-oss:7b').known).toBe(false);
		expect(facts('ollama', 'nomic-embed-text:latest')).toMatchObject({ kind: 'embedding', dimensions: 768 });
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
		['bedrock', 'sa.anthropic.claude-opus-5-v1:0', 'anthropic.claude-opus-4-8'],
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

	it('are no relatives of models that share their vendor alone', () => {
		for (const [provider, model] of [
			['workers-ai', '@cf/meta/whatever'],
			['bedrock', 'amazon.whatever'],
			['huggingface', 'Qwen/whatever'],
		] as const)
			expect(facts(provider, model), model).toMatchObject({ contextWindow: 8_192, reasoningOptions: [] });
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
	['openrouter', 'cohere/command-a', 'cohere'],
	['azure-openai', 'cohere-command-r-08-2024', 'cohere'],
	['cohere', 'embed-v4.0', 'cohere'],
	['cohere', 'whatever', 'cohere'],
	['bedrock', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude'],
	['bedrock', 'arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-opus-4-8', 'claude-5'],
	['bedrock', 'openai.gpt-5.4', 'o200k'],
	['bedrock', 'openai.gpt-oss-20b-1:0', 'gpt-oss'],
	['bedrock', 'amazon.nova-2-lite-v1:0', 'nova'],
	['openrouter', 'amazon/nova-pro-v1', 'nova'],
	['bedrock', 'cohere.embed-english-v3', 'cohere'],
	['workers-ai', '@cf/google/gemma-4-26b-a4b-it', 'gemini'],
	['openrouter', 'moonshotai/kimi-k2', 'unknown'],
	['localai', 'gpt-4', 'unknown'],
	['localai', 'gpt-oss-20b', 'gpt-oss'],
	['localai', 'meta-llama-3.1-8b-instruct', 'llama'],
	['mock', 'echo', 'mock'],
])('%s/%s counts with %s', (provider, model, family) => {
	expect(tokenizerOf(provider, model)).toBe(family);
});
