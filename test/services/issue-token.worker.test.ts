import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Principal } from '../../src/auth/principal';
import type { Database } from '../../src/db/client';
import { forgetExpiredTokens } from '../../src/db/retention';
import { gatewayKeys, memberships, users } from '../../src/db/schema';
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
} from './bench';

let port: ScriptedChange;
let owner: ReturnType<typeof administer>;

const asKey = (keyId: string, parts: Partial<Principal> = {}, on: Database = db) =>
	administer(
		serviceContext(
			principal('o1', { kind: 'gateway-key', keyId, role: null, userId: null, actor: `key:${keyId}`, ...parts }),
			{ change: port, db: on },
		),
	);

const issuer = { name: 'Backend', scopes: ['inference' as const, 'manage' as const] };

beforeEach(async () => {
	await insertOrganization('o1');
	port = scriptedChange();
	owner = administer(serviceContext(principal('o1'), { change: port }));
	for (const slug of ['support', 'sales']) await owner.agents.create({ slug, name: slug, model: 'mock/echo' });
});

describe('a token', () => {
	it('is a key of its own for inference alone, which ends after a quarter of an hour', async () => {
		const { id, token, expiresAt } = await owner.gatewayKeys.issueToken({});
		expect(token).toMatch(new RegExp(`^sy_${id}_[A-Za-z0-9]{40}$`));
		expect(expiresAt).toBe(NOW + 900_000);
		expect(await owner.gatewayKeys.get({ id })).toEqual({
			id,
			name: 'Token',
			last4: token.slice(-4),
			scopes: ['inference'],
			allowedModels: null,
			allowedAgents: null,
			allowedProviders: null,
			origins: null,
			mayOverrideModel: true,
			mayOverrideSettings: true,
			mayOverridePrompt: true,
			requestsPerMinute: null,
			requestsPerDay: null,
			budgetDayUsd: null,
			budgetMonthUsd: null,
			budgetTotalUsd: null,
			parentId: 'user:ann',
			version: 1,
			expiresAt,
			revokedAt: null,
			lastUsedAt: null,
			createdBy: 'user:ann',
			createdAt: NOW,
		});
	});

	it('is audited, and moves no version', async () => {
		port.events.length = 0;
		const version = await configVersion('o1');
		const { id, token } = await owner.gatewayKeys.issueToken({ name: 'Page', budgetUsd: '0.50' });
		expect(port.events).toEqual([]);
		expect(await configVersion('o1')).toBe(version);
		const row = (await auditRows('o1')).at(-1);
		expect(row).toMatchObject({
			action: 'issue',
			entity: 'gateway-key',
			entityId: id,
			before: null,
			after: { name: 'Page', parentId: 'user:ann', budgetTotalUsd: '0.5', last4: token.slice(-4) },
		});
		expect(JSON.stringify(row)).not.toContain(token.split('_')[2]);
	});

	it('has what was asked for it', async () => {
		const { id, expiresAt } = await owner.gatewayKeys.issueToken({
			name: 'Page',
			ttlSeconds: 60,
			agents: ['support', 'support'],
			models: ['mock/*'],
			origins: ['https://app.example'],
			budgetUsd: 0.25,
		});
		expect(expiresAt).toBe(NOW + 60_000);
		expect(await owner.gatewayKeys.get({ id })).toMatchObject({
			name: 'Page',
			allowedAgents: ['support'],
			allowedModels: ['mock/*'],
			origins: ['https://app.example'],
			budgetTotalUsd: '0.25',
		});
	});

	it('for agents overrides nothing, unless it is said of model and settings', async () => {
		const flags = async (input: Parameters<typeof owner.gatewayKeys.issueToken>[0]) => {
			const { id } = await owner.gatewayKeys.issueToken(input);
			const { mayOverrideModel, mayOverrideSettings, mayOverridePrompt } = await owner.gatewayKeys.get({ id });
			return [mayOverrideModel, mayOverrideSettings, mayOverridePrompt];
		};
		expect(await flags({ agents: ['support'] })).toEqual([false, false, false]);
		expect(await flags({ agents: ['support'], mayOverrideModel: true, mayOverrideSettings: true })).toEqual([
			true,
			true,
			false,
		]);
		expect(await flags({ mayOverrideSettings: false })).toEqual([true, false, true]);
	});

	it('of the operator names the operator as its issuer', async () => {
		const { id } = await administer(serviceContext(operator('o1'))).gatewayKeys.issueToken({});
		expect(await owner.gatewayKeys.get({ id })).toMatchObject({ parentId: 'operator', createdBy: 'operator' });
	});

	it.each<readonly [param: string, wrong: object]>([
		['ttlSeconds', { ttlSeconds: 0 }],
		['ttlSeconds', { ttlSeconds: 3_601 }],
		['ttlSeconds', { ttlSeconds: 1.5 }],
		['agents', { agents: [] }],
		['agents[1]', { agents: ['support', 'absent'] }],
		['models[0]', { models: ['opnai/*'] }],
		['models[0]', { models: ['gpt'] }],
		['origins[0]', { origins: ['*'] }],
		['budgetUsd', { budgetUsd: null }],
		['budgetUsd', { budgetUsd: '0.0000000001' }],
		['scopes', { scopes: ['manage'] }],
		['parentId', { parentId: 'k' }],
		['mayOverridePrompt', { mayOverridePrompt: true }],
		['organizationId', { organizationId: 'o2' }],
	])('with a wrong %s is refused (case %#)', async (param, wrong) => {
		const error = await refusal(owner.gatewayKeys.issueToken(untyped(wrong)));
		expect(error).toMatchObject({ code: 'invalid_request', param });
		expect(await db.$count(gatewayKeys)).toBe(0);
	});

	it('needs the scope manage', async () => {
		const error = await refusal(asKey('k', { scopes: ['inference'] }).gatewayKeys.issueToken({}));
		expect(error.code).toBe('forbidden');
	});
});

