import { describe, expect, it } from 'vitest';
import { type ErrorCode, GatewayError, STATUS } from '../../src/errors';
import { chatAnswer, doorApp } from '../support/door-app';

const CODES = Object.keys(STATUS) as ErrorCode[];
const CHAT = { messages: [{ role: 'user', content: 'Hi' }] };

const failing = (error: unknown) =>
	doorApp({
		chat: () => {
			throw error;
		},
		models: async () => {
			throw error;
		},
	});

const TYPES: Readonly<Record<ErrorCode, string>> = {
	invalid_request: 'invalid_request_error',
	context_too_long: 'invalid_request_error',
	unauthorized: 'authentication_error',
	budget_exceeded: 'insufficient_quota',
	forbidden: 'permission_error',
	not_found: 'invalid_request_error',
	model_not_found: 'invalid_request_error',
	conflict: 'invalid_request_error',
	too_large: 'invalid_request_error',
	rate_limited: 'rate_limit_error',
	aborted: 'request_cancelled',
	internal: 'server_error',
	upstream_rejected: 'server_error',
	upstream_malformed: 'server_error',
	upstream_unavailable: 'server_error',
	upstream_timeout: 'timeout_error',
};

const ANTHROPIC: Readonly<Record<ErrorCode, string>> = {
	invalid_request: 'invalid_request_error',
	context_too_long: 'invalid_request_error',
	unauthorized: 'authentication_error',
	budget_exceeded: 'billing_error',
	forbidden: 'permission_error',
	not_found: 'not_found_error',
	model_not_found: 'not_found_error',
	conflict: 'conflict_error',
	too_large: 'request_too_large',
	rate_limited: 'rate_limit_error',
	aborted: 'api_error',
	internal: 'api_error',
	upstream_rejected: 'api_error',
	upstream_malformed: 'api_error',
	upstream_unavailable: 'api_error',
	upstream_timeout: 'api_error',
};

const TRPC: Readonly<Record<ErrorCode, string>> = {
	invalid_request: 'BAD_REQUEST',
	context_too_long: 'BAD_REQUEST',
	unauthorized: 'UNAUTHORIZED',
	budget_exceeded: 'PAYMENT_REQUIRED',
	forbidden: 'FORBIDDEN',
	not_found: 'NOT_FOUND',
	model_not_found: 'NOT_FOUND',
	conflict: 'CONFLICT',
	too_large: 'PAYLOAD_TOO_LARGE',
	rate_limited: 'TOO_MANY_REQUESTS',
	aborted: 'CLIENT_CLOSED_REQUEST',
	internal: 'INTERNAL_SERVER_ERROR',
	upstream_rejected: 'BAD_GATEWAY',
	upstream_malformed: 'BAD_GATEWAY',
	upstream_unavailable: 'SERVICE_UNAVAILABLE',
	upstream_timeout: 'GATEWAY_TIMEOUT',
};

/** What a client of that API knows a conversation by that is to be shortened. */
const OPENAI_WORDS = 'What to do. (context_length_exceeded)';
const ANTHROPIC_WORDS = 'prompt is too long: What to do.';
const worded = (code: ErrorCode, words: string): string => (code === 'context_too_long' ? words : 'What to do.');

