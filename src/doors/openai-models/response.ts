/** A model as OpenAI lists it, and beside that what the catalog knows. */
import type { Gateway } from '../../gateway/call';

type ModelFacts = Awaited<ReturnType<Gateway['models']>>[number];

/** USD per million tokens from pico-dollars per token. */
const perMillion = (pico: bigint): number => Number(pico) / 1e6;

function pricingBody(prices: ModelFacts['prices']) {
	if (!prices) return null;
	const { input, output, cacheRead, cacheWrite5m } = prices;
	return {
		input: perMillion(input),
		output: perMillion(output),
		cache_read: perMillion(cacheRead ?? input),
		cache_write: perMillion(cacheWrite5m ?? input),
	};
}

export const modelId = (facts: ModelFacts): string => `${facts.provider}/${facts.model}`;

export const modelBody = (facts: ModelFacts) => ({
	id: modelId(facts),
	object: 'model',
	/** Required by OpenAI's type; the catalog does not say when a model came out. */
	created: 0,
	owned_by: facts.provider,
	kind: facts.kind,
	/** Tokens; null where the catalog does not know the model. */
	context_window: facts.known ? facts.contextWindow : null,
	max_input_tokens: facts.inputLimit,
	max_output_tokens: facts.maxOutput,
	input_modalities: facts.input,
	capabilities: {
		tools: facts.tools,
		structured_output: facts.structuredOutput,
		reasoning: facts.reasoning,
	},
	/** USD per million tokens; null: unknown. */
	pricing: pricingBody(facts.prices),
});
