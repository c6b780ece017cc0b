/** Images, documents, video and audio as content blocks; Bedrock takes their bytes as base64 and fetches nothing. */
import { invalid } from '../../../errors';
import type { AudioPart, FilePart, ImagePart, MediaSource } from '../../../language/message';
import type { Json } from '../json';

const IMAGES: Readonly<Record<string, string>> = {
	'image/png': 'png',
	'image/jpeg': 'jpeg',
	'image/jpg': 'jpeg',
	'image/gif': 'gif',
	'image/webp': 'webp',
};

const DOCUMENTS: Readonly<Record<string, string>> = {
	'application/pdf': 'pdf',
	'text/csv': 'csv',
	'application/msword': 'doc',
	'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
	'application/vnd.ms-excel': 'xls',
	'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
	'text/html': 'html',
	'text/markdown': 'md',
};
/** Sent as `txt`. */
const TEXTUAL = /^text\/|^application\/(?:json|xml|yaml|x-yaml|javascript|sql|toml|x-sh)$|\+(?:json|xml)$/;

const VIDEOS: Readonly<Record<string, string>> = {
	'video/mp4': 'mp4',
	'video/quicktime': 'mov',
	'video/x-matroska': 'mkv',
	'video/webm': 'webm',
	'video/x-flv': 'flv',
	'video/mpeg': 'mpeg',
	'video/x-ms-wmv': 'wmv',
	'video/3gpp': 'three_gp',
};

const lookUp = (table: Readonly<Record<string, string>>, key: string): string | undefined =>
	Object.hasOwn(table, key) ? table[key] : undefined;

interface Inline {
	/** Lower-case, without parameters. */
	readonly mediaType: string;
	readonly bytes: string;
}

function inline(source: MediaSource, what: string, param: string): Inline {
	if (source.kind === 'url')
		throw invalid(param, `Bedrock does not fetch ${what}s by URL: send the data itself, as base64.`);
	if (source.kind === 'file-id') throw invalid(param, `Bedrock keeps no ${what}s: send the data itself, as base64.`);
	return { mediaType: source.mediaType.toLowerCase().split(';', 1)[0]?.trim() ?? '', bytes: source.data };
}

/** Throws `invalid_request` at `param` for a URL, a file id and an unknown kind of image. */
export function imageBlock({ source }: Pick<ImagePart, 'source'>, param: string): Json {
	const { mediaType, bytes } = inline(source, 'image', param);
	const format = lookUp(IMAGES, mediaType);
	if (!format) throw invalid(param, `Bedrock takes PNG, JPEG, GIF and WebP images, not '${mediaType}'.`);
	return { image: { format, source: { bytes } } };
}

/** A document, or the image or video that was sent as a file. Throws `invalid_request` at `param`. */
export function fileBlock(part: FilePart, names: DocumentNames, param: string): Json {
	const { mediaType, bytes } = inline(part.source, 'file', param);
	if (mediaType.startsWith('image/')) return imageBlock(part, param);
	const video = lookUp(VIDEOS, mediaType);
	if (video) return { video: { format: video, source: { bytes } } };
	const format = lookUp(DOCUMENTS, mediaType) ?? (TEXTUAL.test(mediaType) ? 'txt' : undefined);
	if (!format) throw invalid(param, `Bedrock takes PDF, Office, text and video files, not '${mediaType}'.`);
	return { document: { format, name: names.of(part.filename), source: { bytes } } };
}

const AUDIO: ReadonlySet<string> = new Set(
	'mp3 opus wav aac flac mp4 ogg mkv mka x-aac m4a mpeg mpga pcm webm'.split(' '),
);
/** OpenAI's name of raw samples. */
const RAW_AUDIO = 'pcm16';

/** Throws `invalid_request` at `param` for an unknown container. */
export function audioBlock({ data, format }: AudioPart, param: string): Json {
	const container = format === RAW_AUDIO ? 'pcm' : format.toLowerCase();
	if (!AUDIO.has(container)) throw invalid(param, `Bedrock takes no audio in '${format}'.`);
	return { audio: { format: container, source: { bytes: data } } };
}

const LONGEST_NAME = 200;

/**
 * Names of documents: letters, digits, single spaces, hyphens, parentheses and brackets, no two alike in a request;
 * anything else is refused with 400.
 */
export class DocumentNames {
	readonly #taken = new Set<string>();

	of(filename: string | undefined): string {
		const plain = (filename ?? '')
			.replace(/\.[^.]*$/, '')
			.replaceAll(/[^A-Za-z0-9()[\]-]+/g, ' ')
			.trim();
		const base = plain.slice(0, LONGEST_NAME).trim() || 'document';
		let name = base;
		for (let count = 2; this.#taken.has(name); count += 1) {
			const suffix = ` ${count}`;
			name = base.slice(0, LONGEST_NAME - suffix.length).trimEnd() + suffix;
		}
		this.#taken.add(name);
		return name;
	}
}
