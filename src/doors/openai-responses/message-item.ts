import type { Phase } from '../../language/message';
import { added, done, type ItemStatus, type OutputItem, type Place } from './item';
import { SpokenPart } from './spoken-part';

export class MessageItem implements OutputItem {
	readonly #place: Place;
	readonly #parts: SpokenPart[] = [];
	readonly phase: Phase | undefined;
	#status: ItemStatus | 'in_progress' = 'in_progress';

	constructor(place: Place, phase: Phase | undefined) {
		this.#place = place;
		this.phase = phase;
		added(place, this.body);
	}

	get body(): object {
		return {
			id: this.#place.id,
			type: 'message',
			status: this.#status,
			role: 'assistant',
			content: this.#parts.map((part) => part.body),
			...(this.phase && { phase: this.phase }),
		};
	}

	get closed(): boolean {
		return this.#status !== 'in_progress';
	}

	isOver = (): boolean => true;

	/** The next content part; the one before it is over. */
	open(kind: 'text' | 'refusal'): SpokenPart {
		this.#parts.at(-1)?.close();
		const part = new SpokenPart(this.#place, this.#parts.length, kind);
		this.#parts.push(part);
		return part;
	}

	close(status: ItemStatus): void {
		this.#parts.at(-1)?.close();
		this.#status = status;
		done(this.#place, this.body);
	}
}
