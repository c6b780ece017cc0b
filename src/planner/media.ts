/** Tokens of what is no text: images, documents, audio. Only first bytes are read. */
import type { AudioPart, FilePart, ImagePart, MediaSource, Message, ReasoningPart } from '../language/message';
import { originOf } from '../language/signature';
import { base64Bytes, base64Head, base64Tail } from './base64';
import { imageTokens } from './image';
import { imageSize } from './image-size';
import type { CountMemo } from './memo';
import type { Overhead } from './overhead';

/** A document that is elsewhere: some ten pages. */
const DOCUMENT = 20_000;
/** A page of text and drawings, compressed. */
const PAGE_BYTES = 6_144;
/** Bytes of the shortest page worth the name. */
export const LEAST_PAGE_BYTES = 1_024;
/** The most that a provider reads. */
export const MOST_PAGES = 1_000;
/** Of a PDF, from either end. */
const READ_BYTES = 65_536;
/** Of sealed reasoning, for a token of it. */
const BYTES_PER_THOUGHT = 4;
/** The least that speech is kept in (8 kbit/s). */
const BYTES_PER_SECOND = 1_024;

const TEXTUAL = /^(?:text\/|application\/(?:json|xml|x?-?yaml|javascript|sql|toml|x-sh))|\+(?:json|xml)\s*(?:;|$)/i;

/** Its text is what the model reads. */
export const isTextFile = (file: FilePart): boolean =>
	file.source.kind === 'data' && !isImageFile(file) && TEXTUAL.test(file.source.mediaType);

/** Sent as the image it is. */
export const isImageFile = ({ source }: FilePart): boolean =>
	source.kind === 'data' && /^\s*image\//i.test(source.mediaType);

/** Of a message, sealed reasoning too. */
export function messageMedia({ content }: Message, overhead: Overhead, memo: CountMemo): number {
	let tokens = 0;
	for (const part of content) {
		if (part.type === 'image' || (part.type === 'file' && isImageFile(part)))
			tokens += imageCount(part, overhead, memo);
		else if (part.type === 'audio') tokens += audioCount(part, overhead);
		else if (part.type === 'file' && !isTextFile(part)) tokens += documentCount(part, overhead, memo);
		else if (part.type === 'reasoning') tokens += sealedCount(part);
	}
	return tokens;
}

/** A seal counts as the thoughts it holds. Anthropic's only proves those that stand beside it. */
function sealedCount({ signature, redacted = false }: ReasoningPart): number {
	if (signature === undefined || (!redacted && originOf(signature) === 'anthropic')) return 0;
	return (signature.length * 3) / 4 / BYTES_PER_THOUGHT;
}

function imageCount(part: ImagePart | FilePart, { image }: Overhead, memo: CountMemo): number {
	const known = memo.sizes.get(part);
	const size = known ? known.size : part.source.kind === 'data' ? imageSize(part.source.data) : null;
	if (!known) memo.sizes.set(part, { size });
	return imageTokens(image, (part.type === 'image' && part.detail) || 'auto', size);
}

function documentCount(part: FilePart, { page }: Overhead, memo: CountMemo): number {
	if (part.source.kind !== 'data') return DOCUMENT;
	const pages = memo.pages.get(part) ?? pagesOf(part.source);
	memo.pages.set(part, pages);
	return pages * page;
}

/** What it says itself, within what its length allows; else by its length. */
function pagesOf({ data }: Extract<MediaSource, { kind: 'data' }>): number {
	const bytes = base64Bytes(data);
	const most = Math.min(MOST_PAGES, Math.ceil(bytes / LEAST_PAGE_BYTES));
	const said = saidPages(data);
	return Math.min(most, said > 0 ? said : Math.ceil(bytes / PAGE_BYTES));
}

/** Where a linearized file or the root of a page tree says it in the clear; 0: it does not. */
function saidPages(data: string): number {
	let pages = 0;
	for (const bytes of [base64Head(data, READ_BYTES), base64Tail(data, READ_BYTES)]) {
		const text = new TextDecoder('latin1').decode(bytes ?? new Uint8Array());
		const linear = /\/Linearized\b[^>]{0,200}\/N\s+(\d{1,6})/.exec(text)?.[1];
		if (linear !== undefined) return Number(linear);
		for (const [, count] of text.matchAll(/\/Count\s+(\d{1,6})/g)) pages = Math.max(pages, Number(count));
	}
	return pages;
}

/** By the length that a WAV header tells, else by bytes at the lowest rate. */
function audioCount({ data }: AudioPart, { audio }: Overhead): number {
	const bytes = base64Bytes(data);
	const rate = Math.max(BYTES_PER_SECOND, wavRate(data) ?? BYTES_PER_SECOND);
	return (bytes / rate) * audio;
}

/** Bytes a second; null: it is no WAV, or is none of the plain kind. */
function wavRate(data: string): number | null {
	const bytes = base64Head(data, 32);
	if (!bytes || bytes.length < 32) return null;
	const view = new DataView(bytes.buffer);
	const isWav =
		view.getUint32(0) === 0x52494646 && view.getUint32(8) === 0x57415645 && view.getUint32(12) === 0x666d7420;
	return isWav ? view.getUint32(28, true) : null;
}
