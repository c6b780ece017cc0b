import { type GatewayError, invalid } from '../../../errors';
import type { AudioPart, FilePart, ImagePart, MediaSource, TextPart, UserPart } from '../../../language/message';
import type { UnsupportedField, WireTarget } from '../../provider';
import type { Json } from '../json';

/** Text as one string where that says it all, else as parts. */
export function textContent(parts: readonly TextPart[], { quirks }: WireTarget): string | Json[] {
	const breaks = quirks.cacheControl === true && parts.some((part) => part.cache);
	if (parts.length <= 1 && !breaks) return parts[0]?.text ?? '';
	if (quirks.stringContent) return parts.map((part) => part.text).join('\n');
	return parts.map((part) => textPart(part, breaks));
}

/** A user's content. Throws `invalid_request` for a part the provider can't be given: an answer without it would mislead. */
export function userContent(parts: readonly UserPart[], target: WireTarget): string | Json[] {
	if (parts.every((part) => part.type === 'text')) return textContent(parts, target);
	return parts.map((part) => userPart(part, target));
}

function userPart(part: UserPart, target: WireTarget): Json {
	switch (part.type) {
		case 'text':
			return textPart(part, target.quirks.cacheControl === true);
		case 'image':
			return imagePart(part, target);
		case 'file':
			return filePart(part, target);
		case 'audio':
			return audioPart(part, target);
	}
}

const textPart = (part: TextPart, breaks: boolean): Json => ({
	type: 'text',
	text: part.text,
	...(breaks && cacheControl(part)),
});

const cacheControl = (part: { readonly cache?: boolean }): Json =>
	part.cache ? { cache_control: { type: 'ephemeral' } } : {};

export function imagePart(part: ImagePart, target: WireTarget): Json {
	refuse('images', 'image', target);
	const { source, detail } = part;
	if (source.kind === 'file-id') throw notTaken(target, 'images by file id; send a URL or the data');
	return {
		type: 'image_url',
		image_url: { url: urlOf(source), ...(detail !== undefined && { detail }) },
		...(target.quirks.cacheControl && cacheControl(part)),
	};
}

function filePart(part: FilePart, target: WireTarget): Json {
	refuse('files', 'file', target);
	return {
		type: 'file',
		file: fileFields(part, target),
		...(target.quirks.cacheControl && cacheControl(part)),
	};
}

function fileFields({ source, filename }: FilePart, target: WireTarget): Json {
	if (source.kind === 'file-id') return { file_id: source.id };
	if (source.kind === 'url' && !target.quirks.fileUrls) throw notTaken(target, 'files by URL; send the data');
	// OpenAI refuses inline data without a name.
	const name = filename ?? (source.kind === 'data' ? `file.${source.mediaType.split('/')[1] ?? 'bin'}` : undefined);
	return { file_data: urlOf(source), ...(name !== undefined && { filename: name }) };
}

function audioPart({ data, format }: AudioPart, target: WireTarget): Json {
	refuse('audio', 'audio', target);
	return { type: 'input_audio', input_audio: { data, format } };
}

const urlOf = (source: Exclude<MediaSource, { kind: 'file-id' }>): string =>
	source.kind === 'url' ? source.url : `data:${source.mediaType};base64,${source.data}`;

function refuse(field: UnsupportedField, what: string, target: WireTarget): void {
	if (target.quirks.unsupported?.includes(field)) throw notTaken(target, `${what} parts`);
}

const notTaken = (target: WireTarget, what: string): GatewayError =>
	invalid('messages', `${target.providerId} does not take ${what}.`);
