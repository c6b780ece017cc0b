import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { keyMark } from '../../src/config/key-mark';
import { environment } from './fixtures';
import { bearer, type Isolate, isolate, NOW, OPERATOR_KEY } from './isolate';
import {
	changeKey,
	changeOrganization,
	configure,
	KEY,
	prompted,
	storeAgent,
	storeGlobal,
	storeKey,
	storeModel,
	storeOrganization,
	storeProvider,
} from './stored';

const CACHED = { cached: true };
const NOTHING = { statements: 0, batches: 0, kvReads: 0, kvWrites: 0 };
const unauthorized = expect.objectContaining({ code: 'unauthorized' });

/** The configuration as a request with the key sees it. */
const asking = async (one: Isolate) => one.config(await one.authenticate(bearer(KEY), CACHED));

/** Loads once and lets the caches fill. */
async function warm(one: Isolate, agentSlug: string | null = null): Promise<Isolate> {
	await (await asking(one)).load(agentSlug);
	await one.settled();
	return one;
}

beforeEach(async () => {
	await storeOrganization('o1', { slug: 'acme' });
	await storeKey(KEY, 'o1');
});

describe('loading', () => {
	it('reads D1 in one batch where no cache has it', async () => {
		const one = isolate();
		const config = await asking(one);
		const counts = await one.counting(async () => {
			expect(await config.load(null)).toMatchObject({
				version: 6,
				fresh: true,
				organization: { id: 'o1', slug: 'acme' },
				caller: { kind: 'gateway-key', keyId: 'k1' },
			});
		});
		expect(counts).toMatchObject({ batches: 1, kvReads: 1 });
	});

	it('reads all of a full organization in the same one batch, or in one entry of KV', async () => {
		await storeProvider('p1', 'o1', 'tenant-key');
		await storeAgent('a1', 'o1', {}, prompted('Be brief.'));
		await storeGlobal('shared', { provider: 'north', model: 'shared', inputPricePico: 1n, outputPricePico: 1n });
		await storeModel('o1');
		await configure('o1', { profiles: { p: { provider: 'north', model: 'large' } }, aliases: { fast: 'profile:p' } });
		const first = isolate();
		const config = await asking(first);
		expect(await first.counting(() => config.load('support'))).toMatchObject({ batches: 1, kvReads: 1 });
		await first.settled();
		const second = isolate();
		const known = await asking(second);
		expect(await second.counting(() => known.load('support'))).toMatchObject({ statements: 0, batches: 0, kvReads: 1 });
		expect(await second.counting(() => known.load('support'))).toMatchObject(NOTHING);
	});

	it('comes from memory the second time: no KV, no D1', async () => {
		const one = await warm(isolate());
		const counts = await one.counting(async () => {
			expect(await (await asking(one)).load(null)).toMatchObject({ version: 6, fresh: false });
		});
		expect(counts).toEqual({ ...NOTHING, digests: 1 });
	});

	it('comes from KV in another isolate, without D1, and is the same configuration', async () => {
		await storeProvider('p1', 'o1', 'tenant-key');
		await storeAgent('a1', 'o1', { settings: { temperature: 0.2 } }, prompted('Be brief.'));
		const first = await warm(isolate(), 'support');
		const expected = await (await asking(first)).load('support');
		const second = isolate();
		const counts = await second.counting(async () => {
			expect(await (await asking(second)).load('support')).toEqual(expected);
		});
		expect(counts).toMatchObject({ statements: 0, batches: 0, kvReads: 2 });
		expect(await second.counting(async () => (await asking(second)).load('support'))).toMatchObject(NOTHING);
		expect(expected).toMatchObject({ agent: { prompt: { source: { system: 'Be brief.' } } }, fresh: false });
	});

	it('brings what every layer says of routing, from D1 and from KV alike, garbage left out, which of residency leaves nobody', async () => {
		const garbage = { weight: -5, residency: 'eu' as never };
		await storeAgent('a1', 'o1', { profile: 'p', routing: { maxAttempts: 1, ...garbage } });
		await configure('o1', {
			profiles: { p: { provider: 'north', model: 'large', routing: { strategy: 'weighted', maxAttempts: 2 } } },
			routing: { residency: ['eu'], strategy: 'lowest-cost', sticky: 'no' as never },
		});
		const routing = {
			strategy: { value: 'weighted', origin: 'organization' },
			residency: { value: [], origin: 'agent' },
			maxAttempts: { value: 1, origin: 'agent' },
		};
		const first = await (await asking(await warm(isolate(), 'support'))).load('support');
		const second = await (await asking(isolate())).load('support');
		for (const snapshot of [first, second]) {
			expect(snapshot.agent?.choice.routing).toEqual(routing);
			expect(snapshot.profiles.p?.routing?.maxAttempts).toEqual({ value: 2, origin: 'organization' });
			expect(snapshot.routing).toEqual({
				strategy: { value: 'lowest-cost', origin: 'organization' },
				residency: { value: ['eu'], origin: 'organization' },
			});
		}
	});

	it('brings what every layer says of a conversation that does not fit, from D1 and from KV alike, damaged maxima closed', async () => {
		await storeAgent('a1', 'o1', { profile: 'p', context: { mode: 'off', maxInputTokens: 900 } });
		await configure('o1', {
			profiles: { p: { provider: 'north', model: 'large', context: { maxInputTokens: 500 } } },
			context: { mode: 'summarize', summarizer: 'north/m', maxInputTokens: 700, maxOutputTokens: 'few' as never },
		});
		const first = await (await asking(await warm(isolate(), 'support'))).load('support');
		const second = await (await asking(isolate())).load('support');
		for (const snapshot of [first, second]) {
			const closed = { maxOutputTokens: { value: 1, origin: 'organization' } };
			const summarizer = { value: 'north/m', origin: 'organization' };
			const maxInputTokens = { value: 500, origin: 'organization' };
			const mode = { value: 'off', origin: 'agent' };
			expect(snapshot.agent?.choice.context).toEqual({ mode, summarizer, maxInputTokens, ...closed });
			expect(snapshot.context).toMatchObject({ mode: { value: 'summarize' }, maxInputTokens: { value: 700 } });
		}
	});

	it.each(['not json', '{}', 'null', '{"organization":{"id":"o1"}}'])(
		'comes from D1 where KV holds %s',
		async (entry) => {
			await env.CONFIG.put('config:o1:6:-', entry);
			expect(await (await asking(isolate())).load(null)).toMatchObject({ version: 6, fresh: true });
		},
	);

	it('comes from D1 where KV holds what an older release wrote, which the new entry then replaces', async () => {
		await warm(isolate());
		const entry = JSON.parse((await env.CONFIG.get('config:o1:6:-')) ?? '');
		const { globals: _globals, models: _models, ...older } = entry;
		await env.CONFIG.put('config:o1:6:-', JSON.stringify({ ...older, global: null }));
		const one = await warm(isolate());
		expect(one.counts.batches).toBe(1);
		expect(JSON.parse((await env.CONFIG.get('config:o1:6:-')) ?? '')).toEqual(entry);
	});

	it("comes from D1 where KV holds another organization's, version's or agent's entry", async () => {
		await storeOrganization('o2', { configVersion: 7 });
		await storeAgent('a1', 'o1');
		const one = await warm(await warm(isolate()), 'support');
		const own = (await env.CONFIG.get('config:o1:7:-')) ?? '';
		await env.CONFIG.put('config:o2:7:-', own);
		await env.CONFIG.put('config:o1:8:-', own);
		await env.CONFIG.put('config:o1:7:-', (await env.CONFIG.get('config:o1:7:support')) ?? '');
		const operator = { 'x-switchyard-organization': 'o2' };
		const other = isolate();
		expect(await other.config(await other.authenticate(OPERATOR_KEY, {}, operator)).load(null)).toMatchObject({
			organization: { id: 'o2' },
		});
		expect(await (await asking(isolate())).load(null)).toMatchObject({ agent: null, fresh: true });
		await changeOrganization('o1', { requestsPerMinute: 9 });
		expect(await one.config(await one.authenticate(bearer(KEY))).load(null)).toMatchObject({
			version: 8,
			limits: { requestsPerMinute: 9 },
		});
	});

	it('works where KV can neither be read nor written', async () => {
		const one = isolate();
		one.kvFailure = 'KV PUT failed: 429 Too Many Requests';
		expect(await (await asking(one)).load(null)).toMatchObject({ version: 6 });
		await one.settled();
		expect(await one.counting(async () => (await asking(one)).load(null))).toMatchObject(NOTHING);
	});

	it('works from memory where D1 does not answer', async () => {
		const one = await warm(isolate());
		one.d1Failure = 'D1_ERROR: Network connection lost.';
		expect(await (await asking(one)).load(null)).toMatchObject({ version: 6 });
		await expect((await asking(one)).reload(null)).rejects.toEqual(
			expect.objectContaining({ code: 'upstream_unavailable', retryAfterMs: 1000 }),
		);
	});

	it('rests on a principal read from D1 where there is one, so that refusals need no second look', async () => {
		const one = await warm(isolate());
		expect(await one.config(await one.authenticate(bearer(KEY))).load(null)).toMatchObject({ fresh: true });
	});

	it('keeps no agent that does not exist, and finds it at once when it does', async () => {
		const one = await warm(isolate(), 'support');
		expect(await env.CONFIG.get('config:o1:6:support')).toBeNull();
		expect(await (await asking(one)).load('support')).toMatchObject({ agent: null, fresh: true });
		await storeAgent('a1', 'o1');
		expect(await (await asking(one)).load('support')).toMatchObject({ agent: { id: 'a1' } });
	});

	it.each(['-', 'x'.repeat(2000), '..', "' or 1=1 --", ''])('finds no agent by the name %j', async (slug) => {
		await storeAgent('a1', 'o1');
		expect(await (await asking(await warm(isolate()))).load(slug)).toMatchObject({ agent: null });
	});
});

