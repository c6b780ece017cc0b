import { env } from 'cloudflare:workers';
import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { authenticate } from '../../src/auth/authenticate';
import { exactly } from '../../src/db/money';
import { llmProviders, organizations } from '../../src/db/schema';
import {
	administer,
	auditRows,
	configVersion,
	db,
	insertOrganization,
	NOW,
	operator,
	principal,
	refusal,
	type ScriptedChange,
	scriptedChange,
	serviceContext,
	untyped,
} from '../services/bench';

let port: ScriptedChange;
let platform: ReturnType<typeof administer>;
let owner: ReturnType<typeof administer>;

beforeEach(async () => {
	await insertOrganization('o1', { plan: 'pro' });
	await insertOrganization('o2');
	port = scriptedChange();
	platform = administer(serviceContext(operator('o2'), { change: port }));
	owner = administer(serviceContext(principal('o1'), { change: port }));
});

describe('organizations.create', () => {
	it('makes an organization at version 1, audited', async () => {
		const made = await platform.organizations.create({
			name: 'Acme',
			slug: 'acme',
			plan: 'enterprise',
			region: 'weur',
		});
		expect(made).toMatchObject({
			slug: 'acme',
			plan: 'enterprise',
			region: 'weur',
			configVersion: 1,
			budgetDayUsd: null,
		});
		expect(await platform.organizations.get({ slug: 'acme' })).toEqual(made);
		expect(await auditRows(made.id)).toMatchObject([{ action: 'create', entity: 'organization', actor: 'operator' }]);
	});

	it('is a conflict where the slug is taken, and then not audited', async () => {
		const error = await refusal(platform.organizations.create({ name: 'Other', slug: 'o1-slug' }));
		expect(error).toMatchObject({ code: 'conflict', param: 'slug' });
		expect(await db.$count(organizations)).toBe(2);
	});

	it('makes its first owner with it, who can manage it from the first request on', async () => {
		const { id } = await platform.organizations.create({
			name: 'Acme',
			slug: 'acme',
			owner: { userId: 'olga', email: 'olga@example.com' },
		});
		const there = administer(serviceContext(operator(id)));
		expect(await there.memberships.list()).toMatchObject([
			{ userId: 'olga', email: 'olga@example.com', role: 'owner', removedAt: null },
		]);
		expect((await auditRows(id)).map(({ entity, entityId }) => [entity, entityId])).toEqual([
			['organization', id],
			['membership', 'olga'],
		]);
	});

	it('makes nothing where the owner’s address is another user’s', async () => {
		await platform.memberships.set({ userId: 'bob', role: 'member', email: 'bob@example.com' });
		const owner = { userId: 'eve', email: 'bob@example.com' };
		const error = await refusal(platform.organizations.create({ name: 'Acme', slug: 'acme', owner }));
		expect(error).toMatchObject({ code: 'conflict', param: 'email' });
		expect(await db.$count(organizations)).toBe(2);
	});

	it.each<readonly [param: string, wrong: object]>([
		['slug', { slug: 'Bad Slug' }],
		['slug', { slug: 'x'.repeat(1_000_000) }],
		['name', { name: 'x'.repeat(1_000_000) }],
		['name', { name: 'a\tb' }],
		['plan', { plan: 'gold' }],
		['owner.userId', { owner: { userId: '' } }],
		['owner.role', { owner: { userId: 'a', role: 'owner' } }],
		['id', { id: 'mine' }],
		['createdAt', { createdAt: 1 }],
		['configVersion', { configVersion: 9 }],
		['__proto__', JSON.parse('{"__proto__": {"plan": "enterprise"}}')],
	])('refuses a wrong %s (case %#)', async (param, wrong) => {
		const error = await refusal(platform.organizations.create(untyped({ name: 'A', slug: 'a', ...wrong })));
		expect(error).toMatchObject({ code: 'invalid_request', param });
		expect(await db.$count(organizations)).toBe(2);
	});

	it('and list are the operator’s alone', async () => {
		expect((await refusal(owner.organizations.create({ name: 'Mine', slug: 'mine' }))).code).toBe('forbidden');
		expect((await refusal(owner.organizations.list())).code).toBe('forbidden');
		expect((await platform.organizations.list()).map((row) => row.id)).toEqual(['o1', 'o2']);
	});
});

