import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MINI, OTHER } from './changes';
import { openPlatform, type Platform, refusalOf, type Tenant, type Trpc } from './tenant';

/** Two organizations that call everything alike. */
interface Twin extends Tenant {
	readonly model: string;
	readonly price: string;
	/** Credentials that manage it: a key, and an owner's token. */
	readonly managers: readonly Trpc[];
	readonly ids: { readonly agent: string; readonly row: string; readonly token: string };
}

let platform: Platform;
let twins: readonly [Twin, Twin];

async function twin(model: string, price: string): Promise<Twin> {
	const tenant = await platform.tenant();
	const { admin, rest, as, token } = tenant;
	const bare = model.slice('openai/'.length);
	const row = { provider: 'openai', name: 'main', apiKey: `sk-of-${tenant.slug}`, baseUrl: platform.upstream.root };
	const { id: rowId } = await rest('POST', '', row);
	const server = { provider: 'custom', name: 'house', apiKey: `sk-house-${tenant.slug}` };
	await rest('POST', '', { ...server, baseUrl: platform.upstream.root });
	await admin.customModels.set.mutate({ provider: 'openai', model: bare, prices: { input: price, output: price } });
	await admin.profiles.set.mutate({ name: 'quick', provider: 'openai', model: bare, keyRef: 'main' });
	await admin.profiles.setDefault.mutate({ name: 'quick' });
	await admin.aliases.set.mutate({ name: 'best', target: model });
	const prompt = { system: `You answer for ${tenant.slug}.` };
	const { id: agent } = await admin.agents.create.mutate({ slug: 'support', name: 'Support', model: 'best', prompt });
	await admin.memberships.set.mutate({ userId: 'ann', role: 'owner' });
	const manager = await admin.gatewayKeys.create.mutate({ name: 'manager', scopes: ['inference', 'manage'] });
	const issued = await as(manager.key).gatewayKeys.issueToken.mutate({});
	return {
		...tenant,
		model,
		price,
		managers: [as(manager.key), as(await token('ann', 'owner'))],
		ids: { agent, row: String(rowId), token: issued.id },
	};
}

beforeAll(async () => {
	platform = await openPlatform();
	twins = [await twin(MINI, '1000'), await twin(OTHER, '3000')];
});

afterAll(() => platform?.close());

describe('of two organizations that call everything alike', () => {
	it.each(['agent:support', 'profile:quick', 'best', 'default'])(
		'each gets its own by %s, from cold and warm',
		async (model) => {
			for (let turn = 0; turn < 3; turn += 1)
				for (const { ask, slug, model: own, price } of twins) {
					const { by, call, cost } = await ask(model);
					expect({ by, key: call?.key, cost }).toEqual({
						by: own,
						key: `sk-of-${slug}`,
						cost: String((19 * Number(price)) / 1e6),
					});
					expect(call?.system).toBe(model === 'agent:support' ? `You answer for ${slug}.` : null);
				}
		},
	);

	it('each gets its own server by the name both gave it', async () => {
		for (const { ask, slug } of twins) {
			const { call } = await ask('house/whatever');
			expect(call).toMatchObject({ model: 'whatever', key: `sk-house-${slug}` });
		}
	});

	it('each gets its own while both are asked at once and one of them is changed', async () => {
		const [one, two] = twins;
		const asking = Array.from({ length: 40 }, (_, at) => (at % 2 === 0 ? one : two)).map(async (tenant) => ({
			tenant,
			told: await tenant.ask('agent:support'),
		}));
		const changes = (async () => {
			for (let turn = 0; turn < 5; turn += 1)
				await one.admin.agents.update.mutate({ slug: 'support', description: `turn ${turn}` });
		})();
		for (const { tenant, told } of await Promise.all(asking))
			expect(told).toMatchObject({
				by: tenant.model,
				call: { key: `sk-of-${tenant.slug}`, system: `You answer for ${tenant.slug}.` },
			});
		await changes;
	});

	it('a change of the one leaves the other where it is, its version too', async () => {
		const [one, two] = twins;
		const versionOf = async ({ ask }: Twin) => (await ask('best')).headers.get('x-switchyard-config-version');
		const before = [await versionOf(one), await versionOf(two)];
		await one.admin.profiles.set.mutate({ name: 'extra', provider: 'openai', model: 'gpt-4o-mini' });
		expect(await versionOf(one)).not.toBe(before[0]);
		expect(await versionOf(two)).toBe(before[1]);
		expect((await two.ask('profile:extra')).status).toBe(404);
	});

	it('each lists its own and nothing else', async () => {
		for (const { managers, slug, ids } of twins)
			for (const trpc of managers) {
				expect((await trpc.agents.list.query()).map(({ id }) => id)).toEqual([ids.agent]);
				expect((await trpc.organizations.get.query()).slug).toBe(slug);
				expect(await refusalOf(trpc.organizations.list.query())).toBe('forbidden');
				expect((await trpc.memberships.list.query()).map(({ userId }) => userId)).toEqual(['ann']);
				const rows = await trpc.providers.list.query();
				expect(
					rows
						.filter(({ source }) => source === 'organization')
						.map(({ name }) => name)
						.sort(),
				).toEqual(['house', 'main']);
				const keys = await trpc.gatewayKeys.list.query({ tokens: true });
				expect(keys.map(({ id }) => id)).toContain(ids.token);
				expect(keys).toHaveLength(3);
				expect(JSON.stringify(await trpc.audit.list.query())).not.toContain(other(slug).slug);
			}
	});

	it("each is told 404 of the other's rows, and changes none of them", async () => {
		const before = await stateOf();
		for (const { managers, slug } of twins) {
			const theirs = other(slug);
			for (const trpc of managers)
				for (const [name, attempt] of Object.entries(attempts(trpc, theirs)))
					expect([name, await refusalOf(attempt())]).toEqual([name, 'not_found']);
		}
		expect(await stateOf()).toEqual(before);
	});

	it("a header that names the other organization is the operator's alone", async () => {
		const [one, two] = twins;
		const headers = { 'x-switchyard-organization': two.slug };
		for (const key of [one.key, await one.token('ann', 'owner')])
			expect(await one.ask('agent:support', { key, headers })).toMatchObject({ by: one.model });
	});

	it('a user of both has in each the role it has there', async () => {
		const [one, two] = twins;
		await two.admin.memberships.set.mutate({ userId: 'bob', role: 'admin' });
		await one.admin.memberships.set.mutate({ userId: 'bob', role: 'member' });
		const [here, there] = [await one.token('bob', 'owner'), await two.token('bob', 'member')];
		expect(await refusalOf(one.as(here).agents.list.query())).toBe('forbidden');
		expect(await refusalOf(two.as(there).agents.list.query())).toBeNull();
		await two.admin.memberships.remove.mutate({ userId: 'bob' });
		expect((await one.ask('best', { key: here })).by).toBe(one.model);
		expect((await two.ask('best', { key: there })).status).toBe(403);
	});
});

