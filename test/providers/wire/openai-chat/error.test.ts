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
