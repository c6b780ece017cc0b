import { describe, expect, it } from 'vitest';
import type { Principal } from '../../src/auth/principal';
import { GatewayError } from '../../src/errors';
import { type DoorApp, type DoorOptions, doorApp, principal } from '../support/door-app';

const KEY = btoa('k'.repeat(32));
const OWN = 'http://gateway.test';
const HOUR = 3_600_000;
const START = Date.UTC(2026, 10, 1);
const PATH = '/api/v1/session';

const operator = principal({ kind: 'operator', keyId: null, actor: 'operator', scopes: ['inference', 'manage'] });
const member = principal({ kind: 'user', keyId: null, userId: 'ann', role: 'member', expiresAt: START + HOUR });

/** Credentials and who they are now; a test takes one away or changes it. */
function scripted(options: DoorOptions = {}) {
	const known = new Map<string, Principal | GatewayError>([
		['sy_key', principal()],
		['sy_manage', principal({ scopes: ['inference', 'manage'] })],
		['operator-secret', operator],
		['a.member.token', member],
	]);
	const asked: { credential: string | null; organization: string | null; fresh: boolean }[] = [];
	const door = doorApp({
		variables: { LLM_ENCRYPTION_KEY: KEY },
		authenticate: async (headers, how) => {
			const credential = headers.get('authorization')?.replace('Bearer ', '') ?? headers.get('x-api-key');
			const organization = headers.get('x-switchyard-organization');
			asked.push({ credential, organization, fresh: how?.fresh === true });
			const who = known.get(credential ?? '') ?? new GatewayError('unauthorized', 'Unknown.');
			if (who instanceof GatewayError) throw who;
			return organization && who.kind === 'operator' ? { ...who, organizationSlug: organization } : who;
		},
		...options,
	});
	return { door, known, asked };
}

const JSON_TYPE = { 'content-type': 'application/json' };

const cookieOf = (response: Response): string => response.headers.get('set-cookie')?.split(';')[0] ?? '';

async function signedIn(door: DoorApp, credential = 'sy_manage', body: object = {}): Promise<string> {
	const response = await door.request(PATH, { key: false, body: { credential, ...body }, headers: JSON_TYPE });
	expect(response.status).toBe(201);
	return cookieOf(response);
}

const asking = (cookie: string, headers: Record<string, string> = {}) => ({
	key: false as const,
	headers: { cookie, ...headers },
});

const CLEARED = /^__Host-switchyard-session=; Path=\/; HttpOnly; Secure; SameSite=Strict; Max-Age=0$/;
const cleared = (response: Response) => expect(response.headers.get('set-cookie')).toMatch(CLEARED);
const kept = (response: Response) => expect(response.headers.get('set-cookie')).toBeNull();

