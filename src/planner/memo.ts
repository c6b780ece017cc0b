/** What was counted of one request already, whoever it was for: another model with the same encoding counts it no more. */
import type { FilePart, ImagePart } from '../language/message';
import type { Encoding } from './encoding';
import type { Size } from './image-size';
import { type Normalization, normalized, UNFOLDED, utf8Length } from './text';

/** Of a message's or a list's texts together. */
export interface TextCount {
	readonly tokens: number;
	/** In UTF-8: no byte-level tokenizer makes more tokens of it. */
	readonly bytes: number;
}

export interface CountMemo {
	/** By encoding, normalization and kind of text, then by the object it stands in. */
	readonly texts: Map<string, WeakMap<object, TextCount>>;
	readonly sizes: WeakMap<ImagePart | FilePart, { readonly size: Size | null }>;
	readonly pages: WeakMap<FilePart, number>;
}

/** One for a request and all that is made of it. */
export const countMemo = (): CountMemo => ({ texts: new Map(), sizes: new WeakMap(), pages: new WeakMap() });

/** `most`: bytes that it is taken for as it stands; absent: its own. */
export type CountText = (text: string, most?: number) => void;

type Visit<T> = (object: T, count: CountText) => void;

/** Counts objects of one kind; `visit` tells each text of one, and is asked where it has not been counted yet. */
export function remembering<T extends object>(
	memo: CountMemo,
	kind: string,
	encoding: Encoding,
	normalization: Normalization,
	visit: Visit<T>,
): (object: T) => TextCount {
	const plain = remembered<T>(memo, `${encoding.name} ${kind}`, (object) => counted(object, encoding, 'none', visit));
	if (normalization !== 'NFKC') return plain;
	return remembered<T>(memo, `${encoding.name} ${normalization} ${kind}`, (object) =>
		isNormal(object, visit) ? plain(object) : counted(object, encoding, normalization, visit),
	);
}

function remembered<T extends object>(
	memo: CountMemo,
	name: string,
	count: (object: T) => TextCount,
): (object: T) => TextCount {
	const counts = memo.texts.get(name) ?? new WeakMap<object, TextCount>();
	memo.texts.set(name, counts);
	return (object) => {
		const known = counts.get(object) ?? count(object);
		counts.set(object, known);
		return known;
	};
}

function isNormal<T>(object: T, visit: Visit<T>): boolean {
	let is = true;
	visit(object, (text) => {
		is &&= normalized(text, 'NFKC') === text;
	});
	return is;
}

function counted<T>(object: T, encoding: Encoding, normalization: Normalization, visit: Visit<T>): TextCount {
	let tokens = 0;
	let bytes = 0;
	visit(object, (text, most) => {
		const read = normalized(text, normalization);
		tokens += encoding.count(read);
		const own = most ?? utf8Length(text);
		// As much as the bound has for it: what is no base64 may be any text.
		const unfolded = most === undefined ? Number.POSITIVE_INFINITY : most * (1 + UNFOLDED[normalization]);
		bytes += read === text ? own : Math.min(unfolded, Math.max(own, utf8Length(read)));
	});
	return { tokens, bytes };
}
