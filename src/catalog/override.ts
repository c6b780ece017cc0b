/** What the configuration knows better than the catalog of one model: an own model, a negotiated price, a smaller window. */
import type { ModelFacts, Prices } from './facts';

export interface ModelOverride {
	/** Said of a model that no catalog lists: with it the model counts as known. */
	readonly declared: boolean;
	readonly displayName?: string;
	readonly kind?: 'chat' | 'embedding';
	/** Tokens. */
	readonly contextWindow?: number;
	readonly inputLimit?: number;
	readonly maxOutput?: number;
	/** Text is always among them, whether it is named or not. */
	readonly input?: ModelFacts['input'];
	readonly tools?: boolean;
	readonly structuredOutput?: boolean;
	readonly reasoning?: boolean;
	/** In place of all of the catalog's; of `input` and `output` a missing one is still the catalog's. */
	readonly prices?: Partial<Omit<Prices, 'tiers'>>;
	/** Of `prices`, e.g. `override-3`, `global-2`. */
	readonly priceVersion?: string;
}

/** `provider/model` → what is known better. Without a prototype. */
export type ModelOverrides = Readonly<Record<string, ModelOverride>>;

/** The sheet as the configuration has it; the same object where it says nothing. */
export function overlaid(facts: ModelFacts, override: ModelOverride | undefined): ModelFacts {
	if (!override) return facts;
	return { ...facts, ...figures(facts, override), ...abilities(facts, override), ...money(facts, override) };
}

/** A window of another size takes the catalog's limits with it: they were parts of that one. */
function figures(facts: ModelFacts, override: ModelOverride): Partial<ModelFacts> {
	const kind = override.kind ?? facts.kind;
	const contextWindow = override.contextWindow ?? facts.contextWindow;
	const sameWindow = contextWindow === facts.contextWindow;
	const maxOutput = override.maxOutput ?? facts.maxOutput;
	return {
		known: facts.known || override.declared,
		kind,
		contextWindow,
		inputLimit: override.inputLimit ?? (sameWindow ? facts.inputLimit : null),
		maxOutput: kind === 'embedding' || maxOutput === null ? null : Math.min(maxOutput, contextWindow),
	};
}

function abilities(facts: ModelFacts, override: ModelOverride): Partial<ModelFacts> {
	const reasoning = override.reasoning ?? facts.reasoning;
	const { input = facts.input } = override;
	return {
		input: input.includes('text') ? input : ['text', ...input],
		tools: override.tools ?? facts.tools,
		structuredOutput: override.structuredOutput ?? facts.structuredOutput,
		reasoning,
		reasoningOptions: reasoning ? facts.reasoningOptions : [],
	};
}

/** Half a price is none: without the other half, here or in the catalog, what it costs stays unknown. */
function money(facts: ModelFacts, { prices, priceVersion }: ModelOverride): Partial<ModelFacts> {
	if (!prices) return {};
	const input = prices.input ?? facts.prices?.input;
	const output = prices.output ?? facts.prices?.output;
	if (input === undefined || output === undefined) return { prices: null, priceVersion: null };
	return { prices: { ...prices, input, output }, priceVersion: priceVersion ?? null };
}
