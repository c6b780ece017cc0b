/** Canonical fields in the words of the Responses API. */
import type { Spelling } from '../respell';
import type { Asked } from './request';

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

const PLACE = /^messages(?:\[(\d+)\])?/;

/** Items are no messages one to one: a number is told where one item is the whole message; of others the message speaks. */
function placeIn(items: Asked['items'], param: string): string | null {
	const [place, message] = PLACE.exec(param) ?? [];
	if (place === undefined) return null;
	const [first, last] = items[Number(message)] ?? [];
	return first !== undefined && first === last && place === param ? `input[${first}]` : 'input';
}

export const spellingOf = ({ body: { prompt }, items }: Pick<Asked, 'body' | 'items'>): Spelling => ({
	words: { ...WORDS, variables: prompt?.variables ? 'prompt.variables' : 'switchyard.variables' },
	place: (param) => placeIn(items, param),
});
