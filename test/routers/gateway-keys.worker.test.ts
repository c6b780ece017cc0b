import { beforeEach, describe, expect, it } from 'vitest';
import { sha256Hex } from '../../src/auth/digest';
import type { Principal } from '../../src/auth/principal';
import { gatewayKeys, llmProviders } from '../../src/db/schema';
import {
	administer,
	auditRows,
	configVersion,
	db,
	insertOrganization,
	NOW,
	principal,
	refusal,
	type ScriptedChange,
	scriptedChange,
	serviceContext,
	untyped,
} from '../services/bench';

let port: ScriptedChange;
let caller: ReturnType<typeof administer>;

beforeEach(async () => {
	await insertOrganization('o1');
	port = scriptedChange();
	caller = administer(serviceContext(principal('o1'), { change: port }));
});

describe('gatewayKeys.create', () => {
	it('shows the key once and keeps its hash alone', async () => {
		const { id, key } = await caller.gatewayKeys.create({ name: 'Backend' });
		const secret = key.slice(`sy_${id}_`.length);
		expect(key).toBe(`sy_${id}_${secret}`);
		const [row] = await db.select().from(gatewayKeys);
		expect(row).toMatchObject({
			id,
			organizationId: 'o1',
			secretHash: await sha256Hex(secret),
			last4: secret.slice(-4),
			scopes: ['inference'],
			allowedModels: null,
			allowedAgents: null,
			origins: null,
			mayOverrideModel: true,
			expiresAt: null,
			createdBy: 'user:ann',
		});
		const everything = JSON.stringify([await caller.gatewayKeys.list(), await auditRows('o1'), row]);
		expect(everything).not.toContain(secret);
		expect(JSON.stringify([await caller.gatewayKeys.list(), await auditRows('o1')])).not.toContain(row?.secretHash);
	});

	it('keeps what the key is limited to', async () => {
		const limited = {
			name: 'Page',
			scopes: ['inference' as const, 'manage' as const],
			allowedModels: ['openai/*', '*'],
			allowedAgents: ['support'],
			allowedProviders: ['openai', 'mock'],
			origins: ['https://app.example', 'http://localhost:5173'],
			mayOverrideModel: false,
			mayOverrideSettings: false,
			mayOverridePrompt: false,
			requestsPerMinute: 10,
			requestsPerDay: 1_000,
			budgetDayUsd: '0.1',
			budgetMonthUsd: '12.5',
			budgetTotalUsd: '9007199.254740993',
		};
		await caller.agents.create({ slug: 'support', name: 'Support', model: 'mock/echo' });
		port.events.length = 0;
		await caller.gatewayKeys.create({ ...limited, expiresAt: '2026-03-02T12:00:00Z' });
		expect(await caller.gatewayKeys.list()).toMatchObject([
			{ ...limited, expiresAt: NOW + 86_400_000, revokedAt: null, version: 1, parentId: null },
		]);
		expect(port.events).toEqual(['prepare o1 @2', 'settle o1 3 @3']);
	});

	it.each<readonly [param: string, wrong: object]>([
		['scopes', { scopes: [] }],
		['scopes[0]', { scopes: ['admin'] }],
		['allowedModels[0]', { allowedModels: ['gpt-4o'] }],
		['allowedModels[1]', { allowedModels: ['openai/*', 'opnai/*'] }],
		['allowedAgents[0]', { allowedAgents: ['No Slug'] }],
		['origins[0]', { origins: ['https://app.example/path'] }],
		['origins[0]', { origins: ['app.example'] }],
		['expiresAt', { expiresAt: NOW }],
		['expiresAt', { expiresAt: 'tomorrow' }],
		['expiresAt', { expiresAt: 8.64e15 }],
		['expiresAt', { expiresAt: '9999-12-31T23:59:59-23:59' }],
		['allowedAgents[0]', { allowedAgents: ['absent'] }],
		['allowedProviders[1]', { allowedProviders: ['openai', 'opnai'] }],
		['requestsPerMinute', { requestsPerMinute: 0 }],
		['requestsPerDay', { requestsPerDay: 1.5 }],
		['budgetDayUsd', { budgetDayUsd: '-1' }],
		['budgetMonthUsd', { budgetMonthUsd: 'much' }],
		['budgetTotalUsd', { budgetTotalUsd: '9'.repeat(1_000_000) }],
		['mayOverridePrompt', { mayOverridePrompt: 'no' }],
		['name', { name: '' }],
		['name', { name: 'x'.repeat(1_000_000) }],
		['name', { name: 'two\nlines' }],
		['name', { name: 'nul\u0000' }],
		['name', { name: 'txt.\u202eexe' }],
		['budget', { budget: 1 }],
		['id', { id: 'mine' }],
		['organizationId', { organizationId: 'o2' }],
		['secretHash', { secretHash: 'a'.repeat(64) }],
		['createdBy', { createdBy: 'operator' }],
		['parentId', { parentId: null }],
		['revokedAt', { revokedAt: null }],
		['version', { version: 7 }],
		['__proto__', JSON.parse('{"__proto__": {"scopes": ["manage"]}}')],
		['constructor', { constructor: {} }],
	])('refuses what is wrong with %s (case %#)', async (param, wrong) => {
		const error = await refusal(caller.gatewayKeys.create(untyped({ name: 'Backend', ...wrong })));
		expect(error).toMatchObject({ code: 'invalid_request', param });
		expect(error.message.length).toBeLessThan(1_000);
		expect(await db.$count(gatewayKeys)).toBe(0);
	});

	it('knows the names of the organization’s own servers, until they are removed', async () => {
		const server = { provider: 'custom', createdAt: NOW, updatedAt: NOW, baseUrl: 'https://llm.example/v1' };
		await insertOrganization('o2');
		await db.insert(llmProviders).values([
			{ id: 'p1', organizationId: 'o1', name: 'farm', ...server },
			{ id: 'p2', organizationId: 'o1', name: 'gone', removedAt: NOW, ...server },
			{ id: 'p3', organizationId: 'o2', name: 'theirs', ...server },
			{ id: 'p4', organizationId: 'o1', name: 'eu', ...server, provider: 'openai' },
		]);
		await caller.gatewayKeys.create({ name: 'A', allowedProviders: ['farm'], allowedModels: ['farm/*'] });
		for (const name of ['gone', 'theirs', 'eu']) {
			const providers = await refusal(caller.gatewayKeys.create({ name: 'A', allowedProviders: [name] }));
			expect(providers).toMatchObject({ code: 'invalid_request', param: 'allowedProviders[0]' });
			const models = await refusal(caller.gatewayKeys.create({ name: 'A', allowedModels: [`${name}/m`] }));
			expect(models).toMatchObject({ code: 'invalid_request', param: 'allowedModels[0]' });
		}
	});

	it('keeps each entry once', async () => {
		await caller.gatewayKeys.create({
			name: 'A',
			scopes: ['inference', 'inference'],
			allowedModels: ['mock/*', 'mock/*'],
			origins: ['https://a.example', 'https://a.example'],
		});
		expect(await caller.gatewayKeys.list()).toMatchObject([
			{ scopes: ['inference'], allowedModels: ['mock/*'], origins: ['https://a.example'] },
		]);
	});
});

