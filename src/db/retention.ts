/** What the cron forgets: old usage rows, whose daily totals outlive them, tokens long expired, endpoints long unused. */
import { sql } from 'drizzle-orm';
import type { Database } from './client';

const DAY_MS = 86_400_000;
/** How long an endpoint that nobody uses stays listed. */
const ENDPOINT_DAYS = 7;
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

/** Endpoints that nobody has called for a week, nor the cron with the environment's key. `now` in ms since epoch. */
export async function forgetEndpoints(db: Database, now: number): Promise<void> {
	const before = now - ENDPOINT_DAYS * DAY_MS;
	await db.run(
		sql`delete from provider_endpoints where endpoint in (
			select endpoint from provider_endpoints where last_used_at < ${before}
				and (provider_row_id is not null or coalesce(last_checked_at, 0) < ${before}) limit ${MOST})`,
	);
}
