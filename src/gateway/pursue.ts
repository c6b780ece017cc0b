/** Candidate after candidate, round after round, until one answers. The only loop of the path. */
import { GatewayError, toGatewayError } from '../errors';
import type { RoutingDecision } from '../language/routing';
import { affinityOf } from './candidate';
import { Chains } from './chains';
import { decisionOf, isPlain } from './decision';
import { ruleOf } from './failure-rule';
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
		chase.giveBack();
		pursuit.ledger.decided(chase.decision());
		throw error;
	}
}

class Chase<C extends Pursued, Answer> {
	readonly #rounds: Rounds<C, Prepared<Answer>>;
	#last: GatewayError | null = null;
	/** What asks to come back after the time left, and when that is. */
	#postponed: { readonly failure: GatewayError; readonly until: number } | null = null;
	#calls = 0;
	/** ms since epoch: the commit deadline. */
	#commitBy: number;
	readonly #chains: Chains<C, Answer>;
	/** Somebody was passed over because the conversation can't be made to fit. */
	#tooLong = false;

	constructor(
		private readonly pursuit: Pursuit<C, Answer>,
		private readonly ports: Ports,
	) {
		this.#rounds = new Rounds(pursuit.candidates, pursuit.maxAttempts);
		this.#chains = new Chains(pursuit, this.#rounds);
		this.#commitBy = pursuit.commitBy;
	}

