import { env } from 'cloudflare:workers';
import { eq, sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Principal, Role } from '../../src/auth/principal';
import { tokenMemory, tokenVerifier } from '../../src/auth/token';
import { database } from '../../src/db/client';
import { memberships, organizations, users } from '../../src/db/schema';
import { type Isolate, isolate, NOW } from '../config/isolate';
import { changeOrganization, storeOrganization } from '../config/stored';
import { hs256, payload, SECRET, seconds } from './signed';

const CACHED = { cached: true };
const db = () => database(env.DB);

/** As the services write: the row and the version in one batch. */
async function join(organizationId: string, userId: string, role: Role, removedAt: number | null = null) {
	const times = { createdAt: NOW, updatedAt: NOW };
	await db().batch([
		db()
			.insert(users)
			.values({ id: userId, ...times })
			.onConflictDoNothing(),
		db()
			.insert(memberships)
			.values({ organizationId, userId, role, removedAt, ...times })
			.onConflictDoUpdate({ target: [memberships.organizationId, memberships.userId], set: { role, removedAt } }),
		db()
			.update(organizations)
			.set({ configVersion: sql`${organizations.configVersion} + 1` })
			.where(eq(organizations.id, organizationId)),
	]);
}

function tokens(): Isolate {
	const one = isolate();
	const memory = tokenMemory();
	const unused = () => {
		throw new Error('a secret needs no key set');
	};
	one.verify = (token) =>
		tokenVerifier(
			{ jwt: { kind: 'secret', secret: SECRET }, jwtIssuer: null, jwtAudience: null },
			{
				memory,
				entries: { kv: env.CONFIG, defer: unused },
				send: unused,
				time: { now: () => one.now, after: unused },
				log: unused,
			},
		)(token);
	return one;
}

const forbidden = (text: string) =>
	expect.objectContaining({ code: 'forbidden', message: expect.stringContaining(text) });

/** What the ledger's `stale` leads to, and the configuration that goes with it. */
const reread = (one: Isolate, principal: Principal) => one.config(principal).reload(null);

beforeEach(async () => {
	await storeOrganization('o1', { slug: 'acme' });
});

describe('the user of a token', () => {
	it('is who the token says, in the organization it names', async () => {
		expect(await tokens().authenticate(await hs256(payload({ role: 'admin' })))).toEqual({
			kind: 'user',
			keyId: null,
			userId: 'ann',
			actor: 'user:ann',
			role: 'admin',
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
			expiresAt: NOW + 3_600_000,
			version: 5,
			claims: { userId: 'ann', organization: 'o1', role: 'admin', expiresAt: NOW + 3_600_000 },
			fresh: true,
		});
	});

	it.each([
		['owner', ['inference', 'manage']],
		['admin', ['inference', 'manage']],
		['member', ['inference']],
		['service', ['inference']],
		['authenticated', ['inference']],
		['service_role', ['inference']],
	])('with the role %s may %j', async (role, scopes) => {
		expect(await tokens().authenticate(await hs256(payload({ role })))).toMatchObject({ scopes });
	});

	it.each(['anon', 'superuser', '', undefined, 7])('with the role %j may nothing', async (role) => {
		for (const options of [{}, CACHED])
			await expect(tokens().authenticate(await hs256(payload({ role })), options)).rejects.toEqual(forbidden('role'));
	});

	it('may name the organization by slug; an id wins over the slug of another', async () => {
		await storeOrganization('o2', { slug: 'o1' });
		const one = tokens();
		for (const options of [{}, CACHED, CACHED]) {
			const named = async (organization_id: string) =>
				(await one.authenticate(await hs256(payload({ organization_id })), options)).organizationId;
			expect(await named('acme')).toBe('o1');
			expect(await named('o1')).toBe('o1');
			expect(await named('o2')).toBe('o2');
		}
	});

	it('is refused where the organization does not exist, or no longer', async () => {
		const one = tokens();
		await changeOrganization('o1', { deletedAt: NOW });
		for (const organization_id of ['o1', 'acme', 'nobody', "' or 1=1 --", '%'])
			await expect(one.authenticate(await hs256(payload({ organization_id })), CACHED)).rejects.toMatchObject({
				code: 'forbidden',
			});
	});

	it('can not choose its organization by a header', async () => {
		await storeOrganization('o2');
		const headers = { 'x-switchyard-organization': 'o2' };
		expect(await tokens().authenticate(await hs256(), {}, headers)).toMatchObject({ organizationId: 'o1' });
	});

	it('is told to come back where D1 does not answer', async () => {
		const one = tokens();
		one.d1Failure = 'D1_ERROR: secret_table';
		const refusal = await one.authenticate(await hs256(), CACHED).catch((error: Error) => error);
		expect(refusal).toMatchObject({ code: 'upstream_unavailable' });
		expect(String(refusal)).not.toContain('secret_table');
	});
});

