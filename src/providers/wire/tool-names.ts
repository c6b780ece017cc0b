import type { Tool } from '../../language/request';

const ANY = /[^A-Za-z0-9_-]/g;
const WORDS = /\W|^(?=\d)/g;
const BEGINNING = /[^A-Za-z0-9_-]|^(?=[\d-])/g;

/** Tool names as a provider takes them, and the way back for `DecodePlan.toolNames`. */
export class ToolNames {
	readonly #sent = new Map<string, string>();
	readonly #original = new Map<string, string>();
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
		for (let n = 2; this.#original.has(sent); n++) sent = `${base.slice(0, this.#max - 1 - String(n).length)}_${n}`;
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
