/** A streamed answer: iterate it once, or wait for the whole. */
import type { ChatResult, StreamEvent } from '../routers/answer';
import { Fold } from './fold';

/** Opens the request; `signal` ends it. */
export type OpenStream = (signal: AbortSignal) => PromiseLike<AsyncIterable<StreamEvent>>;

/**
 * Yields `meta` (who answers), the events of the answer, and `meta` again with the cost. Throws what `chat` would
 * throw, also in the middle: an iteration that ends by itself is a whole answer. Leaving the loop, `abort()` and
 * the caller's own signal end the HTTP request. The request starts with the first event that is asked for.
 */
export class AnswerStream implements AsyncIterable<StreamEvent> {
	readonly #controller = new AbortController();
	readonly #fold = new Fold();
	readonly #events: AsyncGenerator<StreamEvent, void, void>;

	constructor(open: OpenStream, signal?: AbortSignal) {
		if (signal?.aborted) this.abort(signal.reason);
		else signal?.addEventListener('abort', () => this.abort(signal.reason), { once: true });
		this.#events = this.#run(open);
	}

	abort(reason?: unknown): void {
		this.#controller.abort(reason);
	}

	/** One iteration, shared by all who ask for it. */
	[Symbol.asyncIterator](): AsyncIterator<StreamEvent, void, void> {
		return {
			next: () => this.#events.next(),
			// Aborted first: a pending read would keep `return` waiting for the next event.
			return: () => {
				this.abort();
				return this.#events.return();
			},
		};
	}

	/** Only the visible text, piece by piece. */
	async *text(): AsyncGenerator<string, void, void> {
		for await (const event of this) if (event.type === 'text-delta') yield event.text;
	}

	/** Reads what is left and gives the whole answer, as `chat` would. Throws where the stream was left early. */
	async final(): Promise<ChatResult> {
		for await (const _ of this);
		const result = this.#fold.result();
		if (!result) throw new Error('The stream was left before its end.');
		return result;
	}

	async *#run(open: OpenStream): AsyncGenerator<StreamEvent, void, void> {
		try {
			for await (const event of await open(this.#controller.signal)) {
				this.#fold.push(event);
				yield event;
			}
		} finally {
			this.abort();
		}
	}
}
