import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Principal } from '../../src/auth/principal';
import { gatewayKeys } from '../../src/db/schema';
import type { ErrorCode } from '../../src/errors';
import { appRouter } from '../../src/routers';
import type { RouterContext } from '../../src/routers/init';
import {
	db,
	insertOrganization,
	NOW,
	operator,
	principal,
	refusal,
	type ScriptedChange,
	scriptedChange,
	serviceContext,
} from './bench';

type Caller = ReturnType<typeof appRouter.createCaller>;

/** Of organization o1. */
interface Ids {
	readonly agent: string;
	readonly key: string;
	readonly token: string;
	readonly provider: string;
}

type Call = (caller: Caller, ids: Ids) => Promise<unknown>;

interface Procedure {
	/** What another organization's ids and names are given to, by how they are; its own may not be refused. */
	readonly addressed?: Readonly<Record<string, Call>>;
	/** Addresses nothing: acts on the caller's organization, and answers with nothing of another. */
	readonly own?: Call;
	/** Spans organizations: refused to everybody but the operator. */
	readonly operators?: Call;
	/** Neither manages nor addresses rows; where else it is tested. */
	readonly elsewhere?: string;
}

const inference = { elsewhere: 'test/gateway, test/doors' };
const source = { system: 'You help.' };
const custom = { provider: 'openai', model: 'house-model' };
const globalSetting = { provider: 'openai', model: 'gpt-4o', displayName: 'Extra', category: 'fast' } as const;

