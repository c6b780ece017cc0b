import { type GatewayError, invalid } from '../../../errors';
import type { AudioPart, FilePart, ImagePart, MediaSource, TextPart, UserPart } from '../../../language/message';
import type { Quirks, WireTarget } from '../../provider';
import type { Json } from '../json';
import type { Breakpoints } from './breakpoints';

export interface ContentContext {
	readonly target: WireTarget;
	readonly breakpoints: Breakpoints;
}

/** Text as one string where that says it all, else as parts. */
export function textContent(parts: readonly TextPart[], { target, breakpoints }: ContentContext): string | Json[] {
	const marked = parts.some((part) => breakpoints.marks(part.cache));
	if (parts.length <= 1 && !marked) return parts[0]?.text ?? '';
	if (target.quirks.stringContent) return parts.map((part) => part.text).join('\n');
	return parts.map((part) => ({ type: 'text', text: part.text, ...breakpoints.of(part.cache) }));
}

/** A user's content. Throws `invalid_request` for a part that can't be given to anyone in this form. */
export function userContent(parts: readonly UserPart[], context: ContentContext): string | Json[] {
	if (parts.every((part) => part.type === 'text')) return textContent(parts, context);
	return parts.map((part) => userPart(part, context));
}

function userPart(part: UserPart, context: ContentContext): Json {
	const { target, breakpoints } = context;
	switch (part.type) {
		case 'text':
			return { type: 'text', text: part.text, ...breakpoints.of(part.cache) };
		case 'image':
			return imagePart(part, context);
		case 'file':
			return { ...filePart(part, target), ...breakpoints.of(part.cache) };
		case 'audio':
			return audioPart(part, target.quirks);
	}
}

export function imagePart(part: ImagePart, { target, breakpoints }: ContentContext): Json {
	const { source, detail } = part;
	if (source.kind === 'file-id') throw notTaken(target, 'images by file id; send a URL or the data');
	return {
		type: 'image_url',
		image_url: { url: urlOf(source), ...(detail !== undefined && { detail }) },
		...breakpoints.of(part.cache),
	};
}

function filePart({ source, filename }: FilePart, { quirks }: WireTarget): Json {
	if (quirks.documentParts) {
		if (source.kind === 'file-id') return { type: 'file', file_id: source.id };
		return {
			type: 'document_url',
			document_url: urlOf(source),
			...(filename !== undefined && { document_name: filename }),
		};
	}
	if (source.kind === 'file-id') return { type: 'file', file: { file_id: source.id } };
	// OpenAI refuses inline data without a name.
	const name = filename ?? (source.kind === 'data' ? `file.${source.mediaType.split('/')[1] ?? 'bin'}` : undefined);
	return { type: 'file', file: { file_data: urlOf(source), ...(name !== undefined && { filename: name }) } };
}

const audioPart = ({ data, format }: AudioPart, quirks: Quirks): Json => ({
	type: 'input_audio',
	input_audio: quirks.documentParts ? data : { data, format },
});

const urlOf = (source: Exclude<MediaSource, { kind: 'file-id' }>): string =>
	source.kind === 'url' ? source.url : `data:${source.mediaType};base64,${source.data}`;

const notTaken = (target: WireTarget, what: string): GatewayError =>
	invalid('messages', `${target.providerId} does not take ${what}.`);
