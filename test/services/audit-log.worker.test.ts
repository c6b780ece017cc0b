import { beforeEach, describe, expect, it } from 'vitest';
import { sha256Hex } from '../../src/auth/digest';
import { auditLogs, gatewayKeys } from '../../src/db/schema';
import {
	administer,
	db,
	insertOrganization,
	NOW,
	operator,
	principal,
	refusal,
	serviceContext,
	untyped,
} from './bench';

type Row = typeof auditLogs.$inferInsert;

const row = (id: string, parts: Partial<Row> = {}): Row => ({
	id,
	organizationId: 'o1',
	actor: 'user:ann',
	action: 'update',
	entity: 'agent',
	entityId: 'a1',
	requestId: 'r',
	createdAt: NOW,
	...parts,
});

const owner = administer(serviceContext(principal('o1')));
const platform = administer(serviceContext(operator('o1')));

const ids = async (...input: Parameters<typeof owner.audit.list>) =>
	(await owner.audit.list(...input)).data.map(({ id }) => id);

beforeEach(async () => {
	await insertOrganization('o1');
	await insertOrganization('o2');
});

describe('audit.list', () => {
	it('has the newest first, with what was before and after', async () => {
		await db
			.insert(auditLogs)
			.values([
				row('1', { before: { name: 'Old' }, after: { name: 'New', list: [1, null] } }),
				row('2', { createdAt: NOW + 1, before: null, after: null }),
			]);
		expect(await owner.audit.list()).toEqual({
			data: [
				{ ...row('2', { createdAt: NOW + 1 }), before: null, after: null },
				{ ...row('1'), before: { name: 'Old' }, after: { name: 'New', list: [1, null] } },
			],
			next: null,
		});
	});

	it('filters by entity, row, actor, action and time, and by all at once', async () => {
		await db
			.insert(auditLogs)
			.values([
				row('1'),
				row('2', { entity: 'gateway-key' }),
				row('3', { entityId: 'a2' }),
				row('4', { actor: 'key:k' }),
				row('5', { action: 'delete' }),
				row('6', { createdAt: NOW - 1 }),
				row('7', { createdAt: NOW + 1 }),
			]);
		expect(await ids({ entity: 'gateway-key' })).toEqual(['2']);
		expect(await ids({ entityId: 'a2' })).toEqual(['3']);
		expect(await ids({ actor: 'key:k' })).toEqual(['4']);
		expect(await ids({ action: 'delete' })).toEqual(['5']);
		expect(await ids({ from: NOW + 1 })).toEqual(['7']);
		expect(await ids({ to: new Date(NOW).toISOString() })).toEqual(['6']);
		const all = { entity: 'agent', entityId: 'a1', actor: 'user:ann', action: 'update', from: NOW, to: NOW + 1 };
		expect(await ids(all)).toEqual(['1']);
	});

	it('gives every row once, page by page, also those of one moment, whatever comes meanwhile', async () => {
		const rows = Array.from({ length: 7 }, (_, at) => row(`r${at}`, { createdAt: NOW + Math.floor(at / 3) }));
		await db.insert(auditLogs).values(rows);
		const seen: string[] = [];
		let before: string | null = null;
		do {
			const page: Awaited<ReturnType<typeof owner.audit.list>> = await owner.audit.list({
				limit: 2,
				...(before !== null && { before }),
			});
			seen.push(...page.data.map(({ id }) => id));
			await db.insert(auditLogs).values(row(`newer${seen.length}`, { createdAt: NOW + 100 }));
			before = page.next;
		} while (before !== null);
		expect(seen).toEqual(['r6', 'r5', 'r4', 'r3', 'r2', 'r1', 'r0']);
	});

	it('has no next page where the last one is exactly full', async () => {
		await db.insert(auditLogs).values([row('1'), row('2')]);
		expect((await owner.audit.list({ limit: 2 })).next).toBeNull();
		expect((await owner.audit.list({ limit: 1 })).next).not.toBeNull();
	});

	it('shows nobody another organization’s rows, nor the platform’s', async () => {
		await db
			.insert(auditLogs)
			.values([row('1'), row('2', { organizationId: 'o2' }), row('3', { organizationId: null })]);
		expect(await ids()).toEqual(['1']);
		expect(await ids({ organizationId: 'o1', platform: false })).toEqual(['1']);
		expect((await refusal(owner.audit.list({ organizationId: 'o2' }))).code).toBe('not_found');
		expect((await refusal(owner.audit.list({ organizationId: 'absent' }))).code).toBe('not_found');
		expect((await refusal(owner.audit.list({ platform: true }))).code).toBe('forbidden');
	});

	it('shows the operator those of every organization, and the platform’s', async () => {
		await db
			.insert(auditLogs)
			.values([row('1'), row('2', { organizationId: 'o2' }), row('3', { organizationId: null })]);
		const of = async (input?: { organizationId?: string; platform?: boolean }) =>
			(await platform.audit.list(input)).data.map(({ id }) => id);
		expect(await of()).toEqual(['1']);
		expect(await of({ organizationId: 'o2' })).toEqual(['2']);
		expect(await of({ platform: true })).toEqual(['3']);
	});

	it.each<readonly [param: string, wrong: object]>([
		['limit', { limit: 0 }],
		['limit', { limit: 201 }],
		['before', { before: 'yesterday' }],
		['before', { before: `1-${'x'.repeat(1_000_000)}` }],
		['from', { from: 'yesterday' }],
		['entity', { entity: '' }],
		['actor', { actor: 'x'.repeat(1_000_000) }],
		['where', { where: '1=1' }],
	])('refuses a wrong %s (case %#)', async (param, wrong) => {
		const error = await refusal(owner.audit.list(untyped(wrong)));
		expect(error).toMatchObject({ code: 'invalid_request', param });
	});

	it('takes what looks like SQL for text', async () => {
		await db.insert(auditLogs).values(row('1'));
		expect(await ids({ entity: "agent' or '1'='1" })).toEqual([]);
		expect(await ids({ before: `${NOW + 1}-x');--` })).toEqual(['1']);
	});
});

