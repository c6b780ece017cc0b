import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findProvider, providerIds } from '../../src/providers';
import type { Provider } from '../../src/providers/provider';

const FACTS = '../shared/models/models-dev.filtered.json';

/** What that list calls a provider. */
const LISTED_AS: Readonly<Record<string, string>> = {
	'azure-openai': 'azure',
	bedrock: 'amazon-bedrock',
	'workers-ai': 'cloudflare-workers-ai',
};
/** Embeddings the list does not name. */
const UNLISTED_EMBEDDINGS: readonly string[] = [
	'bedrock',
	'openrouter',
	'cohere',
	'huggingface',
	'workers-ai',
	'lmstudio',
];

if (existsSync(FACTS)) {
	const facts = JSON.parse(readFileSync(FACTS, 'utf8')) as Record<string, { models: Record<string, unknown> }>;
	const modelsOf = ({ id }: Provider) => facts[LISTED_AS[id] ?? id]?.models;
	/** Not those whose models are the operator's own, or newer than the list. */
	const listed = providerIds.flatMap((id) => findProvider(id) ?? []).filter((provider) => modelsOf(provider));

	it('are looked up for the providers of the public list', () => {
		expect(listed.length).toBeGreaterThanOrEqual(13);
	});

	describe.each(listed)('the default models of $id', (provider) => {
		it('are models of that provider', () => {
			// Inference profiles of Bedrock are listed without their region where the model itself is.
			const plain = provider.defaultModel.replace(/^(?:global|us|eu|apac)\./, '');
			const names = Object.keys(modelsOf(provider) ?? {});
			expect(names.some((name) => name === provider.defaultModel || name === plain)).toBe(true);
			const embeds = provider.embeddings?.defaultModel;
			if (embeds !== undefined && !UNLISTED_EMBEDDINGS.includes(provider.id)) expect(names).toContain(embeds);
		});

		it('chat by one and embed by another', () => {
			expect(provider.embeddings?.defaultModel).not.toBe(provider.defaultModel);
			if (provider.embeddings) expect(provider.embeddings.defaultModel).toMatch(/embed|bge|-e5-|titan/i);
		});
	});

	it('embeds by a model of OpenAI at OpenRouter too', () => {
		const embeds = findProvider('openrouter')?.embeddings?.defaultModel.replace(/^openai\//, '') ?? '';
		expect(Object.keys(facts.openai?.models ?? {})).toContain(embeds);
	});
} else {
	describe.skip('default models', () => it('need the shared model facts', () => undefined));
}