describe('a membership', () => {
	it('decides the role in place of the token, upwards and downwards', async () => {
		const one = tokens();
		await join('o1', 'ann', 'member');
		expect(await one.authenticate(await hs256(payload({ role: 'owner' })))).toMatchObject({
			role: 'member',
			scopes: ['inference'],
		});
		await join('o1', 'ann', 'owner');
		for (const role of ['member', 'nobody', undefined])
			expect(await one.authenticate(await hs256(payload({ role })))).toMatchObject({
				role: 'owner',
				scopes: ['inference', 'manage'],
			});
	});

	it('that was ended bars the user, whatever the token says', async () => {
		await join('o1', 'ann', 'owner', NOW);
		for (const options of [{}, CACHED])
			await expect(tokens().authenticate(await hs256(payload({ role: 'owner' })), options)).rejects.toEqual(
				forbidden('removed'),
			);
	});

	it('counts for its own organization and its own user alone', async () => {
		await storeOrganization('o2', { slug: 'other' });
		await join('o2', 'ann', 'owner');
		await join('o1', 'bob', 'owner', NOW);
		const one = tokens();
		expect(await one.authenticate(await hs256(payload({ role: 'member' })))).toMatchObject({ role: 'member' });
		expect(await one.authenticate(await hs256(payload({ role: 'member', organization_id: 'other' })))).toMatchObject({
			role: 'owner',
			organizationId: 'o2',
		});
	});
});

describe('a user between requests', () => {
	it('is read once, then from memory: no KV, no D1, and the token verified each time', async () => {
		const one = tokens();
		const token = await hs256();
		expect(await one.counting(() => one.authenticate(token, CACHED))).toMatchObject({ statements: 1, kvReads: 1 });
		await one.settled();
		expect(await one.counting(() => one.authenticate(token, CACHED))).toMatchObject({
			statements: 0,
			batches: 0,
			kvReads: 0,
			kvWrites: 0,
		});
		expect(await one.authenticate(token, CACHED)).not.toHaveProperty('fresh');
		await expect(one.authenticate(`${token.slice(0, -4)}AAAA`, CACHED)).rejects.toMatchObject({ code: 'unauthorized' });
		one.now = NOW + 3_600_000 + 60_000;
		await expect(one.authenticate(token, CACHED)).rejects.toMatchObject({ code: 'unauthorized' });
	});

	it('is read from D1 each time where the request never asks the ledger', async () => {
		const one = tokens();
		const token = await hs256();
		await one.authenticate(token, CACHED);
		await join('o1', 'ann', 'member', NOW);
		await expect(one.authenticate(token)).rejects.toEqual(forbidden('removed'));
	});

	it('is found in KV by another isolate, under its organization and the hash of sub', async () => {
		const sub = 'ann@example.com/ä b';
		await join('o1', sub, 'owner');
		const first = tokens();
		const token = await hs256(payload({ sub, role: 'member' }));
		const { fresh: _, ...expected } = await first.authenticate(token, CACHED);
		await first.settled();
		const { keys } = await env.CONFIG.list({ prefix: 'member:' });
		expect(keys.map(({ name }) => name)).toEqual([expect.stringMatching(/^member:o1:[0-9a-f]{64}$/)]);
		const second = tokens();
		const counts = await second.counting(async () => {
			expect(await second.authenticate(token, CACHED)).toEqual(expected);
		});
		expect(counts).toMatchObject({ statements: 0, kvReads: 1 });
	});

	it('gets nothing of what another token of the same user claims', async () => {
		const one = tokens();
		await one.authenticate(await hs256(payload({ role: 'owner' })), CACHED);
		const other = await hs256(payload({ role: 'member', exp: seconds(NOW) + 60 }));
		expect(await one.authenticate(other, CACHED)).toMatchObject({
			role: 'member',
			scopes: ['inference'],
			expiresAt: NOW + 60_000,
		});
		const none = await hs256(payload({ role: 'nobody' }));
		await expect(one.authenticate(none, CACHED)).rejects.toEqual(forbidden('role'));
	});

	it.each(['not json', '{}', 'null', '{"organizationId":"o2","organizationSlug":"x","role":"owner","version":1}'])(
		'is read from D1 where KV holds %s',
		async (entry) => {
			const first = tokens();
			const token = await hs256();
			await first.authenticate(token, CACHED);
			await first.settled();
			for (const { name } of (await env.CONFIG.list()).keys) await env.CONFIG.put(name, entry);
			expect(await tokens().authenticate(token, CACHED)).toMatchObject({ organizationId: 'o1', fresh: true });
		},
	);

	it('is not kept where it is refused', async () => {
		await join('o1', 'ann', 'owner', NOW);
		const one = tokens();
		await one.authenticate(await hs256(), CACHED).catch(() => undefined);
		await one.settled();
		expect((await env.CONFIG.list({ prefix: 'member:' })).keys).toEqual([]);
		await join('o1', 'ann', 'owner');
		expect(await one.authenticate(await hs256(), CACHED)).toMatchObject({ role: 'owner' });
	});
});

