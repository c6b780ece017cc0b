/** What the configuration knows better than the catalog of one model: an own model, a negotiated price, a smaller window. */
import type { ModelFacts, Prices } from './facts';

/** What a model costs, and what usage rows name that by. */
export interface StatedPrices {
	/** In place of all of the catalog's; of `input` and `output` a missing one is still the catalog's. */
	readonly prices?: Partial<Omit<Prices, 'tiers'>>;
	/** Of `prices`, e.g. `override-3`, `global-2`. */
	readonly priceVersion?: string;
}

export interface ModelOverride extends StatedPrices {
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
	/**
	 * Said where `prices` are the organization's own, which count only for what it pays itself: what the operator says of
	 * the model, without prices where nothing. Absent: `prices` are everybody's.
	 */
	readonly shared?: StatedPrices;
}

/** `provider/model` → what is known better. Without a prototype. */
export type ModelOverrides = Readonly<Record<string, ModelOverride>>;

/** The sheet as the configuration has it; the same object where it says nothing. `paysItself`: see `shared`. */
export function overlaid(facts: ModelFacts, override: ModelOverride | undefined, paysItself: boolean): ModelFacts {
	if (!override) return facts;
	const cost = stated(facts, pricesInForce(facts, override, paysItself));
	return { ...facts, ...figures(facts, override), ...abilities(facts, override), ...cost };
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

/** On the operator's bill an organization's own prices only stand in where nobody else knows any. */
export function pricesInForce(facts: ModelFacts, override: ModelOverride, paysItself: boolean): StatedPrices {
	const { shared } = override;
	if (paysItself || shared === undefined) return override;
	const { prices } = { ...facts, ...stated(facts, shared) };
	return prices ? shared : override;
}

/** Half a price is none: without the other half, here or in the catalog, what it costs stays unknown. */
function stated(facts: ModelFacts, { prices, priceVersion }: StatedPrices): Partial<ModelFacts> {
	if (!prices) return {};
	const input = prices.input ?? facts.prices?.input;
	const output = prices.output ?? facts.prices?.output;
	if (input === undefined || output === undefined) return { prices: null, priceVersion: null };
	return { prices: { ...prices, input, output }, priceVersion: priceVersion ?? null };
}
