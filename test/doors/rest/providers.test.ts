import { beforeEach, describe, expect, it, vi } from 'vitest';
import { GatewayError } from '../../../src/errors';
import type { ProviderView } from '../../../src/services/providers';
import { asDescribed, document } from '../../support/described';
import { type DoorRequest, doorApp } from '../../support/door-app';

const services = vi.hoisted(() => ({
	addProvider: vi.fn(),
	listProviders: vi.fn(),
	getProvider: vi.fn(),
	updateProvider: vi.fn(),
	removeProvider: vi.fn(),
	testProvider: vi.fn(),
	providerUsage: vi.fn(),
	rotateProvider: vi.fn(),
	providerModels: vi.fn(),
}));
vi.mock('../../../src/services/providers', () => services);

const PATH = '/api/v1/llm-providers';
const ONE = `${PATH}/{id}`;

const VIEW: ProviderView = {
	id: 'p1',
	provider: 'openai',
	name: 'openai',
	keyLast4: 'WXYZ',
	baseUrl: null,
	config: {},
	isActive: true,
	isDefault: true,
	source: 'organization',
	version: 3,
	createdAt: Date.UTC(2026, 2, 1),
	updatedAt: Date.UTC(2026, 2, 2),
	refusedAt: Date.UTC(2026, 2, 3),
	refusedStatus: 401,
};
const BODY = {
	...VIEW,
	refusedAt: '2026-03-03T00:00:00.000Z',
	createdAt: '2026-03-01T00:00:00.000Z',
	updatedAt: '2026-03-02T00:00:00.000Z',
};

const door = doorApp();

const json = { 'content-type': 'application/json' };
const ask = (path: string, init: DoorRequest = {}) => door.request(path, { key: 'sy_manage', ...init });
const send = (method: string, path: string, body: unknown, headers: Record<string, string> = {}) =>
	ask(path, { method, body, headers: { ...json, ...headers } });

/** What the service was given, after the context. */
const given = (verb: keyof typeof services): unknown => services[verb].mock.calls.at(-1)?.[1];

beforeEach(() => {
	for (const verb of Object.values(services)) verb.mockReset();
	services.getProvider.mockResolvedValue(VIEW);
	services.updateProvider.mockResolvedValue(VIEW);
	services.rotateProvider.mockResolvedValue(VIEW);
	services.addProvider.mockResolvedValue(VIEW);
	services.listProviders.mockResolvedValue([VIEW]);
	services.testProvider.mockResolvedValue({ ok: true, latencyMs: 12, model: 'gpt-5-mini' });
	services.providerUsage.mockResolvedValue({ data: [], totals: TOTALS });
});

const TOTALS = { requests: 0, errors: 0, promptTokens: 0, completionTokens: 0, costUsd: 0, unpriced: 0 };