describe('signing in', () => {
	it('swaps a credential for a cookie that only this host and its own pages get', async () => {
		const { door } = scripted();
		for (const init of [
			{ key: 'sy_key', method: 'POST' },
			{ key: false as const, body: { credential: 'sy_key' } },
		]) {
			const response = await door.request(PATH, { headers: JSON_TYPE, ...init });
			expect(response.status).toBe(201);
			expect(response.headers.get('set-cookie')).toMatch(
				/^__Host-switchyard-session=[\w-]+\.[\w-]+; Path=\/; HttpOnly; Secure; SameSite=Strict; Max-Age=43200$/,
			);
			expect(response.headers.get('cache-control')).toBe('no-store');
			expect(await response.json()).toEqual({
				kind: 'gateway-key',
				role: null,
				organization: { id: 'org1', slug: 'demo' },
				scopes: ['inference'],
				expiresAt: new Date(START + 12 * HOUR).toISOString(),
			});
		}
	});

	it('takes x-api-key too, and a header before a body', async () => {
		const { door } = scripted();
		const headers = { 'x-api-key': 'sy_key', ...JSON_TYPE };
		expect((await door.request(PATH, { key: false, method: 'POST', headers })).status).toBe(201);
		const both = await door.request(PATH, { key: 'sy_unknown', body: { credential: 'sy_key' }, headers: JSON_TYPE });
		expect(both.status).toBe(401);
	});

	it('says who it is: role and end of a token, no organization where the operator has none', async () => {
		const { door, known } = scripted();
		const token = await door.request(PATH, { key: 'a.member.token', method: 'POST' });
		expect(await token.json()).toMatchObject({
			kind: 'user',
			role: 'member',
			expiresAt: new Date(START + HOUR).toISOString(),
		});
		known.set('operator-secret', { ...operator, organizationId: '', organizationSlug: '' });
		const bare = await door.request(PATH, { key: 'operator-secret', method: 'POST' });
		expect(await bare.json()).toMatchObject({ kind: 'operator', organization: null });
	});

	it.each([
		['nothing', undefined, {}],
		['an empty body', '', JSON_TYPE],
		['broken JSON', '{"credential": "sy_key"', JSON_TYPE],
		['a list', '["sy_key"]', JSON_TYPE],
		['no credential', '{}', JSON_TYPE],
		['a credential that is no text', '{"credential": 7}', JSON_TYPE],
		['an empty credential', '{"credential": ""}', JSON_TYPE],
		['an unknown one', '{"credential": "sy_unknown"}', JSON_TYPE],
		['an unknown one and unknown fields', '{"credential": "sy_unknown", "admin": true}', JSON_TYPE],
		['one that no header could hold', '{"credential": "sy_key\\r\\nx-switchyard-organization: other"}', JSON_TYPE],
		['one with a space', '{"credential": "sy_key more"}', JSON_TYPE],
		['one of another alphabet', '{"credential": "sy_kéy"}', JSON_TYPE],
		['a form', 'credential=sy_key', { 'content-type': 'application/x-www-form-urlencoded' }],
		['JSON named text', '{"credential": "sy_key"}', { 'content-type': 'text/plain' }],
		['JSON named otherwise', '{"credential": "sy_key"}', { 'content-type': 'application/json-seq' }],
	])('is refused with 401 for %s', async (_what, body, headers) => {
		const { door } = scripted();
		const response = await door.request(PATH, {
			key: false,
			method: 'POST',
			headers,
			...(body !== undefined && { body }),
		});
		expect(response.status).toBe(401);
		expect(response.headers.get('content-type')).toBe('application/problem+json');
		kept(response);
	});

	it.each([
		['{"credential": "sy_key", "admin": true}', 'admin', JSON_TYPE],
		['{"credential": "sy_key", "organization": 7}', 'organization', JSON_TYPE],
		['{"credential": "sy_key", "organization": ""}', 'organization', JSON_TYPE],
	])('is refused with 400 for %s once the credential has been seen to hold', async (body, param, headers) => {
		const { door } = scripted();
		const response = await door.request(PATH, { key: false, body, headers });
		expect(response.status).toBe(400);
		expect(await response.json()).toMatchObject({ code: 'invalid_request', param });
		kept(response);
	});

	it('is refused with 400 for a body that is not JSON beside a header', async () => {
		const { door } = scripted();
		const headers = { 'content-type': 'text/plain' };
		expect((await door.request(PATH, { body: '{}', headers })).status).toBe(400);
		expect((await door.request(PATH, { body: '{', headers: JSON_TYPE })).status).toBe(400);
	});

	it('is refused with 400 where the token is too large for a cookie', async () => {
		const { door, known } = scripted();
		const large = `a.${'b'.repeat(3_000)}.c`;
		known.set(large, member);
		const response = await door.request(PATH, { key: large, method: 'POST' });
		expect(response.status).toBe(400);
		expect(await response.json()).toMatchObject({ param: 'credential', detail: expect.stringContaining('3.5 KB') });
		kept(response);
	});

	it('needs LLM_ENCRYPTION_KEY, which the error names', async () => {
		const { door } = scripted({ variables: {} });
		const response = await door.request(PATH, { method: 'POST' });
		expect(response.status).toBe(500);
		expect(await response.json()).toMatchObject({
			code: 'internal',
			detail: expect.stringContaining('LLM_ENCRYPTION_KEY'),
		});
	});

	it('can not be done from a page of another origin, which could put its visitors into an account of its own', async () => {
		const { door } = scripted();
		for (const origin of ['https://evil.example', 'null', 'https://gateway.test', 'http://gateway.test:8080', '']) {
			const response = await door.request(PATH, {
				key: false,
				body: { credential: 'sy_key' },
				headers: { ...JSON_TYPE, origin },
			});
			expect(response.status, origin).toBe(403);
			kept(response);
		}
		const own = { ...JSON_TYPE, origin: OWN };
		expect((await door.request(PATH, { key: false, body: { credential: 'sy_key' }, headers: own })).status).toBe(201);
	});

	it('again replaces a cookie that is there, and never renews it by itself', async () => {
		const { door } = scripted();
		const cookie = await signedIn(door);
		const headers = { ...JSON_TYPE, origin: OWN, cookie };
		expect((await door.request(PATH, { key: false, body: {}, headers })).status).toBe(401);
		const again = await door.request(PATH, { key: false, body: { credential: 'sy_key' }, headers });
		expect(again.status).toBe(201);
		expect(cookieOf(again)).not.toBe(cookie);
		const elsewhere = { ...JSON_TYPE, cookie };
		const foreign = await door.request(PATH, { key: false, body: { credential: 'sy_key' }, headers: elsewhere });
		expect(foreign.status).toBe(403);
	});
});

