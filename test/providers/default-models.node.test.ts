import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { anthropic } from '../../src/providers/anthropic';
import { deepseek } from '../../src/providers/deepseek';
import { groq } from '../../src/providers/groq';
import { openai } from '../../src/providers/openai';
import { openrouter } from '../../src/providers/openrouter';

const FACTS = '../shared/models/models-dev.filtered.json';

if (existsSync(FACTS)) {
	const facts = JSON.parse(readFileSync(FACTS, 'utf8')) as Record<string, { models: Record<string, unknown> }>;

	describe.each([openai, anthropic, groq, openrouter, deepseek])('the default models of $id', (provider) => {
		it('are models of that provider', () => {
			expect(facts[provider.id]?.models).toHaveProperty([provider.defaultModel]);
		});
	});

	it('embeds by a model of OpenAI, at OpenRouter too', () => {
		expect(facts.openai?.models).toHaveProperty([openai.embeddings?.defaultModel ?? '']);
		expect(openrouter.embeddings?.defaultModel).toBe(`openai/${openai.embeddings?.defaultModel}`);
	});
} else {
	describe.skip('default models', () => it('need the shared model facts', () => undefined));
}
