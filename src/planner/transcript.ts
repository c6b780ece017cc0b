/**
 * Messages as one text for whoever summarises them, and as the text that names them. In the first, every message begins
 * with a line that no content can hold, so that nothing said in one passes for another.
 */
import type { MediaSource, Message, ToolMessage, ToolResultPart, UserPart } from '../language/message';
import { utf8Length } from './text';

/** UTF-16 units kept of what a tool was given, and of the beginning and the end of what it said. */
const MOST_ARGUMENTS = 1_000;
const RESULT_HEAD = 1_200;
const RESULT_TAIL = 800;
const LONGEST_URL = 200;

/** Names of the tools that were called, by the ids of the calls. */
export type ToolNames = ReadonlyMap<string, string>;

export function toolNamesOf(messages: readonly Message[]): ToolNames {
	const names = new Map<string, string>();
	for (const { role, content } of messages)
		if (role === 'assistant') for (const part of content) if (part.type === 'tool-call') names.set(part.id, part.name);
	return names;
}

/** `mark`: begins the line that opens a message; taken out of everything else. Ends in a line break. */
export function written(message: Message, mark: string, tools: ToolNames): string {
	const said = message.role === 'tool' ? resultOf(message) : message.content.map(spoken).filter(Boolean).join('\n');
	const content = said.replaceAll(mark, '').toWellFormed();
	return `${mark} ${speaker(message, tools).replaceAll(mark, '').toWellFormed()}\n${content}\n`;
}

function speaker(message: Message, tools: ToolNames): string {
	switch (message.role) {
		case 'system':
		case 'assistant':
			return message.role;
		case 'user':
			return message.name === undefined ? 'user' : `user (${oneLine(message.name)})`;
		case 'tool':
			return `${message.isError ? 'error' : 'result'} of tool ${oneLine(tools.get(message.callId) ?? 'unknown')}`;
	}
}

const oneLine = (text: string): string => text.slice(0, LONGEST_URL).replace(/\s+/g, ' ');

function spoken(part: Message['content'][number]): string {
	switch (part.type) {
		case 'text':
		case 'refusal':
			return part.text;
		case 'reasoning':
			return '';
		case 'tool-call':
			return `[calls tool ${oneLine(part.name)}: ${middleOut(part.arguments, MOST_ARGUMENTS, 0)}]`;
		default:
			return mediaOf(part);
	}
}

function mediaOf(part: Exclude<UserPart, { type: 'text' }>): string {
	if (part.type === 'audio') return '[audio]';
	if (part.type === 'image') return `[image${part.source.kind === 'url' ? ` at ${oneLine(part.source.url)}` : ''}]`;
	return `[file${part.filename === undefined ? '' : ` ${oneLine(part.filename)}`}]`;
}

function resultOf({ content }: ToolMessage): string {
	return content
		.map((part) => (part.type === 'text' ? middleOut(part.text, RESULT_HEAD, RESULT_TAIL) : mediaOf(part)))
		.join('\n');
}

function middleOut(text: string, head: number, tail: number): string {
	if (text.length <= head + tail) return text;
	const end = tail === 0 ? '' : text.slice(-tail);
	return `${text.slice(0, head)}\n[… ${text.length - head - tail} characters left out …]\n${end}`;
}

/** All of a message that is content: what the same conversation has the same, and no other has. */
export function canonical(message: Message): string {
	return JSON.stringify([
		message.role,
		(message.role === 'user' && message.name) || '',
		message.role === 'tool' ? [message.callId, message.isError === true] : '',
		...message.content.flatMap(identity),
	]);
}

/** Reasoning is left out: a client may send it back or not, and no summary is made of it. */
function identity(part: Message['content'][number] | ToolResultPart): readonly (readonly string[])[] {
	switch (part.type) {
		case 'text':
		case 'refusal':
			return [[part.type, part.text]];
		case 'reasoning':
			return [];
		case 'tool-call':
			return [[part.type, part.id, part.name, part.arguments]];
		case 'audio':
			return [[part.type, part.format, part.data]];
		case 'image':
			return [[part.type, ...sourceOf(part.source)]];
		case 'file':
			return [[part.type, part.filename ?? '', ...sourceOf(part.source)]];
	}
}

function sourceOf(source: MediaSource): readonly string[] {
	switch (source.kind) {
		case 'url':
			return [source.kind, source.url];
		case 'file-id':
			return [source.kind, source.id];
		case 'data':
			return [source.kind, source.mediaType, source.data];
	}
}

/** In place of one image, sound or file, whatever its size. */
const MEDIA_WEIGHT = 4_096;

/** UTF-8 bytes of its text, media at a flat figure: the same for the same content, whichever model reads it. */
export function weightOf(message: Message): number {
	let weight = 0;
	for (const part of message.content)
		if (part.type === 'text' || part.type === 'refusal') weight += utf8Length(part.text);
		else if (part.type === 'tool-call') weight += utf8Length(part.name) + utf8Length(part.arguments);
		else if (part.type !== 'reasoning') weight += MEDIA_WEIGHT;
	return weight;
}