describe('a session', () => {
	it('is shown to whoever has the cookie or the credential, whatever it may do', async () => {
		const { door } = scripted();
		const cookie = await signedIn(door, 'sy_key');
		await door.time.advance(HOUR);
		const shown = await door.request(PATH, asking(cookie));
		expect(shown.status).toBe(200);
		expect(await shown.json()).toMatchObject({
			scopes: ['inference'],
			expiresAt: new Date(START + 12 * HOUR).toISOString(),
		});
		expect(await (await door.request(PATH)).json()).toMatchObject({ kind: 'gateway-key', expiresAt: null });
		expect((await door.request(PATH, { key: false })).status).toBe(401);
	});

	it('is a credential for /trpc and /api/v1, and for no inference door', async () => {
		const { door } = scripted({ services: {} });
		const cookie = await signedIn(door);
		expect((await door.request('/trpc/health', asking(cookie))).status).toBe(200);
		expect((await door.request('/api/v1/nothing', asking(cookie))).status).toBe(404);
		for (const path of ['/v1/models', '/v1/key', '/v1/messages', '/v1'])
			expect((await door.request(path, asking(cookie))).status, path).toBe(401);
	});

	it('may do what its credential may, and no more', async () => {
		const { door } = scripted();
		const cookie = await signedIn(door, 'a.member.token');
		const refused = await door.request('/api/v1/nothing', asking(cookie));
		expect(refused.status).toBe(403);
		kept(refused);
		expect((await door.request('/trpc/agents.list', asking(cookie))).status).toBe(403);
	});

	it('is checked anew with each request, from D1', async () => {
		const { door, asked } = scripted();
		const cookie = await signedIn(door);
		asked.length = 0;
		await door.request('/trpc/health', asking(cookie));
		await door.request('/trpc/health', asking(cookie));
		expect(asked).toEqual([
			{ credential: 'sy_manage', organization: null, fresh: true },
			{ credential: 'sy_manage', organization: null, fresh: true },
		]);
	});

	it.each([
		['revoked', 'unauthorized', 401],
		['of a removed member', 'forbidden', 403],
	] as const)('ends with a credential that is %s, and its cookie is taken back', async (_what, code, status) => {
		const { door, known } = scripted();
		const cookie = await signedIn(door);
		known.set('sy_manage', new GatewayError(code, 'No more.'));
		for (const path of [PATH, '/trpc/health', '/api/v1/llm-providers']) {
			const response = await door.request(path, asking(cookie));
			expect(response.status, path).toBe(status);
			cleared(response);
			expect(response.headers.get('x-request-id')).not.toBeNull();
		}
	});

	it('outlives a database that does not answer', async () => {
		const { door, known } = scripted();
		const cookie = await signedIn(door);
		known.set('sy_manage', new GatewayError('upstream_unavailable', 'Later.'));
		const response = await door.request(PATH, asking(cookie));
		expect(response.status).toBe(503);
		kept(response);
	});

	it('gives way to a credential in the headers, good or bad', async () => {
		const { door, asked } = scripted();
		const cookie = await signedIn(door, 'sy_manage');
		const shown = await door.request(PATH, { key: 'sy_key', headers: { cookie } });
		expect(await shown.json()).toMatchObject({ scopes: ['inference'], expiresAt: null });
		asked.length = 0;
		for (const headers of [{ authorization: 'Basic dTpw' }, { authorization: '' }, { 'x-api-key': 'sy_unknown' }]) {
			const response = await door.request(PATH, asking(cookie, headers));
			expect(response.status).toBe(401);
			kept(response);
		}
		expect(asked.map(({ credential }) => credential)).not.toContain('sy_manage');
	});

	it('of the operator keeps the organization it was opened for; a header names another', async () => {
		const { door } = scripted();
		const cookie = await signedIn(door, 'operator-secret', { organization: 'acme' });
		const slug = async (headers = {}) => {
			const body: unknown = await (await door.request(PATH, asking(cookie, headers))).json();
			return body;
		};
		expect(await slug()).toMatchObject({ organization: { slug: 'acme' } });
		expect(await slug({ 'x-switchyard-organization': 'other' })).toMatchObject({ organization: { slug: 'other' } });
	});

	it('of anybody else keeps none', async () => {
		const { door, asked } = scripted();
		const cookie = await signedIn(door, 'sy_manage', { organization: 'acme' });
		asked.length = 0;
		await door.request(PATH, asking(cookie));
		expect(asked).toEqual([{ credential: 'sy_manage', organization: null, fresh: true }]);
	});
});

