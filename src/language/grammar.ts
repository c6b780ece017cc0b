/** Checks a sequence of events against the grammar of `event.ts`. Used by every stream test. */
import type { ChatEvent } from './event';

type PartKind = 'text' | 'reasoning' | 'refusal' | 'tool-call';

const KIND: Readonly<Partial<Record<ChatEvent['type'], PartKind>>> = {
	'text-delta': 'text',
	annotation: 'text',
	'reasoning-delta': 'reasoning',
	'reasoning-signature': 'reasoning',
	'refusal-delta': 'refusal',
	'tool-call-start': 'tool-call',
	'tool-call-delta': 'tool-call',
};

/** Feed events one by one; `push` and `end` return the violation in words, or null. */
export class GrammarChecker {
	#started = false;
	#ended: 'finish' | 'error' | null = null;
	#highest = -1;
	readonly #parts = new Map<number, PartKind>();

	push(event: ChatEvent): string | null {
		if (this.#ended) return `'${event.type}' after '${this.#ended}'`;
		if (event.type === 'start') {
			if (this.#started) return `a second 'start'`;
			this.#started = true;
			return null;
		}
		if (event.type === 'finish' || event.type === 'error') {
			if (event.type === 'finish' && !this.#started) return `'finish' before 'start'`;
			this.#ended = event.type;
			return null;
		}
		if (!this.#started) return `'${event.type}' before 'start'`;
		if (event.type === 'usage') return null;
		return this.#part(event.type, event.index);
	}

	/** Call once no more events come. */
	end(): string | null {
		return this.#ended ? null : `the stream ended without 'finish' or 'error'`;
	}

	#part(type: ChatEvent['type'], index: number): string | null {
		const kind = KIND[type];
		if (!kind) return `unknown event '${type}'`;
		if (!Number.isInteger(index) || index < 0) return `'${type}' with index ${index}`;
		const open = this.#parts.get(index);
		if (open === undefined) {
			if (index <= this.#highest) return `part ${index} opened after part ${this.#highest}`;
			if (kind === 'tool-call' && type !== 'tool-call-start') return `'${type}' of part ${index} before its start`;
			this.#parts.set(index, kind);
			this.#highest = index;
			return null;
		}
		if (open !== kind) return `'${type}' for part ${index}, which is ${open}`;
		if (type === 'tool-call-start') return `a second start of part ${index}`;
		return null;
	}
}

/** The first violation in a whole stream, or null. */
export function grammarViolation(events: Iterable<ChatEvent>): string | null {
	const checker = new GrammarChecker();
	for (const event of events) {
		const violation = checker.push(event);
		if (violation) return violation;
	}
	return checker.end();
}