describe('adding a provider', () => {
	it('answers 201 with the row, where it is and its version', async () => {
		services.addProvider.mockResolvedValue({ ...VIEW, id: 'a/b' });
		const response = await send('POST', PATH, { provider: 'openai', apiKey: 'sk-secret-WXYZ' });
		expect(response.status).toBe(201);
		expect(response.headers.get('location')).toBe(`${PATH}/a%2Fb`);
		expect(response.headers.get('etag')).toBe('"3"');
		expect(response.headers.get('cache-control')).toBe('no-store');
		expect(await asDescribed(response, 'POST', PATH)).toEqual({ ...BODY, id: 'a/b' });
		expect(given('addProvider')).toEqual({ provider: 'openai', apiKey: 'sk-secret-WXYZ' });
	});

	it.each([
		['a field nobody knows', { provider: 'openai', organizationId: 'o2' }, 'organizationId'],
		['a prototype', '{"provider":"openai","__proto__":{"isDefault":true}}', '__proto__'],
		['a provider that is no text', { provider: 7 }, 'provider'],
		['nothing', {}, 'provider'],
	])('refuses %s, naming it', async (_what, body, param) => {
		const response = await send('POST', PATH, body);
		expect(response.status).toBe(400);
		expect(await asDescribed(response, 'POST', PATH)).toMatchObject({ code: 'invalid_request', param });
		expect(services.addProvider).not.toHaveBeenCalled();
	});

	it.each([
		['is no JSON', '{"provider":'],
		['is a list', []],
		['is a text', '"openai"'],
		['is missing', ''],
	])('refuses a body that %s', async (_what, body) => {
		const response = await send('POST', PATH, body);
		expect(response.status).toBe(400);
		expect(await asDescribed(response, 'POST', PATH)).toMatchObject({ code: 'invalid_request' });
	});

	it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonl', 'text/json', 'application/xml+jso'])(
		'refuses %s',
		async (type) => {
			const response = await send('POST', PATH, { provider: 'openai' }, { 'content-type': type });
			expect(await asDescribed(response, 'POST', PATH)).toMatchObject({ status: 400, param: 'content-type' });
		},
	);

	it.each(['application/json', 'Application/JSON; charset=utf-8', 'application/merge-patch+json'])(
		'takes %s',
		async (type) => {
			expect((await send('POST', PATH, { provider: 'openai' }, { 'content-type': type })).status).toBe(201);
		},
	);

	it('refuses a body of more than 16 MiB', async () => {
		const response = await send('POST', PATH, `{"provider":"${'x'.repeat(16 * 1024 * 1024)}"}`);
		expect(await asDescribed(response, 'POST', PATH)).toMatchObject({ status: 413, code: 'too_large' });
	});

	it('answers 409 where the service sees a conflict', async () => {
		services.addProvider.mockRejectedValue(new GatewayError('conflict', 'There is one already.', { param: 'name' }));
		const response = await send('POST', PATH, { provider: 'openai' });
		expect(response.status).toBe(409);
		expect(await asDescribed(response, 'POST', PATH)).toEqual({
			type: 'about:blank',
			title: 'Conflict',
			status: 409,
			detail: 'There is one already.',
			code: 'conflict',
			param: 'name',
		});
	});

	it('tells nothing of a fault of ours', async () => {
		services.addProvider.mockRejectedValue(new Error('SELECT secret'));
		const response = await send('POST', PATH, { provider: 'openai' });
		expect(response.status).toBe(500);
		expect(response.headers.get('content-type')).toBe('application/problem+json');
		expect(await response.text()).not.toContain('SELECT');
	});
});

describe('reading providers', () => {
	it('lists them', async () => {
		const environment = { ...VIEW, id: 'groq', source: 'environment', createdAt: null, updatedAt: null } as const;
		services.listProviders.mockResolvedValue([VIEW, environment]);
		const response = await ask(PATH);
		expect(await asDescribed(response, 'GET', PATH)).toEqual({
			data: [BODY, { ...BODY, id: 'groq', source: 'environment', createdAt: null, updatedAt: null }],
		});
	});

	it('shows one with its version as ETag', async () => {
		const response = await ask(`${PATH}/p1`);
		expect(response.headers.get('etag')).toBe('"3"');
		expect(await asDescribed(response, 'GET', ONE)).toEqual(BODY);
		expect(given('getProvider')).toEqual({ id: 'p1' });
	});

	it('answers HEAD wherever it answers GET', async () => {
		const response = await ask(`${PATH}/p1`, { method: 'HEAD' });
		expect(response.status).toBe(200);
		expect(response.headers.get('etag')).toBe('"3"');
		expect(await response.text()).toBe('');
	});

	it('lets out no field that a service adds', async () => {
		services.getProvider.mockResolvedValue({ ...VIEW, sealedApiKey: 'v1.secret' });
		expect(await asDescribed(await ask(`${PATH}/p1`), 'GET', ONE)).toEqual(BODY);
	});

	it('takes an id as it was encoded', async () => {
		await ask(`${PATH}/a%2Fb%20c`);
		expect(given('getProvider')).toEqual({ id: 'a/b c' });
	});

	it('refuses query parameters nobody knows', async () => {
		for (const path of [`${PATH}?limit=5`, `${PATH}?__proto__=1`])
			expect(await asDescribed(await ask(path), 'GET', PATH)).toMatchObject({ status: 400 });
		expect(services.listProviders).not.toHaveBeenCalled();
	});
});

