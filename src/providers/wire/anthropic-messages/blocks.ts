/** Content parts → content blocks of this wire (PROVIDERS section 3). Undefined: this part can't be sent. */
import { invalid } from '../../../errors';
import { exactJson } from '../../../language/exact-json';
import type {
	AssistantPart,
	CacheBreakpoint,
	FilePart,
	ImagePart,
	MediaSource,
	TextPart,
	ToolCallPart,
} from '../../../language/message';
import { opaqueOf } from '../../../language/signature';
import { isObject } from '../json';
import { type CacheControl, cacheFields } from './breakpoints';
import type { SafeNames } from './names';

/** One content block; `cache_control` ends a cacheable prefix. */
export interface Block {
	readonly type: string;
	cache_control?: CacheControl;
	readonly [field: string]: unknown;
}

export const cached = (block: Block, cache: CacheBreakpoint | undefined): Block =>
	cache ? { ...block, ...cacheFields(cache) } : block;

/** Undefined where the text is blank: the API refuses those with 400. */
export const textBlock = (part: Pick<TextPart, 'text' | 'cache'>): Block | undefined =>
	part.text.trim() === '' ? undefined : cached({ type: 'text', text: part.text }, part.cache);

export const imageBlock = ({ source, cache }: Pick<ImagePart, 'source' | 'cache'>): Block =>
	cached({ type: 'image', source: mediaSource(source) }, cache);

function mediaSource(source: MediaSource): Readonly<Record<string, unknown>> {
	switch (source.kind) {
		case 'url':
			return { type: 'url', url: source.url };
		case 'file-id':
			return { type: 'file', file_id: source.id };
		case 'data': {
			const mediaType = source.mediaType.toLowerCase();
			return { type: 'base64', media_type: mediaType === 'image/jpg' ? 'image/jpeg' : mediaType, data: source.data };
		}
	}
}

const TEXTUAL = /^text\/|^application\/(?:json|xml|yaml|x-yaml|javascript|sql|toml|x-sh)$|\+(?:json|xml)$/;

/** PDF and text files; images sent as files. Throws `invalid_request` naming the part for any other. */
export function documentBlock(part: FilePart, param: string): Block {
	const source = documentSource(part.source, param);
	if (source === 'image') return imageBlock(part);
	const block = {
		type: 'document',
		source,
		...(part.filename && { title: part.filename }),
		...(part.citations && { citations: { enabled: true } }),
	};
	return cached(block, part.cache);
}

function documentSource(source: MediaSource, param: string): Readonly<Record<string, unknown>> | 'image' {
	if (source.kind !== 'data') return mediaSource(source);
	const mediaType = source.mediaType.toLowerCase().split(';', 1)[0]?.trim() ?? '';
	if (mediaType === 'application/pdf') return { type: 'base64', media_type: mediaType, data: source.data };
	if (mediaType.startsWith('image/')) return 'image';
	if (TEXTUAL.test(mediaType)) return { type: 'text', media_type: 'text/plain', data: decoded(source.data, param) };
	throw invalid(param, `This provider takes PDF, text and image files; this one is ${mediaType || 'of no type'}.`);
}

function decoded(base64: string, param: string): string {
	try {
		return new TextDecoder().decode(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)));
	} catch (cause) {
		throw invalid(param, `The file is not valid base64 (${cause instanceof Error ? cause.name : 'unreadable'}).`);
	}
}

/** Undefined for blank text and for reasoning without a signature of this API's, which could not be verified. */
export function assistantBlock(part: AssistantPart, names: SafeNames, ids: SafeNames): Block | undefined {
	switch (part.type) {
		case 'text':
			return textBlock(part);
		case 'refusal':
			return textBlock({ text: part.text });
		case 'reasoning': {
			const signature = part.signature ? opaqueOf('anthropic', part.signature) : null;
			if (signature === null) return undefined;
			return part.redacted
				? { type: 'redacted_thinking', data: signature }
				: { type: 'thinking', thinking: part.text, signature };
		}
		case 'tool-call':
			return { type: 'tool_use', id: ids.of(part.id), name: names.of(part.name), input: inputOf(part) };
	}
}

/** The API takes an object only; what a model wrote otherwise is kept where it can still be read. */
function inputOf(call: ToolCallPart): Readonly<Record<string, unknown>> {
	if (call.arguments.trim() === '') return {};
	const parsed = exactJson(call.arguments);
	if (isObject(parsed)) return parsed;
	return parsed === null ? {} : { raw_arguments: call.arguments };
}
