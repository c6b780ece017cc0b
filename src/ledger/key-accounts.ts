/**
 * The accounts of an organization's keys. All are stored; memory holds those in use, in two generations: what was not
 * asked for while a whole generation came by is let go of, so that short-lived keys in any number cost no memory.
 */
import type { AccountState, KeyArrivals } from './changes';
import { KeyAccount } from './key-account';
import { arrivalsSince } from './limiter';

/** Accounts in one generation; more only where more of them can't be let go of. */
export const GENERATION = 4_096;

export interface ChangedAccounts {
	readonly accounts: readonly (readonly [keyId: string, AccountState])[];
	readonly keyArrivals: readonly KeyArrivals[];
}

/** Whom a request is counted for. */
export interface Concerned {
	readonly keyId: string | null;
	readonly issuerKeyId?: string | null;
}

const NOBODY: readonly KeyAccount[] = [];

export class KeyAccounts {
	#young = new Map<string, KeyAccount>();
	#old = new Map<string, KeyAccount>();
	#most: number;
	#changed: KeyAccount[] = [];

	/** `stored`: what the last commit left of a key's account; null: nothing. */
	constructor(
		private readonly stored: (keyId: string) => AccountState | null,
		private readonly generation: number,
	) {
		this.#most = generation;
	}

	/** In memory. */
	get size(): number {
		return this.#young.size + this.#old.size;
	}

	get dirty(): boolean {
		return this.#changed.length > 0;
	}

	/** Never to be kept: memory may let go of it. */
	of(keyId: string, now: number): KeyAccount {
		return this.#young.get(keyId) ?? this.#recall(keyId, now);
	}

	/** The key's own, and its issuer's where it is a token. Never to be kept, as `of`. */
	concerned({ keyId, issuerKeyId }: Concerned, now: number): readonly KeyAccount[] {
		if (keyId === null) return NOBODY;
		return issuerKeyId ? [this.of(keyId, now), this.of(issuerKeyId, now)] : [this.of(keyId, now)];
	}

	/** It is to be stored with the next commit. */
	touch(account: KeyAccount): void {
		if (account.changed) return;
		account.changed = true;
		this.#changed.push(account);
	}

	/** What changed since the last call. */
	take(now: number): ChangedAccounts {
		const accounts: [string, AccountState][] = [];
		const keyArrivals: KeyArrivals[] = [];
		for (const account of this.#changed) {
			const { keyId } = account;
			accounts.push([keyId, account.state()]);
			for (const { second, offsets } of arrivalsSince(account.requests.minute, account.arrivedAt, now))
				keyArrivals.push({ keyId, second, offsets });
			account.arrivedAt = Number.POSITIVE_INFINITY;
			account.changed = false;
		}
		this.#changed = [];
		return { accounts, keyArrivals };
	}

	#recall(keyId: string, now: number): KeyAccount {
		let account = this.#old.get(keyId);
		if (account === undefined) {
			account = new KeyAccount(keyId);
			const state = this.stored(keyId);
			if (state !== null) account.restore(state);
		} else this.#old.delete(keyId);
		if (this.#young.size >= this.#most) this.#turn(now);
		this.#young.set(keyId, account);
		return account;
	}

	/** The old generation goes, but for those of it that must stay, and the young one is the old one now. */
	#turn(now: number): void {
		const staying = new Map<string, KeyAccount>();
		for (const [keyId, account] of this.#old) if (!account.restful(now)) staying.set(keyId, account);
		this.#old = this.#young;
		this.#young = staying;
		this.#most = Math.max(this.generation, 2 * staying.size);
	}
}