describe('a cookie', () => {
	it('that is altered, cut, empty, sealed by another key or made up lets nobody in, and is taken back', async () => {
		const { door } = scripted();
		const cookie = await signedIn(door);
		const elsewhere = await signedIn(scripted({ variables: { LLM_ENCRYPTION_KEY: btoa('o'.repeat(32)) } }).door);
		const [name = '', value = ''] = cookie.split('=');
		const middle = Math.floor(value.length / 2);
		const other = value[middle] === 'A' ? 'B' : 'A';
		for (const bad of [
			elsewhere,
			`${name}=${value.slice(0, middle)}${other}${value.slice(middle + 1)}`,
			`${name}=${value.slice(0, -6)}`,
			`${name}=${value}.${value}`,
			`${name}=sy_manage`,
			`${name}=%00`,
			`${name}=${'A'.repeat(4_000)}.A`,
		]) {
			const response = await door.request('/trpc/health', asking(bad));
			expect(response.status, bad).toBe(401);
			cleared(response);
		}
	});

	it('is nothing where it is empty, or of another name', async () => {
		const { door } = scripted();
		const [, value] = (await signedIn(door)).split('=');
		for (const none of [
			'__Host-switchyard-session=',
			'__Host-switchyard-session',
			`switchyard-session=${value}`,
			`__host-switchyard-session=${value}`,
			`x__Host-switchyard-session=${value}`,
		]) {
			const response = await door.request(PATH, asking(none));
			expect(response.status, none).toBe(401);
			kept(response);
		}
	});

	it('is nothing behind a space that only Unicode knows: a sibling domain could set a cookie of that name', async () => {
		const { door } = scripted();
		const cookie = await signedIn(door);
		for (const forged of [`\u00a0${cookie}`, `a=b;\u00a0${cookie}`, `a=b; \u00a0${cookie}`]) {
			const response = await door.request(PATH, asking(forged));
			expect(response.status).toBe(401);
			kept(response);
		}
		expect((await door.request(PATH, asking(`a=b;\t ${cookie} \t`))).status).toBe(200);
	});

	it('is found among others', async () => {
		const { door } = scripted();
		const cookie = await signedIn(door);
		expect((await door.request(PATH, asking(`a=b; ${cookie}; c="d"`))).status).toBe(200);
		expect((await door.request(PATH, asking(`a=b;${cookie};c`))).status).toBe(200);
	});

	it('is over after twelve hours', async () => {
		const { door } = scripted();
		const cookie = await signedIn(door);
		await door.time.advance(12 * HOUR - 1);
		expect((await door.request(PATH, asking(cookie))).status).toBe(200);
		await door.time.advance(1);
		const response = await door.request(PATH, asking(cookie));
		expect(response.status).toBe(401);
		cleared(response);
	});

	it('holds under an older LLM_ENCRYPTION_KEY', async () => {
		const cookie = await signedIn(scripted().door);
		const rotated = { LLM_ENCRYPTION_KEY: btoa('n'.repeat(32)), LLM_ENCRYPTION_KEYS_OLD: KEY };
		expect((await scripted({ variables: rotated }).door.request(PATH, asking(cookie))).status).toBe(200);
	});
});

