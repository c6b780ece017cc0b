import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors';
import { chatAnswer, chatStream, doorApp, finish, start, text } from '../support/door-app';

const CHAT = { messages: [{ role: 'user', content: 'Hi' }] };
const variables = { CORS_ORIGINS: 'https://app.example, https://other.example/' };
const door = () =>
	doorApp({ variables, chat: () => chatAnswer(), stream: () => chatStream([[start, text('a'), finish]]) });

const allowed = (response: Response) => response.headers.get('access-control-allow-origin');

describe('a preflight', () => {
	it.each(['/v1/chat/completions', '/v1/models', '/trpc/chat', '/v1/nothing'])('to %s needs no key', async (path) => {
		const response = await door().request(path, {
			key: false,
			method: 'OPTIONS',
			headers: {
				origin: 'https://app.example',
				'access-control-request-method': 'POST',
				'access-control-request-headers': 'authorization, content-type, x-stainless-os',
			},
		});
		expect(response.status).toBe(204);
		expect(await response.text()).toBe('');
		expect(allowed(response)).toBe('https://app.example');
		expect(response.headers.get('access-control-allow-methods')).toContain('POST');
		expect(response.headers.get('access-control-allow-headers')).toBe('authorization, content-type, x-stainless-os');
		expect(response.headers.get('access-control-allow-credentials')).toBeNull();
		expect(response.headers.get('vary')).toContain('Origin');
	});

	it('lets an origin ask that only a key may allow, since it carries no key', async () => {
		const response = await door().request('/v1/models', {
			key: false,
			method: 'OPTIONS',
			headers: { origin: 'https://page.example' },
		});
		expect(response.status).toBe(204);
		expect(allowed(response)).toBe('https://page.example');
	});

	it('gives nothing to an opaque origin, and echoes no nonsense', async () => {
		const opaque = await door().request('/v1/models', { key: false, method: 'OPTIONS', headers: { origin: 'null' } });
		expect(opaque.status).toBe(204);
		expect(allowed(opaque)).toBeNull();
		const odd = await door().request('/v1/models', {
			key: false,
			method: 'OPTIONS',
			headers: { origin: 'https://app.example', 'access-control-request-headers': 'a b; c' },
		});
		expect(odd.headers.get('access-control-allow-headers')).toBe('authorization, content-type');
	});

	it('to another part of the service is no preflight', async () => {
		const headers = { origin: 'https://app.example' };
		expect((await door().request('/api/v1/x', { key: false, method: 'OPTIONS', headers })).status).toBe(401);
	});
});

describe('an answer to another origin', () => {
	it.each([
		['https://app.example', 'sy_key', 'https://app.example'],
		['https://other.example', 'sy_key', 'https://other.example'],
		['https://page.example', 'sy_page', 'https://page.example'],
		['https://page.example', 'sy_key', null],
		['https://evil.example', 'sy_page', null],
		['https://app.example.evil.example', 'sy_key', null],
		['null', 'sy_page', null],
	])('%s with the key %s may be read: %s', async (origin, key, expected) => {
		const response = await door().request('/v1/chat/completions', { key, body: CHAT, headers: { origin } });
		expect(response.status).toBe(200);
		expect(allowed(response)).toBe(expected);
		expect(response.headers.get('vary')).toContain('Origin');
		expect(response.headers.has('access-control-allow-credentials')).toBe(false);
	});

	it.each([
		['a whole answer', '/v1/chat/completions', CHAT],
		['a stream', '/v1/chat/completions', { ...CHAT, stream: true }],
		['a tRPC answer', '/trpc/chat', CHAT],
	])('%s exposes every x- header by name', async (_, path, body) => {
		const response = await door().post(path, body, { origin: 'https://app.example' });
		const exposed = (response.headers.get('access-control-expose-headers') ?? '').split(', ');
		const sent = [...response.headers.keys()].filter((name) => name.startsWith('x-'));
		expect(sent).toContain('x-switchyard-provider');
		expect(sent).toContain('x-request-id');
		for (const name of sent) expect(exposed).toContain(name);
		await response.text();
	});

	it('an error can be read there too', async () => {
		const failing = doorApp({
			variables,
			chat: () => {
				throw new GatewayError('rate_limited', 'Slow down.', { retryAfterMs: 1_000 });
			},
		});
		const response = await failing.post('/v1/chat/completions', CHAT, { origin: 'https://app.example' });
		expect(allowed(response)).toBe('https://app.example');
		expect(response.headers.get('access-control-expose-headers')).toContain('retry-after');
		const refused = await door().request('/v1/models', { key: 'wrong', headers: { origin: 'https://app.example' } });
		expect(refused.status).toBe(401);
		expect(allowed(refused)).toBe('https://app.example');
	});

	it('any origin may read where CORS_ORIGINS says *', async () => {
		const open = doorApp({ variables: { CORS_ORIGINS: '*' }, chat: () => chatAnswer() });
		const response = await open.post('/v1/chat/completions', CHAT, { origin: 'https://any.example' });
		expect(allowed(response)).toBe('https://any.example');
	});
});
