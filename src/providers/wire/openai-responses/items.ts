import type { ChatEvent } from '../../../language/event';
import type { DecodePlan } from '../../provider';
import { type Json, numberOf, objectOf, textOf } from '../json';
import { type CallContext, CallItem } from './call-item';
import { MessageItem } from './message-item';
import { ReasoningItem } from './reasoning-item';

type Item = MessageItem | CallItem | ReasoningItem | null;

/** The output items of one answer, by output index: item ids change from event to event on some servers. */
export class Items {
	readonly #items = new Map<number, Item>();
	readonly #calls: CallContext;
	#parts = 0;
	/** For events that name no output index. */
	#last = 0;
	readonly #nextPart = (): number => this.#parts++;

	/** `answerId` is read when a call needs an id made. */
	constructor(plan: DecodePlan, answerId: () => string) {
		this.#calls = {
			nextPart: this.#nextPart,
			toolNames: plan.toolNames,
			parallelWrapper: plan.parallelWrapper === true,
			madeId: () =>
				`call_${answerId()
					.replace(/[^A-Za-z0-9]/g, '')
					.slice(-16)}_${this.#last}`,
		};
	}

	/** No item has been seen. */
	get none(): boolean {
		return this.#items.size === 0;
	}

	added(event: Json, events: ChatEvent[]): void {
		const at = this.#at(event);
		const item = objectOf(event.item) ?? {};
		if (this.#items.has(at)) return;
		const made = this.#made(item);
		this.#items.set(at, made);
		if (made?.kind === 'call') made.start(item, events);
	}

	done(event: Json, events: ChatEvent[]): void {
		const item = objectOf(event.item) ?? {};
		const known = this.#items.get(this.#at(event)) ?? this.#made(item);
		this.#items.set(this.#last, known);
		known?.done(item, events);
	}

	/** A delta that comes without its item opens one of its kind; one for an item of another kind says nothing. */
	message(event: Json): MessageItem | null {
		const item = this.#of(event, () => new MessageItem(this.#nextPart, {}));
		return item?.kind === 'message' ? item : null;
	}

	reasoning(event: Json): ReasoningItem | null {
		const item = this.#of(event, () => new ReasoningItem(this.#nextPart));
		return item?.kind === 'reasoning' ? item : null;
	}

	call(event: Json, custom: boolean): CallItem | null {
		const item = this.#of(event, () => new CallItem(this.#calls, custom));
		return item?.kind === 'call' ? item : null;
	}

	/** Sends on what calls still hold. True where there is any call. */
	close(events: ChatEvent[]): boolean {
		let called = false;
		for (const item of this.#items.values()) if (item?.kind === 'call' && item.close(events)) called = true;
		return called;
	}

	#of(event: Json, make: () => Item): Item {
		const at = this.#at(event);
		let item = this.#items.get(at);
		if (item === undefined) {
			item = make();
			this.#items.set(at, item);
		}
		return item;
	}

	#at(event: Json): number {
		this.#last = numberOf(event.output_index) ?? this.#last;
		return this.#last;
	}

	/** Null: of a kind that is no part of the answer here, such as a search the provider made by itself. */
	#made(item: Json): Item {
		switch (textOf(item.type)) {
			case 'message':
				return new MessageItem(this.#nextPart, item);
			case 'reasoning':
				return new ReasoningItem(this.#nextPart);
			case 'function_call':
				return new CallItem(this.#calls, false);
			case 'custom_tool_call':
				return new CallItem(this.#calls, true);
			default:
				return null;
		}
	}
}
