/** The fold of a stream: the same `ChatResponse` that `fromResponse` makes of a whole body. */
import { GatewayError } from '../errors';
import type { ChatEvent } from './event';
import type { Annotation, AssistantPart, Phase } from './message';
import type { ChatResponse, FinishReason, TokenLogprob } from './request';
import type { Usage } from './usage';

type OpenPart =
	| { kind: 'text'; text: string; annotations: Annotation[]; phase?: Phase }
	| { kind: 'reasoning'; text: string; signature: string | undefined; redacted: boolean }
	| { kind: 'refusal'; text: string }
	| { kind: 'tool-call'; id: string; name: string; arguments: string };

/** Push events in order; `response()` once `finish` came. An `error` event is thrown by `push`. */
export class Collector {
	#id = '';
	#model = '';
	#finish: FinishReason | null = null;
	#usage: Usage | null = null;
	readonly #parts = new Map<number, OpenPart>();
	readonly #logprobs: TokenLogprob[] = [];
	readonly #refusalLogprobs: TokenLogprob[] = [];

	push(event: ChatEvent): void {
		switch (event.type) {
			case 'start':
				this.#id = event.id;
				this.#model = event.model;
				return;
			case 'text-delta': {
				const part = this.#open(event.index, 'text');
				part.text += event.text;
				if (event.phase) part.phase = event.phase;
				if (event.logprobs) this.#logprobs.push(...event.logprobs);
				return;
			}
			case 'reasoning-delta':
				this.#open(event.index, 'reasoning').text += event.text;
				return;
			case 'reasoning-signature': {
				const part = this.#open(event.index, 'reasoning');
				part.signature = (part.signature ?? '') + event.signature;
				part.redacted = event.redacted ?? false;
				return;
			}
			case 'refusal-delta':
				this.#open(event.index, 'refusal').text += event.text;
				if (event.logprobs) this.#refusalLogprobs.push(...event.logprobs);
				return;
			case 'annotation':
				this.#open(event.index, 'text').annotations.push(event.annotation);
				return;
			case 'tool-call-start':
				this.#parts.set(event.index, { kind: 'tool-call', id: event.id, name: event.name, arguments: '' });
				return;
			case 'tool-call-delta':
				this.#open(event.index, 'tool-call').arguments += event.arguments;
				return;
			case 'usage':
				this.#usage = event.usage;
				return;
			case 'finish':
				this.#finish = event.finish;
				return;
			case 'error':
				throw event.error;
		}
	}

	/** The whole answer. Throws `upstream_malformed` where no finish reason came. */
	response(): ChatResponse {
		if (!this.#finish)
			throw new GatewayError('upstream_malformed', 'The upstream ended its answer without a finish reason.');
		const content = [...this.#parts.values()].map(closed);
		return {
			id: this.#id,
			model: this.#model,
			content,
			finish: this.#finish,
			usage: this.#usage,
			...(this.#logprobs.length > 0 && { logprobs: this.#logprobs }),
			...(this.#refusalLogprobs.length > 0 && { refusalLogprobs: this.#refusalLogprobs }),
		};
	}

	#open<K extends OpenPart['kind']>(index: number, kind: K): Extract<OpenPart, { kind: K }> {
		let part = this.#parts.get(index);
		if (!part) {
			part = blank(kind);
			this.#parts.set(index, part);
		}
		return part as Extract<OpenPart, { kind: K }>;
	}
}

function blank(kind: OpenPart['kind']): OpenPart {
	switch (kind) {
		case 'text':
			return { kind, text: '', annotations: [] };
		case 'reasoning':
			return { kind, text: '', signature: undefined, redacted: false };
		case 'refusal':
			return { kind, text: '' };
		case 'tool-call':
			return { kind, id: '', name: '', arguments: '' };
	}
}

function closed(part: OpenPart): AssistantPart {
	switch (part.kind) {
		case 'text':
			return {
				type: 'text',
				text: part.text,
				...(part.annotations.length > 0 && { annotations: part.annotations }),
				...(part.phase && { phase: part.phase }),
			};
		case 'reasoning':
			return {
				type: 'reasoning',
				text: part.text,
				...(part.signature !== undefined && { signature: part.signature }),
				...(part.redacted && { redacted: true }),
			};
		case 'refusal':
			return { type: 'refusal', text: part.text };
		case 'tool-call':
			return { type: 'tool-call', id: part.id, name: part.name, arguments: part.arguments || '{}' };
	}
}

/** Folds a finished list of events. */
export function collect(events: Iterable<ChatEvent>): ChatResponse {
	const collector = new Collector();
	for (const event of events) collector.push(event);
	return collector.response();
}
