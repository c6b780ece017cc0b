/** Inline media a provider would refuse whatever it takes otherwise. */
import { invalid } from '../../errors';
import type { MediaSource, ToolResultPart, UserPart } from '../../language/message';

/** Finds the first foreign character: linear, without backtracking or a copy, some 1 ms a megabyte. */
const NOT_BASE64 = /[^A-Za-z0-9+/]/;
const IMAGE = /^image\/[\w.+-]+$/i;
const MEDIA_TYPE = /^[\w.+-]+\/[\w.+-]+\s*(?:;|$)/;

/** Throws `invalid_request` with `param`, which names the part. */
export function checkMedia(part: UserPart | ToolResultPart, param: () => string): void {
	if (part.type === 'image') checkSource(part.source, IMAGE, 'an image type such as image/png', param);
	if (part.type === 'file') checkSource(part.source, MEDIA_TYPE, 'one such as application/pdf', param);
	if (part.type === 'audio') checkBase64(part.data, param);
}

function checkSource(source: MediaSource, type: RegExp, expected: string, param: () => string): void {
	if (source.kind !== 'data') return;
	if (!type.test(source.mediaType)) {
		const at = param();
		throw invalid(at, `${at}: '${source.mediaType.slice(0, 64)}' is not its media type; expected ${expected}.`);
	}
	checkBase64(source.data, param);
}

function checkBase64(data: string, param: () => string): void {
	if (isBase64(data)) return;
	const at = param();
	const hint = data.startsWith('data:') ? 'without the data: URL around it' : 'with its padding and no line breaks';
	throw invalid(at, `${at}: the data is not base64; send it in the standard alphabet, ${hint}.`);
}

/** RFC 4648 section 4: not empty, padded, nothing but the alphabet. */
export function isBase64(data: string): boolean {
	if (data.length === 0 || data.length % 4 !== 0) return false;
	const end = data.search(NOT_BASE64);
	if (end < 0) return true;
	const padding = data.length - end;
	return padding <= 2 && data.endsWith('='.repeat(padding));
}
