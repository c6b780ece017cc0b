/** Content blocks → events. Their indexes are per message; parts get rising ones of our own. */
import type { ChatEvent } from '../../../language/event';
import { exactText } from '../../../language/exact-json';
import type { Annotation } from '../../../language/message';
import { signed } from '../../../language/signature';
import type { DecodePlan } from '../../provider';
import { arrayOf, isObject, type Json, objectOf, textOf } from '../json';
import { originalName } from '../tool-names';

interface Open {
	readonly kind: 'text' | 'reasoning' | 'tool-call' | 'schema';
	/** Given with the first event, so that parts open in rising order and an empty block opens none. */
	part: number | undefined;
	/** Arguments came, or a signature did. */
	begun: boolean;
}

export class BlockReader {
	readonly #plan: DecodePlan;
	/** By block index. Text and reasoning begin with their first delta, only tools are announced. */
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

	/** `contentBlockStart`; of what is announced only tools matter. */
	start(index: number, start: Json): ChatEvent[] {
		const tool = objectOf(start.toolUse);
		return tool ? [...this.stop(index), ...this.#tool(index, tool)] : [];
	}

	/** `contentBlockDelta`; of an unknown kind nothing comes. */
	add(index: number, delta: Json): ChatEvent[] {
		if (typeof delta.text === 'string') return this.#text(index, delta.text);
		const reasoning = objectOf(delta.reasoningContent);
		if (reasoning) return this.#reasoning(index, reasoning);
		const tool = objectOf(delta.toolUse);
		if (tool) return this.#input(index, tool.input);
		return isObject(delta.citation) ? this.#citation(index, delta.citation) : [];
	}

	/** `contentBlockStop`: a tool that was given no arguments has the empty ones. */
	stop(index: number): ChatEvent[] {
		const block = this.#open.get(index);
		this.#open.delete(index);
		if (!block || block.begun || (block.kind !== 'tool-call' && block.kind !== 'schema')) return [];
		return [this.#written(block, '{}')];
	}

	/** A block of a whole answer. */
	whole(index: number, block: Json): ChatEvent[] {
		const tool = objectOf(block.toolUse);
		if (tool) {
			const input = tool.input === undefined ? '' : exactText(tool.input);
			return [...this.#tool(index, tool), ...this.#input(index, input), ...this.stop(index)];
		}
		const reasoning = objectOf(block.reasoningContent);
		if (reasoning) return this.#reasoning(index, { ...reasoning, ...objectOf(reasoning.reasoningText) });
		const cited = objectOf(block.citationsContent);
		if (!cited) return this.add(index, block);
		return [
			...arrayOf(cited.content).flatMap((part) => this.#text(index, textOf(objectOf(part)?.text) ?? '')),
			...arrayOf(cited.citations).flatMap((citation) => this.#citation(index, objectOf(citation) ?? {})),
		];
	}

	/** Ends whatever is open. */
	reset(): ChatEvent[] {
		return [...this.#open.keys()].flatMap((index) => this.stop(index));
	}

	/** The open block of that index; another one where it is of another kind. */
	#block(index: number, kind: 'text' | 'reasoning'): Open {
		const open = this.#open.get(index);
		if (open?.kind === kind) return open;
		const block: Open = { kind, part: undefined, begun: false };
		this.#open.set(index, block);
		return block;
	}

	#part(block: Open): number {
		if (block.part === undefined) {
			block.part = this.#parts;
			this.#parts += 1;
		}
		return block.part;
	}

	/** gpt-oss begins with an empty text block. */
	#text(index: number, text: string): ChatEvent[] {
		if (text === '') return [];
		return [{ type: 'text-delta', index: this.#part(this.#block(index, 'text')), text }];
	}

	#reasoning(index: number, content: Json): ChatEvent[] {
		const block = this.#block(index, 'reasoning');
		const events: ChatEvent[] = [];
		const text = textOf(content.text);
		if (text) events.push({ type: 'reasoning-delta', index: this.#part(block), text });
		const signature = textOf(content.signature);
		if (signature) events.push(this.#signature(block, signature));
		// Sealed by Bedrock's own encoding, whoever made the model.
		const redacted = textOf(content.redactedContent);
		if (redacted) {
			const whole = block.begun ? redacted : signed('bedrock', redacted);
			block.begun = true;
			events.push({ type: 'reasoning-signature', index: this.#part(block), signature: whole, redacted: true });
		}
		return events;
	}

	/** Its origin stands once, ahead of the first piece. */
	#signature(block: Open, piece: string): ChatEvent {
		const signature = block.begun ? piece : signed(this.#plan.signatures ?? 'bedrock', piece);
		block.begun = true;
		return { type: 'reasoning-signature', index: this.#part(block), signature };
	}

	#tool(index: number, tool: Json): ChatEvent[] {
		const sent = textOf(tool.name) ?? '';
		if (this.#plan.schemaTool !== undefined && sent === this.#plan.schemaTool) {
			this.#open.set(index, { kind: 'schema', part: undefined, begun: false });
			return [];
		}
		const block: Open = { kind: 'tool-call', part: undefined, begun: false };
		this.#open.set(index, block);
		this.#calls += 1;
		const name = originalName(sent, this.#plan.toolNames);
		return [{ type: 'tool-call-start', index: this.#part(block), id: textOf(tool.toolUseId) ?? '', name }];
	}

	#input(index: number, text: unknown): ChatEvent[] {
		const block = this.#open.get(index);
		if (block?.kind !== 'tool-call' && block?.kind !== 'schema') return [];
		if (typeof text !== 'string' || text === '') return [];
		block.begun = true;
		return [this.#written(block, text)];
	}

	/** Arguments of the forced schema tool are the answer's text. */
	#written(block: Open, text: string): ChatEvent {
		const index = this.#part(block);
		return block.kind === 'schema'
			? { type: 'text-delta', index, text }
			: { type: 'tool-call-delta', index, arguments: text };
	}

	#citation(index: number, citation: Json): ChatEvent[] {
		return [{ type: 'annotation', index: this.#part(this.#block(index, 'text')), annotation: toAnnotation(citation) }];
	}
}

/** Offsets of a citation count in its source, not in the answer, so they stay in `raw`. */
function toAnnotation(citation: Json): Annotation {
	const location = objectOf(citation.location);
	const url = textOf(objectOf(location?.web)?.url);
	const title = textOf(citation.title);
	return {
		type: url ? 'url-citation' : location ? 'file-citation' : 'other',
		...(url && { url }),
		...(title && { title }),
		raw: citation,
	};
}
