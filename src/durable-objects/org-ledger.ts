/**
 * The ledger of one organization (`idFromName(organizationId)`): a shell on the pure core in `src/ledger`.
 *
 * Failure policy. Admission is decided in memory; SQLite is its log, committed in groups. Storage failing
 * resets the object, so that memory never runs ahead. D1 failing delays rows (kept here, sent with back-off),
 * refuses an open only where the version is unknown, and is never a reason for `alarm()` to throw.
 */
import { DurableObject } from 'cloudflare:workers';
import { type Bindings, parseSettings } from '../env';
import { GatewayError } from '../errors';
import type { Account, CloseRequest, ExtendRequest, OpenAnswer, OpenRequest, OrgLedgerApi } from '../ledger/contract';
import { Ledger } from '../ledger/core';
import { GroupCommit } from '../ledger/group-commit';
import { readUsable } from '../ledger/key-table';
import { flush } from '../ledger/outbox';
import { recover } from '../ledger/recovery';
import { Refresh } from '../ledger/refresh';
import { LedgerStore } from '../ledger/store';
import { readStanding, readVersion, type Standing } from '../ledger/usage-table';

const NEVER = Number.POSITIVE_INFINITY;
/** Rows are in D1 at most 15 s after their attempt's end, whatever LLM_USAGE_FLUSH_MS says. */
const MOST_FLUSH_MS = 10_000;
const LEAST_BACKOFF_MS = 1_000;
const MOST_BACKOFF_MS = 60_000;
/** How far beyond a running alarm the next one is; that may have begun a moment early. */
const AFTER_ALARM_MS = 10;
/** An alarm that is as late as this has been lost. */
const LOST_ALARM_MS = 2_000;

/** What the object needs from outside; tests put their own in its place. */
export interface OrgLedgerPorts {
	/** ms since epoch */
	readonly now: () => number;
	readonly db: D1Database;
	readonly log: (event: string, fields: Readonly<Record<string, unknown>>) => void;
}

export class OrgLedger extends DurableObject<Bindings> implements OrgLedgerApi {
	ports: OrgLedgerPorts;
	readonly #flushMs: number;
	readonly #store: LedgerStore;
	readonly #ledger: Ledger;
	readonly #commit: GroupCommit;
	#consulting: Promise<Standing> | null = null;
	#alarmAt = NEVER;
	/** The next alarm is not before this. */
	#alarmFrom = 0;
	/** When D1 is to be talked to next; 0: as soon as this start has anything to commit. */
	#exchangeAt = 0;
	#backoffMs = 0;
	readonly #refresh = new Refresh();

	constructor(ctx: DurableObjectState, env: Bindings) {
		super(ctx, env);
		this.ports = { now: () => Date.now(), db: env.DB, log: logLine };
		this.#flushMs = Math.min(parseSettings({ ...env }).usageFlushMs, MOST_FLUSH_MS);
		this.#store = new LedgerStore(ctx.storage);
		this.#ledger = new Ledger(this.#store);
		this.#commit = new GroupCommit({
			now: () => this.ports.now(),
			after: (ms, task) => {
				const timer = setTimeout(task, ms);
				return () => clearTimeout(timer);
			},
			write: () => this.#write(),
			sync: () => ctx.storage.sync(),
			failed: (error) => {
				this.ports.log('ledger-storage-failed', { organizationId: this.#ledger.organizationId, error: String(error) });
				ctx.abort('The ledger could not write its log.');
			},
		});
		ctx.blockConcurrencyWhile(async () => {
			this.#ledger.restore(this.#store.load());
			// Set anew, since an alarm that was running when the object died may be gone with it (seen in workerd).
			const waiting = this.#store.waitingSince() !== null;
			this.#wake(waiting ? this.ports.now() : Math.max(this.ports.now(), this.#ledger.nextExpiry()));
		});
	}

