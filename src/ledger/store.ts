/** The SQLite of the OrgLedger object: the log of its memory, and the rows on their way to D1. */
import { AccountStore } from './account-store';
import type { AccountState, Changes, ClosedAttempt, Image, LedgerState, Stored } from './changes';
import type { EntryState } from './contract';
import type { Hold } from './holds';
import type { KeyUse } from './key-table';
import type { Arrivals } from './limiter';
import { COLUMNS, rowJson } from './row';
import { BATCH_BYTES, BATCH_ROWS } from './usage-table';

/** How long a closed attempt is remembered after its close, at least, and never less than until it is in D1 (ms). */
export const CLOSED_MS = 900_000;
/** The same for attempts that ended `unknown` or were only assumed. */
export const UNKNOWN_MS = 86_400_000;

const SCHEMA = `
	create table if not exists state (id integer primary key check (id = 1), body text not null);
	create table if not exists hold (request_id text primary key, body text not null) without rowid;
	create table if not exists arrivals (second integer primary key, offsets blob not null);
	create table if not exists closed (
		id integer primary key autoincrement, attempt_id text not null unique, state text not null,
		cost text, started_at integer not null, assumed integer not null, closed_at integer not null
	);
	create table if not exists outbox (
		id integer primary key autoincrement, row text not null, queued_at integer not null
	);
	create table if not exists cursor (
		id integer primary key check (id = 1), base integer, flushed integer not null
	);
	insert into cursor (id, base, flushed) values (1, null, 0) on conflict do nothing;
`;

/** The next rows to send: `json` for D1, up to the outbox id `last`. */
export interface OutboxBatch {
	readonly json: string;
	readonly uses: readonly KeyUse[];
	readonly last: number;
}

/** D1's cursor is at `base + flushed`; base null: D1 has not been asked yet. */
export interface CursorState {
	readonly base: number | null;
	readonly flushed: number;
}

type ClosedRow = { state: EntryState; cost: string | null; started_at: number; assumed: number };

const KEY = `json_extract(row, '$[${COLUMNS.indexOf('key_id')}]')`;
const STARTED = `json_extract(row, '$[${COLUMNS.indexOf('started_at')}]')`;
const USES = `select ${KEY} as key_id, max(${STARTED}) as used_at from outbox
	where id <= ? and ${KEY} is not null group by 1`;

const holdJson = (hold: Hold): string => JSON.stringify({ ...hold, nanoUsd: hold.nanoUsd?.toString() ?? null });

function holdOfJson(body: string): Hold {
	const stored = JSON.parse(body) as Omit<Hold, 'nanoUsd'> & { nanoUsd: string | null };
	return { ...stored, nanoUsd: stored.nanoUsd === null ? null : BigInt(stored.nanoUsd) };
}

export class LedgerStore implements Stored {
	readonly accounts: AccountStore;
	readonly #sql: SqlStorage;

	constructor(private readonly storage: DurableObjectStorage) {
		this.#sql = storage.sql;
		this.#sql.exec(SCHEMA);
		this.accounts = new AccountStore(storage.sql);
	}

	account(keyId: string): AccountState | null {
		return this.accounts.find(keyId);
	}

	/** What a start needs: state, live holds, the last minute. Never the entries, and accounts only of these. */
	load(): Image {
		const state = this.#sql.exec<{ body: string }>('select body from state').toArray()[0];
		const holds = this.#sql.exec<{ body: string }>('select body from hold').toArray();
		const arrivals = this.#sql
			.exec<{ second: number; offsets: ArrayBuffer }>('select second, offsets from arrivals order by second')
			.toArray();
		return {
			state: state ? (JSON.parse(state.body) as LedgerState) : null,
			holds: holds.map((hold) => holdOfJson(hold.body)),
			arrivals: arrivals.map(({ second, offsets }): Arrivals => ({ second, offsets: new Uint16Array(offsets) })),
			keyArrivals: this.accounts.arrivals(),
		};
	}

