/** YAML's events as plain data, with the place of each part. */
import {
	type AliasEvent,
	COLLECTION_STYLE,
	EVENT_ID,
	type Event,
	type MappingEvent,
	SCALAR_STYLE,
	type ScalarEvent,
	type SequenceEvent,
} from 'js-yaml';
import { invalid } from '../../errors';
import { MOST_ALIASES, MOST_VALUES, tooMany } from './limits';
import type { YamlEvents } from './yaml-events';
import { coreValue, taggedValue } from './yaml-scalars';

export interface Node {
	readonly value: unknown;
	/** Where it starts in the source; of a value with a name where the name does. */
	readonly offset: number;
	/** What it holds itself, by name or number: nothing that came by an alias or a merge. */
	readonly parts?: ReadonlyMap<string, Node>;
}

/** Throws what says why the part at that place of the source can't be. */
export type Refuse = (offset: number, reason: string) => never;

interface Anchor {
	/** Absent until all of it is read. */
	node?: Node;
	uses: number;
}

const isBlock = ({ style }: ScalarEvent): boolean =>
	style === SCALAR_STYLE.LITERAL_BLOCK || style === SCALAR_STYLE.FOLDED_BLOCK;

class NodeReader {
	readonly #yaml: YamlEvents;
	readonly #refuse: Refuse;
	readonly #anchors = new Map<string, Anchor>();
	/** What may stand between two items of a list ahead of the dash. */
	readonly #gap = /(?:[\s"'[\]{},:?]|#.*)*/y;
	/** Of the next event; the first opens the document. */
	#at = 1;
	/** How far the source is read, as far as events tell. */
	#read = 0;
	#values = 0;

	constructor(yaml: YamlEvents, refuse: Refuse) {
		this.#yaml = yaml;
		this.#refuse = refuse;
	}

	get isLast(): boolean {
		return this.#at === this.#yaml.events.length - 1;
	}

	node(): Node {
		const event = this.#next();
		this.#at += 1;
		this.#count();
		switch (event?.type) {
			case EVENT_ID.ALIAS:
				return this.#alias(event);
			case EVENT_ID.SCALAR:
				return this.#anchored(event, () => this.#scalar(event));
			case EVENT_ID.SEQUENCE:
				return this.#anchored(event, () => this.#list(event));
			case EVENT_ID.MAPPING:
				return this.#anchored(event, () => this.#map(event));
			default:
				return this.#refuse(this.#read, 'a value is missing.');
		}
	}

	#next(): Event | undefined {
		return this.#yaml.events[this.#at];
	}

	#count(): void {
		this.#values += 1;
		// A name and its value are two.
		if (this.#values > 2 * MOST_VALUES) throw tooMany();
	}

	#isClosed(): boolean {
		const isClosed = this.#next()?.type === EVENT_ID.POP;
		if (isClosed) this.#at += 1;
		return isClosed;
	}

	#alias({ anchorStart, anchorEnd }: AliasEvent): Node {
		this.#read = anchorEnd;
		const anchor = this.#anchors.get(this.#yaml.source.slice(anchorStart, anchorEnd));
		if (!anchor) return this.#refuse(anchorStart, 'no anchor of this name stands before the alias.');
		if (!anchor.node) return this.#refuse(anchorStart, 'what the alias stands for would hold itself.');
		anchor.uses += 1;
		if (anchor.uses > MOST_ALIASES)
			return this.#refuse(anchorStart, `an anchor is repeated by more than ${MOST_ALIASES} aliases.`);
		return { value: anchor.node.value, offset: anchorStart };
	}

	#anchored({ anchorStart, anchorEnd }: ScalarEvent | SequenceEvent | MappingEvent, read: () => Node): Node {
		const anchor: Anchor = { uses: 0 };
		if (anchorStart >= 0) this.#anchors.set(this.#yaml.source.slice(anchorStart, anchorEnd), anchor);
		anchor.node = read();
		return anchor.node;
	}

	#scalar(event: ScalarEvent): Node {
		const { valueStart, valueEnd, tagStart, tagEnd, anchorEnd, style } = event;
		const text = this.#yaml.textOf(event);
		this.#read = Math.max(this.#read, valueEnd, tagEnd, anchorEnd);
		// A block's value starts on the line after its mark.
		const start = isBlock(event) ? valueStart - 1 : valueStart;
		const offset = valueStart < 0 ? this.#read : start;
		if (tagStart >= 0) return { value: taggedValue(this.#yaml.source.slice(tagStart, tagEnd), text), offset };
		return { value: style === SCALAR_STYLE.PLAIN ? coreValue(text) : text, offset };
	}

	#list({ start, style }: SequenceEvent): Node {
		const value: unknown[] = [];
		const parts = new Map<string, Node>();
		this.#read = start;
		while (!this.#isClosed()) {
			const event = this.#next();
			const isBare = event?.type === EVENT_ID.SCALAR && event.valueStart < 0 && style === COLLECTION_STYLE.BLOCK;
			if (isBare) this.#read = this.#dashAfter(this.#read);
			const item = this.node();
			if (isBare) this.#read += 1;
			parts.set(String(value.length), item);
			value.push(item.value);
		}
		return { value, offset: start, parts };
	}

	/** An item of nothing has no place but its dash's. */
	#dashAfter(offset: number): number {
		this.#gap.lastIndex = offset;
		this.#gap.test(this.#yaml.source);
		return this.#gap.lastIndex;
	}

	#map({ start }: MappingEvent): Node {
		const fields = new Map<string, unknown>();
		const parts = new Map<string, Node>();
		this.#read = start;
		while (!this.#isClosed()) {
			const isMerge = this.#isMerge(this.#next());
			const key = this.node();
			const { value, ...node } = this.node();
			if (isMerge) this.#merge(fields, value, key.offset);
			else {
				const name = this.#nameOf(key);
				if (parts.has(name)) this.#refuse(key.offset, 'Map keys must be unique');
				fields.set(name, value);
				parts.set(name, { ...node, value, offset: key.offset });
			}
		}
		return { value: Object.fromEntries(fields), offset: start, parts };
	}

	#nameOf({ value, offset }: Node): string {
		if (typeof value === 'object' && value !== null) return this.#refuse(offset, 'a name must be text.');
		return value === null ? '' : String(value);
	}

	#isMerge(event: Event | undefined): boolean {
		if (event?.type !== EVENT_ID.SCALAR || event.style !== SCALAR_STYLE.PLAIN || event.tagStart >= 0) return false;
		return this.#yaml.textOf(event) === '<<';
	}

	/** What is there already stays; of several maps the first that has a name gives it. */
	#merge(fields: Map<string, unknown>, value: unknown, offset: number): void {
		for (const source of Array.isArray(value) ? value : [value]) {
			if (typeof source !== 'object' || source === null || Array.isArray(source))
				this.#refuse(offset, '<< takes a map or a list of maps.');
			for (const [name, inner] of Object.entries(source)) {
				this.#count();
				if (!fields.has(name)) fields.set(name, inner);
			}
		}
	}
}

/**
 * The document's content. Throws what `refuse` does, and `invalid_request` for too many values or a second document.
 */
export function yamlNode(yaml: YamlEvents, refuse: Refuse): Node {
	if (yaml.events.length === 0) return { value: null, offset: 0 };
	const reader = new NodeReader(yaml, refuse);
	const node = reader.node();
	if (!reader.isLast) throw invalid('document', 'The file must hold one document.');
	return node;
}
