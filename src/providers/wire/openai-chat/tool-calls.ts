import type { ChatEvent } from '../../../language/event';
import { exactText } from '../../../language/exact-json';
import { isObject, type Json, numberOf, objectOf, textOf } from '../json';
import { originalName } from '../tool-names';

interface Call {
	id: string;
	name: string;
	/** Arguments not yet sent on. */
	pending: string;
	/** Index of its part; null until its start was sent. */
	part: number | null;
}

/**
 * Puts tool calls together from fragments keyed by `index`. Servers leave out the index, or give every
 * call 0 and tell them apart by id; ids come late or never, and are then made from the answer's id.
 */
export class ToolCalls {
	readonly #calls: Call[] = [];
	readonly #byIndex = new Map<number, Call>();
	readonly #names: Readonly<Record<string, string>> | undefined;
	readonly #nextPart: () => number;
	readonly #madeId: (count: number) => string;

	/** `names` as in `DecodePlan.toolNames`; `madeId` names the call of that number, counted from 0. */
	constructor(
		names: Readonly<Record<string, string>> | undefined,
		nextPart: () => number,
		madeId: (count: number) => string,
	) {
		this.#names = names;
		this.#nextPart = nextPart;
		this.#madeId = madeId;
	}

	/** Some call has been sent on, or will be at `close`. */
	get any(): boolean {
		return this.#calls.some((call) => call.name !== '');
	}

	push(fragment: Json, events: ChatEvent[]): void {
		const spoken = objectOf(fragment.function) ?? {};
		const id = idText(fragment.id);
		const name = textOf(spoken.name) ?? '';
		const call = this.#callOf(numberOf(fragment.index), id, name);
		if (call.part === null) {
			call.id ||= id;
			call.name ||= name;
		}
		call.pending += argumentText(spoken.arguments);
		if (call.part === null && call.name && (call.id || call.pending)) this.#start(call, events);
		if (call.part !== null) flush(call, call.part, events);
	}

	/** Sends on what waited for an id that never came. */
	close(events: ChatEvent[]): void {
		for (const call of this.#calls) if (call.part === null && call.name) this.#start(call, events);
	}

	#start(call: Call, events: ChatEvent[]): void {
		const part = this.#nextPart();
		call.part = part;
		const id = isCount(call.id) ? this.#madeId(this.#calls.indexOf(call)) : call.id;
		events.push({ type: 'tool-call-start', index: part, id, name: originalName(call.name, this.#names) });
	}

	#callOf(index: number | undefined, id: string, name: string): Call {
		const known = this.#known(index, id);
		if (known && !beginsAnother(known, index, id, name)) return known;
		const call: Call = { id: '', name: '', pending: '', part: null };
		this.#calls.push(call);
		if (index !== undefined) this.#byIndex.set(index, call);
		return call;
	}

	#known(index: number | undefined, id: string): Call | undefined {
		if (index !== undefined) return this.#byIndex.get(index);
		return id ? this.#calls.find((call) => call.id === id) : this.#calls.at(-1);
	}
}

function beginsAnother(call: Call, index: number | undefined, id: string, name: string): boolean {
	if (name === '') return false;
	return id ? call.id !== '' && call.id !== id : index === undefined && call.name !== '';
}

function flush(call: Call, part: number, events: ChatEvent[]): void {
	if (call.pending === '') return;
	events.push({ type: 'tool-call-delta', index: part, arguments: call.pending });
	call.pending = '';
}

/** None at all, or one that another answer would have too: ids must differ within a conversation. */
const isCount = (id: string): boolean => /^\d{0,3}$/.test(id);

/** A text by the book; TGI counts. */
const idText = (id: unknown): string => textOf(id) ?? numberOf(id)?.toString() ?? '';

/** JSON text by the book; an object from servers that parse it for you. */
function argumentText(value: unknown): string {
	if (typeof value === 'string') return value;
	return isObject(value) ? exactText(value) : '';
}