	decision(): RoutingDecision {
		return decisionOf(this.pursuit.route, this.#rounds.runners);
	}

	async run(): Promise<Won<C, Answer>> {
		do {
			const runner = this.#rounds.next(this.ports.time.now());
			const won = runner && (await this.#visit(runner));
			if (won) return won;
			if (runner === null && !(await this.#later()) && !(this.#tooLong && this.#chains.atLast())) break;
		} while (!this.#isOver());
		throw this.#postponed?.failure ?? this.#last ?? noTarget();
	}

	/** Leases that no call was made with: others wait for them. */
	giveBack(): void {
		for (const runner of this.#rounds.runners) this.#unused(runner);
	}

	/**
	 * Nobody may be asked now: ask those that a rate alone kept back, wait for whoever may be soonest, ask those whose
	 * keys have failed, then those whose breakers are open.
	 */
	async #later(): Promise<boolean> {
		if (this.#rounds.release('near')) return true;
		const soonest = this.#rounds.soonest();
		if (soonest && soonest.notBefore < this.#commitBy) {
			await this.#rest(soonest.notBefore - this.ports.time.now());
			return true;
		}
		return this.#rounds.release('held') || this.#probes();
	}

	/** Breakers were open: the first that is closed by now is asked, else the first whose lease is given, once. */
	async #probes(): Promise<boolean> {
		const { health } = this.ports;
		for (const runner of this.#rounds.shut()) {
			if (this.#isLate()) return false;
			const { place } = runner.candidate.target;
			const verdict = health.admits(place);
			if (verdict === 'closed') {
				this.#rounds.reopen(runner, this.ports.time.now());
				return true;
			}
			if (verdict === 'probe' || (!runner.spent && (await health.lease(place)))) {
				this.#rounds.probing(runner);
				return !this.#isLate();
			}
			this.#rounds.spend(runner);
		}
		return false;
	}

	#isOver(): boolean {
		if (this.#calls === 0) return false;
		return this.#calls >= MOST_CALLS || this.#isLate();
	}

	/** After the commit deadline nobody is asked. Throws `aborted` where the caller has left. */
	#isLate(): boolean {
		if (this.pursuit.signal?.aborted) throw aborted();
		return this.ports.time.now() >= this.#commitBy;
	}

	/** Asks one candidate, again after a backoff; null: on to the next. */
	async #visit(runner: Runner<C, Prepared<Answer>>): Promise<Won<C, Answer> | null> {
		const { pursuit } = this;
		if (this.#yields(runner) || !this.#admits(runner)) return null;
		const ready = this.#prepares(runner);
		if (!(ready instanceof Promise ? await ready : ready)) return null;
		const { holdNanoUsd } = runner.candidate;
		do {
			const { prepared } = runner;
			const covered = pursuit.ledger.covers(holdNanoUsd) || (await this.#affords(runner));
			if (prepared === null || !covered) return null;
			// An attempt is an upstream call: none is begun for a caller who has left.
			if (pursuit.signal?.aborted) throw aborted();
			runner.tries += 1;
			this.#calls += 1;
			const meter = pursuit.ledger.begin(prepared.meter);
			let answer: Answer;
			try {
				answer = await prepared.call(meter, this.#commitBy, this.#rounds.others(runner, meter.startedAt));
			} catch (error) {
				const failure = withoutKey(toGatewayError(error), runner.candidate.target.credential.apiKey);
				if (await this.#again(runner, meter, failure)) continue;
				return null;
			}
			return this.#won(runner, answer, meter, prepared);
		} while (!this.#isOver() && this.#admits(runner));
		return null;
	}

	/** Asked before each try: what others have met meanwhile counts. */
	#admits(runner: Runner<C, Prepared<Answer>>): boolean {
		if (runner.admitted) {
			runner.admitted = false;
			return true;
		}
		const { gate, reason } = gateOf(runner.candidate.target, runner.forced, this.pursuit.tokens, this.ports);
		switch (gate) {
			case 'closed':
				runner.forced = true;
				return true;
			case 'probe':
				runner.probe = true;
				return true;
			case 'near':
			case 'held':
			case 'shut':
				runner.state = gate;
				this.#rounds.skip(runner, reason);
				return false;
		}
	}

	/** False: it can't carry the request. A promise only where its preparation is one. */
	#prepares(runner: Runner<C, Prepared<Answer>>): boolean | Promise<boolean> {
		if (runner.prepared !== null) return true;
		const ready = (prepared: Prepared<Answer>): boolean => {
			runner.prepared = prepared;
			return true;
		};
		try {
			const prepared = this.pursuit.prepare(runner.candidate);
			if (!(prepared instanceof Promise)) return ready(prepared);
			return prepared.then(ready, (error: unknown) => this.#unable(runner, error));
		} catch (error) {
			return this.#unable(runner, error);
		}
	}

	#unable(runner: Runner<C, Prepared<Answer>>, thrown: unknown): false {
		const failure = toGatewayError(thrown);
		// Of one that was asked and failed there is more to say.
		this.#last ??= failure;
		this.#tooLong ||= failure.code === 'context_too_long';
		this.#rounds.pass(runner, failure.message);
		this.#unused(runner);
		return false;
	}

	/** Extends the hold for one more try. False: a budget forbids it, or the time is over meanwhile. */
	async #affords(runner: Runner<C, Prepared<Answer>>): Promise<boolean> {
		if (await this.pursuit.ledger.affords(runner.candidate.holdNanoUsd)) return !this.#isOver();
		this.#rounds.pass(runner, 'its cost does not fit the budget');
		this.#last ??= new GatewayError('budget_exceeded', 'What is left of the budget does not cover this request.');
		this.#unused(runner);
		return false;
	}

	/** A lease that was given for nothing is given back. */
	#unused(runner: Runner<C, Prepared<Answer>>): void {
		if (!runner.probe) return;
		runner.probe = false;
		endProbe('neutral', runner.candidate.target, this.pursuit.organizationId, this.ports);
	}

	/** In a later round it is a retry: where the budget has no room for it, others go first. A probe waits for nobody. */
	#yields(runner: Runner<C, Prepared<Answer>>): boolean {
		if (runner.tries === 0 || runner.probe) return false;
		const { endpoint } = runner.candidate.target.place;
		if (this.ports.health.mayRetry(endpoint, this.pursuit.organizationId)) return false;
		if (!this.#rounds.unasked(runner, this.ports.time.now())) return false;
		runner.admitted = false;
		return true;
	}

	#won(
		runner: Runner<C, Prepared<Answer>>,
		answer: Answer,
		meter: Meter,
		{ warnings, context }: Prepared<Answer>,
	): Won<C, Answer> {
		const { candidate, probe } = runner;
		const { conversation } = this.pursuit.route;
		runner.outcome = 'answered';
		runner.reason = null;
		if (conversation !== null) this.ports.affinity.remember(conversation, affinityOf(candidate.target));
		return { answer, candidate, meter, warnings, context, probe, routing: this.decision() };
	}

	/** Books the failure and does what its rule says. True: the same candidate again, now. Throws where it is the end. */
	async #again(runner: Runner<C, Prepared<Answer>>, meter: Meter, failure: GatewayError): Promise<boolean> {
		const { pursuit, ports } = this;
		const { candidate, probe } = runner;
		const rule = ruleOf(failure);
		this.#last = failure;
		runner.outcome = 'failed';
		runner.reason = rule.name;
		runner.probe = false;
		pursuit.ledger.owe(meter.end(failure, null));
		report(failure, { target: candidate.target, meter, probe }, pursuit, ports);
		const now = ports.time.now();
		// Content had come in time, though none of it has left: what it went on for is nobody's loss.
		if (meter.firstTokenAt !== null)
			this.#commitBy = Math.min(pursuit.totalBy, this.#commitBy + now - meter.firstTokenAt);
		const next = nextStep(failure, {
			tries: runner.tries,
			maxTries: probe ? runner.tries : runner.maxTries,
			others: this.#rounds.others(runner, now),
			timeLeftMs: this.#commitBy - now,
			random: ports.random,
			mayRetry: () => ports.health.mayRetry(candidate.target.place.endpoint, pursuit.organizationId),
		});
		if (next.step === 'stop') throw failure;
		if (this.#chains.has(rule)) {
			const led = this.#chains.lead(runner, rule, failure);
			if (led) this.#postponed = null;
			else if (this.#isOver() || !(await this.#chains.replan(runner, rule, failure))) throw failure;
			return !led;
		}
		if (next.step === 'again') {
			await this.#rest(next.delayMs);
			return true;
		}
		if (rule.elsewhere === 'target') this.#rounds.avoid(candidate.target.place, rule.breaker === 'endpoint');
		if (next.step === 'later') this.#postpone(runner, failure, now + next.delayMs);
		else if (probe && rule.again !== 'never') this.#rounds.probed(runner, now + (failure.retryAfterMs ?? 0));
		else runner.state = 'out';
		return false;
	}

	#postpone(runner: Runner<C, Prepared<Answer>>, failure: GatewayError, until: number): void {
		runner.notBefore = until;
		if (until < this.#commitBy || failure.retryAfterMs === undefined) return;
		if (this.#postponed === null || until < this.#postponed.until) this.#postponed = { failure, until };
	}

	async #rest(ms: number): Promise<void> {
		const { time } = this.ports;
		const startedAt = time.now();
		if (ms > 0) await rest(ms, this.pursuit.signal, time);
		this.pursuit.waited(time.now() - startedAt);
		if (this.pursuit.signal?.aborted) throw aborted();
	}
}
