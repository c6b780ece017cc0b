import type { ChatEvent } from '../../../language/event';
import { type Json, textOf } from '../json';
import { originalName } from '../tool-names';
import { isWrapper, unwrapped } from './parallel-wrapper';

export interface CallContext {
	readonly nextPart: () => number;
	/** See `DecodePlan`. */
	readonly toolNames: Readonly<Record<string, string>> | undefined;
	readonly parallelWrapper: boolean;
	/** In place of an id the server did not give; differs from answer to answer. */
	readonly madeId: () => string;
}

/** A function call, or a call of a custom tool, whose free text becomes the argument `input`. */
export class CallItem {
	readonly kind = 'call';
	readonly #context: CallContext;
	readonly #custom: boolean;
	#id = '';
	#name = '';
	/** Null until its start was sent. */
	#part: number | null = null;
	/** UTF-16 units of the arguments so far, and what of them is not yet sent on. */
	#length = 0;
	#pending = '';
	#closed = false;

	constructor(context: CallContext, custom: boolean) {
		this.#context = context;
		this.#custom = custom;
	}

	/** `item`: as it was added, mostly without its arguments. */
	start(item: Json, events: ChatEvent[]): void {
		this.#identify(item);
		this.arguments(textOf(this.#custom ? item.input : item.arguments) ?? '', events);
	}

	arguments(delta: string, events: ChatEvent[]): void {
		if (this.#closed) return;
		this.#length += delta.length;
		this.#pending += delta;
		if (!this.#isHeld) this.#flush(events);
	}

	/** What the deltas left out. */
	rest(whole: string, events: ChatEvent[]): void {
		this.arguments(whole.slice(this.#length), events);
	}

	done(item: Json, events: ChatEvent[]): void {
		this.#identify(item);
		this.rest(textOf(this.#custom ? item.input : item.arguments) ?? '', events);
		this.close(events);
	}

	/** Nothing more comes for it: what was held is sent on. True where it is a call at all. */
	close(events: ChatEvent[]): boolean {
		if (this.#name === '') return false;
		if (this.#closed) return true;
		this.#closed = true;
		const calls = this.#isHeld ? unwrapped(this.#pending) : null;
		if (calls) {
			calls.forEach((call, at) => {
				const part = this.#open(`${this.#id}_${at}`, call.name, events);
				events.push({ type: 'tool-call-delta', index: part, arguments: call.arguments });
			});
			return true;
		}
		this.#flush(events);
		return true;
	}

	get #isHeld(): boolean {
		return this.#name === '' || (this.#context.parallelWrapper && !this.#custom && isWrapper(this.#name));
	}

	/** Some servers rotate ids from event to event: the first counts. */
	#identify(item: Json): void {
		this.#name ||= textOf(item.name) ?? '';
		this.#id ||= textOf(item.call_id) || textOf(item.id) || this.#context.madeId();
	}

	#flush(events: ChatEvent[]): void {
		const opens = this.#part === null;
		this.#part ??= this.#open(this.#id, this.#name, events);
		const written = this.#pending;
		this.#pending = '';
		const text = this.#custom ? this.#asJson(written, opens) : written;
		if (text) events.push({ type: 'tool-call-delta', index: this.#part, arguments: text });
	}

	/** The free text as `{"input":"…"}`, piece by piece. */
	#asJson(written: string, opens: boolean): string {
		return `${opens ? '{"input":"' : ''}${JSON.stringify(written).slice(1, -1)}${this.#closed ? '"}' : ''}`;
	}

	#open(id: string, name: string, events: ChatEvent[]): number {
		const index = this.#context.nextPart();
		events.push({ type: 'tool-call-start', index, id, name: originalName(name, this.#context.toolNames) });
		return index;
	}
}