it('no secret stands in any audit row or view, whatever was done', async () => {
	const none = {
		requestsMinute: 0,
		minuteResetMs: 0,
		requestsDay: 0,
		dayNanoUsd: 0n,
		monthNanoUsd: 0n,
		heldNanoUsd: 0n,
	};
	const account = async () => ({ organization: none, key: { ...none, totalNanoUsd: 0n } });
	const caller = administer(serviceContext(principal('o1'), { account }));
	const shown: string[] = [];
	const secretOf = (key: string): string => key.split('_')[2] ?? '';

	const first = await caller.gatewayKeys.create({ name: 'A', scopes: ['inference', 'manage'], budgetTotalUsd: '1' });
	shown.push(secretOf(first.key));
	const updated = await caller.gatewayKeys.update({ id: first.id, name: 'B' });
	const second = await caller.gatewayKeys.rotate({ id: first.id, graceSeconds: 5 });
	shown.push(secretOf(second.key));
	const token = await caller.gatewayKeys.issueToken({});
	shown.push(secretOf(token.token));
	const revoked = await caller.gatewayKeys.revoke({ id: second.id });
	const member = await caller.memberships.set({ userId: 'bob', role: 'admin', email: 'bob@example.com' });
	const removed = await caller.memberships.remove({ userId: 'bob' });
	const organization = await caller.organizations.update({ name: 'New', budgetDayUsd: '1' });
	const made = await platform.organizations.create({ name: 'C', slug: 'c', owner: { userId: 'eve' } });
	await platform.organizations.delete({ id: made.id, confirm: 'c' });

	expect(shown.map((secret) => secret.length)).toEqual([40, 40, 40]);
	const views = [updated, revoked, member, removed, organization, made];
	const reads = [
		await caller.gatewayKeys.list({ tokens: true }),
		await caller.gatewayKeys.get({ id: first.id }),
		await caller.memberships.list({ removed: true }),
		await caller.audit.list({ limit: 200 }),
		await platform.audit.list({ organizationId: made.id }),
		await db.select().from(auditLogs),
	];
	const everything = JSON.stringify([views, reads]);
	const hashes = (await db.select({ hash: gatewayKeys.secretHash }).from(gatewayKeys)).map(({ hash }) => hash);
	expect(hashes.sort()).toEqual((await Promise.all(shown.map(sha256Hex))).sort());
	for (const secret of [...shown, ...hashes]) expect(everything).not.toContain(secret);
});
