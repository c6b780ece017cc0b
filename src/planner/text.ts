/** Bytes of text, without encoding or copying it. */

/** Length in UTF-8; a lone surrogate counts as the replacement character it becomes. One pass, ASCII at full speed. */
export function utf8Length(text: string): number {
	const length = text.length;
	let bytes = length;
	for (let at = 0; at < length; at += 1) {
		const unit = text.charCodeAt(at);
		if (unit < 0x80) continue;
		if (unit < 0x800) bytes += 1;
		else if (isPair(unit, text.charCodeAt(at + 1))) {
			bytes += 2;
			at += 1;
		} else bytes += 2;
	}
	return bytes;
}

const isPair = (unit: number, next: number): boolean => (unit & 0xfc00) === 0xd800 && (next & 0xfc00) === 0xdc00;

export type Normalization = 'none' | 'NFC' | 'NFKC' | 'unknown';

/** Bytes that one of a text may become by it, beyond that one. */
export const UNFOLDED: Readonly<Record<Normalization, number>> = { none: 0, NFC: 2, NFKC: 10, unknown: 10 };

/** So many marks behind one letter, or none: putting them in order takes quadratic time. Two halfwidth marks are letters. */
const CROWDED = /(?:^|[^\p{M}\uff9e\uff9f])[\p{M}\uff9e\uff9f]{64}/u;
/** UTF-16 units of such a text that are looked at together. */
const SLICE = 64;

/**
 * Bytes before or after a tokenizer's own normalization, whichever are more: it may lengthen what is not ASCII (one
 * Arabic ligature eleven times); `unknown`: the most that any of them gives. In linear time: where letters have dozens
 * of marks it is no less than that. Text that is normal already is not copied.
 */
export function normalizedLength(text: string, normalization: Normalization): number {
	const bytes = utf8Length(text);
	if (normalization === 'none' || bytes === text.length) return bytes;
	if (CROWDED.test(text)) return decomposedLength(text);
	switch (normalization) {
		case 'NFC':
		case 'NFKC':
			return Math.max(bytes, utf8Length(text.normalize(normalization)));
		case 'unknown':
			return Math.max(bytes, utf8Length(text.normalize('NFC')), utf8Length(text.normalize('NFKC')));
	}
}

/** Composed again it is no longer, and decomposed each character has its length whatever stands beside it. */
function decomposedLength(text: string): number {
	let bytes = 0;
	for (let from = 0; from < text.length; ) {
		const isPair = (text.codePointAt(from + SLICE - 1) ?? 0) > 0xffff;
		const slice = text.slice(from, from + SLICE + Number(isPair));
		bytes += Math.max(utf8Length(slice), utf8Length(slice.normalize('NFD')), utf8Length(slice.normalize('NFKD')));
		from += slice.length;
	}
	return bytes;
}

/** As a tokenizer reads it that normalizes; as it stands where that would take quadratic time. */
export const normalized = (text: string, normalization: Normalization): string =>
	normalization !== 'NFKC' || utf8Length(text) === text.length || CROWDED.test(text) ? text : text.normalize('NFKC');
