import type { ModelTraits, Provider, WireTarget } from '../../src/providers/provider';

const PLAIN: ModelTraits = {
	maxOutput: null,
	reasoning: false,
	reasoningOptions: [],
	sampling: true,
	structuredOutput: true,
};

/** A model of a provider as a wire sees it; a plain one unless traits say otherwise. */
export function wireTarget(
	provider: Provider,
	model: string,
	traits: Partial<ModelTraits> = {},
	stream = false,
): WireTarget {
	return { providerId: provider.id, model, stream, quirks: provider.quirks ?? {}, traits: { ...PLAIN, ...traits } };
}

/** Traits of a model that reasons with these efforts and refuses sampling, as OpenAI's do. */
export const reasoner = (...values: string[]): Partial<ModelTraits> => ({
	reasoning: true,
	sampling: false,
	reasoningOptions: values.length > 0 ? [{ type: 'effort', values }] : [],
});
