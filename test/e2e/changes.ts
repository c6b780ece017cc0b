/** Everything that can be changed about a running gateway: a request before, the change, the same request after. */
import { createSwitchyard } from '../../src/client';
import { FAILING_MODEL } from '../support/node/holding-upstream';
import { ENVIRONMENT_KEY, fresh, type Platform, refusalOf, type Tenant, type Told } from './tenant';

export interface Change {
	/** What the request shows of itself. */
	readonly ask: () => Promise<unknown>;
	readonly before: unknown;
	readonly change: () => Promise<unknown>;
	readonly after: unknown;
}

type Scenario = (platform: Platform) => Promise<Change>;

export const MINI = 'openai/gpt-4o-mini';
export const OTHER = 'openai/gpt-4.1-mini';
const FAILING = `openai/${FAILING_MODEL}`;

const who = ({ by, code }: Told) => by ?? code;
const sent = (field: string) => (told: Told) => told.call?.body[field] ?? told.code;
const system = ({ call }: Told) => call?.system ?? null;
const outcome = ({ status, code }: Told) => (code === null ? status : `${status} ${code}`);
const sentKey = ({ call, code }: Told) => call?.key ?? code;
const cost = ({ cost: usd }: Told) => usd;

async function withAgent(platform: Platform, more: Parameters<Tenant['admin']['agents']['create']['mutate']>[0]) {
	const tenant = await platform.tenant();
	await tenant.admin.agents.create.mutate(more);
	return tenant;
}

const agents: Readonly<Record<string, Scenario>> = {
	"an agent's model": async (platform) => {
		const { admin, ask } = await withAgent(platform, { slug: 'one', name: 'One', model: MINI });
		return {
			ask: async () => who(await ask('agent:one')),
			before: MINI,
			change: () => admin.agents.update.mutate({ slug: 'one', model: OTHER }),
			after: OTHER,
		};
	},
	"an agent's settings": async (platform) => {
		const settings = { temperature: 0.25 };
		const { admin, ask } = await withAgent(platform, { slug: 'one', name: 'One', model: MINI, settings });
		return {
			ask: async () => sent('temperature')(await ask('agent:one')),
			before: 0.25,
			change: () => admin.agents.update.mutate({ slug: 'one', settings: { temperature: 0.75 } }),
			after: 0.75,
		};
	},
	"an agent's chain": async (platform) => {
		const { admin, ask } = await withAgent(platform, { slug: 'one', name: 'One', model: FAILING, fallbacks: [MINI] });
		return {
			ask: async () => who(await ask('agent:one')),
			before: MINI,
			change: () => admin.agents.update.mutate({ slug: 'one', fallbacks: [OTHER] }),
			after: OTHER,
		};
	},
	'an agent that is deleted': async (platform) => {
		const { admin, ask } = await withAgent(platform, { slug: 'one', name: 'One', model: MINI });
		return {
			ask: async () => outcome(await ask('agent:one')),
			before: 200,
			change: () => admin.agents.delete.mutate({ slug: 'one' }),
			after: '404 model_not_found',
		};
	},
	"an agent's prompt": async (platform) => {
		const { admin, ask } = await withAgent(platform, { slug: 'one', name: 'One', model: MINI, systemPrompt: 'First.' });
		return {
			ask: async () => system(await ask('agent:one')),
			before: 'First.',
			change: () => admin.prompts.set.mutate({ agent: 'one', prompt: { system: 'Second.' } }),
			after: 'Second.',
		};
	},
	'a prompt that is taken back': async (platform) => {
		const { admin, ask } = await withAgent(platform, { slug: 'one', name: 'One', model: MINI, systemPrompt: 'First.' });
		await admin.prompts.set.mutate({ agent: 'one', prompt: { system: 'Second.' } });
		return {
			ask: async () => system(await ask('agent:one')),
			before: 'Second.',
			change: () => admin.prompts.revert.mutate({ agent: 'one', to: 1 }),
			after: 'First.',
		};
	},
	'a prompt that is cleared': async (platform) => {
		const { admin, ask } = await withAgent(platform, { slug: 'one', name: 'One', model: MINI, systemPrompt: 'First.' });
		return {
			ask: async () => system(await ask('agent:one')),
			before: 'First.',
			change: () => admin.prompts.clear.mutate({ agent: 'one' }),
			after: null,
		};
	},
};

