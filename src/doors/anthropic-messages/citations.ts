/** Citations here and annotations in the language. Offsets of a citation count in its source. */
import type { Annotation } from '../../language/message';

type Citation = { readonly type: string; readonly [field: string]: unknown };

const OWN: ReadonlySet<unknown> = new Set([
	'char_location',
	'page_location',
	'content_block_location',
	'search_result_location',
	'web_search_result_location',
]);

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value ? value : undefined);

export function annotationOf(citation: Citation): Annotation {
	const url = textOf(citation.url);
	const title = textOf(citation.title) ?? textOf(citation.document_title);
	return {
		type: url ? 'url-citation' : typeof citation.document_index === 'number' ? 'file-citation' : 'other',
		...(url && { url }),
		...(title && { title }),
		raw: citation,
	};
}

const isOwn = (raw: unknown): raw is Citation =>
	typeof raw === 'object' && raw !== null && 'type' in raw && OWN.has(raw.type);

/** Another provider's is given as a web search result; null: it names no address, and no kind here fits it. */
export function citationBody({ url, title, raw }: Annotation): Citation | null {
	if (isOwn(raw)) return raw;
	if (!url) return null;
	return { type: 'web_search_result_location', url, title: title ?? '', cited_text: '', encrypted_index: '' };
}