describe('a token of a limited key', () => {
	const limited = {
		...issuer,
		allowedModels: ['openai/*', 'mock/*'],
		allowedAgents: ['support'],
		allowedProviders: ['mock'],
		origins: ['https://app.example'],
		mayOverrideModel: false,
		mayOverrideSettings: false,
		mayOverridePrompt: false,
		requestsPerMinute: 10,
		requestsPerDay: 100,
		budgetDayUsd: '1',
		budgetMonthUsd: '2',
		budgetTotalUsd: '3',
		expiresAt: NOW + 60_000,
	};

	it('has its issuer’s limits where none are given, and ends no later', async () => {
		const { id: keyId } = await owner.gatewayKeys.create(limited);
		const { id, expiresAt } = await asKey(keyId).gatewayKeys.issueToken({ ttlSeconds: 3_600 });
		expect(expiresAt).toBe(NOW + 60_000);
		expect(await owner.gatewayKeys.get({ id })).toMatchObject({
			...limited,
			name: 'Token',
			scopes: ['inference'],
			parentId: keyId,
			createdBy: `key:${keyId}`,
		});
	});

	it.each<readonly [param: string, wider: object]>([
		['agents', { agents: ['sales'] }],
		['models', { models: ['*'] }],
		['models', { models: ['mock/*', 'groq/*'] }],
		['origins', { origins: ['https://other.example'] }],
		['budgetUsd', { budgetUsd: '3.000000001' }],
		['mayOverrideModel', { mayOverrideModel: true }],
		['mayOverrideSettings', { mayOverrideSettings: true }],
	])('is no wider in %s (case %#)', async (param, wider) => {
		const { id } = await owner.gatewayKeys.create(limited);
		const error = await refusal(asKey(id).gatewayKeys.issueToken(wider));
		expect(error).toMatchObject({ code: 'forbidden', param });
		expect(await db.$count(gatewayKeys)).toBe(1);
	});

	it('is none where the issuer itself may not call models', async () => {
		const { id } = await owner.gatewayKeys.create({ ...issuer, scopes: ['manage'] });
		const error = await refusal(asKey(id).gatewayKeys.issueToken({}));
		expect(error).toMatchObject({ code: 'forbidden', param: 'scopes' });
	});

	it('goes by the row of its issuer, not by what the request was admitted with', async () => {
		const { id: keyId } = await owner.gatewayKeys.create({ ...issuer, allowedModels: ['mock/*'] });
		const { id } = await asKey(keyId, { allowedModels: null }).gatewayKeys.issueToken({});
		expect(await owner.gatewayKeys.get({ id })).toMatchObject({ allowedModels: ['mock/*'] });
	});
});