async function withProfiles(platform: Platform) {
	const tenant = await platform.tenant();
	await tenant.admin.profiles.set.mutate({ name: 'quick', provider: 'openai', model: 'gpt-4o-mini' });
	await tenant.admin.profiles.set.mutate({ name: 'deep', provider: 'openai', model: 'gpt-4.1-mini' });
	return tenant;
}

const organization: Readonly<Record<string, Scenario>> = {
	"a profile's model": async (platform) => {
		const { admin, ask } = await withProfiles(platform);
		return {
			ask: async () => who(await ask('profile:quick')),
			before: MINI,
			change: () => admin.profiles.set.mutate({ name: 'quick', provider: 'openai', model: 'gpt-4.1-mini' }),
			after: OTHER,
		};
	},
	"a profile's settings": async (platform) => {
		const { admin, ask } = await withProfiles(platform);
		const profile = { name: 'quick', provider: 'openai', model: 'gpt-4o-mini' };
		return {
			ask: async () => sent('temperature')(await ask('profile:quick')),
			before: null,
			change: () => admin.profiles.set.mutate({ ...profile, settings: { temperature: 0.5 } }),
			after: 0.5,
		};
	},
	'the default profile': async (platform) => {
		const { admin, ask } = await withProfiles(platform);
		await admin.profiles.setDefault.mutate({ name: 'quick' });
		return {
			ask: async () => who(await ask('default')),
			before: MINI,
			change: () => admin.profiles.setDefault.mutate({ name: 'deep' }),
			after: OTHER,
		};
	},
	'the target of an alias': async (platform) => {
		const { admin, ask } = await platform.tenant();
		await admin.aliases.set.mutate({ name: 'best', target: MINI });
		return {
			ask: async () => who(await ask('best')),
			before: MINI,
			change: () => admin.aliases.set.mutate({ name: 'best', target: OTHER }),
			after: OTHER,
		};
	},
	'the fallback chain': async (platform) => {
		const { admin, ask } = await platform.tenant();
		await admin.fallbacks.set.mutate({ chain: [MINI] });
		return {
			ask: async () => who(await ask(FAILING)),
			before: MINI,
			change: () => admin.fallbacks.set.mutate({ chain: [OTHER] }),
			after: OTHER,
		};
	},
	'the fallbacks of one model': async (platform) => {
		const { admin, ask } = await platform.tenant();
		await admin.fallbacks.set.mutate({ chain: [MINI] });
		return {
			ask: async () => who(await ask(FAILING)),
			before: MINI,
			change: () => admin.fallbacks.setFor.mutate({ model: FAILING, chain: [OTHER] }),
			after: OTHER,
		};
	},
	'the embedding model': async (platform) => {
		const { admin, embed } = await platform.tenant();
		await admin.fallbacks.set.mutate({ embeddingModel: 'openai/text-embedding-3-small' });
		return {
			ask: async () => who(await embed()),
			before: 'openai/text-embedding-3-small',
			change: () => admin.fallbacks.set.mutate({ embeddingModel: 'openai/text-embedding-3-large' }),
			after: 'openai/text-embedding-3-large',
		};
	},
	"an organization's requests per minute": async (platform) => {
		const { admin, ask, slug } = await platform.tenant();
		return {
			ask: async () => outcome(await ask(MINI)),
			before: 200,
			change: () => admin.organizations.update.mutate({ slug, requestsPerMinute: 3 }),
			after: '429 rate_limited',
		};
	},
	"an organization's requests per day, raised": async (platform) => {
		const { admin, ask, slug } = await platform.tenant();
		await ask(MINI);
		await admin.organizations.update.mutate({ slug, requestsPerDay: 1 });
		return {
			ask: async () => outcome(await ask(MINI)),
			before: '429 rate_limited',
			change: () => admin.organizations.update.mutate({ slug, requestsPerDay: 2 }),
			after: 200,
		};
	},
	"an organization's budget": async (platform) => {
		const { admin, ask, slug } = await platform.tenant();
		return {
			ask: async () => outcome(await ask(MINI)),
			before: 200,
			change: () => admin.organizations.update.mutate({ slug, budgetMonthUsd: '0.000001' }),
			after: '402 budget_exceeded',
		};
	},
	"an organization's budget, lifted": async (platform) => {
		const { admin, ask, slug } = await platform.tenant();
		await admin.organizations.update.mutate({ slug, budgetDayUsd: '0.000001' });
		return {
			ask: async () => outcome(await ask(MINI)),
			before: '402 budget_exceeded',
			change: () => admin.organizations.update.mutate({ slug, budgetDayUsd: null }),
			after: 200,
		};
	},
	"an organization's plan": async (platform) => {
		const { admin, ask, slug } = await withProfiles(platform);
		return {
			ask: async () => outcome(await ask('profile:quick')),
			before: 200,
			change: () => admin.organizations.update.mutate({ slug, plan: 'free' }),
			after: '404 model_not_found',
		};
	},
	'an organization that is deleted': async (platform) => {
		const { id, slug, ask } = await platform.tenant();
		return {
			ask: async () => outcome(await ask(MINI)),
			before: 200,
			change: () => platform.operator.organizations.delete.mutate({ id, confirm: slug }),
			after: '401 unauthorized',
		};
	},
	'a configuration file': async (platform) => {
		const { admin, ask } = await withProfiles(platform);
		const document = 'profiles: { quick: { provider: openai, model: gpt-4.1-mini } }';
		return {
			ask: async () => who(await ask('profile:quick')),
			before: MINI,
			change: () => admin.config.import.mutate({ document }),
			after: OTHER,
		};
	},
};