describe('organizations.list', () => {
	it('filters by plan and by how the slug begins, page by page', async () => {
		for (const slug of ['acme', 'acme-eu', 'acme_us', 'acmf', 'bmce'])
			await platform.organizations.create({ name: slug, slug, plan: slug === 'acme' ? 'pro' : 'free' });
		const slugs = async (...input: Parameters<typeof platform.organizations.list>) =>
			(await platform.organizations.list(...input)).map(({ slug }) => slug);
		expect(await slugs({ slugPrefix: 'acme' })).toEqual(['acme', 'acme-eu', 'acme_us']);
		expect(await slugs({ plan: 'pro' })).toEqual(['acme', 'o1-slug']);
		expect(await slugs({ limit: 2 })).toEqual(['acme', 'acme-eu']);
		expect(await slugs({ limit: 2, after: 'acme-eu' })).toEqual(['acme_us', 'acmf']);
	});
});

describe('organizations.update', () => {
	it('leaves the slug to the operator, since tokens and headers name organizations by it', async () => {
		const taking = refusal(owner.organizations.update({ id: 'o1', slug: 'o2' }));
		expect(await taking).toMatchObject({ code: 'forbidden', param: 'slug' });
		expect((await owner.organizations.get()).slug).toBe('o1-slug');
		await expect(owner.organizations.update({ id: 'o1', slug: 'o1-slug', name: 'One' })).resolves.toMatchObject({
			name: 'One',
		});
	});

	it('sets limits and budgets exactly, also past 2^53 nano-dollars', async () => {
		const updated = await owner.organizations.update({
			requestsPerMinute: 60,
			requestsPerDay: 10_000,
			budgetDayUsd: 0.1,
			budgetMonthUsd: '9007199.254740993',
		});
		expect(updated).toMatchObject({
			requestsPerMinute: 60,
			requestsPerDay: 10_000,
			budgetDayUsd: '0.1',
			budgetMonthUsd: '9007199.254740993',
			configVersion: 2,
		});
		const stored = await db
			.select({ month: exactly<bigint | null>(organizations.budgetMonthNanoUsd) })
			.from(organizations)
			.where(eq(organizations.id, 'o1'));
		expect(stored).toEqual([{ month: 9_007_199_254_740_993n }]);
		expect(port.events).toEqual(['prepare o1 @1', 'settle o1 2 @2']);
	});

	it('takes limits away with null', async () => {
		await owner.organizations.update({ requestsPerMinute: 60, budgetDayUsd: '5' });
		const updated = await owner.organizations.update({ requestsPerMinute: null, budgetDayUsd: null });
		expect(updated).toMatchObject({ requestsPerMinute: null, budgetDayUsd: null });
	});

	it('is audited with the fields it changed and no others', async () => {
		await owner.organizations.update({ slug: 'o1-slug', name: 'First', budgetDayUsd: '5' });
		expect(await auditRows('o1')).toMatchObject([
			{ before: { name: 'o1' }, after: { name: 'First', budgetDayUsd: '5' } },
		]);
		const [row] = await auditRows('o1');
		expect(Object.keys(row?.before ?? {}).sort()).toEqual(['budgetDayUsd', 'name']);
	});

	it('by the operator moves the version of the organization addressed, not of its own', async () => {
		await platform.organizations.update({ id: 'o1', slug: 'renamed', plan: 'enterprise' });
		expect(await platform.organizations.get({ slug: 'renamed' })).toMatchObject({ id: 'o1', plan: 'enterprise' });
		expect(port.events).toEqual(['prepare o1 @1', 'settle o1 2 @2']);
		expect(await configVersion('o2')).toBe(1);
	});

	it('to a slug that is taken is a conflict', async () => {
		const error = await refusal(platform.organizations.update({ id: 'o1', slug: 'o2-slug' }));
		expect(error).toMatchObject({ code: 'conflict', param: 'slug' });
		expect(port.events.at(-1)).toBe('settle o1 1 @1');
	});

	it('leaves the plan to the operator', async () => {
		const error = await refusal(owner.organizations.update({ plan: 'enterprise' }));
		expect(error).toMatchObject({ code: 'forbidden', param: 'plan' });
		expect(await owner.organizations.update({ plan: 'pro', name: 'Same plan' })).toMatchObject({ name: 'Same plan' });
	});

	it.each([{ requestsPerMinute: 5 }, { requestsPerDay: null }, { budgetDayUsd: '1' }, { budgetMonthUsd: null }])(
		'leaves %j to owners and the operator',
		async (limits) => {
			await owner.organizations.update({ requestsPerDay: 7, budgetMonthUsd: '7' });
			const before = await owner.organizations.get();
			const [field] = Object.keys(limits);
			const admin = principal('o1', { role: 'admin' });
			const key = principal('o1', { kind: 'gateway-key', keyId: 'k', role: null, userId: null });
			for (const who of [admin, key]) {
				const error = await refusal(administer(serviceContext(who)).organizations.update(limits));
				expect(error).toMatchObject({ code: 'forbidden', param: field });
			}
			expect(await owner.organizations.get()).toEqual(before);
			await platform.organizations.update({ id: 'o1', ...limits });
		},
	);

	it('by an admin who sends the limits back as they are changes the rest', async () => {
		await owner.organizations.update({ requestsPerDay: 7, budgetMonthUsd: '7' });
		const admin = administer(serviceContext(principal('o1', { role: 'admin' })));
		const same = { requestsPerMinute: null, requestsPerDay: 7, budgetDayUsd: null, budgetMonthUsd: '7.00' };
		expect(await admin.organizations.update({ name: 'New', ...same })).toMatchObject({ name: 'New' });
	});

	it('from an old version is a conflict, and nothing is written', async () => {
		expect(await owner.organizations.update({ version: 1, name: 'First' })).toMatchObject({ version: 2 });
		const error = await refusal(owner.organizations.update({ version: 1, name: 'Second' }));
		expect(error).toMatchObject({ code: 'conflict', param: 'version' });
		expect(await owner.organizations.get()).toMatchObject({ name: 'First', version: 2, configVersion: 2 });
	});

	it('by two at once keeps both changes, and by two from one version one', async () => {
		await Promise.all([owner.organizations.update({ name: 'A' }), owner.organizations.update({ requestsPerDay: 9 })]);
		expect(await owner.organizations.get()).toMatchObject({ name: 'A', requestsPerDay: 9, version: 3 });
		const outcomes = await Promise.allSettled([
			owner.organizations.update({ version: 3, name: 'B' }),
			owner.organizations.update({ version: 3, name: 'C' }),
		]);
		expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
	});

	it('of nothing moves no version', async () => {
		expect(await owner.organizations.update({ slug: 'o1-slug' })).toMatchObject({ id: 'o1', configVersion: 1 });
		expect(port.events).toEqual([]);
	});

	it.each([
		[{ requestsPerMinute: 0 }, 'requestsPerMinute'],
		[{ requestsPerDay: 1.5 }, 'requestsPerDay'],
		[{ budgetDayUsd: '-1' }, 'budgetDayUsd'],
		[{ budgetMonthUsd: '0.0000000001' }, 'budgetMonthUsd'],
		[{ region: 'moon' }, 'region'],
		[{ slug: 'Bad Slug', id: 'o1' }, 'slug'],
		[{ limits: 1 }, 'limits'],
		[{ version: 0 }, 'version'],
		[{ name: 'a\u0007' }, 'name'],
		[{ configVersion: 7 }, 'configVersion'],
		[{ deletedAt: null }, 'deletedAt'],
		[{ organizationId: 'o2' }, 'organizationId'],
	])('refuses %j, naming the field', async (wrong, param) => {
		expect(await refusal(owner.organizations.update(untyped(wrong)))).toMatchObject({ code: 'invalid_request', param });
		expect(await configVersion('o1')).toBe(1);
	});
});

