import type { ChatEvent } from '../../../language/event';
import type { TokenLogprob } from '../../../language/request';
import { arrayOf, isObject, type Json, objectOf, textOf } from '../json';
import { annotationFrom } from './annotations';
import { logprobsFrom } from './logprobs';
import { detailKey, opaquePart, sealDetail, shownText } from './reasoning-details';
import { ToolCalls } from './tool-calls';

type Kind = 'text' | 'reasoning' | 'refusal' | 'tool-call';

/**
 * Turns deltas into the events of parts: a whole message is one large delta. A part goes on while nothing
 * else came between; text after a tool call is a new part.
 */
export class Parts {
	#next = 0;
	/** The part that goes on. */
	#kind: Kind | null = null;
	#index = -1;
	/** Where citations and stray log probabilities belong. */
	#lastText: number | null = null;
	/** The entry of `reasoning_details` that is arriving. */
	#detail: { readonly index: number; readonly key: string; opaque: Json } | null = null;
	readonly #calls: ToolCalls;

	/** As of `ToolCalls`. */
	constructor(names: Readonly<Record<string, string>> | undefined, madeId: (count: number) => string) {
		this.#calls = new ToolCalls(names, () => this.#open('tool-call'), madeId);
	}

	get calledTools(): boolean {
		return this.#calls.any;
	}

	/** `logprobs`: as the choice has them. */
	push(delta: Json, logprobs: unknown, events: ChatEvent[]): void {
		this.#reasoning(delta, events);
		const text = this.#content(delta.content, events);
		const tokens = logprobsFrom(logprobs);
		if (text || tokens.length > 0) this.#text(text, tokens, events);
		this.#refusal(textOf(delta.refusal) ?? '', logprobsFrom(logprobs, 'refusal'), events);
		for (const entry of arrayOf(delta.annotations)) this.#annotation(entry, events);
		for (const call of arrayOf(delta.tool_calls)) if (isObject(call)) this.#call(call, events);
		const legacy = objectOf(delta.function_call);
		if (legacy) this.#call({ index: 0, function: legacy }, events);
	}

	/** Sends on what was held for more to come. */
	close(events: ChatEvent[]): void {
		this.#sealDetail(events);
		this.#calls.close(events);
	}

	/** Returns text for the caller to send; an array of parts (Mistral) is sent on in its order. */
	#content(content: unknown, events: ChatEvent[]): string {
		if (typeof content === 'string') return content;
		for (const part of arrayOf(content)) {
			if (!isObject(part)) continue;
			const text = textOf(part.text);
			if (part.type === 'thinking') this.#thought(joined(part.thinking), events);
			else if (text) this.#text(text, [], events);
		}
		return '';
	}

	#text(text: string, logprobs: readonly TokenLogprob[], events: ChatEvent[]): void {
		const index = text === '' && this.#lastText !== null ? this.#lastText : this.#part('text', events);
		this.#lastText = index;
		events.push({ type: 'text-delta', index, text, ...(logprobs.length > 0 && { logprobs }) });
	}

	#refusal(text: string, logprobs: readonly TokenLogprob[], events: ChatEvent[]): void {
		if (text === '' && logprobs.length === 0) return;
		const index = this.#part('refusal', events);
		events.push({ type: 'refusal-delta', index, text, ...(logprobs.length > 0 && { logprobs }) });
	}

	#annotation(entry: unknown, events: ChatEvent[]): void {
		const annotation = annotationFrom(entry);
		if (!annotation) return;
		this.#lastText ??= this.#part('text', events);
		events.push({ type: 'annotation', index: this.#lastText, annotation });
	}

	#call(call: Json, events: ChatEvent[]): void {
		this.#sealDetail(events);
		this.#calls.push(call, events);
	}

	/** The same text may stand in several fields; the richest counts. */
	#reasoning(delta: Json, events: ChatEvent[]): void {
		const details = arrayOf(delta.reasoning_details).filter(isObject);
		for (const detail of details) this.#reasoningDetail(detail, events);
		if (details.length > 0) return;
		this.#thought(textOf(delta.reasoning_content) || textOf(delta.reasoning) || '', events);
	}

	#thought(text: string, events: ChatEvent[]): void {
		if (text) events.push({ type: 'reasoning-delta', index: this.#part('reasoning', events), text });
	}

	#reasoningDetail(detail: Json, events: ChatEvent[]): void {
		const key = detailKey(detail);
		const opaque = opaquePart(detail);
		if (this.#detail?.key === key && !('data' in opaque)) {
			this.#detail.opaque = { ...this.#detail.opaque, ...opaque };
		} else {
			this.#sealDetail(events);
			this.#detail = { index: this.#open('reasoning'), key, opaque };
		}
		const text = shownText(detail);
		if (text) events.push({ type: 'reasoning-delta', index: this.#detail.index, text });
	}

	#sealDetail(events: ChatEvent[]): void {
		const detail = this.#detail;
		if (!detail) return;
		this.#detail = null;
		this.#kind = null;
		const signature = sealDetail(detail.opaque);
		if (signature === undefined) return;
		const redacted = detail.opaque.type === 'reasoning.encrypted';
		events.push({ type: 'reasoning-signature', index: detail.index, signature, ...(redacted && { redacted }) });
	}

	/** The part of this kind that goes on, or a new one. */
	#part(kind: Kind, events: ChatEvent[]): number {
		this.#sealDetail(events);
		return this.#kind === kind ? this.#index : this.#open(kind);
	}

	#open(kind: Kind): number {
		this.#kind = kind;
		this.#index = this.#next++;
		return this.#index;
	}
}

const joined = (parts: unknown): string =>
	typeof parts === 'string'
		? parts
		: arrayOf(parts)
				.map((part) => textOf(objectOf(part)?.text) ?? '')
				.join('');
