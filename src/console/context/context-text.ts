/** The fields of a context policy in words. */
import type { ContextMode, ContextPolicy } from '../data/types';
import { inherited, type Layer } from '../policy/inherited';
import type { PolicyWords } from '../policy/words';
import { count } from '../ui/format';
import type { ContextDraft } from './context-draft';
import { MODES } from './modes';

export const CONTEXT: PolicyWords<ContextPolicy> = {
	fields: ['mode', 'summarizer', 'maxInputTokens', 'maxOutputTokens'],
	labels: {
		mode: 'Context mode',
		summarizer: 'Summarizer',
		maxInputTokens: 'Most input tokens',
		maxOutputTokens: 'Most output tokens',
	},
	texts: {
		mode: (mode) => MODES[mode].label,
		summarizer: String,
		maxInputTokens: count,
		maxOutputTokens: count,
	},
};

export type ContextLayer = Layer<ContextPolicy>;
export type Maximum = 'maxInputTokens' | 'maxOutputTokens';

/** What the form says, else the nearest layer that says anything. */
export const modeInForce = ({ mode }: ContextDraft, layers: readonly ContextLayer[]): ContextMode =>
	mode || (inherited(layers, 'mode') ?? 'trim');

/** Would it only trim, since nobody writes summaries? */
export const isUnsummarized = (draft: ContextDraft, layers: readonly ContextLayer[]): boolean =>
	modeInForce(draft, layers) === 'summarize' &&
	draft.summarizer.trim() === '' &&
	inherited(layers, 'summarizer') === undefined;

/** Of a maximum the lowest counts, whichever layer sets it; undefined: none does. */
export function lowestBelow(
	layers: readonly ContextLayer[],
	field: Maximum,
): { readonly name: string; readonly tokens: number } | undefined {
	const set = layers.flatMap(({ name, policy }) => {
		const tokens = policy[field];
		return tokens === undefined ? [] : [{ name, tokens }];
	});
	return set.reduce<(typeof set)[number] | undefined>(
		(least, one) => (least && least.tokens <= one.tokens ? least : one),
		undefined,
	);
}

/** `200,000 (organization)` */
export function lowestText(layers: readonly ContextLayer[], field: Maximum): string {
	const lowest = lowestBelow(layers, field);
	return lowest ? `${count(lowest.tokens)} (${lowest.name})` : 'no maximum';
}
