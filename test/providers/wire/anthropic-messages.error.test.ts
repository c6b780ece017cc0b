import { describe, expect, it } from 'vitest';
import { anthropicMessages } from '../../../src/providers/wire/anthropic-messages';

const body = (type: string, message: string, details?: object): string =>
	JSON.stringify({ type: 'error', error: { type, message, ...(details && { details }) }, request_id: 'req_1' });

const failed = (status: number, text: string, headers: Record<string, string> = {}) =>
	anthropicMessages.fromError(status, new Headers(headers), text);

describe('errors of the Messages API', () => {
	it.each([
		[400, 'invalid_request_error', 'invalid_request', 'bad-request', 'request'],
		[401, 'authentication_error', 'upstream_rejected', 'key-dead', 'key'],
		[402, 'billing_error', 'upstream_rejected', 'quota', 'key'],
		[403, 'permission_error', 'upstream_rejected', 'key-dead', 'key'],
		[404, 'not_found_error', 'model_not_found', 'model-missing', 'model'],
		[408, 'timeout_error', 'upstream_timeout', 'timeout', 'provider'],
		[413, 'request_too_large', 'too_large', 'bad-request', 'request'],
		[422, 'invalid_request_error', 'invalid_request', 'bad-request', 'request'],
		[429, 'rate_limit_error', 'rate_limited', 'rate-limited', 'key'],
		[500, 'api_error', 'upstream_unavailable', 'server', 'provider'],
		[503, 'api_error', 'upstream_unavailable', 'overloaded', 'provider'],
		[504, 'timeout_error', 'upstream_timeout', 'timeout', 'provider'],
		[529, 'overloaded_error', 'upstream_unavailable', 'overloaded', 'provider'],
	] as const)('reads %i %s as %s', (status, type, code, failure, scope) => {
		expect(failed(status, body(type, 'Said so.'))).toMatchObject({ code, upstream: { failure, scope, status } });
	});

	it('reads the limit and the count from both sentences about length', () => {
		const prompt = failed(400, body('invalid_request_error', 'prompt is too long: 3333404 tokens > 200000 maximum'));
		expect(prompt).toMatchObject({
			code: 'context_too_long',
			upstream: { contextLimit: 200_000, promptTokens: 3_333_404 },
		});
		const sum = 'input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000, decrease it';
		expect(failed(400, body('invalid_request_error', sum))).toMatchObject({
			code: 'context_too_long',
			upstream: { failure: 'context-too-long', contextLimit: 200_000, promptTokens: 188_240 },
		});
	});

	it('names the field that the API names', () => {
		const error = failed(400, body('invalid_request_error', 'messages.0.content.1.text: Field required'));
		expect(error.param).toBe('messages[0].content[1].text');
		expect(failed(400, body('invalid_request_error', 'Your request is odd.')).param).toBeUndefined();
	});

	it('keeps Retry-After, and never waits for an account that is spent', () => {
		const limited = failed(429, body('rate_limit_error', 'Slow down.'), { 'retry-after': '7' });
		expect(limited).toMatchObject({ retryAfterMs: 7000, retryable: true });
		const spent = failed(429, body('rate_limit_error', '…', { error_code: 'enforced_spend_limit_reached' }));
		expect(spent).toMatchObject({ code: 'rate_limited', retryable: false, upstream: { failure: 'quota' } });
		const ramp = failed(429, body('rate_limit_error', '…', { error_code: 'ramp_limit_exceeded' }));
		expect(ramp.upstream?.failure).toBe('rate-limited');
		const credit = failed(400, body('invalid_request_error', 'Your credit balance is too low to access the API.'));
		expect(credit).toMatchObject({ code: 'upstream_rejected', upstream: { failure: 'quota' } });
	});

	it('lets x-should-retry overrule the class', () => {
		const error = failed(500, body('api_error', 'Oops'), { 'x-should-retry': 'false' });
		expect(error.retryable).toBe(false);
	});

	it('goes by the status where a proxy answers in HTML', () => {
		expect(failed(502, '<html>Bad gateway</html>').code).toBe('upstream_unavailable');
		expect(failed(302, '').code).toBe('upstream_malformed');
	});

	it('quotes no credential', () => {
		const error = failed(400, body('invalid_request_error', 'x-api-key: sk-ant-api03-abcdefghijklmnop is odd'));
		expect(error.message).not.toContain('abcdefghijklmnop');
	});
});
