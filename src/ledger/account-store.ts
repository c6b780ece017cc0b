/** The accounts of keys in the SQLite of the OrgLedger object, and how long each is kept. */
import type { AccountState, Changes, KeyArrivals } from './changes';

/**
 * How long an account outlives its last use at least, whatever became of its key: what was assumed of an attempt is
 * corrected for a day. And how often D1 is asked whether its key may still be used (ms).
 */
export const ACCOUNT_MS = 172_800_000;
/** Accounts asked about at a time. */
const ASKED = 500;

const SCHEMA = `
	create table if not exists account (
		key_id text primary key, body text not null, used_at integer not null, ask_at integer not null
	) without rowid;
	create index if not exists account_ask on account (ask_at);
	create table if not exists key_arrivals (
		second integer not null, key_id text not null, offsets blob not null, primary key (second, key_id)
	) without rowid;
`;

type ArrivalsRow = { second: number; key_id: string; offsets: ArrayBuffer };

export class AccountStore {
	constructor(private readonly sql: SqlStorage) {
		sql.exec(SCHEMA);
	}

	/** null: none is stored. */
	find(keyId: string): AccountState | null {
		const row = this.sql.exec<{ body: string }>('select body from account where key_id = ?', keyId).toArray()[0];
		return row ? (JSON.parse(row.body) as AccountState) : null;
	}

	/** The last minute of the keys whose minute has a limit, in rising order. */
	arrivals(): KeyArrivals[] {
		return this.sql
			.exec<ArrivalsRow>('select second, key_id, offsets from key_arrivals order by second')
			.toArray()
			.map(({ second, key_id, offsets }) => ({ second, keyId: key_id, offsets: new Uint16Array(offsets) }));
	}

	/** Part of the transaction of a commit. */
	apply({ accounts, keyArrivals, arrivalsFrom, at }: Changes): void {
		for (const [keyId, account] of accounts)
			this.sql.exec(
				`insert into account (key_id, body, used_at, ask_at) values (?, ?, ?, ?)
					on conflict (key_id) do update set body = excluded.body, used_at = excluded.used_at`,
				keyId,
				JSON.stringify(account),
				at,
				at + ACCOUNT_MS,
			);
		for (const { keyId, second, offsets } of keyArrivals)
			this.sql.exec(
				'insert or replace into key_arrivals (second, key_id, offsets) values (?, ?, ?)',
				second,
				keyId,
				offsets.buffer,
			);
		this.sql.exec('delete from key_arrivals where second < ?', arrivalsFrom);
	}

	/** Keys that D1 is to be asked about: may they still be used? */
	doubtful(now: number): string[] {
		const query = 'select key_id from account where ask_at <= ? order by ask_at limit ?';
		return this.sql
			.exec<{ key_id: string }>(query, now, ASKED)
			.toArray()
			.map((row) => row.key_id);
	}

	/** What D1 said of them. Those that may not be used any more are forgotten once they have rested long enough. */
	answered(keyIds: readonly string[], usable: ReadonlySet<string>, now: number): void {
		for (const keyId of keyIds) {
			if (!usable.has(keyId))
				this.sql.exec('delete from account where key_id = ? and used_at <= ?', keyId, now - ACCOUNT_MS);
			this.sql.exec('update account set ask_at = ? where key_id = ?', now + ACCOUNT_MS, keyId);
		}
	}
}
