import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { SignJWT } from 'jose';
import { beforeEach, describe, expect, it } from 'vitest';
import { app } from '../../src/app';
import { database } from '../../src/db/client';
import { memberships, users } from '../../src/db/schema';
import type { Bindings } from '../../src/env';
import { bearer } from '../config/isolate';
import { changeKey, KEY, storeKey, storeOrganization } from '../config/stored';

const ORIGIN = 'https://gateway.example';
const SESSION = '/api/v1/session';
/** Of vitest.config.ts. */
const OPERATOR = 'test-operator-secret-0123456789abcdef';
const SECRET = 'test-jwt-secret-0123456789abcdef0123456789';

/** One isolate: its memory hangs on its bindings. */
function gateway(variables: Readonly<Record<string, string | undefined>> = {}) {
	const bindings: Bindings = { ...env, ADMIN_API_KEY: OPERATOR, JWT_SECRET: SECRET, ...variables } as Bindings;
	const served = app();
	return async (path: string, init: RequestInit = {}): Promise<Response> => {
		const context = createExecutionContext();
		const response = await served.fetch(new Request(`${ORIGIN}${path}`, init), bindings, context);
		await waitOnExecutionContext(context);
		return response;
	};
}

type Gateway = ReturnType<typeof gateway>;

const tokenOf = (claims: Record<string, unknown> = {}, secret = SECRET): Promise<string> =>
	new SignJWT({ sub: 'ann', organization_id: 'acme', role: 'authenticated', ...claims })
		.setProtectedHeader({ alg: 'HS256' })
		.setExpirationTime('1h')
		.sign(new TextEncoder().encode(secret));

async function signedIn(send: Gateway, credential: string): Promise<Record<string, string>> {
	const response = await send(SESSION, { method: 'POST', headers: { authorization: `Bearer ${credential}` } });
	expect(response.status).toBe(201);
	return { cookie: response.headers.get('set-cookie')?.split(';')[0] ?? '' };
}

const taken = (response: Response): boolean => /Max-Age=0/.test(response.headers.get('set-cookie') ?? '');

beforeEach(async () => {
	await storeOrganization('o1', { slug: 'acme' });
	await storeKey(KEY, 'o1', { scopes: ['inference', 'manage'] });
});

describe('a console session on the whole Worker', () => {
	it('administers with the cookie, on the organization of its key', async () => {
		const send = gateway();
		const headers = await signedIn(send, bearer(KEY));
		const listed = await send('/trpc/gatewayKeys.list', { headers });
		expect(listed.status).toBe(200);
		expect(await (await send(SESSION, { headers })).json()).toMatchObject({
			kind: 'gateway-key',
			organization: { id: 'o1', slug: 'acme' },
		});
		expect((await send('/v1/models', { headers })).status).toBe(401);
	});

	it('is not read out of a cookie whose name begins with a space of Unicode, as a sibling domain could set it', async () => {
		const send = gateway();
		const { cookie } = await signedIn(send, bearer(KEY));
		for (const space of ['\u00a0', '\u2003', '\ufeff'])
			expect((await send(SESSION, { headers: { cookie: `a=b; ${space}${cookie}` } })).status).toBe(401);
	});

	it('ends with the key that it was opened by', async () => {
		const send = gateway();
		const headers = await signedIn(send, bearer(KEY));
		await changeKey(KEY, 'o1', { revokedAt: Date.now() });
		const response = await send('/trpc/gatewayKeys.list', { headers });
		expect(response.status).toBe(401);
		expect(taken(response)).toBe(true);
	});

	it('ends with the removal of the user, also on a route that may be served from a cache', async () => {
		const send = gateway();
		const headers = await signedIn(send, await tokenOf());
		const chat = () =>
			send('/trpc/chat', {
				method: 'POST',
				headers: { ...headers, origin: ORIGIN, 'content-type': 'application/json' },
				body: JSON.stringify({ model: 'mock/echo', messages: [{ role: 'user', content: 'Hi' }] }),
			});
		expect((await chat()).status).toBe(200);
		const db = database(env.DB);
		const times = { createdAt: 0, updatedAt: 0 };
		await db.insert(users).values({ id: 'ann', ...times });
		await db.insert(memberships).values({ organizationId: 'o1', userId: 'ann', role: 'owner', removedAt: 1, ...times });
		const response = await chat();
		expect(response.status).toBe(403);
		expect(taken(response)).toBe(true);
	});

	it('ends with a change of the operator key', async () => {
		const headers = await signedIn(gateway(), OPERATOR);
		const response = await gateway({ ADMIN_API_KEY: 'another-operator-secret' })(SESSION, { headers });
		expect(response.status).toBe(401);
		expect(taken(response)).toBe(true);
	});

	it('lets the operator in before there is any organization', async () => {
		const send = gateway();
		const headers = await signedIn(send, OPERATOR);
		expect(await (await send(SESSION, { headers })).json()).toMatchObject({ kind: 'operator', organization: null });
		const onAcme = { ...headers, 'x-switchyard-organization': 'acme' };
		expect(await (await send(SESSION, { headers: onAcme })).json()).toMatchObject({ organization: { id: 'o1' } });
		expect((await send('/trpc/organizations.list', { headers })).status).toBe(200);
	});
});

describe('tokens on the whole Worker', () => {
	const ask = (send: Gateway, token: string, path = '/v1/models') =>
		send(path, { headers: { authorization: `Bearer ${token}` } });

	it('call models as member, and manage as admin', async () => {
		const send = gateway();
		expect((await ask(send, await tokenOf())).status).toBe(200);
		expect((await ask(send, await tokenOf(), '/trpc/agents.list')).status).toBe(403);
		expect((await ask(send, await tokenOf({ role: 'admin' }), '/trpc/agents.list')).status).toBe(200);
	});

	it('are checked for issuer and audience where they are configured', async () => {
		const send = gateway({ JWT_ISSUER: 'https://id.example', JWT_AUDIENCE: 'switchyard' });
		expect((await ask(send, await tokenOf())).status).toBe(401);
		const good = await tokenOf({ iss: 'https://id.example', aud: ['switchyard'] });
		expect((await ask(send, good)).status).toBe(200);
	});

	it('are not accepted where neither secret nor key set is configured', async () => {
		const send = gateway({ JWT_SECRET: undefined });
		expect((await ask(send, await tokenOf())).status).toBe(401);
	});

	it('mean 503 where the key set can not be had, and never a look at the secret of before', async () => {
		const send = gateway({ JWT_SECRET: undefined, JWT_JWKS_URL: 'https://id.example/jwks' });
		expect((await ask(send, await tokenOf())).status).toBe(401);
		const [, body, signature] = (await tokenOf()).split('.');
		const header = btoa(JSON.stringify({ alg: 'RS256' })).replace(/=+$/, '');
		expect((await ask(send, `${header}.${body}.${signature}`)).status).toBe(503);
	});
});