describe('changing a provider', () => {
	it('hands on what is given and nothing else', async () => {
		const response = await send('PUT', `${PATH}/p1`, { isActive: false });
		expect(await asDescribed(response, 'PUT', ONE)).toEqual(BODY);
		expect(response.headers.get('etag')).toBe('"3"');
		expect(given('updateProvider')).toEqual({ id: 'p1', isActive: false });
	});

	it.each([
		['the header', {}, { 'if-match': '"2"' }, 2],
		['a weak tag', {}, { 'if-match': 'W/"2"' }, 2],
		['the body', { version: 2 }, {}, 2],
		['both alike', { version: 2 }, { 'if-match': '"1", "2"' }, 2],
	])('insists on the version that %s names', async (_what, body, headers, version) => {
		expect((await send('PUT', `${PATH}/p1`, { isActive: true, ...body }, headers)).status).toBe(200);
		expect(given('updateProvider')).toEqual({ id: 'p1', isActive: true, version });
	});

	it('insists on none where the header is a star', async () => {
		await send('PUT', `${PATH}/p1`, { isActive: true }, { 'if-match': '*' });
		expect(given('updateProvider')).toEqual({ id: 'p1', isActive: true });
	});

	it("finds the row's version in a list, or refuses", async () => {
		await send('PUT', `${PATH}/p1`, { isActive: true }, { 'if-match': '"1", "3"' });
		expect(given('updateProvider')).toEqual({ id: 'p1', isActive: true, version: 3 });
		const stale = await send('PUT', `${PATH}/p1`, { isActive: true }, { 'if-match': '"1", "2"' });
		expect(await asDescribed(stale, 'PUT', ONE)).toMatchObject({ status: 409, code: 'conflict', param: 'version' });
	});

	it('refuses a header and a body that name different versions', async () => {
		const response = await send('PUT', `${PATH}/p1`, { version: 3 }, { 'if-match': '"2"' });
		expect(await asDescribed(response, 'PUT', ONE)).toMatchObject({ status: 400, param: 'version' });
		expect(services.updateProvider).not.toHaveBeenCalled();
	});

	it('refuses a header that is no entity tag', async () => {
		const response = await send('PUT', `${PATH}/p1`, { isActive: true }, { 'if-match': '2' });
		expect(await asDescribed(response, 'PUT', ONE)).toMatchObject({ status: 400, param: 'if-match' });
	});

	it('lets no body name another row', async () => {
		const response = await send('PUT', `${PATH}/p1`, { id: 'p2', isActive: true });
		expect(await asDescribed(response, 'PUT', ONE)).toMatchObject({ status: 400, param: 'id' });
	});

	it('replaces the key alone', async () => {
		const response = await send('POST', `${PATH}/p1/rotate`, { apiKey: 'sk-new-key-0000' }, { 'if-match': '"3"' });
		expect(await asDescribed(response, 'POST', `${ONE}/rotate`)).toEqual(BODY);
		expect(given('rotateProvider')).toEqual({ id: 'p1', apiKey: 'sk-new-key-0000', version: 3 });
	});

	it.each([{}, { apiKey: 'sk-new-key-0000', baseUrl: 'https://x.example' }, { apiKey: null }])(
		'refuses to replace a key by %j',
		async (body) => {
			const response = await send('POST', `${PATH}/p1/rotate`, body);
			expect(await asDescribed(response, 'POST', `${ONE}/rotate`)).toMatchObject({ status: 400 });
			expect(services.rotateProvider).not.toHaveBeenCalled();
		},
	);
});

