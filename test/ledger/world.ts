/** A ledger driven by arbitrary steps beside a naive model of what must come out of it. */
import { expect } from 'vitest';
import type { CloseRequest, LedgerEntry, OpenRequest } from '../../src/ledger/contract';
import { Ledger } from '../../src/ledger/core';
import { DAY_MS, dayOf } from '../../src/ledger/limiter';
import { ledgerEntry, MemoryStore, ORGANIZATION, openRequest, standing } from './fixtures';
import { type Action, BUDGET, HOLD, LIFE, LIMITS, PER_DAY, PER_MINUTE, type Script, type Step } from './steps';

/** A minute before a day and a month end. */
const START = Date.UTC(2026, 2, 31, 23, 59);

interface Running {
	readonly open: OpenRequest;
	readonly truth: ReadonlyMap<string, LedgerEntry>;
	/** Closes its isolate has still to bring. */
	outstanding: CloseRequest[];
	/** Brought, but not confirmed by a commit: a living isolate brings them again after a crash. */
	unconfirmed: CloseRequest[];
	confirmed: CloseRequest[];
	/** Entries the isolate wrote to D1 that the object has not read back for good. */
	direct: LedgerEntry[];
	wentDirect: boolean;
	dead: boolean;
	openCommitted: boolean;
	openLost: boolean;
}

export class World {
	now = START;
	readonly store = new MemoryStore();
	ledger = this.#started();
	readonly running = new Map<number, Running>();
	#admitted: { readonly at: number; committed: boolean }[] = [];
	#version = 1;
	#pending = 0;

	constructor(private readonly scripts: readonly Script[]) {
		this.ledger.organizationId = ORGANIZATION;
		this.ledger.version.settle(1);
		this.#commit();
	}

	run(step: Step): void {
		switch (step.kind) {
			case 'advance':
				this.now += step.ms;
				break;
			case 'commit':
				this.#commit();
				break;
			case 'crash':
				this.#crash();
				break;
			case 'expire':
				this.ledger.expire(this.now);
				break;
			case 'prepare':
			case 'settle':
				this.#change(step.kind);
				break;
			default:
				this.#act(step.kind, step.request);
		}
	}

	/** Everything that will ever arrive has arrived, and every hold has had its time. */
	end(): void {
		for (const running of this.running.values()) {
			while (!running.dead && running.outstanding.length > 0) this.#close(running);
			this.#absorb(running);
		}
		this.#commit();
		this.now += LIFE + 1;
		this.ledger.expire(this.now);
		this.#commit();
	}