describe('reloading', () => {
	it('refuses a revoked key at once, whatever the caches say, and clears them', async () => {
		const one = await warm(isolate());
		await changeKey(KEY, 'o1', { revokedAt: NOW });
		const config = await asking(one);
		expect(await config.load(null)).toMatchObject({ version: 6, fresh: false });
		await expect(config.reload(null)).rejects.toEqual(unauthorized);
		await one.settled();
		await expect(one.authenticate(bearer(KEY), CACHED)).rejects.toEqual(unauthorized);
		await expect(isolate().authenticate(bearer(KEY), CACHED)).rejects.toEqual(unauthorized);
	});

	it.each([
		['expired', { expiresAt: NOW }],
		['given another secret', { secretHash: '0'.repeat(64) }],
	])('refuses a key that was %s meanwhile', async (_, change) => {
		const one = await warm(isolate());
		const config = await asking(one);
		await changeKey(KEY, 'o1', change);
		await expect(config.reload(null)).rejects.toEqual(unauthorized);
	});

	it('refuses a key that may call models no more, unless it was let in for something else', async () => {
		const one = await warm(isolate());
		const config = await asking(one);
		await changeKey(KEY, 'o1', { scopes: ['manage'] });
		await expect(config.reload(null)).rejects.toEqual(expect.objectContaining({ code: 'forbidden' }));
		const managing = one.config(await one.authenticate(bearer(KEY)));
		expect(await managing.reload(null)).toMatchObject({ fresh: true });
	});

	it('refuses a key that was moved to another organization', async () => {
		await storeOrganization('o2');
		const config = await asking(await warm(isolate()));
		await changeKey(KEY, 'o1', { organizationId: 'o2' });
		await expect(config.reload(null)).rejects.toEqual(unauthorized);
	});

	it('refuses a key of a deleted organization, and tells the operator that there is none', async () => {
		const one = isolate();
		const key = await asking(one);
		const operator = one.config(await one.authenticate(OPERATOR_KEY, {}, { 'x-switchyard-organization': 'o1' }));
		await changeOrganization('o1', { deletedAt: NOW });
		await expect(key.reload(null)).rejects.toEqual(unauthorized);
		await expect(operator.reload(null)).rejects.toEqual(expect.objectContaining({ code: 'not_found' }));
	});

	it('writes nothing where nothing changed, however often a refusal is looked up', async () => {
		const one = await warm(isolate());
		const config = await asking(one);
		const counts = await one.counting(async () => {
			for (let round = 0; round < 3; round += 1) await config.reload(null);
			await one.settled();
		});
		expect(counts).toMatchObject({ batches: 3, kvReads: 0, kvWrites: 0 });
	});

	it('brings policy and configuration of one new version, in one round trip, to this and the next request', async () => {
		const one = await warm(isolate());
		const config = await asking(one);
		await changeKey(KEY, 'o1', { allowedModels: ['mock/*'], mayOverrideModel: false });
		await configure('o1', { defaultProfile: 'p', profiles: { p: { provider: 'north', model: 'large' } } });
		const expected = {
			version: 8,
			caller: { allowedModels: ['mock/*'], mayOverrideModel: false },
			defaultChoice: { model: { value: 'north/large', origin: 'organization' } },
		};
		const counts = await one.counting(async () => {
			expect(await config.reload(null)).toMatchObject({ ...expected, fresh: true });
		});
		expect(counts).toMatchObject({ batches: 1, kvReads: 0 });
		const next = await one.counting(async () => {
			expect(await config.load(null)).toMatchObject(expected);
			expect(await (await asking(one)).load(null)).toMatchObject({ ...expected, fresh: false });
		});
		expect(next).toMatchObject(NOTHING);
	});

	it('leaves what was read before a write under the version before it', async () => {
		const slow = isolate();
		const fast = isolate();
		const before = await asking(slow);
		await before.load(null);
		await configure('o1', { defaultProfile: 'p', profiles: { p: { provider: 'north', model: 'large' } } });
		await (await asking(fast)).reload(null);
		await fast.settled();
		await slow.settled();
		const stale = await (await asking(slow)).load(null);
		expect(stale).toMatchObject({ version: 6, defaultChoice: { model: { value: 'mock/echo' } } });
		const current = { version: 7, defaultChoice: { model: { value: 'north/large' } } };
		expect(await (await asking(slow)).reload(null)).toMatchObject(current);
		expect(await (await asking(slow)).load(null)).toMatchObject(current);
		expect(await (await asking(fast)).load(null)).toMatchObject(current);
	});

	it('never mixes a version with the content of another, however reads and writes interleave', async () => {
		const isolates = [isolate(), isolate(), isolate()];
		const model = (version: number) => ({
			defaultProfile: 'p',
			profiles: { p: { provider: 'north', model: `m${version}` } },
		});
		await configure('o1', model(7));
		const readers = isolates.map(async (one) => {
			for (let round = 0; round < 12; round += 1) {
				const config = await asking(one);
				for (const snapshot of [await config.load(null), await config.reload(null)])
					expect(snapshot.defaultChoice.model.value).toBe(`north/m${snapshot.version}`);
			}
		});
		for (let version = 8; version < 20; version += 1) await configure('o1', model(version));
		await Promise.all(readers);
		expect(await (await asking(isolates[0] ?? isolate())).reload(null)).toMatchObject({ version: 19 });
	});
});

