import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { keyMark } from '../../src/config/key-mark';
import { GatewayError } from '../../src/errors';
import type { ClassStatus, EndpointStatus, KeyStanding, Outcome } from '../../src/health/contract';
import { db, insertOrganization, NOW, operator, principal, refusal } from './bench';
import { KEY, OPERATOR_KEY, OTHER_KEY, type ProviderBench, providerBench, vaultOf } from './provider-bench';

const OPENAI = 'openai@api.openai.com';
const SILENT = new GatewayError('upstream_unavailable', 'There was no answer within 1000 ms.');

const classStatus = (parts: Partial<ClassStatus> = {}): ClassStatus => ({
	state: 'closed',
	probeAt: null,
	errorRate: 0,
	firstEventMs: null,
	outputTokensPerSecond: null,
	shared: false,
	p50FirstEventMs: null,
	p95FirstEventMs: null,
	lastError: null,
	lastSuccessAt: null,
	...parts,
});

const standing = (parts: Partial<KeyStanding> = {}): KeyStanding => ({
	refusedUntil: null,
	limitedUntil: null,
	requestsMinute: 1,
	tokensMinute: 10,
	rates: null,
	...parts,
});

/** By endpoint; one that is not here does not answer. */
let known: Record<string, Partial<EndpointStatus>>;
let asked: string[];

const health: ProviderBench['services']['health'] = {
	async status(endpoint) {
		asked.push(endpoint);
		const parts = known[endpoint];
		if (!parts) throw SILENT;
		return { takenAt: NOW, classes: {}, keys: {}, lastCheck: null, tokens: {}, ...parts };
	},
	answered: async () => undefined,
};

const callerOf = (who = principal('o1'), variables: Record<string, string> = {}) =>
	providerBench(who, { health, variables }).caller;

beforeEach(async () => {
	known = {};
	asked = [];
	await insertOrganization('o1', { plan: 'pro' });
	await insertOrganization('o2', { plan: 'pro' });
});

