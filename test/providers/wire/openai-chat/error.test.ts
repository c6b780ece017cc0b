import { describe, expect, it } from 'vitest';
import { openaiChat } from '../../../../src/providers/wire/openai-chat';
import { hasError, inBandError } from '../../../../src/providers/wire/openai-chat/error';

const answer = (status: number, body: unknown, headers: Record<string, string> = {}) =>
	openaiChat.fromError(status, new Headers(headers), typeof body === 'string' ? body : JSON.stringify(body));

const said = (fields: Record<string, unknown>) => ({
	error: { message: 'Because.', type: null, param: null, ...fields },
});

describe('a refused request', () => {
	it('is the caller own fault with the field the upstream names', () => {
		const error = answer(400, said({ message: "Unsupported parameter: 'max_tokens'.", param: 'max_tokens' }));
		expect(error).toMatchObject({
			code: 'invalid_request',
			param: 'max_tokens',
			message: "Unsupported parameter: 'max_tokens'.",
			retryable: false,
			upstream: { failure: 'bad-request', scope: 'request', status: 400 },
		});
		expect(answer(422, said({})).code).toBe('invalid_request');
	});

	it('names the field of a FastAPI validation error', () => {
		const error = answer(422, { detail: [{ loc: ['body', 'messages', 0, 'role'], msg: 'value is not valid' }] });
		expect(error).toMatchObject({ code: 'invalid_request', param: 'messages.0.role', message: 'value is not valid' });
	});

	it('reads an error that is a string, plain text, and one inside an array', () => {
		expect(answer(400, { error: 'no template' }).message).toBe('no template');
		expect(answer(400, 'no such field').message).toBe('no such field');
		expect(answer(400, [said({ message: 'in a list' })]).message).toBe('in a list');
		expect(answer(400, { object: 'error', message: 'flat', type: 'BadRequestError' }).message).toBe('flat');
	});

	it('is too large at 413', () => {
		expect(answer(413, said({}))).toMatchObject({ code: 'too_large', status: 413 });
	});

	it('does not pass on an error page', () => {
		const error = answer(400, '<!DOCTYPE html><html><title>Bad request</title></html>');
		expect(error.code).toBe('invalid_request');
		expect(error.message).not.toContain('html');
	});
});

describe('a request that is too long', () => {
	it.each([
		[said({ code: 'context_length_exceeded', message: "This model's maximum context length is 8192 tokens." }), 8192],
		[
			said({ code: 'invalid_request_error', message: "This model's maximum context length is 1048565 tokens." }),
			1048565,
		],
		[said({ code: 400, message: "This endpoint's maximum context length is 200000 tokens." }), 200000],
	])('has the limit in the message and beside it: %j', (body, limit) => {
		const error = answer(400, body);
		expect(error).toMatchObject({
			code: 'context_too_long',
			upstream: { failure: 'context-too-long', contextLimit: limit },
		});
		expect(error.message).toContain(String(limit));
	});

	it('is recognised by its code where no figure is given', () => {
		const error = answer(
			400,
			said({ code: 'context_length_exceeded', message: 'Your input exceeds the context window.' }),
		);
		expect(error.code).toBe('context_too_long');
		expect(error.upstream?.contextLimit).toBeUndefined();
	});

	it('has what the prompt counted beside it, from words or fields', () => {
		const words = said({ code: 400, message: 'prompt is too long: 213462 tokens > 200000 maximum' });
		expect(answer(400, words).upstream).toMatchObject({ contextLimit: 200_000, promptTokens: 213_462 });
		const fields = said({
			code: 400,
			message: 'the request exceeds the available context size, try increasing it',
			type: 'exceed_context_size_error',
			n_prompt_tokens: 2_622,
			n_ctx: 512,
		});
		expect(answer(400, fields).upstream).toMatchObject({ contextLimit: 512, promptTokens: 2_622 });
		expect(answer(400, said({ message: 'n_ctx', n_ctx: 512, n_prompt_tokens: 2_622 })).upstream).toEqual({
			failure: 'bad-request',
			scope: 'request',
			status: 400,
		});
	});

	it('is not seen in a rate limit', () => {
		expect(answer(429, said({ message: 'Please reduce the length of the messages.' })).code).toBe('rate_limited');
	});
});

