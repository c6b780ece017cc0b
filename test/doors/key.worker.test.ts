import { beforeEach, describe, expect, it } from 'vitest';
import type { Principal } from '../../src/auth/principal';
import { gatewayKeys, users } from '../../src/db/schema';
import { GatewayError } from '../../src/errors';
import type { Account } from '../../src/ledger/contract';
import type { ServiceContext } from '../../src/services/context';
import { db, insertOrganization, NOW, operator, principal, serviceContext } from '../services/bench';
import { asDescribed } from '../support/described';
import { doorApp } from '../support/door-app';

const SPENT = {
	requestsMinute: 2,
	minuteResetMs: 41_200,
	requestsDay: 70,
	dayNanoUsd: 1_250_000_000n,
	monthNanoUsd: 4_000_000_000n,
	heldNanoUsd: 500_000_000n,
};
const ACCOUNT: Account = {
	organization: { ...SPENT, requestsMinute: 9, monthNanoUsd: 90_000_000_000_000_001n },
	key: { ...SPENT, totalNanoUsd: 10_000_000_001n },
};

const insertKey = (parts: Partial<typeof gatewayKeys.$inferInsert> = {}) =>
	db.insert(gatewayKeys).values({
		id: 'k1',
		organizationId: 'o1',
		name: 'Backend',
		secretHash: 'a'.repeat(64),
		last4: 'WXYZ',
		scopes: ['inference'],
		createdBy: 'user:ann',
		createdAt: NOW - 1_000,
		...parts,
	});

const key = (parts: Partial<Principal> = {}): Principal =>
	principal('o1', {
		kind: 'gateway-key',
		keyId: 'k1',
		role: null,
		userId: null,
		actor: 'key:k1',
		scopes: ['inference'],
		...parts,
	});

/** What `/v1/key` answers this caller, held against its description. */
async function asked(who: Principal, parts: Partial<ServiceContext> = {}) {
	const services = serviceContext(who, { account: async () => ACCOUNT, ...parts });
	const response = await doorApp({ services }).request('/v1/key');
	return { response, body: (await asDescribed(response, 'GET', '/v1/key')) as Record<string, unknown> };
}

beforeEach(() => insertOrganization('o1'));