/** Every procedure of the typed API. */
const PROCEDURES: Readonly<Record<string, Procedure>> = {
	chat: inference,
	stream: inference,
	embed: inference,
	'tokens.count': inference,
	'cost.estimate': inference,
	health: { elsewhere: 'test/doors/health.test.ts' },
	'models.list': { elsewhere: 'test/gateway/models.test.ts' },
	'agents.create': { own: (c) => c.agents.create({ slug: 'fresh', name: 'Fresh', model: 'mock/echo' }) },
	'agents.list': { own: (c) => c.agents.list() },
	'agents.get': {
		addressed: {
			'by id': (c, { agent }) => c.agents.get({ id: agent }),
			'by slug': (c) => c.agents.get({ slug: 'marked-agent' }),
		},
	},
	'agents.update': {
		addressed: {
			'by id': (c, { agent }) => c.agents.update({ id: agent, name: 'Mine' }),
			'by slug': (c) => c.agents.update({ slug: 'marked-agent', name: 'Mine' }),
		},
	},
	'agents.delete': {
		addressed: {
			'by id': (c, { agent }) => c.agents.delete({ id: agent }),
			'by slug': (c) => c.agents.delete({ slug: 'marked-agent' }),
		},
	},
	'aliases.list': { own: (c) => c.aliases.list() },
	'aliases.set': { own: (c) => c.aliases.set({ name: 'fresh', target: 'mock/echo' }) },
	'aliases.remove': { addressed: { 'by name': (c) => c.aliases.remove({ name: 'marked-alias' }) } },
	'audit.list': {
		own: (c) => c.audit.list(),
		addressed: { 'by organization': (c) => c.audit.list({ organizationId: 'o1' }) },
	},
	'config.explain': {
		own: (c) => c.config.explain(),
		addressed: { 'by key': (c, { key }) => c.config.explain({ key }) },
	},
	'config.export': { own: (c) => c.config.export() },
	'config.import': { own: (c) => c.config.import({ document: 'agents: {imported: {model: mock/echo}}' }) },
	'customModels.list': { own: (c) => c.customModels.list() },
	'customModels.get': { addressed: { 'by name': (c) => c.customModels.get(custom) } },
	'customModels.set': { own: (c) => c.customModels.set({ ...custom, contextWindow: 9_000 }) },
	'customModels.remove': { addressed: { 'by name': (c) => c.customModels.remove(custom) } },
	'fallbacks.get': { own: (c) => c.fallbacks.get() },
	'fallbacks.set': { own: (c) => c.fallbacks.set({ chain: ['mock/echo'] }) },
	'fallbacks.setFor': { own: (c) => c.fallbacks.setFor({ model: 'openai/gpt-4o', chain: ['mock/echo'] }) },
	'fallbacks.remove': { addressed: { 'by model': (c) => c.fallbacks.remove({ model: 'openai/gpt-4.1' }) } },
	'gatewayKeys.create': { own: (c) => c.gatewayKeys.create({ name: 'Fresh' }) },
	'gatewayKeys.list': {
		own: async (c, { key }) => [await c.gatewayKeys.list({ tokens: true }), await c.gatewayKeys.list({ after: key })],
	},
	'gatewayKeys.get': {
		addressed: {
			'by id': (c, { key }) => c.gatewayKeys.get({ id: key }),
			'by id of a token': (c, { token }) => c.gatewayKeys.get({ id: token }),
		},
	},
	'gatewayKeys.update': { addressed: { 'by id': (c, { key }) => c.gatewayKeys.update({ id: key, name: 'Mine' }) } },
	'gatewayKeys.rotate': { addressed: { 'by id': (c, { key }) => c.gatewayKeys.rotate({ id: key }) } },
	'gatewayKeys.revoke': {
		addressed: {
			'by id': (c, { key }) => c.gatewayKeys.revoke({ id: key }),
			'by id of a token': (c, { token }) => c.gatewayKeys.revoke({ id: token }),
		},
	},
	'gatewayKeys.issueToken': {
		own: (c) => c.gatewayKeys.issueToken({}),
		addressed: { 'for an agent': (c) => c.gatewayKeys.issueToken({ agents: ['marked-agent'] }) },
	},
	'globalSettings.list': { own: (c) => c.globalSettings.list() },
	'globalSettings.create': { operators: (c) => c.globalSettings.create({ id: 'extra', ...globalSetting }) },
	'globalSettings.update': { operators: (c) => c.globalSettings.update({ id: 'fast', displayName: 'Mine' }) },
	'globalSettings.remove': { operators: (c) => c.globalSettings.remove({ id: 'powerful' }) },
	'globalSettings.setDefault': { operators: (c) => c.globalSettings.setDefault({ id: 'balanced' }) },
	'memberships.list': {
		own: async (c) => [await c.memberships.list({ removed: true }), await c.memberships.list({ after: 'marked' })],
	},
	'memberships.get': { addressed: { 'by user': (c) => c.memberships.get({ userId: 'marked-user' }) } },
	'memberships.set': { own: (c) => c.memberships.set({ userId: 'fresh', role: 'member' }) },
	'memberships.remove': { addressed: { 'by user': (c) => c.memberships.remove({ userId: 'marked-user' }) } },
	'organizations.create': { operators: (c) => c.organizations.create({ name: 'Fresh', slug: 'fresh' }) },
	'organizations.list': { operators: (c) => c.organizations.list() },
	'organizations.get': {
		own: (c) => c.organizations.get(),
		addressed: {
			'by id': (c) => c.organizations.get({ id: 'o1' }),
			'by slug': (c) => c.organizations.get({ slug: 'o1-slug' }),
		},
	},
	'organizations.update': {
		own: (c) => c.organizations.update({ name: 'Fresh' }),
		addressed: {
			'by id': (c) => c.organizations.update({ id: 'o1', name: 'Mine' }),
			'by slug': (c) => c.organizations.update({ slug: 'o1-slug', name: 'Mine' }),
		},
	},
	'organizations.delete': { operators: (c) => c.organizations.delete({ id: 'o1', confirm: 'o1-slug' }) },
	'organizations.setRouting': { own: (c) => c.organizations.setRouting({ routing: { sticky: false } }) },
	'organizations.setContext': { own: (c) => c.organizations.setContext({ context: { mode: 'refuse' } }) },
	'profiles.list': { own: (c) => c.profiles.list() },
	'profiles.set': { own: (c) => c.profiles.set({ name: 'fresh', provider: 'mock', model: 'echo' }) },
	'profiles.remove': { addressed: { 'by name': (c) => c.profiles.remove({ name: 'marked-profile' }) } },
	'profiles.setDefault': {
		addressed: { 'by name': (c) => c.profiles.setDefault({ name: 'marked-profile' }) },
	},
	'prompts.get': {
		addressed: {
			'by id': (c, { agent }) => c.prompts.get({ agent }),
			'by slug': (c) => c.prompts.get({ agent: 'marked-agent' }),
		},
	},
	'prompts.history': {
		addressed: {
			'by id': (c, { agent }) => c.prompts.history({ agent }),
			'by slug': (c) => c.prompts.history({ agent: 'marked-agent' }),
		},
	},
	'prompts.set': {
		addressed: {
			'by id': (c, { agent }) => c.prompts.set({ agent, prompt: source }),
			'by slug': (c) => c.prompts.set({ agent: 'marked-agent', prompt: source }),
		},
	},
	'prompts.revert': { addressed: { 'by id': (c, { agent }) => c.prompts.revert({ agent, to: 1 }) } },
	'prompts.clear': { addressed: { 'by id': (c, { agent }) => c.prompts.clear({ agent }) } },
	'prompts.preview': {
		own: (c) => c.prompts.preview({ prompt: source }),
		addressed: { 'by id': (c, { agent }) => c.prompts.preview({ agent }) },
	},
	'providers.available': { own: (c) => c.providers.available() },
	'providers.add': { own: (c) => c.providers.add({ provider: 'groq', apiKey: 'gsk-fresh-0123456789' }) },
	'providers.list': { own: (c) => c.providers.list() },
	'providers.get': { addressed: { 'by id': (c, { provider }) => c.providers.get({ id: provider }) } },
	'providers.update': {
		addressed: { 'by id': (c, { provider }) => c.providers.update({ id: provider, name: 'mine' }) },
	},
	'providers.remove': { addressed: { 'by id': (c, { provider }) => c.providers.remove({ id: provider }) } },
	'providers.test': { addressed: { 'by id': (c, { provider }) => c.providers.test({ id: provider }) } },
	'providers.status': { own: (c) => c.providers.status() },
	'providers.usage': { addressed: { 'by id': (c, { provider }) => c.providers.usage({ id: provider }) } },
	'providers.models': { addressed: { 'by id': (c, { provider }) => c.providers.models({ id: provider }) } },
	'providers.rotate': {
		addressed: { 'by id': (c, { provider }) => c.providers.rotate({ id: provider, apiKey: 'sk-other-0123456789' }) },
	},
	'providers.adoptEnvironment': { operators: (c) => c.providers.adoptEnvironment({}) },
	'providers.resealKeys': { operators: (c) => c.providers.resealKeys({}) },
	'providers.pullModel': { elsewhere: 'test/routers/model-pull.test.ts' },
};

