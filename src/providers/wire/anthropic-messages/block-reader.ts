/** Content blocks → events. Their indexes are per message; parts get rising ones of our own. */
import type { ChatEvent } from '../../../language/event';
import { exactText } from '../../../language/exact-json';
import type { Annotation } from '../../../language/message';
import { signed } from '../../../language/signature';
import type { DecodePlan } from '../../provider';
import { arrayOf, isObject, type Json, objectOf, textOf } from '../json';

interface Open {
	readonly kind: 'text' | 'reasoning' | 'tool-call' | 'schema';
	/** Given with the first event, so that parts open in rising order whatever order blocks are filled in. */
	part: number | undefined;
	/** Arguments that `content_block_start` brought, sent at the end where no delta came; undefined: none are due. */
	input?: string | undefined;
}

export class BlockReader {
	readonly #plan: DecodePlan;
	/** By block index; a block of unknown kind is not here, so its deltas are passed over. */
	readonly #open = new Map<number, Open>();
	#parts = 0;
	#calls = 0;

	constructor(plan: DecodePlan) {
		this.#plan = plan;
	}

	/** A tool of the caller's was called. */
	get calls(): boolean {
		return this.#calls > 0;
	}

	open(index: number, block: Json): ChatEvent[] {
		const events = this.close(index);
		switch (block.type) {
			case 'text':
				this.#open.set(index, { kind: 'text', part: undefined });
				return [
					...events,
					...this.#text(index, block.text),
					...arrayOf(block.citations).flatMap((citation) => this.#citation(index, citation)),
				];
			case 'thinking':
				this.#open.set(index, { kind: 'reasoning', part: undefined });
				return [...events, ...this.#thinking(index, block.thinking), ...this.#signature(index, block.signature)];
			case 'redacted_thinking':
				return [...events, ...this.#redacted(block.data)];
			case 'tool_use':
				return [...events, ...this.#tool(index, block)];
			default:
				return events;
		}
	}

	add(index: number, delta: Json): ChatEvent[] {
		switch (delta.type) {
			case 'text_delta':
				return this.#text(index, delta.text);
			case 'input_json_delta':
				return this.#input(index, delta.partial_json);
			case 'thinking_delta':
				return this.#thinking(index, delta.thinking);
			case 'signature_delta':
				return this.#signature(index, delta.signature);
			case 'citations_delta':
				return this.#citation(index, delta.citation);
			default:
				return [];
		}
	}

	close(index: number): ChatEvent[] {
		const block = this.#open.get(index);
		this.#open.delete(index);
		return block?.input === undefined ? [] : [this.#written(block, block.input)];
	}

	/** Ends whatever is open. A tool call cut in the middle stays as it was sent. */
	reset(): ChatEvent[] {
		return [...this.#open.keys()].flatMap((index) => this.close(index));
	}

	refuse(text: string): ChatEvent[] {
		return [{ type: 'refusal-delta', index: this.#next(), text }];
	}

	#next(): number {
		this.#parts += 1;
		return this.#parts - 1;
	}

	#part(block: Open): number {
		block.part ??= this.#next();
		return block.part;
	}

	#text(index: number, text: unknown): ChatEvent[] {
		const block = this.#open.get(index);
		if (block?.kind !== 'text' || typeof text !== 'string' || text === '') return [];
		return [{ type: 'text-delta', index: this.#part(block), text }];
	}

	#thinking(index: number, text: unknown): ChatEvent[] {
		const block = this.#open.get(index);
		if (block?.kind !== 'reasoning' || typeof text !== 'string' || text === '') return [];
		return [{ type: 'reasoning-delta', index: this.#part(block), text }];
	}

	#signature(index: number, signature: unknown): ChatEvent[] {
		const block = this.#open.get(index);
		if (block?.kind !== 'reasoning' || typeof signature !== 'string' || signature === '') return [];
		return [{ type: 'reasoning-signature', index: this.#part(block), signature: signed('anthropic', signature) }];
	}

	#redacted(data: unknown): ChatEvent[] {
		if (typeof data !== 'string' || data === '') return [];
		const signature = signed('anthropic', data);
		return [{ type: 'reasoning-signature', index: this.#next(), signature, redacted: true }];
	}

	#citation(index: number, citation: unknown): ChatEvent[] {
		const block = this.#open.get(index);
		if (block?.kind !== 'text' || !isObject(citation)) return [];
		return [{ type: 'annotation', index: this.#part(block), annotation: toAnnotation(citation) }];
	}

	#tool(index: number, block: Json): ChatEvent[] {
		const sent = textOf(block.name) ?? '';
		const input = exactText(objectOf(block.input) ?? {});
		if (this.#plan.schemaTool !== undefined && sent === this.#plan.schemaTool) {
			this.#open.set(index, { kind: 'schema', part: undefined, input });
			return [];
		}
		const part = this.#next();
		this.#open.set(index, { kind: 'tool-call', part, input });
		this.#calls += 1;
		const name = Object.hasOwn(this.#plan.toolNames ?? {}, sent) ? this.#plan.toolNames?.[sent] : undefined;
		return [{ type: 'tool-call-start', index: part, id: textOf(block.id) ?? '', name: name ?? sent }];
	}

	#input(index: number, text: unknown): ChatEvent[] {
		const block = this.#open.get(index);
		if (block?.kind !== 'tool-call' && block?.kind !== 'schema') return [];
		if (typeof text !== 'string' || text === '') return [];
		block.input = undefined;
		return [this.#written(block, text)];
	}

	/** Arguments of the forced schema tool are the answer's text. */
	#written(block: Open, text: string): ChatEvent {
		const index = this.#part(block);
		return block.kind === 'schema'
			? { type: 'text-delta', index, text }
			: { type: 'tool-call-delta', index, arguments: text };
	}
}

/** Offsets of a citation count in its source, not in the answer, so they stay in `raw`. */
function toAnnotation(citation: Json): Annotation {
	const url = textOf(citation.url);
	const title = textOf(citation.title) ?? textOf(citation.document_title);
	return {
		type: url ? 'url-citation' : typeof citation.document_index === 'number' ? 'file-citation' : 'other',
		...(url && { url }),
		...(title && { title }),
		raw: citation,
	};
}
