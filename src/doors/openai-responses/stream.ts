/** A streamed response as OpenAI's server-sent events. */
import { GatewayError, toGatewayError } from '../../errors';
import type { ChatStream } from '../../gateway/call';
import type { Encoder } from '../../http/pump';
import type { ChatEvent } from '../../language/event';
import type { FinishReason } from '../../language/request';
import type { Usage } from '../../language/usage';
import { openAiErrorBody } from '../openai-chat/error';
import { EventLines } from './lines';
import { isIncomplete, Output } from './output';
import { BEGUN, type Envelope, endState } from './response';

const UTF8 = new TextEncoder();

export interface StreamOptions {
	readonly envelope: Envelope;
	readonly requestId: string;
	readonly stream: Pick<ChatStream, 'meta'>;
	readonly sealed: boolean;
	/** The field `switchyard` of the last event; null where it was not asked for. Called once the call is over. */
	readonly receipt: (() => unknown) | null;
	/** ms since epoch */
	readonly now: () => number;
	/** Hears of errors that nobody foresaw. */
	readonly onFault: (error: GatewayError) => void;
}

export class ResponseStreamEncoder implements Encoder<readonly ChatEvent[]> {
	over = false;
	readonly #options: StreamOptions;
	readonly #lines = new EventLines();
	readonly #output: Output;
	#model: string | null = null;
	#usage: Usage | null = null;
	#finished = false;

	constructor(options: StreamOptions) {
		this.#options = options;
		const { requestId, sealed } = options;
		this.#output = new Output({ requestId, lines: this.#lines, sealed });
	}

	push(_source: number, events: readonly ChatEvent[]): Uint8Array {
		for (const event of events) {
			this.#event(event);
			if (this.over) break;
		}
		return this.#bytes();
	}

	fail(thrown: unknown): Uint8Array {
		const error = toGatewayError(thrown);
		this.#options.onFault(error);
		this.#error(error);
		return this.#bytes();
	}

	end(): Uint8Array {
		if (!this.#finished)
			this.#error(new GatewayError('upstream_malformed', 'The upstream ended its answer without a finish reason.'));
		return this.#bytes();
	}

	#event(event: ChatEvent): void {
		switch (event.type) {
			case 'start':
				this.#begin(event.model);
				return;
			case 'usage':
				this.#usage = event.usage;
				return;
			case 'finish':
				this.#finish(event.finish);
				return;
			case 'error':
				this.#error(event.error);
				return;
			default:
				this.#output.push(event);
				return;
		}
	}

	#begin(model: string): void {
		this.#model = model;
		const response = `"response":${this.#options.envelope.text(model, BEGUN)}`;
		this.#lines.members('response.created', response);
		this.#lines.members('response.in_progress', response);
	}

	#finish(finish: FinishReason): void {
		this.#finished = true;
		const { envelope, stream, receipt, now } = this.#options;
		const state = endState({
			output: this.#output.finish(finish),
			finish,
			usage: this.#usage,
			meta: stream.meta(),
			completedAt: Math.floor(now() / 1_000),
			receipt: receipt?.(),
		});
		const type = isIncomplete(finish) ? 'response.incomplete' : 'response.completed';
		this.#lines.members(type, `"response":${envelope.text(this.#model ?? '', state)}`);
	}

	/** In-band, and last. The fields stand in the event itself, and in `error`, by which OpenAI's SDK knows to throw. */
	#error(failed: GatewayError): void {
		this.over = true;
		const { error } = openAiErrorBody(failed);
		this.#lines.event('error', { code: error.code, message: error.message, param: error.param, error });
	}

	#bytes(): Uint8Array {
		return UTF8.encode(this.#lines.take());
	}
}
