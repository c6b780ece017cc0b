/** Canonical fields in the words of the Responses API. */
import type { Spelling } from '../respell';

/** Items are no messages one to one: of what is wrong in them the message speaks, without a number. */
export const SPELLING: Spelling = {
	words: {
		toolChoice: 'tool_choice',
		parallelToolCalls: 'parallel_tool_calls',
		responseFormat: 'text.format',
		maxTokens: 'max_output_tokens',
		topP: 'top_p',
		logprobs: 'top_logprobs',
		providerOptions: 'switchyard.provider_options',
	},
	place: (param) => (/^messages\b/.test(param) ? 'input' : null),
};
