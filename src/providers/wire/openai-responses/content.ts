import { invalid } from '../../../errors';
import type { FilePart, ImagePart, MediaSource, TextPart, ToolResultPart, UserPart } from '../../../language/message';
import type { Json } from '../json';

/** Text as one string where that says it all, else as parts. Throws `invalid_request` for audio. */
export function inputContent(parts: readonly UserPart[]): string | Json[] {
	const [first, ...rest] = parts;
	if (first === undefined) return '';
	return rest.length === 0 && first.type === 'text' ? first.text : parts.map(inputPart);
}

/** Results of text alone are one string, which every server takes. */
export function outputContent(parts: readonly ToolResultPart[]): string | Json[] {
	const texts = parts.flatMap((part) => (part.type === 'text' ? part.text : []));
	return texts.length === parts.length ? texts.join('\n') : parts.map(inputPart);
}

function inputPart(part: UserPart): Json {
	switch (part.type) {
		case 'text':
			return textPart(part);
		case 'image':
			return imagePart(part);
		case 'file':
			return filePart(part);
		case 'audio':
			throw invalid('messages', 'The Responses API takes no audio; send a transcript as text.');
	}
}

const textPart = ({ text }: TextPart): Json => ({ type: 'input_text', text });

/** The URL is a string here, where Chat Completions has an object. */
const imagePart = ({ source, detail }: ImagePart): Json => ({
	type: 'input_image',
	...(source.kind === 'file-id' ? { file_id: source.id } : { image_url: urlOf(source) }),
	detail: detail ?? 'auto',
});

function filePart({ source, filename }: FilePart): Json {
	const named = filename !== undefined && { filename };
	switch (source.kind) {
		case 'file-id':
			return { type: 'input_file', file_id: source.id };
		case 'url':
			return { type: 'input_file', file_url: source.url, ...named };
		case 'data': {
			// Inline data without a name is refused.
			const name = filename ?? `file.${source.mediaType.split('/')[1] ?? 'bin'}`;
			return { type: 'input_file', filename: name, file_data: urlOf(source) };
		}
	}
}

const urlOf = (source: Exclude<MediaSource, { kind: 'file-id' }>): string =>
	source.kind === 'url' ? source.url : `data:${source.mediaType};base64,${source.data}`;
