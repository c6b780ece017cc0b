import { and, eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Principal } from '../../src/auth/principal';
import type { Database } from '../../src/db/client';
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
let platform: ReturnType<typeof administer>;
let owner: ReturnType<typeof administer>;

const as = (parts: Partial<Principal>, organizationId = 'o1') =>
	administer(serviceContext(principal(organizationId, parts), { change: port }));

const admin = () => as({ role: 'admin', userId: 'adam', actor: 'user:adam' });
const managingKey = () => as({ kind: 'gateway-key', keyId: 'k', role: null, userId: null, actor: 'key:k' });

/** Rows as they stand, past every rule. */
async function seed(userId: string, role: 'owner' | 'admin' | 'member' | 'service', organizationId = 'o1', at = NOW) {
	const times = { createdAt: at, updatedAt: at };
	await db
		.insert(users)
		.values({ id: userId, ...times })
		.onConflictDoNothing();
	await db.insert(memberships).values({ organizationId, userId, role, ...times });
}

const rolesOf = async (organizationId = 'o1') =>
	Object.fromEntries(
		(await db.select().from(memberships).where(eq(memberships.organizationId, organizationId))).map((row) => [
			row.userId,
			row.removedAt === null ? row.role : `removed ${row.role}`,
		]),
	);

beforeEach(async () => {
	await insertOrganization('o1');
	await insertOrganization('o2');
	port = scriptedChange();
	platform = administer(serviceContext(operator('o1'), { change: port }));
	owner = as({});
});

describe('memberships.set', () => {
	it('takes a user in, in one version with its audit row', async () => {
		const made = await owner.memberships.set({
			userId: 'bob',
			role: 'admin',
			email: ' Bob@Example.COM ',
			name: 'Bob',
		});
		expect(made).toEqual({
			userId: 'bob',
			email: 'bob@example.com',
			name: 'Bob',
			role: 'admin',
			removedAt: null,
			createdAt: NOW,
			updatedAt: NOW,
		});
		expect(await owner.memberships.get({ userId: 'bob' })).toEqual(made);
		expect(port.events).toEqual(['prepare o1 @1', 'settle o1 2 @2']);
		expect(await auditRows('o1')).toMatchObject([
			{ action: 'create', entity: 'membership', entityId: 'bob', before: null, after: { role: 'admin' } },
		]);
	});

	it('writes what people may want forgotten into no audit row', async () => {
		await owner.memberships.set({ userId: 'bob', role: 'member', email: 'bob@example.com', name: 'Robert' });
		await owner.memberships.set({ userId: 'bob', role: 'member', email: null, name: null });
		expect(await owner.memberships.get({ userId: 'bob' })).toMatchObject({ email: null, name: null });
		const rows = JSON.stringify(await auditRows('o1'));
		expect(rows).not.toMatch(/example\.com|Robert/);
		expect((await auditRows('o1')).at(-1)).toMatchObject({ after: { profile: ['email', 'name'] } });
	});

	it('changes a role, lets a removed one in again, and leaves absent fields as they are', async () => {
		await owner.memberships.set({ userId: 'bob', role: 'member', email: 'bob@example.com' });
		expect(await owner.memberships.set({ userId: 'bob', role: 'service' })).toMatchObject({
			role: 'service',
			email: 'bob@example.com',
		});
		await owner.memberships.remove({ userId: 'bob' });
		expect(await owner.memberships.set({ userId: 'bob', role: 'member' })).toMatchObject({ removedAt: null });
		expect((await auditRows('o1')).map(({ action }) => action)).toEqual(['create', 'update', 'delete', 'restore']);
	});

	it('of what is so already moves no version and is not audited', async () => {
		const made = await owner.memberships.set({ userId: 'bob', role: 'member', email: 'bob@example.com' });
		port.events.length = 0;
		expect(await owner.memberships.set({ userId: 'bob', role: 'member', email: 'BOB@example.com' })).toEqual(made);
		expect(port.events).toEqual([]);
		expect(await auditRows('o1')).toHaveLength(1);
	});

	it('with an address that another user has is a conflict, and nothing is written', async () => {
		await owner.memberships.set({ userId: 'bob', role: 'member', email: 'bob@example.com' });
		const error = await refusal(owner.memberships.set({ userId: 'eve', role: 'member', email: 'bob@example.com' }));
		expect(error).toMatchObject({ code: 'conflict', param: 'email' });
		expect(await rolesOf()).toEqual({ bob: 'member' });
		expect(await db.$count(users)).toBe(1);
	});

	it('by two at once is one create and one update', async () => {
		await Promise.all([
			owner.memberships.set({ userId: 'bob', role: 'member' }),
			owner.memberships.set({ userId: 'bob', role: 'service' }),
		]);
		expect((await auditRows('o1')).map(({ action }) => action).sort()).toEqual(['create', 'update']);
	});

	it.each<readonly [param: string, wrong: object]>([
		['role', { role: 'root' }],
		['role', { role: undefined }],
		['userId', { userId: '' }],
		['userId', { userId: 'x'.repeat(1_000_000) }],
		['userId', { userId: 'bob\u0000' }],
		['userId', { userId: 'bob\ud800' }],
		['email', { email: 'nobody' }],
		['email', { email: `${'a'.repeat(1_000_000)}@example.com` }],
		['name', { name: 'x\u001b[31m' }],
		['name', { name: 'x'.repeat(201) }],
		['organizationId', { organizationId: 'o2' }],
		['removedAt', { removedAt: null }],
		['createdAt', { createdAt: 1 }],
	])('with a wrong %s is refused (case %#)', async (param, wrong) => {
		const error = await refusal(owner.memberships.set(untyped({ userId: 'bob', role: 'member', ...wrong })));
		expect(error).toMatchObject({ code: 'invalid_request', param });
		expect(error.message.length).toBeLessThan(1_000);
		expect(await db.$count(memberships)).toBe(0);
	});
});

