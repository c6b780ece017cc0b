import { describe, expect, it } from 'vitest';
import type { GatewayError } from '../../../../src/errors';
import { googleGenerate } from '../../../../src/providers/wire/google-generate';
import { decodeFrames } from '../../../support/wire-contract';

interface Said {
	readonly message?: string;
	readonly status?: string;
	readonly details?: readonly object[];
}

const errorOf = (code: number, said: Said, headers = new Headers()): GatewayError =>
	googleGenerate.fromError(code, headers, JSON.stringify({ error: { code, ...said } }));

const quota = (...violations: readonly object[]) => ({ '@type': 'x/google.rpc.QuotaFailure', violations });
const info = (reason: string) => ({ '@type': 'x/google.rpc.ErrorInfo', reason });

describe('an error of the API', () => {
	it.each([
		[400, { message: 'API key not valid.', details: [info('API_KEY_INVALID')] }, 'key-dead', 'upstream_rejected'],
		[400, { message: 'API key expired. Please renew the API key.' }, 'key-dead', 'upstream_rejected'],
		[
			400,
			{ message: 'User location is not supported for the API use.', status: 'FAILED_PRECONDITION' },
			'key-dead',
			'upstream_rejected',
		],
		[
			400,
			{ message: 'Gemini API free tier is not available in your country.', status: 'FAILED_PRECONDITION' },
			'quota',
			'upstream_rejected',
		],
		[
			400,
			{ message: 'The File abc is not in an ACTIVE state.', status: 'FAILED_PRECONDITION' },
			'bad-request',
			'invalid_request',
		],
		[400, { message: 'Invalid value at contents', status: 'INVALID_ARGUMENT' }, 'bad-request', 'invalid_request'],
		[401, { status: 'UNAUTHENTICATED' }, 'key-dead', 'upstream_rejected'],
		[402, { message: 'Prepaid credits are depleted.' }, 'quota', 'upstream_rejected'],
		[403, { message: 'Method not allowed', status: 'PERMISSION_DENIED' }, 'key-dead', 'upstream_rejected'],
		[
			403,
			{ message: 'You do not have permission to access the File abc or it may not exist.' },
			'bad-request',
			'invalid_request',
		],
		[403, { message: 'CachedContent not found (or permission denied)' }, 'bad-request', 'invalid_request'],
		[404, { message: 'models/gemini-0 is not found for API version v1beta' }, 'model-missing', 'model_not_found'],
		[429, { status: 'RESOURCE_EXHAUSTED' }, 'rate-limited', 'rate_limited'],
		[500, { status: 'INTERNAL' }, 'server', 'upstream_unavailable'],
		[503, { status: 'UNAVAILABLE' }, 'overloaded', 'upstream_unavailable'],
		[504, { status: 'DEADLINE_EXCEEDED' }, 'timeout', 'upstream_timeout'],
	] as const)('%i %o is %s', (status, said, failure, code) => {
		const error = errorOf(status, said);
		expect(error).toMatchObject({ code, upstream: { failure, status } });
	});

	it('names the limit that a prompt broke', () => {
		const message = 'The input token count (1250074) exceeds the maximum number of tokens allowed (1048576).';
		expect(errorOf(400, { message, status: 'INVALID_ARGUMENT' })).toMatchObject({
			code: 'context_too_long',
			upstream: { failure: 'context-too-long', scope: 'request', contextLimit: 1_048_576 },
		});
	});

	it('names the field at fault', () => {
		const details = [{ fieldViolations: [{ field: 'generation_config.temperature', description: 'too hot' }] }];
		expect(errorOf(400, { message: 'Invalid', details }).param).toBe('generation_config.temperature');
	});

	it('says when to come again, though no header does', () => {
		const details = [quota({ quotaId: 'RequestsPerMinutePerProjectPerModel' }), { retryDelay: '34.4s' }];
		expect(errorOf(429, { details })).toMatchObject({
			retryAfterMs: 34_400,
			upstream: { failure: 'rate-limited', scope: 'model' },
		});
		for (const retryDelay of ['0s', 'soon', '', '1e9s', 7]) {
			expect(errorOf(429, { details: [{ retryDelay }] }).retryAfterMs).toBeUndefined();
		}
		expect(errorOf(429, { details: [{ retryDelay: '999999s' }] }).retryAfterMs).toBe(86_400_000);
		expect(errorOf(503, { details: [{ retryDelay: '2s' }] }).retryAfterMs).toBe(2_000);
	});

	it.each([
		[{ quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier' }],
		[{ quotaId: 'GenerateContentInputTokensPerModelPerMinute-FreeTier', quotaValue: '0' }],
	])('is no mere rate where waiting a while does not help: %o', (violation) => {
		const error = errorOf(429, { details: [quota(violation)] });
		expect(error).toMatchObject({ code: 'rate_limited', retryable: false, upstream: { failure: 'quota' } });
	});

	it('of a whole project is about the key, not the model', () => {
		const details = [quota({ quotaId: 'RequestsPerMinutePerProject' }, { quotaId: 'TokensPerModelPerMinute' })];
		expect(errorOf(429, { details }).upstream?.scope).toBe('key');
	});

	it('quotes nothing of our key', () => {
		const error = errorOf(400, { message: 'Bad request for AIzaSyD-0123456789abcdef' });
		expect(error.message).toBe('Bad request for [redacted]');
	});

	it('may stand in an array, or be a mere sentence', () => {
		const wrapped = JSON.stringify([
			{ error: { code: 400, message: 'API key not valid.', status: 'INVALID_ARGUMENT' } },
		]);
		expect(googleGenerate.fromError(400, new Headers(), wrapped).upstream?.failure).toBe('key-dead');
		expect(googleGenerate.fromError(400, new Headers(), '{"error":"No"}')).toMatchObject({ message: 'No' });
	});

	it.each([
		[401, '<html>Sign in</html>', 'malformed', 'upstream_rejected'],
		[404, '<!DOCTYPE html><title>Error 404</title>', 'malformed', 'upstream_malformed'],
		[404, '', 'malformed', 'upstream_malformed'],
		[502, '<html>Bad gateway</html>', 'server', 'upstream_unavailable'],
		[429, 'slow down', 'rate-limited', 'rate_limited'],
	])('%i %s is not its own, so the status decides', (status, body, failure, code) => {
		expect(googleGenerate.fromError(status, new Headers(), body)).toMatchObject({
			code,
			upstream: { failure, status },
		});
	});
});

describe('an error inside a stream', () => {
	const inBand = (error: unknown) => decodeFrames(googleGenerate, [{ event: '', data: JSON.stringify({ error }) }]);

	it.each([
		[{ code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' }, 'overloaded', 'upstream_unavailable'],
		[{ status: 'RESOURCE_EXHAUSTED' }, 'rate-limited', 'rate_limited'],
		[{ code: 13, status: 'INTERNAL' }, 'server', 'upstream_unavailable'],
		[{ message: 'Strange.' }, 'server', 'upstream_malformed'],
		['Strange.', 'server', 'upstream_malformed'],
	])('%o has the class that it names', (error, failure, code) => {
		expect(inBand(error)).toMatchObject([{ type: 'error', error: { code, upstream: { failure } } }]);
	});

	it('may be an event of its own', () => {
		const data = '{"error":{"code":500,"status":"INTERNAL"}}';
		expect(decodeFrames(googleGenerate, [{ event: 'error', data }])).toMatchObject([
			{ error: { upstream: { status: 500 } } },
		]);
	});
});
