/** What the cron forgets: old usage rows, whose daily totals outlive them, and tokens long expired. */
import { sql } from 'drizzle-orm';
import type { Database } from './client';

const DAY_MS = 86_400_000;
/** Rows deleted in one run: the cron comes every minute, and one statement must not hold D1 for long. */
const MOST = 5_000;

/** `now` in ms since epoch. By organization, since that is what the index starts with. */
export async function pruneUsage(db: Database, now: number, days: number): Promise<void> {
	const before = now - days * DAY_MS;
	await db.run(
		sql`delete from llm_usage_logs where attempt_id in (
			select logs.attempt_id from organizations
			join llm_usage_logs as logs on logs.organization_id = organizations.id and logs.started_at < ${before}
			limit ${MOST})`,
	);
}

/** Short-lived tokens (`parent_id`) a day after their end. `now` in ms since epoch. */
export async function forgetExpiredTokens(db: Database, now: number): Promise<void> {
	const before = now - DAY_MS;
	await db.run(
		sql`delete from gateway_keys where id in (
			select id from gateway_keys where parent_id is not null and expires_at < ${before} limit ${MOST})`,
	);
}
