import { beforeEach, describe, expect, it } from 'vitest';
import { environmentLayer } from '../../../src/config/environment';
import { llmProviders, llmUsageLogs } from '../../../src/db/schema';
import { parseSettings } from '../../../src/env';
import { findProvider, providerIds } from '../../../src/providers';
import type { ServiceContext } from '../../../src/services/context';
import { auditRows, configVersion, db, insertOrganization, NOW, principal, serviceContext } from '../../services/bench';
import { asDescribed } from '../../support/described';
import { type DoorRequest, doorApp } from '../../support/door-app';

const PATH = '/api/v1/llm-providers';
const ONE = `${PATH}/{id}`;
const KEY = 'sk-planted-0123456789-WXYZ';

interface Row {
	readonly id: string;
	readonly version: number;
}

/** The REST door as an owner of this organization. */
function doorOf(organizationId: string, parts: Partial<ServiceContext> = {}) {
	const door = doorApp({ services: serviceContext(principal(organizationId), parts) });
	return (method: string, path: string, body?: unknown, headers: DoorRequest['headers'] = {}) =>
		door.request(path, {
			key: 'sy_manage',
			method,
			headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
			...(body !== undefined && { body }),
		});
}

const own = doorOf('o1');

async function added(body: object = {}): Promise<Row> {
	const response = await own('POST', PATH, { provider: 'openai', apiKey: KEY, ...body });
	expect(response.status).toBe(201);
	return (await asDescribed(response, 'POST', PATH)) as Row;
}

beforeEach(() => insertOrganization('o1', { plan: 'pro' }));

