import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { sha256Hex } from '../../src/auth/digest';
import { bearer, isolate, NOW, OPERATOR_KEY } from '../config/isolate';
import { changeKey, changeOrganization, KEY, storeKey, storeOrganization } from '../config/stored';

const CACHED = { cached: true };
const unauthorized = expect.objectContaining({ code: 'unauthorized' });

beforeEach(async () => {
	await storeOrganization('o1', { slug: 'acme' });
});

describe('a gateway key', () => {
	it('is admitted with the policy and the version of one read', async () => {
		await storeKey(KEY, 'o1', {
			allowedModels: ['mock/*'],
			allowedAgents: ['support'],
			allowedProviders: ['mock'],
			origins: ['https://a.example'],
			mayOverrideSettings: false,
			mayOverridePrompt: false,
			requestsPerDay: 9,
		});
		expect(await isolate().authenticate(bearer(KEY))).toMatchObject({
			kind: 'gateway-key',
			keyId: 'k1',
			actor: 'key:k1',
			organizationId: 'o1',
			organizationSlug: 'acme',
			scopes: ['inference'],
			allowedModels: ['mock/*'],
			allowedAgents: ['support'],
			allowedProviders: ['mock'],
			origins: ['https://a.example'],
			mayOverrideModel: true,
			mayOverrideSettings: false,
			mayOverridePrompt: false,
			limits: {
				requestsPerMinute: null,
				requestsPerDay: 9,
				budgetDayNanoUsd: null,
				budgetMonthNanoUsd: null,
				budgetTotalNanoUsd: null,
			},
			userId: null,
			version: 6,
			fresh: true,
		});
	});

	it('is refused alike where it is unknown, wrong, malformed, revoked, expired or of a deleted organization', async () => {
		await storeKey(KEY, 'o1');
		await storeKey({ id: 'revoked', secret: KEY.secret }, 'o1', { revokedAt: NOW });
		await storeKey({ id: 'expired', secret: KEY.secret }, 'o1', { expiresAt: NOW });
		await storeOrganization('o2', { deletedAt: NOW });
		await storeKey({ id: 'orphan', secret: KEY.secret }, 'o2');
		const one = isolate();
		const messages = new Set<string>();
		for (const credential of [
			'sy_unknown_secret',
			'sy_k1_another',
			'sy_k1',
			bearer({ id: 'revoked', secret: KEY.secret }),
			bearer({ id: 'expired', secret: KEY.secret }),
			bearer({ id: 'orphan', secret: KEY.secret }),
			'neither-key-nor-token',
		]) {
			const refusal = await one.authenticate(credential, CACHED).catch((error: Error) => error);
			expect(refusal, credential).toEqual(unauthorized);
			if (refusal instanceof Error) messages.add(refusal.message);
		}
		expect(messages.size).toBe(1);
	});

	it('works at once when it is new, also where it was unknown a moment ago', async () => {
		const one = isolate();
		await expect(one.authenticate(bearer(KEY), CACHED)).rejects.toEqual(unauthorized);
		await storeKey(KEY, 'o1');
		expect(await one.authenticate(bearer(KEY), CACHED)).toMatchObject({ keyId: 'k1' });
	});

	it('reads D1 once, then memory only: no KV, no D1, one digest', async () => {
		await storeKey(KEY, 'o1');
		const one = isolate();
		expect(await one.counting(() => one.authenticate(bearer(KEY), CACHED))).toMatchObject({
			statements: 1,
			kvReads: 1,
		});
		const again = await one.counting(() => one.authenticate(bearer(KEY), CACHED));
		expect(again).toEqual({ statements: 0, batches: 0, kvReads: 0, kvWrites: 0, digests: 1 });
		expect(await one.authenticate(bearer(KEY), CACHED)).not.toHaveProperty('fresh');
	});

	it('is found in KV by another isolate, without D1', async () => {
		await storeKey(KEY, 'o1');
		const first = isolate();
		const { fresh: _, ...expected } = await first.authenticate(bearer(KEY), CACHED);
		await first.settled();
		const second = isolate();
		const counts = await second.counting(async () => {
			expect(await second.authenticate(bearer(KEY), CACHED)).toEqual(expected);
		});
		expect(counts).toMatchObject({ statements: 0, kvReads: 1 });
	});

	it('keeps budgets beyond 2^53 exact in D1, in memory and in KV', async () => {
		const budgetTotalNanoUsd = 2n ** 63n - 1n;
		const limits = {
			requestsPerMinute: 7,
			requestsPerDay: null,
			budgetDayNanoUsd: 0n,
			budgetMonthNanoUsd: null,
			budgetTotalNanoUsd,
		};
		await storeKey(KEY, 'o1', limits);
		const first = isolate();
		expect(await first.authenticate(bearer(KEY), CACHED)).toMatchObject({ limits, fresh: true });
		expect((await first.authenticate(bearer(KEY), CACHED)).limits).toEqual(limits);
		await first.settled();
		const second = isolate();
		const fromKv = await second.authenticate(bearer(KEY), CACHED);
		expect(fromKv.limits).toEqual(limits);
		expect(fromKv).not.toHaveProperty('fresh');
	});

	it('that another one issued is bound by its limits too, exactly, in D1, in memory and in KV', async () => {
		const limits = {
			requestsPerMinute: 7,
			requestsPerDay: null,
			budgetDayNanoUsd: 0n,
			budgetMonthNanoUsd: null,
			budgetTotalNanoUsd: 2n ** 63n - 1n,
		};
		await storeKey({ id: 'server', secret: KEY.secret }, 'o1', limits);
		await storeKey(KEY, 'o1', { parentId: 'server' });
		const bound = { limits: null, issuer: { keyId: 'server', limits } };
		const first = isolate();
		expect(await first.authenticate(bearer(KEY), CACHED)).toMatchObject({ ...bound, fresh: true });
		expect(await first.authenticate(bearer(KEY), CACHED)).toMatchObject(bound);
		await first.settled();
		const fromKv = await isolate().authenticate(bearer(KEY), CACHED);
		expect(fromKv).toMatchObject(bound);
		expect(fromKv).not.toHaveProperty('fresh');
	});

	it('has no issuer where a person or the operator issued it, nor one of another organization', async () => {
		await storeOrganization('o2');
		await storeKey({ id: 'foreign', secret: KEY.secret }, 'o2');
		for (const [id, parentId] of [
			['a', 'operator'],
			['b', 'user:ann'],
			['c', 'foreign'],
			['d', null],
		] as const) {
			await storeKey({ id, secret: KEY.secret }, 'o1', { parentId });
			const { issuer } = await isolate().authenticate(bearer({ id, secret: KEY.secret }));
			expect([id, issuer]).toEqual([id, null]);
		}
	});

	it('is read from D1 where KV holds an entry of the time when issuers were not counted', async () => {
		await storeKey({ id: 'server', secret: KEY.secret }, 'o1');
		await storeKey(KEY, 'o1', { parentId: 'server' });
		const one = isolate();
		await one.authenticate(bearer(KEY), CACHED);
		await one.settled();
		const { issuer: _, ...older } = JSON.parse((await env.CONFIG.get('principal:k1')) ?? '{}');
		await env.CONFIG.put('principal:k1', JSON.stringify(older));
		expect(await isolate().authenticate(bearer(KEY), CACHED)).toMatchObject({
			issuer: { keyId: 'server', limits: null },
			fresh: true,
		});
	});

	it('is kept in KV as hash and policy, never as the secret', async () => {
		await storeKey(KEY, 'o1');
		const one = isolate();
		await one.authenticate(bearer(KEY), CACHED);
		await one.settled();
		const entry = (await env.CONFIG.get('principal:k1')) ?? '';
		expect(entry).not.toContain(KEY.secret);
		expect(JSON.parse(entry)).toMatchObject({ secretHash: await sha256Hex(KEY.secret), version: 6 });
	});

	it.each(['not json', '{}', 'null', '[]', '{"kind":"gateway-key","keyId":"k1"}'])(
		'is read from D1 where KV holds %s',
		async (entry) => {
			await storeKey(KEY, 'o1');
			await env.CONFIG.put('principal:k1', entry);
			expect(await isolate().authenticate(bearer(KEY), CACHED)).toMatchObject({ keyId: 'k1', fresh: true });
		},
	);

	it("is not admitted by another key's entry", async () => {
		await storeKey(KEY, 'o1');
		const other = { id: 'other', secret: KEY.secret };
		await storeKey(other, 'o1', { allowedModels: ['mock/echo'] });
		const one = isolate();
		await one.authenticate(bearer(other), CACHED);
		await one.settled();
		await env.CONFIG.put('principal:k1', (await env.CONFIG.get('principal:other')) ?? '');
		expect(await isolate().authenticate(bearer(KEY), CACHED)).toMatchObject({ keyId: 'k1', allowedModels: null });
	});

	it('is admitted where KV can neither be read nor written', async () => {
		await storeKey(KEY, 'o1');
		const one = isolate();
		one.kvFailure = 'KV PUT failed: 429 Too Many Requests';
		expect(await one.authenticate(bearer(KEY), CACHED)).toMatchObject({ keyId: 'k1' });
		await one.settled();
		expect(await one.counting(() => one.authenticate(bearer(KEY), CACHED))).toMatchObject({ statements: 0 });
	});

	it('that a cache would refuse is looked up in D1 before it is refused', async () => {
		await storeKey(KEY, 'o1', { expiresAt: NOW + 1000 });
		const one = isolate();
		await one.authenticate(bearer(KEY), CACHED);
		one.now = NOW + 1000;
		await changeKey(KEY, 'o1', { expiresAt: NOW + 9000 });
		expect(await one.authenticate(bearer(KEY), CACHED)).toMatchObject({ expiresAt: NOW + 9000, fresh: true });
		const rotated = { id: KEY.id, secret: 'a_new_secret' };
		await changeKey(KEY, 'o1', { secretHash: await sha256Hex(rotated.secret) });
		expect(await one.authenticate(bearer(rotated), CACHED)).toMatchObject({ keyId: 'k1', fresh: true });
	});

	it('without the scope for calls is read from D1 each time, so that what is refused for it is current', async () => {
		await storeKey(KEY, 'o1', { scopes: ['manage'] });
		const one = isolate();
		await one.authenticate(bearer(KEY), CACHED);
		await changeKey(KEY, 'o1', { scopes: ['manage', 'inference'] });
		expect(await one.authenticate(bearer(KEY), CACHED)).toMatchObject({ scopes: ['manage', 'inference'] });
	});

	it('that expired is refused from memory too, after one look at D1, and forgotten', async () => {
		await storeKey(KEY, 'o1', { expiresAt: NOW + 1000 });
		const one = isolate();
		await one.authenticate(bearer(KEY), CACHED);
		await one.settled();
		one.now = NOW + 1000;
		const counts = await one.counting(() =>
			expect(one.authenticate(bearer(KEY), CACHED)).rejects.toEqual(unauthorized),
		);
		expect(counts).toMatchObject({ statements: 1, kvReads: 0 });
		await one.settled();
		expect(await env.CONFIG.get('principal:k1')).toBeNull();
	});

	it('that a wrong secret was tried on stays cached for the right one', async () => {
		await storeKey(KEY, 'o1');
		const one = isolate();
		await one.authenticate(bearer(KEY), CACHED);
		await expect(one.authenticate('sy_k1_wrong', CACHED)).rejects.toEqual(unauthorized);
		expect(await one.counting(() => one.authenticate(bearer(KEY), CACHED))).toMatchObject({ statements: 0 });
	});

	it('is read from D1 by default: a revoked one is refused at once on routes that never ask the ledger', async () => {
		await storeKey(KEY, 'o1');
		const one = isolate();
		await one.authenticate(bearer(KEY), CACHED);
		await changeKey(KEY, 'o1', { revokedAt: NOW });
		await expect(one.authenticate(bearer(KEY))).rejects.toEqual(unauthorized);
	});

	it('is told to come back, not that it is unknown, where D1 does not answer', async () => {
		await storeKey(KEY, 'o1');
		const one = isolate();
		one.d1Failure = 'D1_ERROR: no such table: secret_table';
		const refusal = await one.authenticate(bearer(KEY), CACHED).catch((error: Error) => error);
		expect(refusal).toMatchObject({ code: 'upstream_unavailable', retryAfterMs: 1000 });
		expect(String(refusal)).not.toContain('secret_table');
	});
});