type KeyUpdate = Omit<Parameters<Tenant['admin']['gatewayKeys']['update']['mutate']>[0], 'id'>;

/** A request, and what a change of its key's policy makes of it. */
const policy =
	(update: KeyUpdate, after: string, request: (tenant: Tenant) => Promise<Told> = ({ ask }) => ask(MINI)): Scenario =>
	async (platform) => {
		const settings = { temperature: 0.25 };
		const tenant = await withAgent(platform, { slug: 'one', name: 'One', model: MINI, settings });
		return {
			ask: async () => outcome(await request(tenant)),
			before: 200,
			change: () => tenant.admin.gatewayKeys.update.mutate({ id: tenant.keyId, ...update }),
			after,
		};
	};

const keys: Readonly<Record<string, Scenario>> = {
	"a key's requests per minute": policy({ requestsPerMinute: 3 }, '429 rate_limited'),
	"a key's requests per day": policy({ requestsPerDay: 3 }, '429 rate_limited'),
	"a key's budget of the day": policy({ budgetDayUsd: '0.000001' }, '402 budget_exceeded'),
	"a key's budget of the month": policy({ budgetMonthUsd: '0.000001' }, '402 budget_exceeded'),
	"a key's budget in total": policy({ budgetTotalUsd: '0.000001' }, '402 budget_exceeded'),
	"a key's models": policy({ allowedModels: ['mistral/*', OTHER] }, '403 forbidden'),
	"a key's agents": policy({ allowedAgents: ['one'] }, '403 forbidden'),
	"a key's providers": policy({ allowedProviders: ['mistral'] }, '403 forbidden'),
	"a key's scopes": policy({ scopes: ['manage'] }, '403 forbidden'),
	"a key's origins": async (platform) => {
		const { admin, ask, keyId } = await platform.tenant();
		const origin = 'https://page.example';
		return {
			ask: async () => (await ask(MINI, { headers: { origin } })).headers.get('access-control-allow-origin'),
			before: null,
			change: () => admin.gatewayKeys.update.mutate({ id: keyId, origins: [origin] }),
			after: origin,
		};
	},
	"whether a key may override an agent's model": policy({ mayOverrideModel: false }, '403 forbidden', ({ ask }) =>
		ask(OTHER, { headers: { 'x-switchyard-agent': 'one' } }),
	),
	'whether a key may override prompts': policy({ mayOverridePrompt: false }, '403 forbidden', ({ ask }) =>
		ask('agent:one', { system: 'My own.' }),
	),
	'whether a key may override settings': async (platform) => {
		const settings = { temperature: 0.25 };
		const { admin, ask, keyId } = await withAgent(platform, { slug: 'one', name: 'One', model: MINI, settings });
		return {
			ask: async () => sent('temperature')(await ask('agent:one', { body: { temperature: 1 } })),
			before: 1,
			change: () => admin.gatewayKeys.update.mutate({ id: keyId, mayOverrideSettings: false }),
			after: 0.25,
		};
	},
	'what a key may manage': async (platform) => {
		const { admin, as } = await platform.tenant();
		const { id, key } = await admin.gatewayKeys.create.mutate({ name: 'second', scopes: ['inference', 'manage'] });
		return {
			ask: () => refusalOf(as(key).agents.list.query()),
			before: null,
			change: () => admin.gatewayKeys.update.mutate({ id, scopes: ['inference'] }),
			after: 'forbidden',
		};
	},
	'the end of a key': async (platform) => {
		const { admin, ask, keyId } = await platform.tenant();
		return {
			ask: async () => outcome(await ask(MINI)),
			before: 200,
			async change() {
				const expiresAt = Date.now() + 1_500;
				await admin.gatewayKeys.update.mutate({ id: keyId, expiresAt });
				await new Promise((over) => setTimeout(over, expiresAt - Date.now() + 1));
			},
			after: '401 unauthorized',
		};
	},
	'a key that is revoked': async (platform) => {
		const { admin, ask, keyId } = await platform.tenant();
		return {
			ask: async () => outcome(await ask(MINI)),
			before: 200,
			change: () => admin.gatewayKeys.revoke.mutate({ id: keyId }),
			after: '401 unauthorized',
		};
	},
	'a key that is rotated': async (platform) => {
		const { admin, ask, key, keyId } = await platform.tenant();
		let successor = key;
		return {
			ask: async () => [outcome(await ask(MINI, { key })), outcome(await ask(MINI, { key: successor }))],
			before: [200, 200],
			async change() {
				successor = (await admin.gatewayKeys.rotate.mutate({ id: keyId })).key;
			},
			after: ['401 unauthorized', 200],
		};
	},
	'a token whose issuer is revoked': async (platform) => {
		const { admin, ask, as } = await platform.tenant();
		const { id, key } = await admin.gatewayKeys.create.mutate({ name: 'issuer', scopes: ['inference', 'manage'] });
		const { token } = await as(key).gatewayKeys.issueToken.mutate({ ttlSeconds: 600 });
		return {
			ask: async () => outcome(await ask(MINI, { key: token })),
			before: 200,
			change: () => admin.gatewayKeys.revoke.mutate({ id }),
			after: '401 unauthorized',
		};
	},
};

