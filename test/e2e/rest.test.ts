import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asDescribed } from '../support/described';
import { type BuiltWorker, startBuilt } from '../support/node/worker';

const PATH = '/api/v1/llm-providers';
const ONE = `${PATH}/{id}`;
const SECRET = 'sk-planted-e2e-0123456789-WXYZ';

let worker: BuiltWorker;

const ask = (method: string, path: string, key: string | null, body?: unknown, headers: Record<string, string> = {}) =>
	fetch(worker.origin + path, {
		method,
		headers: {
			...(key !== null && { authorization: `Bearer ${key}` }),
			...(body !== undefined && { 'content-type': 'application/json' }),
			...headers,
		},
		...(body !== undefined && { body: JSON.stringify(body) }),
	});

beforeAll(async () => {
	worker = await startBuilt({ LLM_ENCRYPTION_KEY: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=' });
}, 120_000);

afterAll(async () => {
	await worker?.stop();
});

describe('the REST interface of the built Worker', () => {
	it('shows its page in place of the console, and its document', async () => {
		const page = await ask('GET', '/docs', null);
		expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
		const text = await page.text();
		expect(text).toContain('id="addProvider"');
		expect(text).toContain(`<p>Server: <code>${worker.origin}</code>.`);
		const document = await ask('GET', '/api/v1/openapi.json', null);
		expect(await asDescribed(document, 'GET', '/api/v1/openapi.json')).toMatchObject({
			openapi: '3.1.0',
			servers: [{ url: worker.origin }],
		});
	});

	it('keeps a provider from its adding to its removal', async () => {
		const { adminKey } = worker;
		const created = await ask('POST', PATH, adminKey, { provider: 'openai', apiKey: SECRET });
		expect(created.status).toBe(201);
		const at = created.headers.get('location') ?? '';
		const etag = created.headers.get('etag') ?? '';
		expect(await asDescribed(created, 'POST', PATH)).toMatchObject({ keyLast4: 'WXYZ' });
		const twice = await ask('POST', PATH, adminKey, { provider: 'openai', apiKey: SECRET });
		expect(await asDescribed(twice, 'POST', PATH)).toMatchObject({ status: 409, param: 'name' });
		const changed = await ask('PUT', at, adminKey, { name: 'main' }, { 'if-match': etag });
		expect(await asDescribed(changed, 'PUT', ONE)).toMatchObject({ name: 'main' });
		const late = await ask('PUT', at, adminKey, { name: 'late' }, { 'if-match': etag });
		expect(await asDescribed(late, 'PUT', ONE)).toMatchObject({ status: 409, param: 'version' });
		const listed = await ask('GET', PATH, adminKey);
		expect(JSON.stringify(await asDescribed(listed, 'GET', PATH))).not.toContain('planted');
		expect((await ask('DELETE', `${at}?erase=true`, adminKey)).status).toBe(204);
		const gone = await ask('GET', at, adminKey);
		expect(await asDescribed(gone, 'GET', ONE)).toMatchObject({ isActive: false, keyLast4: null });
	});

	it('manages nothing with a key that only calls models', async () => {
		expect((await ask('GET', PATH, worker.key)).status).toBe(403);
		expect((await ask('GET', PATH, null)).status).toBe(401);
	});

	it('tells a key what it has used', async () => {
		const before = await asDescribed(await ask('GET', '/v1/key', worker.key), 'GET', '/v1/key');
		expect(before).toMatchObject({ kind: 'gateway-key', organization: { slug: 'demo' }, organizationUsage: null });
		const messages = [{ role: 'user', content: 'Hello' }];
		await (await ask('POST', '/v1/chat/completions', worker.key, { model: 'mock/echo', messages })).text();
		const after = await asDescribed(await ask('GET', '/v1/key', worker.key), 'GET', '/v1/key');
		expect(after).toMatchObject({ usage: { requestsLastMinute: 1, requestsToday: 1 } });
	});

	it('tells the operator about the organization it acts on', async () => {
		const account = await asDescribed(await ask('GET', '/v1/key', worker.adminKey), 'GET', '/v1/key');
		expect(account).toMatchObject({
			kind: 'operator',
			organization: { slug: 'demo' },
			organizationLimits: { requestsPerMinute: null },
			usage: null,
		});
	});
});
