import { createExecutionContext, createScheduledController, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { llmProviders, providerEndpoints } from '../../src/db/schema';
import type { Bindings } from '../../src/env';
import type { EndpointStatus } from '../../src/health/contract';
import worker from '../../src/index';
import { checkEndpoints } from '../../src/services/health-checks';
import { virtualTime } from '../support/virtual-time';
import { db, insertOrganization, principal } from './bench';
import { KEY, OPERATOR_KEY, providerBench } from './provider-bench';

interface Asked {
	readonly url: string;
	readonly method: string;
	readonly authorization: string | null;
}

let asked: Asked[];
/** Answers by host and path; absent: an empty list. */
let answers: Record<string, () => Response | Promise<Response>>;

beforeEach(async () => {
	asked = [];
	answers = {};
	vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
		const { host, pathname, search } = new URL(url);
		const headers = new Headers(init.headers);
		asked.push({
			url: host + pathname + search,
			method: init.method ?? 'GET',
			authorization: headers.get('authorization'),
		});
		const { signal } = init;
		signal?.throwIfAborted();
		const left = new Promise<never>((_, reject) => {
			signal?.addEventListener('abort', () => reject(signal.reason));
		});
		return Promise.race([left, answers[host + pathname]?.() ?? Response.json({ data: [] })]);
	});
	await insertOrganization('o1', { plan: 'pro' });
});

afterEach(() => {
	vi.unstubAllGlobals();
	vi.restoreAllMocks();
});

const OPENAI = { OPENAI_API_KEY: OPERATOR_KEY };

/** One minute of the cron, with what it deferred. */
async function tick(variables: Record<string, string> = {}, bindings: Partial<Bindings> = {}): Promise<void> {
	const context = createExecutionContext();
	const controller = createScheduledController({ scheduledTime: new Date() });
	await worker.scheduled(controller, { ...env, LOG_LEVEL: 'error', ...variables, ...bindings } as Bindings, context);
	await waitOnExecutionContext(context);
}

const statusOf = (endpoint: string): Promise<EndpointStatus> =>
	env.PROVIDER_HEALTH.get(env.PROVIDER_HEALTH.idFromName(endpoint)).status();

const { caller, services } = providerBench(principal('o1'));

/** A row with an address of its own, as D1 knows its endpoint once it was called. */
async function usedServer(parts: Partial<typeof providerEndpoints.$inferInsert> = {}, host = 'llm.example.com') {
	const row = await caller.add({ provider: 'custom', name: `at-${host}`, apiKey: KEY, baseUrl: `https://${host}/v1` });
	const endpoint = `custom@${host}#o1`;
	await usedEndpoint(endpoint, { organizationId: 'o1', providerRowId: row.id, ...parts });
	return { ...row, endpoint };
}

const usedEndpoint = (endpoint: string, parts: Partial<typeof providerEndpoints.$inferInsert> = {}) =>
	db.insert(providerEndpoints).values({
		endpoint,
		provider: endpoint.replace(/@.*/, ''),
		state: 'closed',
		stateSince: Date.now(),
		lastUsedAt: Date.now(),
		...parts,
	});

const MINUTES = 60_000;

