/**
 * The configuration version an organization is at, and the protocol of a change (`docs/storage.md`): `prepare`, the
 * D1 batch, `settle`. Where `settle` never comes the version is due to be read from D1.
 */

/** How long a change may stay between `prepare` and `settle` before D1 is asked (ms). */
export const SETTLE_MS = 2_000;

export interface ConfigVersionState {
	readonly known: number | null;
	readonly pending: number;
	readonly deadline: number;
}

/** `read`: nothing can be said before the version is read from D1. */
export type Verdict = 'current' | 'stale' | 'unsettled' | 'read';

export class ConfigVersion {
	#known: number | null = null;
	/** Changes between `prepare` and `settle`. */
	#pending = 0;
	#deadline = 0;
	/** A reader of D1 saw another version than the one known here. */
	#doubted = false;
	#epoch = 0;

	/** Moves with each `prepare`, `settle` and new version: a read of D1 counts only if it did not move meanwhile. */
	get epoch(): number {
		return this.#epoch;
	}

	/** The version, where it is certain. */
	get certain(): number | null {
		return this.#pending > 0 ? null : this.#known;
	}

	get known(): number | null {
		return this.#known;
	}

	/** When D1 is to be asked if no `settle` comes (ms since epoch); null: nothing is pending. */
	get deadline(): number | null {
		return this.#pending > 0 ? this.#deadline : null;
	}

	judge(version: number, fresh: boolean): Verdict {
		if (this.#known === null) return 'read';
		if (fresh) {
			if (version !== this.#known && this.#pending === 0) this.#doubted = true;
			return 'current';
		}
		if (this.#pending > 0) return 'unsettled';
		if (version === this.#known) return 'current';
		return version < this.#known ? 'stale' : 'read';
	}

	/** D1 should be read, without holding up anyone. */
	due(now: number): boolean {
		return this.#doubted || (this.#pending > 0 && now >= this.#deadline);
	}

	prepare(now: number): void {
		this.#epoch += 1;
		this.#pending += 1;
		this.#deadline = now + SETTLE_MS;
	}

	/** Versions only rise, so that of two settles in the wrong order the higher stands. */
	settle(version: number): void {
		this.#epoch += 1;
		this.#pending = Math.max(0, this.#pending - 1);
		this.#known = Math.max(this.#known ?? version, version);
		this.#doubted = false;
	}

	/** What D1 said, asked at `asked`, when `epoch` was as given. Lower than known is believed: a restored backup. */
	read(version: number, epoch: number, asked: number): void {
		if (epoch !== this.#epoch) {
			this.#known ??= version;
			return;
		}
		if (version !== this.#known) this.#epoch += 1;
		this.#known = version;
		this.#doubted = false;
		if (asked >= this.#deadline) this.#pending = 0;
	}

	state(): ConfigVersionState {
		return { known: this.#known, pending: this.#pending, deadline: this.#deadline };
	}

	restore(state: ConfigVersionState): void {
		this.#known = state.known;
		this.#pending = state.pending;
		this.#deadline = state.deadline;
	}
}