async function withRow({ tenant, upstream }: Platform) {
	const there = await tenant();
	const row = { provider: 'openai', apiKey: 'sk-own-first', baseUrl: upstream.root };
	const { id } = await there.rest('POST', '', row);
	return { ...there, row: `/${String(id)}` };
}

const providers: Readonly<Record<string, Scenario>> = {
	"a provider's own key, which wins over the environment": async (platform) => {
		const { ask, rest } = await platform.tenant();
		const baseUrl = platform.upstream.root;
		return {
			ask: async () => sentKey(await ask(MINI)),
			before: ENVIRONMENT_KEY,
			change: () => rest('POST', '', { provider: 'openai', apiKey: 'sk-own-first', baseUrl }),
			after: 'sk-own-first',
		};
	},
	'a provider key that is replaced': async (platform) => {
		const { ask, rest, row } = await withRow(platform);
		return {
			ask: async () => sentKey(await ask(MINI)),
			before: 'sk-own-first',
			change: () => rest('PUT', row, { apiKey: 'sk-own-second' }),
			after: 'sk-own-second',
		};
	},
	'a provider key that is rotated': async (platform) => {
		const { ask, rest, row } = await withRow(platform);
		return {
			ask: async () => sentKey(await ask(MINI)),
			before: 'sk-own-first',
			change: () => rest('POST', `${row}/rotate`, { apiKey: 'sk-own-second' }),
			after: 'sk-own-second',
		};
	},
	'a provider that is deactivated': async (platform) => {
		const { ask, rest, row } = await withRow(platform);
		return {
			ask: async () => sentKey(await ask(MINI)),
			before: 'sk-own-first',
			change: () => rest('PUT', row, { isActive: false }),
			after: ENVIRONMENT_KEY,
		};
	},
	'a provider that is removed': async (platform) => {
		const { ask, rest, row } = await withRow(platform);
		return {
			ask: async () => sentKey(await ask(MINI)),
			before: 'sk-own-first',
			change: () => rest('DELETE', `${row}?erase=true`),
			after: ENVIRONMENT_KEY,
		};
	},
	"a provider's address": async (platform) => {
		const { ask, rest, row } = await withRow(platform);
		const { upstream, elsewhere } = platform;
		const reached = ({ call }: Told) => [upstream, elsewhere].findIndex(({ calls }) => call && calls.includes(call));
		return {
			ask: async () => {
				const told = await ask(MINI);
				return [reached(told), sentKey(told)];
			},
			before: [0, 'sk-own-first'],
			change: () => rest('PUT', row, { baseUrl: elsewhere.root, apiKey: 'sk-own-elsewhere' }),
			after: [1, 'sk-own-elsewhere'],
		};
	},
	'the default among several keys of a provider': async (platform) => {
		const { ask, rest } = await withRow(platform);
		const second = { provider: 'openai', name: 'second', apiKey: 'sk-own-second', baseUrl: platform.upstream.root };
		const { id } = await rest('POST', '', second);
		return {
			ask: async () => sentKey(await ask(MINI)),
			before: 'sk-own-first',
			change: () => rest('PUT', `/${String(id)}`, { isDefault: true }),
			after: 'sk-own-second',
		};
	},
	'the key that a profile refers to': async (platform) => {
		const { admin, ask, rest } = await withRow(platform);
		const second = { provider: 'openai', name: 'second', apiKey: 'sk-own-second', baseUrl: platform.upstream.root };
		await rest('POST', '', second);
		const profile = { name: 'quick', provider: 'openai', model: 'gpt-4o-mini' };
		await admin.profiles.set.mutate(profile);
		return {
			ask: async () => sentKey(await ask('profile:quick')),
			before: 'sk-own-first',
			change: () => admin.profiles.set.mutate({ ...profile, keyRef: 'second' }),
			after: 'sk-own-second',
		};
	},
	"an organization's own price, for what it pays itself": async (platform) => {
		const { admin, ask } = await withRow(platform);
		const model = { provider: 'openai', model: 'gpt-4o-mini' };
		await admin.customModels.set.mutate({ ...model, prices: { input: '1000', output: '2000' } });
		return {
			ask: async () => cost(await ask(MINI)),
			before: '0.026',
			change: () => admin.customModels.set.mutate({ ...model, prices: { input: '500', output: '1000' } }),
			after: '0.013',
		};
	},
};

