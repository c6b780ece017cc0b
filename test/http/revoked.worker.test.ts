import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { app } from '../../src/app';
import type { Bindings } from '../../src/env';
import { bearer } from '../config/isolate';
import { KEY, storeKey, storeOrganization } from '../config/stored';

const OPERATOR = 'test-operator-secret-0123456789abcdef';
const CHAT = { model: 'mock/echo', messages: [{ role: 'user', content: 'hi' }] };

/** One isolate: its memory hangs on its bindings. */
function isolate(variables: Partial<Bindings> = {}) {
	const bindings: Bindings = { ...env, ADMIN_API_KEY: OPERATOR, ...variables } as Bindings;
	const served = app();
	return async (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> => {
		const context = createExecutionContext();
		const request = new Request(`https://gateway.example${path}`, {
			method: 'POST',
			headers: { authorization: `Bearer ${bearer(KEY)}`, 'content-type': 'application/json', ...headers },
			body: typeof body === 'string' ? body : JSON.stringify(body),
		});
		const response = await served.fetch(request, bindings, context);
		await waitOnExecutionContext(context);
		return response;
	};
}

const asOperator = { authorization: `Bearer ${OPERATOR}`, 'x-switchyard-organization': 'o1' };

const REFUSED: readonly [string, unknown, number][] = [
	['/v1/chat/completions', '{"broken', 400],
	['/v1/chat/completions', { model: 5 }, 400],
	['/v1/embeddings', {}, 400],
	['/v1/responses', {}, 400],
	['/v1/messages', {}, 400],
	['/v1/providers/mock', {}, 404],
	['/trpc/chat', {}, 400],
	['/trpc/tokens.count', CHAT, 200],
	['/trpc/cost.estimate', CHAT, 200],
];

beforeEach(async () => {
	await storeOrganization('o1', { slug: 'acme' });
	await storeKey(KEY, 'o1');
});

describe('a key that another isolate revoked', () => {
	it.each(REFUSED)('is told so at %s before what is wrong with its request', async (path, body, status) => {
		const send = isolate();
		expect((await send('/v1/chat/completions', CHAT)).status).toBe(200);
		expect((await send(path, body)).status).toBe(status);
		expect((await isolate()('/trpc/gatewayKeys.revoke', { id: KEY.id }, asOperator)).status).toBe(200);
		const response = await send(path, body);
		expect(response.status).toBe(401);
		expect(await response.text()).not.toContain('invalid_request');
	});

	it('is told what is wrong with its request while D1 can not say more', async () => {
		let away = false;
		const DB = new Proxy(env.DB, {
			get: (database, name) => {
				if (away) throw new Error('D1 is away');
				const value: unknown = Reflect.get(database, name);
				return typeof value === 'function' ? value.bind(database) : value;
			},
		});
		const send = isolate({ DB });
		expect((await send('/v1/chat/completions', CHAT)).status).toBe(200);
		away = true;
		expect((await send('/v1/chat/completions', '{"broken')).status).toBe(400);
	});
});
