/** What the health of an endpoint leaves in D1: its row, the marks of refused keys, and an open alert for each cause. */
import type { EndpointFacts } from './contract';
import type { Duty, RowDuty } from './register';

/** A cause that comes back sooner than this is the same alert again (ms), or whatever flaps would fill the table. */
const SAME_ALERT_MS = 600_000;
/** No alert is looked for that was opened longer ago than this (ms). */
const LOOK_BACK_MS = 86_400_000;

const ENDPOINT = `insert into provider_endpoints
	(endpoint, provider, organization_id, provider_row_id, state, state_since, last_used_at, last_checked_at)
	values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
	on conflict (endpoint) do update set
		provider = excluded.provider,
		organization_id = excluded.organization_id,
		provider_row_id = excluded.provider_row_id,
		state_since = case when provider_endpoints.state = excluded.state
			then provider_endpoints.state_since else excluded.state_since end,
		state = excluded.state,
		last_used_at = max(provider_endpoints.last_used_at, excluded.last_used_at),
		last_checked_at = coalesce(excluded.last_checked_at, provider_endpoints.last_checked_at)`;

const REFUSED = `update llm_providers set refused_at = coalesce(refused_at, ?3), refused_status = ?4
	where id = ?1 and organization_id = ?2`;
const ANSWERED = `update llm_providers set refused_at = null, refused_status = null
	where id = ?1 and organization_id = ?2 and refused_at is not null`;

const NEW_ID = 'lower(hex(randomblob(13)))';
const COLUMNS = '(id, organization_id, kind, cause, message, details, opened_at, seen_at)';
const STILL_OPEN = 'on conflict (cause) where resolved_at is null do update set seen_at = excluded.seen_at';
const RAISE_DOWN = `insert into alerts ${COLUMNS}
	values (${NEW_ID}, ?2, 'provider-down', ?1, ?3, json_object('endpoint', ?4, 'provider', ?5), ?6, ?6) ${STILL_OPEN}`;
/** The key's own name is read from its row: of one that is gone there is nothing to say. */
const RAISE_REFUSED = `insert into alerts ${COLUMNS}
	select ${NEW_ID}, organization_id, 'key-refused', ?1, 'The key ''' || name || ''' of ' || provider || ?4,
		json_object('provider', provider, 'name', name, 'providerRowId', id, 'status', ?5), ?6, ?6
	from llm_providers where id = ?2 and organization_id = ?3 and removed_at is null ${STILL_OPEN}`;
const REOPEN = `update alerts set resolved_at = null, seen_at = ?3
	where id = (select id from alerts where organization_id is ?2 and opened_at > ?4 and cause = ?1
		order by opened_at desc limit 1)
	and resolved_at > ?5 and not exists (select 1 from alerts where cause = ?1 and resolved_at is null)`;
const RESOLVE = 'update alerts set resolved_at = ?2, seen_at = ?2 where cause = ?1 and resolved_at is null';

/**
 * Writes all of it or nothing; may be repeated. `models`: the classes that fail, where the endpoint as a whole does
 * not. Throws where D1 fails.
 */
export async function writeDuty(db: D1Database, duty: Duty, models: readonly string[], now: number): Promise<void> {
	const statements: D1PreparedStatement[] = [];
	if (duty.endpoint) statements.push(endpointRow(db, duty));
	if (duty.down !== null) statements.push(...downAlert(db, duty.facts, duty.down, models, now));
	for (const row of duty.rows) statements.push(...keyMark(db, row, now));
	await db.batch(statements);
}

function endpointRow(db: D1Database, { facts, state, stateSince, usedAt, checkedAt }: Duty): D1PreparedStatement {
	const { endpoint, provider, organizationId, rowId } = facts;
	return db.prepare(ENDPOINT).bind(endpoint, provider, organizationId, rowId, state, stateSince, usedAt, checkedAt);
}

function downAlert(
	db: D1Database,
	facts: EndpointFacts,
	down: boolean,
	models: readonly string[],
	now: number,
): D1PreparedStatement[] {
	const { endpoint, provider, organizationId } = facts;
	const cause = `${organizationId ?? 'platform'}:provider-down:${endpoint}`;
	if (!down) return [resolve(db, cause, now)];
	const message = downMessage(facts, models);
	return [
		reopen(db, cause, organizationId, now),
		db.prepare(RAISE_DOWN).bind(cause, organizationId, message, endpoint, provider, now),
	];
}

function keyMark(
	db: D1Database,
	{ rowId, organizationId, state, since, status }: RowDuty,
	now: number,
): D1PreparedStatement[] {
	const cause = `${organizationId}:key-refused:${rowId}`;
	if (state === 'good') return [db.prepare(ANSWERED).bind(rowId, organizationId), resolve(db, cause, now)];
	return [
		db.prepare(REFUSED).bind(rowId, organizationId, since, status),
		reopen(db, cause, organizationId, now),
		db.prepare(RAISE_REFUSED).bind(cause, rowId, organizationId, refusedMessage(status), status, now),
	];
}

const resolve = (db: D1Database, cause: string, now: number): D1PreparedStatement =>
	db.prepare(RESOLVE).bind(cause, now);

const reopen = (db: D1Database, cause: string, organizationId: string | null, now: number): D1PreparedStatement =>
	db.prepare(REOPEN).bind(cause, organizationId, now, now - LOOK_BACK_MS, now - SAME_ALERT_MS);

/** `api.openai.com` of `openai@api.openai.com`, or of the same with an organization's id after it. */
const hostOf = (endpoint: string): string => endpoint.replace(/^[^@]*@/, '').replace(/#.*$/, '');

function downMessage({ provider, endpoint, organizationId }: EndpointFacts, models: readonly string[]): string {
	const host = hostOf(endpoint);
	const what = models.length > 0 ? `keeps failing for ${models.join(', ')}` : 'keeps failing';
	const check =
		organizationId === null
			? "Look at the provider's status page."
			: `Check that the server at ${host} runs and can be reached.`;
	return `${provider} (${host}) ${what}: its circuit breaker has opened. Requests go to their fallbacks where they have any; it is tried again by itself. ${check}`;
}

function refusedMessage(status: number | null): string {
	const how = status === null ? '' : ` (HTTP ${status})`;
	return ` was refused by the provider${how}. Check its permissions and quota there, or enter a new key; until it answers again, other keys and fallbacks go first.`;
}
