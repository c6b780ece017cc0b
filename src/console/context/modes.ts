/** What may be done to a conversation that does not fit its model, in words. */
import type { ContextMode } from '../data/types';
import type { ExplainedOption } from '../ui/explained-options';

export const MODES: Readonly<Record<ContextMode, ExplainedOption>> = {
	trim: {
		label: 'Trim',
		explanation: 'Long tool results are shortened in the middle, then the oldest exchanges dropped, until it fits.',
	},
	summarize: {
		label: 'Summarize',
		explanation: 'What would be dropped becomes a summary first; without a summarizer it is trimmed.',
	},
	refuse: {
		label: 'Refuse',
		explanation: 'Nothing is taken away: what does not fit is refused, with the figures.',
	},
	off: {
		label: 'Off',
		explanation: 'Nothing is counted or taken away: what is too long is the provider’s to refuse.',
	},
};
