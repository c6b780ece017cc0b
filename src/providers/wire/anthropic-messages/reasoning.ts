/** Thinking, effort and the output bound, which depend on each other (PROVIDERS section 3). */
import type { ChatRequest, Reasoning, ReasoningEffort, Warning } from '../../../language/request';
import type { ModelTraits, ReasoningOption } from '../../provider';
import { objectOf } from '../json';
import type { Warnings } from '../warnings';

type Asked = Exclude<ReasoningEffort, 'none'>;

/** Budgets of models that know no effort (tokens). */
const BUDGETS: Readonly<Record<Asked, number>> = {
	minimal: 1024,
	low: 2048,
	medium: 8192,
	high: 16_384,
	xhigh: 32_768,
	max: 65_536,
};
const LEVELS = ['low', 'medium', 'high', 'xhigh', 'max'] as const;
/** The API's own lower bound. */
const MIN_BUDGET = 1024;
/** `max_tokens` is required: this where neither request nor catalog names a bound. */
const DEFAULT_MAX_TOKENS = 4096;
const OFF = { type: 'disabled' } as const;
/** Of the output bound, what thinking may take at most where the caller left the rest to us. */
const MAX_SHARE = 0.8;

export interface Steering {
	readonly max_tokens: number;
	readonly thinking?: Readonly<Record<string, unknown>>;
	/** `output_config.effort`. */
	readonly effort?: string;
	/** The model thinks: sampling is restricted. */
	readonly active: boolean;
}

/** What else in the request stands against thinking. */
export interface Circumstances {
	/** The model must call a tool. */
	readonly forced: boolean;
	/** A tool loop is open whose assistant turn has no signed thinking to replay. */
	readonly unsigned: boolean;
}

/** `max_tokens` where the caller named it, within what the model can; lower than asked is noted, as it keeps the bound. */
export function outputBound({ maxTokens }: ChatRequest, { maxOutput }: ModelTraits, notes: Warning[]): number | null {
	if (maxTokens === undefined) return null;
	if (maxOutput === null || maxTokens <= maxOutput) return maxTokens;
	const message = `This model answers with at most ${maxOutput} tokens; the bound was lowered to that.`;
	notes.push({ field: 'maxTokens', message });
	return maxOutput;
}

/** `max_tokens` where the caller names no bound: all that the model gives, else room to think and to answer. */
export const defaultBound = ({ reasoning = {} }: Pick<ChatRequest, 'reasoning'>, { maxOutput }: ModelTraits): number =>
	maxOutput ?? budgetOf(reasoning) + DEFAULT_MAX_TOKENS;

/** `bound`: see `outputBound`. */
export function toSteering(
	asked: Reasoning,
	bound: number | null,
	traits: ModelTraits,
	circumstances: Circumstances,
	warnings: Warnings,
): Steering {
	const still: Steering = { max_tokens: bound ?? traits.maxOutput ?? DEFAULT_MAX_TOKENS, active: false };
	if (asked.effort === undefined && asked.budgetTokens === undefined) {
		if (!circumstances.forced || !option(traits, 'toggle')) return still;
		warnings.note('reasoning', 'A forced tool call rules out thinking; it was turned off.');
		return { ...still, thinking: OFF };
	}
	if (asked.effort === 'none' || (asked.effort === undefined && asked.budgetTokens === 0)) {
		return traits.reasoning || traits.known === false ? { ...still, thinking: OFF } : still;
	}
	const way = wayOf(asked, traits);
	if (way?.type === 'effort') {
		const room = bound ?? traits.maxOutput;
		const steering = { ...still, ...adaptive(asked, way.values, room, circumstances, warnings) };
		return steering.active || !option(traits, 'toggle') ? steering : turnedOff(steering);
	}
	if (way) return { ...still, ...budgeted(asked, way, bound, traits, circumstances, warnings) };
	warnings.add('reasoning', 'Reasoning of this model can not be steered; the setting was left out.');
	return still;
}

/** Models that think by themselves must be told not to; an effort above `high` would contradict that (400). */
const turnedOff = (steering: Steering): Steering => ({
	...steering,
	thinking: OFF,
	...((steering.effort === 'xhigh' || steering.effort === 'max') && { effort: 'high' }),
});

/**
 * The same where `providerOptions` says itself how to think (`thinking`; null: the model's own way), so that an
 * effort is no more than that. A model without efforts refuses them.
 */
export function ownSteering(
	thinking: unknown,
	asked: Reasoning,
	bound: number | null,
	traits: ModelTraits,
	warnings: Warnings,
): Steering {
	const own = objectOf(thinking);
	const active = own !== undefined && own.type !== 'disabled';
	const steering: Steering = {
		max_tokens: bound ?? traits.maxOutput ?? DEFAULT_MAX_TOKENS,
		active,
		...(own && { thinking: own }),
	};
	if (asked.effort === undefined || asked.effort === 'none') return steering;
	const levels = option(traits, 'effort')?.values ?? (traits.known === false ? LEVELS : []);
	if (levels.length > 0) return { ...steering, effort: level({ effort: asked.effort }, levels, warnings) };
	warnings.add('reasoning', 'This model knows no effort; it was left out.');
	return steering;
}