describe('the cron’s health checks', () => {
	it('ask the environment’s providers for their lists, whoever used them or not, and nothing else of them', async () => {
		await tick({ ...OPENAI, ANTHROPIC_API_KEY: OPERATOR_KEY, OPENROUTER_API_KEY: OPERATOR_KEY });
		expect(asked.map(({ method, url }) => `${method} ${url}`).sort()).toEqual([
			'GET api.anthropic.com/v1/models',
			'GET api.openai.com/v1/models',
			'GET openrouter.ai/api/v1/key',
		]);
		expect(asked.find(({ url }) => url.startsWith('api.openai.com'))?.authorization).toBe(`Bearer ${OPERATOR_KEY}`);
		expect((await statusOf('openai@api.openai.com')).lastCheck).toMatchObject({ ok: true, failure: null });
	});

	it('leave out who has neither a list nor a health path: no check calls a model', async () => {
		await tick({ BEDROCK_API_KEY: OPERATOR_KEY, BEDROCK_REGION: 'eu-west-1' });
		expect(asked).toEqual([]);
	});

	it.each([401, 403, 404, 429])('take a %i for an answer: the key is another matter', async (status) => {
		answers['api.openai.com/v1/models'] = () => Response.json({ error: { message: 'no' } }, { status });
		await tick(OPENAI);
		const { lastCheck, keys } = await statusOf('openai@api.openai.com');
		expect(lastCheck).toMatchObject({ ok: true, failure: null, status });
		expect(keys).toEqual({});
	});

	it.each([
		['a server error', () => new Response('down', { status: 503 }), 503],
		[
			'no connection',
			() => {
				throw new TypeError('refused');
			},
			null,
		],
	] as const)('count %s, and open the breaker after five', async (_, answer, status) => {
		answers['api.openai.com/v1/models'] = answer;
		await tick(OPENAI);
		expect((await statusOf('openai@api.openai.com')).lastCheck).toMatchObject({ ok: false, status });
		for (let more = 0; more < 4; more++) await tick(OPENAI);
		expect((await statusOf('openai@api.openai.com')).classes['']?.state).toBe('open');
	});

	it('tell of a page in the list’s place that it is none, and hold nobody down for it', async () => {
		answers['api.openai.com/v1/models'] = () => new Response('<html>', { headers: { 'content-type': 'text/html' } });
		for (let more = 0; more < 5; more++) await tick(OPENAI);
		const { lastCheck, classes } = await statusOf('openai@api.openai.com');
		expect(lastCheck).toMatchObject({ ok: false, failure: 'malformed' });
		expect(classes['']?.state).toBe('closed');
	});

	it('look at a tenant’s own server with its own key, while it is in use', async () => {
		const { endpoint } = await usedServer();
		await tick();
		expect(asked).toEqual([{ url: 'llm.example.com/v1/models', method: 'GET', authorization: `Bearer ${KEY}` }]);
		expect((await statusOf(endpoint)).lastCheck).toMatchObject({ ok: true });
	});

	it('leave a tenant’s server alone ten minutes after its last call, unless it is open', async () => {
		await usedServer({ lastUsedAt: Date.now() - 11 * MINUTES }, 'quiet.example.com');
		await usedServer({ lastUsedAt: Date.now() - 11 * MINUTES, state: 'open' }, 'open.example.com');
		await usedServer({ lastUsedAt: Date.now() - 11 * MINUTES, state: 'half-open' }, 'half.example.com');
		await tick();
		expect(asked.map(({ url }) => url).sort()).toEqual(['half.example.com/v1/models', 'open.example.com/v1/models']);
	});

	it('use a tenant’s row at everybody’s address where the environment has no key', async () => {
		const { id } = await caller.add({ provider: 'groq', apiKey: KEY });
		await usedEndpoint('groq@api.groq.com', { providerRowId: id });
		await tick();
		expect(asked).toEqual([{ url: 'api.groq.com/openai/v1/models', method: 'GET', authorization: `Bearer ${KEY}` }]);
		asked = [];
		await tick({ GROQ_API_KEY: OPERATOR_KEY });
		expect(asked.map(({ authorization }) => authorization)).toEqual([`Bearer ${OPERATOR_KEY}`]);
	});

	it('send no key of a row that is out of use, or leads elsewhere by now', async () => {
		const gone = await usedServer({}, 'gone.example.com');
		const moved = await usedServer({}, 'before.example.com');
		await caller.remove({ id: gone.id });
		await caller.update({ id: moved.id, baseUrl: 'https://after.example.com/v1', apiKey: KEY });
		await tick();
		expect(asked).toEqual([]);
	});

	it('send no key of an organization that is deleted, though its server stays open', async () => {
		await usedServer({ state: 'open' });
		await env.DB.exec("update organizations set deleted_at = 1 where id = 'o1'");
		await tick();
		expect(asked).toEqual([]);
	});

	it('send nothing to an address that no tenant may name, however it came into the row', async () => {
		const { id } = await usedServer();
		await db.update(llmProviders).set({ baseUrl: 'http://169.254.169.254/v1', sealedApiKey: null, keyId: null });
		await db.delete(providerEndpoints);
		const endpoint = 'custom@169.254.169.254#o1';
		await usedEndpoint(endpoint, { organizationId: 'o1', providerRowId: id });
		await tick();
		expect(asked).toEqual([]);
		expect((await statusOf(endpoint)).lastCheck).toBeNull();
	});

	it('go on with the others where one key can’t be opened', async () => {
		await usedServer({}, 'good.example.com');
		const bad = await usedServer({}, 'bad.example.com');
		await env.DB.prepare("update llm_providers set sealed_api_key = 'v1.x.y.z' where id = ?").bind(bad.id).run();
		const told = vi.spyOn(console, 'warn').mockReturnValue();
		await tick({ LOG_LEVEL: 'warn' });
		expect(asked.map(({ url }) => url)).toEqual(['good.example.com/v1/models']);
		expect(told.mock.calls.flat().join()).toContain('health-check-failed');
	});

	it('give up whoever keeps silent at the first-event limit', async () => {
		answers['api.openai.com/v1/models'] = () => new Promise(() => {});
		await tick({ ...OPENAI, LLM_FIRST_EVENT_TIMEOUT_MS: '5' });
		const { lastCheck } = await statusOf('openai@api.openai.com');
		expect(lastCheck).toMatchObject({ ok: false, failure: 'timeout', status: null });
	});

	it('end after twenty-five seconds, and what was under way by then says nothing', async () => {
		const hosts = Array.from({ length: 20 }, (_, at) => `s${String(at).padStart(2, '0')}.example.com`);
		for (const host of hosts) await usedServer({}, host);
		const time = virtualTime(Date.now());
		const checked: string[] = [];
		let left = 0;
		const done = checkEndpoints({
			db,
			time,
			environment: services.environment,
			openKey: services.vault.open,
			probe: (_, __, ___, signal) =>
				new Promise((resolve) => {
					const end = (ok: boolean): void => resolve({ ok, latencyMs: 9_000, model: null, error: null });
					const ended = new AbortController();
					time.after(9_000, () => {
						ended.abort();
						end(true);
					});
					const leave = (): void => {
						left += 1;
						end(false);
					};
					signal?.addEventListener('abort', leave, { signal: ended.signal });
				}),
			checked: async ({ endpoint }) => void checked.push(endpoint),
			log: () => undefined,
		});
		await vi.waitFor(() => expect(time.pending()).toBe(7));
		await time.advance(9_000);
		await vi.waitFor(() => expect(time.pending()).toBe(7));
		await time.advance(9_000);
		await vi.waitFor(() => expect(time.pending()).toBe(7));
		await time.advance(7_000);
		await done;
		expect(checked).toHaveLength(12);
		expect(left).toBe(6);
		const rows = await db.select().from(providerEndpoints);
		const late = rows.filter(({ lastCheckedAt }) => lastCheckedAt === null).map(({ endpoint }) => endpoint);
		expect(late).toHaveLength(hosts.length - 12);
		expect(late.some((endpoint) => checked.includes(endpoint))).toBe(false);
	});

	it('look at forty in a tick, the least recently checked first, six at a time', async () => {
		const insert = env.DB.prepare(
			`insert into llm_providers (id, organization_id, provider, name, base_url, config, is_active, is_default, created_at, updated_at)
			values (?1, 'o1', 'ollama', ?1, ?2, '{}', 1, 0, 0, 0)`,
		);
		const hosts = Array.from({ length: 50 }, (_, at) => `s${String(at).padStart(2, '0')}.example.com`);
		await env.DB.batch(hosts.map((host) => insert.bind(host, `https://${host}`)));
		for (const [at, host] of hosts.entries())
			await usedEndpoint(`ollama@${host}#o1`, {
				organizationId: 'o1',
				providerRowId: host,
				lastCheckedAt: at < 5 ? null : Date.now() - at * 1_000,
			});
		const waiting: (() => void)[] = [];
		let answered = 0;
		let most = 0;
		const held = async (): Promise<Response> => {
			await new Promise<void>((resolve) => {
				waiting.push(resolve);
				most = Math.max(most, waiting.length);
				if (waiting.length < Math.min(6, 40 - answered)) return;
				answered += waiting.length;
				for (const go of waiting.splice(0)) go();
			});
			return Response.json({ models: [] });
		};
		for (const host of hosts) answers[`${host}/api/tags`] = held;
		await tick();
		expect(asked).toHaveLength(40);
		expect(most).toBe(6);
		const first = new Set(asked.map(({ url }) => url.slice(1, 3)));
		for (const early of ['00', '04', '49', '15']) expect(first).toContain(early);
		for (const late of ['05', '14']) expect(first).not.toContain(late);
		asked = [];
		answered = 0;
		await tick();
		expect(new Set(asked.map(({ url }) => url.slice(1, 3)))).toContain('05');
	});

	it('look at a tenant’s one server each time, however many another tenant has', async () => {
		await insertOrganization('o2', { plan: 'pro' });
		const other = providerBench(principal('o2')).caller;
		const { id } = await other.add({ provider: 'ollama', baseUrl: 'https://one.example.com' });
		const seen = { lastCheckedAt: Date.now() - 1_000 };
		await usedEndpoint('ollama@one.example.com#o2', { organizationId: 'o2', providerRowId: id, ...seen });
		for (let at = 0; at < 45; at++) await usedEndpoint(`ollama@s${at}.example.com#o1`, { organizationId: 'o1' });
		await tick();
		expect(asked.map(({ url }) => url)).toEqual(['one.example.com/api/tags']);
	});

	it('look at the environment’s endpoints each time, however many servers of tenants wait', async () => {
		for (let at = 0; at < 40; at++) await usedEndpoint(`ollama@s${at}.example.com#o1`, { organizationId: 'o1' });
		await usedEndpoint('openai@api.openai.com', { lastCheckedAt: Date.now() });
		await tick(OPENAI);
		expect(asked.map(({ url }) => url)).toEqual(['api.openai.com/v1/models']);
	});
});

