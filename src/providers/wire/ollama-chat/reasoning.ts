import type { ChatRequest, ReasoningEffort } from '../../../language/request';
import type { WireTarget } from '../../provider';
import type { Json } from '../json';
import type { Warnings } from '../warnings';

const LEVELS: readonly ReasoningEffort[] = ['minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

/** Budgets that each level holds at most (tokens). */
const BUDGETS: readonly (readonly [ReasoningEffort, number])[] = [
	['low', 2048],
	['medium', 8192],
];

/**
 * `think`: a level for models that have levels (gpt-oss takes nothing else), else on or off. It is not sent where
 * nothing was asked: a model that thinks then does as it is made to.
 */
export function thinkField({ reasoning }: ChatRequest, target: WireTarget, warnings: Warnings): Json {
	const { effort, budgetTokens } = reasoning ?? {};
	if (effort === undefined && budgetTokens === undefined) return {};
	const { traits, model } = target;
	const off = effort === 'none' || (effort === undefined && budgetTokens === 0);
	if (!traits.reasoning && traits.known !== false) {
		if (!off) warnings.add('reasoning', `${model} does not think; left out.`);
		return {};
	}
	const levels = traits.reasoningOptions.flatMap((option) => (option.type === 'effort' ? option.values : []));
	const toggles = levels.length === 0 || traits.reasoningOptions.some((option) => option.type === 'toggle');
	if (off) return toggles ? { think: false } : offField(levels, model, warnings);
	if (budgetTokens !== undefined)
		warnings.add('reasoning', 'There are no token budgets here; sent as a level or switch.');
	if (levels.length > 0) return { think: level(effort ?? levelOf(budgetTokens ?? 0), levels, warnings) };
	if (effort !== undefined) warnings.add('reasoning', `${model} has no levels of thinking; it was switched on.`);
	return { think: true };
}

function offField(levels: readonly string[], model: string, warnings: Warnings): Json {
	if (levels.includes('none')) return { think: false };
	warnings.add('reasoning', `${model} can't be kept from thinking; the lowest level was sent.`);
	return { think: LEVELS.find((one) => levels.includes(one)) ?? levels[0] };
}

const levelOf = (budget: number): ReasoningEffort => BUDGETS.find(([, most]) => budget <= most)?.[0] ?? 'high';

/** The level itself, else the next above, else the highest there is. */
function level(wanted: ReasoningEffort, levels: readonly string[], warnings: Warnings): string {
	if (levels.includes(wanted)) return wanted;
	const known = LEVELS.filter((one) => levels.includes(one));
	const sent = known.find((one) => LEVELS.indexOf(one) > LEVELS.indexOf(wanted)) ?? known.at(-1) ?? levels[0] ?? wanted;
	warnings.add('reasoning', `'${wanted}' is not among the model's levels; sent as '${sent}'.`);
	return sent;
}