describe('a provider over REST, on a real database', () => {
	it('is added, shown, changed and removed, each answer as it is described', async () => {
		const created = await own('POST', PATH, { provider: 'openai', apiKey: KEY });
		const row = (await asDescribed(created, 'POST', PATH)) as Row;
		expect(row).toEqual({
			id: row.id,
			provider: 'openai',
			name: 'openai',
			keyLast4: 'WXYZ',
			baseUrl: null,
			config: {},
			isActive: true,
			isDefault: true,
			source: 'organization',
			refusedAt: null,
			refusedStatus: null,
			version: 1,
			createdAt: new Date(NOW).toISOString(),
			updatedAt: new Date(NOW).toISOString(),
		});
		const at = created.headers.get('location') ?? '';
		expect(await asDescribed(await own('GET', at), 'GET', ONE)).toEqual(row);

		const changed = await own('PUT', at, { name: 'main' }, { 'if-match': created.headers.get('etag') ?? '' });
		expect(changed.headers.get('etag')).toBe('"2"');
		expect(await asDescribed(changed, 'PUT', ONE)).toMatchObject({ name: 'main', keyLast4: 'WXYZ', version: 2 });

		const rotated = await own('POST', `${at}/rotate`, { apiKey: 'sk-another-0123456789-ABCD', version: 2 });
		expect(await asDescribed(rotated, 'POST', `${ONE}/rotate`)).toMatchObject({ keyLast4: 'ABCD', name: 'main' });

		expect((await own('DELETE', `${at}?erase=true`)).status).toBe(204);
		const list = (await asDescribed(await own('GET', PATH), 'GET', PATH)) as { readonly data: readonly unknown[] };
		expect(list.data).toContainEqual(expect.objectContaining({ id: row.id, isActive: false, keyLast4: null }));
	});

	it('is taken over by adding its name again after it was removed', async () => {
		const row = await added();
		await own('DELETE', `${PATH}/${row.id}`);
		expect(await added()).toMatchObject({ id: row.id, isActive: true });
	});

	it('is refused with 409 where its name is taken, and nothing is written', async () => {
		await added();
		const before = [await configVersion('o1'), (await auditRows('o1')).length];
		const response = await own('POST', PATH, { provider: 'openai', apiKey: KEY });
		expect(await asDescribed(response, 'POST', PATH)).toMatchObject({ status: 409, code: 'conflict', param: 'name' });
		expect([await configVersion('o1'), (await auditRows('o1')).length]).toEqual(before);
	});

	it('is changed by nobody who read an older version', async () => {
		const { id } = await added();
		await own('PUT', `${PATH}/${id}`, { name: 'main' });
		const moved = { status: 409, code: 'conflict', param: 'version' };
		for (const [body, headers] of [
			[{ name: 'late' }, { 'if-match': '"1"' }],
			[{ name: 'late', version: 1 }, {}],
		] as const)
			expect(await asDescribed(await own('PUT', `${PATH}/${id}`, body, headers), 'PUT', ONE)).toMatchObject(moved);
		const removal = await own('DELETE', `${PATH}/${id}`, undefined, { 'if-match': '"1"' });
		expect(await asDescribed(removal, 'DELETE', ONE)).toMatchObject(moved);
		const rotation = await own('POST', `${PATH}/${id}/rotate`, { apiKey: KEY }, { 'if-match': '"1"' });
		expect(await asDescribed(rotation, 'POST', `${ONE}/rotate`)).toMatchObject(moved);
		const [row] = await db.select().from(llmProviders);
		expect(row).toMatchObject({ name: 'main', version: 2, isActive: true });
	});

	it('moves its key to no other host without the key', async () => {
		const { id } = await added();
		const response = await own('PUT', `${PATH}/${id}`, { baseUrl: 'https://evil.example/v1' });
		expect(await asDescribed(response, 'PUT', ONE)).toMatchObject({ status: 400, param: 'apiKey' });
	});

	it('may lie at no private address', async () => {
		for (const baseUrl of [
			'http://127.0.0.1/v1',
			'https://169.254.169.254/',
			'ftp://x.example',
			'https://u:p@x.example',
		])
			expect(
				await asDescribed(
					await own('POST', PATH, { provider: 'custom', name: 'ours', apiKey: KEY, baseUrl }),
					'POST',
					PATH,
				),
				baseUrl,
			).toMatchObject({ status: 400, param: 'baseUrl' });
	});

	it("is another organization's to nobody: every route answers 404", async () => {
		const { id } = await added();
		await insertOrganization('o2', { plan: 'pro' });
		const stranger = doorOf('o2');
		for (const [method, path, template, body] of [
			['GET', `${PATH}/${id}`, ONE],
			['PUT', `${PATH}/${id}`, ONE, { isActive: false }],
			['DELETE', `${PATH}/${id}`, ONE],
			['POST', `${PATH}/${id}/rotate`, `${ONE}/rotate`, { apiKey: KEY }],
			['POST', `${PATH}/${id}/test`, `${ONE}/test`],
			['GET', `${PATH}/${id}/usage`, `${ONE}/usage`],
			['GET', `${PATH}/${id}/models`, `${ONE}/models`],
		] as const)
			expect(
				await asDescribed(await stranger(method, path, body), method, template),
				`${method} ${path}`,
			).toMatchObject({
				status: 404,
				code: 'not_found',
			});
		expect(await asDescribed(await stranger('GET', PATH), 'GET', PATH)).toEqual({ data: [] });
		expect((await db.select().from(llmProviders))[0]).toMatchObject({ isActive: true, version: 1 });
	});

	it('is tested with its own key', async () => {
		const { id } = await added();
		const door = doorOf('o1', {
			upstreams: {
				credentials: async () => [],
				frames: () => {
					throw new Error('asked for frames');
				},
				probe: async (provider, credential, model) => ({
					ok: credential.apiKey === KEY && provider.id === 'openai',
					latencyMs: 12.5,
					model,
					error: null,
				}),
			},
		});
		const response = await door('POST', `${PATH}/${id}/test`, { model: 'gpt-5-mini' });
		expect(await asDescribed(response, 'POST', `${ONE}/test`)).toEqual({
			ok: true,
			latencyMs: 12.5,
			model: 'gpt-5-mini',
		});
	});

	it('lists the models it can be asked for', async () => {
		const { id } = await added();
		const models = await asDescribed(await own('GET', `${PATH}/${id}/models`), 'GET', `${ONE}/models`);
		expect(models).toMatchObject({ data: expect.arrayContaining([expect.objectContaining({ kind: 'embedding' })]) });
	});

	it('says what it was used for', async () => {
		const { id } = await added();
		await db.insert(llmUsageLogs).values(attempt({ providerRowId: id, costNanoUsd: 1_500_000_000n }));
		const usage = await own('GET', `${PATH}/${id}/usage?from=2026-02-28&to=2026-03-01`);
		const line = { requests: 1, errors: 0, promptTokens: 10, completionTokens: 5, costUsd: 1.5, unpriced: 0 };
		expect(await asDescribed(usage, 'GET', `${ONE}/usage`)).toEqual({
			data: [{ date: '2026-03-01', model: 'gpt-5-mini', ...line }],
			totals: line,
		});
		expect(
			await asDescribed(await own('GET', `${PATH}/${id}/usage?from=2026-03-02`), 'GET', `${ONE}/usage`),
		).toMatchObject({ status: 400, param: 'from' });
	});

	it('shows its key nowhere, in no answer and no log', async () => {
		const { id } = await added();
		const texts = [
			await own('GET', PATH),
			await own('GET', `${PATH}/${id}`),
			await own('PUT', `${PATH}/${id}`, { apiKey: KEY, isActive: 'yes' }),
			await own('POST', PATH, { provider: 'openai', apiKey: KEY }),
			await own('POST', PATH, { provider: 'openai', name: 'b', apiKey: KEY, config: { secret: KEY } }),
			await own('POST', `${PATH}/${id}/rotate`, { apiKey: `${KEY}\n` }),
		].map((response) => response.text());
		for (const text of await Promise.all(texts)) expect(text).not.toContain('planted');
		expect(JSON.stringify([await db.select().from(llmProviders), await auditRows('o1')])).not.toContain('planted');
	});
});