describe('GET /v1/key', () => {
	it('tells a token no more to be left than its issuer has left, and what it used itself', async () => {
		const limits = {
			requestsPerMinute: 5,
			requestsPerDay: null,
			budgetDayNanoUsd: null,
			budgetMonthNanoUsd: null,
			budgetTotalNanoUsd: 12_000_000_000n,
		};
		await insertKey({ ...limits, requestsPerDay: 100, parentId: 'server' });
		const used = { server: { requestsMinute: 4, totalNanoUsd: 11_000_000_000n }, k1: { totalNanoUsd: 1_000_000_000n } };
		const { body } = await asked(key({ limits, issuer: { keyId: 'server', limits } }), {
			account: async (_, id) => ({ ...ACCOUNT, key: { ...SPENT, ...used[id as 'server' | 'k1'] } }),
		});
		expect(body).toMatchObject({
			kind: 'token',
			limits: { requestsPerMinute: { limit: 5, used: 2, remaining: 1 }, requestsPerDay: { remaining: 30 } },
			budget: { total: { limitUsd: '12', spentUsd: '1', heldUsd: '0.5', leftUsd: '0.5' } },
			usage: { totalUsd: '1' },
		});
	});

	it('tells a gateway key what it is, may do, has spent and has left', async () => {
		await insertKey({
			requestsPerMinute: 5,
			requestsPerDay: 60,
			budgetDayNanoUsd: 2_000_000_000n,
			budgetMonthNanoUsd: 4_200_000_000n,
			budgetTotalNanoUsd: 90_000_000_000_000_000n,
			lastUsedAt: NOW - 5,
			expiresAt: NOW + 3_600_000,
		});
		const { response, body } = await asked(
			key({ allowedModels: ['openai/*'], allowedAgents: ['support'], mayOverrideModel: false }),
		);
		expect(response.status).toBe(200);
		expect(response.headers.get('cache-control')).toBe('no-store');
		expect(body).toEqual({
			object: 'key',
			id: 'k1',
			name: 'Backend',
			kind: 'gateway-key',
			last4: 'WXYZ',
			organization: { id: 'o1', slug: 'o1-slug' },
			role: null,
			scopes: ['inference'],
			agents: ['support'],
			models: ['openai/*'],
			providers: null,
			origins: [],
			mayOverrideModel: false,
			mayOverrideSettings: true,
			mayOverridePrompt: true,
			createdAt: '2026-03-01T11:59:59.000Z',
			expiresAt: '2026-03-01T13:00:00.000Z',
			lastUsedAt: '2026-03-01T11:59:59.995Z',
			limits: {
				requestsPerMinute: { limit: 5, used: 2, remaining: 3, resetsInSeconds: 42 },
				requestsPerDay: { limit: 60, used: 70, remaining: 0, resetsInSeconds: 43_200 },
			},
			budget: {
				day: {
					limitUsd: '2',
					spentUsd: '1.25',
					heldUsd: '0.5',
					leftUsd: '0.25',
					resetsAt: '2026-03-02T00:00:00.000Z',
				},
				month: {
					limitUsd: '4.2',
					spentUsd: '4',
					heldUsd: '0.5',
					leftUsd: '0',
					resetsAt: '2026-04-01T00:00:00.000Z',
				},
				total: {
					limitUsd: '90000000',
					spentUsd: '10.000000001',
					heldUsd: '0.5',
					leftUsd: '89999989.499999999',
					resetsAt: null,
				},
			},
			usage: {
				requestsLastMinute: 2,
				requestsToday: 70,
				todayUsd: '1.25',
				monthUsd: '4',
				totalUsd: '10.000000001',
				heldUsd: '0.5',
			},
			organizationLimits: null,
			organizationBudget: null,
			organizationUsage: null,
			configVersion: 1,
		});
	});

	it('asks the ledger about this key of this organization', async () => {
		await insertKey();
		const asking: unknown[] = [];
		await asked(key(), {
			account: async (...who) => {
				asking.push(who);
				return ACCOUNT;
			},
		});
		expect(asking).toEqual([['o1', 'k1']]);
	});

	it('names no limit where none is set', async () => {
		await insertKey();
		const { body } = await asked(key());
		expect(body).toMatchObject({
			limits: { requestsPerMinute: null, requestsPerDay: null },
			budget: { day: null, month: null, total: null },
			usage: { totalUsd: '10.000000001' },
			expiresAt: null,
			lastUsedAt: null,
		});
	});

	it("shows the organization's figures to those who manage it, the environment's limit where it has none", async () => {
		await insertKey({ scopes: ['inference', 'manage'] });
		const { environment } = serviceContext(key());
		const { body } = await asked(key({ scopes: ['inference', 'manage'] }), {
			environment: { ...environment, requestsPerMinute: 100 },
		});
		expect(body).toMatchObject({
			organizationLimits: { requestsPerMinute: { limit: 100, used: 9, remaining: 91 }, requestsPerDay: null },
			organizationBudget: { day: null, month: null, total: null },
			organizationUsage: { monthUsd: '90000000.000000001', totalUsd: null },
		});
	});

	it('calls a short-lived key that another one issued a token', async () => {
		await insertKey({ parentId: 'k0' });
		expect((await asked(key())).body).toMatchObject({ kind: 'token', id: 'k1' });
	});

	it('tells the operator and users who they are, without figures of their own', async () => {
		expect((await asked(operator('o1'))).body).toMatchObject({
			kind: 'operator',
			id: 'operator',
			name: 'Platform operator',
			last4: null,
			createdAt: null,
			usage: null,
			organizationUsage: { requestsToday: 70 },
		});
		await db.insert(users).values({ id: 'ann', email: 'ann@x.example', createdAt: NOW, updatedAt: NOW });
		expect((await asked(principal('o1'))).body).toMatchObject({
			kind: 'user',
			id: 'ann',
			name: 'ann@x.example',
			role: 'owner',
		});
		expect((await asked(principal('o1', { userId: 'bob' }))).body).toMatchObject({ id: 'bob', name: 'bob' });
	});

	it('asks no ledger for a member, of whom alone nothing is counted', async () => {
		const member = principal('o1', { role: 'member', scopes: ['inference'] });
		const { body } = await asked(member, { account: () => Promise.reject(new Error('asked')) });
		expect(body).toMatchObject({ role: 'member', usage: null, organizationUsage: null });
	});

	it('answers 503 where the ledger does not', async () => {
		await insertKey();
		const { response, body } = await asked(key(), {
			account: () =>
				Promise.reject(
					new GatewayError('upstream_unavailable', 'The ledger is not reachable.', { retryAfterMs: 2_000 }),
				),
		});
		expect(response.status).toBe(503);
		expect(response.headers.get('retry-after')).toBe('2');
		expect(body).toMatchObject({ error: { code: 'upstream_unavailable' } });
	});

	it("answers 401 where the key's row is gone, or is another organization's", async () => {
		expect((await asked(key())).response.status).toBe(401);
		await insertOrganization('o2');
		await insertKey({ organizationId: 'o2' });
		expect((await asked(key())).response.status).toBe(401);
	});

	it('takes no query parameter', async () => {
		const response = await doorApp().request('/v1/key?key=sy_other');
		expect(response.status).toBe(400);
		expect(await asDescribed(response, 'GET', '/v1/key')).toMatchObject({ error: { param: 'key' } });
	});

	it('needs a credential, and is not found by another method', async () => {
		const door = doorApp();
		expect((await door.request('/v1/key', { key: false })).status).toBe(401);
		expect((await door.post('/v1/key', {})).status).toBe(404);
	});
});