describe('a tick', () => {
	const expired = () =>
		env.DB.prepare(
			`insert into gateway_keys (id, organization_id, parent_id, name, secret_hash, last4, scopes, created_by, created_at, expires_at)
			values ('token', 'o1', 'key', 'token', '', '', '[]', 'operator', 0, 1)`,
		).run();
	const left = async (table: string): Promise<number> =>
		(await env.DB.prepare(`select count(*) as rows from ${table}`).first<{ rows: number }>())?.rows ?? -1;

	it('clears away also where no check can be made', async () => {
		await expired();
		const error = vi.spyOn(console, 'error').mockReturnValue();
		const PROVIDER_HEALTH = {
			idFromName: () => {
				throw new Error('no objects');
			},
		};
		await tick(OPENAI, { PROVIDER_HEALTH } as unknown as Partial<Bindings>);
		await env.DB.exec('alter table provider_endpoints rename to away');
		await tick(OPENAI);
		expect(await left('gateway_keys')).toBe(0);
		expect(error.mock.calls.flat().join()).toMatch(/scheduled-failed.*health-checks/);
	});

	it('checks also where nothing can be cleared away', async () => {
		const error = vi.spyOn(console, 'error').mockReturnValue();
		await env.DB.exec('alter table llm_usage_logs rename to away');
		await tick(OPENAI);
		expect(asked).toHaveLength(1);
		expect(error.mock.calls.flat().join()).toMatch(/scheduled-failed.*prune-usage/);
	});

	it('says which variable is wrong, and throws nothing', async () => {
		const error = vi.spyOn(console, 'error').mockReturnValue();
		await tick({ LLM_MAX_ATTEMPTS: 'many' });
		expect(error.mock.calls.flat().join()).toMatch(/scheduled-failed.*LLM_MAX_ATTEMPTS/);
		expect(asked).toEqual([]);
	});

	it('forgets endpoints that nobody has called for a week', async () => {
		const week = 7 * 24 * 60 * MINUTES;
		await usedEndpoint('custom@old.example.com#o1', { providerRowId: 'r1', lastUsedAt: Date.now() - week - 1_000 });
		await usedEndpoint('custom@new.example.com#o1', { providerRowId: 'r1', lastUsedAt: Date.now() - week + MINUTES });
		await usedEndpoint('openai@old.example.com', { lastUsedAt: 0, lastCheckedAt: Date.now() - week - 1_000 });
		await usedEndpoint('openai@api.openai.com', { lastUsedAt: 0, lastCheckedAt: Date.now() - MINUTES });
		await tick();
		const rows = await db.select({ endpoint: providerEndpoints.endpoint }).from(providerEndpoints);
		expect(rows.map(({ endpoint }) => endpoint).sort()).toEqual(['custom@new.example.com#o1', 'openai@api.openai.com']);
	});
});
