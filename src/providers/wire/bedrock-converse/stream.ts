/** Events of `/converse-stream` → `ChatEvent`s. A whole answer is read by the same code: `response.ts`. */
import type { GatewayError } from '../../../errors';
import type { ChatEvent } from '../../../language/event';
import type { DecodePlan, Decoder, Frame } from '../../provider';
import { cutShort } from '../failure';
import { arrayOf, isObject, type Json, malformed, numberOf, objectOf, textOf, tryJson } from '../json';
import { BlockReader } from './block-reader';
import { errorInside } from './error';
import { toFinish } from './finish';
import { toUsage } from './usage';

export class ConverseDecoder implements Decoder {
	readonly #blocks: BlockReader;
	#started = false;
	#ended = false;
	#stopReason: string | null = null;

	constructor(plan: DecodePlan) {
		this.#blocks = new BlockReader(plan);
	}

	push(frame: Frame): ChatEvent[] {
		if (this.#ended) return [];
		if (frame.failed) return this.#fail(errorInside(frame.event, frame.data));
		const payload = tryJson(frame.data);
		if (!isObject(payload)) return this.#fail(malformed('The upstream sent an event that is not a JSON object.'));
		return this.#read(frame.event, payload);
	}

	/** Without its `metadata` an answer still counts where its reason came: only its usage is unknown. */
	end(): ChatEvent[] {
		return this.#ended ? [] : this.#close();
	}

	/** A whole answer as if it had come in pieces. */
	whole(answer: Json): ChatEvent[] {
		const content = arrayOf(objectOf(objectOf(answer.output)?.message)?.content);
		const events = content.flatMap((block, index) => this.#blocks.whole(index, objectOf(block) ?? {}));
		this.#stopReason = textOf(answer.stopReason) ?? this.#stopReason;
		return [...this.#begun(events), ...this.#metadata(answer)];
	}

	/** Unknown ones are passed over. */
	#read(event: string, payload: Json): ChatEvent[] {
		const index = numberOf(payload.contentBlockIndex) ?? 0;
		switch (event) {
			case 'messageStart':
				return this.#begun([]);
			case 'contentBlockStart':
				return this.#content(this.#blocks.start(index, objectOf(payload.start) ?? {}));
			case 'contentBlockDelta':
				return this.#content(this.#blocks.add(index, objectOf(payload.delta) ?? {}));
			case 'contentBlockStop':
				return this.#content(this.#blocks.stop(index));
			case 'messageStop':
				this.#stopReason = textOf(payload.stopReason) ?? this.#stopReason;
				return this.#content(this.#blocks.reset());
			case 'metadata':
				return this.#metadata(payload);
			default:
				return [];
		}
	}

	/** The last event of all, behind `messageStop`. */
	#metadata(payload: Json): ChatEvent[] {
		const usage = toUsage(payload.usage);
		const events: ChatEvent[] = usage ? this.#begun([{ type: 'usage', usage }]) : [];
		return this.#stopReason === null ? events : [...events, ...this.#close()];
	}

	/** Nothing goes out ahead of `start`. Converse names neither an id nor the model. */
	#begun(events: ChatEvent[]): ChatEvent[] {
		if (this.#started) return events;
		this.#started = true;
		return [{ type: 'start', id: '', model: '' }, ...events];
	}

	#content(events: ChatEvent[]): ChatEvent[] {
		return events.length > 0 ? this.#begun(events) : events;
	}

	#close(): ChatEvent[] {
		if (this.#stopReason === null) return this.#fail(cutShort());
		const finish = toFinish(this.#stopReason, this.#blocks.calls);
		const events = this.#begun([...this.#blocks.reset(), { type: 'finish', finish }]);
		this.#ended = true;
		return events;
	}

	#fail(error: GatewayError): ChatEvent[] {
		this.#ended = true;
		return [{ type: 'error', error }];
	}
}
