/** Entries and requests for the ledger's tests, and a store that keeps what a transaction held. */
import type { RoutingDecision } from '../../src/language/routing';
import type {
	AccountState,
	Changes,
	ClosedAttempt,
	Image,
	KeyArrivals,
	LedgerState,
	Stored,
} from '../../src/ledger/changes';
import type { KeyLimits, LedgerEntry, LedgerLimits, OpenAnswer, OpenRequest } from '../../src/ledger/contract';
import { Ledger } from '../../src/ledger/core';
import { type Hold, NOT_ATTEMPTED } from '../../src/ledger/holds';
import type { Arrivals } from '../../src/ledger/limiter';

export const START = Date.UTC(2026, 2, 10, 12);
export const ORGANIZATION = 'org-a';

export const NO_LIMITS: LedgerLimits = {
	requestsPerMinute: null,
	requestsPerDay: null,
	budgetDayNanoUsd: null,
	budgetMonthNanoUsd: null,
};

export const NO_KEY_LIMITS: KeyLimits = { ...NO_LIMITS, budgetTotalNanoUsd: null };

export const openRequest = (parts: Partial<OpenRequest> = {}): OpenRequest => ({
	organizationId: ORGANIZATION,
	requestId: 'r1',
	keyId: 'k1',
	operation: 'chat',
	configVersion: 1,
	fresh: false,
	holdNanoUsd: 1_000n,
	expiresAt: START + 660_000,
	limits: NO_LIMITS,
	keyLimits: null,
	issuer: null,
	provider: 'mock',
	model: 'echo',
	...parts,
});

export const DECISION: RoutingDecision = {
	strategy: 'lowest-cost',
	sticky: false,
	steps: [
		{ provider: 'a', model: 'm', key: null, outcome: 'skipped', reason: 'no key', attempts: 0, score: null },
		{ provider: 'b', model: 'm', key: 'spare', outcome: 'failed', reason: 'timeout', attempts: 2, score: 0.002 },
		{ provider: 'c', model: 'm', key: 'c', outcome: 'answered', reason: null, attempts: 1, score: 0.5 },
	],
};

export const ledgerEntry = (parts: Partial<LedgerEntry> = {}): LedgerEntry => ({
	attemptId: 'r1.1',
	requestId: 'r1',
	organizationId: ORGANIZATION,
	state: 'settled',
	operation: 'chat',
	stream: true,
	keyId: 'k1',
	issuerKeyId: null,
	agentId: null,
	user: null,
	runId: null,
	tags: [],
	clientRequestId: null,
	provider: 'mock',
	providerRowId: null,
	model: 'echo',
	startedAt: START,
	endedAt: START + 900,
	firstTokenMs: 120,
	usage: null,
	usageSource: 'none',
	costNanoUsd: 400n,
	priceVersion: '2026-03-01',
	finishReason: 'stop',
	finishReasonRaw: 'stop',
	errorCode: null,
	errorClass: null,
	httpStatus: 200,
	configVersion: 1,
	context: null,
	routing: null,
	source: 'ledger',
	...parts,
});

/** Keeps what was committed, as SQLite does; `image()` is what a start finds. */
export class MemoryStore implements Stored {
	state: LedgerState | null = null;
	readonly holds = new Map<string, Hold>();
	readonly arrivals = new Map<number, Arrivals>();
	readonly accounts = new Map<string, AccountState>();
	readonly keyArrivals = new Map<string, KeyArrivals>();
	readonly closed = new Map<string, ClosedAttempt>();
	readonly rows: LedgerEntry[] = [];

	find(attemptId: string): ClosedAttempt | null {
		return this.closed.get(attemptId) ?? null;
	}

	account(keyId: string): AccountState | null {
		return this.accounts.get(keyId) ?? null;
	}

	apply(changes: Changes): void {
		this.state = changes.state;
		for (const hold of changes.holds) this.holds.set(hold.requestId, { ...hold });
		for (const requestId of changes.dropped) this.holds.delete(requestId);
		for (const arrivals of changes.arrivals) this.arrivals.set(arrivals.second, arrivals);
		for (const second of this.arrivals.keys()) if (second < changes.arrivalsFrom) this.arrivals.delete(second);
		for (const [keyId, account] of changes.accounts) this.accounts.set(keyId, account);
		for (const arrivals of changes.keyArrivals) this.keyArrivals.set(`${arrivals.keyId} ${arrivals.second}`, arrivals);
		for (const [at, { second }] of this.keyArrivals) if (second < changes.arrivalsFrom) this.keyArrivals.delete(at);
		for (const [attemptId, closed] of changes.closed) this.closed.set(attemptId, closed);
		this.rows.push(...changes.rows);
	}

	image(): Image {
		const holds = [...this.holds.values()].map((hold) => ({ ...hold }));
		const rising = (left: Arrivals, right: Arrivals): number => left.second - right.second;
		const arrivals = [...this.arrivals.values()].sort(rising);
		return { state: this.state, holds, arrivals, keyArrivals: [...this.keyArrivals.values()].sort(rising) };
	}
}

const gives = (entry: LedgerEntry): boolean => entry.state === 'unknown' || entry.errorClass === NOT_ATTEMPTED;

/** What D1 makes of rows in order: what was assumed or unknown is replaced by what follows, anything else stands. */
export function standing(rows: readonly LedgerEntry[]): Map<string, LedgerEntry> {
	const entries = new Map<string, LedgerEntry>();
	for (const row of rows) {
		const before = entries.get(row.attemptId);
		if (!before || gives(before)) entries.set(row.attemptId, row);
	}
	return entries;
}

export interface Bench {
	readonly ledger: Ledger;
	readonly store: MemoryStore;
	commit(now?: number): void;
	entries(): Map<string, LedgerEntry>;
}

/** A ledger at a configuration version, its store, and what D1 would make of its rows. */
export function ledgerAt(version = 1): Bench {
	const store = new MemoryStore();
	const ledger = new Ledger(store);
	ledger.organizationId = ORGANIZATION;
	ledger.version.settle(version);
	const commit = (now = START): void => store.apply(ledger.take(now));
	return {
		ledger,
		store,
		commit,
		entries: () => {
			commit();
			return standing(store.rows);
		},
	};
}

export const kindOf = (answer: OpenAnswer | null): string | null => answer?.kind ?? null;