const unused = () => {
	throw new Error('administration calls no model');
};

let port: ScriptedChange;

function callerAs(who: Principal): Caller {
	const services = serviceContext(who, {
		change: port,
		upstreams: {
			credentials: async () => [],
			frames: unused,
			probe: async () => ({ ok: true, latencyMs: 1, model: null, error: null }),
		},
	});
	const ctx: RouterContext = {
		services,
		gateway: {
			chat: unused,
			stream: unused,
			embed: unused,
			passthrough: unused,
			models: unused,
			countTokens: unused,
			estimateCost: unused,
		},
		call: { clientRequestId: null, agent: null, fallback: true, receivedAt: NOW, signal: null },
		ready: unused,
	};
	return appRouter.createCaller(ctx, { onError: () => {} });
}

const key = { kind: 'gateway-key', keyId: 'k2', role: null, userId: null, actor: 'key:k2' } as const;

/** Who is not of o1, each with all the rights there are in an organization of its own. */
const STRANGERS = [principal('o2'), principal('o3', key)];
const THEIRS = new Set<unknown>(['o2', 'o3', 'fresh']);

/** Everything that D1 holds, but for the rows of `besides`. */
async function storedRows(besides: ReadonlySet<unknown> = new Set()): Promise<string> {
	const { results } = await env.DB.prepare(
		"select name from sqlite_master where type = 'table' and name not glob '_*' and name not glob 'sqlite_*' and name <> 'd1_migrations'",
	).all<{ name: string }>();
	const all: Record<string, unknown> = {};
	for (const { name } of results) {
		const table = await env.DB.prepare(`select * from "${name}"`).all();
		all[name] = table.results.filter((row) => !besides.has(row.organization_id ?? row.id));
	}
	return JSON.stringify(all);
}

let ids: Ids;
let owner: Caller;

beforeEach(async () => {
	port = scriptedChange();
	await insertOrganization('o1', { plan: 'pro' });
	await insertOrganization('o2', { plan: 'pro' });
	await insertOrganization('o3', { plan: 'pro' });
	await db.insert(gatewayKeys).values({
		id: 'k2',
		organizationId: 'o3',
		name: 'Stranger',
		secretHash: '',
		last4: '',
		scopes: ['inference', 'manage'],
		createdBy: 'operator',
		createdAt: NOW,
	});
	owner = callerAs(principal('o1'));
	const agent = await owner.agents.create({ slug: 'marked-agent', name: 'marked', model: 'mock/echo', prompt: source });
	const made = await owner.gatewayKeys.create({ name: 'marked' });
	const token = await owner.gatewayKeys.issueToken({ name: 'marked' });
	const provider = await owner.providers.add({ provider: 'openai', name: 'marked', apiKey: 'sk-marked-0123456789' });
	await owner.memberships.set({ userId: 'marked-user', role: 'member', email: 'marked@example.com' });
	await owner.profiles.set({ name: 'marked-profile', provider: 'mock', model: 'echo' });
	await owner.aliases.set({ name: 'marked-alias', target: 'mock/echo' });
	await owner.fallbacks.setFor({ model: 'openai/gpt-4.1', chain: ['mock/echo'] });
	await owner.customModels.set({ ...custom, displayName: 'marked', contextWindow: 8_000 });
	ids = { agent: agent.id, key: made.id, token: token.id, provider: provider.id };
});