describe('a refused key', () => {
	it('is ours to mend and says nothing of the key', () => {
		const error = answer(401, said({ message: 'Incorrect API key provided: sk-abcdef.', code: 'invalid_api_key' }));
		expect(error).toMatchObject({ code: 'upstream_rejected', upstream: { failure: 'key-dead', scope: 'key' } });
		expect(error.message).not.toContain('sk-');
		expect(answer(403, said({}))).toMatchObject({ code: 'upstream_rejected', upstream: { failure: 'key-dead' } });
	});

	it('is recognised at 400, as xAI answers it', () => {
		const error = answer(400, { code: 'invalid-argument', error: 'Incorrect API key provided.' });
		expect(error).toMatchObject({ code: 'upstream_rejected', upstream: { failure: 'key-dead', scope: 'key' } });
	});

	it('is not concluded from an error page of something in between', () => {
		const error = answer(403, '<html>Access denied</html>');
		expect(error).toMatchObject({ code: 'upstream_rejected', upstream: { failure: 'malformed', scope: 'provider' } });
	});
});

describe('moderation', () => {
	it('is a content filter, at OpenRouter 403 and at Azure 400', () => {
		const openrouter = said({ code: 403, message: 'Input was flagged by moderation', metadata: { reasons: ['hate'] } });
		expect(answer(403, openrouter)).toMatchObject({ code: 'invalid_request', upstream: { failure: 'content-filter' } });
		const azure = said({ code: 'content_filter', innererror: { code: 'ResponsibleAIPolicyViolation' } });
		expect(answer(400, azure)).toMatchObject({ code: 'invalid_request', upstream: { failure: 'content-filter' } });
	});
});

describe('money and rates', () => {
	it('tells used-up volume from a rate, at 429 and 402', () => {
		const quota = answer(429, said({ type: 'insufficient_quota', code: 'credit_balance_exhausted' }));
		expect(quota).toMatchObject({
			code: 'rate_limited',
			retryable: false,
			upstream: { failure: 'quota', scope: 'key' },
		});
		const unpaid = answer(402, said({ message: 'Insufficient Balance' }));
		expect(unpaid).toMatchObject({ code: 'upstream_rejected', upstream: { failure: 'quota', scope: 'key' } });
	});

	it('keeps the time until a retry, from headers or else from the message', () => {
		const body = said({ type: 'tokens', code: 'rate_limit_exceeded', message: 'Please try again in 900ms.' });
		expect(answer(429, body)).toMatchObject({ code: 'rate_limited', retryAfterMs: 900, retryable: true });
		expect(answer(429, body, { 'retry-after': '3' }).retryAfterMs).toBe(3000);
		expect(answer(429, body).upstream).toMatchObject({ failure: 'rate-limited', scope: 'key' });
	});

	it('blames the model for a limit behind an aggregator', () => {
		const body = said({
			code: 429,
			message: 'Provider returned error',
			metadata: { provider_name: 'Google', raw: 'busy' },
		});
		expect(answer(429, body).upstream).toMatchObject({ failure: 'rate-limited', scope: 'model' });
	});

	it('names no account of ours', () => {
		const body = said({ message: 'Rate limit reached for gpt-5 in organization org-AbCdEf123456789 on requests.' });
		expect(answer(429, body).message).not.toContain('org-');
	});
});

