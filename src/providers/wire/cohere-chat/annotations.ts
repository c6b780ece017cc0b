import type { Annotation } from '../../../language/message';
import { arrayOf, isObject, type Json, numberOf, objectOf, textOf } from '../json';

/** A citation of documents or tool results; null: it cites for something that is not the text (a plan, a thought). */
export function annotationFrom(citation: Json): Annotation | null {
	const type = textOf(citation.type);
	if (type !== undefined && type !== 'TEXT_CONTENT') return null;
	const source = arrayOf(citation.sources).find((one): one is Json => isObject(one) && isObject(one.document));
	const document = objectOf(source?.document);
	const url = textOf(document?.url);
	const title = textOf(document?.title);
	const start = numberOf(citation.start);
	const end = numberOf(citation.end);
	return {
		type: url ? 'url-citation' : document ? 'file-citation' : 'other',
		...(url && { url }),
		...(title && { title }),
		...(start !== undefined && { start }),
		...(end !== undefined && { end }),
		raw: citation,
	};
}
