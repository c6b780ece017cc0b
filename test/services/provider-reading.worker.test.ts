import { beforeEach, describe, expect, it } from 'vitest';
import { keyMark } from '../../src/config/key-mark';
import { llmProviderUsage } from '../../src/db/schema';
import { GatewayError } from '../../src/errors';
import type { CatalogPort } from '../../src/gateway/ports';
import { db, insertOrganization, NOW, operator, principal, refusal, serviceContext } from './bench';
import { KEY, OPERATOR_KEY, type ProviderBench, providerBench } from './provider-bench';

let bench: ProviderBench;
let caller: ProviderBench['caller'];

const variables = { OPENAI_API_KEY: OPERATOR_KEY, BEDROCK_API_KEY: OPERATOR_KEY, BEDROCK_REGION: 'eu-west-1' };

beforeEach(async () => {
	await insertOrganization('o1');
	await insertOrganization('o2');
	bench = providerBench(principal('o1'), { variables });
	caller = bench.caller;
});

describe('providers.test', () => {
	it("tries the row's own pair and says how long it took", async () => {
		const { id } = await caller.add({ provider: 'openai', apiKey: KEY, baseUrl: 'https://llm.example.com/v1' });
		expect(await caller.test({ id })).toEqual({ ok: true, latencyMs: 12 });
		expect(bench.probed).toEqual([
			{
				provider: 'openai',
				model: null,
				credential: {
					rowId: id,
					name: 'openai',
					source: 'organization',
					apiKey: KEY,
					baseUrl: 'https://llm.example.com/v1',
					trust: 'tenant',
					config: {},
					mark: keyMark(id, KEY),
				},
			},
		]);
	});

	it('tries rows that are not in use too', async () => {
		const { id } = await caller.add({ provider: 'groq', apiKey: KEY, isActive: false });
		expect(await caller.test({ id })).toMatchObject({ ok: true });
		await caller.remove({ id });
		expect(await caller.test({ id })).toMatchObject({ ok: true });
		await caller.remove({ id, erase: true });
		expect(await caller.test({ id })).toMatchObject({ ok: false, error: { code: 'conflict' } });
	});

	it('names the model that was called', async () => {
		const { id } = await caller.add({ provider: 'openai', apiKey: KEY });
		bench.probe = { ok: true, latencyMs: 40, model: 'gpt-5-mini', error: null };
		expect(await caller.test({ id, model: 'gpt-5-mini' })).toEqual({ ok: true, latencyMs: 40, model: 'gpt-5-mini' });
		expect(bench.probed[0]?.model).toBe('gpt-5-mini');
	});

	it('answers with what went wrong', async () => {
		const { id } = await caller.add({ provider: 'openai', apiKey: KEY });
		bench.probe = {
			ok: false,
			latencyMs: 8,
			model: null,
			error: new GatewayError('upstream_rejected', 'The provider refused this key.', { cause: KEY }),
		};
		expect(await caller.test({ id })).toEqual({
			ok: false,
			latencyMs: 8,
			error: { code: 'upstream_rejected', message: 'The provider refused this key.' },
		});
	});

	it("tries the environment's key for anyone, but spends its tokens for the operator alone", async () => {
		expect(await caller.test({ id: 'openai' })).toMatchObject({ ok: true });
		expect(await refusal(caller.test({ id: 'openai', model: 'gpt-5-mini' }))).toMatchObject({ code: 'forbidden' });
		expect(await refusal(caller.test({ id: 'bedrock' }))).toMatchObject({ code: 'forbidden' });
		expect(await caller.test({ id: 'mock', model: 'echo' })).toMatchObject({ ok: true });
		expect(bench.probed.map(({ provider }) => provider)).toEqual(['openai', 'mock']);
		const admin = providerBench(operator('o1'), { variables });
		expect(await admin.caller.test({ id: 'bedrock' })).toMatchObject({ ok: true });
		expect(await admin.caller.test({ id: 'openai', model: 'gpt-5-mini' })).toMatchObject({ ok: true });
	});

	it('knows no key of a provider that the environment has none for', async () => {
		expect(await refusal(caller.test({ id: 'groq' }))).toMatchObject({ code: 'not_found' });
	});
});

const day = (date: string, parts: Partial<typeof llmProviderUsage.$inferInsert> = {}) => ({
	organizationId: 'o1',
	date,
	provider: 'openai',
	providerRowId: '',
	model: 'gpt-5-mini',
	requests: 1,
	errors: 0,
	promptTokens: 10,
	completionTokens: 5,
	costNanoUsd: 1_500_000n,
	...parts,
});

