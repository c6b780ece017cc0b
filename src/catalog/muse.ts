/**
 * Meta's own models. models.dev still lists those of the Llama API, which ended on 6 July 2026. Sources: dev.meta.ai,
 * "Models" and "Pricing and rate limits".
 */
import type { ModelFacts, Prices } from './facts';
import type { OwnSheets } from './own';
import { tokenizerOf } from './tokenizer';

/** Day the prices were read. */
const PRICED = '2026-09-02';

/** Every generation of a tier costs the same. */
const STANDARD: Prices = { input: 1_250_000n, output: 4_250_000n, cacheRead: 150_000n };
/** At the price of letting Meta train on what is sent. */
const CONTRIBUTOR: Prices = { input: 100_000n, output: 200_000n, cacheRead: 2_000n };

const PRICES: Readonly<Record<string, Prices>> = {
	'muse-spark-1.3': STANDARD,
	'muse-spark-1.2': STANDARD,
	'muse-spark-1.1': STANDARD,
	'muse-spark-1.3-contributor': CONTRIBUTOR,
	'muse-spark-1.2-contributor': CONTRIBUTOR,
	'muse-spark-1.1-contributor': CONTRIBUTOR,
};

function museFacts(model: string): ModelFacts | null {
	const prices = Object.hasOwn(PRICES, model) ? PRICES[model] : undefined;
	if (!prices) return null;
	return {
		provider: 'meta-llama',
		model,
		known: true,
		kind: 'chat',
		contextWindow: 1_048_576,
		inputLimit: null,
		maxOutput: 131_072,
		input: ['image', 'pdf', 'text', 'video'],
		tools: true,
		structuredOutput: true,
		reasoning: true,
		reasoningOptions: [{ type: 'effort', values: ['minimal', 'low', 'medium', 'high', 'xhigh'] }],
		sampling: true,
		tokenizer: tokenizerOf('meta-llama', model),
		prices,
		priceVersion: PRICED,
		source: 'catalog',
	};
}

export const muse: OwnSheets = { models: Object.keys(PRICES), facts: museFacts };
