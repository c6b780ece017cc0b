/** What the ledger wants stored, and what it starts from. Plain data. */
import type { BalanceState } from './balance';
import type { ConfigVersionState } from './config-version';
import type { EntryState, LedgerEntry, NanoUsd } from './contract';
import type { Hold } from './holds';
import type { Arrivals } from './limiter';

/** The terminal entry that stands for an attempt, as far as a later close must know it. */
export interface ClosedAttempt {
	readonly state: EntryState;
	readonly costNanoUsd: NanoUsd | null;
	readonly startedAt: number;
	/** Nobody reported it: the ledger assumed it, and gives way to anything an isolate says. */
	readonly assumed: boolean;
}

export interface LedgerState {
	readonly organizationId: string | null;
	readonly version: ConfigVersionState;
	readonly balance: BalanceState;
	/** Requests of the UTC day. */
	readonly day: { readonly day: number; readonly count: number };
}

/** What is stored of one key. */
export interface AccountState {
	readonly balance: BalanceState;
	/** Decimal nano-dollars. */
	readonly totalNanoUsd: string;
	/** Requests of the UTC day. */
	readonly day: { readonly day: number; readonly count: number };
}

export interface KeyArrivals extends Arrivals {
	readonly keyId: string;
}

/** One transaction. */
export interface Changes {
	readonly state: LedgerState;
	/** New or changed holds. */
	readonly holds: readonly Hold[];
	/** Request ids of stored holds that are over. */
	readonly dropped: readonly string[];
	/** Whole seconds, in place of what is stored of them; seconds before `arrivalsFrom` are past the window. */
	readonly arrivals: readonly Arrivals[];
	readonly arrivalsFrom: number;
	/** Accounts that changed, as they are now. */
	readonly accounts: readonly (readonly [keyId: string, AccountState])[];
	/** As `arrivals`, of keys whose minute has a limit. */
	readonly keyArrivals: readonly KeyArrivals[];
	readonly closed: readonly (readonly [attemptId: string, ClosedAttempt])[];
	/** Rows on their way to D1, in order. */
	readonly rows: readonly LedgerEntry[];
	/** ms since epoch */
	readonly at: number;
}

/** What was stored. */
export interface Image {
	readonly state: LedgerState | null;
	readonly holds: readonly Hold[];
	/** In rising order. */
	readonly arrivals: readonly Arrivals[];
	/** The same. */
	readonly keyArrivals: readonly KeyArrivals[];
}

/** What a ledger looks up in its log where memory does not have it; what is not stored yet it knows itself. */
export interface Stored {
	/** A closed attempt; null: none, or forgotten. */
	find(attemptId: string): ClosedAttempt | null;
	/** A key's account; null: it has none. */
	account(keyId: string): AccountState | null;
}
