/** A ledger driven by arbitrary steps beside a naive model of what must come out of it. */
import { expect } from 'vitest';
import type { Account, LedgerEntry, LedgerLimits } from '../../src/ledger/contract';
import { Ledger } from '../../src/ledger/core';
import { MemoryStore, ORGANIZATION, openRequest, standing } from './fixtures';
import { type Admitted, exceeded, refusedBy, requestsLeft, sum, sumsOf } from './oracle';
import { begun, type Running } from './running';
import { type Action, HOLD, KEYS, type Key, LIFE, type Script, type Step } from './steps';

/** A minute before a day and a month end. */
const START = Date.UTC(2026, 2, 31, 23, 59);

/** What an extension adds. */
const MORE = 800n;
/** A key no `KEYS` has. */
const STRANGER = 'k-stranger';

export class World {
	now = START;
	readonly store = new MemoryStore();
	ledger = this.#started();
	readonly running = new Map<number, Running>();
	#admitted: Admitted[] = [];
	#version = 1;
	#pending = 0;

	constructor(
		private readonly scripts: readonly Script[],
		private readonly limits: LedgerLimits,
	) {
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
		for (const { organization, key } of this.#accounts())
			expect(organization.heldNanoUsd >= 0n && (key?.heldNanoUsd ?? 0n) >= 0n).toBe(true);
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
		const ledger = new Ledger(this.store, 1);
		ledger.restore(this.store.image());
		return ledger;
	}

	#commit(): void {
		this.store.apply(this.ledger.take(this.now));
		for (const admitted of this.#admitted) admitted.committed = true;
		for (const running of this.running.values()) {
			running.openCommitted = true;
			running.grantStored = running.granted;
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
			running.granted = running.grantStored;
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
		const key = keyOf(script);
		const open = openRequest({
			requestId: `r${index}`,
			keyId: key.id,
			keyLimits: key.limits,
			issuer: key.issuer === undefined ? null : { keyId: key.issuer, limits: issuerOf(key)?.limits ?? null },
			holdNanoUsd: HOLD,
			expiresAt: this.now + LIFE,
			limits: this.limits,
			configVersion: this.#version,
		});
		const expected = this.#expected(key);
		const before = this.#accounts();
		const answer = this.ledger.open(open, this.now);
		expect(answer).toMatchObject(expected);
		if (answer?.kind !== 'open') {
			expect(this.#accounts()).toEqual(before);
			return;
		}
		this.#fits(key);
		this.#admitted.push({ at: this.now, keyIds: [key.id, key.issuer], committed: false });
		this.running.set(index, begun(open, script, this.now));
	}

	/** What was admitted or extended is within every budget, spent and held together. */
	#fits({ id, limits, issuer }: Key): void {
		const issuing = keyNamed(issuer);
		if (issuing) this.#fits(issuing);
		const { organization, key } = this.ledger.account(id, this.now);
		expect(exceeded(this.limits, { ...organization, totalNanoUsd: 0n })).toBeNull();
		if (key && limits) expect(exceeded(limits, key)).toBeNull();
	}

	/** Of every key, one that never came by among them. A minute without a limit may be forgotten at any time. */
	#accounts(): Account[] {
		return [...KEYS, { id: STRANGER, limits: null }].map(({ id, limits }) => {
			const { organization, key } = this.ledger.account(id, this.now);
			const kept = key === null || (limits !== null && limits.requestsPerMinute !== null);
			return { organization, key: kept ? key : { ...key, requestsMinute: 0, minuteResetMs: 0 } };
		});
	}

	/** The answer by the naive model: the organization's limits first, then the key's. */
	#expected(asking: Key): object {
		if (this.#pending > 0) return { kind: 'unsettled' };
		const { organization } = this.ledger.account(null, this.now);
		const refused =
			refusedBy('organization', this.limits, this.#admitted, { ...organization, totalNanoUsd: 0n }, this.now) ??
			this.#refusedBy('key', asking) ??
			this.#refusedBy('issuer', issuerOf(asking));
		if (refused) return refused;
		const left = [
			...requestsLeft(this.limits, this.#admitted, this.now),
			...this.#left(asking),
			...this.#left(issuerOf(asking)),
		];
		return { kind: 'open', requests: left.length === 0 ? null : { remaining: Math.min(...left) - 1 } };
	}

	#admittedFor = (id: string | null): Admitted[] => this.#admitted.filter(({ keyIds }) => keyIds.includes(id));

	#refusedBy(of: 'key' | 'issuer', key: Key | undefined): object | null {
		const spending = key?.limits && this.ledger.account(key.id, this.now).key;
		return key?.limits && spending ? refusedBy(of, key.limits, this.#admittedFor(key.id), spending, this.now) : null;
	}

	#left = (key: Key | undefined): number[] =>
		key?.limits ? requestsLeft(key.limits, this.#admittedFor(key.id), this.now) : [];

	/** The isolate asks again, its first call having failed on the way back. */
	#reopen(running: Running): void {
		if (running.openLost || running.openCommitted || this.#pending > 0) return;
		if (running.outstanding.length < running.truth.size) return;
		const before = this.#accounts();
		const open = { ...running.open, configVersion: this.#version };
		expect(this.ledger.open(open, this.now)).toMatchObject({ kind: 'open' });
		expect(this.#accounts()).toEqual(before);
	}

	#extend(running: Running): void {
		const { requestId, keyId, keyLimits, issuer, limits } = running.open;
		const before = this.#accounts();
		if (!this.ledger.extend({ requestId, nanoUsd: MORE, limits, keyId, keyLimits, issuer }, this.now)) {
			expect(this.#accounts()).toEqual(before);
			return;
		}
		this.#fits({ id: keyId, limits: keyLimits, ...(issuer && { issuer: issuer.keyId }) });
		const held = before[0]?.organization.heldNanoUsd ?? 0n;
		running.granted += this.ledger.account(null, this.now).organization.heldNanoUsd - held;
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
		running.disordered = true;
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
		running.disordered = true;
	}

	/** After a commit or a start: balances are the sum of what stands and of the live holds, and nothing else. */
	#balanced(): void {
		const rows = [...standing(this.store.rows).values()];
		const holds = [...this.store.holds.values()].filter((hold) => !hold.expired);
		expect(this.ledger.account(null, this.now).organization).toMatchObject(sumsOf(rows, holds, this.now));
		for (const { id } of KEYS) {
			if (id === null) continue;
			const own = rows.filter((entry) => entry.keyId === id || entry.issuerKeyId === id);
			const sums = sumsOf(
				own,
				holds.filter((hold) => hold.keyId === id || hold.issuerKeyId === id),
				this.now,
			);
			expect(this.ledger.account(id, this.now).key).toMatchObject({ ...sums, totalNanoUsd: sum(own) });
		}
	}
}

const keyNamed = (id: string | undefined): Key | undefined => KEYS.find((key) => key.id === id);
const issuerOf = ({ issuer }: Key): Key | undefined => (issuer === undefined ? undefined : keyNamed(issuer));
const keyOf = (script: Script): Key => KEYS[script.key] ?? { id: null, limits: null };