describe('roles', () => {
	beforeEach(async () => {
		await seed('ann', 'owner');
		await seed('adam', 'admin');
		await seed('mia', 'member');
	});

	it.each([
		['an admin', admin],
		['a gateway key that manages', managingKey],
	])('%s grants and takes member and service, and nothing above', async (_, caller) => {
		await caller().memberships.set({ userId: 'new', role: 'service' });
		await caller().memberships.set({ userId: 'mia', role: 'service' });
		await caller().memberships.remove({ userId: 'new' });
		const refused = [
			caller().memberships.set({ userId: 'mia', role: 'admin' }),
			caller().memberships.set({ userId: 'mia', role: 'owner' }),
			caller().memberships.set({ userId: 'other', role: 'admin' }),
			caller().memberships.set({ userId: 'ann', role: 'member' }),
			caller().memberships.remove({ userId: 'ann' }),
			caller().memberships.remove({ userId: 'adam' }),
			caller().memberships.set({ userId: 'adam', role: 'member' }),
		];
		for (const call of refused) expect(await refusal(call)).toMatchObject({ code: 'forbidden', param: 'role' });
		expect(await rolesOf()).toEqual({ ann: 'owner', adam: 'admin', mia: 'service', new: 'removed service' });
	});

	it('an admin does not raise itself, nor let a removed admin in again', async () => {
		expect((await refusal(admin().memberships.set({ userId: 'adam', role: 'owner' }))).code).toBe('forbidden');
		await owner.memberships.remove({ userId: 'adam' });
		const other = as({ role: 'admin', userId: 'alf', actor: 'user:alf' });
		expect((await refusal(other.memberships.set({ userId: 'adam', role: 'member' }))).code).toBe('forbidden');
	});

	it('an owner and the operator grant and take all of them', async () => {
		for (const caller of [owner, platform]) {
			await caller.memberships.set({ userId: 'mia', role: 'owner' });
			await caller.memberships.set({ userId: 'mia', role: 'admin' });
			await caller.memberships.remove({ userId: 'mia' });
			await caller.memberships.set({ userId: 'mia', role: 'member' });
		}
	});

	it('a member manages nobody', async () => {
		const member = as({ role: 'member', userId: 'mia', scopes: ['inference'] });
		for (const call of [member.memberships.list(), member.memberships.set({ userId: 'x', role: 'member' })])
			expect((await refusal(call)).code).toBe('forbidden');
	});
});

describe('the last owner', () => {
	beforeEach(() => seed('ann', 'owner'));

	it.each([
		['an owner', () => owner],
		['the operator', () => platform],
	])('is neither removed nor lowered by %s', async (_, caller) => {
		for (const call of [
			caller().memberships.remove({ userId: 'ann' }),
			caller().memberships.set({ userId: 'ann', role: 'admin' }),
		])
			expect((await refusal(call)).code).toBe('conflict');
		expect(await rolesOf()).toEqual({ ann: 'owner' });
		expect(await auditRows('o1')).toEqual([]);
	});

	it('is not outlived by removed owners, or by those of other organizations', async () => {
		await seed('bob', 'owner');
		await seed('cem', 'owner', 'o2');
		await owner.memberships.remove({ userId: 'bob' });
		expect((await refusal(owner.memberships.remove({ userId: 'ann' }))).code).toBe('conflict');
	});

	it('may go once there is another', async () => {
		await owner.memberships.set({ userId: 'bob', role: 'owner' });
		await owner.memberships.set({ userId: 'ann', role: 'member' });
		expect(await rolesOf()).toEqual({ ann: 'member', bob: 'owner' });
	});

	/** Both have read that there are two owners before either writes. */
	function together(parties: number): Database {
		let waiting: (() => void)[] = [];
		return new Proxy(db, {
			get(target, name, receiver) {
				if (name !== 'batch') return Reflect.get(target, name, receiver);
				return async (...given: Parameters<Database['batch']>) => {
					if (waiting.length < parties) {
						await new Promise<void>((resolve) => {
							waiting.push(resolve);
							if (waiting.length === parties) for (const go of waiting) go();
						});
						waiting = Array.from({ length: parties }, () => () => {});
					}
					return target.batch(...given);
				};
			},
		});
	}

	it.each([
		['removed', (c: typeof owner, userId: string) => c.memberships.remove({ userId })],
		['lowered', (c: typeof owner, userId: string) => c.memberships.set({ userId, role: 'member' })],
	])('stays where two owners are %s at the same moment', async (_, leave) => {
		await seed('bob', 'owner');
		const shared = administer(serviceContext(principal('o1'), { db: together(2) }));
		const outcomes = await Promise.allSettled([leave(shared, 'ann'), leave(shared, 'bob')]);
		expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
		const left = await db
			.select()
			.from(memberships)
			.where(and(eq(memberships.role, 'owner'), eq(memberships.organizationId, 'o1')));
		expect(left.filter((row) => row.removedAt === null)).toHaveLength(1);
		expect(await auditRows('o1')).toHaveLength(1);
	});
});