describe('providers.status', () => {
	it('lists each endpoint once, with all keys that lead there in their order', async () => {
		const caller = callerOf();
		const second = await caller.add({ provider: 'openai', name: 'second', apiKey: OTHER_KEY });
		const main = await caller.add({ provider: 'openai', name: 'main', apiKey: KEY, isDefault: true });
		const own = await caller.add({
			provider: 'openai',
			name: 'own',
			apiKey: KEY,
			baseUrl: 'https://llm.example.com:8443/v1',
		});
		await caller.add({ provider: 'groq', apiKey: KEY, isActive: false });
		known = { [OPENAI]: {}, 'openai@llm.example.com:8443#o1': { lastCheck: null } };
		const status = await caller.status();
		expect(status.map(({ provider, host, keys }) => [provider, host, keys.map(({ rowId }) => rowId)])).toEqual([
			['openai', 'api.openai.com', [main.id, second.id]],
			['openai', 'llm.example.com:8443', [own.id]],
		]);
		expect(status.map(({ state }) => state)).toEqual(['closed', 'closed']);
	});

	it('tells how each of its keys stands, and of no other', async () => {
		const caller = callerOf();
		const { id } = await caller.add({ provider: 'openai', apiKey: KEY, config: { requestsPerMinute: 100 } });
		const mark = keyMark(id, KEY);
		known[OPENAI] = {
			keys: {
				[mark]: standing({ limitedUntil: NOW + 500, requestsMinute: 7 }),
				[keyMark(id, OTHER_KEY)]: standing({ refusedUntil: NOW + 900 }),
				[keyMark('row-of-o2', KEY)]: standing({ requestsMinute: 31_337 }),
			},
		};
		const status = await caller.status();
		expect(status[0]?.keys).toEqual([
			{
				name: 'openai',
				rowId: id,
				standing: 'limited',
				until: NOW + 500,
				requestsMinute: 7,
				tokensMinute: 10,
				requestsPerMinute: 100,
				tokensPerMinute: null,
				rates: null,
			},
		]);
		expect(JSON.stringify(status)).not.toMatch(/row-of-o2|31337|sk-tenant/);
		expect(JSON.stringify(status)).not.toContain(mark);
	});

	it('says of an endpoint whose health object does not answer that nobody knows', async () => {
		const caller = callerOf();
		await caller.add({ provider: 'openai', apiKey: KEY });
		await caller.add({ provider: 'groq', apiKey: KEY });
		known['groq@api.groq.com'] = {};
		const status = await caller.status();
		expect(status.map(({ provider, state }) => [provider, state]).sort()).toEqual([
			['groq', 'closed'],
			['openai', 'unknown'],
		]);
	});

	it('at everybody’s endpoint hides the names that others gave their own models', async () => {
		const classes = {
			'gpt-4o': classStatus(),
			'*': classStatus(),
			'house-model': classStatus(),
			'their-model': classStatus({ state: 'open' }),
		};
		known[OPENAI] = { classes };
		const caller = callerOf();
		await caller.add({ provider: 'openai', apiKey: KEY });
		await env.DB.prepare(
			"insert into llm_model_overrides (organization_id, provider, model, updated_at) values ('o1', 'openai', 'house-model', 0), ('o2', 'openai', 'their-model', 0)",
		).run();
		const [openai] = await caller.status();
		expect(openai?.models.map(({ model }) => model)).toEqual(['*', 'gpt-4o', 'house-model']);
		expect(openai?.state).toBe('closed');
	});

	it('at an address of its own shows every model', async () => {
		known['custom@llm.example.com#o1'] = { classes: { anything: classStatus({ state: 'half-open' }) } };
		const caller = callerOf();
		await caller.add({ provider: 'custom', name: 'gpu', apiKey: KEY, baseUrl: 'https://llm.example.com/v1' });
		expect(await caller.status()).toMatchObject([
			{ provider: 'custom', host: 'llm.example.com', state: 'half-open', models: [{ model: 'anything' }] },
		]);
	});

	it('lists the environment’s endpoints where no row stands in their place, the mock never', async () => {
		const variables = { OPENAI_API_KEY: OPERATOR_KEY, GROQ_API_KEY: OPERATOR_KEY };
		const caller = callerOf(principal('o1'), variables);
		const { id } = await caller.add({ provider: 'groq', apiKey: KEY });
		known = { [OPENAI]: {}, 'groq@api.groq.com': {} };
		const status = await caller.status();
		expect(status.map(({ provider, keys }) => [provider, keys.map(({ rowId }) => rowId)]).sort()).toEqual([
			['groq', [id]],
			['openai', [null]],
		]);
		expect(JSON.stringify(status)).not.toContain(OPERATOR_KEY);
	});

	it('shows where the operator’s own set-up leads, and how much it is used, to the operator', async () => {
		const variables = { OPENAI_API_KEY: OPERATOR_KEY, OPENAI_BASE_URL: 'http://10.0.0.7:8080/v1' };
		known['openai@10.0.0.7:8080'] = { keys: { [keyMark(null, OPERATOR_KEY)]: standing({ requestsMinute: 41 }) } };
		const [asTenant] = await callerOf(principal('o1'), variables).status();
		expect(asTenant).toMatchObject({ host: null, state: 'closed', keys: [{ standing: 'good', requestsMinute: null }] });
		expect(JSON.stringify(asTenant)).not.toMatch(/10\.0\.0\.7|41/);
		const [asOperator] = await callerOf(operator('o1'), variables).status();
		expect(asOperator).toMatchObject({ host: '10.0.0.7:8080', keys: [{ requestsMinute: 41 }] });
	});

	it('names a key that can no longer be opened', async () => {
		const caller = providerBench(principal('o1'), { health, vault: vaultOf(1) }).caller;
		const { id } = await caller.add({ provider: 'openai', apiKey: KEY });
		known[OPENAI] = {};
		const other = providerBench(principal('o1'), { health, vault: vaultOf(2) }).caller;
		expect(await other.status()).toMatchObject([{ state: 'closed', keys: [{ rowId: id, standing: 'unreadable' }] }]);
	});

	it('lists a row that leads to no address, with all others', async () => {
		const caller = callerOf();
		await caller.add({ provider: 'groq', apiKey: KEY });
		const { id } = await caller.add({ provider: 'bedrock', apiKey: KEY, config: { region: 'eu-west-1' } });
		await env.DB.prepare('update llm_providers set config = ? where id = ?').bind('{"region":"no where"}', id).run();
		const listed = await caller.status({});
		expect(listed.map(({ provider, host }) => [provider, host])).toEqual([
			['bedrock', null],
			['groq', 'api.groq.com'],
		]);
		expect(listed[0]?.keys).toMatchObject([{ standing: 'unreadable' }]);
	});

	it('asks for one provider where one is named', async () => {
		const caller = callerOf();
		await caller.add({ provider: 'openai', apiKey: KEY });
		await caller.add({ provider: 'groq', apiKey: KEY });
		expect((await caller.status({ provider: 'groq' })).map(({ provider }) => provider)).toEqual(['groq']);
		expect(await caller.status({ provider: 'mock' })).toEqual([]);
		expect(await refusal(caller.status({ provider: 'nobody' }))).toMatchObject({
			code: 'invalid_request',
			param: 'provider',
		});
	});

	it('asks at most 64 health objects, and lists the others as unknown', async () => {
		const insert = env.DB.prepare(
			"insert into llm_providers (id, organization_id, provider, name, base_url, config, is_active, is_default, created_at, updated_at) values (?, 'o1', 'custom', ?1, ?, '{}', 1, 0, ?, 0)",
		);
		const rows = Array.from({ length: 70 }, (_, at) =>
			insert.bind(`server-${at}`, `https://s${at}.example.com/v1`, at),
		);
		await env.DB.batch(rows);
		for (let at = 0; at < 70; at++) known[`custom@s${at}.example.com#o1`] = {};
		const status = await callerOf().status();
		expect(asked).toHaveLength(64);
		expect(status.map(({ state }) => state)).toEqual([
			...Array.from({ length: 64 }, () => 'closed'),
			...Array.from({ length: 6 }, () => 'unknown'),
		]);
	});

	it('is refused to whoever may not manage', async () => {
		const caller = callerOf(principal('o1', { scopes: ['inference'] }));
		expect(await refusal(caller.status())).toMatchObject({ code: 'forbidden' });
		expect(asked).toEqual([]);
	});

	it('tells what a real health object was told', async () => {
		const at = Date.now();
		const object = (endpoint: string) => env.PROVIDER_HEALTH.get(env.PROVIDER_HEALTH.idFromName(endpoint));
		const bench = providerBench(principal('o1'), {
			now: () => at,
			health: { ...health, status: (endpoint) => object(endpoint).status() },
		});
		const { id } = await bench.caller.add({ provider: 'openai', apiKey: KEY });
		const outcome: Outcome = {
			organizationId: 'o1',
			modelClass: 'gpt-4o',
			at,
			result: 'success',
			scope: 'model',
			firstEventMs: 250,
			outputTokensPerSecond: 40,
			probe: false,
			error: null,
			key: {
				mark: keyMark(id, KEY),
				rowId: id,
				organizationId: 'o1',
				startedAt: at,
				tokens: 30,
				word: 'good',
				until: null,
				status: null,
				rates: null,
			},
		};
		await object(OPENAI).report({ endpoint: OPENAI, provider: 'openai', organizationId: null, rowId: id }, [outcome]);
		const [openai] = await bench.caller.status();
		expect(openai).toMatchObject({
			state: 'closed',
			errorRate: 0,
			outputTokensPerSecond: 40,
			models: [{ model: 'gpt-4o', state: 'closed' }],
			keys: [{ rowId: id, standing: 'good', requestsMinute: 1, tokensMinute: 30 }],
		});
		expect(openai?.p50FirstEventMs).toBeGreaterThan(200);
	});
});

it('has rows of one organization alone in view', async () => {
	await callerOf(principal('o2')).add({ provider: 'groq', apiKey: KEY });
	expect(await callerOf().status()).toEqual([]);
	expect(await db.$client.prepare('select count(*) as rows from llm_providers').first()).toEqual({ rows: 1 });
});
