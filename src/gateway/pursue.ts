/** Candidate after candidate, round after round, until one answers. The only loop of the path. */
import { GatewayError, toGatewayError } from '../errors';
import type { RoutingDecision } from '../language/routing';
import { affinityOf } from './candidate';
import { decisionOf, isPlain } from './decision';
import { type FailureRule, ruleOf } from './failures';
import { gateOf } from './gate';
import { aborted, type Meter } from './meter';
import type { Ports } from './ports';
import type { Prepared, Pursued, Pursuit, Won } from './pursuit';
import { endProbe, report } from './report';
import { noTarget } from './request-ledger';
import { rest } from './rest';
import { nextStep } from './retry';
import { Rounds, type Runner } from './rounds';
import { withoutKey } from './without-key';

/** Upstream calls that a request makes at most, whatever its candidates and tries. */
const MOST_CALLS = 24;

/**
 * Throws the last failure where nobody answered, or the one that says when to come back. The winner's entry is not
 * closed: it is still running.
 */
export async function pursue<C extends Pursued, Answer>(
	pursuit: Pursuit<C, Answer>,
	ports: Ports,
): Promise<Won<C, Answer>> {
	const chase = new Chase(pursuit, ports);
	try {
		const won = await chase.run();
		pursuit.ledger.decided(isPlain(won.routing) ? null : won.routing);
		return won;
	} catch (error) {
		pursuit.ledger.decided(chase.decision());
		throw error;
	}
}

type Chain = 'contextChain' | 'filterChain';

class Chase<C extends Pursued, Answer> {
	readonly #rounds: Rounds<C, Prepared<Answer>>;
	#last: GatewayError | null = null;
	/** What asks to come back after the time left, and when that is. */
	#postponed: { readonly failure: GatewayError; readonly until: number } | null = null;
	#calls = 0;
	readonly #chains: Chain[] = [];

	constructor(
		private readonly pursuit: Pursuit<C, Answer>,
		private readonly ports: Ports,
	) {
		this.#rounds = new Rounds(pursuit.candidates, pursuit.maxAttempts);
	}

	decision(): RoutingDecision {
		return decisionOf(this.pursuit.route, this.#rounds.runners);
	}

	async run(): Promise<Won<C, Answer>> {
		for (;;) {
			const runner = this.#rounds.next(this.ports.time.now());
			if (runner === null) {
				if (await this.#later()) continue;
				throw this.#nobody();
			}
			const won = await this.#visit(runner);
			if (won) return won;
			if (this.#isOver()) throw this.#nobody();
		}
	}

	/** Nobody may be asked now: wait for whoever may be soonest, else ask those that were left alone. */
	async #later(): Promise<boolean> {
		const { pursuit, ports } = this;
		const soonest = this.#rounds.soonest();
		if (soonest && soonest.notBefore < pursuit.commitBy) {
			await this.#rest(soonest.notBefore - ports.time.now());
			return true;
		}
		return this.#rounds.release() || this.#probes();
	}

	/** Breakers are open: the first whose lease is given is tried once. */
	async #probes(): Promise<boolean> {
		for (let runner = this.#rounds.shut(); runner; runner = this.#rounds.shut()) {
			const { place } = runner.candidate.target;
			const leased = await this.ports.health.lease(place);
			if (leased) {
				this.#rounds.probing(runner);
				return true;
			}
			this.#rounds.leave(place);
		}
		return false;
	}

	#isOver(): boolean {
		if (this.#calls === 0) return false;
		return this.#calls >= MOST_CALLS || this.ports.time.now() >= this.pursuit.commitBy;
	}

	#nobody(): GatewayError {
		return this.#postponed?.failure ?? this.#last ?? noTarget();
	}

	/** Asks one candidate, again after a backoff; null: on to the next. */
	async #visit(runner: Runner<C, Prepared<Answer>>): Promise<Won<C, Answer> | null> {
		const { pursuit } = this;
		if (runner.prepared === null) {
			if (!this.#admits(runner) || !this.#prepares(runner)) return null;
		} else if (this.#yields(runner)) return null;
		const { prepared } = runner;
		const { holdNanoUsd } = runner.candidate;
		if (prepared === null) return null;
		do {
			if (!pursuit.ledger.covers(holdNanoUsd) && !(await pursuit.ledger.affords(holdNanoUsd)))
				return this.#unaffordable(runner);
			// An attempt is an upstream call: none is begun for a caller who has left.
			if (pursuit.signal?.aborted) throw this.#left(runner);
			runner.tries += 1;
			this.#calls += 1;
			const meter = prepared.meter(pursuit.ledger.begin());
			try {
				return this.#won(runner, await prepared.call(meter), meter, prepared);
			} catch (error) {
				const failure = withoutKey(toGatewayError(error), runner.candidate.target.credential.apiKey);
				if (!(await this.#again(runner, meter, failure))) return null;
			}
		} while (!this.#isOver());
		return null;
	}

	#admits(runner: Runner<C, Prepared<Answer>>): boolean {
		if (runner.probe) return true;
		const { gate, reason } = gateOf(runner.candidate.target, runner.forced, this.pursuit.tokens, this.ports);
		switch (gate) {
			case 'closed':
				return true;
			case 'probe':
				runner.probe = true;
				runner.maxTries = 1;
				return true;
			case 'held':
			case 'shut':
				runner.state = gate;
				this.#rounds.skip(runner, reason);
				return false;
		}
	}

	#unaffordable(runner: Runner<C, Prepared<Answer>>): null {
		this.#rounds.pass(runner, 'its cost does not fit the budget');
		this.#last ??= new GatewayError('budget_exceeded', 'What is left of the budget does not cover this request.');
		this.#unused(runner);
		return null;
	}

	#prepares(runner: Runner<C, Prepared<Answer>>): boolean {
		try {
			runner.prepared = this.pursuit.prepare(runner.candidate);
			return true;
		} catch (error) {
			const failure = toGatewayError(error);
			this.#last = failure;
			this.#rounds.pass(runner, failure.message);
			this.#unused(runner);
			return false;
		}
	}

	/** A lease that was given for nothing is given back. */
	#unused({ probe, tries, candidate }: Runner<C, Prepared<Answer>>): void {
		if (probe && tries === 0) endProbe('neutral', candidate.target, this.pursuit.organizationId, this.ports);
	}

