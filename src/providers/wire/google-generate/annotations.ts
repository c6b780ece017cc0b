/** Grounding and citations: sources of spans of the answer, which the API counts in bytes of UTF-8. */
import type { ChatEvent } from '../../../language/event';
import type { Annotation } from '../../../language/message';
import { arrayOf, isObject, type Json, numberOf, objectOf, textOf } from '../json';
import type { TextSpan } from './part-reader';

type Span = Pick<Annotation, 'start' | 'end'>;
type Source = Omit<Annotation, 'start' | 'end'>;

/** Each source of each span; nothing where there is no text to point at. */
export function annotationEvents(
	grounding: unknown,
	citations: unknown,
	text: string,
	spans: readonly TextSpan[],
): ChatEvent[] {
	if (spans.length === 0) return [];
	const offsets = new Offsets(text);
	const cited = [...grounded(objectOf(grounding)), ...quoted(objectOf(citations))];
	return cited.map(([segment, source]) => {
		const place = placeOf(segment, offsets);
		const span = spans.findLast(({ start }) => place === null || start <= place.start) ?? spans[0];
		const from = span?.start ?? 0;
		const within: Span = place ? { start: place.start - from, end: place.end - from } : {};
		return { type: 'annotation', index: span?.index ?? 0, annotation: { ...source, ...within } };
	});
}

function grounded(metadata: Json | undefined): [Json, Source][] {
	const chunks = arrayOf(metadata?.groundingChunks);
	return arrayOf(metadata?.groundingSupports)
		.filter(isObject)
		.flatMap((support) =>
			arrayOf(support.groundingChunkIndices).flatMap((index): [Json, Source][] => {
				const chunk = typeof index === 'number' ? objectOf(chunks[index]) : undefined;
				return chunk ? [[objectOf(support.segment) ?? {}, sourceOf(chunk)]] : [];
			}),
		);
}

/** A page of the web, a place on the map, or a document of the caller's own. */
function sourceOf(chunk: Json): Source {
	const own = objectOf(chunk.retrievedContext);
	const found = objectOf(chunk.web) ?? objectOf(chunk.maps) ?? own;
	const url = textOf(found?.uri);
	const title = textOf(found?.title);
	return {
		type: own ? 'file-citation' : url ? 'url-citation' : 'other',
		...(url && { url }),
		...(title && { title }),
		...((own || !url) && { raw: chunk }),
	};
}

function quoted(metadata: Json | undefined): [Json, Source][] {
	return arrayOf(metadata?.citationSources ?? metadata?.citations)
		.filter(isObject)
		.map((source): [Json, Source] => {
			const url = textOf(source.uri);
			const title = textOf(source.title);
			return [
				source,
				{ type: url ? 'url-citation' : 'other', ...(url && { url }), ...(title && { title }), raw: source },
			];
		});
}

/** Null: no end is stated, or it lies beyond the text. The quoted text, where there is one, decides. */
function placeOf(segment: Json, offsets: Offsets): { readonly start: number; readonly end: number } | null {
	const end = offsets.at(numberOf(segment.endIndex) ?? -1);
	const start = offsets.at(numberOf(segment.startIndex) ?? 0);
	const quote = textOf(segment.text);
	const stated = start !== undefined && end !== undefined && start <= end ? { start, end } : null;
	if (!quote || (stated && offsets.text.slice(stated.start, stated.end) === quote)) return stated;
	// Counted within one part of several, or in chunks that were joined.
	const found = offsets.text.indexOf(quote);
	return found < 0 ? null : { start: found, end: found + quote.length };
}

/** UTF-16 index of each byte; made on first use. */
class Offsets {
	readonly text: string;
	#units: Uint32Array | null = null;

	constructor(text: string) {
		this.text = text;
	}

	/** Undefined: there is no such byte. */
	at(byte: number): number | undefined {
		this.#units ??= unitsOf(this.text);
		return this.#units[byte];
	}
}

function unitsOf(text: string): Uint32Array {
	const units = new Uint32Array(new TextEncoder().encode(text).length + 1);
	let byte = 0;
	let unit = 0;
	for (const char of text) {
		const point = char.codePointAt(0) ?? 0;
		const bytes = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
		units.fill(unit, byte, byte + bytes);
		byte += bytes;
		unit += char.length;
	}
	units[byte] = unit;
	return units;
}
