import type { ChatEvent } from '../../../language/event';
import { arrayOf, isObject, type Json, textOf } from '../json';
import { DIVIDER, sealed } from './reasoning-seal';

type Source = 'summary' | 'content';

/** Reasoning as one part: the parts of its summary, or of an open model's own words, divided by a blank line. */
export class ReasoningItem {
	readonly kind = 'reasoning';
	readonly #nextPart: () => number;
	#part: number | null = null;
	/** UTF-16 units of text so far. */
	#length = 0;
	/** Of each part of the summary. */
	readonly #summary: number[] = [];
	/** The piece that is arriving. */
	#piece: { readonly source: Source; readonly at: number; length: number } | null = null;
	#sealed = false;

	constructor(nextPart: () => number) {
		this.#nextPart = nextPart;
	}

	text(source: Source, at: number, text: string, events: ChatEvent[]): void {
		if (text === '') return;
		const goesOn = this.#piece?.source === source && this.#piece.at === at;
		const divider = goesOn || this.#length === 0 ? '' : DIVIDER;
		if (!goesOn || !this.#piece) {
			this.#piece = { source, at, length: 0 };
			if (source === 'summary') this.#summary.push(0);
		}
		this.#piece.length += text.length;
		if (source === 'summary') this.#summary[this.#summary.length - 1] = this.#piece.length;
		this.#length += divider.length + text.length;
		events.push({ type: 'reasoning-delta', index: this.#open(), text: divider + text });
	}

	/** What the deltas of one piece left out. */
	rest(source: Source, at: number, whole: string, events: ChatEvent[]): void {
		const known = this.#piece?.source === source && this.#piece.at === at ? this.#piece.length : 0;
		if (known > 0 || this.#length === 0) this.text(source, at, whole.slice(known), events);
	}

	/** Its encrypted content is final only now. */
	done(item: Json, events: ChatEvent[]): void {
		if (this.#sealed) return;
		this.#sealed = true;
		if (this.#length === 0)
			for (const source of ['summary', 'content'] as const)
				for (const [at, piece] of arrayOf(item[source]).filter(isObject).entries())
					this.text(source, at, textOf(piece.text) ?? '', events);
		const signature = sealed(item, this.#summary, this.#length);
		if (signature === undefined) return;
		const redacted = this.#length === 0;
		events.push({
			type: 'reasoning-signature',
			index: this.#open(),
			signature,
			...(redacted && { redacted }),
		});
	}

	#open(): number {
		this.#part ??= this.#nextPart();
		return this.#part;
	}
}
