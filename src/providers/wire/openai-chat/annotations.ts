import type { Annotation } from '../../../language/message';
import { isObject, type Json, numberOf, objectOf, textOf } from '../json';

/** One entry of `annotations`: `{type: 'url_citation', url_citation: {…}}`, nested or flat. */
export function annotationFrom(entry: unknown): Annotation | null {
	if (!isObject(entry)) return null;
	if (entry.type === 'url_citation') {
		const cited = objectOf(entry.url_citation) ?? entry;
		return { type: 'url-citation', ...citation(cited), ...(textOf(cited.content) && { raw: entry }) };
	}
	if (entry.type === 'file_citation') return { type: 'file-citation', raw: entry };
	return { type: 'other', raw: entry };
}

function citation(cited: Json): Omit<Annotation, 'type'> {
	const url = textOf(cited.url);
	const title = textOf(cited.title);
	const start = numberOf(cited.start_index);
	const end = numberOf(cited.end_index);
	return {
		...(url !== undefined && { url }),
		...(title !== undefined && { title }),
		...(start !== undefined && { start }),
		...(end !== undefined && { end }),
	};
}
