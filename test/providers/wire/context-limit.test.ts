import { describe, expect, it } from 'vitest';
import { contextLimit } from '../../../src/providers/wire/context-limit';

describe('the words of a request that is too long', () => {
	it.each([
		["This model's maximum context length is 128000 tokens. However, your messages resulted in 128010 tokens.", 128000],
		["This endpoint's maximum context length is 200000 tokens. However, you requested about 2500021 tokens.", 200000],
		['prompt is too long: 3333404 tokens > 200000 maximum', 200000],
		['The input token count (1250074) exceeds the maximum number of tokens allowed (1048576).', 1048576],
		['Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length', 32768],
		["This model's maximum prompt length is 131072 but the request contains 537812 tokens.", 131072],
		["The input (9000 tokens) is longer than the model's context length (8192 tokens).", 8192],
		['the request exceeds the available context size (4096 tokens), try increasing it', 4096],
		["This model's maximum context length is 1,048,565 tokens.", 1048565],
		['input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000, decrease input length', 200000],
		['Too many input tokens. Max input tokens: 8192, request input token count: 11221', 8192],
	])('name the limit in %j', (message, limit) => {
		expect(contextLimit(message)).toEqual({ limit });
	});

	it.each([
		'Your input exceeds the context window of this model. Please adjust your input and try again.',
		'Please reduce the length of the messages or completion.',
		'Input is too long for requested model.',
		'Input Tokens Exceeded: Number of input tokens exceeds maximum length.',
		'too many tokens: size limit exceeded by 11326 tokens.',
		'prompt too long; exceeded max context length by 12 tokens',
		'The number of tokens to keep from the initial prompt is greater than the context length',
		'litellm.ContextWindowExceededError: too big',
	])('are recognised without a limit in %j', (message) => {
		expect(contextLimit(message)).toEqual({});
	});

	it.each([
		'Too many tokens, please wait before trying again.',
		'Rate limit reached for gpt-5-mini on tokens per min (TPM): Limit 200000, Used 199000, Requested 4000.',
		'max_tokens is too large: 100000. This model supports at most 16384 completion tokens.',
		'Invalid value for messages',
	])('are not seen in %j', (message) => {
		expect(contextLimit(message)).toBeNull();
	});
});
