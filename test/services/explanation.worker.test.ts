import { describe, expect, it } from 'vitest';
import { environmentLayer } from '../../src/config/environment';
import { agentLlmPreferences, agents, gatewayKeys, llmProviders, organizations } from '../../src/db/schema';
import { parseSettings } from '../../src/env';
import { findProvider, providerIds } from '../../src/providers';
import { configurationRouter } from '../../src/routers/configuration';
import type { RouterContext } from '../../src/routers/init';
import { type ExplainInput, explainConfiguration } from '../../src/services/explanation';
import { db, insertOrganization, NOW, operator, principal, refusal, serviceContext, testVault } from './bench';

const TENANT_KEY = 'sk-tenant-marked-0123456789';
const OPERATOR_KEY = 'sk-operator-marked-0123456789';
const times = { createdAt: NOW, updatedAt: NOW };

const environment = environmentLayer(
	parseSettings({ OPENAI_API_KEY: OPERATOR_KEY, DEFAULT_PROVIDER: 'openai', LLM_RATE_LIMIT_PER_DAY: '900' }),
	{ ids: providerIds, provider: findProvider },
);

const ask = (organizationId: string, input?: ExplainInput, who = principal(organizationId)) =>
	explainConfiguration(serviceContext(who, { environment }), input);

async function insertKey(id: string, organizationId: string, change: Partial<typeof gatewayKeys.$inferInsert> = {}) {
	const row = { id, organizationId, name: id, secretHash: 'f'.repeat(64), last4: 'last', createdBy: 'operator' };
	await db.insert(gatewayKeys).values({ ...row, scopes: ['inference'], createdAt: NOW, ...change });
}

async function insertProvider(id: string, organizationId: string, sealedFor = id) {
	const scope = { organizationId, provider: 'groq', host: '', rowId: sealedFor };
	const { envelope, keyId } = await testVault().seal(scope, TENANT_KEY);
	const key = { sealedApiKey: envelope, keyId, keyLast4: TENANT_KEY.slice(-4) };
	await db.insert(llmProviders).values({ id, organizationId, provider: 'groq', name: id, ...key, ...times });
}

async function insertAgent(id: string, organizationId: string) {
	await db.insert(agents).values({ id, organizationId, slug: 'support', name: id, ...times });
	await db.insert(agentLlmPreferences).values({
		agentId: id,
		organizationId,
		provider: 'groq',
		model: 'llama-3.1-8b-instant',
		params: { temperature: 0.2 },
		fallbacks: ['openai/gpt-4.1-mini'],
		prompt: { system: 'Be kind.' },
		promptHash: 'hash',
		promptVersion: 3,
		updatedAt: NOW,
	});
}