const people: Readonly<Record<string, Scenario>> = {
	'a role that is lowered': async (platform) => {
		const { admin, as, token } = await platform.tenant();
		const bearer = await token('ann', 'admin');
		return {
			ask: () => refusalOf(as(bearer).agents.list.query()),
			before: null,
			change: () => admin.memberships.set.mutate({ userId: 'ann', role: 'member' }),
			after: 'forbidden',
		};
	},
	'a role that is raised': async (platform) => {
		const { admin, as, token } = await platform.tenant();
		const bearer = await token('ann', 'member');
		return {
			ask: () => refusalOf(as(bearer).agents.list.query()),
			before: 'forbidden',
			change: () => admin.memberships.set.mutate({ userId: 'ann', role: 'admin' }),
			after: null,
		};
	},
	'a member who is removed': async (platform) => {
		const { admin, ask, token } = await platform.tenant();
		const bearer = await token('ann', 'member');
		await admin.memberships.set.mutate({ userId: 'ann', role: 'member' });
		return {
			ask: async () => outcome(await ask(MINI, { key: bearer })),
			before: 200,
			change: () => admin.memberships.remove.mutate({ userId: 'ann' }),
			after: '403 forbidden',
		};
	},
	'a member who is let in again': async (platform) => {
		const { admin, ask, token } = await platform.tenant();
		const bearer = await token('ann', 'member');
		await admin.memberships.set.mutate({ userId: 'ann', role: 'member' });
		await admin.memberships.remove.mutate({ userId: 'ann' });
		return {
			ask: async () => outcome(await ask(MINI, { key: bearer })),
			before: '403 forbidden',
			change: () => admin.memberships.set.mutate({ userId: 'ann', role: 'member' }),
			after: 200,
		};
	},
	"a member's session": async (platform) => {
		const { admin, token } = await platform.tenant();
		const inside = await signedIn(platform, await token('ann', 'admin'));
		return {
			ask: () => refusalOf(inside.agents.list.query()),
			before: null,
			change: () => admin.memberships.set.mutate({ userId: 'ann', role: 'member' }),
			after: 'forbidden',
		};
	},
	"a revoked key's session": async (platform) => {
		const { admin } = await platform.tenant();
		const { id, key } = await admin.gatewayKeys.create.mutate({ name: 'console', scopes: ['inference', 'manage'] });
		const inside = await signedIn(platform, key);
		return {
			ask: () => refusalOf(inside.agents.list.query()),
			before: null,
			change: () => admin.gatewayKeys.revoke.mutate({ id }),
			after: 'unauthorized',
		};
	},
};

