import { describe, expect, it } from 'vitest';
import { cohereChat } from '../../../../src/providers/wire/cohere-chat';

const failed = (status: number, message: string, type?: string) =>
	cohereChat.fromError(status, new Headers(), JSON.stringify({ id: 'x', message, ...(type && { error_type: type }) }));

const TRIAL = 'You are using a Trial key, which is limited to';

describe('errors of Cohere', () => {
	it.each([
		[400, 'invalid request: temperature must be between 0 and 1.0', 'invalid_request', 'bad-request', 'request'],
		[401, 'invalid api token', 'upstream_rejected', 'key-dead', 'key'],
		[402, 'Please add or update your payment method', 'upstream_rejected', 'quota', 'key'],
		[404, "model 'command' not found", 'model_not_found', 'model-missing', 'model'],
		[422, 'invalid JSON schema', 'invalid_request', 'bad-request', 'request'],
		[429, `${TRIAL} 20 API calls / minute.`, 'rate_limited', 'rate-limited', 'key'],
		[429, `${TRIAL} 1000 API calls / month.`, 'rate_limited', 'quota', 'key'],
		[498, 'the request contains a deny-listed token', 'invalid_request', 'content-filter', 'request'],
		[499, 'request cancelled', 'upstream_unavailable', 'network', 'provider'],
		[500, 'internal server error', 'upstream_unavailable', 'server', 'provider'],
		[501, 'not implemented', 'invalid_request', 'bad-request', 'request'],
		[503, 'service unavailable', 'upstream_unavailable', 'overloaded', 'provider'],
		[504, 'timed out', 'upstream_timeout', 'timeout', 'provider'],
	] as const)('%i %s is %s', (status, message, code, failure, scope) => {
		expect(failed(status, message)).toMatchObject({ code, upstream: { failure, scope, status } });
	});

	it('say how long a prompt may be', () => {
		const message = 'too many tokens: size limit exceeded by 25836 tokens. Try using shorter or fewer inputs. ';
		const error = failed(400, `${message}The limit for this model is 288000 tokens.`, 'TOO_MANY_TOKENS');
		expect(error).toMatchObject({
			code: 'context_too_long',
			upstream: { failure: 'context-too-long', scope: 'request', contextLimit: 288_000 },
		});
		expect(failed(400, 'too long', 'TOO_MANY_TOKENS')).toMatchObject({ code: 'context_too_long' });
	});

	it('about the bound of the output are not about the prompt', () => {
		const message =
			'too many tokens: max tokens must be less than or equal to 4000, the maximum output for this model.';
		expect(failed(400, message, 'TOO_MANY_TOKENS').code).toBe('invalid_request');
	});

	it('that are no JSON are judged by their status', () => {
		expect(cohereChat.fromError(503, new Headers(), '<html>busy</html>').code).toBe('upstream_unavailable');
	});
});