type Way = Exclude<ReasoningOption, { type: 'toggle' }>;

/**
 * How this model is asked to think. Adaptive thinking came with the effort `max`: a model that knows efforts
 * without it (Opus 4.5) thinks by budget. One that is in no catalog is taken for the newest kind.
 */
function wayOf(asked: Reasoning, traits: ModelTraits): Way | undefined {
	const effort = option(traits, 'effort');
	const budget = option(traits, 'budget');
	if (effort && !budget) return effort;
	if (effort?.values.includes('max') && asked.effort !== undefined) return effort;
	if (budget) return budget;
	if (option(traits, 'toggle')) return { type: 'budget', min: null, max: null };
	return traits.known === false ? { type: 'effort', values: LEVELS } : undefined;
}

const option = <T extends ReasoningOption['type']>(
	traits: ModelTraits,
	type: T,
): Extract<ReasoningOption, { type: T }> | undefined =>
	traits.reasoningOptions.find((one): one is Extract<ReasoningOption, { type: T }> => one.type === type);

/** Newer models decide themselves how long to think; without `display` the newest show nothing of it. */
function adaptive(
	asked: Reasoning,
	levels: readonly string[],
	room: number | null,
	{ forced }: Circumstances,
	warnings: Warnings,
): Partial<Steering> {
	const effort = level(asked, levels, warnings);
	if (!forced) {
		const needed = room === null && { max_tokens: budgetOf(asked) + DEFAULT_MAX_TOKENS };
		const display = asked.summary === 'none' ? 'omitted' : 'summarized';
		return { thinking: { type: 'adaptive', display }, effort, active: true, ...needed };
	}
	warnings.add('reasoning', 'A forced tool call rules out thinking; only the effort was sent.');
	return { effort };
}

function level({ effort, budgetTokens }: Reasoning, levels: readonly string[], warnings: Warnings): string {
	const wanted = effort === undefined ? effortOf(budgetTokens ?? 0) : effort;
	if (budgetTokens !== undefined) {
		warnings.add('reasoning', 'This model takes no reasoning budget; the nearest effort was sent.');
	}
	if (levels.includes(wanted)) return wanted;
	const rank = LEVELS.indexOf(wanted as (typeof LEVELS)[number]);
	const above = LEVELS.find((candidate, at) => at >= rank && levels.includes(candidate));
	const below = LEVELS.findLast((candidate, at) => at < rank && levels.includes(candidate));
	const sent = above ?? below ?? levels[0] ?? wanted;
	warnings.add('reasoning', `This model knows no effort '${wanted}'; '${sent}' was sent.`);
	return sent;
}

const budgetOf = ({ budgetTokens, effort }: Reasoning): number =>
	budgetTokens ?? (effort === undefined || effort === 'none' ? 0 : BUDGETS[effort]);

/** The lowest effort whose budget holds this many tokens. */
const effortOf = (budget: number): Asked => LEVELS.find((name) => BUDGETS[name] >= budget) ?? 'max';

function budgeted(
	asked: Reasoning,
	limits: { readonly min: number | null; readonly max: number | null },
	bound: number | null,
	traits: ModelTraits,
	{ forced, unsigned }: Circumstances,
	warnings: Warnings,
): Partial<Steering> {
	if (forced || unsigned) {
		const why = forced ? 'A forced tool call rules' : 'An open tool loop without its signed thinking rules';
		warnings.add('reasoning', `${why} out thinking; it was left out.`);
		return {};
	}
	const wanted = budgetOf(asked);
	const least = Math.max(MIN_BUDGET, limits.min ?? 0);
	const room = bound ?? traits.maxOutput ?? Number.POSITIVE_INFINITY;
	if (room <= least) {
		warnings.add(
			'reasoning',
			`Thinking takes at least ${least} of the ${room} output tokens allowed; it was left out.`,
		);
		return {};
	}
	const most = Math.min(limits.max ?? Number.POSITIVE_INFINITY, asked.budgetTokens ? room - 1 : room * MAX_SHARE);
	const budget = Math.max(least, Math.floor(Math.min(wanted, most)));
	if (asked.budgetTokens !== undefined && budget !== wanted) {
		warnings.add(
			'reasoning',
			`A reasoning budget of ${wanted} tokens is out of this model's range; ${budget} was sent.`,
		);
	}
	return {
		thinking: { type: 'enabled', budget_tokens: budget, ...(asked.summary === 'none' && { display: 'omitted' }) },
		active: true,
		...(room === Number.POSITIVE_INFINITY && { max_tokens: budget + DEFAULT_MAX_TOKENS }),
	};
}