describe('providers.usage', () => {
	it('tells by day and model what the row was used for, and all of it together', async () => {
		const { id } = await caller.add({ provider: 'openai', apiKey: KEY });
		const own = { providerRowId: id };
		await db
			.insert(llmProviderUsage)
			.values([
				day('2026-02-28', { ...own, model: 'gpt-5', errors: 1, requests: 4, costNanoUsd: 250_000_000n }),
				day('2026-02-28', own),
				day('2026-02-27', { ...own, unpriced: 2, costNanoUsd: 0n }),
				day('2026-02-28', { provider: 'groq' }),
				day('2026-02-28'),
				day('2026-02-28', { ...own, organizationId: 'o2' }),
			]);
		const figures = { requests: 1, errors: 0, promptTokens: 10, completionTokens: 5, unpriced: 0 };
		expect(await caller.usage({ id })).toEqual({
			data: [
				{ ...figures, date: '2026-02-27', model: 'gpt-5-mini', costUsd: 0, unpriced: 2 },
				{ ...figures, date: '2026-02-28', model: 'gpt-5', requests: 4, errors: 1, costUsd: 0.25 },
				{ ...figures, date: '2026-02-28', model: 'gpt-5-mini', costUsd: 0.0015 },
			],
			totals: { requests: 6, errors: 1, promptTokens: 30, completionTokens: 15, costUsd: 0.2515, unpriced: 2 },
		});
		await caller.remove({ id });
		expect((await caller.usage({ id })).totals.requests).toBe(6);
	});

	it("tells of the environment's key under its provider's id", async () => {
		await db.insert(llmProviderUsage).values([day('2026-02-28'), day('2026-02-28', { providerRowId: 'row' })]);
		expect((await caller.usage({ id: 'openai' })).totals).toMatchObject({ requests: 1 });
		expect(await caller.usage({ id: 'mock' })).toEqual({
			data: [],
			totals: { requests: 0, errors: 0, promptTokens: 0, completionTokens: 0, costUsd: 0, unpriced: 0 },
		});
	});

	it('sums up more than a double holds exactly', async () => {
		await db
			.insert(llmProviderUsage)
			.values(['a', 'b', 'c'].map((model) => day('2026-02-28', { model, costNanoUsd: 9_007_199_254_740_993n })));
		expect((await caller.usage({ id: 'openai' })).totals.costUsd).toBe(27021597.76422298);
	});

	const days = async (range: { readonly from?: string; readonly to?: string }): Promise<string[]> =>
		(await caller.usage({ id: 'openai', ...range })).data.map(({ date }) => date);

	it('takes UTC days, both included, the last thirty where nothing is said', async () => {
		const all = ['2025-12-01', '2026-01-30', '2026-01-31', '2026-02-28', '2026-03-01', '2026-03-02'];
		await db.insert(llmProviderUsage).values(all.map((date) => day(date)));
		expect(new Date(NOW).toISOString()).toMatch(/^2026-03-01/);
		expect(await days({})).toEqual(['2026-01-31', '2026-02-28', '2026-03-01']);
		expect(await days({ from: '2026-02-28' })).toEqual(['2026-02-28', '2026-03-01']);
		expect(await days({ to: '2025-12-01' })).toEqual(['2025-12-01']);
		expect(await days({ from: '2026-02-27T23:30:00-05:00', to: '2026-03-02T00:30:00+02:00' })).toEqual([
			'2026-02-28',
			'2026-03-01',
		]);
	});

	it.each([
		['from after to', { from: '2026-03-01', to: '2026-02-01' }, 'from'],
		['from after today', { from: '2026-04-01' }, 'from'],
		['more than 366 days', { from: '2025-01-01', to: '2026-01-02' }, 'from'],
		['no day of the calendar', { from: '2026-02-30' }, 'from'],
		['no hour of the day', { to: '2026-02-20T25:00:00Z' }, 'to'],
		['another spelling', { to: '01.02.2026' }, 'to'],
		['a number', { to: '20260201' }, 'to'],
		['an empty text', { from: '' }, 'from'],
		['an offset that leads into the year 10000', { to: '9999-12-31T23:59:59-10:00' }, 'to'],
		['an offset that leads before the year 0', { from: '0000-01-01T00:00:00+10:00' }, 'from'],
	])('refuses %s', async (_, range, param) => {
		const error = await refusal(caller.usage({ id: 'openai', ...range }));
		expect({ code: error.code, param: error.param }).toEqual({ code: 'invalid_request', param });
	});

	it('takes 366 days', async () => {
		expect((await caller.usage({ id: 'openai', from: '2025-01-01', to: '2026-01-01' })).data).toEqual([]);
	});
});

describe('providers.models', () => {
	it("gives the catalog's, with what each can do and costs", async () => {
		const { id } = await caller.add({ provider: 'openai', apiKey: KEY });
		const { data, warning } = await caller.models({ id });
		expect(warning).toBeUndefined();
		expect(data.find(({ model }) => model === 'gpt-4o-mini')).toMatchObject({
			kind: 'chat',
			contextWindow: 128_000,
			tools: true,
			inputUsdPerMillion: 0.15,
			source: 'catalog',
		});
		expect(data.some(({ kind }) => kind === 'embedding')).toBe(true);
	});

	it("reads the provider's own list as this row's key sees it", async () => {
		const refreshed: string[] = [];
		const { catalog: base } = serviceContext(principal('o1'));
		const catalog: CatalogPort = {
			...base,
			refresh: async (provider, { apiKey, baseUrl }) => void refreshed.push(`${provider} ${apiKey} ${baseUrl}`),
			models: (_, credential) => (credential?.rowId && refreshed.length > 0 ? ['live-model'] : []),
		};
		const live = providerBench(principal('o1'), { catalog }).caller;
		const { id } = await live.add({ provider: 'custom', apiKey: KEY, baseUrl: 'https://gpu.example.com/v1' });
		expect((await live.models({ id })).data.map(({ model }) => model)).toEqual(['live-model']);
		expect(refreshed).toEqual([`custom ${KEY} https://gpu.example.com/v1`]);
	});

	it("adds what the row's settings deploy", async () => {
		const { id } = await caller.add({
			provider: 'azure-openai',
			apiKey: KEY,
			baseUrl: 'https://acme.openai.azure.com',
			config: { deployments: { 'house-model': 'd1' } },
		});
		const { data } = await caller.models({ id });
		expect(data.find(({ model }) => model === 'house-model')).toMatchObject({ source: 'config' });
	});

	it("gives the environment's too", async () => {
		expect((await caller.models({ id: 'openai' })).data.length).toBeGreaterThan(3);
	});
});
