import { added, done, type OutputItem, type Place } from './item';
import { deltaHead } from './lines';
import { encryptedContent } from './sealed';

export class ReasoningItem implements OutputItem {
	readonly #place: Place;
	readonly #sealed: boolean;
	readonly #where: { readonly item_id: string; readonly output_index: number; readonly summary_index: 0 };
	readonly #head: string;
	#text = '';
	#signature = '';
	#redacted = false;
	closed = false;

	/** `sealed`: with its `encrypted_content`. */
	constructor(place: Place, sealed: boolean) {
		this.#place = place;
		this.#sealed = sealed;
		this.#where = { item_id: place.id, output_index: place.index, summary_index: 0 };
		this.#head = deltaHead('response.reasoning_summary_text.delta', this.#where);
		added(place, this.body);
	}

	get body(): object {
		return {
			id: this.#place.id,
			type: 'reasoning',
			summary: this.#text === '' ? [] : [this.#part(this.#text)],
			...(this.#sealed && {
				encrypted_content: this.#signature === '' ? null : encryptedContent(this.#signature, this.#redacted),
			}),
		};
	}

	isOver = (): boolean => true;

	add(text: string): void {
		if (text === '') return;
		if (this.#text === '')
			this.#place.lines.event('response.reasoning_summary_part.added', { ...this.#where, part: this.#part('') });
		this.#text += text;
		this.#place.lines.delta(this.#head, text, '');
	}

	sign(signature: string, redacted: boolean): void {
		this.#signature += signature;
		this.#redacted = redacted;
	}

	close(): void {
		this.closed = true;
		if (this.#text !== '') {
			this.#place.lines.event('response.reasoning_summary_text.done', { ...this.#where, text: this.#text });
			this.#place.lines.event('response.reasoning_summary_part.done', {
				...this.#where,
				part: this.#part(this.#text),
			});
		}
		done(this.#place, this.body);
	}

	#part(text: string): object {
		return { type: 'summary_text', text };
	}
}