const other = (slug: string): Twin => (twins[0].slug === slug ? twins[1] : twins[0]);

/** Every verb that takes an id, with the other organization's. */
const attempts = (trpc: Trpc, { id, slug, keyId, ids }: Twin): Readonly<Record<string, () => Promise<unknown>>> => ({
	'agents.get': () => trpc.agents.get.query({ id: ids.agent }),
	'agents.update': () => trpc.agents.update.mutate({ id: ids.agent, name: 'Taken' }),
	'agents.delete': () => trpc.agents.delete.mutate({ id: ids.agent }),
	'prompts.get': () => trpc.prompts.get.query({ agent: ids.agent }),
	'prompts.set': () => trpc.prompts.set.mutate({ agent: ids.agent, prompt: { system: 'Taken.' } }),
	'gatewayKeys.get': () => trpc.gatewayKeys.get.query({ id: keyId }),
	'gatewayKeys.update': () => trpc.gatewayKeys.update.mutate({ id: keyId, name: 'Taken' }),
	'gatewayKeys.rotate': () => trpc.gatewayKeys.rotate.mutate({ id: keyId }),
	'gatewayKeys.revoke': () => trpc.gatewayKeys.revoke.mutate({ id: keyId }),
	'gatewayKeys.revoke of a token': () => trpc.gatewayKeys.revoke.mutate({ id: ids.token }),
	'providers.get': () => trpc.providers.get.query({ id: ids.row }),
	'providers.update': () => trpc.providers.update.mutate({ id: ids.row, name: 'taken' }),
	'providers.rotate': () => trpc.providers.rotate.mutate({ id: ids.row, apiKey: 'sk-taken' }),
	'providers.remove': () => trpc.providers.remove.mutate({ id: ids.row }),
	'providers.usage': () => trpc.providers.usage.query({ id: ids.row }),
	'providers.models': () => trpc.providers.models.query({ id: ids.row }),
	'providers.test': () => trpc.providers.test.mutate({ id: ids.row }),
	'organizations.get': () => trpc.organizations.get.query({ id }),
	'organizations.get by slug': () => trpc.organizations.get.query({ slug }),
	'organizations.update': () => trpc.organizations.update.mutate({ id, name: 'Taken' }),
	'config.explain': () => trpc.config.explain.query({ key: keyId }),
});

/** What D1 holds of both. */
async function stateOf(): Promise<unknown> {
	const { worker } = platform;
	const tables = ['organizations', 'agents', 'agent_llm_preferences', 'llm_providers', 'memberships', 'audit_logs'];
	const rows = tables.map((table) => worker.query(`select * from ${table} order by rowid`));
	const keys = worker.query(
		'select id, name, revoked_at, expires_at, secret_hash, version from gateway_keys order by rowid',
	);
	return Promise.all([...rows, keys]);
}
