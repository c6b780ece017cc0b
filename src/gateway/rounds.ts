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
	 * `in`: it may be asked. `near`: the request would exceed a rate of its key. `held`: its key was refused or limited.
	 * `shut`: its breaker is open. `out`: not in this request any more.
	 */
	state: 'in' | 'near' | 'held' | 'shut' | 'out';
	/** Its key is not looked at any more: it was fine, or is asked in spite of what is known of it. */
	forced: boolean;
	/** Its breaker need not be looked at before the next try: it has just been. */
	admitted: boolean;
	/** Holds the breaker's probe lease, which is for one try. */
	probe: boolean;
	/** Its place has had its probe in this request, or was refused the lease: only a closed breaker brings it back. */
	spent: boolean;
	/** null: not built yet. */
	prepared: Prepared | null;
	/** It has been planned for anew, after it said that the conversation was still too long. */
	replanned: boolean;
	outcome: RoutingStep['outcome'];
	reason: string | null;
	/** Place in the order of consideration, from 1; 0: it was never considered. */
	order: number;
	/** The round it was considered in last. */
	round: number;
}

interface Placed {
	readonly target: Pick<Target, 'place' | 'name' | 'credential' | 'facts'>;
}

const started = <C, Prepared>(candidate: C, maxTries: number): Runner<C, Prepared> => ({
	candidate,
	tries: 0,
	maxTries,
	notBefore: 0,
	state: 'in',
	forced: false,
	admitted: false,
	probe: false,
	spent: false,
	prepared: null,
	replanned: false,
	outcome: 'unused',
	reason: null,
	order: 0,
	round: 0,
});

const sameKey = (left: Placed['target'], right: Placed['target']): boolean =>
	left.name === right.name && left.credential === right.credential;

const isSame = (left: Place, right: Place): boolean =>
	left.endpoint === right.endpoint && left.modelClass === right.modelClass;

const samePlace = (left: Runner<Placed, unknown>, right: Runner<Placed, unknown>): boolean =>
	isSame(left.candidate.target.place, right.candidate.target.place);

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

	/** Might anybody else be asked now? */
	others(runner: Runner<C, Prepared>, now: number): boolean {
		return this.runners.some((other) => other !== runner && (other.state === 'near' || ready(other, now)));
	}

	/** Is anybody else still to be asked in this round? */
	unasked(runner: Runner<C, Prepared>, now: number): boolean {
		return this.runners.some((other) => other !== runner && other.round < this.#round && ready(other, now));
	}

	/** Who may be asked again first, however late; null: nobody ever. */
	soonest(): Runner<C, Prepared> | null {
		let first: Runner<C, Prepared> | null = null;
		for (const runner of this.runners)
			if (left(runner) && (first === null || runner.notBefore < first.notBefore)) first = runner;
		return first;
	}

	/** May anybody be asked at all, if only at last? */
	anybody(): boolean {
		return this.runners.some(({ state }) => state !== 'out');
	}

	/** Somebody at this place failed: others there come last in this round. */
	avoid(place: Place, whole: boolean): void {
		this.#avoided.push({ place, whole });
	}

	/** Those whose keys were to be left alone so may be asked after all. False: there are none. */
	release(state: 'near' | 'held'): boolean {
		let any = false;
		for (const runner of this.runners) {
			if (runner.state !== state) continue;
			runner.state = 'in';
			runner.forced = true;
			runner.round = 0;
			any = true;
		}
		return any;
	}

	/** One for each place where breakers are open. */
	shut(): Runner<C, Prepared>[] {
		const first: Runner<C, Prepared>[] = [];
		for (const runner of this.runners)
			if (runner.state === 'shut' && !first.some((other) => samePlace(other, runner))) first.push(runner);
		return first;
	}

	/** Its breaker is closed again: it and the others at its place may be asked, with the tries they have left. */
	reopen(runner: Runner<C, Prepared>, now: number): void {
		for (const other of this.#shutWith(runner)) {
			other.state = 'in';
			other.round = 0;
		}
		runner.admitted = runner.notBefore <= now;
	}

	/** It may be asked once, as the probe. */
	probing(probe: Runner<C, Prepared>): void {
		this.spend(probe);
		probe.state = 'in';
		probe.admitted = true;
		probe.probe = true;
		probe.notBefore = 0;
		probe.round = 0;
	}

	/** It failed as the probe, which is one try: the others are left to it where its breaker closes meanwhile. */
	probed(runner: Runner<C, Prepared>, notBefore: number): void {
		runner.state = runner.tries < runner.maxTries ? 'shut' : 'out';
		runner.notBefore = notBefore;
		this.spend(runner);
	}

	/** No lease is asked for at its place in this request any more. */
	spend(runner: Runner<C, Prepared>): void {
		for (const other of this.#shutWith(runner)) other.spent = true;
	}

	/** These in place of all others, but for those that were asked already. */
	replace(candidates: readonly C[]): void {
		for (const runner of this.runners) runner.state = 'out';
		const asked = this.runners.filter(({ tries }) => tries > 0);
		for (const candidate of candidates) {
			const runner = started<C, Prepared>(candidate, this.maxTries);
			this.runners.push(runner);
			if (asked.some((other) => sameKey(other.candidate.target, candidate.target)))
				this.pass(runner, 'this request has asked it already');
		}
	}

	/** This one's window was too small, `stated` tokens as it says: whose is no larger would fail the same way. */
	narrow({ candidate: { target } }: Runner<C, Prepared>, stated: number | undefined): void {
		const limit = stated ?? (target.facts.known ? target.facts.contextWindow : 0);
		for (const runner of this.runners) {
			const { known, contextWindow } = runner.candidate.target.facts;
			if (runner.state !== 'out' && known && contextWindow <= limit)
				this.pass(runner, `its window of ${contextWindow} tokens is no larger than ${limit}`);
		}
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

	/** It and the others at its place. */
	#shutWith(runner: Runner<C, Prepared>): Runner<C, Prepared>[] {
		return this.runners.filter((other) => other.state === 'shut' && samePlace(other, runner));
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
			failed.whole ? failed.place.endpoint === place.endpoint : isSame(failed.place, place),
		);
	}
}

const left = ({ state, tries, maxTries }: Runner<unknown, unknown>): boolean => state === 'in' && tries < maxTries;

const ready = (runner: Runner<unknown, unknown>, now: number): boolean => left(runner) && runner.notBefore <= now;