describe('an error', () => {
	it.each(CODES)('%s leaves the OpenAI door in its shape, with its status', async (code) => {
		const response = await failing(new GatewayError(code, 'What to do.', { param: 'model' })).post(
			'/v1/chat/completions',
			CHAT,
		);
		expect(response.status).toBe(STATUS[code]);
		expect(response.headers.get('content-type')).toContain('application/json');
		expect(response.headers.get('x-request-id')).toBe('id-1');
		expect(await response.json()).toEqual({
			error: { message: worded(code, OPENAI_WORDS), type: TYPES[code], code, param: 'model' },
		});
	});

	it.each(CODES)('%s leaves the Anthropic door in its shape, with its status', async (code) => {
		const error = new GatewayError(code, 'What to do.', { param: 'model', retryAfterMs: 1_500 });
		const response = await failing(error).post('/v1/messages', { ...CHAT, max_tokens: 9 });
		expect(response.status).toBe(STATUS[code]);
		expect(response.headers.get('retry-after')).toBe('2');
		expect(await response.json()).toEqual({
			type: 'error',
			error: { type: ANTHROPIC[code], message: worded(code, ANTHROPIC_WORDS) },
			request_id: 'id-1',
		});
	});

	it.each(CODES)('%s leaves tRPC typed, with its status', async (code) => {
		const error = new GatewayError(code, 'What to do.', { param: 'model', retryAfterMs: 1_500 });
		const response = await failing(error).post('/trpc/chat', CHAT);
		expect(response.status).toBe(STATUS[code]);
		expect(response.headers.get('retry-after')).toBe('2');
		expect(await response.json()).toMatchObject({
			error: {
				message: 'What to do.',
				data: {
					code: TRPC[code],
					httpStatus: STATUS[code],
					path: 'chat',
					gateway: { code, message: 'What to do.', param: 'model', retryAfterMs: 1_500 },
				},
			},
		});
	});

	it.each(CODES)('%s leaves a REST path as problem details', async (code) => {
		const app = doorApp();
		app.app.get('/api/v1/failing', () => {
			throw new GatewayError(code, 'What to do.', { param: 'name' });
		});
		const response = await app.request('/api/v1/failing', { key: 'sy_manage' });
		expect(response.status).toBe(STATUS[code]);
		expect(response.headers.get('content-type')).toBe('application/problem+json');
		expect(await response.json()).toMatchObject({
			type: 'about:blank',
			status: STATUS[code],
			detail: 'What to do.',
			code,
			param: 'name',
		});
	});

	it('of a limit says when to try again and what the limit is', async () => {
		const requests = { limit: 3, remaining: 0, resetMs: 30_200 };
		const { headers } = await failing(
			new GatewayError('rate_limited', 'Too many.', { retryAfterMs: 250, requests }),
		).post('/v1/chat/completions', CHAT);
		expect(headers.get('retry-after')).toBe('1');
		expect(headers.get('x-ratelimit-limit-requests')).toBe('3');
		expect(headers.get('x-ratelimit-remaining-requests')).toBe('0');
		expect(headers.get('x-ratelimit-reset-requests')).toBe('31');
		expect(headers.has('x-should-retry')).toBe(false);
	});

	it('of an upstream that says nothing of time asks for a second, unless waiting does not help', async () => {
		const limited = (failure: 'rate-limited' | 'quota') =>
			failing(new GatewayError('rate_limited', 'Too many.', { upstream: { failure, status: 429, scope: 'key' } })).post(
				'/v1/chat/completions',
				CHAT,
			);
		expect((await limited('rate-limited')).headers.get('retry-after')).toBe('1');
		expect((await limited('quota')).headers.has('retry-after')).toBe(false);
	});

	it('that another try would not cure tells clients so', async () => {
		const response = await failing(new GatewayError('upstream_rejected', 'Our key was refused.')).post(
			'/v1/chat/completions',
			CHAT,
		);
		expect(response.headers.get('x-should-retry')).toBe('false');
		expect(response.headers.has('retry-after')).toBe(false);
	});

	it.each([new TypeError('SELECT secret FROM keys'), 'a bare text', null])(
		'nobody foresaw (%s) becomes internal, reveals nothing and is logged with its cause',
		async (thrown) => {
			const door = failing(thrown);
			for (const path of ['/v1/chat/completions', '/trpc/chat']) {
				const response = await door.post(path, CHAT);
				expect(response.status).toBe(500);
				const body = await response.text();
				expect(body).not.toContain('SELECT');
				expect(body).not.toContain('a bare text');
				expect(body).not.toContain('.ts:');
				expect(body).toContain('internal');
			}
			expect(door.logs.filter(({ event }) => event === 'request-failed')).toHaveLength(2);
			expect(door.logs[0]?.fields).toMatchObject({ requestId: 'id-1', path: '/v1/chat/completions' });
		},
	);

	it('of the caller is not logged as a fault', async () => {
		const door = doorApp({ chat: () => chatAnswer() });
		await door.post('/v1/chat/completions', {});
		expect(door.logs).toEqual([]);
	});
});

describe('a path nobody takes', () => {
	it.each([
		['GET', '/v1/nothing'],
		['GET', '/v1'],
		['GET', '/v1/chat/completions'],
		['DELETE', '/v1/models'],
		['POST', '/v1/images/generations'],
	])('%s %s is 404 in the shape of OpenAI', async (method, path) => {
		const response = await doorApp().request(path, { method });
		expect(response.status).toBe(404);
		expect(await response.json()).toMatchObject({ error: { code: 'not_found', type: 'invalid_request_error' } });
	});

	it.each(['/trpc/nothing', '/trpc/agents.nothing', '/trpc', '/trpc/a,b?batch=1'])(
		'%s is 404 in tRPC',
		async (path) => {
			const response = await doorApp().request(path);
			expect(response.status).toBe(404);
			expect(JSON.stringify(await response.json())).toContain('"code":"not_found"');
		},
	);

	it('is problem details elsewhere', async () => {
		const response = await doorApp().request('/elsewhere', { key: false });
		expect(response.status).toBe(404);
		expect(response.headers.get('content-type')).toBe('application/problem+json');
	});
});