describe('what the providers each say', () => {
	const numbered = (code: number) => ({ success: false, errors: [{ code, message: 'AiError' }], result: null });

	it.each([
		[
			'Groq, a request above the tokens of a minute',
			413,
			said({ code: 'rate_limit_exceeded', message: 'Request too large on tokens per minute (TPM): Limit 6000' }),
			'rate_limited',
			'quota',
			false,
		],
		['Groq, no flex capacity', 498, said({ code: 'capacity_exceeded' }), 'upstream_unavailable', 'overloaded', true],
		[
			'OpenRouter, too many in flight',
			402,
			said({ code: 402, metadata: { limit_source: 'openrouter_in_flight_budget' } }),
			'rate_limited',
			'rate-limited',
			true,
		],
		[
			'Azure, a wrong path',
			404,
			said({ code: '404', message: 'Resource not found' }),
			'upstream_malformed',
			'malformed',
			false,
		],
		[
			'API Management, a bad key',
			401,
			{ statusCode: 401, message: 'Access denied' },
			'upstream_rejected',
			'key-dead',
			false,
		],
		['FastAPI, a wrong path', 404, { detail: 'Not Found' }, 'upstream_malformed', 'malformed', false],
		[
			'Mistral, capacity',
			429,
			{ object: 'error', message: 'Capacity', type: 'service_tier_capacity_exceeded', code: '3505' },
			'rate_limited',
			'rate-limited',
			true,
		],
		[
			'Hugging Face, a bad token',
			401,
			{ error: 'Invalid username or password.' },
			'upstream_rejected',
			'key-dead',
			false,
		],
		[
			'Hugging Face, no credit',
			402,
			{ error: 'You have exceeded your monthly included credits' },
			'upstream_rejected',
			'quota',
			false,
		],
		[
			'Hugging Face, nobody serves it',
			400,
			said({ message: "The requested model 'a/b' is not supported by any provider you have enabled." }),
			'model_not_found',
			'model-missing',
			false,
		],
		[
			'TGI, overloaded',
			429,
			{ error: 'Model is overloaded', error_type: 'overloaded' },
			'upstream_unavailable',
			'overloaded',
			true,
		],
		[
			'LM Studio, nothing loaded',
			400,
			{ error: 'No models loaded. Please load a model.' },
			'model_not_found',
			'model-missing',
			false,
		],
		[
			'LocalAI, a model that is not there',
			500,
			said({ code: 500, message: 'could not load model: gone' }),
			'model_not_found',
			'model-missing',
			false,
		],
		['Workers AI, a bad token', 403, numbered(10000), 'upstream_rejected', 'key-dead', false],
		['Workers AI, no such model', 400, numbered(5007), 'model_not_found', 'model-missing', false],
		['Workers AI, a licence to accept', 403, numbered(5016), 'model_not_found', 'model-missing', false],
		['Workers AI, the neurons of the day', 429, numbered(3036), 'rate_limited', 'quota', false],
		['Workers AI, capacity', 429, numbered(3040), 'upstream_unavailable', 'overloaded', true],
		['Workers AI, a timeout', 408, numbered(3007), 'upstream_timeout', 'timeout', true],
		['Workers AI, too large', 413, numbered(3006), 'too_large', 'bad-request', false],
		['Workers AI, bad input', 400, numbered(3003), 'invalid_request', 'bad-request', false],
	])('%s: %i', (_, status, body, code, failure, retryable) => {
		expect(answer(status, body)).toMatchObject({ code, retryable, upstream: { failure, status } });
	});

	it('is read out of an object in place of a message (Mistral)', () => {
		const detail = [{ loc: ['body', 'stream_options'], msg: 'Extra inputs are not permitted' }];
		expect(answer(422, { object: 'error', message: { detail } }).message).toBe('Extra inputs are not permitted');
	});

	it('says when a model will be loaded (Hugging Face)', () => {
		const error = answer(503, { error: 'Model a/b is currently loading', estimated_time: 20.5 });
		expect(error).toMatchObject({ retryAfterMs: 20_500, upstream: { failure: 'overloaded' } });
		expect(answer(503, { error: 'x', estimated_time: 20 }, { 'retry-after': '3' }).retryAfterMs).toBe(3000);
	});

	it.each([
		[
			{
				error: {
					code: 400,
					message: 'the request exceeds the available context size',
					type: 'exceed_context_size_error',
					n_ctx: 4096,
				},
			},
			4096,
		],
		[
			{
				error:
					'Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens',
			},
			4096,
		],
		[{ error: 'Input validation error: `inputs` must have less than 1024 tokens. Given: 5000' }, 1024],
		[
			{
				object: 'error',
				message: 'Prompt contains 9000 tokens and 0 draft tokens, too large for model with 8192 maximum context length',
			},
			8192,
		],
	])('names the limit of its context: %j', (body, limit) => {
		expect(answer(400, body)).toMatchObject({ code: 'context_too_long', upstream: { contextLimit: limit } });
	});
});

