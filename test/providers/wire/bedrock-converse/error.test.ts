import { describe, expect, it } from 'vitest';
import type { GatewayError } from '../../../../src/errors';
import { bedrockConverse } from '../../../../src/providers/wire/bedrock-converse';

function errorOf(status: number, type: string | null, message: string): GatewayError {
	const headers = new Headers(type === null ? {} : { 'x-amzn-errortype': `${type}:http://internal.amazon.com/coral/` });
	return bedrockConverse.fromError(status, headers, JSON.stringify({ message }));
}

const midStream = (event: string, payload: object): GatewayError => {
	const [first] = bedrockConverse.decoder({}).push({ event, data: JSON.stringify(payload), failed: true });
	if (first?.type !== 'error') throw new Error('no error');
	return first.error;
};

describe('an error of Bedrock', () => {
	it.each([
		[400, 'ValidationException', 'Malformed input request: extra key', 'invalid_request', 'bad-request', 'request'],
		[
			400,
			'ValidationException',
			'The provided model identifier is invalid.',
			'model_not_found',
			'model-missing',
			'model',
		],
		[
			400,
			'ValidationException',
			"Invocation of model ID anthropic.claude-x with on-demand throughput isn't supported. Retry with an inference profile.",
			'model_not_found',
			'model-missing',
			'model',
		],
		[
			400,
			'ValidationException',
			'Input is too long for requested model.',
			'context_too_long',
			'context-too-long',
			'request',
		],
		[
			400,
			'ValidationException',
			'The model returned the following errors: Input Tokens Exceeded: Number of input tokens exceeds maximum length.',
			'context_too_long',
			'context-too-long',
			'request',
		],
		[
			400,
			'ValidationException',
			'Output blocked by content filtering policy',
			'invalid_request',
			'content-filter',
			'request',
		],
		[400, 'ServiceQuotaExceededException', 'Over the quota.', 'upstream_rejected', 'quota', 'key'],
		[
			403,
			'AccessDeniedException',
			'Authentication failed: check your API Key.',
			'upstream_rejected',
			'key-dead',
			'key',
		],
		[
			403,
			'AccessDeniedException',
			"You don't have access to the model with the specified model ID.",
			'model_not_found',
			'model-missing',
			'model',
		],
		[403, 'UnrecognizedClientException', 'The security token is invalid.', 'upstream_rejected', 'key-dead', 'key'],
		[403, 'ExpiredTokenException', 'The security token has expired', 'upstream_rejected', 'key-dead', 'key'],
		[403, 'InvalidSignatureException', 'Signature expired', 'upstream_rejected', 'key-dead', 'key'],
		[
			404,
			'ResourceNotFoundException',
			'This model version has reached the end of its life.',
			'model_not_found',
			'model-missing',
			'model',
		],
		[408, 'ModelTimeoutException', 'Timed out', 'upstream_timeout', 'timeout', 'model'],
		[424, 'ModelErrorException', 'The model failed', 'upstream_unavailable', 'server', 'model'],
		[429, 'ThrottlingException', 'Too many requests', 'rate_limited', 'rate-limited', 'key'],
		[
			429,
			'ThrottlingException',
			'Too many tokens, please wait before trying again.',
			'rate_limited',
			'rate-limited',
			'key',
		],
		[429, 'ThrottlingException', 'Too many tokens per day, please wait.', 'rate_limited', 'quota', 'key'],
		[429, 'ModelNotReadyException', 'The model is loading', 'upstream_unavailable', 'overloaded', 'model'],
		[500, 'InternalServerException', 'Oops', 'upstream_unavailable', 'server', 'provider'],
		[503, 'ServiceUnavailableException', 'Busy', 'upstream_unavailable', 'overloaded', 'provider'],
	])('%i %s "%s" is %s', (status, type, message, code, failure, scope) => {
		expect(errorOf(status, type, message)).toMatchObject({ code, upstream: { failure, scope, status } });
	});

	it('is told by its status where a proxy lost its type', () => {
		expect(errorOf(400, null, 'The provided model identifier is invalid.')).toMatchObject({ code: 'model_not_found' });
		expect(errorOf(400, null, 'Input is too long for requested model.')).toMatchObject({ code: 'context_too_long' });
		expect(errorOf(429, null, 'Too many tokens, please wait')).toMatchObject({ upstream: { failure: 'rate-limited' } });
		expect(errorOf(500, null, 'content filtering broke')).toMatchObject({ upstream: { failure: 'server' } });
	});

	it('is told by a type in its body, under any of its names', () => {
		for (const body of [
			'{"__type":"com.amazon.coral.service#ExpiredTokenException","Message":"expired"}',
			'{"code":"ExpiredTokenException"}',
		]) {
			expect(bedrockConverse.fromError(400, new Headers(), body)).toMatchObject({ upstream: { failure: 'key-dead' } });
		}
	});

	it('quotes no account where the policy of the key lacks a right', () => {
		const error = errorOf(
			403,
			'AccessDeniedException',
			'User: arn:aws:iam::123456789012:user/x is not authorized to perform: bedrock:InvokeModel on resource: y',
		);
		expect(error).toMatchObject({ code: 'upstream_rejected', upstream: { failure: 'key-dead', scope: 'model' } });
		expect(error.message).not.toContain('123456789012');
	});

	it('names the limit that a refusal states', () => {
		const error = errorOf(400, 'ValidationException', "This model's maximum context length is 8192 tokens.");
		expect(error.upstream).toMatchObject({ failure: 'context-too-long', contextLimit: 8192 });
		const counted = 'The model returned the following errors: prompt is too long: 213462 tokens > 200000 maximum';
		expect(errorOf(400, 'ValidationException', counted).upstream).toMatchObject({
			contextLimit: 200_000,
			promptTokens: 213_462,
		});
	});

	it.each([
		['internalServerException', 'upstream_unavailable', 'server', 500],
		['modelStreamErrorException', 'upstream_unavailable', 'server', 424],
		['validationException', 'invalid_request', 'bad-request', 400],
		['throttlingException', 'rate_limited', 'rate-limited', 429],
		['serviceUnavailableException', 'upstream_unavailable', 'overloaded', 503],
	])('in the middle of a stream, %s is %s', (event, code, failure, status) => {
		expect(midStream(event, { message: 'x' })).toMatchObject({ code, upstream: { failure, status } });
	});

	it('in the middle of a stream may say that the input is too long', () => {
		expect(midStream('validationException', { message: 'Input is too long for requested model.' }).code).toBe(
			'context_too_long',
		);
	});

	it('of an unknown type in the middle of a stream is malformed', () => {
		expect(midStream('quantumException', { message: 'x' }).code).toBe('upstream_malformed');
		expect(midStream('', {}).code).toBe('upstream_malformed');
	});
});
