import { describe, expect, it } from 'vitest';
import { chatAnswer, doorApp } from '../support/door-app';

const CHAT = { messages: [{ role: 'user', content: 'Hi' }] };

describe('authentication', () => {
	it.each([
		['POST', '/v1/chat/completions', '{"messages": broken'],
		['POST', '/v1/embeddings', '{}'],
		['GET', '/v1/models', undefined],
		['GET', '/v1/models/mock%2Fecho', undefined],
		['GET', '/v1', undefined],
		['GET', '/v1/nothing/here', undefined],
		['PATCH', '/v1/chat/completions', undefined],
		['OPTIONS', '/v1/chat/completions', undefined],
		['POST', '/trpc/chat', 'not json'],
		['GET', '/trpc/nothing', undefined],
		['GET', '/trpc', undefined],
		['GET', '/api/v1/llm-providers', undefined],
		['GET', '/api/v1/nothing', undefined],
		['GET', '/api/v1/session', undefined],
		['POST', '/api/v1/session', '{"broken'],
		['PUT', '/api/v1/session', undefined],
		['DELETE', '/api/v1/session', undefined],
		['POST', '/api/v1/openapi.json/more', undefined],
		['GET', '/v1/key', undefined],
		['HEAD', '/v1/models', undefined],
		['GET', '/%761/models', undefined],
	])('comes before anything else on %s %s', async (method, path, body) => {
		const response = await doorApp().request(path, { key: false, method, ...(body !== undefined && { body }) });
		expect(response.status).toBe(401);
		expect(response.headers.get('www-authenticate')).toContain('Bearer');
		expect(response.headers.get('x-request-id')).toBe('id-1');
	});

	it.each([
		['/v1/models', { error: { code: 'unauthorized', type: 'authentication_error', param: null } }],
		['/trpc/health', { error: { data: { code: 'UNAUTHORIZED', gateway: { code: 'unauthorized' } } } }],
		['/api/v1/x', { status: 401, code: 'unauthorized' }],
	])('is refused in the shape of the door at %s', async (path, shape) => {
		expect(await (await doorApp().request(path, { key: 'wrong' })).json()).toMatchObject(shape);
	});

	it.each(['/healthz', '/readyz', '/api/v1/openapi.json'])('is not asked for at %s', async (path) => {
		expect((await doorApp().request(path, { key: false })).status).not.toBe(401);
	});

	it('refuses administration to a gateway key without the scope manage', async () => {
		const door = doorApp();
		for (const path of ['/trpc/agents.list', '/trpc/gatewayKeys.list', '/trpc/organizations.list', '/api/v1/x'])
			expect((await door.request(path)).status, path).toBe(403);
		const created = await door.post('/trpc/agents.create', { slug: 'a', name: 'A', model: 'mock/echo' });
		expect(created.status).toBe(403);
		expect(await created.json()).toMatchObject({ error: { data: { gateway: { code: 'forbidden' } } } });
	});

	it('tells any credential about itself', async () => {
		const door = doorApp();
		for (const key of ['sy_key', 'sy_manage_only'])
			for (const path of ['/v1/key', '/api/v1/session'])
				expect((await door.request(path, { key })).status, `${key} ${path}`).not.toBe(403);
		for (const path of ['/v1/key/more', '/v1/keys'])
			expect((await door.request(path, { key: 'sy_manage_only' })).status, path).toBe(403);
		expect((await door.request('/api/v1/session/more', { key: 'sy_key' })).status).toBe(403);
	});

	it('refuses models to a key that may only manage', async () => {
		const door = doorApp({ chat: () => chatAnswer() });
		for (const path of ['/v1/chat/completions', '/trpc/chat']) {
			const response = await door.request(path, {
				key: 'sy_manage_only',
				body: CHAT,
				headers: { 'content-type': 'application/json' },
			});
			expect(response.status, path).toBe(403);
		}
		expect(door.gateway.chats).toEqual([]);
	});
});