describe('removing a provider', () => {
	it('answers 204 without a body', async () => {
		const response = await ask(`${PATH}/p1`, { method: 'DELETE' });
		expect(response.status).toBe(204);
		expect(await asDescribed(response, 'DELETE', ONE)).toBeNull();
		expect(given('removeProvider')).toEqual({ id: 'p1' });
	});

	it('erases the key, and insists on a version, where asked to', async () => {
		await ask(`${PATH}/p1?erase=true`, { method: 'DELETE', headers: { 'if-match': '"3"' } });
		expect(given('removeProvider')).toEqual({ id: 'p1', erase: true, version: 3 });
		await ask(`${PATH}/p1?erase=false`, { method: 'DELETE' });
		expect(given('removeProvider')).toEqual({ id: 'p1', erase: false });
	});

	it('is carried through although its caller has left', async () => {
		let removed = false;
		const called = new Promise<void>((resolve) => {
			services.removeProvider.mockImplementation(async () => {
				resolve();
				for (let turn = 0; turn < 100; turn += 1) await null;
				removed = true;
			});
		});
		const own = doorApp();
		void own.request(`${PATH}/p1`, { method: 'DELETE', key: 'sy_manage' });
		await called;
		await own.settled();
		expect(removed).toBe(true);
	});

	it.each(['?erase=yes', '?erase=true&erase=true', '?force=true', '?erase='])('refuses %s', async (query) => {
		const response = await ask(`${PATH}/p1${query}`, { method: 'DELETE' });
		expect(await asDescribed(response, 'DELETE', ONE)).toMatchObject({ status: 400 });
		expect(services.removeProvider).not.toHaveBeenCalled();
	});
});

describe('testing a provider', () => {
	it('needs no body', async () => {
		const response = await ask(`${PATH}/p1/test`, { method: 'POST' });
		expect(await asDescribed(response, 'POST', `${ONE}/test`)).toEqual({
			ok: true,
			latencyMs: 12,
			model: 'gpt-5-mini',
		});
		expect(given('testProvider')).toEqual({ id: 'p1' });
	});

	it('takes a model, and hands on the signal of its caller', async () => {
		const leaving = new AbortController();
		const response = await ask(`${PATH}/p1/test`, { body: { model: 'o3' }, headers: json, signal: leaving.signal });
		expect(response.status).toBe(200);
		expect(given('testProvider')).toEqual({ id: 'p1', model: 'o3' });
		const signal = services.testProvider.mock.calls.at(-1)?.[2] as AbortSignal;
		expect(signal.aborted).toBe(false);
		leaving.abort();
		expect(signal.aborted).toBe(true);
	});

	it('answers 200 where the call failed', async () => {
		services.testProvider.mockResolvedValue({
			ok: false,
			latencyMs: 3,
			error: { code: 'upstream_rejected', message: 'The key was refused (401).' },
		});
		const response = await ask(`${PATH}/p1/test`, { method: 'POST' });
		expect(response.status).toBe(200);
		expect(await asDescribed(response, 'POST', `${ONE}/test`)).toMatchObject({ ok: false });
	});
});

describe('the usage of a provider', () => {
	it('is asked for from and to', async () => {
		const line = { date: '2026-03-01', model: 'gpt-5-mini', ...TOTALS, requests: 2, costUsd: 0.5 };
		services.providerUsage.mockResolvedValue({ data: [line], totals: { ...TOTALS, requests: 2, costUsd: 0.5 } });
		const response = await ask(`${PATH}/openai/usage?from=2026-03-01&to=2026-03-02`);
		expect(await asDescribed(response, 'GET', `${ONE}/usage`)).toEqual({
			data: [line],
			totals: { ...TOTALS, requests: 2, costUsd: 0.5 },
		});
		expect(given('providerUsage')).toMatchObject({ id: 'openai' });
	});

	it.each(['?from=yesterday', '?since=2026-03-01'])('refuses %s', async (query) => {
		const response = await ask(`${PATH}/p1/usage${query}`);
		expect(await asDescribed(response, 'GET', `${ONE}/usage`)).toMatchObject({ status: 400 });
		expect(services.providerUsage).not.toHaveBeenCalled();
	});
});