	#started(): Ledger {
		const ledger = new Ledger((id) => this.store.find(id));
		ledger.restore(this.store.image());
		return ledger;
	}

	#commit(): void {
		this.store.apply(this.ledger.take(this.now));
		for (const admitted of this.#admitted) admitted.committed = true;
		for (const running of this.running.values()) {
			running.openCommitted = true;
			running.confirmed.push(...running.unconfirmed);
			running.unconfirmed = [];
			const told = new Set(running.confirmed.map((close) => close.entry));
			running.direct = running.direct.filter((entry) => !told.has(entry));
		}
		this.#balanced();
	}

	#crash(): void {
		this.ledger = this.#started();
		this.#admitted = this.#admitted.filter((admitted) => admitted.committed);
		for (const running of this.running.values()) {
			if (!running.openCommitted) running.openLost = true;
			running.openCommitted = true;
			const direct = new Set<LedgerEntry | null>(running.direct);
			const lost = running.unconfirmed.filter((close) => !direct.has(close.entry) || close.entry === null);
			if (!running.dead) running.outstanding.unshift(...lost);
			running.unconfirmed = [];
		}
		this.#balanced();
	}

	#change(kind: 'prepare' | 'settle'): void {
		if (kind === 'prepare') {
			this.ledger.version.prepare(this.now);
			this.#pending += 1;
		} else if (this.#pending > 0) {
			this.#pending -= 1;
			this.#version += 1;
			this.ledger.version.settle(this.#version);
		}
		this.#commit();
	}

	#act(kind: Action, index: number): void {
		const running = this.running.get(index);
		if (kind === 'open' && !running) this.#open(index);
		if (!running) return;
		switch (kind) {
			case 'reopen':
				this.#reopen(running);
				break;
			case 'extend':
				this.#extend(running);
				break;
			case 'close':
				this.#close(running);
				break;
			case 'again':
				this.#again(running);
				break;
			case 'direct':
				this.#direct(running);
				break;
			case 'absorb':
				this.#absorb(running);
				break;
			case 'reorder':
				this.#reorder(running);
				break;
			case 'die':
				running.dead = true;
		}
	}

	#open(index: number): void {
		const script = this.scripts[index];
		if (!script) return;
		const open = openRequest({
			requestId: `r${index}`,
			holdNanoUsd: HOLD,
			expiresAt: this.now + LIFE,
			limits: LIMITS,
			configVersion: this.#version,
		});
		const expected = this.#expected();
		const held = this.ledger.balance.held;
		const answer = this.ledger.open(open, this.now);
		expect(answer).toMatchObject(expected);
		if (answer?.kind !== 'open') {
			expect(this.ledger.balance.held).toBe(held);
			return;
		}
		expect(this.ledger.balance.held + this.ledger.balance.spentDay(this.now)).toBeLessThanOrEqual(BUDGET);
		this.#admitted.push({ at: this.now, committed: false });
		this.running.set(index, this.#begun(open, script));
	}

	/** The answer by the naive model. */
	#expected(): object {
		if (this.#pending > 0) return { kind: 'unsettled' };
		if (this.#admitted.filter(({ at }) => dayOf(at) === dayOf(this.now)).length >= PER_DAY)
			return { kind: 'rate-limited', limit: 'requests-per-day', retryAfterMs: DAY_MS - (this.now % DAY_MS) };
		const minute = this.#admitted.filter(({ at }) => at > this.now - 60_000);
		if (minute.length >= PER_MINUTE) {
			const oldest = minute[0]?.at ?? 0;
			return { kind: 'rate-limited', limit: 'requests-per-minute', retryAfterMs: oldest + 60_000 - this.now };
		}
		const { balance } = this.ledger;
		if (balance.spentMonth(this.now) + balance.held + HOLD > 2n * BUDGET)
			return { kind: 'budget-exceeded', period: 'month' };
		if (balance.spentDay(this.now) + balance.held + HOLD > BUDGET) return { kind: 'budget-exceeded', period: 'day' };
		return { kind: 'open' };
	}

	#begun(open: OpenRequest, script: Script): Running {
		const { requestId } = open;
		const truth = new Map<string, LedgerEntry>();
		const outstanding: CloseRequest[] = script.costs.map((cost, at) => {
			const entry = ledgerEntry({
				requestId,
				attemptId: `${requestId}.${at + 1}`,
				state: cost === null ? 'released' : 'settled',
				costNanoUsd: BigInt(cost ?? 0),
				startedAt: this.now + at,
			});
			truth.set(entry.attemptId, entry);
			return { entry, final: !script.closesEmpty && at === script.costs.length - 1 };
		});
		if (script.closesEmpty) outstanding.push({ entry: null, requestId, organizationId: ORGANIZATION, final: true });
		return {
			open,
			truth,
			outstanding,
			unconfirmed: [],
			confirmed: [],
			direct: [],
			wentDirect: false,
			dead: false,
			openCommitted: false,
			openLost: false,
		};
	}

	/** The isolate asks again, its first call having failed on the way back. */
	#reopen(running: Running): void {
		if (running.openLost || running.openCommitted || this.#pending > 0) return;
		if (running.outstanding.length < running.truth.size) return;
		const { balance, requests } = this.ledger;
		const before = [balance.held, requests.minute.count(this.now), requests.day.count(this.now)];
		const open = { ...running.open, configVersion: this.#version };
		expect(this.ledger.open(open, this.now)).toMatchObject({ kind: 'open' });
		expect([balance.held, requests.minute.count(this.now), requests.day.count(this.now)]).toEqual(before);
	}

	#extend(running: Running): void {
		const { requestId } = running.open;
		const { balance } = this.ledger;
		if (this.ledger.extend({ requestId, nanoUsd: 300n, limits: LIMITS }, this.now))
			expect(balance.held + balance.spentDay(this.now)).toBeLessThanOrEqual(BUDGET);
	}

	#close(running: Running): void {
		const next = running.dead ? undefined : running.outstanding.shift();
		if (!next) return;
		this.ledger.close(next, this.now);
		running.unconfirmed.push(next);
	}

	#again(running: Running): void {
		const close = running.confirmed.at(-1) ?? running.unconfirmed[0];
		if (close) this.ledger.close(close, this.now);
	}

	/** The isolate cannot reach the object and writes to D1. */
	#direct(running: Running): void {
		const next = running.outstanding[0];
		if (running.dead || !next?.entry) return;
		running.outstanding.shift();
		running.direct.push(next.entry);
		running.wentDirect = true;
	}

	/** The object reads back what it finds in D1. */
	#absorb(running: Running): void {
		for (const entry of running.direct) {
			this.ledger.absorb(entry, this.now);
			running.unconfirmed.push({ entry, final: false });
		}
	}

	/** A batch that failed once comes after a later one. */
	#reorder(running: Running): void {
		if (running.outstanding.some((close) => close.entry === null)) return;
		const first = running.outstanding.shift();
		if (first) running.outstanding.push(first);
	}

	/** After a commit or a start: balances are the sum of what stands and of the live holds, and nothing else. */
	#balanced(): void {
		let held = 0n;
		for (const hold of this.store.holds.values()) if (!hold.expired) held += hold.nanoUsd ?? 0n;
		expect(this.ledger.balance.held).toBe(held);
		let today = 0n;
		let month = 0n;
		for (const entry of standing(this.store.rows).values()) {
			const cost = entry.costNanoUsd ?? 0n;
			if (dayOf(entry.startedAt) === dayOf(this.now)) today += cost;
			if (new Date(entry.startedAt).getUTCMonth() === new Date(this.now).getUTCMonth()) month += cost;
		}
		expect(this.ledger.balance.spentDay(this.now)).toBe(today);
		expect(this.ledger.balance.spentMonth(this.now)).toBe(month);
	}
}