describe('gatewayKeys.revoke', () => {
	it('moves the version and is audited, the second time neither', async () => {
		const { id } = await caller.gatewayKeys.create({ name: 'Backend' });
		expect(await caller.gatewayKeys.revoke({ id })).toEqual({ id, revokedAt: NOW });
		expect(await configVersion('o1')).toBe(3);
		const later = administer(serviceContext(principal('o1'), { now: () => NOW + 5_000 }));
		expect(await later.gatewayKeys.revoke({ id })).toEqual({ id, revokedAt: NOW });
		expect(await configVersion('o1')).toBe(3);
		expect((await auditRows('o1')).map((row) => row.action)).toEqual(['create', 'revoke']);
		expect(await caller.gatewayKeys.list()).toMatchObject([{ id, revokedAt: NOW }]);
	});

	it('is one revocation where two come at the same moment', async () => {
		const { id } = await caller.gatewayKeys.create({ name: 'Backend' });
		const revoked = await Promise.all([caller.gatewayKeys.revoke({ id }), caller.gatewayKeys.revoke({ id })]);
		expect(revoked).toEqual([
			{ id, revokedAt: NOW },
			{ id, revokedAt: NOW },
		]);
		expect((await auditRows('o1')).filter((row) => row.action === 'revoke')).toHaveLength(1);
	});
});

