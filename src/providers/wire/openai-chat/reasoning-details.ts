/**
 * OpenRouter's `reasoning_details`: entries of text, summary or encrypted data that a tool loop must send
 * back unchanged. One entry is one reasoning part; all of it but the shown text travels as JSON in the
 * part's opaque signature.
 */
import { signed } from '../../../language/signature';
import { isObject, type Json, textOf, tryJson } from '../json';

/** The text a reader sees; empty for encrypted entries. */
export const shownText = (detail: Json): string => textOf(detail.text) ?? textOf(detail.summary) ?? '';

/** Which entry a fragment belongs to. */
export const detailKey = (detail: Json): string => `${detail.index ?? detail.id ?? ''} ${detail.type ?? ''}`;

/** What must come back with the text; null values say nothing. */
export function opaquePart(detail: Json): Json {
	const { text: _text, summary: _summary, ...rest } = detail;
	return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null));
}

/** The signature of a part; undefined where nothing but its text has to come back. */
export function sealDetail(opaque: Json): string | undefined {
	const { type, format, index, ...proof } = opaque;
	const plain = type === 'reasoning.text' && (format === undefined || format === 'unknown');
	if (plain && Object.keys(proof).length === 0) return undefined;
	const ordered = Object.entries(opaque).sort(([one], [other]) => (one < other ? -1 : 1));
	return signed('openrouter', JSON.stringify(Object.fromEntries(ordered)));
}

/** The entry a part came from, of its seal and its text. */
export function unsealDetail(seal: string, text: string): Json {
	const opaque = tryJson(seal);
	if (!isObject(opaque) || !textOf(opaque.type)?.startsWith('reasoning.')) return { type: 'reasoning.text', text };
	if (opaque.type === 'reasoning.encrypted') return opaque;
	return { ...opaque, [opaque.type === 'reasoning.summary' ? 'summary' : 'text']: text };
}
