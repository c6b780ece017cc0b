/** Anthropic's content blocks as parts. */
import { present } from '../../http/present';
import type {
	AssistantPart,
	CacheBreakpoint,
	FilePart,
	ImagePart,
	MediaSource,
	TextPart,
	ToolResultPart,
	UserPart,
} from '../../language/message';
import { annotationOf } from './citations';
import type {
	AssistantBlock,
	CacheBody,
	DocumentBody,
	ImageBody,
	TextBody,
	ToolResultBody,
	ToolUseBody,
	UserBlock,
} from './content-schema';
import { argumentsOf } from './tool-input';

export const breakpoint = (control: CacheBody | null | undefined): CacheBreakpoint | undefined =>
	control ? (control.ttl === '1h' ? '1h' : true) : undefined;

const cached = (block: { readonly cache_control?: CacheBody | null | undefined }) =>
	present({ cache: breakpoint(block.cache_control) });

export const textPart = (block: TextBody): TextPart => ({ type: 'text', text: block.text, ...cached(block) });

function mediaSource(source: ImageBody['source']): MediaSource {
	switch (source.type) {
		case 'base64':
			return { kind: 'data', mediaType: source.media_type.toLowerCase(), data: source.data };
		case 'url':
			return { kind: 'url', url: source.url };
		case 'file':
			return { kind: 'file-id', id: source.file_id };
	}
}

const imagePart = (block: ImageBody): ImagePart => ({
	type: 'image',
	source: mediaSource(block.source),
	...cached(block),
});

const plainText = (text: string): MediaSource => ({ kind: 'data', mediaType: 'text/plain', data: base64(text) });

/** Bytes at a time, since a call takes only so many arguments. */
const SLICE = 8_192;

function base64(text: string): string {
	const bytes = new TextEncoder().encode(text);
	let binary = '';
	for (let at = 0; at < bytes.length; at += SLICE) binary += String.fromCharCode(...bytes.subarray(at, at + SLICE));
	return btoa(binary);
}

function documentSource(source: DocumentBody['source']): MediaSource {
	switch (source.type) {
		case 'text':
			return plainText(source.data);
		case 'content':
			return plainText(source.content.map((block) => block.text).join('\n'));
		default:
			return mediaSource(source);
	}
}

/** What is said about a document but is no part of it goes ahead of it. */
function documentParts(block: DocumentBody): UserPart[] {
	const file: FilePart = {
		type: 'file',
		source: documentSource(block.source),
		...present({ filename: block.title || undefined, citations: block.citations?.enabled || undefined }),
		...cached(block),
	};
	return block.context ? [{ type: 'text', text: block.context }, file] : [file];
}

export function userParts(block: Exclude<UserBlock, ToolResultBody>): UserPart[] {
	switch (block.type) {
		case 'text':
			return [textPart(block)];
		case 'image':
			return [imagePart(block)];
		case 'document':
			return documentParts(block);
	}
}

/** A breakpoint after a result is one after its last part; an empty result gets a part to carry it. */
export function resultParts(block: ToolResultBody): ToolResultPart[] {
	const parts = (block.content ?? []).map((part) => (part.type === 'text' ? textPart(part) : imagePart(part)));
	const cache = breakpoint(block.cache_control);
	if (!cache) return parts;
	const last = parts.pop() ?? { type: 'text', text: '' };
	return [...parts, { ...last, cache }];
}

/** An empty signature is none, as ours are where a provider signs nothing. */
export function assistantParts(block: AssistantBlock): AssistantPart[] {
	switch (block.type) {
		case 'text': {
			const annotations = block.citations?.map(annotationOf) ?? [];
			return [{ ...textPart(block), ...(annotations.length > 0 && { annotations }) }];
		}
		case 'thinking': {
			const { thinking: text, signature } = block;
			return text || signature ? [{ type: 'reasoning', text, ...(signature && { signature }) }] : [];
		}
		case 'redacted_thinking':
			return block.data ? [{ type: 'reasoning', text: '', signature: block.data, redacted: true }] : [];
		case 'tool_use':
			return [callPart(block)];
	}
}

const callPart = ({ id, name, input }: ToolUseBody): AssistantPart => ({
	type: 'tool-call',
	id,
	name,
	arguments: argumentsOf(input),
});
