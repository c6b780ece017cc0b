/** Fact sheets of the mock: it can do everything, and costs something, so that a newcomer sees costs at work. */
import type { ModelFacts } from './facts';
import type { OwnSheets } from './own';

const CHAT = ['echo', 'script', 'slow', 'tools', 'reasoning', 'json'];
const EMBEDDING = 'embed';

/** The names worth listing; those that fail on purpose (`fail-…`) are known but not advertised. */
const MOCK_MODELS: readonly string[] = [...CHAT, EMBEDDING];

/** null: the mock has no such model. `priceVersion`: of the whole table. */
function mockFacts(model: string, priceVersion: string): ModelFacts | null {
	const embeds = model === EMBEDDING;
	if (!embeds && !CHAT.includes(model) && !model.startsWith('fail-')) return null;
	return {
		provider: 'mock',
		model,
		known: true,
		kind: embeds ? 'embedding' : 'chat',
		contextWindow: 128_000,
		inputLimit: null,
		maxOutput: embeds ? null : 16_384,
		input: embeds ? ['text'] : ['text', 'image', 'audio', 'pdf'],
		tools: !embeds,
		structuredOutput: !embeds,
		reasoning: !embeds,
		reasoningOptions: embeds
			? []
			: [
					{ type: 'effort', values: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] },
					{ type: 'budget', min: null, max: null },
				],
		sampling: true,
		tokenizer: 'mock',
		prices: embeds ? { input: 100_000n, output: 0n } : { input: 1_000_000n, output: 2_000_000n },
		priceVersion,
		...(embeds && { dimensions: 256 }),
	};
}

export const mock: OwnSheets = { models: MOCK_MODELS, facts: mockFacts };
