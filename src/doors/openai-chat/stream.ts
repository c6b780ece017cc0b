/** Streamed answers as OpenAI's server-sent events; the choices of one request merged as they come. */
import { GatewayError, toGatewayError } from '../../errors';
import type { ChatStream } from '../../gateway/call';
import type { Encoder } from '../../http/pump';
import type { ChatEvent } from '../../language/event';
import { ChoiceWriter, chunkHead, type Envelope } from './choice';
import { openAiErrorBody } from './error';
import { usageBody } from './usage';

const UTF8 = new TextEncoder();

/** An SSE comment: ignored by every reader. */
export const KEEP_ALIVE = UTF8.encode(': keep-alive\n\n');

export interface StreamOptions {
	readonly envelope: Envelope;
	/** One per choice. */
	readonly streams: readonly ChatStream[];
	/** The field `switchyard` of the last chunk; null where it was not asked for. Called once all calls are over. */
	readonly receipt: (() => unknown) | null;
	/** Hears of errors that nobody foresaw. */
	readonly onFault: (error: GatewayError) => void;
}

export class ChatStreamEncoder implements Encoder<readonly ChatEvent[]> {
	over = false;
	readonly #options: StreamOptions;
	readonly #choices: readonly ChoiceWriter[];
	#finished = 0;

	constructor(options: StreamOptions) {
		this.#options = options;
		this.#choices = options.streams.map((_, number) => new ChoiceWriter(options.envelope, number));
	}

	push(source: number, events: readonly ChatEvent[]): Uint8Array {
		const choice = this.#choices[source];
		if (!choice) return UTF8.encode('');
		let text = '';
		for (const event of events) {
			text += this.#event(choice, event);
			if (this.over) break;
		}
		return UTF8.encode(text);
	}

	fail(thrown: unknown): Uint8Array {
		const error = toGatewayError(thrown);
		this.#options.onFault(error);
		return UTF8.encode(this.#error(error));
	}

	end(): Uint8Array {
		if (this.#finished < this.#choices.length)
			return UTF8.encode(
				this.#error(new GatewayError('upstream_malformed', 'The upstream ended its answer without a finish reason.')),
			);
		const { envelope } = this.#options;
		const last = envelope.includeUsage
			? `${chunkHead(envelope, this.#model())},"choices":[]${this.#totals()}}\n\n`
			: '';
		return UTF8.encode(`${last}data: [DONE]\n\n`);
	}

	#event(choice: ChoiceWriter, event: ChatEvent): string {
		switch (event.type) {
			case 'start':
				choice.start(event.model);
				return '';
			case 'usage':
				choice.usage = event.usage;
				return '';
			case 'finish': {
				this.#finished++;
				const last = this.#finished === this.#choices.length;
				return choice.finish(event.finish, last && !this.#options.envelope.includeUsage ? this.#totals() : '');
			}
			case 'error':
				return this.#error(event.error);
			default:
				return choice.delta(event);
		}
	}

	/** In-band, and last: neither a finish reason nor `[DONE]` may follow. */
	#error(error: GatewayError): string {
		this.over = true;
		return `data: ${JSON.stringify(openAiErrorBody(error))}\n\n`;
	}

	#model(): string {
		return this.#choices[0]?.model ?? this.#options.envelope.model;
	}

	/** Usage over all choices, and the receipt, as members of a chunk. */
	#totals(): string {
		const { streams, receipt } = this.#options;
		const usage = usageBody(
			this.#choices.map((choice) => choice.usage),
			streams.map((stream) => stream.meta()),
		);
		const asked = receipt ? `,"switchyard":${JSON.stringify(receipt())}` : '';
		return `,"usage":${JSON.stringify(usage)}${asked}`;
	}
}