	/** One transaction. */
	apply(changes: Changes): void {
		this.storage.transactionSync(() => {
			const sql = this.#sql;
			sql.exec('insert or replace into state (id, body) values (1, ?)', JSON.stringify(changes.state));
			for (const hold of changes.holds)
				sql.exec('insert or replace into hold (request_id, body) values (?, ?)', hold.requestId, holdJson(hold));
			for (const requestId of changes.dropped) sql.exec('delete from hold where request_id = ?', requestId);
			for (const { second, offsets } of changes.arrivals)
				sql.exec('insert or replace into arrivals (second, offsets) values (?, ?)', second, offsets.buffer);
			sql.exec('delete from arrivals where second < ?', changes.arrivalsFrom);
			this.accounts.apply(changes);
			for (const [attemptId, closed] of changes.closed) this.#remember(attemptId, closed, changes.at);
			for (const row of changes.rows)
				sql.exec('insert into outbox (row, queued_at) values (?, ?)', rowJson(row), changes.at);
		});
	}

	find(attemptId: string): ClosedAttempt | null {
		const row = this.#sql
			.exec<ClosedRow>('select state, cost, started_at, assumed from closed where attempt_id = ?', attemptId)
			.toArray()[0];
		if (!row) return null;
		return {
			state: row.state,
			costNanoUsd: row.cost === null ? null : BigInt(row.cost),
			startedAt: row.started_at,
			assumed: row.assumed !== 0,
		};
	}

	/** The oldest rows not yet in D1; null: there are none. A row too long for a batch goes alone. */
	batch(): OutboxBatch | null {
		const rows: string[] = [];
		let bytes = 0;
		let last = 0;
		const query = 'select id, row, length(cast(row as blob)) as bytes from outbox order by id limit ?';
		for (const next of this.#sql.exec<{ id: number; row: string; bytes: number }>(query, BATCH_ROWS)) {
			if (rows.length > 0 && bytes + next.bytes > BATCH_BYTES) break;
			bytes += next.bytes + 1;
			rows.push(next.row);
			last = next.id;
		}
		return rows.length === 0 ? null : { json: `[${rows.join(',')}]`, uses: this.#uses(last), last };
	}

	/** When the oldest row not yet in D1 was queued (ms since epoch); null: there is none. */
	waitingSince(): number | null {
		const query = 'select queued_at from outbox order by id limit 1';
		return this.#sql.exec<{ queued_at: number }>(query).toArray()[0]?.queued_at ?? null;
	}

	cursor(): CursorState {
		return this.#sql.exec<{ base: number | null; flushed: number }>('select base, flushed from cursor').one();
	}

	/** Highest id in the outbox; 0 where it is empty. */
	newest(): number {
		return this.#sql.exec<{ id: number }>('select coalesce(max(id), 0) as id from outbox').one().id;
	}

	setBase(base: number): void {
		this.#sql.exec('update cursor set base = ?', base);
	}

	/** The rows up to `last` are in D1. */
	acknowledge(last: number): void {
		this.storage.transactionSync(() => {
			this.#sql.exec('delete from outbox where id <= ?', last);
			this.#sql.exec('update cursor set flushed = max(flushed, ?)', last);
		});
	}

	/** Forgets closed attempts whose time is up. Ids rise with time, so only what goes is read. */
	prune(now: number): void {
		const before = Math.min(now, this.waitingSince() ?? now);
		const first = 'select id from closed where closed_at >= ? order by id limit 1';
		const kept = this.#sql.exec<{ id: number }>(first, before - CLOSED_MS).toArray()[0]?.id;
		this.#sql.exec(
			`delete from closed where id < ? and closed_at < ?
				and ((state <> 'unknown' and assumed = 0) or closed_at < ?)`,
			kept ?? Number.MAX_SAFE_INTEGER,
			before - CLOSED_MS,
			before - UNKNOWN_MS,
		);
	}

	/** Of the rows up to `last`. */
	#uses(last: number): KeyUse[] {
		const rows = this.#sql.exec<{ key_id: string; used_at: number }>(USES, last).toArray();
		return rows.map(({ key_id, used_at }): KeyUse => [key_id, used_at]);
	}

	#remember(attemptId: string, closed: ClosedAttempt, at: number): void {
		this.#sql.exec(
			`insert or replace into closed (attempt_id, state, cost, started_at, assumed, closed_at)
				values (?, ?, ?, ?, ?, ?)`,
			attemptId,
			closed.state,
			closed.costNanoUsd?.toString() ?? null,
			closed.startedAt,
			closed.assumed ? 1 : 0,
			at,
		);
	}
}
