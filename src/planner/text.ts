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

/**
 * Bytes before or after a tokenizer's own normalization, whichever are more: it may lengthen what is not ASCII (one
 * Arabic ligature eleven times); `unknown`: the most that any of them gives. Text that is normal already is not copied.
 */
export function normalizedLength(text: string, normalization: Normalization): number {
	switch (normalization) {
		case 'none':
			return utf8Length(text);
		case 'NFC':
		case 'NFKC':
			return Math.max(utf8Length(text), utf8Length(text.normalize(normalization)));
		case 'unknown':
			return Math.max(utf8Length(text), utf8Length(text.normalize('NFC')), utf8Length(text.normalize('NFKC')));
	}
}
