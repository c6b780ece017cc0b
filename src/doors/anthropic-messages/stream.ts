/** Streamed answers as Anthropic's server-sent events. */
import { GatewayError, toGatewayError } from '../../errors';
import type { ChatStream } from '../../gateway/call';
import type { Encoder } from '../../http/pump';
import type { ChatEvent } from '../../language/event';
import type { FinishReason } from '../../language/request';
import type { Usage } from '../../language/usage';
import { costOf } from '../receipt';
import { BlockWriter, PING } from './block-writer';
import { anthropicErrorBody } from './error';
import { startBody } from './response';
import { refusesBeside, stopBody } from './stop';
import { countsBody } from './usage';

const UTF8 = new TextEncoder();

export const KEEP_ALIVE = UTF8.encode(PING);

export interface StreamOptions {
	/** `msg_…` */
	readonly id: string;
	/** Used where the upstream does not name its model. */
	readonly model: string;
	/** As in errors. */
	readonly requestId: string;
	readonly stream: Pick<ChatStream, 'meta'>;
	/** The field `switchyard` of the last event; null where it was not asked for. Called once the call is over. */
	readonly receipt: (() => unknown) | null;
	/** Hears of errors that nobody foresaw. */
	readonly onFault: (error: GatewayError) => void;
}

export class MessageStreamEncoder implements Encoder<readonly ChatEvent[]> {
	over = false;
	readonly #options: StreamOptions;
	readonly #blocks = new BlockWriter();
	#begun = false;
	#finished = false;
	#model: string;
	#usage: Usage | null = null;
	#refusal = '';

	constructor(options: StreamOptions) {
		this.#options = options;
		this.#model = options.model;
	}

	push(_source: number, events: readonly ChatEvent[]): Uint8Array {
		let text = '';
		for (const event of events) {
			text += this.#event(event);
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
		if (this.#finished) return UTF8.encode('');
		return UTF8.encode(
			this.#error(new GatewayError('upstream_malformed', 'The upstream ended its answer without a finish reason.')),
		);
	}

	#event(event: ChatEvent): string {
		switch (event.type) {
			case 'start':
				this.#model = event.model || this.#model;
				return '';
			case 'usage':
				this.#usage = event.usage;
				return '';
			case 'refusal-delta':
				// Whether it is part of the answer or stands beside it shows at the end.
				this.#refusal += event.text;
				return '';
			case 'finish':
				return this.#finish(event.finish);
			case 'error':
				return this.#error(event.error);
			default:
				return this.#begun ? this.#blocks.push(event) : this.#start() + this.#blocks.push(event);
		}
	}

	/** With the first content, when an upstream that counts its input ahead has done so. */
	#start(): string {
		if (this.#begun) return '';
		this.#begun = true;
		const message = startBody(this.#options.id, this.#model, this.#usage);
		return `event: message_start\ndata: ${JSON.stringify({ type: 'message_start', message })}\n\n`;
	}

	#finish(finish: FinishReason): string {
		this.#finished = true;
		const refusal = this.#refusal;
		const said = refusal !== '' && !refusesBeside(finish);
		const content = this.#start() + this.#blocks.end() + (said ? this.#blocks.text(refusal) : '');
		const delta = { ...stopBody({ finish, calls: this.#blocks.calls, refusal }), container: null };
		const usage = { ...countsBody(this.#usage), cost: costOf([this.#options.stream.meta()]) };
		const { receipt } = this.#options;
		const last = { type: 'message_stop', ...(receipt && { switchyard: receipt() }) };
		return (
			`${content}event: message_delta\ndata: ${JSON.stringify({ type: 'message_delta', delta, usage })}\n\n` +
			`event: message_stop\ndata: ${JSON.stringify(last)}\n\n`
		);
	}

	/** In-band, and last. */
	#error(error: GatewayError): string {
		this.over = true;
		return `event: error\ndata: ${JSON.stringify(anthropicErrorBody(error, this.#options.requestId))}\n\n`;
	}
}
