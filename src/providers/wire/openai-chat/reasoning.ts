import type { ChatRequest, Reasoning, ReasoningEffort } from '../../../language/request';
import type { ModelTraits, WireTarget } from '../../provider';
import type { Warnings } from '../warnings';

const EFFORTS: readonly ReasoningEffort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];
const HIGH = EFFORTS.indexOf('high');

/** DeepSeek's own values (api-docs.deepseek.com, thinking mode). */
const DEEPSEEK_EFFORTS: readonly string[] = ['low', 'high', 'max'];

/** The body fields that ask for reasoning as this provider takes it; none where nothing was asked. */
export function reasoningFields(request: ChatRequest, target: WireTarget, warnings: Warnings): Record<string, unknown> {
	const { reasoning } = request;
	if (!reasoning || (reasoning.effort === undefined && reasoning.budgetTokens === undefined)) return {};
	const way = target.quirks.reasoning;
	if (way === undefined || !canReason(target.traits)) {
		// Asking a model that never reasons not to reason is asking for nothing.
		if (reasoning.effort !== 'none') warnings.add('reasoning', `${target.model} can not be asked to reason; left out.`);
		return {};
	}
	switch (way) {
		case 'effort':
			return effortFields(reasoning, target.traits, warnings);
		case 'openrouter':
			return { reasoning: openRouterFields(reasoning, target.traits, warnings) };
		case 'deepseek':
			return deepSeekFields(reasoning, target.traits, warnings);
	}
}

const canReason = (traits: ModelTraits): boolean => traits.reasoning || traits.known === false;

function effortFields(reasoning: Reasoning, traits: ModelTraits, warnings: Warnings): Record<string, unknown> {
	const wanted = reasoning.effort ?? effortOfBudget(reasoning.budgetTokens ?? 0, warnings);
	const effort = supported(wanted, effortValues(traits), warnings);
	return effort === undefined ? {} : { reasoning_effort: effort };
}

/** OpenRouter takes either and converts for the model itself. */
function openRouterFields(reasoning: Reasoning, traits: ModelTraits, warnings: Warnings): Record<string, unknown> {
	const { effort, budgetTokens } = reasoning;
	if (budgetTokens !== undefined && effort !== 'none') {
		if (effort !== undefined)
			warnings.add('reasoning.effort', 'OpenRouter takes effort or budget; the budget was sent.');
		return budgetTokens > 0 ? { max_tokens: budgetTokens } : { effort: 'none' };
	}
	if (effort === undefined) return {};
	const values = effortValues(traits);
	return { effort: values.length > 0 ? supported(effort, values, warnings) : effort === 'max' ? 'xhigh' : effort };
}

/** Thinking is on by default there, so that only what was said is sent. */
function deepSeekFields(reasoning: Reasoning, traits: ModelTraits, warnings: Warnings): Record<string, unknown> {
	const wanted = reasoning.effort ?? effortOfBudget(reasoning.budgetTokens ?? 0, warnings);
	if (wanted === 'none') return { thinking: { type: 'disabled' } };
	const values = effortValues(traits);
	const effort = supported(wanted, values.length > 0 ? values : DEEPSEEK_EFFORTS, warnings);
	return { thinking: { type: 'enabled' }, reasoning_effort: effort };
}

function effortOfBudget(tokens: number, warnings: Warnings): ReasoningEffort {
	const effort = tokens <= 0 ? 'none' : tokens <= 2048 ? 'low' : tokens <= 8192 ? 'medium' : 'high';
	warnings.add(
		'reasoning.budgetTokens',
		`The provider takes an effort in place of a token budget; sent as '${effort}'.`,
	);
	return effort;
}

function effortValues(traits: ModelTraits): readonly string[] {
	for (const option of traits.reasoningOptions) if (option.type === 'effort') return option.values;
	return [];
}

/** The value itself, else the nearest the model has; between two equally near, the one nearer to `high`. */
function supported(wanted: ReasoningEffort, values: readonly string[], warnings: Warnings): string | undefined {
	if (values.length === 0 || values.includes(wanted)) return wanted;
	const rank = (value: string) => EFFORTS.indexOf(value as ReasoningEffort);
	const at = rank(wanted);
	const known = values.filter((value) => rank(value) >= 0);
	// `default` (Qwen at Groq) stands for any effort but none.
	const nearest =
		wanted !== 'none' && values.includes('default')
			? 'default'
			: known.sort((a, b) => distance(rank(a), at) - distance(rank(b), at))[0];
	warnings.add(
		'reasoning.effort',
		nearest
			? `'${wanted}' is not among the model's efforts; sent as '${nearest}'.`
			: `The model has no effort '${wanted}'; left out.`,
	);
	return nearest;
}

const distance = (rank: number, at: number): number => Math.abs(rank - at) + Math.abs(rank - HIGH) / 100;
