/** An answer's events as output items: the same for a stream, whose lines they write, and for a whole answer. */
import type { ChatEvent } from '../../language/event';
import type { Phase } from '../../language/message';
import type { FinishReason } from '../../language/request';
import { CallItem } from './call-item';
import type { OutputItem, Place } from './item';
import type { Lines } from './lines';
import { MessageItem } from './message-item';
import { ReasoningItem } from './reasoning-item';
import type { SpokenPart } from './spoken-part';

type Delta = Exclude<ChatEvent, { type: 'start' | 'usage' | 'finish' | 'error' }>;

export interface OutputOptions {
	/** Makes the ids of items: each answer's differ. */
	readonly requestId: string;
	readonly lines: Lines;
	/** Reasoning comes with its `encrypted_content`. */
	readonly sealed: boolean;
}

/** An answer that its bound or a filter ended. */
export const isIncomplete = ({ kind }: FinishReason): boolean => kind === 'length' || kind === 'content-filter';

export class Output {
	readonly #options: OutputOptions;
	readonly #items: OutputItem[] = [];
	/** By part index. */
	readonly #texts = new Map<number, SpokenPart>();
	readonly #calls = new Map<number, CallItem>();
	readonly #thoughts = new Map<number, ReasoningItem>();

	constructor(options: OutputOptions) {
		this.#options = options;
	}

	push(event: Delta): void {
		switch (event.type) {
			case 'text-delta':
				this.#spoken(event.index, event.text === '', event.phase).add(event.text, event.logprobs);
				return;
			case 'refusal-delta':
				this.#text(event.index, 'refusal', undefined).add(event.text);
				return;
			case 'annotation':
				this.#spoken(event.index, true, undefined).annotate(event.annotation);
				return;
			case 'reasoning-delta':
				this.#thought(event.index).add(event.text);
				return;
			case 'reasoning-signature':
				(this.#thoughts.get(event.index) ?? this.#thought(event.index)).sign(event.signature, event.redacted ?? false);
				return;
			case 'tool-call-start': {
				const item = this.#add(new CallItem(this.#place('fc'), event.id, event.name));
				this.#calls.set(event.index, item);
				return;
			}
			case 'tool-call-delta':
				this.#calls.get(event.index)?.add(event.arguments);
		}
	}

	/** All items, closed; what an answer was cut in is incomplete. */
	finish(finish: FinishReason): readonly object[] {
		const last = this.#items.at(-1);
		for (const item of this.#items)
			if (!item.closed) item.close(item === last && isIncomplete(finish) ? 'incomplete' : 'completed');
		return this.#items.map((item) => item.body);
	}

	/** `late`: without text, so that it may come after the part was closed. */
	#spoken(index: number, late: boolean, phase: Phase | undefined): SpokenPart {
		return (late && this.#texts.get(index)) || this.#text(index, 'text', phase);
	}

	/** A part that goes on; one that was closed goes on as another. */
	#text(index: number, kind: 'text' | 'refusal', phase: Phase | undefined): SpokenPart {
		const known = this.#texts.get(index);
		if (known && !known.closed) return known;
		const last = this.#items.at(-1);
		const goesOn = last instanceof MessageItem && !last.closed && (kind === 'refusal' || last.phase === phase);
		const message = goesOn ? last : this.#add(new MessageItem(this.#place('msg'), phase));
		const part = message.open(kind);
		this.#texts.set(index, part);
		return part;
	}

	#thought(index: number): ReasoningItem {
		const known = this.#thoughts.get(index);
		if (known && !known.closed) return known;
		const item = this.#add(new ReasoningItem(this.#place('rs'), this.#options.sealed));
		this.#thoughts.set(index, item);
		return item;
	}

	/** The place of the next item; those before it that are over are closed first. */
	#place(prefix: 'msg' | 'fc' | 'rs'): Place {
		for (const item of this.#items) if (!item.closed && item.isOver()) item.close('completed');
		const index = this.#items.length;
		const { requestId, lines } = this.#options;
		return { id: `${prefix}_${requestId}_${index}`, index, lines };
	}

	#add<I extends OutputItem>(item: I): I {
		this.#items.push(item);
		return item;
	}
}
