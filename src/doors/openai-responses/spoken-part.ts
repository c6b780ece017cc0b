import type { Annotation } from '../../language/message';
import type { TokenLogprob } from '../../language/request';
import type { Place } from './item';
import { deltaHead } from './lines';

const tokenBody = ({ token, logprob, bytes }: Omit<TokenLogprob, 'top'>) => ({ token, logprob, bytes: bytes ?? [] });
const logprobBody = (tokens: readonly TokenLogprob[]) =>
	tokens.map((token) => ({ ...tokenBody(token), top_logprobs: token.top.map(tokenBody) }));

/** Flat here, with offsets into the text of its own part. */
function annotationBody({ type, url, title, start, end, raw }: Annotation): unknown {
	if (type !== 'url-citation') return raw ?? { type: type === 'file-citation' ? 'file_citation' : 'other', url, title };
	return { type: 'url_citation', url: url ?? '', title: title ?? '', start_index: start ?? 0, end_index: end ?? 0 };
}

/** A content part of a message. */
export class SpokenPart {
	readonly #place: Place;
	readonly #where: { readonly item_id: string; readonly output_index: number; readonly content_index: number };
	readonly #kind: 'text' | 'refusal';
	readonly #head: string;
	readonly #annotations: unknown[] = [];
	readonly #logprobs: object[] = [];
	#text = '';
	#closed = false;

	constructor(place: Place, contentIndex: number, kind: 'text' | 'refusal') {
		this.#place = place;
		this.#kind = kind;
		this.#where = { item_id: place.id, output_index: place.index, content_index: contentIndex };
		this.#head = deltaHead(`response.${kind === 'text' ? 'output_text' : 'refusal'}.delta`, this.#where);
		place.lines.event('response.content_part.added', { ...this.#where, part: this.body });
	}

	get body(): object {
		if (this.#kind === 'refusal') return { type: 'refusal', refusal: this.#text };
		return { type: 'output_text', text: this.#text, annotations: this.#annotations, logprobs: this.#logprobs };
	}

	get closed(): boolean {
		return this.#closed;
	}

	add(text: string, logprobs?: readonly TokenLogprob[]): void {
		this.#text += text;
		this.#place.lines.delta(this.#head, text, this.#tail(logprobs));
	}

	annotate(annotation: Annotation): void {
		const body = annotationBody(annotation);
		const annotation_index = this.#annotations.push(body) - 1;
		this.#place.lines.event('response.output_text.annotation.added', {
			...this.#where,
			annotation_index,
			annotation: body,
		});
	}

	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		const { lines } = this.#place;
		if (this.#kind === 'text')
			lines.event('response.output_text.done', { ...this.#where, text: this.#text, logprobs: this.#logprobs });
		else lines.event('response.refusal.done', { ...this.#where, refusal: this.#text });
		lines.event('response.content_part.done', { ...this.#where, part: this.body });
	}

	/** A refusal has no log probabilities; a text always says whether it has some. */
	#tail(logprobs: readonly TokenLogprob[] | undefined): string {
		if (this.#kind === 'refusal') return '';
		if (!logprobs) return ',"logprobs":[]';
		const tokens = logprobBody(logprobs);
		this.#logprobs.push(...tokens);
		return `,"logprobs":${JSON.stringify(tokens)}`;
	}
}
