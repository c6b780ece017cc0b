/** Chains of their own, which after one kind of failure stand in the place of all others, and what comes after them. */
import type { GatewayError } from '../errors';
import type { FailureRule } from './failures';
import type { Prepared, Pursued, Pursuit } from './pursuit';
import type { Rounds, Runner } from './rounds';

type Chain = 'contextChain' | 'filterChain';

const CHAINS: Readonly<Partial<Record<FailureRule['elsewhere'], Chain>>> = {
	'context chain': 'contextChain',
	'filter chain': 'filterChain',
};

export class Chains<C extends Pursued, Answer> {
	readonly #used: Chain[] = [];

	constructor(
		private readonly pursuit: Pick<Pursuit<C, Answer>, Chain | 'replan'>,
		private readonly rounds: Rounds<C, Prepared<Answer>>,
	) {}

	/** Does a failure with this rule have one? */
	has({ elsewhere }: FailureRule): boolean {
		return CHAINS[elsewhere] !== undefined;
	}

	/** Nobody is asked any more but whoever is left in the chain of this failure. False: nobody is. */
	lead(runner: Runner<C, Prepared<Answer>>, { elsewhere }: FailureRule, failure: GatewayError): boolean {
		const chain = CHAINS[elsewhere];
		runner.state = 'out';
		if (chain === undefined || !this.#enter(chain)) return false;
		if (chain === 'contextChain') this.rounds.narrow(runner, failure.upstream?.contextLimit);
		return this.rounds.anybody();
	}

	/** The same for a conversation that can't be made to fit anybody else, found out without asking. */
	atLast(): boolean {
		return !this.#used.includes('contextChain') && this.#enter('contextChain') && this.rounds.anybody();
	}

	/**
	 * Where nobody is left: this one once more, with less of the conversation. That is another request, and comes on top
	 * of its tries. False: no more can be taken away.
	 */
	async replan(runner: Runner<C, Prepared<Answer>>, { again }: FailureRule, failure: GatewayError): Promise<boolean> {
		if (again !== 'replan' || runner.replanned) return false;
		runner.replanned = true;
		const prepared = await this.pursuit.replan(runner.candidate, failure);
		if (prepared === null) return false;
		runner.prepared = prepared;
		runner.maxTries += 1;
		runner.state = 'in';
		return true;
	}

	/** False: it is empty. */
	#enter(chain: Chain): boolean {
		const candidates = this.pursuit[chain];
		if (candidates.length === 0) return false;
		if (!this.#used.includes(chain)) {
			this.#used.push(chain);
			this.rounds.replace(candidates);
		}
		return true;
	}
}
