/** Reasoning, which each maker's models are asked for in another way (PROVIDERS section 9). */
import type { ChatRequest, Reasoning, ReasoningEffort, Warning } from '../../../language/request';
import type { WireTarget } from '../../provider';
import { defaultBound, outputBound, ownSteering, toSteering } from '../anthropic-messages/reasoning';
import type { Json } from '../json';
import type { Warnings } from '../warnings';
import { type Vendor, vendorOf } from './vendors';

export interface Steering {
	/** For `additionalModelRequestFields`. */
	readonly fields: Json;
	/** `inferenceConfig.maxTokens`. */
	readonly maxTokens?: number;
	/** The model thinks: sampling is restricted. */
	readonly active: boolean;
	/** Why neither output bound nor sampling may be sent. */
	readonly unbounded?: string;
}

/** What else in the request stands against thinking. */
export interface Circumstances {
	/** The model must call a tool. */
	readonly forced: boolean;
	/** A tool loop is open whose assistant turn has no signed reasoning to replay. */
	readonly unsigned: boolean;
	/** `thinking` as the caller's own option; undefined: it has none. */
	readonly own: unknown;
}

/** The bound that is sent where the caller names none: only beside thinking, whose budget must stay below it. */
export function defaultOutput(
	{ reasoning }: Pick<ChatRequest, 'reasoning'>,
	{ model, traits }: Pick<WireTarget, 'model' | 'traits'>,
): number | null {
	if (reasoning === undefined || isOff(reasoning) || vendorOf(model).reasoning !== 'anthropic') return null;
	return reasoning.effort === undefined && reasoning.budgetTokens === undefined
		? null
		: defaultBound({ reasoning }, traits);
}

/** Also the output bound, since that and a budget depend on each other. */
export function steered(
	request: ChatRequest,
	target: WireTarget,
	vendor: Vendor,
	circumstances: Circumstances,
	{ warnings, notes }: { readonly warnings: Warnings; readonly notes: Warning[] },
): Steering {
	const bound = outputBound(request, target.traits, notes);
	const still: Steering = { fields: {}, active: false, ...(bound !== null && { maxTokens: bound }) };
	const asked = request.reasoning ?? {};
	const claude = vendor.reasoning === 'anthropic';
	if (asked.effort === undefined && asked.budgetTokens === undefined && !(claude && circumstances.own)) return still;
	if (claude) {
		const { own } = circumstances;
		const { max_tokens, thinking, effort, active } =
			own === undefined
				? toSteering(asked, bound, target.traits, circumstances, warnings)
				: ownSteering(own, asked, bound, target.traits, warnings);
		const fields = { ...(thinking && { thinking }), ...(effort && { output_config: { effort } }) };
		// Unlike there, a bound is optional here; but a budget must stay below it.
		return { fields, active, ...((active || bound !== null) && { maxTokens: max_tokens }) };
	}
	const levels = levelsOf(target);
	if (vendor.reasoning === null || levels.length === 0) return unsteered(asked, still, target, warnings);
	if (vendor.reasoning === 'nova') return { ...still, ...nova(asked, levels, warnings) };
	return { ...still, fields: { reasoning_effort: nearest(asked, levels, warnings) } };
}

function unsteered(asked: Reasoning, still: Steering, { traits }: WireTarget, warnings: Warnings): Steering {
	if (isOff(asked) && !traits.reasoning) return still;
	warnings.add('reasoning', 'Reasoning of this model can not be steered; the setting was left out.');
	return still;
}

const isOff = ({ effort, budgetTokens }: Reasoning): boolean =>
	effort === 'none' || (effort === undefined && budgetTokens === 0);

const USUAL_LEVELS = ['low', 'medium', 'high'] as const;

/** Efforts the model knows; those all makers share where the catalog does not know it. */
function levelsOf({ traits }: WireTarget): readonly string[] {
	const option = traits.reasoningOptions.find((one) => one.type === 'effort');
	if (option?.type === 'effort') return option.values;
	return traits.known === false ? USUAL_LEVELS : [];
}

function nova(asked: Reasoning, levels: readonly string[], warnings: Warnings): Partial<Steering> {
	if (isOff(asked)) return { fields: { reasoningConfig: { type: 'disabled' } } };
	const effort = nearest(asked, levels, warnings);
	return {
		fields: { reasoningConfig: { type: 'enabled', maxReasoningEffort: effort } },
		active: true,
		...(effort === 'high' && { unbounded: 'This model, at its highest effort,' }),
	};
}

const RANKS: readonly ReasoningEffort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];
/** Most tokens an effort stands for, where a budget was asked for. */
const BUDGETS: readonly (readonly [most: number, ReasoningEffort])[] = [
	[0, 'none'],
	[2048, 'low'],
	[8192, 'medium'],
];

/** The effort itself, else the next one above it that the model knows, else the highest below. */
function nearest({ effort, budgetTokens }: Reasoning, levels: readonly string[], warnings: Warnings): string {
	const wanted = effort ?? BUDGETS.find(([most]) => (budgetTokens ?? 0) <= most)?.[1] ?? 'high';
	if (budgetTokens !== undefined) {
		warnings.add('reasoning', 'This model takes no reasoning budget; the nearest effort was sent.');
	}
	if (levels.includes(wanted)) return wanted;
	const rank = RANKS.indexOf(wanted);
	const sent =
		RANKS.find((level, at) => at > rank && levels.includes(level)) ??
		RANKS.findLast((level, at) => at < rank && levels.includes(level)) ??
		wanted;
	warnings.add('reasoning', `This model knows no effort '${wanted}'; '${sent}' was sent.`);
	return sent;
}
