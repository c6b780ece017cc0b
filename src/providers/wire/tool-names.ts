import type { Tool } from '../../language/request';

const ANY = /[^A-Za-z0-9_-]/g;
const WORDS = /\W|^(?=\d)/g;
const BEGINNING = /[^A-Za-z0-9_-]|^(?=[\d-])/g;

/** Tool names as a provider takes them, and the way back for `DecodePlan.toolNames`. */
export class ToolNames {
	readonly #sent = new Map<string, string>();
	readonly #original = new Map<string, string>();
	/** Of each spelling, the last number that told two names apart: the search goes on from there. */
	readonly #counts = new Map<string, number>();
	readonly #max: number;
	readonly #forbidden: RegExp;

	/**
	 * Allowed are letters, digits, `_` and `-`, up to `max` characters; other names are changed, each to another.
	 * `words`: `true` allows no `-` and no digit at the beginning, `'start'` neither of them at the beginning.
	 */
	constructor(tools: readonly Tool[], max: number, words: boolean | 'start' = false) {
		this.#max = max;
		this.#forbidden = words === 'start' ? BEGINNING : words ? WORDS : ANY;
		for (const { name } of tools) this.sent(name);
	}

	sent(name: string): string {
		const known = this.#sent.get(name);
		if (known !== undefined) return known;
		const plain = name.replace(this.#forbidden, '_');
		const base = plain.slice(0, this.#max) || '_';
		let sent = base;
		let count = this.#counts.get(base) ?? 1;
		while (this.#original.has(sent)) {
			count += 1;
			sent = `${base.slice(0, this.#max - 1 - String(count).length)}_${count}`;
		}
		if (count > 1) this.#counts.set(base, count);
		this.#sent.set(name, sent);
		this.#original.set(sent, name);
		return sent;
	}

	/** Sent name → caller's name, of those that were changed; undefined where none was. */
	get changed(): Readonly<Record<string, string>> | undefined {
		const changed = [...this.#original].filter(([sent, name]) => sent !== name);
		return changed.length > 0 ? Object.fromEntries(changed) : undefined;
	}
}

/** The caller's name of a tool the model called. */
export function originalName(sent: string, changed: Readonly<Record<string, string>> | undefined): string {
	return changed && Object.hasOwn(changed, sent) ? (changed[sent] ?? sent) : sent;
}
