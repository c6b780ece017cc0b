import { env } from 'cloudflare:workers';
import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { database } from '../../src/db/client';
import { agents, alerts, auditLogs, llmGlobalSettings, llmProviders, organizations } from '../../src/db/schema';

const db = database(env.DB);
const times = { createdAt: 1, updatedAt: 1 };

const organization = (id: string) => db.insert(organizations).values({ id, slug: id, name: id, ...times });

const UNIQUE = expect.objectContaining({
	cause: expect.objectContaining({ message: expect.stringContaining('UNIQUE') }),
});

describe('global settings', () => {
	it('start with one default that follows the environment, at temperature 0.7 and 2,000 tokens', async () => {
		const rows = await db.select().from(llmGlobalSettings).where(eq(llmGlobalSettings.isDefault, true));
		expect(rows).toMatchObject([{ provider: null, model: null, settings: { temperature: 0.7, maxTokens: 2000 } }]);
	});

	it('offer a choice for fast, balanced and powerful', async () => {
		const rows = await db.select().from(llmGlobalSettings).where(eq(llmGlobalSettings.isDefault, false));
		expect(rows.map((row) => row.category).sort()).toEqual(['balanced', 'fast', 'powerful']);
	});

	it('have one default only', async () => {
		const second = { id: 'x', displayName: 'X', category: 'fast' as const, isDefault: true, ...times };
		await expect(db.insert(llmGlobalSettings).values(second)).rejects.toEqual(UNIQUE);
	});

	it('are seeded once, however often the seeds run', async () => {
		const seeds = env.TEST_MIGRATIONS?.find((migration) => migration.name.includes('seeds'));
		for (const query of seeds?.queries ?? []) await env.DB.prepare(query).run();
		expect(await db.$count(llmGlobalSettings)).toBe(4);
	});
});

describe('unique rows', () => {
	it('keep one provider row per organization, provider and name, and one default per provider', async () => {
		await organization('o1');
		await organization('o2');
		const row = { organizationId: 'o1', provider: 'openai', name: 'openai', isDefault: true, ...times };
		await db.insert(llmProviders).values({ id: '1', ...row });
		await expect(db.insert(llmProviders).values({ id: '2', ...row, isDefault: false })).rejects.toEqual(UNIQUE);
		await expect(db.insert(llmProviders).values({ id: '3', ...row, name: 'second' })).rejects.toEqual(UNIQUE);
		await db.insert(llmProviders).values({ id: '4', ...row, organizationId: 'o2' });
		expect(await db.$count(llmProviders)).toBe(2);
	});

	it('free the slug of a deleted agent', async () => {
		await organization('o1');
		const agent = { organizationId: 'o1', slug: 'support', name: 'Support', ...times };
		await db.insert(agents).values({ id: '1', ...agent, deletedAt: 2 });
		await db.insert(agents).values({ id: '2', ...agent });
		await expect(db.insert(agents).values({ id: '3', ...agent })).rejects.toEqual(UNIQUE);
	});

	it('allow one open alert per cause, and a new one after it is resolved', async () => {
		const alert = { kind: 'cost' as const, cause: 'o1:cost', message: 'm', openedAt: 1, seenAt: 1 };
		await db.insert(alerts).values({ id: '1', ...alert, resolvedAt: 2 });
		await db.insert(alerts).values({ id: '2', ...alert });
		await expect(db.insert(alerts).values({ id: '3', ...alert })).rejects.toEqual(UNIQUE);
	});
});

describe('audit rows', () => {
	const row = {
		id: 'a',
		actor: 'operator',
		action: 'create',
		entity: 'agent',
		entityId: '1',
		requestId: 'r',
		createdAt: 1,
	};

	it.each([
		['UPDATE', "update audit_logs set actor = 'someone'", 'never changed'],
		['DELETE', 'delete from audit_logs', 'never deleted'],
		[
			'REPLACE',
			"insert or replace into audit_logs (id, actor, action, entity, entity_id, request_id, created_at) values ('a', 'x', 'x', 'x', 'x', 'x', 2)",
			'never replaced',
		],
	])('refuse %s', async (_, statement, message) => {
		await db.insert(auditLogs).values(row);
		await expect(env.DB.prepare(statement).run()).rejects.toThrow(message);
		expect(await db.select().from(auditLogs)).toMatchObject([{ ...row, organizationId: null }]);
	});
});
