/** Canonical fields in the words of the Responses API. */
import type { Spelling } from '../respell';
import type { ResponsesBody } from './schema';

const WORDS: Spelling['words'] = {
	toolChoice: 'tool_choice',
	parallelToolCalls: 'parallel_tool_calls',
	responseFormat: 'text.format',
	maxTokens: 'max_output_tokens',
	topP: 'top_p',
	logprobs: 'top_logprobs',
	'context.mode': 'switchyard.context.mode',
	providerOptions: 'switchyard.provider_options',
};

/** Items are no messages one to one: of what is wrong in them the message speaks, without a number. */
export const spellingOf = ({ prompt }: Pick<ResponsesBody, 'prompt'>): Spelling => ({
	words: { ...WORDS, variables: prompt?.variables ? 'prompt.variables' : 'switchyard.variables' },
	place: (param) => (/^messages\b/.test(param) ? 'input' : null),
});
