import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { ready } from '../src/ready';

it('readiness asks each part for real and leaves nothing behind', async () => {
	expect(await ready(env)).toEqual({ d1: 'ok', kv: 'ok', ledger: 'ok', health: 'ok' });
	const object = env.PROVIDER_HEALTH.get(env.PROVIDER_HEALTH.idFromName('readiness'));
	const kept = await runInDurableObject(object, async (_, { storage }) => ({
		tables: storage.sql.exec("select name from sqlite_master where name not like '\\_cf%' escape '\\'").toArray(),
		alarm: await storage.getAlarm(),
	}));
	expect(kept).toEqual({ tables: [], alarm: null });
	expect(await env.DB.prepare('select count(*) as rows from provider_endpoints').first()).toEqual({ rows: 0 });
});

it('readiness says which part fails', async () => {
	const DB = { prepare: () => ({ first: () => Promise.reject(new TypeError('down')) }) } as unknown as D1Database;
	expect(await ready({ ...env, DB })).toEqual({ d1: 'failed', kv: 'ok', ledger: 'ok', health: 'ok' });
});
