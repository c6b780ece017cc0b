import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
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

	it('and list are the operator’s alone', async () => {
		expect((await refusal(owner.organizations.create({ name: 'Mine', slug: 'mine' }))).code).toBe('forbidden');
		expect((await refusal(owner.organizations.list())).code).toBe('forbidden');
		expect((await platform.organizations.list()).map((row) => row.id)).toEqual(['o1', 'o2']);
	});
});

describe('organizations.update', () => {
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

	it('is for plans pro and enterprise', async () => {
		const error = await refusal(platform.organizations.update({ id: 'o2', llmConfiguration: {} }));
		expect(error).toMatchObject({ code: 'forbidden', param: 'llmConfiguration' });
		await platform.organizations.update({ id: 'o2', plan: 'pro', llmConfiguration: { profiles: { careful } } });
	});
});