describe('gatewayKeys.list', () => {
	const at = (ms: number) => administer(serviceContext(principal('o1'), { now: () => NOW + ms }));

	it('has the newest first', async () => {
		await caller.gatewayKeys.create({ name: 'Old' });
		await at(1).gatewayKeys.create({ name: 'New' });
		expect((await caller.gatewayKeys.list()).map((key) => key.name)).toEqual(['New', 'Old']);
	});

	it('gives every key once, page by page, also those made in one millisecond, whatever comes meanwhile', async () => {
		for (const name of ['a', 'b', 'c', 'd', 'e']) await caller.gatewayKeys.create({ name });
		const seen: string[] = [];
		for (let page = await caller.gatewayKeys.list({ limit: 2 }); page.length > 0; ) {
			seen.push(...page.map((key) => key.name));
			await at(seen.length).gatewayKeys.create({ name: 'newer' });
			page = await caller.gatewayKeys.list({ limit: 2, after: page.at(-1)?.id ?? '' });
		}
		expect(seen.sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
	});

	it('tells active, expired and revoked ones apart', async () => {
		await caller.gatewayKeys.create({ name: 'active' });
		await caller.gatewayKeys.create({ name: 'expired', expiresAt: NOW + 10 });
		const { id } = await caller.gatewayKeys.create({ name: 'revoked', expiresAt: NOW + 10 });
		await caller.gatewayKeys.revoke({ id });
		const names = async (state: 'active' | 'expired' | 'revoked') =>
			(await at(10).gatewayKeys.list({ state })).map((key) => key.name);
		expect(await names('active')).toEqual(['active']);
		expect(await names('expired')).toEqual(['expired']);
		expect(await names('revoked')).toEqual(['revoked']);
		expect(await caller.gatewayKeys.list()).toHaveLength(3);
	});

	it('leaves tokens out unless they are asked for', async () => {
		await caller.gatewayKeys.create({ name: 'Key' });
		const token = await caller.gatewayKeys.issueToken({});
		expect((await caller.gatewayKeys.list()).map((key) => key.name)).toEqual(['Key']);
		expect((await caller.gatewayKeys.list({ tokens: true })).map((key) => key.id)).toContain(token.id);
		expect(await caller.gatewayKeys.get({ id: token.id })).toMatchObject({ parentId: 'user:ann' });
	});
});

describe('gatewayKeys.update', () => {
	let id: string;

	beforeEach(async () => {
		({ id } = await caller.gatewayKeys.create({
			name: 'Backend',
			allowedModels: ['mock/*'],
			requestsPerMinute: 10,
			budgetDayUsd: '5',
			expiresAt: NOW + 1_000,
		}));
		port.events.length = 0;
	});

	it('changes what is given, takes away what is null, and leaves the rest', async () => {
		const before = await caller.gatewayKeys.get({ id });
		const updated = await caller.gatewayKeys.update({
			id,
			name: 'Server',
			scopes: ['inference', 'manage'],
			allowedModels: null,
			mayOverrideSettings: false,
			requestsPerMinute: 5,
			budgetTotalUsd: 2.5,
			expiresAt: null,
		});
		expect(updated).toEqual({
			...before,
			name: 'Server',
			scopes: ['inference', 'manage'],
			allowedModels: null,
			mayOverrideSettings: false,
			requestsPerMinute: 5,
			budgetTotalUsd: '2.5',
			expiresAt: null,
			version: 2,
		});
		expect(await caller.gatewayKeys.get({ id })).toEqual(updated);
		expect(port.events).toEqual(['prepare o1 @2', 'settle o1 3 @3']);
	});

	it('is audited with the fields that changed and no others', async () => {
		await caller.gatewayKeys.update({ id, name: 'Backend', requestsPerMinute: 5, budgetDayUsd: 5 });
		expect((await auditRows('o1')).at(-1)).toMatchObject({
			action: 'update',
			entity: 'gateway-key',
			entityId: id,
			before: { requestsPerMinute: 10 },
			after: { requestsPerMinute: 5 },
		});
	});

	it('of nothing moves no version and is not audited', async () => {
		const before = await caller.gatewayKeys.get({ id });
		expect(await caller.gatewayKeys.update({ id, name: ' Backend ', budgetDayUsd: '5.00' })).toEqual(before);
		expect(port.events).toEqual([]);
		expect(await auditRows('o1')).toHaveLength(1);
	});

	it('from an old version is a conflict, and nothing is written', async () => {
		await caller.gatewayKeys.update({ id, version: 1, name: 'First' });
		const error = await refusal(caller.gatewayKeys.update({ id, version: 1, name: 'Second' }));
		expect(error).toMatchObject({ code: 'conflict', param: 'version' });
		expect(await caller.gatewayKeys.get({ id })).toMatchObject({ name: 'First', version: 2 });
	});

	it('by two at once without a version keeps both changes', async () => {
		await Promise.all([
			caller.gatewayKeys.update({ id, requestsPerMinute: 1 }),
			caller.gatewayKeys.update({ id, requestsPerDay: 2 }),
		]);
		expect(await caller.gatewayKeys.get({ id })).toMatchObject({
			requestsPerMinute: 1,
			requestsPerDay: 2,
			version: 3,
		});
	});

	it('by two at once from one version is one change', async () => {
		const outcomes = await Promise.allSettled([
			caller.gatewayKeys.update({ id, version: 1, name: 'A' }),
			caller.gatewayKeys.update({ id, version: 1, name: 'B' }),
		]);
		expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
		expect(await caller.gatewayKeys.get({ id })).toMatchObject({ version: 2 });
	});

	it('of a revoked key, or of a token, is a conflict', async () => {
		const token = await caller.gatewayKeys.issueToken({});
		expect((await refusal(caller.gatewayKeys.update({ id: token.id, name: 'A' }))).code).toBe('conflict');
		await caller.gatewayKeys.revoke({ id });
		expect((await refusal(caller.gatewayKeys.update({ id, name: 'A' }))).code).toBe('conflict');
	});

	it.each<readonly [param: string, wrong: object]>([
		['expiresAt', { expiresAt: NOW }],
		['allowedAgents[0]', { allowedAgents: ['absent'] }],
		['scopes', { scopes: [] }],
		['secretHash', { secretHash: 'a'.repeat(64) }],
		['revokedAt', { revokedAt: null }],
		['version', { version: 0 }],
		['mayOverrideModel', { mayOverrideModel: null }],
		['budgetDayUsd', { budgetDayUsd: '0.0000000001' }],
	])('refuses what is wrong with %s (case %#)', async (param, wrong) => {
		const error = await refusal(caller.gatewayKeys.update(untyped({ id, ...wrong })));
		expect(error).toMatchObject({ code: 'invalid_request', param });
		expect(port.events).toEqual([]);
	});

	describe('and the tokens the key issued', () => {
		const stateOf = async (token: string) => (await caller.gatewayKeys.get({ id: token })).revokedAt;
		let token: string;

		beforeEach(async () => {
			await caller.gatewayKeys.update({ id, scopes: ['inference', 'manage'], origins: ['https://a.example'] });
			({ id: token } = await asKey(id).gatewayKeys.issueToken({}));
		});

		it.each([
			{ allowedModels: ['mock/echo'] },
			{ requestsPerMinute: 9 },
			{ budgetDayUsd: '4' },
			{ mayOverridePrompt: false },
			{ expiresAt: NOW + 999 },
			{ origins: null },
			{ scopes: ['manage' as const] },
		])('stops them where it allows less: %j', async (less) => {
			await caller.gatewayKeys.update({ id, ...less });
			expect(await stateOf(token)).toBe(NOW);
		});

		it.each([
			{ name: 'Renamed' },
			{ allowedModels: null },
			{ requestsPerMinute: 11 },
			{ requestsPerMinute: null },
			{ expiresAt: NOW + 5_000 },
			{ origins: ['https://a.example', 'https://b.example'] },
		])('lets them be where it allows as much: %j', async (more) => {
			await caller.gatewayKeys.update({ id, ...more });
			expect(await stateOf(token)).toBeNull();
		});
	});
});

/** Signed in with a key that manages. */
function asKey(keyId: string, parts: Partial<Principal> = {}) {
	const who = { kind: 'gateway-key', keyId, role: null, userId: null, actor: `key:${keyId}`, ...parts } as const;
	return administer(serviceContext(principal('o1', who)));
}

describe('a key that manages', () => {
	const bounded = {
		allowedModels: ['openai/gpt-*', 'mock/*'],
		allowedAgents: ['support'],
		allowedProviders: ['openai', 'mock'],
		origins: ['https://a.example'],
		mayOverrideModel: false,
		mayOverrideSettings: false,
		mayOverridePrompt: false,
		expiresAt: NOW + 1_000,
		limits: {
			requestsPerMinute: 10,
			requestsPerDay: 100,
			budgetDayNanoUsd: 1_000_000_000n,
			budgetMonthNanoUsd: 2_000_000_000n,
			budgetTotalNanoUsd: 3_000_000_000n,
		},
	};
	const within = {
		name: 'Narrow',
		allowedModels: ['openai/gpt-4*', 'mock/echo'],
		allowedAgents: ['support'],
		allowedProviders: ['mock'],
		origins: ['https://a.example'],
		mayOverrideModel: false,
		mayOverrideSettings: false,
		mayOverridePrompt: false,
		requestsPerMinute: 10,
		requestsPerDay: 99,
		budgetDayUsd: '1',
		budgetMonthUsd: '0.5',
		budgetTotalUsd: '3.000',
		expiresAt: NOW + 1_000,
	};
	const wider: readonly (readonly [field: string, value: object])[] = [
		['allowedModels', { allowedModels: ['openai/*'] }],
		['allowedModels', { allowedModels: ['*'] }],
		['allowedModels', { allowedModels: null }],
		['allowedAgents', { allowedAgents: ['support', 'other'] }],
		['allowedAgents', { allowedAgents: null }],
		['allowedProviders', { allowedProviders: ['groq'] }],
		['allowedProviders', { allowedProviders: null }],
		['origins', { origins: ['https://b.example'] }],
		['mayOverrideModel', { mayOverrideModel: true }],
		['mayOverrideSettings', { mayOverrideSettings: true }],
		['mayOverridePrompt', { mayOverridePrompt: true }],
		['requestsPerMinute', { requestsPerMinute: 11 }],
		['requestsPerMinute', { requestsPerMinute: null }],
		['requestsPerDay', { requestsPerDay: 101 }],
		['budgetDayUsd', { budgetDayUsd: '1.000000001' }],
		['budgetMonthUsd', { budgetMonthUsd: null }],
		['budgetTotalUsd', { budgetTotalUsd: '4' }],
		['expiresAt', { expiresAt: NOW + 1_001 }],
		['expiresAt', { expiresAt: null }],
	];

	beforeEach(async () => {
		for (const slug of ['support', 'other']) await caller.agents.create({ slug, name: slug, model: 'mock/echo' });
	});

	it('makes keys within its own limits', async () => {
		await asKey('k1', bounded).gatewayKeys.create(within);
		expect(await caller.gatewayKeys.list()).toMatchObject([{ name: 'Narrow', createdBy: 'key:k1' }]);
	});

	it.each(wider)('makes none that is wider in %s (case %#)', async (field, value) => {
		const error = await refusal(asKey('k1', bounded).gatewayKeys.create({ ...within, ...value }));
		expect(error).toMatchObject({ code: 'forbidden', param: field });
		expect(await db.$count(gatewayKeys)).toBe(0);
	});

	it.each(wider)('widens none in %s (case %#)', async (field, value) => {
		const { id } = await caller.gatewayKeys.create(within);
		const error = await refusal(asKey('k1', bounded).gatewayKeys.update({ id, ...value }));
		expect(error).toMatchObject({ code: 'forbidden', param: field });
		expect(await caller.gatewayKeys.get({ id })).toMatchObject({ version: 1 });
	});

	it('says nothing of a limit: the key that leaves it out is wider', async () => {
		const error = await refusal(asKey('k1', bounded).gatewayKeys.create({ name: 'Bare' }));
		expect(error).toMatchObject({ code: 'forbidden', param: 'allowedModels' });
	});

	it('gives no scope it lacks', async () => {
		const error = await refusal(asKey('k1', { scopes: ['manage'] }).gatewayKeys.create({ name: 'A' }));
		expect(error).toMatchObject({ code: 'forbidden', param: 'scopes' });
	});

	it('takes no wider key over by rotating it', async () => {
		const { id } = await caller.gatewayKeys.create({ name: 'Wide' });
		const error = await refusal(asKey('k1', bounded).gatewayKeys.rotate({ id }));
		expect(error).toMatchObject({ code: 'forbidden', param: 'allowedModels' });
		expect(await db.$count(gatewayKeys)).toBe(1);
	});

	it('may rename a wider key, and revoke it', async () => {
		const { id } = await caller.gatewayKeys.create({ name: 'Wide' });
		expect(await asKey('k1', bounded).gatewayKeys.update({ id, name: 'Renamed' })).toMatchObject({ name: 'Renamed' });
		await asKey('k1', bounded).gatewayKeys.revoke({ id });
	});
});

describe('gatewayKeys.rotate', () => {
	const spent = (totalNanoUsd: bigint, heldNanoUsd = 0n) => {
		const none = { requestsMinute: 0, minuteResetMs: 0, requestsDay: 0, dayNanoUsd: 0n, monthNanoUsd: 0n };
		return async () => ({
			organization: { ...none, heldNanoUsd: 0n },
			key: { ...none, heldNanoUsd, totalNanoUsd },
		});
	};

	it('makes a successor of the same policy, and the old key stops at once', async () => {
		const { id } = await caller.gatewayKeys.create({ name: 'Backend', allowedModels: ['mock/*'], requestsPerDay: 5 });
		const before = await caller.gatewayKeys.get({ id });
		const made = await caller.gatewayKeys.rotate({ id });
		expect(made.id).not.toBe(id);
		expect(made.key).toMatch(new RegExp(`^sy_${made.id}_[A-Za-z0-9]{40}$`));
		const { last4, version, ...same } = before;
		expect(await caller.gatewayKeys.get({ id: made.id })).toEqual({
			...same,
			id: made.id,
			last4: made.key.slice(-4),
			version: 1,
		});
		expect(await caller.gatewayKeys.get({ id })).toEqual({ ...same, last4, revokedAt: NOW, version: version + 1 });
		expect(await configVersion('o1')).toBe(3);
		expect((await auditRows('o1')).map(({ action, entityId }) => [action, entityId])).toEqual([
			['create', id],
			['create', made.id],
			['rotate', id],
		]);
	});

	it('with a grace lets the old key go on for so long, and no longer than it would have', async () => {
		const long = await caller.gatewayKeys.create({ name: 'Long', scopes: ['inference', 'manage'] });
		const short = await caller.gatewayKeys.create({ name: 'Short', expiresAt: NOW + 1_000 });
		const token = await asKey(long.id).gatewayKeys.issueToken({ ttlSeconds: 3_600 });
		const { id } = await caller.gatewayKeys.rotate({ id: long.id, graceSeconds: 60 });
		await caller.gatewayKeys.rotate({ id: short.id, graceSeconds: 60 });
		expect(await caller.gatewayKeys.get({ id: long.id })).toMatchObject({ revokedAt: null, expiresAt: NOW + 60_000 });
		expect(await caller.gatewayKeys.get({ id: short.id })).toMatchObject({ revokedAt: null, expiresAt: NOW + 1_000 });
		expect(await caller.gatewayKeys.get({ id: token.id })).toMatchObject({ expiresAt: NOW + 60_000 });
		expect(await caller.gatewayKeys.get({ id })).toMatchObject({ expiresAt: null });
	});

	it('stops the tokens of the old key with it', async () => {
		const { id } = await caller.gatewayKeys.create({ name: 'Issuer', scopes: ['inference', 'manage'] });
		const token = await asKey(id).gatewayKeys.issueToken({});
		await caller.gatewayKeys.rotate({ id });
		expect(await caller.gatewayKeys.get({ id: token.id })).toMatchObject({ revokedAt: NOW });
	});

	it.each([
		[spent(1_000_000_000n, 500_000_000n), '8.5'],
		[spent(11_000_000_000n), '0'],
	])('hands on what is left of the total budget (case %#)', async (account, left) => {
		const { id } = await caller.gatewayKeys.create({ name: 'A', budgetTotalUsd: '10' });
		const made = await administer(serviceContext(principal('o1'), { account })).gatewayKeys.rotate({ id });
		expect(await caller.gatewayKeys.get({ id: made.id })).toMatchObject({ budgetTotalUsd: left });
	});

	it('of a revoked or expired key, or of a token, is a conflict', async () => {
		const revoked = await caller.gatewayKeys.create({ name: 'A' });
		await caller.gatewayKeys.revoke({ id: revoked.id });
		const expired = await caller.gatewayKeys.create({ name: 'B', expiresAt: NOW + 1 });
		const token = await caller.gatewayKeys.issueToken({});
		const later = administer(serviceContext(principal('o1'), { now: () => NOW + 1 }));
		for (const { id } of [revoked, expired, token])
			expect((await refusal(later.gatewayKeys.rotate({ id }))).code).toBe('conflict');
	});

	it('twice at once makes one successor', async () => {
		const { id } = await caller.gatewayKeys.create({ name: 'A' });
		const outcomes = await Promise.allSettled([caller.gatewayKeys.rotate({ id }), caller.gatewayKeys.rotate({ id })]);
		expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
		expect(await db.$count(gatewayKeys)).toBe(2);
	});
});
