/** Sums of three neighbouring periods: the current one, the one before it, and the next, since clocks differ. */
import type { NanoUsd } from './contract';

/** Number of the current period, and decimal nano-dollars of the one before, itself and the next. */
export type SumsState = readonly [at: number, before: string, during: string, after: string];

/** What the first release stored: each period that had a sum. */
export type EarlierSums = readonly (readonly [at: number, nanoUsd: string])[];

const isEarlier = (state: SumsState | EarlierSums): state is EarlierSums => typeof state[0] !== 'number';

export class Sums {
	#at = 0;
	#before: NanoUsd = 0n;
	#during: NanoUsd = 0n;
	#after: NanoUsd = 0n;

	/** Of the current period. */
	get during(): NanoUsd {
		return this.#during;
	}

	/** Makes another period the current one; what is then no neighbour is forgotten. */
	move(at: number): void {
		if (at === this.#at) return;
		const before = this.#of(at - 1);
		const during = this.#of(at);
		this.#after = this.#of(at + 1);
		this.#before = before;
		this.#during = during;
		this.#at = at;
	}

	/** What belongs to no neighbour is past caring. */
	add(at: number, nanoUsd: NanoUsd): void {
		if (at === this.#at) this.#during += nanoUsd;
		else if (at === this.#at - 1) this.#before += nanoUsd;
		else if (at === this.#at + 1) this.#after += nanoUsd;
	}

	state(): SumsState {
		return [this.#at, this.#before.toString(), this.#during.toString(), this.#after.toString()];
	}

	restore(state: SumsState | EarlierSums): void {
		if (isEarlier(state)) {
			this.move(Math.max(0, ...state.map(([at]) => at)));
			for (const [at, nanoUsd] of state) this.add(at, BigInt(nanoUsd));
			return;
		}
		const [at, before, during, after] = state;
		this.#at = at;
		this.#before = BigInt(before);
		this.#during = BigInt(during);
		this.#after = BigInt(after);
	}

	#of(at: number): NanoUsd {
		if (at === this.#at) return this.#during;
		if (at === this.#at - 1) return this.#before;
		return at === this.#at + 1 ? this.#after : 0n;
	}
}