describe('a JSON Web Token', () => {
	it('is refused with a message of its own while none are accepted', async () => {
		await expect(isolate().authenticate('eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln')).rejects.toThrow(
			expect.objectContaining({ code: 'unauthorized', message: expect.stringContaining('JSON Web Token') }),
		);
	});
});

describe('the operator', () => {
	const HEADER = 'x-switchyard-organization';

	it.each(['o1', 'acme'])('acts on the organization it names as %s, with both scopes', async (name) => {
		expect(await isolate().authenticate(OPERATOR_KEY, {}, { [HEADER]: name })).toEqual({
			kind: 'operator',
			keyId: null,
			actor: 'operator',
			role: null,
			userId: null,
			organizationId: 'o1',
			organizationSlug: 'acme',
			scopes: ['inference', 'manage'],
			allowedModels: null,
			allowedAgents: null,
			allowedProviders: null,
			origins: [],
			mayOverrideModel: true,
			mayOverrideSettings: true,
			mayOverridePrompt: true,
			limits: null,
			expiresAt: null,
			version: 5,
			fresh: true,
		});
	});

	it('reaches an organization by its id where the slug of another is spelt the same', async () => {
		await storeOrganization('a0', { slug: 'o1' });
		await storeOrganization('z9', { slug: 'a0' });
		const one = isolate();
		expect(await one.authenticate(OPERATOR_KEY, {}, { [HEADER]: 'o1' })).toMatchObject({ organizationId: 'o1' });
		expect(await one.authenticate(OPERATOR_KEY, {}, { [HEADER]: 'a0' })).toMatchObject({ organizationId: 'a0' });
	});

	it('acts on the demo organization where it names none', async () => {
		await storeOrganization('d1', { slug: 'demo' });
		expect(await isolate().authenticate(OPERATOR_KEY)).toMatchObject({ organizationId: 'd1' });
	});

	it('must name one where there is no demo organization', async () => {
		await expect(isolate().authenticate(OPERATOR_KEY)).rejects.toEqual(
			expect.objectContaining({ code: 'invalid_request', param: HEADER }),
		);
	});

	it('may act on none where the request makes or lists organizations', async () => {
		const principal = await isolate().authenticate(OPERATOR_KEY, { organizationOptional: true });
		expect(principal).toMatchObject({ kind: 'operator', organizationId: '', scopes: ['inference', 'manage'] });
	});

	it('is told that an organization it names does not exist, or no longer', async () => {
		await changeOrganization('o1', { deletedAt: NOW });
		for (const name of ['nobody', 'o1', 'acme'])
			await expect(
				isolate().authenticate(OPERATOR_KEY, { organizationOptional: true }, { [HEADER]: name }),
			).rejects.toEqual(expect.objectContaining({ code: 'not_found', param: HEADER }));
	});

	it('is nobody else: a longer, shorter or other key is refused', async () => {
		for (const credential of [`${OPERATOR_KEY}x`, OPERATOR_KEY.slice(0, -1), OPERATOR_KEY.toUpperCase()])
			await expect(isolate().authenticate(credential)).rejects.toEqual(unauthorized);
	});
});
