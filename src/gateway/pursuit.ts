/** What a pursuit is given, and what it comes back with. */
import type { Warning } from '../language/request';
import type { RoutingDecision } from '../language/routing';
import type { Candidate, Route } from './candidate';
import type { Meter } from './meter';
import type { Reporting } from './report';
import type { RequestLedger } from './request-ledger';

/** A candidate with what one try at it may cost; null: no price is known. */
export interface Pursued extends Candidate {
	readonly holdNanoUsd: bigint | null;
}

export interface Prepared<Answer> {
	readonly warnings: readonly Warning[];
	readonly meter: (attempt: number) => Meter;
	/**
	 * One upstream call. `commitBy`: the commit deadline (ms since epoch). `others`: there are some who could be asked in
	 * its place. Throws GatewayError.
	 */
	readonly call: (meter: Meter, commitBy: number, others: boolean) => Promise<Answer>;
}

export interface Won<C, Answer> {
	readonly answer: Answer;
	readonly candidate: C;
	readonly meter: Meter;
	readonly warnings: readonly Warning[];
	/** It held the breaker's probe lease. */
	readonly probe: boolean;
	readonly routing: RoutingDecision;
}

export interface Pursuit<C extends Pursued, Answer> extends Reporting {
	readonly candidates: readonly C[];
	/** Tried in place of all others after that failure. */
	readonly contextChain: readonly C[];
	readonly filterChain: readonly C[];
	readonly route: Pick<Route, 'strategy' | 'sticky' | 'skipped' | 'conversation'>;
	/** Builds the wire request. Throws `invalid_request` where this candidate can't carry the request. */
	readonly prepare: (candidate: C) => Prepared<Answer>;
	readonly ledger: RequestLedger;
	/** Upstream calls per candidate, over all rounds. */
	readonly maxAttempts: number;
	/** Most that the request may count, prompt and answer together (tokens). */
	readonly tokens: number;
	/** ms since epoch: the commit deadline. */
	readonly commitBy: number;
	/** ms since epoch: the end of the whole request. */
	readonly totalBy: number;
	/** Adds to the time spent waiting. */
	readonly waited: (ms: number) => void;
	/** The client is known to have left. */
	readonly signal: AbortSignal | null;
}
