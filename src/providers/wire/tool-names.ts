import type { Tool } from '../../language/request';

/** Tool names as a provider takes them, and the way back for `DecodePlan.toolNames`. */
export class ToolNames {
	readonly #sent = new Map<string, string>();
	readonly #original = new Map<string, string>();
	readonly #max: number;

	/** Allowed are letters, digits, `_` and `-`, up to `max` characters; other names are changed, each to another. */
	constructor(tools: readonly Tool[], max: number) {
		this.#max = max;
		for (const { name } of tools) this.sent(name);
	}

	sent(name: string): string {
		const known = this.#sent.get(name);
		if (known !== undefined) return known;
		const base = name.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, this.#max) || '_';
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