describe('a user read again because the ledger said stale', () => {
	it('has the role of now, in that request and the next', async () => {
		await join('o1', 'ann', 'owner');
		const one = tokens();
		const token = await hs256(payload({ role: 'owner' }));
		const before = await one.authenticate(token, CACHED);
		await join('o1', 'ann', 'member');
		const { caller, version } = await reread(one, await one.authenticate(token, CACHED));
		expect(caller).toMatchObject({ role: 'member', scopes: ['inference'], fresh: true });
		expect(version).toBe(before.version + 1);
		const next = await one.counting(async () => {
			expect(await one.authenticate(token, CACHED)).toMatchObject({ role: 'member', version });
		});
		expect(next).toMatchObject({ statements: 0, kvReads: 0 });
	});

	it('is refused where it was removed, in that request and the next, from D1 alone', async () => {
		const one = tokens();
		const token = await hs256();
		await one.authenticate(token, CACHED);
		await one.settled();
		await join('o1', 'ann', 'owner', NOW);
		await expect(reread(one, await one.authenticate(token, CACHED))).rejects.toEqual(forbidden('removed'));
		await one.settled();
		for (const isolate of [one, tokens()])
			await expect(isolate.authenticate(token, CACHED)).rejects.toEqual(forbidden('removed'));
	});

	it('is refused where the organization is gone, or has lost the slug that the token names', async () => {
		const one = tokens();
		const bySlug = await one.authenticate(await hs256(payload({ organization_id: 'acme' })), CACHED);
		const byId = await one.authenticate(await hs256(), CACHED);
		await changeOrganization('o1', { slug: 'renamed' });
		await expect(reread(one, bySlug)).rejects.toEqual(forbidden('does not exist'));
		expect((await reread(one, byId)).caller).toMatchObject({ organizationSlug: 'renamed' });
		await changeOrganization('o1', { deletedAt: NOW });
		await expect(reread(one, byId)).rejects.toEqual(forbidden('does not exist'));
	});

	it('gets the claims of its token where the membership said more', async () => {
		await join('o1', 'ann', 'owner');
		const one = tokens();
		const principal = await one.authenticate(await hs256(payload({ role: 'member' })), CACHED);
		expect(principal).toMatchObject({ role: 'owner' });
		await db().delete(memberships);
		await changeOrganization('o1', { name: 'o1' });
		expect((await reread(one, principal)).caller).toMatchObject({ role: 'member', scopes: ['inference'] });
	});
});
