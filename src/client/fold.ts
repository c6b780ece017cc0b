/** The events of a streamed answer folded into the answer that `chat` would have given. */
import type { AnswerMeta, AnswerUsage, ChatResult, StreamEvent } from '../routers/answer';

type Part = ChatResult['content'][number];
type Annotation = Extract<StreamEvent, { type: 'annotation' }>['annotation'];
type Logprobs = NonNullable<ChatResult['logprobs']>;

interface OpenPart {
	type: Part['type'];
	text: string;
	readonly annotations: Annotation[];
	signature?: string;
	redacted?: boolean;
	id: string;
	name: string;
}

function closed(part: OpenPart): Part {
	const { type, text, annotations, signature, redacted, id, name } = part;
	switch (type) {
		case 'text':
			return { type, text, ...(annotations.length > 0 && { annotations }) };
		case 'reasoning':
			return { type, text, ...(signature !== undefined && { signature }), ...(redacted && { redacted }) };
		case 'refusal':
			return { type, text };
		case 'tool-call':
			return { type, id, name, arguments: text || '{}' };
	}
}

export class Fold {
	#id = '';
	#model = '';
	#finish: ChatResult['finish'] | null = null;
	#usage: AnswerUsage | null = null;
	#meta: AnswerMeta | null = null;
	readonly #logprobs: Logprobs[number][] = [];
	readonly #refusalLogprobs: Logprobs[number][] = [];
	readonly #parts = new Map<number, OpenPart>();

	push(event: StreamEvent): void {
		switch (event.type) {
			case 'start':
				this.#id = event.id;
				this.#model = event.model;
				return;
			case 'meta':
				this.#meta = event.meta;
				return;
			case 'usage':
				this.#usage = event.usage;
				return;
			case 'finish':
				this.#finish = event.finish;
				return;
			default:
				this.#delta(event);
		}
	}

	/** Null until the answer is whole. */
	result(): ChatResult | null {
		if (!this.#finish || !this.#meta) return null;
		const content = [...this.#parts.values()].map(closed);
		return {
			id: this.#id,
			model: this.#model,
			text: content.map((part) => (part.type === 'text' ? part.text : '')).join(''),
			content,
			finish: this.#finish,
			usage: this.#usage,
			...(this.#logprobs.length > 0 && { logprobs: this.#logprobs }),
			...(this.#refusalLogprobs.length > 0 && { refusalLogprobs: this.#refusalLogprobs }),
			meta: this.#meta,
		};
	}

	#delta(event: Exclude<StreamEvent, { type: 'start' | 'meta' | 'usage' | 'finish' }>): void {
		switch (event.type) {
			case 'text-delta':
				this.#open(event.index, 'text').text += event.text;
				if (event.logprobs) this.#logprobs.push(...event.logprobs);
				return;
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
				Object.assign(this.#open(event.index, 'tool-call'), { id: event.id, name: event.name });
				return;
			case 'tool-call-delta':
				this.#open(event.index, 'tool-call').text += event.arguments;
		}
	}

	#open(index: number, type: Part['type']): OpenPart {
		const part = this.#parts.get(index) ?? { type, text: '', annotations: [], id: '', name: '' };
		this.#parts.set(index, part);
		return part;
	}
}
