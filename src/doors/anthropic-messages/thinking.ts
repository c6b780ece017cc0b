/** `thinking` and `output_config.effort`, which steer one thing at Anthropic and two in the language. */
import { present } from '../../http/present';
import type { Reasoning } from '../../language/request';
import type { MessageBody } from './schema';

type Fields = Readonly<Record<string, unknown>>;

export interface Steering {
	readonly reasoning?: Reasoning;
	/** What only Anthropic is told, beside `reasoning` or in its place. */
	readonly options: Fields;
	/** Those of the fields that are lost elsewhere. */
	readonly native: readonly string[];
}

const effortOption = (effort: string | null | undefined): Pick<Steering, 'options' | 'native'> =>
	effort ? { options: { output_config: { effort } }, native: ['output_config.effort'] } : { options: {}, native: [] };

/** Adaptive thinking without an effort is of high effort (Anthropic's default). */
export function steeringOf({ thinking, output_config: config }: MessageBody): Steering {
	const effort = config?.effort;
	if (!thinking) {
		// An effort alone makes no model of Anthropic's think that does not by itself.
		return effort ? { reasoning: { effort }, options: { thinking: null }, native: [] } : { options: {}, native: [] };
	}
	switch (thinking.type) {
		case 'disabled':
			return { reasoning: { effort: 'none' }, ...effortOption(effort) };
		case 'enabled': {
			const reasoning = { budgetTokens: thinking.budget_tokens, ...summary(thinking.display) };
			return { reasoning, ...effortOption(effort) };
		}
		case 'adaptive':
			return { reasoning: { effort: effort ?? 'high', ...summary(thinking.display) }, options: {}, native: [] };
		case 'between_tools':
			return { ...present({ reasoning: effort ? { effort } : null }), options: { thinking }, native: ['thinking'] };
	}
}

const summary = (display: 'summarized' | 'omitted' | null | undefined): Pick<Reasoning, 'summary'> =>
	display ? { summary: display === 'omitted' ? 'none' : 'auto' } : {};