describe('a missing model', () => {
	it.each([
		[404, said({ code: 'model_not_found', message: 'The model `x` does not exist.' })],
		[400, said({ code: 'model_not_found', message: 'The model `x` does not exist.' })],
		[403, said({ code: 'model_not_found', message: 'Project has no access to model `x`.' })],
		[400, said({ code: 400, message: 'x/y is not a valid model ID' })],
		[404, said({ code: 'DeploymentNotFound' })],
		[404, { error: "model 'x' not found" }],
	])('is found at %i', (status, body) => {
		expect(answer(status, body)).toMatchObject({
			code: 'model_not_found',
			upstream: { failure: 'model-missing', scope: 'model' },
		});
	});

	it('is not concluded from a page that is missing', () => {
		expect(answer(404, '<html>Not found</html>')).toMatchObject({ code: 'upstream_malformed' });
	});
});

describe('a provider in trouble', () => {
	it.each([
		[500, 'upstream_unavailable', 'server'],
		[502, 'upstream_unavailable', 'server'],
		[503, 'upstream_unavailable', 'overloaded'],
		[529, 'upstream_unavailable', 'overloaded'],
		[498, 'upstream_unavailable', 'overloaded'],
		[520, 'upstream_unavailable', 'server'],
		[408, 'upstream_timeout', 'timeout'],
		[504, 'upstream_timeout', 'timeout'],
		[524, 'upstream_timeout', 'timeout'],
		[302, 'upstream_malformed', 'malformed'],
	])('is told by %i', (status, code, failure) => {
		for (const body of ['', '<html><h1>Bad gateway</h1></html>', JSON.stringify(said({}))]) {
			expect(answer(status, body)).toMatchObject({ code, upstream: { failure, scope: 'provider', status } });
		}
	});

	it('can say itself whether a retry helps', () => {
		expect(answer(500, said({}), { 'x-should-retry': 'false' }).retryable).toBe(false);
		expect(answer(409, said({}), { 'x-should-retry': 'true' }).retryable).toBe(true);
	});

	it('keeps its own words for the log only', () => {
		const error = answer(500, said({ message: 'db at 10.0.0.1 refused' }));
		expect(error.message).not.toContain('10.0.0.1');
		expect(error.cause).toBe('db at 10.0.0.1 refused');
	});

	it('keeps the time it asks for', () => {
		expect(answer(503, said({}), { 'retry-after-ms': '250' }).retryAfterMs).toBe(250);
	});
});

describe('an error inside a 200', () => {
	it.each([
		[said({ code: 429 }), 'rate_limited'],
		[said({ code: '429' }), 'rate_limited'],
		[said({ code: 502 }), 'upstream_unavailable'],
		[said({ status_code: 400, type: 'invalid_request_error' }), 'invalid_request'],
		[said({ type: 'server_error' }), 'upstream_unavailable'],
		[said({ type: 'rate_limit_error' }), 'rate_limited'],
		[said({ code: 'insufficient_quota' }), 'rate_limited'],
		[said({ code: 'invalid_api_key' }), 'upstream_rejected'],
		[said({ code: 'model_not_found' }), 'model_not_found'],
		[said({ code: 'context_length_exceeded' }), 'context_too_long'],
		[said({ message: "This model's maximum context length is 4096 tokens." }), 'context_too_long'],
		[said({ type: 'timeout_error' }), 'upstream_timeout'],
		[said({ type: 'brand_new_error' }), 'upstream_malformed'],
		[{ error: {} }, 'upstream_malformed'],
		[{ error: 'something' }, 'upstream_malformed'],
		['something', 'upstream_malformed'],
		[null, 'upstream_malformed'],
	])('%j is judged by its own words', (body, code) => {
		expect(inBandError(body).code).toBe(code);
	});

	it('stays an overload of kind 529', () => {
		expect(inBandError(said({ type: 'overloaded_error' })).upstream).toMatchObject({
			failure: 'overloaded',
			status: 529,
		});
	});

	it('is told from an answer', () => {
		for (const body of [
			{ error: 'x' },
			{ error: {} },
			[{ error: { code: 400 } }],
			{ object: 'error' },
			{ detail: 'x' },
		]) {
			expect(hasError(body), JSON.stringify(body)).toBe(true);
		}
		for (const body of [{}, { error: null }, { choices: [], detail: 'x' }, { data: [], errors: [] }, [], null, 'x']) {
			expect(hasError(body), JSON.stringify(body)).toBe(false);
		}
	});
});
