import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { database } from '../../src/db/client';
import { pruneUsage } from '../../src/db/retention';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 10, 21);

const insert = (id: string, startedAt: number) =>
	env.DB.prepare(
		`insert into llm_usage_logs (attempt_id, request_id, organization_id, state, operation, stream, provider, model,
			started_at, ended_at, response_time_ms, usage_source, config_version, source)
		values (?1, ?1, 'org', 'settled', 'chat', 0, 'mock', 'echo', ?2, ?2, 0, 'none', 1, 'ledger')`,
	).bind(id, startedAt);

describe('retention', () => {
	it('deletes usage rows past their days, and keeps the daily totals they were counted in', async () => {
		await env.DB.batch([
			env.DB.prepare(
				"insert into organizations (id, slug, name, created_at, updated_at) values ('org', 'org', 'Org', 0, 0)",
			),
			insert('old', NOW - 91 * DAY_MS),
			insert('edge', NOW - 90 * DAY_MS),
			insert('new', NOW),
		]);
		await pruneUsage(database(env.DB), NOW, 90);
		const rows = await env.DB.prepare('select attempt_id from llm_usage_logs order by attempt_id').all();
		expect(rows.results.map((row) => row.attempt_id)).toEqual(['edge', 'new']);
		const totals = await env.DB.prepare('select sum(requests) as requests from llm_provider_usage').first();
		expect(totals?.requests).toBe(3);
	});
});