describe('config.explain', () => {
	it('shows the configuration in force, read from D1, with the version it was read at', async () => {
		await insertOrganization('o1', { plan: 'pro' });
		await insertProvider('team', 'o1');
		await insertAgent('a1', 'o1');
		const explanation = await ask('o1', { agent: 'support' });
		expect(explanation).toMatchObject({
			version: 1,
			organization: { id: 'o1', slug: 'o1-slug', plan: 'pro' },
			agent: { id: 'a1', slug: 'support' },
			model: { value: 'groq/llama-3.1-8b-instant', origin: 'agent' },
			settings: { temperature: { value: 0.2, origin: 'agent' } },
			prompt: { value: { version: 3, hash: 'hash' }, origin: 'agent' },
			fallbacks: { value: ['openai/gpt-4.1-mini'], origin: 'agent' },
			limits: { requestsPerDay: { value: 900, origin: 'environment' } },
			refusal: null,
		});
		expect(explanation.chain.map(({ answers }) => answers?.key)).toEqual([
			{ source: 'organization', rowId: 'team', name: 'team', last4: '6789', residency: null },
			{ source: 'environment', rowId: null, name: null, last4: null, residency: null },
		]);
		expect(Object.keys(explanation.profiles).sort()).toEqual(['balanced', 'fast', 'powerful']);
	});

	it('holds no key, and is JSON as it is', async () => {
		await insertOrganization('o1', { plan: 'pro' });
		await insertProvider('team', 'o1');
		const text = JSON.stringify(await ask('o1', { model: 'groq/llama-3.1-8b-instant' }));
		const [row] = await db.select().from(llmProviders);
		for (const secret of [TENANT_KEY, OPERATOR_KEY, row?.sealedApiKey ?? '-']) expect(text).not.toContain(secret);
	});

	it("takes a key's policy and limits where it names one", async () => {
		await insertOrganization('o1');
		await insertKey('k1', 'o1', {
			allowedModels: ['mock/*'],
			mayOverrideSettings: false,
			budgetTotalNanoUsd: 1_500_000_000n,
		});
		const { policy, refusal, warnings } = await ask('o1', { key: 'k1' });
		expect(policy).toMatchObject({
			kind: 'gateway-key',
			keyId: 'k1',
			allowedModels: ['mock/*'],
			mayOverrideSettings: false,
			limits: { budgetTotalUsd: '1.5', budgetDayUsd: null, requestsPerMinute: null },
		});
		expect(refusal).toMatchObject({ code: 'forbidden', param: 'model' });
		expect(warnings).toEqual([]);
		expect((await ask('o1')).policy).toMatchObject({ kind: 'user', keyId: null, limits: null });
	});

	it.each([
		['is revoked', { revokedAt: NOW }],
		['has expired', { expiresAt: NOW }],
	])('says of a key that it %s', async (what, change) => {
		await insertOrganization('o1');
		await insertKey('k1', 'o1', change);
		expect((await ask('o1', { key: 'k1' })).warnings).toEqual([
			{ field: 'key', message: `The key 'k1' ${what}: it opens nothing.` },
		]);
	});

	it('knows neither keys nor agents of another organization', async () => {
		await insertOrganization('o1');
		await insertOrganization('o2');
		await insertKey('k2', 'o2');
		await insertAgent('a2', 'o2');
		expect(await refusal(ask('o1', { key: 'k2' }))).toMatchObject({ code: 'not_found' });
		expect(await refusal(ask('o1', { key: 'nobody' }))).toMatchObject({ code: 'not_found' });
		expect(await refusal(ask('o1', { agent: 'support' }))).toMatchObject({ code: 'not_found' });
		expect(await refusal(ask('o1', { model: 'agent:support' }))).toMatchObject({ code: 'not_found' });
		expect((await ask('o1', { key: 'k2' }, operator('o2'))).policy.keyId).toBe('k2');
	});

	it('needs the scope manage', async () => {
		await insertOrganization('o1');
		const member = principal('o1', { scopes: ['inference'], role: 'member' });
		expect(await refusal(ask('o1', undefined, member))).toMatchObject({ code: 'forbidden' });
	});

	it('is not found for an organization that is gone', async () => {
		await insertOrganization('o1');
		await db.update(organizations).set({ deletedAt: NOW });
		expect(await refusal(ask('o1'))).toMatchObject({ code: 'not_found' });
	});

	it('names a key that can no longer be opened, as one that was moved from another row', async () => {
		await insertOrganization('o1', { plan: 'pro' });
		await insertProvider('team', 'o1', 'another-row');
		const { chain, warnings, refusal: refused } = await ask('o1', { model: 'groq/llama-3.1-8b-instant' });
		expect(warnings.map(({ field }) => field)).toEqual(['providers.team']);
		expect(refused).toMatchObject({ code: 'model_not_found' });
		expect(chain[0]).toMatchObject({ usable: false, answers: null });
	});

	it('refuses what it does not know, naming it', async () => {
		await insertOrganization('o1');
		const services = serviceContext(principal('o1'), { environment });
		const caller = configurationRouter.createCaller({ services } as RouterContext, { onError: () => {} });
		const untyped = (input: object) => caller.explain(input as never);
		expect(await refusal(untyped({ modle: 'x' }))).toMatchObject({ code: 'invalid_request', param: 'modle' });
		expect(await refusal(untyped({ settings: { temperature: 9 } }))).toMatchObject({ param: 'settings.temperature' });
		expect(await refusal(untyped({ settings: { timeoutMs: 9 } }))).toMatchObject({ param: 'settings.timeoutMs' });
		expect(await caller.explain()).toMatchObject({ model: { origin: 'environment' } });
	});
});
