/** Events of `POST /v1/messages` → `ChatEvent`s. A whole answer is read by the same code: `response.ts`. */
import type { ChatEvent } from '../../../language/event';
import { exactJson } from '../../../language/exact-json';
import type { DecodePlan, Decoder, Frame } from '../../provider';
import { cutShort } from '../failure';
import { arrayOf, isObject, type Json, malformed, numberOf, objectOf, textOf } from '../json';
import { BlockReader } from './block-reader';
import { errorInside } from './error';
import { toFinish } from './finish';
import { type Counts, replaceCounts, toUsage } from './usage';

export class MessageDecoder implements Decoder {
	readonly #blocks: BlockReader;
	#started = false;
	#ended = false;
	#counts: Counts | null = null;
	#stopReason: string | null = null;
	#stopSequence: string | undefined;

	constructor(plan: DecodePlan) {
		this.#blocks = new BlockReader(plan);
	}

	push(frame: Frame): ChatEvent[] {
		if (this.#ended || frame.data === '' || frame.data === '[DONE]') return [];
		const payload = exactJson(frame.data);
		if (!isObject(payload)) return this.#fail(malformed('The upstream sent an event that is not a JSON object.'));
		return this.read(textOf(payload.type) ?? frame.event, payload);
	}

	/** Without a `message_stop` the answer still counts where its reason came. */
	end(): ChatEvent[] {
		return this.#ended ? [] : this.#close();
	}

	/** One event, already parsed. Unknown ones are passed over: the API adds some every year. */
	read(type: string, payload: Json): ChatEvent[] {
		switch (type) {
			case 'message_start':
				return this.#start(objectOf(payload.message) ?? {});
			case 'content_block_start':
				return this.#content(this.#blocks.open(numberOf(payload.index) ?? 0, objectOf(payload.content_block) ?? {}));
			case 'content_block_delta':
				return this.#content(this.#blocks.add(numberOf(payload.index) ?? 0, objectOf(payload.delta) ?? {}));
			case 'content_block_stop':
				return this.#content(this.#blocks.close(numberOf(payload.index) ?? 0));
			case 'message_delta':
				return [...this.#stop(objectOf(payload.delta) ?? {}), ...this.#usage(objectOf(payload.usage))];
			case 'message_stop':
				return this.#close();
			case 'error':
				return this.#fail(errorInside(payload));
			default:
				return [];
		}
	}

	/** A second one comes from a proxy that began anew: what was sent stays, open blocks end, counts begin again. */
	#start(message: Json): ChatEvent[] {
		const events = this.#begun(this.#blocks.reset(), message);
		this.#counts = null;
		events.push(...this.#usage(objectOf(message.usage)));
		for (const [index, block] of arrayOf(message.content).entries()) {
			events.push(...this.#blocks.open(index, objectOf(block) ?? {}), ...this.#blocks.close(index));
		}
		return [...events, ...this.#stop(message)];
	}

	/** Nothing goes out ahead of `start`, even where the upstream leaves its own out. */
	#begun(events: ChatEvent[], message: Json = {}): ChatEvent[] {
		if (this.#started) return events;
		this.#started = true;
		return [{ type: 'start', id: textOf(message.id) ?? '', model: textOf(message.model) ?? '' }, ...events];
	}

	#content(events: ChatEvent[]): ChatEvent[] {
		return events.length > 0 ? this.#begun(events) : events;
	}

	#usage(usage: Json | undefined): ChatEvent[] {
		if (!usage) return [];
		this.#counts = replaceCounts(this.#counts ?? {}, usage);
		return this.#content([{ type: 'usage', usage: toUsage(this.#counts) }]);
	}

	/** A refusal says why beside its reason, and has no block of its own. */
	#stop(source: Json): ChatEvent[] {
		this.#stopReason = textOf(source.stop_reason) ?? this.#stopReason;
		this.#stopSequence = textOf(source.stop_sequence) ?? this.#stopSequence;
		const why = textOf(objectOf(source.stop_details)?.explanation);
		return why && source.stop_reason === 'refusal' ? this.#content(this.#blocks.refuse(why)) : [];
	}

	#close(): ChatEvent[] {
		if (this.#stopReason === null) return this.#fail(cutShort());
		this.#ended = true;
		const finish = toFinish(this.#stopReason, this.#blocks.calls, this.#stopSequence);
		return this.#begun([...this.#blocks.reset(), { type: 'finish', finish }]);
	}

	#fail(error: ReturnType<typeof cutShort>): ChatEvent[] {
		this.#ended = true;
		return [{ type: 'error', error }];
	}
}