describe('a change with a cookie', () => {
	const change = (door: DoorApp, cookie: string, headers: Record<string, string>, path = '/trpc/agents.delete') =>
		door.request(path, { key: false, body: '{}', headers: { cookie, ...headers } });

	it('must come from a page of this very origin', async () => {
		const { door } = scripted();
		const cookie = await signedIn(door);
		for (const origin of [
			undefined,
			'null',
			'https://evil.example',
			'https://gateway.test',
			'http://gateway.test:81',
			'http://sub.gateway.test',
			'http://gateway.test.evil.example',
			'http://gateway.test/',
			'HTTP://GATEWAY.TEST',
		]) {
			const headers = { ...JSON_TYPE, ...(origin !== undefined && { origin }) };
			for (const path of ['/trpc/agents.delete', '/api/v1/llm-providers']) {
				const response = await change(door, cookie, headers, path);
				expect(response.status, `${origin} ${path}`).toBe(403);
				kept(response);
			}
		}
	});

	it('must be JSON, which no form can send', async () => {
		const { door } = scripted();
		const cookie = await signedIn(door);
		for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/jsonp'])
			expect((await change(door, cookie, { origin: OWN, 'content-type': type })).status, type).toBe(403);
	});

	it('is let through where it does', async () => {
		const { door } = scripted();
		const cookie = await signedIn(door);
		for (const type of ['application/json', 'application/json; charset=utf-8', 'Application/JSON']) {
			const response = await change(door, cookie, { origin: OWN, 'content-type': type }, '/trpc/nothing');
			expect(response.status, type).toBe(404);
		}
	});

	it('may be a DELETE without a content type, and with no other than JSON', async () => {
		const { door } = scripted();
		const cookie = await signedIn(door);
		const headers = { cookie, origin: OWN };
		const bare = await door.request('/api/v1/nothing', { key: false, method: 'DELETE', headers });
		expect(bare.status).toBe(404);
		const typed = { ...headers, 'content-type': 'text/plain' };
		const text = await door.request('/api/v1/nothing', { key: false, method: 'DELETE', body: '{}', headers: typed });
		expect(text.status).toBe(403);
	});

	it.each(['PUT', 'PATCH', 'OPTIONS'])('is asked the same of %s', async (method) => {
		const { door } = scripted();
		const cookie = await signedIn(door);
		const headers = { cookie, ...JSON_TYPE };
		expect((await door.request('/api/v1/nothing', { key: false, method, headers })).status).toBe(403);
	});

	it('is not asked where a header brings the credential', async () => {
		const { door } = scripted();
		const cookie = await signedIn(door);
		const headers = { cookie, origin: 'https://app.example', ...JSON_TYPE };
		expect((await door.request('/trpc/nothing', { key: 'sy_manage', body: '{}', headers })).status).toBe(404);
	});
});

describe('signing out', () => {
	it('takes the cookie back, also one that is worth nothing any more and with the database away', async () => {
		const { door, known } = scripted();
		const cookie = await signedIn(door);
		const headers = { cookie, origin: OWN };
		for (const state of [null, 'unauthorized', 'upstream_unavailable'] as const) {
			if (state) known.set('sy_manage', new GatewayError(state, 'No.'));
			const response = await door.request(PATH, { key: false, method: 'DELETE', headers });
			expect(response.status).toBe(204);
			cleared(response);
			expect(await response.text()).toBe('');
		}
		const broken = { cookie: '__Host-switchyard-session=x', origin: OWN };
		expect((await door.request(PATH, { key: false, method: 'DELETE', headers: broken })).status).toBe(204);
	});

	it('can not be done by a page of another origin', async () => {
		const { door } = scripted();
		const cookie = await signedIn(door);
		for (const origin of [{}, { origin: 'https://evil.example' }]) {
			const response = await door.request(PATH, { key: false, method: 'DELETE', headers: { cookie, ...origin } });
			expect(response.status).toBe(403);
			kept(response);
		}
	});

	it('needs something to sign out of', async () => {
		const { door } = scripted();
		expect((await door.request(PATH, { key: false, method: 'DELETE' })).status).toBe(401);
		expect((await door.request(PATH, { key: 'sy_unknown', method: 'DELETE' })).status).toBe(401);
		expect((await door.request(PATH, { key: 'sy_key', method: 'DELETE' })).status).toBe(204);
	});
});
