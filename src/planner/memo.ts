/** What was counted of one request already, whoever it was for: another model with the same encoding counts it no more. */
import type { FilePart, ImagePart } from '../language/message';
import type { Encoding } from './encoding';
import type { Size } from './image-size';
import { utf8Length } from './text';

/** Of a message's or a list's texts together. */
export interface TextCount {
	readonly tokens: number;
	/** In UTF-8: no byte-level tokenizer makes more tokens of it. */
	readonly bytes: number;
}

export interface CountMemo {
	/** By encoding and kind of text, then by the object it stands in. */
	readonly texts: Map<string, WeakMap<object, TextCount>>;
	readonly sizes: WeakMap<ImagePart, { readonly size: Size | null }>;
	readonly pages: WeakMap<FilePart, number>;
}

/** One for a request and all that is made of it. */
export const countMemo = (): CountMemo => ({ texts: new Map(), sizes: new WeakMap(), pages: new WeakMap() });

/** `most`: bytes that it is taken for; absent: its own. */
export type CountText = (text: string, most?: number) => void;

/** Counts objects of one kind; `visit` tells each text of one, and is asked where it has not been counted yet. */
export function remembering<T extends object>(
	memo: CountMemo,
	kind: string,
	encoding: Encoding,
	visit: (object: T, count: CountText) => void,
): (object: T) => TextCount {
	const name = `${encoding.name} ${kind}`;
	const counts = memo.texts.get(name) ?? new WeakMap<object, TextCount>();
	memo.texts.set(name, counts);
	return (object) => {
		const known = counts.get(object);
		if (known) return known;
		const counted = { tokens: 0, bytes: 0 };
		visit(object, (text, most = utf8Length(text)) => {
			counted.tokens += encoding.count(text);
			counted.bytes += most;
		});
		counts.set(object, counted);
		return counted;
	};
}
