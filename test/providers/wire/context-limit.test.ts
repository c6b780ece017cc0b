import { describe, expect, it } from 'vitest';
import { contextLimit, figuresIn } from '../../../src/providers/wire/context-limit';

const MILLION = 1_000_000;

describe('the words of a request that is too long', () => {
	it.each<[string, number, number]>([
		// OpenAI
		[
			"This model's maximum context length is 128000 tokens. However, your messages resulted in 128010 tokens.",
			128_000,
			128_010,
		],
		[
			"This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens (8000 in the messages, 1001 in the functions). Please reduce the length of the messages or functions.",
			8_192,
			9_001,
		],
		[
			"This model's maximum context length is 8192 tokens. However, you requested 9001 tokens (8000 in the messages, 1001 in the completion). Please reduce the length of the messages or completion.",
			8_192,
			8_000,
		],
		[
			"This model's maximum context length is 8192 tokens. However, you requested 9001 tokens (7000 in the messages, 500 in the functions, and 1501 in the completion).",
			8_192,
			7_500,
		],
		[
			"This model's maximum context length is 4097 tokens, however you requested 4361 tokens (361 in your prompt; 4000 for the completion). Please reduce your prompt; or completion length.",
			4_097,
			361,
		],
		[
			'Input tokens exceed the configured limit of 272000 tokens. Your messages resulted in 300020 tokens. Please reduce the length of the messages.',
			272_000,
			300_020,
		],
		// OpenRouter, DeepSeek
		[
			"This endpoint's maximum context length is 200000 tokens. However, you requested about 2500021 tokens (2500000 of text input, 5 of tool input, 16 in the output). Please reduce the length of either one, or use the context-compression plugin.",
			200_000,
			2_500_005,
		],
		[
			"This model's maximum context length is 1048565 tokens. However, you requested 1250025 tokens (1250025 in the messages, 0 in the completion).",
			1_048_565,
			1_250_025,
		],
		[
			"This model's maximum context length is 1,048,565 tokens. However, you requested 1,250,125 tokens (1,250,025 in the messages, 100 in the completion).",
			1_048_565,
			1_250_025,
		],
		// Anthropic, also behind Bedrock
		['prompt is too long: 213462 tokens > 200000 maximum', 200_000, 213_462],
		['The model returned the following errors: prompt is too long: 213462 tokens > 200000 maximum', 200_000, 213_462],
		[
			'input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000, decrease input length or `max_tokens` and try again',
			200_000,
			188_240,
		],
		// Gemini, Vertex
		['The input token count (1250074) exceeds the maximum number of tokens allowed (1048576).', 1_048_576, 1_250_074],
		[
			'Unable to submit request because the input token count is 135538 but model only supports up to 32768. Reduce the input token count and try again.',
			32_768,
			135_538,
		],
		// Mistral, xAI, Together
		[
			'Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length',
			32_768,
			40_000,
		],
		["This model's maximum prompt length is 131072 but the request contains 537812 tokens.", 131_072, 537_812],
		["The input (9000 tokens) is longer than the model's context length (8192 tokens).", 8_192, 9_000],
		// Fireworks, Ollama's cloud
		['The prompt is too long: 203557, model maximum context length: 196607', 196_607, 203_557],
		// llama.cpp, llama-cpp-python
		['request (2622 tokens) exceeds the available context size (512 tokens), try increasing it', 512, 2_622],
		['Requested tokens (2048) exceed context window of 512', 512, 2_048],
		// vLLM, SGLang, TGI
		[
			"This model's maximum context length is 4096 tokens. However, your request has 5000 input tokens. Please reduce the length of the input messages.",
			4_096,
			5_000,
		],
		[
			"'max_tokens' or 'max_completion_tokens' is too large: 5000. This model's maximum context length is 8192 tokens and your request has 4000 input tokens (5000 > 8192 - 4000).",
			8_192,
			4_000,
		],
		[
			'The decoder prompt (length 5120) is longer than the maximum model length of 4096. Make sure that `max_model_len` is no smaller than the number of text tokens.',
			4_096,
			5_120,
		],
		['Input prompt (9762 tokens) is too long and exceeds limit of 8192', 8_192, 9_762],
		[
			"Requested token count exceeds the model's maximum context length of 4096 tokens. You requested a total of 5000 tokens: 4000 tokens from the input messages and 1000 tokens for the completion.",
			4_096,
			4_000,
		],
		[
			'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000 `inputs` tokens and 20 `max_new_tokens`',
			4_096,
			5_000,
		],
		['Input validation error: `inputs` must have less than 1024 tokens. Given: 5000', 1_024, 5_000],
		// Bedrock Titan, Cohere, GitHub Models
		['Too many input tokens. Max input tokens: 8192, request input token count: 11221', 8_192, 11_221],
		[
			'too many tokens: size limit exceeded by 25836 tokens. Try using shorter or fewer inputs. The limit for this model is 288000 tokens.',
			288_000,
			313_836,
		],
		['prompt token count of 150000 exceeds the limit of 128000', 128_000, 150_000],
	])('name the limit and what the prompt counted in %j', (message, limit, prompt) => {
		expect(contextLimit(message)).toEqual({ limit, prompt });
		expect(contextLimit(`Provider returned error: ${JSON.stringify({ message })}`)).toEqual({ limit, prompt });
	});

	it.each([
		['the request exceeds the available context size (4096 tokens), try increasing it', 4_096],
		["This model's maximum context length is 8192 tokens. Please reduce the length of the prompt", 8_192],
		["This model's maximum context length is 8192 tokens. However, you requested 9001 tokens.", 8_192],
		[
			'Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens',
			4_096,
		],
		[
			'The number of tokens to keep from the initial prompt is greater than the context length (n_keep: 5000>= n_ctx: 4096).',
			4_096,
		],
		[
			'The estimated number of input and maximum output tokens (10290) exceeded this model context window limit (8192).',
			8_192,
		],
		['Please reduce the length of the messages or completion. Maximum context length is 8192', 8_192],
		['Invalid request: Your request exceeded model token limit: 262144 (requested: 291351)', 262_144],
		['<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 30720]', 30_720],
		['The input token count exceeds the maximum number of tokens allowed 1048576.', 1_048_576],
		[
			"You passed 98305 input tokens and requested 32768 output tokens. However, the model's context length is only 131072 tokens, resulting in a maximum input length of 98304 tokens. Please reduce the length of the input prompt. (parameter=input_tokens, value=98305)",
			131_072,
		],
		[
			"This model's maximum context length is 4096 tokens. However, you requested 50 output tokens and your prompt contains at least 4047 input tokens, for a total of at least 4097 tokens.",
			4_096,
		],
	])('name only the limit where the prompt alone is not told: %j', (message, limit) => {
		expect(contextLimit(message)).toEqual({ limit });
	});

	it.each([
		'Your input exceeds the context window of this model. Please adjust your input and try again.',
		'Please reduce the length of the messages or completion.',
		'Please reduce the length of the messages or completion. Current length is 9000 while limit is 8192',
		'Input is too long for requested model.',
		'Input Tokens Exceeded: Number of input tokens exceeds maximum length.',
		'too many tokens: size limit exceeded by 11326 tokens.',
		'prompt too long; exceeded max context length by 12 tokens',
		'The number of tokens to keep from the initial prompt is greater than the context length',
		'litellm.ContextWindowExceededError: too big',
		'invalid params, context window exceeds limit (2013)',
	])('are recognised without a figure in %j', (message) => {
		expect(contextLimit(message)).toEqual({});
	});

	it.each([
		'Too many tokens, please wait before trying again.',
		'Rate limit reached for gpt-5-mini on tokens per min (TPM): Limit 200000, Used 199000, Requested 4000.',
		'max_tokens is too large: 100000. This model supports at most 16384 completion tokens.',
		'The maximum tokens you requested exceeds the model limit of 4096.',
		'Request payload size exceeds the limit: 20971520 bytes.',
		'Invalid value for messages',
		'',
	])('are not seen in %j', (message) => {
		expect(contextLimit(message)).toBeNull();
	});

	it.each([
		['prompt is too long: 99999999999 tokens > 88888888888 maximum', {}],
		['prompt is too long: 0 tokens > 200000 maximum', { limit: 200_000 }],
		[`prompt is too long: ${'9'.repeat(400)} tokens > 200000 maximum`, { limit: 200_000 }],
		["This model's maximum context length is 100000001 tokens.", {}],
		["This model's maximum context length is ,,, tokens.", {}],
	])('lose figures that can not be: %j', (message, expected) => {
		expect(contextLimit(message)).toEqual(expected);
	});

	it.each([
		'1'.repeat(MILLION),
		'prompt is too long: '.repeat(MILLION / 20),
		'you requested 1 tokens ('.repeat(MILLION / 24),
		`you requested 1 tokens (${'1 in a '.repeat(MILLION / 7)}`,
		'too many tokens: size limit exceeded'.repeat(MILLION / 36),
		' '.repeat(MILLION),
	])('take no more than linear time in a million characters (%#)', (message) => {
		const found = contextLimit(message);
		expect(found?.limit).toBeUndefined();
		expect(found?.prompt).toBeUndefined();
	});

	it('are found at both ends of a message that quotes a conversation', () => {
		const filler = 'x'.repeat(MILLION);
		const words = 'prompt is too long: 213462 tokens > 200000 maximum';
		const figures = { limit: 200_000, prompt: 213_462 };
		expect([contextLimit(`${words}${filler}`), contextLimit(`${filler}${words}`)]).toEqual([figures, figures]);
	});
});

describe('the fields of a body', () => {
	it.each([
		[
			{ n_ctx: 512, n_prompt_tokens: 2_622 },
			{ limit: 512, prompt: 2_622 },
		],
		[{ n_ctx: 512 }, { limit: 512 }],
		[{ n_ctx: 0, n_prompt_tokens: 2_622 }, { prompt: 2_622 }],
		[{ n_ctx: '512', n_prompt_tokens: 1.5 }, undefined],
		[{ n_ctx: -1, n_prompt_tokens: 1e12 }, undefined],
		[{}, undefined],
		[undefined, undefined],
	])('%j give %j', (body, expected) => {
		expect(figuresIn(body)).toEqual(expected);
	});
});
