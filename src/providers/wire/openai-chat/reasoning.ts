import type { ChatRequest, Reasoning, ReasoningEffort } from '../../../language/request';
import { matchesName } from '../../model-name';
import type { ModelTraits, WireTarget } from '../../provider';
import { type Json, objectOf } from '../json';
import type { Warnings } from '../warnings';

const EFFORTS: readonly ReasoningEffort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];
const HIGH = EFFORTS.indexOf('high');

/** The body fields that ask for reasoning as this provider takes it, and that keep thoughts out of the text. */
export function reasoningFields(request: ChatRequest, target: WireTarget, warnings: Warnings): Json {
	const { reasoning = {} } = request;
	if (isRuledOut(request, target)) return withoutThinking(reasoning, warnings);
	const steered = reasoning.effort !== undefined || reasoning.budgetTokens !== undefined;
	const steering = steered ? steeringFields(reasoning, target, warnings) : {};
	return { ...steering, ...shownFields(reasoning, target, warnings, steering.reasoning) };
}

function steeringFields(reasoning: Reasoning, target: WireTarget, warnings: Warnings): Json {
	const way = target.quirks.reasoning;
	if (way === undefined || !canReason(target.traits)) {
		// Asking a model that never reasons not to reason is asking for nothing.
		if (reasoning.effort !== 'none') warnings.add('reasoning', `${target.model} can not be asked to reason; left out.`);
		return {};
	}
	switch (way) {
		case 'effort':
			return effortFields(reasoning, target, warnings);
		case 'openrouter':
			return { reasoning: openRouterFields(reasoning, target, warnings) };
		case 'deepseek':
			return deepSeekFields(reasoning, target, warnings);
	}
}

/** The model thinks, as its kind does unless told otherwise. */
export const thinks = (request: ChatRequest, target: WireTarget): boolean =>
	target.traits.reasoning && request.reasoning?.effort !== 'none' && !isRuledOut(request, target);

/** "Thinking mode does not support this tool_choice" (DeepSeek V4, which thinks by itself). */
function isRuledOut({ reasoning, tools = [], toolChoice }: ChatRequest, { quirks, traits }: WireTarget): boolean {
	if (quirks.reasoning !== 'deepseek' || !canReason(traits) || reasoning?.effort === 'none') return false;
	return tools.length > 0 && (toolChoice === 'required' || typeof toolChoice === 'object');
}

function withoutThinking({ effort, budgetTokens }: Reasoning, warnings: Warnings): Json {
	const message = 'A demanded tool call rules out thinking; it was turned off.';
	if (effort === undefined && budgetTokens === undefined) warnings.note('reasoning', message);
	else warnings.add('reasoning', message);
	return { thinking: { type: 'disabled' } };
}

const canReason = (traits: ModelTraits): boolean => traits.reasoning || traits.known === false;

/** How much of the thoughts is shown: Groq's parser and OpenRouter have a say in it, and only whether at all. */
function shownFields(reasoning: Reasoning, target: WireTarget, warnings: Warnings, steering: unknown): Json {
	const { quirks, model, traits } = target;
	const hidden = reasoning.summary === 'none';
	if (quirks.reasoningFormat?.some((pattern) => matchesName(pattern, model)))
		return { reasoning_format: hidden ? 'hidden' : 'parsed' };
	if (quirks.reasoning === 'openrouter') return hidden ? { reasoning: { ...objectOf(steering), exclude: true } } : {};
	if (reasoning.summary !== undefined && reasoning.effort !== 'none' && canReason(traits))
		warnings.add('reasoning', 'How much of the reasoning is shown can not be set here; left out.');
	return {};
}

function effortFields(reasoning: Reasoning, target: WireTarget, warnings: Warnings): Json {
	const wanted = reasoning.effort ?? effortOfBudget(reasoning.budgetTokens ?? 0, warnings);
	const values = effortValues(target);
	if (wanted === 'none' && !values.includes('none') && target.quirks.thinkingSwitch && hasToggle(target.traits))
		return { chat_template_kwargs: { enable_thinking: false } };
	const effort = supported(wanted, values, warnings);
	return effort === undefined ? {} : { reasoning_effort: effort };
}

/** OpenRouter takes either and converts for the model itself. */
function openRouterFields({ effort, budgetTokens }: Reasoning, target: WireTarget, warnings: Warnings): Json {
	if (budgetTokens !== undefined && effort !== 'none') {
		if (effort !== undefined) warnings.add('reasoning', 'OpenRouter takes effort or budget; the budget was sent.');
		return budgetTokens > 0 ? { max_tokens: budgetTokens } : { effort: 'none' };
	}
	if (effort === undefined) return {};
	const values = effortValues(target);
	return { effort: values.length > 0 ? supported(effort, values, warnings) : effort === 'max' ? 'xhigh' : effort };
}

/** Thinking is on by default there, so that only what was said is sent. */
function deepSeekFields(reasoning: Reasoning, target: WireTarget, warnings: Warnings): Json {
	const wanted = reasoning.effort ?? effortOfBudget(reasoning.budgetTokens ?? 0, warnings);
	if (wanted === 'none') return { thinking: { type: 'disabled' } };
	return { thinking: { type: 'enabled' }, reasoning_effort: supported(wanted, effortValues(target), warnings) };
}

function effortOfBudget(tokens: number, warnings: Warnings): ReasoningEffort {
	const effort = tokens <= 0 ? 'none' : tokens <= 2048 ? 'low' : tokens <= 8192 ? 'medium' : 'high';
	warnings.add('reasoning', `The provider takes an effort in place of a token budget; sent as '${effort}'.`);
	return effort;
}

/** What the model takes; where that is unknown, what its provider does. */
function effortValues({ traits, quirks }: WireTarget): readonly string[] {
	for (const option of traits.reasoningOptions) if (option.type === 'effort') return option.values;
	return quirks.efforts ?? [];
}

const hasToggle = (traits: ModelTraits): boolean => traits.reasoningOptions.some((option) => option.type === 'toggle');

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
		'reasoning',
		nearest
			? `'${wanted}' is not among the model's efforts; sent as '${nearest}'.`
			: `The model has no effort '${wanted}'; left out.`,
	);
	return nearest;
}

const distance = (rank: number, at: number): number => Math.abs(rank - at) + Math.abs(rank - HIGH) / 100;
