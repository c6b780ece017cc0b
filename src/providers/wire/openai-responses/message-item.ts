import type { ChatEvent } from '../../../language/event';
import type { Phase } from '../../../language/message';
import type { TokenLogprob } from '../../../language/request';
import { arrayOf, isObject, type Json, textOf } from '../json';
import { annotationFrom } from '../openai-chat/annotations';
import { logprobsFrom } from '../openai-chat/logprobs';

/** How much of a content part has been sent on. */
interface Sent {
	readonly part: number;
	/** UTF-16 units. */
	length: number;
	annotations: number;
	logprobs: boolean;
}

type Spoken = 'text' | 'refusal';

/** A message of the model: its content parts become text and refusal parts. */
export class MessageItem {
	readonly kind = 'message';
	/** In the order of their opening, by content index; a text and a refusal may have the same one. */
	readonly #sent: Readonly<Record<Spoken, Map<number, Sent>>> = { text: new Map(), refusal: new Map() };
	readonly #nextPart: () => number;
	readonly #phase: Phase | undefined;

	constructor(nextPart: () => number, item: Json) {
		this.#nextPart = nextPart;
		this.#phase = item.phase === 'commentary' || item.phase === 'final_answer' ? item.phase : undefined;
	}

	text(at: number, text: string, logprobs: unknown, events: ChatEvent[]): void {
		const tokens = Array.isArray(logprobs) && logprobs.length > 0 ? logprobsFrom({ content: logprobs }) : [];
		const known = this.#sent.text.get(at);
		if (text === '' && (tokens.length === 0 || !known)) return;
		this.#text(known ?? this.#open('text', at), text, tokens, known === undefined, events);
	}

	refusal(at: number, text: string, events: ChatEvent[]): void {
		if (text === '') return;
		const sent = this.#sent.refusal.get(at) ?? this.#open('refusal', at);
		sent.length += text.length;
		events.push({ type: 'refusal-delta', index: sent.part, text });
	}

	annotation(at: number, entry: unknown, events: ChatEvent[]): void {
		const annotation = annotationFrom(entry);
		if (!annotation) return;
		const sent = this.#sent.text.get(at) ?? this.#open('text', at);
		sent.annotations++;
		events.push({ type: 'annotation', index: sent.part, annotation });
	}

	/** What the deltas of one content part left out. */
	rest(kind: Spoken, at: number, whole: string, logprobs: unknown, events: ChatEvent[]): void {
		const sent = this.#sent[kind].get(at);
		const text = whole.slice(sent?.length ?? 0);
		if (kind === 'refusal') this.refusal(at, text, events);
		else this.text(at, text, sent?.logprobs ? undefined : logprobs, events);
	}

	/** What the deltas of all of them left out; places are counted anew, since some servers number them otherwise. */
	done(item: Json, events: ChatEvent[]): void {
		const content = arrayOf(item.content).filter(isObject);
		this.#restOf('text', content, 'text', events);
		this.#restOf('refusal', content, 'refusal', events);
	}

	#restOf(kind: Spoken, content: readonly Json[], field: string, events: ChatEvent[]): void {
		const known = [...this.#sent[kind].keys()];
		const spoken = content.filter((part) => part.type !== 'reasoning_text' && textOf(part[field]));
		spoken.forEach((part, place) => {
			const at = known[place] ?? content.indexOf(part);
			this.rest(kind, at, textOf(part[field]) ?? '', part.logprobs, events);
			const seen = this.#sent[kind].get(at)?.annotations ?? 0;
			for (const entry of arrayOf(part.annotations).slice(seen)) this.annotation(at, entry, events);
		});
	}

	#text(sent: Sent, text: string, tokens: TokenLogprob[], opens: boolean, events: ChatEvent[]): void {
		sent.length += text.length;
		if (tokens.length > 0) sent.logprobs = true;
		events.push({
			type: 'text-delta',
			index: sent.part,
			text,
			...(tokens.length > 0 && { logprobs: tokens }),
			...(opens && this.#phase && { phase: this.#phase }),
		});
	}

	#open(kind: Spoken, at: number): Sent {
		const sent: Sent = { part: this.#nextPart(), length: 0, annotations: 0, logprobs: false };
		this.#sent[kind].set(at, sent);
		return sent;
	}
}