describe('a provider of the environment', () => {
	const environment = environmentLayer(parseSettings({ GROQ_API_KEY: 'gsk-planted-9876543210' }), {
		ids: providerIds,
		provider: findProvider,
	});
	const door = doorOf('o1', { environment });

	it("is listed and shown under its provider's id", async () => {
		const row = await asDescribed(await door('GET', `${PATH}/groq`), 'GET', ONE);
		expect(row).toMatchObject({
			id: 'groq',
			source: 'environment',
			createdAt: null,
			updatedAt: null,
			keyLast4: '3210',
		});
		const list = await asDescribed(await door('GET', PATH), 'GET', PATH);
		expect(list).toMatchObject({ data: [row] });
	});

	it('has its usage', async () => {
		await db.insert(llmUsageLogs).values(attempt({ provider: 'groq', providerRowId: null, costNanoUsd: null }));
		expect(await asDescribed(await door('GET', `${PATH}/groq/usage`), 'GET', `${ONE}/usage`)).toMatchObject({
			totals: { requests: 1, costUsd: 0, unpriced: 1 },
		});
	});

	it('is changed by nobody here', async () => {
		for (const [method, path, template, body] of [
			['PUT', `${PATH}/groq`, ONE, { isActive: false }],
			['DELETE', `${PATH}/groq`, ONE],
			['POST', `${PATH}/groq/rotate`, `${ONE}/rotate`, { apiKey: KEY }],
		] as const)
			expect(await asDescribed(await door(method, path, body), method, template)).toMatchObject({ status: 403 });
	});
});

/** One attempt of the first of March. */
function attempt(parts: Partial<typeof llmUsageLogs.$inferInsert>): typeof llmUsageLogs.$inferInsert {
	return {
		attemptId: 'r1.1',
		requestId: 'r1',
		organizationId: 'o1',
		state: 'settled',
		operation: 'chat',
		stream: false,
		provider: 'openai',
		model: 'gpt-5-mini',
		startedAt: NOW - 1_000,
		endedAt: NOW,
		responseTimeMs: 1_000,
		inputTokens: 10,
		outputTokens: 5,
		usageSource: 'reported',
		configVersion: 1,
		source: 'ledger',
		...parts,
	};
}