	/** Throws where the version is unknown and D1 can't be read; nothing is consumed then. */
	async open(request: OpenRequest): Promise<OpenAnswer> {
		this.#bind(request.organizationId);
		const now = this.ports.now();
		let answer = this.#ledger.open(request, now);
		if (answer === null) {
			await this.#consult();
			answer = this.#ledger.open(request, this.ports.now(), true);
			if (answer === null) throw noOrganization();
		}
		if (this.#refresh.due(now, this.#ledger.version.due(now))) this.#reread(now);
		if (this.#ledger.dirty) this.#commit.queue();
		return answer;
	}

	async extend(request: ExtendRequest): Promise<boolean> {
		const granted = this.#ledger.extend(request, this.ports.now());
		if (this.#ledger.dirty) this.#commit.queue();
		return granted;
	}

	/** Resolves once the entries are durable here: until then they are the isolate's. */
	async close(organizationId: string, closes: readonly CloseRequest[]): Promise<void> {
		this.#bind(organizationId);
		const now = this.ports.now();
		for (const close of closes) this.#ledger.close(close, now);
		if (this.#ledger.dirty) this.#commit.queue();
		await this.#commit.settled();
	}

	async account(organizationId: string, keyId: string | null): Promise<Account> {
		this.#bind(organizationId);
		await this.#recovered();
		return this.#ledger.account(keyId, this.ports.now());
	}

	/** Answers once storage is open: readiness. */
	async ping(): Promise<void> {
		this.ctx.storage.sql.exec('select 1');
	}

	async version(organizationId: string): Promise<number> {
		this.#bind(organizationId);
		const { version } = this.#ledger;
		if (version.certain !== null) return version.certain;
		const standing = await this.#consult();
		const current = version.certain ?? standing.version;
		if (current === null) throw noOrganization();
		return current;
	}

	async prepare(organizationId: string): Promise<void> {
		this.#bind(organizationId);
		this.#ledger.version.prepare(this.ports.now());
		this.#ledger.touch();
		await this.#commit.now();
	}

	async settle(organizationId: string, version: number): Promise<void> {
		this.#bind(organizationId);
		await this.#recovered();
		this.#ledger.version.settle(version);
		this.#ledger.touch();
		await this.#commit.now();
	}

	/** Expiry, exchange with D1 and the next alarm. Never throws: a throwing alarm is dropped after six tries. */
	override async alarm(): Promise<void> {
		this.#alarmAt = NEVER;
		// Set to its own time while it runs, it would be gone with its end (seen in workerd).
		this.#alarmFrom = this.ports.now() + AFTER_ALARM_MS;
		try {
			this.#ledger.expire(this.ports.now());
			if (this.#ledger.dirty) await this.#commit.now();
			if (this.ports.now() >= this.#exchangeAt) await this.#exchange();
		} catch (error) {
			this.#backoffMs = Math.min(Math.max(LEAST_BACKOFF_MS, this.#backoffMs * 2), MOST_BACKOFF_MS);
			this.#exchangeAt = this.ports.now() + this.#backoffMs;
			this.ports.log('ledger-exchange-failed', {
				organizationId: this.#ledger.organizationId,
				retryAfterMs: this.#backoffMs,
				error: String(error),
			});
		}
		this.#wake(Math.min(this.#exchangeAt, this.#ledger.nextExpiry()));
	}

	/** Rows to D1; version and what isolates wrote to D1 themselves from there. */
	async #exchange(): Promise<void> {
		const { organizationId } = this.#ledger;
		this.#exchangeAt = NEVER;
		if (organizationId === null) return;
		const rebased = (cursor: number): void => this.ports.log('ledger-cursor-moved', { organizationId, cursor });
		// The rows that mark direct ones as read go first, or those would be read again.
		await flush(this.ports.db, this.#store, organizationId, rebased);
		await this.#consult();
		if (this.#ledger.dirty) await this.#commit.now();
		await flush(this.ports.db, this.#store, organizationId, rebased);
		this.#store.prune(this.ports.now());
		await this.#forget(organizationId);
		this.#backoffMs = 0;
		const waiting = this.#store.waitingSince();
		const deadline = this.#ledger.version.deadline ?? NEVER;
		this.#exchangeAt = Math.min(deadline, waiting === null ? NEVER : waiting + this.#flushMs);
	}

	/** One read of D1 at a time, shared by all who wait for it. */
	#consult(): Promise<Standing> {
		this.#consulting ??= this.#readD1().finally(() => {
			this.#consulting = null;
		});
		return this.#consulting;
	}

	async #readD1(): Promise<Standing> {
		const { organizationId, version } = this.#ledger;
		if (organizationId === null) throw noOrganization();
		const { epoch } = version;
		const asked = this.ports.now();
		const standing = await readStanding(this.ports.db, organizationId);
		if (this.#store.cursor().base === null) {
			if (standing.cursor > 0) await this.#recover(organizationId);
			this.#store.setBase(standing.cursor);
		}
		this.#learn(standing.version, epoch, asked);
		const now = this.ports.now();
		for (const entry of standing.direct) this.#ledger.absorb(entry, now);
		if (this.#ledger.dirty) this.#commit.queue();
		return standing;
	}

	/** D1 has rows of an object that lost its storage. */
	async #recover(organizationId: string): Promise<void> {
		await recover(this.ports.db, this.#ledger, organizationId, this.ports.now());
		await this.#commit.now();
	}

	/** Nothing is said of limits, and no version taken for known, before what a lost storage held is counted. */
	async #recovered(): Promise<void> {
		if (this.#store.cursor().base === null) await this.#consult();
	}

	/** What D1 said, asked at `asked`, when the version's `epoch` was as given. */
	#learn(read: number | null, epoch: number, asked: number): void {
		const { version } = this.#ledger;
		const { known, certain } = version;
		if (read !== null) version.read(read, epoch, asked);
		if (version.known !== known || version.certain !== certain) this.#ledger.touch();
		this.#refresh.read(this.ports.now());
	}

	/** Asks D1 for the version, with no open waiting for it. */
	#reread(now: number): void {
		const { organizationId, version } = this.#ledger;
		if (organizationId === null) return;
		this.#refresh.began(now);
		const { epoch } = version;
		const learned = (read: number | null): void => {
			this.#learn(read, epoch, now);
			if (this.#ledger.dirty) this.#commit.queue();
		};
		const failed = (error: unknown): void => {
			const retryAfterMs = this.#refresh.failed(this.ports.now());
			this.ports.log('ledger-version-unread', { organizationId, retryAfterMs, error: String(error) });
		};
		this.ctx.waitUntil(readVersion(this.ports.db, organizationId).then(learned).catch(failed));
	}

	/** Lets go of accounts whose keys can't be used any more, some at a time. */
	async #forget(organizationId: string): Promise<void> {
		const now = this.ports.now();
		const doubtful = this.#store.accounts.doubtful(now);
		if (doubtful.length === 0) return;
		this.#store.accounts.answered(doubtful, await readUsable(this.ports.db, organizationId, doubtful, now), now);
	}

	#write(): void {
		const now = this.ports.now();
		const changes = this.#ledger.take(now);
		this.#store.apply(changes);
		if (changes.rows.length > 0 && this.#exchangeAt === NEVER) this.#exchangeAt = now + this.#flushMs;
		const deadline = this.#ledger.version.deadline ?? 0;
		if (deadline > now) this.#exchangeAt = Math.min(this.#exchangeAt, deadline);
		let due = Math.max(this.#exchangeAt, now);
		for (const hold of changes.holds) if (!hold.expired) due = Math.min(due, hold.expiresAt);
		this.#wake(due);
	}

	/** There is one alarm: the earliest of what is due. It is stored with the commit it belongs to. */
	#wake(due: number): void {
		const at = Math.max(due, this.#alarmFrom);
		const set = this.ports.now() - this.#alarmAt > LOST_ALARM_MS ? NEVER : this.#alarmAt;
		if (at >= set || at === NEVER) return;
		this.#alarmAt = at;
		this.ctx.storage.setAlarm(at).catch((error: unknown) => {
			this.#alarmAt = NEVER;
			this.ports.log('ledger-alarm-failed', { error: String(error) });
		});
	}

	#bind(organizationId: string): void {
		if (this.#ledger.organizationId === organizationId) return;
		if (this.#ledger.organizationId !== null) throw noOrganization();
		this.#ledger.organizationId = organizationId;
		this.#ledger.touch();
	}
}

const noOrganization = (): GatewayError => new GatewayError('not_found', 'There is no such organization.');

function logLine(event: string, fields: Readonly<Record<string, unknown>>): void {
	console.error(JSON.stringify({ level: 'error', event, ...fields }));
}