describe('memberships.remove', () => {
	it('bars the user, and says when; the second time the same', async () => {
		await seed('bob', 'member');
		const removed = await owner.memberships.remove({ userId: 'bob' });
		expect(removed.removedAt).toBeGreaterThanOrEqual(NOW);
		expect(await owner.memberships.get({ userId: 'bob' })).toMatchObject({ removedAt: removed.removedAt });
		const version = await configVersion('o1');
		expect(await owner.memberships.remove({ userId: 'bob' })).toEqual(removed);
		expect(await configVersion('o1')).toBe(version);
		expect((await auditRows('o1')).map(({ action }) => action)).toEqual(['delete']);
	});

	it('of nobody finds nobody', async () => {
		expect((await refusal(owner.memberships.remove({ userId: 'x'.repeat(256) }))).code).toBe('not_found');
	});

	it.each([
		['removed', (userId: string) => owner.memberships.remove({ userId })],
		['lowered', (userId: string) => owner.memberships.set({ userId, role: 'member' })],
	])('stops the tokens a user issued who is %s, and nobody else’s', async (_, act) => {
		await seed('ann', 'owner');
		await seed('bob', 'admin');
		const bob = as({ role: 'admin', userId: 'bob', actor: 'user:bob' });
		const mine = await owner.gatewayKeys.issueToken({});
		const theirs = await bob.gatewayKeys.issueToken({});
		const elsewhere = await as({ userId: 'bob', actor: 'user:bob' }, 'o2').gatewayKeys.issueToken({});
		await act('bob');
		const stopped = Object.fromEntries((await db.select().from(gatewayKeys)).map((row) => [row.id, row.revokedAt]));
		expect(stopped).toEqual({ [mine.id]: null, [theirs.id]: NOW, [elsewhere.id]: null });
	});
});

describe('memberships.list', () => {
	it('goes by user id, page by page, and filters', async () => {
		for (const id of ['c', 'a', 'b']) await seed(id, id === 'b' ? 'owner' : 'member');
		await owner.memberships.remove({ userId: 'c' });
		const ids = async (...input: Parameters<typeof owner.memberships.list>) =>
			(await owner.memberships.list(...input)).map(({ userId }) => userId);
		expect(await ids()).toEqual(['a', 'b']);
		expect(await ids({ removed: true })).toEqual(['a', 'b', 'c']);
		expect(await ids({ role: 'owner' })).toEqual(['b']);
		expect(await ids({ limit: 1, after: 'a' })).toEqual(['b']);
	});
});

describe('a user of two organizations', () => {
	const other = () => as({}, 'o2');

	beforeEach(async () => {
		await owner.memberships.set({ userId: 'bob', role: 'member', email: 'bob@example.com', name: 'Bob' });
	});

	it('is shown by name and address to the one that had it first, and to the operator', async () => {
		const taken = await other().memberships.set({ userId: 'bob', role: 'admin' });
		expect(taken).toMatchObject({ userId: 'bob', role: 'admin', email: null, name: null });
		expect(await other().memberships.list()).toEqual([taken]);
		expect(await owner.memberships.get({ userId: 'bob' })).toMatchObject({ email: 'bob@example.com', name: 'Bob' });
		const there = administer(serviceContext(operator('o2')));
		expect(await there.memberships.get({ userId: 'bob' })).toMatchObject({ email: 'bob@example.com', role: 'admin' });
		expect(await rolesOf('o1')).toEqual({ bob: 'member' });
	});

	it('is not renamed by the other, whether it is a member there yet or not', async () => {
		const first = await refusal(other().memberships.set({ userId: 'bob', role: 'member', name: 'Mallory' }));
		expect(first).toMatchObject({ code: 'forbidden', param: 'name' });
		expect(await rolesOf('o2')).toEqual({});
		await other().memberships.set({ userId: 'bob', role: 'member' });
		const second = await refusal(other().memberships.set({ userId: 'bob', role: 'member', email: 'm@example.com' }));
		expect(second).toMatchObject({ code: 'forbidden', param: 'email' });
		expect(await owner.memberships.get({ userId: 'bob' })).toMatchObject({ email: 'bob@example.com', name: 'Bob' });
	});

	it('stays the first one’s to name after it was removed there', async () => {
		await other().memberships.set({ userId: 'bob', role: 'member' });
		await owner.memberships.remove({ userId: 'bob' });
		expect(await other().memberships.get({ userId: 'bob' })).toMatchObject({ email: null });
	});
});