describe('what is read', () => {
	it('is the asking organization alone', async () => {
		const other = { id: 'k2', secret: 'secret_of_the_other_key' };
		await storeOrganization('o2');
		await storeKey(other, 'o2');
		for (const [organization, mark] of [
			['o1', 'left'],
			['o2', 'right'],
		] as const) {
			await storeAgent(`agent-${mark}`, organization, {}, prompted(mark));
			await storeProvider(`row-${mark}`, organization, `key-${mark}`, { baseUrl: `https://${mark}.example` });
			await configure(organization, { profiles: { [mark]: { provider: 'north', model: mark } } });
		}
		const one = isolate();
		for (let round = 0; round < 2; round += 1) {
			const left = await (await asking(one)).load('support');
			const right = await one.config(await one.authenticate(bearer(other), CACHED)).load('support');
			const text = (value: unknown) =>
				JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `${part}` : part));
			expect(left).toMatchObject({ agent: { id: 'agent-left', prompt: { source: { system: 'left' } } } });
			expect(right).toMatchObject({ agent: { id: 'agent-right', prompt: { source: { system: 'right' } } } });
			expect(left.credentials.north?.map(({ apiKey }) => apiKey)).toEqual(['key-left']);
			expect(text(left)).not.toContain('right');
			expect(text(right)).not.toContain('left');
		}
	});

	it('holds opened keys in memory, sealed ones in KV', async () => {
		await storeProvider('p1', 'o1', 'the-tenants-provider-key', { baseUrl: 'https://tenant.example/v1' });
		const one = await warm(isolate());
		expect((await (await asking(one)).load(null)).credentials.north).toEqual([
			{
				rowId: 'p1',
				name: 'p1',
				source: 'organization',
				apiKey: 'the-tenants-provider-key',
				baseUrl: 'https://tenant.example/v1',
				trust: 'tenant',
				config: {},
				mark: expect.stringMatching(/^p1\.[0-9a-f]{8}$/),
			},
		]);
		const { keys } = await env.CONFIG.list();
		expect(keys.map(({ name }) => name)).toEqual(['config:o1:7:-', 'principal:k1']);
		for (const secret of ['the-tenants-provider-key', keyMark('', 'the-tenants-provider-key')])
			for (const { name } of keys) expect(await env.CONFIG.get(name)).not.toContain(secret);
		expect(await env.CONFIG.get('config:o1:7:-')).toContain('sealedApiKey');
	});

	it('prefers the default row of a provider, then the oldest, and leaves out those switched off', async () => {
		await storeProvider('p1', 'o1', 'newer', { createdAt: NOW + 2 });
		await storeProvider('p2', 'o1', 'older', { createdAt: NOW + 1 });
		await storeProvider('p3', 'o1', 'default', { createdAt: NOW + 3, isDefault: true });
		await storeProvider('p4', 'o1', 'off', { isActive: false });
		const { credentials } = await (await asking(isolate())).load(null);
		expect(credentials.north?.map(({ apiKey }) => apiKey)).toEqual(['default', 'older', 'newer']);
	});

	it("names a provider whose key can't be opened in the log, and does not fall back to the operator's", async () => {
		await storeProvider('p1', 'o1', 'key', { baseUrl: 'https://one.example' });
		await env.DB.prepare("update llm_providers set base_url = 'https://two.example'").run();
		const one = isolate(environment({ NORTH_API_KEY: 'operator-key' }));
		const { credentials } = await (await asking(one)).load(null);
		expect(credentials.north).toBeUndefined();
		expect(one.logged).toEqual(['provider-key-unreadable']);
	});

	it('has the limits of the organization, exact beyond 2^53, else those of the environment', async () => {
		const limits = environment({ LLM_RATE_LIMIT_PER_MINUTE: '60', LLM_RATE_LIMIT_PER_DAY: '1000' });
		const huge = 9_007_199_254_740_993n;
		await changeOrganization('o1', { requestsPerMinute: 5, budgetDayNanoUsd: huge });
		const one = await warm(isolate(limits));
		const expected = {
			requestsPerMinute: 5,
			requestsPerDay: 1000,
			budgetDayNanoUsd: huge,
			budgetMonthNanoUsd: null,
		};
		expect((await (await asking(one)).load(null)).limits).toEqual(expected);
		expect((await (await asking(isolate(limits))).load(null)).limits).toEqual(expected);
	});

	it('has the seeded settings under the default choice, and none under an agent with a model of its own', async () => {
		await storeAgent('a1', 'o1', {}, { provider: 'north', model: 'large', params: { topP: 0.5 } });
		expect(await (await asking(isolate())).load('support')).toMatchObject({
			defaultChoice: {
				model: { value: 'mock/echo', origin: 'default' },
				settings: { temperature: { value: 0.7, origin: 'global' }, maxTokens: { value: 2000, origin: 'global' } },
			},
			agent: { choice: { model: { value: 'north/large' }, settings: { topP: { value: 0.5, origin: 'agent' } } } },
		});
	});

	it('keeps the prompt of an agent whose preferences name no model, with its hash and version', async () => {
		await storeAgent('a1', 'o1', {}, prompted('Be brief.'));
		expect((await (await asking(isolate())).load('support')).agent?.prompt).toEqual({
			source: { system: 'Be brief.' },
			hash: 'hash of Be brief.',
			version: 3,
		});
	});

	it('has no prompt where one was taken away', async () => {
		await storeAgent('a1', 'o1', {}, { promptVersion: 4 });
		expect((await (await asking(isolate())).load('support')).agent?.prompt).toBeNull();
	});

	it('leaves out a provider row that was removed', async () => {
		await storeProvider('p1', 'o1', 'kept');
		await storeProvider('p2', 'o1', 'removed', { removedAt: NOW });
		const { credentials } = await (await asking(isolate())).load(null);
		expect(credentials.north?.map(({ apiKey }) => apiKey)).toEqual(['kept']);
	});

	it('opens no key that was moved from another row, though organization, provider and host are the same', async () => {
		await storeProvider('p1', 'o1', 'first');
		await storeProvider('p2', 'o1', 'second');
		await env.DB.prepare(
			"update llm_providers set sealed_api_key = (select sealed_api_key from llm_providers where id = 'p1') where id = 'p2'",
		).run();
		const one = isolate();
		const { credentials } = await (await asking(one)).load(null);
		expect(credentials.north?.map(({ rowId }) => rowId)).toEqual(['p1']);
		expect(one.logged).toEqual(['provider-key-unreadable']);
	});

	it("has the operator's profiles and prices, exact beyond 2^53, and none that are switched off", async () => {
		const huge = 9_007_199_254_740_993n;
		await storeGlobal('shared-quick', { provider: 'north', model: 'quick', inputPricePico: huge, outputPricePico: 2n });
		await storeGlobal('shared-off', { provider: 'north', model: 'off', isActive: false });
		const one = await warm(isolate());
		for (const from of [one, isolate()]) {
			const { profiles, models } = await (await asking(from)).load(null);
			expect(profiles['shared-quick']?.model).toEqual({ value: 'north/quick', origin: 'global' });
			expect(profiles).not.toHaveProperty('shared-off');
			expect(models?.['north/quick']).toMatchObject({ prices: { input: huge, output: 2n }, priceVersion: 'global-1' });
		}
	});

	it("has the organization's own models, chains and embedding model", async () => {
		await storeOrganization('o2');
		await storeModel('o1', { model: 'mine', displayName: 'Mine', prices: { input: '1', output: '2' } });
		await storeModel('o2', { model: 'theirs' });
		await configure('o1', {
			fallbackChain: ['north/a'],
			fallbacks: { 'north/b': ['north/c'] },
			embeddingModel: 'north/embed',
		});
		const first = await warm(isolate());
		for (const from of [first, isolate()])
			expect(await (await asking(from)).load(null)).toMatchObject({
				fallbackChain: ['north/a'],
				fallbacks: { 'north/b': ['north/c'] },
				embeddingModel: 'north/embed',
				models: { 'north/mine': { declared: true, displayName: 'Mine', prices: { input: 1n, output: 2n } } },
			});
		expect(Object.keys((await (await asking(isolate())).load(null)).models ?? {})).toEqual(['north/mine']);
	});

	it('takes an agent without preferences, and leaves out a deleted one', async () => {
		await storeAgent('a1', 'o1', { slug: 'plain', fallbacks: ['north/small'] }, null);
		await storeAgent('a2', 'o1', { slug: 'gone', deletedAt: NOW });
		const config = await asking(isolate());
		expect(await config.load('plain')).toMatchObject({ agent: { id: 'a1', fallbacks: ['north/small'] } });
		expect(await config.load('gone')).toMatchObject({ agent: null });
	});
});
