/** Media parts: a `data:` URL is inline data, anything else must be a web address the provider can fetch. */
import { invalid } from '../../errors';
import type { MediaSource } from '../../language/message';

/** `data:image/png;base64,…` (RFC 2397, base64 only). Throws `invalid_request`. */
function dataSource(url: string, param: string): MediaSource {
	const comma = url.indexOf(',');
	const [mediaType = '', ...attributes] = url.slice('data:'.length, Math.max(comma, 0)).split(';');
	if (comma < 0 || attributes.at(-1) !== 'base64')
		throw invalid(param, `${param}: a data URL must read data:<media type>;base64,<data>.`);
	if (!/^[\w.+-]+\/[\w.+-]+$/.test(mediaType)) throw invalid(param, `${param}: the data URL names no media type.`);
	return { kind: 'data', mediaType: mediaType.toLowerCase(), data: url.slice(comma + 1) };
}

const isData = (url: string): boolean => url.slice(0, 5).toLowerCase() === 'data:';
const isWeb = (url: string): boolean => /^https?:\/\//i.test(url.slice(0, 8));

/** Throws `invalid_request`. */
export function imageSource(url: string, param: string): MediaSource {
	if (isData(url)) return dataSource(url, param);
	if (isWeb(url)) return { kind: 'url', url };
	throw invalid(param, `${param}: expected an http(s) URL or a data URL.`);
}

/** Media types of the file endings that providers read. */
const FILE_TYPES: Readonly<Record<string, string>> = {
	pdf: 'application/pdf',
	txt: 'text/plain',
	md: 'text/markdown',
	csv: 'text/csv',
	html: 'text/html',
	json: 'application/json',
};

/** `file_data` as a data URL, a web address, or bare base64 (then the file name says what it is; PDF where not). */
export function fileSource(data: string, filename: string | undefined, param: string): MediaSource {
	if (isData(data)) return dataSource(data, param);
	if (isWeb(data)) return { kind: 'url', url: data };
	const ending = filename?.split('.').at(-1)?.toLowerCase() ?? '';
	return { kind: 'data', mediaType: FILE_TYPES[ending] ?? 'application/pdf', data };
}
