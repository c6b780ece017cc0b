import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import type { Provider } from '../../src/providers/provider';
import { openaiChat } from '../../src/providers/wire/openai-chat';

const page = readFileSync('docs/adding-a-provider.md', 'utf8');

/** The provider of the page's first example. */
async function example(): Promise<Provider> {
	const [, code = ''] = /```ts\n([\s\S]*?)```/.exec(page) ?? [];
	const { outputText } = ts.transpileModule(code, { compilerOptions: { module: ts.ModuleKind.ESNext } });
	const module = (await import(`data:text/javascript,${encodeURIComponent(outputText)}`)) as Record<string, Provider>;
	const [provider] = Object.values(module);
	if (!provider) throw new Error('the page has no example');
	return provider;
}

describe('docs/adding-a-provider.md', () => {
	it('describes a provider that its wire can serve', async () => {
		const provider = await example();
		const { path, body } = openaiChat.toRequest(
			{ messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }], maxTokens: 10 },
			{
				providerId: provider.id,
				model: provider.defaultModel,
				stream: true,
				quirks: provider.quirks ?? {},
				traits: { maxOutput: null, reasoning: false, reasoningOptions: [], sampling: true, structuredOutput: true },
			},
		);
		expect(`${provider.baseUrl}${path}`).toBe('https://api.fireworks.ai/inference/v1/chat/completions');
		expect(JSON.parse(body)).toMatchObject({ model: provider.defaultModel, stream: true, max_tokens: 10 });
	});

	it('names files that exist', () => {
		for (const [, path = ''] of page.matchAll(/`((?:src|test|scripts)\/[\w./-]+\.(?:ts|mjs))`/g))
			expect(() => readFileSync(path), path).not.toThrow();
	});

	it('fits on a page', () => {
		expect(page.split('\n').length).toBeLessThan(60);
	});
});
