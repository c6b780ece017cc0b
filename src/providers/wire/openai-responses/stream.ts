import { GatewayError } from '../../../errors';
import type { ChatEvent } from '../../../language/event';
import type { FinishReason } from '../../../language/request';
import type { DecodePlan, Decoder, Frame } from '../../provider';
import { cutShort } from '../failure';
import { arrayOf, isObject, type Json, malformed, objectOf, textOf, tryJson } from '../json';
import { hasError } from '../openai-chat/error';
import { usageFrom } from '../openai-chat/usage';
import { failure } from './error';
import { Items } from './items';
import { readEvent } from './parts';

const PREFIX = 'response.';
/** After which nothing comes. */
const ENDS: ReadonlySet<string> = new Set([
	'response.completed',
	'response.incomplete',
	'response.failed',
	'response.cancelled',
]);

export const responsesDecoder = (plan: DecodePlan): Decoder => new ResponsesDecoder(plan);

/** The events of one response; those of an unknown type say nothing. */
export class ResponsesDecoder implements Decoder {
	readonly #plan: DecodePlan;
	readonly #items: Items;
	#id = '';
	#model = '';
	#started = false;
	#done = false;

	constructor(plan: DecodePlan) {
		this.#plan = plan;
		this.#items = new Items(plan, () => this.#id);
	}

	push({ event, data }: Frame): ChatEvent[] {
		if (this.#done || data === '') return [];
		// Not OpenAI's own, but some servers close with it.
		if (data === '[DONE]') return this.end();
		try {
			return this.#frame(event, tryJson(data));
		} catch (thrown) {
			return this.#fail(
				thrown instanceof GatewayError ? thrown : malformed('The upstream sent an unreadable event.', thrown),
			);
		}
	}

	end(): ChatEvent[] {
		return this.#done ? [] : this.#fail(cutShort());
	}

	#frame(name: string, event: unknown): ChatEvent[] {
		if (!isObject(event))
			return this.#fail(name === 'error' ? failure(undefined) : malformed('The upstream sent an unreadable event.'));
		const type = textOf(event.type) ?? name;
		// Flat by the book; older recordings nest it.
		if (type === 'error' || name === 'error') return this.#fail(failure(event.error ?? event));
		if (!type.startsWith(PREFIX)) return hasError(event) ? this.#fail(failure(event.error ?? event)) : [];
		const response = objectOf(event.response);
		if (response && ENDS.has(type)) {
			const isCut = type === 'response.completed' && response.status === 'incomplete';
			return this.response(response, isCut ? 'incomplete' : type.slice(PREFIX.length));
		}
		const events: ChatEvent[] = [];
		if (response) this.#identify(response);
		else readEvent(type.slice(PREFIX.length), this.#items, event, events);
		return this.#begun(events, response !== undefined);
	}

	/** A response that is over, at the end of a stream or by itself. */
	response(response: Json, status: string): ChatEvent[] {
		this.#identify(response);
		const events: ChatEvent[] = [];
		if (this.#items.none)
			for (const [at, item] of arrayOf(response.output).entries()) this.#items.done({ output_index: at, item }, events);
		const called = this.#items.close(events);
		const usage = usageFrom(response.usage, this.#plan.reportsCost === true);
		if (usage) events.push({ type: 'usage', usage });
		const end = finishOf(response, status, called);
		this.#done = true;
		if (end instanceof GatewayError) return [...this.#begun(events, false), { type: 'error', error: end }];
		events.push({ type: 'finish', finish: end });
		return this.#begun(events, true);
	}

	#identify(response: Json): void {
		this.#id ||= textOf(response.id) ?? '';
		this.#model ||= textOf(response.model) ?? '';
	}

	/** With its start ahead of it, where there is anything to say. */
	#begun(events: ChatEvent[], always: boolean): ChatEvent[] {
		if (this.#started || (events.length === 0 && !always)) return events;
		this.#started = true;
		events.unshift({ type: 'start', id: this.#id, model: this.#model });
		return events;
	}

	#fail(error: GatewayError): ChatEvent[] {
		this.#done = true;
		return [{ type: 'error', error }];
	}
}

function finishOf(response: Json, status: string, called: boolean): FinishReason | GatewayError {
	switch (status) {
		case 'failed':
		case 'cancelled':
			return failure(response.error);
		case 'queued':
		case 'in_progress':
			return malformed('The upstream sent a response that is not finished.');
		case 'incomplete':
			return incomplete(textOf(objectOf(response.incomplete_details)?.reason) ?? status);
		default:
			return { kind: called ? 'tool-calls' : 'stop', raw: status };
	}
}

function incomplete(raw: string): FinishReason {
	switch (raw) {
		case 'max_output_tokens':
		case 'max_tokens':
			return { kind: 'length', raw };
		case 'content_filter':
			return { kind: 'content-filter', raw };
		default:
			return { kind: 'other', raw };
	}
}