it('the table has every procedure of the typed API, and no other', () => {
	expect(Object.keys(PROCEDURES).sort()).toEqual(Object.keys(appRouter._def.procedures).sort());
	for (const [path, { addressed, own, operators, elsewhere }] of Object.entries(PROCEDURES))
		expect([path, addressed ?? own ?? operators ?? elsewhere]).not.toContain(undefined);
});

const calls = (kind: 'own' | 'operators') =>
	Object.entries(PROCEDURES).flatMap(([path, procedure]) => {
		const call = procedure[kind];
		return call ? [[path, call] as const] : [];
	});

const own = calls('own');
const operators = calls('operators');
const addressed = Object.entries(PROCEDURES).flatMap(([path, { addressed: ways = {} }]) =>
	Object.entries(ways).map(([how, call]) => [`${path} ${how}`, call] as const),
);

/** Code of the refusal that each call ends with, as each of these callers. */
async function refusals(asked: readonly (readonly [name: string, call: Call])[], callers: readonly Principal[]) {
	const codes: Record<string, string> = {};
	for (const [name, call] of asked) {
		const each = callers.map(async (who) => (await refusal(call(callerAs(who), ids)).catch(() => null))?.code);
		codes[name] = [...new Set(await Promise.all(each))].join(' or ');
	}
	return codes;
}

const all = (asked: readonly (readonly [name: string, call: Call])[], code: ErrorCode) =>
	Object.fromEntries(asked.map(([name]) => [name, code]));

/** Names are of the caller's own organization, so that unknown ones are wrong input there. */
const NOT_FOUND: Readonly<Record<string, string>> = {
	...all(addressed, 'not_found'),
	'gatewayKeys.issueToken for an agent': 'invalid_request',
};

describe('what another organization’s ids and names are given to', () => {
	it('finds nothing and touches nothing', async () => {
		const before = await storedRows();
		port.events.length = 0;
		expect(await refusals(addressed, STRANGERS)).toEqual(NOT_FOUND);
		expect(port.events).toEqual([]);
		expect(await storedRows()).toBe(before);
	});

	it.each(addressed)('%s finds its own', async (_, call) => {
		await call(owner, ids);
	});
});

it('what addresses nothing answers with nothing of another organization, and changes nothing of it', async () => {
	const before = await storedRows(THEIRS);
	const telling: string[] = [];
	for (const [path, call] of own)
		for (const who of STRANGERS) {
			const answer = JSON.stringify(await call(callerAs(who), ids)) ?? '';
			if (['marked', 'o1-slug', ...Object.values(ids)].some((mark) => answer.includes(mark))) telling.push(path);
		}
	expect(telling).toEqual([]);
	expect(await storedRows(THEIRS)).toBe(before);
});

it('the marks would be seen: what addresses nothing shows them to their owner', async () => {
	const lists = own.filter(
		([path]) => (path.endsWith('.list') || path === 'config.export') && path !== 'globalSettings.list',
	);
	expect(lists.length).toBeGreaterThan(6);
	for (const [path, call] of lists)
		expect([path, JSON.stringify(await call(owner, ids))]).toEqual([path, expect.stringContaining('marked')]);
});

describe('what spans organizations', () => {
	it('is refused to everybody but the operator, and touches nothing', async () => {
		const before = await storedRows();
		const others = [...STRANGERS, principal('o1'), principal('o1', key)];
		expect(await refusals(operators, others)).toEqual(all(operators, 'forbidden'));
		expect(await storedRows()).toBe(before);
	});

	it.each(operators)('%s is open to the operator', async (_, call) => {
		await call(callerAs(operator('o2')), ids);
	});
});

it('everything is forbidden without the scope manage', async () => {
	port.events.length = 0;
	const managing = [...own.map(([path, call]) => [`${path} of its own`, call] as const), ...operators, ...addressed];
	const key = { kind: 'gateway-key', keyId: 'k', role: null, scopes: ['inference'] } as const;
	const powerless = [principal('o1', key), principal('o1', { role: 'member', scopes: ['inference'] })];
	expect(await refusals(managing, powerless)).toEqual(all(managing, 'forbidden'));
	expect(port.events).toEqual([]);
});

it('the operator reaches every organization, but rows within only of the one it acts on', async () => {
	const reaching = addressed.filter(([name]) => /^(organizations\.|audit\.)/.test(name));
	const within = addressed.filter((each) => !reaching.includes(each));
	const expected = Object.fromEntries(within.map(([name]) => [name, NOT_FOUND[name]]));
	expect(await refusals(within, [operator('o2')])).toEqual(expected);
	for (const [, call] of reaching) await call(callerAs(operator('o2')), ids);
});