/** D1 to which, just before the first batch, something else happens. */
function interrupted(before: () => Promise<unknown>): Database {
	let first = true;
	return new Proxy(db, {
		get(target, name, receiver) {
			if (name !== 'batch') return Reflect.get(target, name, receiver);
			return async (...given: Parameters<Database['batch']>) => {
				if (first) await before();
				first = false;
				return target.batch(...given);
			};
		},
	});
}

describe('revoking the issuer', () => {
	it('revokes its tokens in the same batch, and no others', async () => {
		const one = await owner.gatewayKeys.create(issuer);
		const two = await owner.gatewayKeys.create(issuer);
		const mine = await asKey(one.id).gatewayKeys.issueToken({});
		const other = await asKey(two.id).gatewayKeys.issueToken({});
		port.events.length = 0;
		await owner.gatewayKeys.revoke({ id: one.id });
		expect(await owner.gatewayKeys.get({ id: mine.id })).toMatchObject({ revokedAt: NOW });
		expect(await owner.gatewayKeys.get({ id: other.id })).toMatchObject({ revokedAt: null });
		expect(port.events).toHaveLength(2);
	});

	it('just before a token is written leaves no token behind', async () => {
		const { id } = await owner.gatewayKeys.create(issuer);
		const racing = asKey(
			id,
			{},
			interrupted(() => owner.gatewayKeys.revoke({ id })),
		);
		expect((await refusal(racing.gatewayKeys.issueToken({}))).code).toBe('unauthorized');
		expect(await db.$count(gatewayKeys)).toBe(1);
		expect((await auditRows('o1')).map(({ action }) => action)).not.toContain('issue');
	});

	it('is not needed to narrow a token: one issued while the key is narrowed is as narrow', async () => {
		const { id: keyId } = await owner.gatewayKeys.create(issuer);
		const narrow = () => owner.gatewayKeys.update({ id: keyId, allowedModels: ['mock/*'] });
		const { id } = await asKey(keyId, {}, interrupted(narrow)).gatewayKeys.issueToken({});
		expect(await owner.gatewayKeys.get({ id })).toMatchObject({ allowedModels: ['mock/*'], revokedAt: null });
		expect(await db.$count(gatewayKeys)).toBe(2);
	});

	it.each([{ role: 'member' as const }, { role: 'owner' as const, removedAt: NOW }])(
		'also holds for a user whose membership is %j by then',
		async (membership) => {
			const lowered = async () => {
				await db.insert(users).values({ id: 'ann', createdAt: NOW, updatedAt: NOW });
				await db.insert(memberships).values({ organizationId: 'o1', userId: 'ann', createdAt: NOW, ...membership });
			};
			const racing = administer(serviceContext(principal('o1'), { db: interrupted(lowered) }));
			expect((await refusal(racing.gatewayKeys.issueToken({}))).code).toBe('conflict');
			expect(await db.$count(gatewayKeys)).toBe(0);
		},
	);
});

it('a token is forgotten a day after its end, a key never', async () => {
	const token = await owner.gatewayKeys.issueToken({ ttlSeconds: 1 });
	const younger = await owner.gatewayKeys.issueToken({ ttlSeconds: 2 });
	const key = await owner.gatewayKeys.create({ name: 'Old', expiresAt: NOW + 1_000 });
	await db.update(gatewayKeys).set({ revokedAt: NOW }).where(eq(gatewayKeys.id, token.id));
	const ids = async () => (await owner.gatewayKeys.list({ tokens: true })).map(({ id }) => id).sort();
	await forgetExpiredTokens(db, NOW + 1_000 + 86_400_000);
	expect(await ids()).toEqual([token.id, younger.id, key.id].sort());
	await forgetExpiredTokens(db, NOW + 1_001 + 86_400_000);
	expect(await ids()).toEqual([younger.id, key.id].sort());
});
