/** A conversation while the rules take from it: what is left, what it counts, what was done. */
import type { Message } from '../language/message';
import type { Counter } from './counter';

export class Draft {
	readonly original: readonly Message[];
	/** As it stands; null: dropped. */
	readonly messages: (Message | null)[];
	/** What each counted as it came, and as it stands (tokens). */
	readonly before: Float64Array;
	readonly after: Float64Array;
	/** Of images left out, by the index of their message (tokens). */
	readonly images = new Map<number, number>();
	/** Tool results whose middle was left out, by their index: what they counted before and after (tokens). */
	readonly shortened = new Map<number, { readonly before: number; readonly after: number }>();
	/** Tokens above the limit; at or below 0 it fits. */
	excess: number;

	constructor(messages: readonly Message[], counter: Counter, limit: number) {
		this.original = messages;
		this.messages = [...messages];
		this.before = Float64Array.from(messages, (message) => counter.message(message));
		this.after = Float64Array.from(this.before);
		this.excess = this.before.reduce((sum, tokens) => sum + tokens, counter.fixed - limit);
	}

	drop(at: number): void {
		if (!this.messages[at]) return;
		this.messages[at] = null;
		this.excess -= this.after[at] ?? 0;
		this.after[at] = 0;
	}

	/** `tokens`: what the new one counts. */
	replace(at: number, message: Message, tokens: number): void {
		this.messages[at] = message;
		this.excess += tokens - (this.after[at] ?? 0);
		this.after[at] = tokens;
	}

	/** What is left, as it came, with what each counts as it stands (tokens). */
	staying(): (readonly [Message, number])[] {
		return this.original.flatMap((message, at) => (this.messages[at] ? [[message, this.after[at] ?? 0] as const] : []));
	}

	kept(): Message[] {
		return this.messages.filter((message) => message !== null);
	}
}
