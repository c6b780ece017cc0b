/** What an object that has lost its storage starts from: the sums of the rows that an earlier one wrote to D1. */
import { monthOf } from './balance';
import type { Ledger } from './core';
import { USABLE_KEYS } from './key-table';
import { DAY_MS, dayOf } from './limiter';
import { UNREAD } from './usage-table';

const SUMS = `cast(coalesce(sum(iif(started_at >= ?3, cost_nano_usd, 0)), 0) as text) as month,
	cast(coalesce(sum(iif(started_at >= ?4, cost_nano_usd, 0)), 0) as text) as day,
	count(distinct iif(started_at >= ?4 and operation <> 'health', request_id, null)) as requests`;
const WHOLE = `select ${SUMS} from llm_usage_logs
	where organization_id = ?1 and started_at >= ?3 and not ${UNREAD}`;
/** What tokens used is their issuer's too, as long as D1 knows them: until a day after their end. */
const COUNTED = `select id, id as used from gateway_keys where id in (${USABLE_KEYS})
	union all select parent_id, id from gateway_keys where parent_id in (${USABLE_KEYS})`;
const PER_KEY = `select counted.id as key_id, cast(coalesce(sum(cost_nano_usd), 0) as text) as total, ${SUMS}
	from llm_usage_logs join (${COUNTED}) as counted on counted.used = llm_usage_logs.key_id
	where organization_id = ?1 and not ${UNREAD} group by counted.id`;

type SumsRow = { month: string; day: string; requests: number };
type KeyRow = SumsRow & { key_id: string; total: string };

/**
 * Adds the sums of this day and month, and of the whole life of each key that may still be used, to what the ledger
 * has. Nothing is added where D1 fails. Keys that may not be used again spend nothing, and are left out.
 */
export async function recover(db: D1Database, ledger: Ledger, organizationId: string, now: number): Promise<void> {
	const month = monthOf(now);
	const bound = [organizationId, now, Date.UTC(Math.floor(month / 12), month % 12), dayOf(now) * DAY_MS];
	const [whole, keys] = await db.batch([db.prepare(WHOLE).bind(...bound), db.prepare(PER_KEY).bind(...bound)]);
	for (const row of (whole?.results ?? []) as SumsRow[]) {
		ledger.balance.seed(BigInt(row.day), BigInt(row.month), now);
		ledger.requests.day.add(now, row.requests);
	}
	for (const row of (keys?.results ?? []) as KeyRow[]) {
		const account = ledger.keys.of(row.key_id, now);
		account.seed(BigInt(row.day), BigInt(row.month), BigInt(row.total), row.requests, now);
		ledger.keys.touch(account);
	}
	ledger.touch();
}
