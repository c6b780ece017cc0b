import type { ChatRequest, ReasoningEffort } from '../../../language/request';
import type { ModelTraits, WireTarget } from '../../provider';
import type { Json } from '../json';
import type { Warnings } from '../warnings';

/** Tokens; absent: the model thinks as long as it sees fit. */
const BUDGETS: Partial<Readonly<Record<ReasoningEffort, number>>> = {
	minimal: 1024,
	low: 2048,
	medium: 8192,
	high: 16_384,
};

/** `thinking`: on or off, with a token budget. Models that think do so by themselves; nothing is sent unasked. */
export function thinkingField({ reasoning }: ChatRequest, { traits, model }: WireTarget, warnings: Warnings): Json {
	const { effort, budgetTokens } = reasoning ?? {};
	if (effort === undefined && budgetTokens === undefined) return {};
	const off = effort === 'none' || (effort === undefined && budgetTokens === 0);
	if (!traits.reasoning && traits.known !== false) {
		if (!off) warnings.add('reasoning', `${model} does not think; left out.`);
		return {};
	}
	if (off) return { thinking: { type: 'disabled' } };
	const budget = budgetTokens && budgetTokens > 0 ? within(budgetTokens, traits, warnings) : budgetOf(effort, warnings);
	return { thinking: { type: 'enabled', ...(budget !== undefined && { token_budget: budget }) } };
}

function budgetOf(effort: ReasoningEffort | undefined, warnings: Warnings): number | undefined {
	const budget = effort && BUDGETS[effort];
	const sent = budget === undefined ? 'with no bound' : `as a budget of ${budget} tokens`;
	warnings.add('reasoning', `There are no efforts here; '${effort}' was sent ${sent}.`);
	return budget;
}

function within(asked: number, { reasoningOptions }: ModelTraits, warnings: Warnings): number {
	const option = reasoningOptions.find((one) => one.type === 'budget');
	const least = option?.min ?? 1;
	const sent = Math.max(least, Math.min(option?.max ?? asked, asked));
	if (sent !== asked) warnings.add('reasoning', `A budget of ${asked} tokens is out of range; ${sent} was sent.`);
	return sent;
}
