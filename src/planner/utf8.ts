/** UTF-8 of short texts, without the cost of a call into the runtime. */

/** Writes `text[from … to)` from the beginning of `bytes`, three at most for each unit; answers how many. */
export function encodeInto(text: string, from: number, to: number, bytes: Uint8Array): number {
	let size = 0;
	for (let at = from; at < to; at += 1) {
		const unit = text.charCodeAt(at);
		if (unit < 0x80) {
			bytes[size++] = unit;
			continue;
		}
		const point = text.codePointAt(at) ?? 0;
		if (point > 0xffff) at += 1;
		size = encodePoint(isSurrogate(point) ? 0xfffd : point, bytes, size);
	}
	return size;
}

function encodePoint(point: number, bytes: Uint8Array, from: number): number {
	let at = from;
	if (point < 0x800) bytes[at++] = 0xc0 | (point >> 6);
	else {
		if (point < 0x10000) bytes[at++] = 0xe0 | (point >> 12);
		else {
			bytes[at++] = 0xf0 | (point >> 18);
			bytes[at++] = 0x80 | ((point >> 12) & 0x3f);
		}
		bytes[at++] = 0x80 | ((point >> 6) & 0x3f);
	}
	bytes[at++] = 0x80 | (point & 0x3f);
	return at;
}

const isSurrogate = (point: number): boolean => (point & 0xfffff800) === 0xd800;

/** Bytes of a character that begins with this code point; a lone surrogate is U+FFFD. */
export function bytesOf(point: number): number {
	if (point < 0x80) return 1;
	if (point < 0x800) return 2;
	return point < 0x10000 ? 3 : 4;
}