describe('the configuration of an organization', () => {
	const careful = { provider: 'anthropic', model: 'claude-sonnet-4-5', settings: { temperature: 0 } };

	it('is stored as a whole', async () => {
		await db.insert(llmProviders).values({
			id: 'p1',
			organizationId: 'o1',
			provider: 'anthropic',
			name: 'eu',
			createdAt: NOW,
			updatedAt: NOW,
		});
		const llmConfiguration = {
			defaultProfile: 'careful',
			profiles: { careful: { ...careful, keyRef: 'eu' } },
			aliases: { best: 'profile:careful', fast: 'groq/llama-3.1-8b-instant' },
		};
		expect(await owner.organizations.update({ llmConfiguration })).toMatchObject({ llmConfiguration });
	});

	it.each([
		[{ defaultProfile: 'absent' }, 'llmConfiguration.defaultProfile'],
		[{ profiles: { a: { provider: 'opnai', model: 'gpt-4o' } } }, 'llmConfiguration.profiles.a.provider'],
		[{ profiles: { a: { provider: 'openai', model: 'gpt-99' } } }, 'llmConfiguration.profiles.a.model'],
		[{ profiles: { a: { ...careful, keyRef: 'absent' } } }, 'llmConfiguration.profiles.a.keyRef'],
		[
			{ profiles: { a: { ...careful, settings: { temperature: 3 } } } },
			'llmConfiguration.profiles.a.settings.temperature',
		],
		[{ aliases: { fast: 'gpt-99' } }, 'llmConfiguration.aliases.fast'],
		[{ aliases: { fast: 'profile:absent' } }, 'llmConfiguration.aliases.fast'],
		[{ aliases: { default: 'openai/gpt-4o' } }, 'llmConfiguration.aliases.default'],
		[{ models: {} }, 'llmConfiguration.models'],
		[
			{ profiles: Object.fromEntries(Array.from({ length: 51 }, (_, at) => [`p${at}`, careful])) },
			'llmConfiguration.profiles',
		],
	])('%j is refused, naming the field', async (llmConfiguration, param) => {
		const error = await refusal(owner.organizations.update(untyped({ llmConfiguration })));
		expect(error).toMatchObject({ code: 'invalid_request', param });
	});

	it('keeps a profile that an agent uses', async () => {
		await owner.organizations.update({ llmConfiguration: { profiles: { careful } } });
		await owner.agents.create({ slug: 'support', name: 'Support', model: 'profile:careful' });
		const error = await refusal(owner.organizations.update({ llmConfiguration: {} }));
		expect(error).toMatchObject({ code: 'conflict', message: expect.stringContaining("'support'") });
		await owner.agents.delete({ slug: 'support' });
		await owner.organizations.update({ llmConfiguration: {} });
	});

	it('does not turn an alias that an agent uses into another kind of model', async () => {
		const [chat, vectors] = ['openai/gpt-4o-mini', 'openai/text-embedding-3-small'];
		await owner.organizations.update({
			llmConfiguration: { aliases: { best: 'inner', inner: chat, search: vectors } },
		});
		const agent = { slug: 'support', name: 'S', model: 'mock/echo', fallbacks: ['best'], embeddingModel: 'search' };
		await owner.agents.create(agent);
		for (const [aliases, param] of [
			[{ best: 'inner', inner: vectors, search: vectors }, 'best'],
			[{ best: chat, search: chat }, 'search'],
		] as const) {
			const error = await refusal(owner.organizations.update({ llmConfiguration: { aliases } }));
			expect(error).toMatchObject({ code: 'invalid_request', param: `llmConfiguration.aliases.${param}` });
		}
		await owner.organizations.update({ llmConfiguration: { aliases: { best: 'mock/echo', search: vectors } } });
	});

	it('is for plans pro and enterprise', async () => {
		const error = await refusal(platform.organizations.update({ id: 'o2', llmConfiguration: {} }));
		expect(error).toMatchObject({ code: 'forbidden', param: 'llmConfiguration' });
		await platform.organizations.update({ id: 'o2', plan: 'pro', llmConfiguration: { profiles: { careful } } });
	});

	it('stays stored on plan free, and is said not to be in force', async () => {
		const llmConfiguration = { profiles: { careful } };
		expect(await owner.organizations.update({ llmConfiguration })).toMatchObject({ configurationInForce: true });
		const free = await platform.organizations.update({ id: 'o1', plan: 'free' });
		expect(free).toMatchObject({ configurationInForce: false, llmConfiguration });
		const pro = await platform.organizations.update({ id: 'o1', plan: 'pro' });
		expect(pro).toMatchObject({ configurationInForce: true, llmConfiguration });
	});
});

