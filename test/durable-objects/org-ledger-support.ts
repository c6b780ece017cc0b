/** The ledger object under a clock that does not run: its alarms go off only where a test runs them. */
import { abortAllDurableObjects, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import type { OrgLedger } from '../../src/durable-objects/org-ledger';
import type { CloseRequest, LedgerEntry, OpenAnswer, OpenRequest } from '../../src/ledger/contract';
import { ledgerEntry, ORGANIZATION, openRequest } from '../ledger/fixtures';

/** Noon of tomorrow: ahead of the real clock, so that no alarm is due by it. */
export const NOON = (Math.floor(Date.now() / 86_400_000) + 1) * 86_400_000 + 43_200_000;

export interface Logged {
	readonly event: string;
	readonly fields: Readonly<Record<string, unknown>>;
}

const benches = new Set<LedgerBench>();

/** After a test: its objects have written what they queued, before the next one takes their storage away. */
export async function settled(): Promise<void> {
	for (const bench of benches) await bench.committed();
	benches.clear();
}

export class LedgerBench {
	now = NOON;
	readonly logged: Logged[] = [];
	/** Stands in for D1 where set. */
	db: D1Database | null = null;
	#wired = false;

	constructor(readonly organizationId = ORGANIZATION) {
		benches.add(this);
	}

	/** A stub whose object has this bench's clock. */
	async stub(): Promise<DurableObjectStub<OrgLedger>> {
		const stub = env.ORG_LEDGER.get(env.ORG_LEDGER.idFromName(this.organizationId));
		if (!this.#wired)
			await runInDurableObject(stub, (object) => {
				object.ports = {
					now: () => this.now,
					db: this.db ?? object.ports.db,
					log: (event, fields) => this.logged.push({ event, fields }),
				};
			});
		this.#wired = true;
		return stub;
	}

	/** Answers without waiting for the commit, as an object does. */
	async open(parts: Partial<OpenRequest> = {}): Promise<OpenAnswer> {
		const expiresAt = this.now + 660_000;
		return (await this.stub()).open(openRequest({ organizationId: this.organizationId, expiresAt, ...parts }));
	}

	async close(...closes: readonly CloseRequest[]): Promise<void> {
		await (await this.stub()).close(this.organizationId, closes);
	}

	/** The entry of a request's only attempt. */
	entry(requestId: string, parts: Partial<LedgerEntry> = {}): LedgerEntry {
		const { organizationId, now } = this;
		const attemptId = `${requestId}.1`;
		return ledgerEntry({ organizationId, requestId, attemptId, startedAt: now, endedAt: now + 900, ...parts });
	}

	/** Everything that was queued is durable. */
	async committed(): Promise<void> {
		await this.close();
	}

	/** Runs the alarm, where one is set. */
	async alarm(): Promise<boolean> {
		await this.committed();
		return runDurableObjectAlarm(await this.stub());
	}

	/** When the alarm is set for, as ms from the bench's clock; null: none is. */
	async alarmIn(): Promise<number | null> {
		const at = await runInDurableObject(await this.stub(), (_, state) => state.storage.getAlarm());
		return at === null ? null : at - this.now;
	}

	/** The object dies; what was not committed is gone. */
	async kill(): Promise<void> {
		await abortAllDurableObjects();
		this.#wired = false;
	}

	/** Another database from the next call on. */
	async use(db: D1Database): Promise<void> {
		this.db = db;
		this.#wired = false;
		await this.stub();
	}

	/** Rows of the object's own tables. */
	async stored(table: 'outbox' | 'closed' | 'hold' | 'arrivals' | 'account' | 'key_arrivals'): Promise<number> {
		return runInDurableObject(await this.stub(), (_, state) => {
			const count = state.storage.sql.exec<{ rows: number }>(`select count(*) as rows from ${table}`);
			return count.one().rows;
		});
	}
}

export async function organization(version = 1, id = ORGANIZATION): Promise<void> {
	await env.DB.prepare(
		`insert into organizations (id, slug, name, config_version, created_at, updated_at) values (?1, ?1, ?1, ?2, 0, 0)
			on conflict (id) do update set config_version = excluded.config_version`,
	)
		.bind(id, version)
		.run();
}

export interface StoredRow {
	readonly attempt_id: string;
	readonly state: string;
	readonly cost: string | null;
	readonly source: string;
	readonly seq: number | null;
}

export async function rowsInD1(): Promise<StoredRow[]> {
	const { results } = await env.DB.prepare(
		`select attempt_id, state, cast(cost_nano_usd as text) as cost, source, seq from llm_usage_logs order by attempt_id`,
	).all<StoredRow>();
	return results;
}

/** Attempt id and decision of every row, in their order. */
export async function decisionsInD1(): Promise<readonly (readonly [string, unknown])[]> {
	const { results } = await env.DB.prepare('select attempt_id, routing from llm_usage_logs order by attempt_id').all<{
		readonly attempt_id: string;
		readonly routing: string | null;
	}>();
	return results.map(({ attempt_id, routing }) => [attempt_id, routing === null ? null : JSON.parse(routing)]);
}

export interface Totals {
	readonly requests: number;
	readonly cost: string;
	readonly unpriced: number;
}

/** Sums of the daily aggregates, which triggers keep. */
export async function totalsInD1(): Promise<Totals | null> {
	return env.DB.prepare(
		`select sum(requests) as requests, cast(sum(cost_nano_usd) as text) as cost, sum(unpriced) as unpriced
			from llm_provider_usage`,
	).first<Totals>();
}

export interface KeyParts {
	readonly organizationId?: string;
	readonly parentId?: string;
	readonly expiresAt?: number;
	readonly revokedAt?: number;
	readonly lastUsedAt?: number;
}

export async function gatewayKey(id: string, parts: KeyParts = {}): Promise<void> {
	const { organizationId = ORGANIZATION, parentId, expiresAt, revokedAt, lastUsedAt } = parts;
	await env.DB.prepare(
		`insert into gateway_keys (id, organization_id, name, secret_hash, last4, scopes, created_by, created_at,
			parent_id, expires_at, revoked_at, last_used_at) values (?1, ?2, ?1, 'h', '1234', '[]', 'operator', 0, ?3, ?4, ?5, ?6)`,
	)
		.bind(id, organizationId, parentId ?? null, expiresAt ?? null, revokedAt ?? null, lastUsedAt ?? null)
		.run();
}

export const lastUsedInD1 = (id: string): Promise<number | null> =>
	env.DB.prepare('select last_used_at from gateway_keys where id = ?').bind(id).first<number>('last_used_at');

export const cursorInD1 = (id = ORGANIZATION): Promise<number | null> =>
	env.DB.prepare('select seq from ledger_cursor where organization_id = ?').bind(id).first<number>('seq');

export interface FailingDb extends D1Database {
	readonly batches: number;
	/** Queries that were asked for one row alone. */
	readonly reads: number;
	/** Reads are not answered before `answer`. */
	hold(): void;
	answer(): void;
	/** All that was asked so far has its answer. */
	idle(): Promise<void>;
}

/** D1 whose calls do as told, one by one; then as D1 does. `after`: the answer is lost. */
export function failingDb(...failures: ('before' | 'after' | 'not')[]): FailingDb {
	const calls = { batches: 0, reads: 0 };
	const asked: Promise<unknown>[] = [];
	let held: Promise<void> | null = null;
	let release = (): void => undefined;
	async function asking<T>(kind: 'batches' | 'reads', query: () => Promise<T>): Promise<T> {
		calls[kind] += 1;
		if (kind === 'reads') await held;
		const failure = failures.shift();
		if (failure === 'before') throw new Error('D1_ERROR: no connection');
		const answer = await query();
		if (failure === 'after') throw new Error('D1_ERROR: connection lost');
		return answer;
	}
	function ask<T>(kind: 'batches' | 'reads', query: () => Promise<T>): Promise<T> {
		const answer = asking(kind, query);
		asked.push(answer.catch(() => undefined));
		return answer;
	}
	/** Real statements, since a batch takes no others. */
	function prepare(query: string): D1PreparedStatement {
		const statement = env.DB.prepare(query);
		const bind = statement.bind.bind(statement);
		statement.bind = (...values: unknown[]) => {
			const bound = bind(...values);
			const first = bound.first.bind(bound) as (column?: string) => Promise<unknown>;
			return Object.assign(bound, { first: (column?: string) => ask('reads', () => first(column)) });
		};
		return statement;
	}
	return {
		get batches() {
			return calls.batches;
		},
		get reads() {
			return calls.reads;
		},
		hold() {
			held = new Promise((resolve) => {
				release = resolve;
			});
		},
		answer: () => release(),
		async idle() {
			for (let at = 0; at < asked.length; at += 1) await asked[at];
		},
		prepare,
		batch: (statements) => ask('batches', () => env.DB.batch(statements)),
		exec: (query: string) => env.DB.exec(query),
		dump: () => env.DB.dump(),
		withSession: () => env.DB.withSession(),
	};
}

/** The object has talked to D1 once, so that what follows is the flush alone. */
export async function started(): Promise<LedgerBench> {
	const bench = new LedgerBench();
	await (await bench.stub()).version(ORGANIZATION);
	await bench.alarm();
	return bench;
}

export const closes = (bench: LedgerBench, count: number): CloseRequest[] =>
	Array.from({ length: count }, (_, at) => ({ entry: bench.entry(`r${at}`), final: true }));