	/** In a later round it is a retry: where the budget has no room for it, others go first. */
	#yields(runner: Runner<C, Prepared<Answer>>): boolean {
		const { endpoint } = runner.candidate.target.place;
		if (this.ports.health.mayRetry(endpoint, this.pursuit.organizationId)) return false;
		return this.#rounds.others(runner, this.ports.time.now(), true);
	}

	#left(runner: Runner<C, Prepared<Answer>>): GatewayError {
		this.#unused(runner);
		return aborted();
	}

	#won(
		runner: Runner<C, Prepared<Answer>>,
		answer: Answer,
		meter: Meter,
		{ warnings }: Prepared<Answer>,
	): Won<C, Answer> {
		const { candidate, probe } = runner;
		const { conversation } = this.pursuit.route;
		runner.outcome = 'answered';
		runner.reason = null;
		if (conversation !== null) this.ports.affinity.remember(conversation, affinityOf(candidate.target));
		return { answer, candidate, meter, warnings, probe, routing: this.decision() };
	}

	/** Books the failure and does what its rule says. True: the same candidate again, now. Throws where it is the end. */
	async #again(runner: Runner<C, Prepared<Answer>>, meter: Meter, failure: GatewayError): Promise<boolean> {
		const { pursuit, ports } = this;
		const { candidate } = runner;
		const rule = ruleOf(failure);
		this.#last = failure;
		runner.outcome = 'failed';
		runner.reason = rule.name;
		pursuit.ledger.owe(meter.end(failure, null));
		report(failure, { target: candidate.target, meter, probe: runner.probe }, pursuit, ports);
		const now = ports.time.now();
		const next = nextStep(failure, {
			tries: runner.tries,
			maxTries: runner.maxTries,
			others: this.#rounds.others(runner, now),
			timeLeftMs: pursuit.commitBy - now,
			random: ports.random,
			mayRetry: () => ports.health.mayRetry(candidate.target.place.endpoint, pursuit.organizationId),
		});
		if (next.step === 'stop') throw failure;
		if (this.#changesChain(runner, rule, failure)) return false;
		if (next.step === 'again') {
			await this.#rest(next.delayMs);
			return true;
		}
		if (rule.elsewhere === 'target') this.#rounds.avoid(candidate.target.place, rule.breaker === 'endpoint');
		if (next.step === 'next') runner.state = 'out';
		else this.#postpone(runner, failure, now + next.delayMs);
		return false;
	}

	#postpone(runner: Runner<C, Prepared<Answer>>, failure: GatewayError, until: number): void {
		runner.notBefore = until;
		if (until < this.pursuit.commitBy || failure.retryAfterMs === undefined) return;
		if (this.#postponed === null || until < this.#postponed.until) this.#postponed = { failure, until };
	}

	/** After a failure with a chain of its own, nobody but that is asked. Throws the failure where there is none. */
	#changesChain(runner: Runner<C, Prepared<Answer>>, { elsewhere }: FailureRule, failure: GatewayError): boolean {
		if (elsewhere !== 'context chain' && elsewhere !== 'filter chain') return false;
		const chain: Chain = elsewhere === 'context chain' ? 'contextChain' : 'filterChain';
		runner.state = 'out';
		this.#postponed = null;
		if (!this.#chains.includes(chain)) {
			this.#chains.push(chain);
			this.#rounds.replace(this.pursuit[chain]);
		}
		if (chain === 'contextChain') this.#skipNarrow(runner, failure);
		if (this.#rounds.soonest() === null) throw failure;
		return true;
	}

	/** Whose window is no larger would fail the same way. */
	#skipNarrow({ candidate }: Runner<C, Prepared<Answer>>, { upstream }: GatewayError): void {
		const { facts } = candidate.target;
		const limit = upstream?.contextLimit ?? (facts.known ? facts.contextWindow : 0);
		for (const other of this.#rounds.runners) {
			const { known, contextWindow } = other.candidate.target.facts;
			if (other.state !== 'in' || !known || contextWindow > limit) continue;
			this.#rounds.pass(other, `its window of ${contextWindow} tokens is no larger than ${limit}`);
		}
	}

	async #rest(ms: number): Promise<void> {
		const { time } = this.ports;
		const startedAt = time.now();
		if (ms > 0) await rest(ms, this.pursuit.signal, time);
		this.pursuit.waited(time.now() - startedAt);
		if (this.pursuit.signal?.aborted) throw aborted();
	}
}