describe('organizations.delete', () => {
	it('takes it away for everybody, frees its slug, and leaves its audit', async () => {
		const deleted = await platform.organizations.delete({ id: 'o1', confirm: 'o1-slug' });
		expect(deleted).toEqual({ id: 'o1', deletedAt: NOW });
		expect(port.events).toEqual(['prepare o1 @1', 'settle o1 2 @2']);
		for (const call of [
			platform.organizations.get({ id: 'o1' }),
			platform.organizations.get({ slug: 'o1-slug' }),
			platform.organizations.update({ id: 'o1', name: 'Again' }),
			platform.organizations.delete({ id: 'o1', confirm: 'o1-slug' }),
			owner.organizations.get(),
		])
			expect((await refusal(call)).code).toBe('not_found');
		expect((await platform.organizations.list()).map(({ id }) => id)).toEqual(['o2']);
		expect(await auditRows('o1')).toMatchObject([{ action: 'delete', before: { slug: 'o1-slug' } }]);
		expect((await platform.audit.list({ organizationId: 'o1' })).data).toMatchObject([{ action: 'delete' }]);
		const again = await platform.organizations.create({ name: 'Next', slug: 'o1-slug' });
		await platform.organizations.delete({ id: again.id, confirm: 'o1-slug' });
	});

	it('refuses its keys from then on', async () => {
		const { id, key } = await owner.gatewayKeys.create({ name: 'Key' });
		const headers = new Headers({ authorization: `Bearer ${key}` });
		const entries = { kv: env.CONFIG, defer: (work: Promise<unknown>) => void work };
		const dependencies = {
			db,
			keys: { memory: new Map(), members: new Map(), entries },
			adminApiKey: null,
			now: () => NOW,
		};
		expect(await authenticate(headers, dependencies)).toMatchObject({ keyId: id });
		await platform.organizations.delete({ id: 'o1', confirm: 'o1-slug' });
		expect((await refusal(authenticate(headers, dependencies))).code).toBe('unauthorized');
	});

	it.each(['', 'o1', 'o2-slug', 'O1-SLUG'])('needs its slug once more: %j is refused', async (confirm) => {
		const error = await refusal(platform.organizations.delete({ id: 'o1', confirm }));
		expect(error).toMatchObject({ code: 'invalid_request', param: 'confirm' });
		expect(await configVersion('o1')).toBe(1);
	});

	it('is the operator’s alone', async () => {
		expect((await refusal(owner.organizations.delete({ id: 'o1', confirm: 'o1-slug' }))).code).toBe('forbidden');
	});
});
