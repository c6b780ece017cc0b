/**
 * The ledger's statements against D1: rows go into `llm_usage_logs` as one JSON parameter (D1 binds at most
 * 100), upserted by attempt id. What is assumed or `unknown` gives way to the truth, never the reverse.
 */
import type { LedgerEntry } from './contract';
import { NOT_ATTEMPTED } from './holds';
import { type KeyUse, USE } from './key-table';
import { COLUMNS, entryOf, rowJson, type UsageRow } from './row';

/** Rows and bytes of JSON in one batch; D1 takes 2 MB in one parameter. */
export const BATCH_ROWS = 500;
export const BATCH_BYTES = 1_000_000;
/** Characters of JSON in one direct write: at most three bytes each. */
const DIRECT_LENGTH = 500_000;

const field = (column: (typeof COLUMNS)[number]): string => `json_extract(value, '$[${COLUMNS.indexOf(column)}]')`;
/** The cost is decimal text here and becomes an integer by its column's affinity. */
const values = COLUMNS.map(field).join(', ');
const updates = [...COLUMNS.filter((column) => column !== 'attempt_id'), 'seq']
	.map((column) => `${column} = excluded.${column}`)
	.join(', ');
const columns = COLUMNS.map((column) => (column === 'cost_nano_usd' ? `cast(${column} as text) as ${column}` : column));

const GIVES_WAY = `(llm_usage_logs.state = 'unknown' or llm_usage_logs.error_class is '${NOT_ATTEMPTED}')`;
/** A row that an isolate wrote and the object has not read back. */
export const UNREAD = `(llm_usage_logs.source = 'direct' and llm_usage_logs.seq is null)`;
const ASSUMED = `(excluded.state = 'unknown' or excluded.error_class is '${NOT_ATTEMPTED}')`;
const AT_CURSOR = '(select seq from ledger_cursor where organization_id = ?2) = ?3';

const insert = `insert into llm_usage_logs (${COLUMNS.join(', ')}, seq) select ${values}`;
const replace = `on conflict (attempt_id) do update set ${updates} where ${GIVES_WAY}`;

const WRITE = `${insert}, ?4 from json_each(?1) where ${AT_CURSOR} ${replace} and not (${UNREAD} and ${ASSUMED})`;
const WRITE_DIRECT = `${insert}, null from json_each(?1) where true ${replace}`;
/** Rows that isolates wrote and the object has read back, each in the state in which it was read. */
const MARK = `update llm_usage_logs set seq = ?4 where organization_id = ?2 and source = 'direct' and seq is null
	and ${AT_CURSOR} and exists (select 1 from json_each(?1) where ${field('source')} = 'direct'
	and ${field('attempt_id')} = llm_usage_logs.attempt_id and ${field('state')} = llm_usage_logs.state)`;
const USE_AT_CURSOR = `${USE} and ${AT_CURSOR}`;
/** In the JSON of every direct row. */
const DIRECT_TEXT = '"direct"';
const ADVANCE = 'update ledger_cursor set seq = ?3 where organization_id = ?1 and seq = ?2 returning seq';
const START_CURSOR = 'insert into ledger_cursor (organization_id, seq) values (?1, 0) on conflict do nothing';
const CURSOR = 'select seq from ledger_cursor where organization_id = ?1';
const VERSION = 'select config_version from organizations where id = ?1';
const ISSUER = `(select issuer.id from gateway_keys as token join gateway_keys as issuer on issuer.id = token.parent_id
	where token.id = llm_usage_logs.key_id and issuer.organization_id = ?1)`;
const DIRECT = `select ${columns.join(', ')}, ${ISSUER} as issuer_key_id from llm_usage_logs
	where organization_id = ?1 and source = 'direct' and seq is null limit ${BATCH_ROWS}`;

/** One batch of rows, and the cursor it moves. */
export interface Batch {
	/** JSON array of rows as `rowJson` makes them. */
	readonly json: string;
	/** The keys they were made with. */
	readonly uses: readonly KeyUse[];
	/** Where the cursor must stand, or nothing is written. */
	readonly from: number;
	readonly to: number;
}

/** Rows, aggregates (by trigger), last uses and cursor together or not at all. False: the cursor stands elsewhere. */
export async function writeBatch(db: D1Database, organizationId: string, batch: Batch): Promise<boolean> {
	const bound = [batch.json, organizationId, batch.from, batch.to];
	// Rare, and not worth sending the whole batch to D1 twice for.
	const mark = batch.json.includes(DIRECT_TEXT) ? [db.prepare(MARK).bind(...bound)] : [];
	const uses = JSON.stringify(batch.uses);
	const use = batch.uses.length === 0 ? [] : [db.prepare(USE_AT_CURSOR).bind(uses, organizationId, batch.from)];
	const results = await db.batch<{ readonly seq: number }>([
		db.prepare(START_CURSOR).bind(organizationId),
		db.prepare(WRITE).bind(...bound),
		...mark,
		...use,
		db.prepare(ADVANCE).bind(organizationId, batch.from, batch.to),
	]);
	return results.at(-1)?.results.length === 1;
}

/** Writes entries from an isolate that cannot reach the object. Idempotent by attempt id. */
export async function writeDirect(db: D1Database, entries: readonly LedgerEntry[]): Promise<void> {
	const write = db.prepare(WRITE_DIRECT);
	const statements: D1PreparedStatement[] = [];
	let rows: string[] = [];
	let length = 0;
	for (const entry of entries) {
		const row = rowJson({ ...entry, source: 'direct' });
		if (rows.length > 0 && length + row.length > DIRECT_LENGTH) {
			statements.push(write.bind(`[${rows.join(',')}]`));
			rows = [];
			length = 0;
		}
		rows.push(row);
		length += row.length;
	}
	await db.batch([...statements, write.bind(`[${rows.join(',')}]`)]);
}

/** Where the object's rows in D1 end; 0 where it has written none. */
export async function readCursor(db: D1Database, organizationId: string): Promise<number> {
	return (await db.prepare(CURSOR).bind(organizationId).first<number>('seq')) ?? 0;
}

/** What D1 says of an organization. */
export interface Standing {
	/** null: there is no such organization. */
	readonly version: number | null;
	readonly cursor: number;
	/** Rows that isolates wrote and the object has not read back. */
	readonly direct: readonly LedgerEntry[];
}

interface DirectRow extends UsageRow {
	readonly issuer_key_id: string | null;
}

export async function readStanding(db: D1Database, organizationId: string): Promise<Standing> {
	const [version, cursor, direct] = await db.batch([
		db.prepare(VERSION).bind(organizationId),
		db.prepare(CURSOR).bind(organizationId),
		db.prepare(DIRECT).bind(organizationId),
	]);
	return {
		version: (version?.results[0] as { config_version: number } | undefined)?.config_version ?? null,
		cursor: (cursor?.results[0] as { seq: number } | undefined)?.seq ?? 0,
		direct: ((direct?.results ?? []) as DirectRow[]).map((row) => entryOf(row, row.issuer_key_id)),
	};
}

/** The configuration version alone; null: there is no such organization. */
export async function readVersion(db: D1Database, organizationId: string): Promise<number | null> {
	return db.prepare(VERSION).bind(organizationId).first<number>('config_version');
}
