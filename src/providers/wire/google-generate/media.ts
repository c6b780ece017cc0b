/** Images, files and sound: inline as base64, or by the URIs that the API resolves. */
import { invalid } from '../../../errors';
import type { AudioPart, FilePart, ImagePart, MediaSource } from '../../../language/message';
import type { Json } from '../json';
import type { ModelLine } from './lines';

/** Where the Files API keeps what was uploaded there. */
const FILES = 'https://generativelanguage.googleapis.com/v1beta/files/';
/** Files API, Cloud Storage and YouTube: every model takes these. */
const TAKEN = [
	/^https:\/\/generativelanguage\.googleapis\.com\/[^?]*files\//i,
	/^gs:\/\//i,
	/^https:\/\/(?:(?:www|m)\.)?(?:youtube\.com|youtu\.be)\//i,
];
const DATA_URL = /^data:([^;,]+)(?:;[^,]*)?;base64,/i;

/** By the end of a URL's path; the API guesses the rest itself. */
const TYPES: Readonly<Record<string, string>> = {
	png: 'image/png',
	jpg: 'image/jpeg',
	jpeg: 'image/jpeg',
	webp: 'image/webp',
	heic: 'image/heic',
	heif: 'image/heif',
	gif: 'image/gif',
	bmp: 'image/bmp',
	pdf: 'application/pdf',
	txt: 'text/plain',
	md: 'text/plain',
	html: 'text/html',
	css: 'text/css',
	csv: 'text/csv',
	xml: 'text/xml',
	json: 'application/json',
	mp3: 'audio/mp3',
	wav: 'audio/wav',
	ogg: 'audio/ogg',
	flac: 'audio/flac',
	mp4: 'video/mp4',
	webm: 'video/webm',
	mov: 'video/quicktime',
};

const inlineData = (mediaType: string, data: string): Json => {
	const mimeType = mediaType.toLowerCase().split(';', 1)[0]?.trim();
	return { inlineData: { mimeType: mimeType === 'image/jpg' ? 'image/jpeg' : mimeType, data } };
};

export const audioPart = ({ data, format }: AudioPart): Json => inlineData(`audio/${format}`, data);

/** `param` names the part where it can't be given: the model would answer without it. */
export function mediaPart({ source }: Pick<ImagePart | FilePart, 'source'>, line: ModelLine, param: string): Json {
	switch (source.kind) {
		case 'data':
			return inlineData(source.mediaType, source.data);
		case 'file-id':
			return {
				fileData: { fileUri: /^https:/i.test(source.id) ? source.id : FILES + source.id.replace(/^files\//, '') },
			};
		case 'url':
			return urlPart(source, line, param);
	}
}

function urlPart({ url }: Extract<MediaSource, { kind: 'url' }>, line: ModelLine, param: string): Json {
	const inline = DATA_URL.exec(url);
	if (inline) return inlineData(inline[1] ?? '', url.slice(inline[0].length));
	if (!TAKEN.some((uri) => uri.test(url)) && !(line.fetchesUrls && /^https:\/\//i.test(url))) {
		throw invalid(param, `${param}: this model fetches no such URL; send the data inline as base64.`);
	}
	const extension = /\.([a-z0-9]{2,5})$/i.exec(url.split(/[?#]/, 1)[0] ?? '')?.[1]?.toLowerCase() ?? '';
	const mimeType = Object.hasOwn(TYPES, extension) ? TYPES[extension] : undefined;
	return { fileData: { ...(mimeType !== undefined && { mimeType }), fileUri: url } };
}
