/**
 * Whose turn it is: the candidates of one request, asked in rounds until one answers. Holds what has become of each.
 * Pure: no clock, times come with the question.
 */
import type { Place } from '../health/contract';
import type { RoutingStep } from '../language/routing';
import type { Target } from './target';

export interface Runner<C, Prepared> {
	readonly candidate: C;
	/** Upstream calls made to it. */
	tries: number;
	maxTries: number;
	/** ms since epoch: it is not asked before. */
	notBefore: number;
	/**
	 * `in`: it may be asked. `held`: its key is better left alone. `shut`: its breaker is open. `out`: not in this
	 * request any more.
	 */
	state: 'in' | 'held' | 'shut' | 'out';
	/** It has been asked for already in spite of its key, or by a leased probe. */
	forced: boolean;
	/** Holds the breaker's probe lease. */
	probe: boolean;
	/** null: not built yet. */
	prepared: Prepared | null;
	outcome: RoutingStep['outcome'];
	reason: string | null;
	/** Place in the order of consideration, from 1; 0: it was never considered. */
	order: number;
	/** The round it was considered in last. */
	round: number;
}

interface Placed {
	readonly target: Pick<Target, 'place'>;
}

const started = <C, Prepared>(candidate: C, maxTries: number): Runner<C, Prepared> => ({
	candidate,
	tries: 0,
	maxTries,
	notBefore: 0,
	state: 'in',
	forced: false,
	probe: false,
	prepared: null,
	outcome: 'unused',
	reason: null,
	order: 0,
	round: 0,
});

const samePlace = (left: Place, right: Place): boolean =>
	left.endpoint === right.endpoint && left.modelClass === right.modelClass;

export class Rounds<C extends Placed, Prepared> {
	readonly runners: Runner<C, Prepared>[];
	#round = 1;
	#considered = 0;
	/** Places that failed in this round, whose others come last in it; `whole`: every model there. */
	#avoided: { readonly place: Place; readonly whole: boolean }[] = [];

	constructor(
		candidates: readonly C[],
		private readonly maxTries: number,
	) {
		this.runners = candidates.map((candidate) => started(candidate, maxTries));
	}

	/** Who is to be asked now; null: nobody may be. It counts as considered in this round. */
	next(now: number): Runner<C, Prepared> | null {
		const runner = this.#inRound(now) ?? this.#inNewRound(now);
		if (runner === null) return null;
		runner.round = this.#round;
		if (runner.order === 0) {
			this.#considered += 1;
			runner.order = this.#considered;
		}
		return runner;
	}

	/** Might anybody else be asked now? `unasked`: in this round. */
	others(runner: Runner<C, Prepared>, now: number, unasked = false): boolean {
		return this.runners.some(
			(other) => other !== runner && ready(other, now) && (!unasked || other.round < this.#round),
		);
	}

	/** Who may be asked again first, however late; null: nobody ever. */
	soonest(): Runner<C, Prepared> | null {
		let first: Runner<C, Prepared> | null = null;
		for (const runner of this.runners)
			if (left(runner) && (first === null || runner.notBefore < first.notBefore)) first = runner;
		return first;
	}

	/** Somebody at this place failed: others there come last in this round. */
	avoid(place: Place, whole: boolean): void {
		this.#avoided.push({ place, whole });
	}

	/** Those whose keys were to be left alone may be asked after all. False: there are none. */
	release(): boolean {
		let any = false;
		for (const runner of this.runners) {
			if (runner.state !== 'held') continue;
			runner.state = 'in';
			runner.forced = true;
			runner.round = 0;
			any = true;
		}
		return any;
	}

	/** The next whose breaker is open. */
	shut(): Runner<C, Prepared> | null {
		return this.runners.find(({ state }) => state === 'shut') ?? null;
	}

	/** It may be asked once, as the probe; the others at its place share its breaker and are out. */
	probing(probe: Runner<C, Prepared>): void {
		this.leave(probe.candidate.target.place);
		probe.state = 'in';
		probe.forced = true;
		probe.probe = true;
		probe.maxTries = probe.tries + 1;
		probe.round = 0;
	}

	/** Nobody whose breaker is open at this place is asked in this request. */
	leave(place: Place): void {
		for (const runner of this.runners)
			if (runner.state === 'shut' && samePlace(runner.candidate.target.place, place)) runner.state = 'out';
	}

	/** These in place of all others. */
	replace(candidates: readonly C[]): void {
		for (const runner of this.runners) runner.state = 'out';
		for (const candidate of candidates) this.runners.push(started(candidate, this.maxTries));
	}

	/** Not to be considered any more, with the reason. */
	pass(runner: Runner<C, Prepared>, reason: string): void {
		runner.state = 'out';
		this.skip(runner, reason);
	}

	/** Skipped for now; what was tried already has failed and stays so. */
	skip(runner: Runner<C, Prepared>, reason: string): void {
		if (runner.order === 0) {
			this.#considered += 1;
			runner.order = this.#considered;
		}
		if (runner.tries > 0) return;
		runner.outcome = 'skipped';
		runner.reason = reason;
	}

	#inRound(now: number): Runner<C, Prepared> | null {
		let last: Runner<C, Prepared> | null = null;
		for (const runner of this.runners) {
			if (runner.round >= this.#round || !ready(runner, now)) continue;
			if (!this.#isAvoided(runner)) return runner;
			last ??= runner;
		}
		return last;
	}

	#inNewRound(now: number): Runner<C, Prepared> | null {
		this.#round += 1;
		this.#avoided = [];
		return this.#inRound(now);
	}

	#isAvoided({ candidate }: Runner<C, Prepared>): boolean {
		if (this.#avoided.length === 0) return false;
		const { place } = candidate.target;
		return this.#avoided.some((failed) =>
			failed.whole ? failed.place.endpoint === place.endpoint : samePlace(failed.place, place),
		);
	}
}

const left = ({ state, tries, maxTries }: Runner<unknown, unknown>): boolean => state === 'in' && tries < maxTries;

const ready = (runner: Runner<unknown, unknown>, now: number): boolean => left(runner) && runner.notBefore <= now;
