/** `thinkingConfig`: a level for Gemini 3, a budget for 2.5, never both (PROVIDERS section 4). */
import type { ChatRequest, Reasoning, ReasoningEffort } from '../../../language/request';
import type { ModelTraits, ReasoningOption } from '../../provider';
import type { Json } from '../json';
import type { Warnings } from '../warnings';

type Asked = Exclude<ReasoningEffort, 'none'>;
type Budget = Extract<ReasoningOption, { type: 'budget' }>;

/** Tokens, as Google's OpenAI-compatible endpoint reads an effort; the models' own limits come after. */
const BUDGETS: Readonly<Record<Asked, number>> = {
	minimal: 512,
	low: 1_024,
	medium: 8_192,
	high: 24_576,
	xhigh: 32_768,
	max: 32_768,
};
const EFFORTS: readonly Asked[] = ['minimal', 'low', 'medium', 'high', 'xhigh', 'max'];
/** What models newer than the catalog have in common: `minimal` is refused from Gemini 3.7 on. */
const USUAL: readonly string[] = ['low', 'medium', 'high'];
/** Gemma 4 is told to think or not by these. */
const TOGGLE: readonly string[] = ['minimal', 'high'];
/** Of the output bound, what thinking may take where the caller named an effort alone. */
const MAX_SHARE = 0.8;

export function thinkingFields({ reasoning, maxTokens }: ChatRequest, traits: ModelTraits, warnings: Warnings): Json {
	if (!reasoning || (!traits.reasoning && traits.known !== false)) return {};
	const config = {
		...amount(reasoning, traits, maxTokens, warnings),
		...(shown(reasoning) && { includeThoughts: true }),
	};
	return Object.keys(config).length > 0 ? { thinkingConfig: config } : {};
}

const isOff = ({ effort, budgetTokens }: Reasoning): boolean =>
	effort === 'none' || (effort === undefined && budgetTokens === 0);

/** Thoughts are shown only where they are asked for. */
function shown(reasoning: Reasoning): boolean {
	const { effort, budgetTokens, summary } = reasoning;
	if (summary === 'none' || isOff(reasoning)) return false;
	return summary !== undefined || effort !== undefined || budgetTokens !== undefined;
}

function amount(asked: Reasoning, traits: ModelTraits, maxTokens: number | undefined, warnings: Warnings): Json {
	if (asked.effort === undefined && asked.budgetTokens === undefined) return {};
	const budget = traits.reasoningOptions.find((option) => option.type === 'budget');
	const levels = levelsOf(traits);
	if (budget && (levels.length === 0 || asked.effort === undefined)) {
		return { thinkingBudget: budgetOf(asked, budget, traits, maxTokens, warnings) };
	}
	if (levels.length > 0) return { thinkingLevel: levelOf(asked, levels, warnings) };
	warnings.add('reasoning', 'Reasoning of this model can not be steered; the setting was left out.');
	return {};
}

function levelsOf({ reasoningOptions, known }: ModelTraits): readonly string[] {
	const values = reasoningOptions.find((option) => option.type === 'effort')?.values;
	if (known === false && !reasoningOptions.some((option) => option.type === 'budget')) return USUAL;
	if (values) return values;
	return reasoningOptions.length === 1 && reasoningOptions[0]?.type === 'toggle' ? TOGGLE : [];
}

function budgetOf(
	asked: Reasoning,
	{ min, max }: Budget,
	{ reasoningOptions }: ModelTraits,
	maxTokens: number | undefined,
	warnings: Warnings,
): number {
	const least = Math.max(min ?? 0, 0);
	if (isOff(asked)) {
		if (least === 0 || reasoningOptions.some((option) => option.type === 'toggle')) return 0;
		warnings.add('reasoning', `This model always reasons; its least budget of ${least} tokens was sent.`);
		return least;
	}
	const most = max ?? Number.POSITIVE_INFINITY;
	if (asked.budgetTokens === undefined) {
		const wanted = BUDGETS[asked.effort === undefined || asked.effort === 'none' ? 'medium' : asked.effort];
		const room = maxTokens === undefined ? most : Math.floor(maxTokens * MAX_SHARE);
		return Math.max(least, Math.min(wanted, most, room));
	}
	const sent = Math.max(least, Math.min(asked.budgetTokens, most));
	if (sent !== asked.budgetTokens) {
		warnings.add(
			'reasoning',
			`A reasoning budget of ${asked.budgetTokens} tokens is out of this model's range; ${sent} was sent.`,
		);
	}
	return sent;
}

/** The level itself, else the next above, else the highest. No level turns reasoning off. */
function levelOf(asked: Reasoning, levels: readonly string[], warnings: Warnings): string {
	const lowest = levels[0] ?? 'low';
	if (isOff(asked)) {
		if (levels.includes('none')) return 'none';
		if (levels !== TOGGLE)
			warnings.add('reasoning', `This model always reasons; its lowest level '${lowest}' was sent.`);
		return lowest;
	}
	const wanted =
		asked.effort === undefined || asked.effort === 'none' ? effortOf(asked.budgetTokens ?? 0) : asked.effort;
	const at = EFFORTS.indexOf(wanted);
	const above = EFFORTS.find((effort, rank) => rank >= at && levels.includes(effort));
	const sent = above ?? EFFORTS.findLast((effort) => levels.includes(effort)) ?? lowest;
	if (asked.budgetTokens !== undefined) {
		warnings.add('reasoning', `The level '${sent}' was sent in place of a reasoning budget.`);
	} else if (sent !== wanted) {
		warnings.add('reasoning', `This model knows no effort '${wanted}'; '${sent}' was sent.`);
	}
	return sent;
}

/** The lowest effort whose budget holds this many tokens. */
const effortOf = (tokens: number): Asked => EFFORTS.find((effort) => BUDGETS[effort] >= tokens) ?? 'high';
