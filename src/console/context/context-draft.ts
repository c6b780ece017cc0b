/** A context policy as forms hold it, and as the API takes it. */
import type { ContextInput, ContextMode, ContextPolicy } from '../data/types';
import type { Figure } from '../ui/figure';

/** '' is not set here, so the layers below decide. */
export interface ContextDraft {
	readonly mode: ContextMode | '';
	readonly summarizer: string;
	readonly maxInputTokens: Figure;
	readonly maxOutputTokens: Figure;
}

export const contextDraftOf = (policy: ContextPolicy): ContextDraft => ({
	mode: policy.mode ?? '',
	summarizer: policy.summarizer ?? '',
	maxInputTokens: policy.maxInputTokens ?? '',
	maxOutputTokens: policy.maxOutputTokens ?? '',
});

export const NO_CONTEXT: ContextDraft = contextDraftOf({});

export function contextOf({ mode, summarizer, maxInputTokens, maxOutputTokens }: ContextDraft): ContextInput {
	return {
		...(mode !== '' && { mode }),
		...(summarizer.trim() !== '' && { summarizer: summarizer.trim() }),
		...(maxInputTokens !== '' && { maxInputTokens }),
		...(maxOutputTokens !== '' && { maxOutputTokens }),
	};
}
