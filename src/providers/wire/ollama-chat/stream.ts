/** Lines of `POST /api/chat` → `ChatEvent`s. A whole answer is a line that brings everything. */
import type { ChatEvent } from '../../../language/event';
import { exactJson, exactText } from '../../../language/exact-json';
import type { FinishReason, TokenLogprob } from '../../../language/request';
import type { Decoder, Frame } from '../../provider';
import { cutShort } from '../failure';
import { arrayOf, isObject, type Json, malformed, objectOf, textOf } from '../json';
import { logprobsFrom } from '../openai-chat/logprobs';
import { errorInside } from './error';
import { usageFrom } from './usage';

/** The server says these where it did something else than answer. */
const NO_ANSWER: ReadonlySet<string> = new Set(['load', 'unload']);

export class ChatDecoder implements Decoder {
	#started = false;
	#ended = false;
	/** `created_at` of the first line. */
	#created = '';
	#parts = 0;
	#calls = 0;
	/** Numbers of the one text and the one reasoning part. */
	#text: number | null = null;
	#thinking: number | null = null;
	/** Of tokens whose text the server still holds back. */
	#logprobs: TokenLogprob[] = [];

	push({ data }: Frame): ChatEvent[] {
		if (this.#ended) return [];
		const line = exactJson(data);
		if (isObject(line)) return this.line(line);
		return this.#fail(malformed('The upstream sent a line that is not a JSON object.'));
	}

	end(): ChatEvent[] {
		return this.#ended ? [] : this.#fail(cutShort());
	}

	/** One line, already parsed. */
	line(line: Json): ChatEvent[] {
		if (line.error) return this.#fail(errorInside(line));
		const events: ChatEvent[] = [];
		if (!this.#started) {
			this.#started = true;
			this.#created = textOf(line.created_at) ?? '';
			events.push({ type: 'start', id: '', model: textOf(line.model) ?? '' });
		}
		this.#message(objectOf(line.message) ?? {}, logprobsFrom({ content: line.logprobs }), events);
		if (line.done === true) events.push(...this.#done(line));
		return events;
	}

	#message(message: Json, logprobs: readonly TokenLogprob[], events: ChatEvent[]): void {
		const thinking = textOf(message.thinking);
		if (thinking) {
			this.#thinking ??= this.#parts++;
			events.push({ type: 'reasoning-delta', index: this.#thinking, text: thinking });
		}
		const text = textOf(message.content);
		if (text || !thinking) this.#logprobs.push(...logprobs);
		if (text) {
			this.#text ??= this.#parts++;
			const said = this.#logprobs.length > 0 && { logprobs: this.#logprobs };
			events.push({ type: 'text-delta', index: this.#text, text, ...said });
			this.#logprobs = [];
		}
		for (const call of arrayOf(message.tool_calls)) this.#call(objectOf(call) ?? {}, events);
	}

	/** A call comes whole; its arguments are an object. Older servers gave calls no id. */
	#call(call: Json, events: ChatEvent[]): void {
		const spoken = objectOf(call.function);
		const name = textOf(spoken?.name);
		if (!name) return;
		const index = this.#parts++;
		const id = textOf(call.id) || `call_${this.#created.replace(/\D/g, '')}_${this.#calls}`;
		this.#calls += 1;
		const { arguments: given } = spoken ?? {};
		const args = typeof given === 'string' ? given : exactText(objectOf(given) ?? {});
		events.push({ type: 'tool-call-start', index, id, name });
		events.push({ type: 'tool-call-delta', index, arguments: args });
	}

	#done(line: Json): ChatEvent[] {
		const raw = textOf(line.done_reason);
		if (raw !== undefined && NO_ANSWER.has(raw)) {
			return this.#fail(malformed(`The upstream did not answer: it reports '${raw}' of its model.`));
		}
		this.#ended = true;
		const usage = usageFrom(line, this.#parts === 0);
		const finish: ChatEvent = { type: 'finish', finish: this.#finish(raw) };
		return usage ? [{ type: 'usage', usage }, finish] : [finish];
	}

	/** The reason stays `stop` beside tool calls. */
	#finish(raw: string | undefined): FinishReason {
		const told = raw === undefined ? {} : { raw };
		if (raw === 'length') return { kind: 'length', ...told };
		if (this.#calls > 0) return { kind: 'tool-calls', ...told };
		return { kind: raw === undefined || raw === 'stop' ? 'stop' : 'other', ...told };
	}

	#fail(error: ReturnType<typeof cutShort>): ChatEvent[] {
		this.#ended = true;
		return [{ type: 'error', error }];
	}
}