/** The typed client of a page of the console. */
async function signedIn({ worker }: Platform, credential: string) {
	const response = await fetch(`${worker.origin}/api/v1/session`, {
		method: 'POST',
		headers: { authorization: `Bearer ${credential}` },
	});
	const cookie = response.headers.get('set-cookie')?.split(';')[0];
	if (response.status !== 201 || !cookie) throw new Error(`signing in was answered ${response.status}`);
	return createSwitchyard({
		url: 'http://switchyard',
		fetch: (url, init) => fetch(url.replace('http://switchyard', worker.origin), init),
		headers: { cookie },
	}).trpc;
}

async function inEach(tenants: readonly Tenant[], look: (tenant: Tenant) => Promise<unknown>): Promise<unknown> {
	return Promise.all(tenants.map(look));
}

/** Of all organizations, by the platform's operator. */
const global: Readonly<Record<string, Scenario>> = {
	'a global profile': async (platform) => {
		const { operator } = platform;
		const tenants = [await platform.tenant(), await platform.tenant({ plan: 'free' })];
		const id = fresh('global');
		const fields = { displayName: 'Global', category: 'fast' } as const;
		await operator.globalSettings.create.mutate({ id, provider: 'openai', model: 'gpt-4o-mini', ...fields });
		return {
			ask: () => inEach(tenants, async ({ ask }) => who(await ask(`profile:${id}`))),
			before: [MINI, MINI],
			change: () => operator.globalSettings.update.mutate({ id, model: 'gpt-4.1-mini' }),
			after: [OTHER, OTHER],
		};
	},
	'a global profile that is removed': async (platform) => {
		const { operator } = platform;
		const tenants = [await platform.tenant(), await platform.tenant({ plan: 'free' })];
		const id = fresh('global');
		const fields = { displayName: 'Global', category: 'fast' } as const;
		await operator.globalSettings.create.mutate({ id, provider: 'openai', model: 'gpt-4o-mini', ...fields });
		return {
			ask: () => inEach(tenants, async ({ ask }) => outcome(await ask(`profile:${id}`))),
			before: [200, 200],
			change: () => operator.globalSettings.remove.mutate({ id }),
			after: ['404 model_not_found', '404 model_not_found'],
		};
	},
	'a price for everybody': async (platform) => {
		const { operator } = platform;
		const tenants = [await platform.tenant(), await platform.tenant({ plan: 'free' })];
		const id = fresh('global');
		await operator.globalSettings.create.mutate({
			id,
			provider: 'openai',
			model: 'gpt-4.1-nano',
			displayName: 'Global',
			category: 'fast',
			inputUsdPerMillion: '1000',
			outputUsdPerMillion: '2000',
		});
		return {
			ask: () => inEach(tenants, async ({ ask }) => cost(await ask('openai/gpt-4.1-nano'))),
			before: ['0.026', '0.026'],
			change: () =>
				operator.globalSettings.update.mutate({ id, inputUsdPerMillion: '500', outputUsdPerMillion: '1000' }),
			after: ['0.013', '0.013'],
		};
	},
};

/**
 * Not to be made among many others: a key's last minute is kept in storage only once it has a limit per minute, so that
 * a killed object starts it anew; and an end must lie ahead when it is set.
 */
export const ALONE: ReadonlySet<string> = new Set(["a key's requests per minute", 'the end of a key']);

/** They hold up every organization there is, and so come first. */
export const EVERYBODYS = global;

export const CHANGES: Readonly<Record<string, Scenario>> = {
	...global,
	...agents,
	...organization,
	...keys,
	...providers,
	...people,
};
