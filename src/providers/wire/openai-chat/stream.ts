import { GatewayError } from '../../../errors';
import type { ChatEvent } from '../../../language/event';
import { exactJson } from '../../../language/exact-json';
import type { DecodePlan, Decoder, Frame } from '../../provider';
import { cutShort } from '../failure';
import { arrayOf, isObject, type Json, malformed, numberOf, objectOf, textOf } from '../json';
import { asChunk } from './bare-answer';
import { hasError, inBandError } from './error';
import { finishOf, isFailedFinish } from './finish';
import { madeId } from './made-ids';
import { Parts } from './parts';
import { usageFrom } from './usage';

/** Characters; anything longer is JSON. */
const LONGEST_MARK = 16;

export const chatDecoder = (plan: DecodePlan): Decoder => new ChatDecoder(plan);

/** Chunks of one answer (`choices[0]`; `n` is several calls here) as events. */
export class ChatDecoder implements Decoder {
	readonly #plan: DecodePlan;
	readonly #parts: Parts;
	#id = '';
	#model = '';
	/** Its time, for servers that give answers no id (TGI). */
	#created = '';
	#started = false;
	/** Held until the end: usage and more may follow it. */
	#finish: string | null = null;
	#done = false;
	/** Its chunks have no choices. */
	#bare = false;

	constructor(plan: DecodePlan) {
		this.#plan = plan;
		this.#parts = new Parts(plan.toolNames, (count) => this.#madeId(count));
	}

	push({ event, data }: Frame): ChatEvent[] {
		if (this.#done) return [];
		if (data.length < LONGEST_MARK) {
			const mark = data.trim();
			if (mark === '') return [];
			if (mark === '[DONE]') return this.#marked();
		}
		try {
			return this.#frame(event, data);
		} catch (thrown) {
			return this.#fail(
				thrown instanceof GatewayError ? thrown : malformed('The upstream sent an unreadable chunk.', thrown),
			);
		}
	}

	/** Answers without choices end with the mark alone (Workers AI). */
	#marked(): ChatEvent[] {
		if (this.#bare) this.#finish ??= 'stop';
		return this.end();
	}

	end(): ChatEvent[] {
		if (this.#done) return [];
		return this.#finish === null ? this.#fail(cutShort()) : this.#complete(this.#finish);
	}

	#frame(event: string, data: string): ChatEvent[] {
		const chunk = exactJson(data);
		if (event === 'error') return this.#fail(inBandError(chunk ?? data));
		if (isObject(chunk)) return this.chunk(chunk, 'delta');
		return this.#fail(hasError(chunk) ? inBandError(chunk) : malformed('The upstream sent an unreadable chunk.'));
	}

	/** One chunk, or a whole answer, whose choice has a `message` in place of a `delta`. */
	chunk(raw: Json, field: 'delta' | 'message'): ChatEvent[] {
		const chunk = asChunk(raw, field);
		if (chunk !== raw) this.#bare = true;
		this.#id ||= textOf(chunk.id) ?? '';
		this.#model ||= textOf(chunk.model) ?? '';
		this.#created ||= numberOf(chunk.created)?.toString() ?? '';
		const events: ChatEvent[] = [];
		const choice = firstChoice(chunk);
		const delta = objectOf(choice?.[field]);
		if (delta) this.#parts.push(delta, choice?.logprobs, events);
		this.#usage(chunk, choice, events);
		if (events.length > 0 || (this.#id && this.#model)) this.#start(events);
		events.push(...this.#end(chunk, choice));
		return events;
	}

	/** A failure, or the end where nothing can follow: a chunk of usage alone after the finish reason. */
	#end(chunk: Json, choice: Json | undefined): ChatEvent[] {
		const raw = textOf(choice?.finish_reason);
		if (raw) this.#finish = raw;
		if (hasError(chunk)) return this.#fail(inBandError(chunk));
		if (choice && isObject(choice.error)) return this.#fail(inBandError(choice));
		if (raw && isFailedFinish(raw)) return this.#fail(inBandError({ type: raw }));
		const over = !choice && this.#finish !== null && isObject(chunk.usage);
		return over ? this.end() : [];
	}

	/** In the chunk, in the choice (Moonshot) or under `x_groq`. */
	#usage(chunk: Json, choice: Json | undefined, events: ChatEvent[]): void {
		const raw = chunk.usage ?? choice?.usage ?? objectOf(chunk.x_groq)?.usage;
		const usage = raw ? usageFrom(raw, this.#plan.reportsCost === true) : null;
		if (usage) events.push({ type: 'usage', usage });
	}

	#madeId(count: number): string {
		const name = this.#id || this.#created;
		return madeId(name, name === '' ? (this.#plan.firstCall ?? 0) + count : count);
	}

	#start(events: ChatEvent[]): void {
		if (this.#started) return;
		this.#started = true;
		events.unshift({ type: 'start', id: this.#id, model: this.#model });
	}

	#complete(raw: string): ChatEvent[] {
		this.#done = true;
		const events: ChatEvent[] = [];
		this.#parts.close(events);
		this.#start(events);
		events.push({ type: 'finish', finish: finishOf(raw, this.#parts.calledTools) });
		return events;
	}

	#fail(error: GatewayError): ChatEvent[] {
		this.#done = true;
		return [{ type: 'error', error }];
	}
}

/** Choice 0, whatever its place; servers that number nothing have just one. */
export function firstChoice(body: Json): Json | undefined {
	return arrayOf(body.choices).find((choice): choice is Json => isObject(choice) && (choice.index ?? 0) === 0);
}
