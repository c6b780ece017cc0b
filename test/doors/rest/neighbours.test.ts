import { describe, expect, it } from 'vitest';
import { asDescribed, describedResponse, document } from '../../support/described';
import { chatAnswer, doorApp } from '../../support/door-app';
import { FACTS } from '../../support/scripted-gateway';

const MODELS = [
	{ ...FACTS, provider: 'mock', model: 'echo', created: 1_700_000_000, deprecated: true as const },
	{
		...FACTS,
		provider: 'openrouter',
		model: 'x/llama',
		known: false,
		maxOutput: null,
		prices: null,
		source: 'live' as const,
	},
	{
		...FACTS,
		provider: 'custom',
		server: 'our-vllm',
		model: 'qwen',
		kind: 'embedding' as const,
		dimensions: 1_024,
		aliases: ['house-model'],
		prices: {
			input: 2_500_000n,
			output: 5_000_000n,
			cacheRead: 1n,
			cacheWrite5m: 2n,
			reasoning: 3n,
			tiers: [{ above: 200_000, prices: { input: 1n, output: 2n } }],
		},
	},
];

describe('what other doors answer is as the document tells of it', () => {
	const door = doorApp({
		models: async () => MODELS,
		chat: () => chatAnswer(),
		variables: { LLM_ENCRYPTION_KEY: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=' },
	});

	it('for the list of models and one of it', async () => {
		expect(await asDescribed(await door.request('/v1/models'), 'GET', '/v1/models')).toMatchObject({
			data: [{ id: 'mock/echo' }, { id: 'openrouter/x/llama' }, { id: 'our-vllm/qwen' }],
		});
		for (const id of ['mock/echo', 'openrouter%2Fx%2Fllama', 'our-vllm/qwen'])
			expect((await asDescribed(await door.request(`/v1/models/${id}`), 'GET', '/v1/models/{id}')) !== null).toBe(true);
		const missing = await door.request('/v1/models/mock/none');
		expect(await asDescribed(missing, 'GET', '/v1/models/{id}')).toMatchObject({ error: { code: 'model_not_found' } });
	});

	it('for liveness and readiness, good and bad', async () => {
		expect(await asDescribed(await door.request('/healthz'), 'GET', '/healthz')).toEqual({ status: 'ok' });
		expect(await asDescribed(await door.request('/readyz'), 'GET', '/readyz')).toMatchObject({ failed: [] });
		const broken = doorApp({ ready: async () => ({ d1: 'failed', kv: 'ok', ledger: 'ok', health: 'ok' }) });
		const response = await broken.request('/readyz');
		expect(response.status).toBe(503);
		expect(await asDescribed(response, 'GET', '/readyz')).toMatchObject({ failed: ['d1'] });
	});

	it.each(['/v1/chat/completions', '/v1/responses', '/v1/embeddings', '/v1/messages', '/v1/messages/count_tokens'])(
		'for errors of %s',
		async (path) => {
			const wrong = await door.post(path, { model: 7 });
			expect(wrong.status).toBe(400);
			await asDescribed(wrong, 'POST', path);
			const unknown = await door.request(path, { method: 'POST', key: false });
			expect(unknown.status).toBe(401);
			await asDescribed(unknown, 'POST', path);
		},
	);

	it('for the headers of an answer', async () => {
		const response = await door.post('/v1/chat/completions', {
			model: 'mock/echo',
			messages: [{ role: 'user', content: 'Hi' }],
		});
		const { headers = {} } = describedResponse('POST', '/v1/chat/completions', 200);
		expect(Object.keys(headers).length).toBeGreaterThan(2);
		for (const name of Object.keys(headers)) expect(response.headers.get(name), name).not.toBeNull();
	});

	it('for signing in, being signed in and signing out', async () => {
		const path = '/api/v1/session';
		const signedIn = await door.request(path, {
			key: false,
			headers: { 'content-type': 'application/json' },
			body: { credential: 'sy_manage' },
		});
		expect(signedIn.status).toBe(201);
		const session = await asDescribed(signedIn, 'POST', path);
		expect(session).toMatchObject({ kind: 'gateway-key', organization: { id: 'org1', slug: 'demo' } });
		const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
		expect(cookie.split('=')[0]).toBe(document.components.securitySchemes.session?.name);
		const headers = { cookie, origin: 'http://gateway.test' };
		const shown = await door.request(path, { key: false, headers });
		expect(await asDescribed(shown, 'GET', path)).toEqual(session);
		const signedOut = await door.request(path, { key: false, method: 'DELETE', headers });
		expect(await asDescribed(signedOut, 'DELETE', path)).toBeNull();
		const refused = await door.request(path, { key: false, method: 'POST' });
		expect(await asDescribed(refused, 'POST', path)).toMatchObject({ status: 401 });
	});

	it("for the console's cookie on the provider routes, where its own page sends it", async () => {
		const signedIn = await door.request('/api/v1/session', { method: 'POST', key: 'sy_manage' });
		const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
		const init = { key: false, method: 'POST', body: {} } as const;
		const path = '/api/v1/llm-providers';
		const json = { cookie, 'content-type': 'application/json' };
		expect((await door.request(path, { ...init, headers: json })).status).toBe(403);
		const own = await door.request(path, { ...init, headers: { ...json, origin: 'http://gateway.test' } });
		expect(await asDescribed(own, 'POST', path)).toMatchObject({ status: 400, param: 'provider' });
	});
});
