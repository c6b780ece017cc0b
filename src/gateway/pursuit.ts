/** What a pursuit is given, and what it comes back with. */
import type { GatewayError } from '../errors';
import type { ContextReceipt } from '../language/context';
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
	/** What the planner did for this candidate; null: nothing is planned for this kind of call. */
	readonly context: ContextReceipt | null;
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
	readonly context: ContextReceipt | null;
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
	/**
	 * Plans the conversation and builds the wire request; waits only where lengths alone do not tell that it fits. Throws
	 * `invalid_request` or `context_too_long` where this candidate can't carry the request.
	 */
	readonly prepare: (candidate: C) => Prepared<Answer> | Promise<Prepared<Answer>>;
	/** The same, once, after this candidate's upstream said that it was still too long; null: no more can be taken away. */
	readonly replan: (candidate: C, failure: GatewayError) => Promise<Prepared<Answer> | null>;
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
