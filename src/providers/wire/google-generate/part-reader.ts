/** Parts of a candidate → events. A part of the API may come in pieces; ours get rising indexes. */
import type { ChatEvent } from '../../../language/event';
import { exactText } from '../../../language/exact-json';
import type { TokenLogprob } from '../../../language/request';
import { signed } from '../../../language/signature';
import { type Json, objectOf, textOf } from '../json';
import { originalName } from '../tool-names';
import { madeId } from './call-id';
import { PartialArgs } from './partial-args';

/** A text part: where it begins in all text of the answer (UTF-16 units). */
export interface TextSpan {
	readonly index: number;
	readonly start: number;
}

export class PartReader {
	readonly #names: Readonly<Record<string, string>> | undefined;
	readonly #responseId: () => string;
	#parts = 0;
	#calls = 0;
	#open: { readonly kind: 'text' | 'reasoning'; readonly index: number } | null = null;
	/** A call whose arguments still come. */
	#call: { readonly index: number; readonly args: PartialArgs } | null = null;
	#logprobs: TokenLogprob[] = [];
	/** All text so far, thoughts not included. */
	text = '';
	readonly spans: TextSpan[] = [];

	constructor(names: Readonly<Record<string, string>> | undefined, responseId: () => string) {
		this.#names = names;
		this.#responseId = responseId;
	}

	get calledTools(): boolean {
		return this.#calls > 0;
	}

	/** They go out with the next text: a chunk of tokens alone has none. */
	expect(logprobs: readonly TokenLogprob[]): void {
		this.#logprobs.push(...logprobs);
	}

	/** Parts of other kinds (code, images) have no place in an answer of ours. */
	push(part: Json, events: ChatEvent[]): void {
		const call = objectOf(part.functionCall);
		const signature = textOf(part.thoughtSignature) ?? '';
		if (call) {
			this.#functionCall(call, signature, events);
			return;
		}
		const text = textOf(part.text) ?? (Object.keys(part).length === 1 && signature ? '' : undefined);
		if (text === undefined) return;
		if (part.thought === true) this.#thought(text, signature, events);
		else this.#text(text, signature, events);
	}

	/** Ends whatever is open. */
	close(events: ChatEvent[]): void {
		this.#open = null;
		if (!this.#call) return;
		events.push({ type: 'tool-call-delta', index: this.#call.index, arguments: this.#call.args.text });
		this.#call = null;
	}

	#next(): number {
		this.#parts += 1;
		return this.#parts - 1;
	}

	#opened(kind: 'text' | 'reasoning', events: ChatEvent[]): number {
		if (this.#open?.kind !== kind) {
			this.close(events);
			this.#open = { kind, index: this.#next() };
			if (kind === 'text') this.spans.push({ index: this.#open.index, start: this.text.length });
		}
		return this.#open.index;
	}

	#thought(text: string, signature: string, events: ChatEvent[]): void {
		if (text !== '') events.push({ type: 'reasoning-delta', index: this.#opened('reasoning', events), text });
		if (signature === '') return;
		const index = this.#opened('reasoning', events);
		events.push({ type: 'reasoning-signature', index, signature: signed('google', signature) });
		this.#open = null;
	}

	/** A signature closes the part before it: what it sits on is a part of its own. */
	#text(text: string, signature: string, events: ChatEvent[]): void {
		if (signature !== '') this.#signature(signature, events);
		if (text === '') return;
		const index = this.#opened('text', events);
		this.text += text;
		if (this.#logprobs.length === 0) {
			events.push({ type: 'text-delta', index, text });
			return;
		}
		events.push({ type: 'text-delta', index, text, logprobs: this.#logprobs });
		this.#logprobs = [];
	}

	/** Ahead of the part it sits on, as reasoning without text. */
	#signature(signature: string, events: ChatEvent[]): void {
		this.close(events);
		events.push({ type: 'reasoning-signature', index: this.#next(), signature: signed('google', signature) });
	}

	/** Whole, or opened by its name, filled by nameless ones and closed by the first that says nothing of more. */
	#functionCall(call: Json, signature: string, events: ChatEvent[]): void {
		const name = textOf(call.name) ?? '';
		const goesOn = call.willContinue === true;
		if (name !== '') {
			this.close(events);
			if (signature !== '') this.#signature(signature, events);
			this.#start(name, textOf(call.id), events);
		}
		if (!this.#call) return;
		this.#call.args.push(call.partialArgs);
		if (goesOn) return;
		const args = objectOf(call.args);
		if (!args) {
			this.close(events);
			return;
		}
		events.push({ type: 'tool-call-delta', index: this.#call.index, arguments: exactText(args) });
		this.#call = null;
	}

	#start(name: string, id: string | undefined, events: ChatEvent[]): void {
		const index = this.#next();
		const callId = id || madeId(this.#responseId(), this.#calls);
		this.#calls += 1;
		this.#call = { index, args: new PartialArgs() };
		events.push({ type: 'tool-call-start', index, id: callId, name: originalName(name, this.#names) });
	}
}
