/** Names and ids as this wire takes them: `^[a-zA-Z0-9_-]{1,128}$`, one to one with the caller's. */

const TAKEN_AS_IS = /^[a-zA-Z0-9_-]{1,128}$/;
const MAX_LENGTH = 128;

export class SafeNames {
	readonly #sent = new Map<string, string>();
	readonly #taken = new Set<string>();
	/** Of each spelling, the last number that told two names apart: the search goes on from there. */
	readonly #counts = new Map<string, number>();

	/** `known` names that are valid already keep their spelling, whatever is renamed before them. */
	constructor(known: Iterable<string> = []) {
		for (const name of known) if (TAKEN_AS_IS.test(name)) this.#keep(name, name);
	}

	/** The spelling to send; the same for the same name each time. */
	of(name: string): string {
		return this.#sent.get(name) ?? this.#keep(name, this.#free(name));
	}

	/** A spelling that stands for no name of the caller's. */
	unused(name: string): string {
		const sent = this.#free(name);
		this.#taken.add(sent);
		return sent;
	}

	/** Sent name → caller's name, of those that differ; undefined where none does. */
	renamed(): Record<string, string> | undefined {
		const changed = [...this.#sent].filter(([name, sent]) => name !== sent);
		return changed.length > 0 ? Object.fromEntries(changed.map(([name, sent]) => [sent, name])) : undefined;
	}

	#keep(name: string, sent: string): string {
		this.#sent.set(name, sent);
		this.#taken.add(sent);
		return sent;
	}

	#free(name: string): string {
		const safe = name.replaceAll(/[^a-zA-Z0-9_-]/g, '_').slice(0, MAX_LENGTH) || '_';
		let sent = safe;
		let count = this.#counts.get(safe) ?? 1;
		while (this.#taken.has(sent)) {
			count += 1;
			const suffix = `_${count}`;
			sent = safe.slice(0, MAX_LENGTH - suffix.length) + suffix;
		}
		if (count > 1) this.#counts.set(safe, count);
		return sent;
	}
}
