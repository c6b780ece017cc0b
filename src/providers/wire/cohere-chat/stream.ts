/** Events of `POST /v2/chat` → `ChatEvent`s. A whole answer is read by the same code: `response.ts`. */
import type { ChatEvent } from '../../../language/event';
import type { DecodePlan, Decoder, Frame } from '../../provider';
import { cutShort } from '../failure';
import { isObject, type Json, malformed, numberOf, objectOf, textOf, tryJson } from '../json';
import { annotationFrom } from './annotations';
import { Calls } from './calls';
import { failedFinish } from './error';
import { finishOf, isFailedFinish } from './finish';
import { logprobsFrom } from './logprobs';
import { usageFrom } from './usage';

export class MessageDecoder implements Decoder {
	#started = false;
	#ended = false;
	#parts = 0;
	readonly #calls: Calls;
	readonly #model: string;
	/** Part of the tool plan that goes ahead of tool calls. */
	#plan: number | null = null;
	/** Content index → kind and part, the latter given with the first words. */
	readonly #content = new Map<number, { readonly kind: 'text' | 'thinking'; part: number | null }>();
	/** The text part written to last: citations of older models say not which they mean. */
	#text: number | null = null;

	constructor(plan: DecodePlan) {
		this.#model = plan.model ?? '';
		this.#calls = new Calls(plan.toolNames, () => this.#parts++);
	}

	push({ event, data }: Frame): ChatEvent[] {
		if (this.#ended || data === '' || data === '[DONE]') return [];
		const payload = tryJson(data);
		if (!isObject(payload)) return this.#fail(malformed('The upstream sent an event that is not a JSON object.'));
		return this.read(textOf(payload.type) ?? event, payload);
	}

	end(): ChatEvent[] {
		return this.#ended ? [] : this.#fail(cutShort());
	}

	/** One event, already parsed. Unknown ones are passed over. */
	read(type: string, payload: Json): ChatEvent[] {
		const index = numberOf(payload.index) ?? 0;
		const delta = objectOf(payload.delta) ?? {};
		const message = objectOf(delta.message) ?? {};
		switch (type) {
			case 'message-start':
				return this.#begun([], textOf(payload.id));
			case 'tool-plan-delta':
				return this.#planned(textOf(message.tool_plan));
			case 'content-start':
			case 'content-delta':
				return this.#said(index, objectOf(message.content) ?? {}, payload.logprobs);
			case 'tool-call-start':
				return this.#begun(this.#calls.open(index, objectOf(message.tool_calls) ?? {}));
			case 'tool-call-delta':
				return this.#calls.add(index, objectOf(message.tool_calls) ?? {});
			case 'tool-call-end':
				return this.#calls.close(index);
			case 'citation-start':
				return this.#cited(objectOf(message.citations) ?? {});
			case 'message-end':
				return this.#closed(delta);
			case 'error':
				return this.#fail(failedFinish('ERROR', payload.message ?? payload.error));
			default:
				return [];
		}
	}

	/** Nothing goes out ahead of `start`, even where the upstream leaves its own out. */
	#begun(events: ChatEvent[], id = ''): ChatEvent[] {
		if (this.#started) return events;
		this.#started = true;
		return [{ type: 'start', id, model: this.#model }, ...events];
	}

	#planned(text: string | undefined): ChatEvent[] {
		if (!text) return [];
		this.#plan ??= this.#parts++;
		return this.#begun([{ type: 'reasoning-delta', index: this.#plan, text }]);
	}

	/** A block's first event says its kind; its deltas are known by the field they fill. */
	#said(index: number, content: Json, logprobs: unknown): ChatEvent[] {
		const kind = content.type === 'thinking' || typeof content.thinking === 'string' ? 'thinking' : 'text';
		const text = textOf(content[kind]);
		let block = this.#content.get(index);
		if (block?.kind !== kind) {
			block = { kind, part: null };
			this.#content.set(index, block);
		}
		if (!text) return [];
		block.part ??= this.#parts++;
		if (kind === 'thinking') return this.#begun([{ type: 'reasoning-delta', index: block.part, text }]);
		this.#text = block.part;
		const chosen = logprobsFrom(logprobs);
		const told = chosen.length > 0 && { logprobs: chosen };
		return this.#begun([{ type: 'text-delta', index: block.part, text, ...told }]);
	}

	#cited(citation: Json): ChatEvent[] {
		const block = this.#content.get(numberOf(citation.content_index) ?? Number.NaN);
		const index = block ? block.part : this.#text;
		if (index === null || block?.kind === 'thinking') return [];
		const annotation = annotationFrom(citation);
		return annotation ? [{ type: 'annotation', index, annotation }] : [];
	}

	#closed(delta: Json): ChatEvent[] {
		const raw = textOf(delta.finish_reason);
		if (raw === undefined && delta.error === undefined) return this.#fail(cutShort());
		if (raw === undefined || isFailedFinish(raw)) return this.#fail(failedFinish(raw ?? 'ERROR', delta.error));
		const events = this.#calls.closeAll();
		const usage = usageFrom(delta.usage);
		if (usage) events.push({ type: 'usage', usage });
		events.push({ type: 'finish', finish: finishOf(raw, this.#calls.any) });
		this.#ended = true;
		return this.#begun(events);
	}

	#fail(error: ReturnType<typeof cutShort>): ChatEvent[] {
		this.#ended = true;
		return [{ type: 'error', error }];
	}
}
