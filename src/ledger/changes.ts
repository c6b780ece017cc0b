/** What the ledger wants stored, and what it starts from. Plain data. */
import type { BalanceState } from './balance';
import type { ConfigVersionState } from './config-version';
import type { EntryState, LedgerEntry, NanoUsd } from './contract';
import type { Hold } from './holds';

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

/** Admissions of one second (ms since epoch ÷ 1000), each as its millisecond within it. */
export interface Arrivals {
	readonly second: number;
	readonly offsets: Uint16Array;
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
}