describe('the models of a provider', () => {
	it('are listed, with what kept the live list away', async () => {
		const model = {
			model: 'gpt-5-mini',
			kind: 'chat',
			contextWindow: 400_000,
			maxOutput: null,
			input: ['text', 'image'],
			tools: true,
			structuredOutput: true,
			reasoning: true,
			inputUsdPerMillion: 0.25,
			outputUsdPerMillion: null,
			source: 'catalog',
		};
		services.providerModels.mockResolvedValue({ data: [model], warning: 'The key was refused (401).' });
		const response = await ask(`${PATH}/p1/models`);
		expect(await asDescribed(response, 'GET', `${ONE}/models`)).toEqual({
			data: [model],
			warning: 'The key was refused (401).',
		});
		expect(given('providerModels')).toEqual({ id: 'p1' });
	});
});

describe('what comes before validation', () => {
	const ROUTES = [
		['GET', PATH],
		['POST', PATH],
		['GET', `${PATH}/p1`],
		['PUT', `${PATH}/p1`],
		['DELETE', `${PATH}/p1`],
		['POST', `${PATH}/p1/rotate`],
		['POST', `${PATH}/p1/test`],
		['GET', `${PATH}/p1/usage`],
		['GET', `${PATH}/p1/models`],
		['PATCH', `${PATH}/p1`],
		['GET', '/api/v1/nothing'],
	] as const;

	it.each(ROUTES)('%s %s needs a credential, and one that manages', async (method, path) => {
		const body = method === 'GET' ? undefined : 'no json';
		const unknown = await ask(`${path}?x=1`, { method, body, key: false });
		expect(unknown.status).toBe(401);
		expect(unknown.headers.get('content-type')).toBe('application/problem+json');
		expect(unknown.headers.get('www-authenticate')).toContain('Bearer');
		expect((await ask(`${path}?x=1`, { method, body, key: 'sy_key' })).status).toBe(403);
	});

	it.each(['/api/v1', '/api/v1/', '/api/v1/nothing', `${PATH}/`, `${PATH}/p1/`, `${PATH}/p1/nothing`])(
		'%s is not there',
		async (path) => {
			const response = await ask(path);
			expect(response.status).toBe(404);
			expect(response.headers.get('content-type')).toBe('application/problem+json');
			expect(response.headers.get('cache-control')).toBe('no-store');
			expect(await response.json()).toMatchObject({ status: 404, code: 'not_found' });
		},
	);

	it.each([
		['PATCH', PATH, 'HEAD, POST, GET'],
		['POST', `${PATH}/p1`, 'HEAD, GET, PUT, DELETE'],
		['GET', `${PATH}/p1/test`, 'POST'],
		['HEAD', `${PATH}/p1/test`, 'POST'],
		['OPTIONS', `${PATH}/p1/rotate`, 'POST'],
		['DELETE', `${PATH}/p1/usage`, 'HEAD, GET'],
		['POST', '/api/v1/openapi.json', 'HEAD, GET'],
		['PUT', '/api/v1/session', 'HEAD, POST, GET, DELETE'],
	])('%s %s is not allowed, and is told what is', async (method, path, allow) => {
		const response = await ask(`${path}?x=1`, { method, ...(method === 'PATCH' && { body: 'no json' }) });
		expect(response.status).toBe(405);
		expect(response.headers.get('allow')).toBe(allow);
		expect(response.headers.get('content-type')).toBe('application/problem+json');
		if (method !== 'HEAD') expect(await response.json()).toMatchObject({ status: 405, code: 'method_not_allowed' });
	});
});

describe('the document', () => {
	it('needs no key, and may be read from other origins', async () => {
		const response = await ask('/api/v1/openapi.json', { key: false });
		expect(response.status).toBe(200);
		expect(response.headers.get('access-control-allow-origin')).toBe('*');
		expect(await asDescribed(response, 'GET', '/api/v1/openapi.json')).toEqual(document);
	});
});
