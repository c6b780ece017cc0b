/** What there is to count in a request, whoever will read it: lengths and numbers, no copies. */
import type { FilePart, Message } from '../language/message';
import type { ChatRequest } from '../language/request';
import { base64Bytes, isAsciiBase64 } from './base64';
import { type Frames, followsAsUser, jointsOf } from './framing';
import { choicesText, jsonText } from './json-text';
import { isImageFile, isTextFile } from './media';
import { utf8Length } from './text';

export interface Measure extends Frames {
	/** UTF-8 bytes of all text: messages, names, tool calls, tools, schema. */
	readonly textBytes: number;
	/** All of it is ASCII: no normalization can change it. */
	readonly ascii: boolean;
	readonly images: number;
	/** Those of the images whose full resolution is asked for. */
	readonly originals: number;
	readonly audioBytes: number;
	/** Bytes of each attached document; null: it is elsewhere. */
	readonly documents: readonly (number | null)[];
	/** Bytes of attached files that are plain text. */
	readonly textFileBytes: number;
	/** Of those, bytes of files that are not ASCII: normalization may lengthen them. */
	readonly foldedBytes: number;
}

type Counts = { -readonly [K in keyof Measure]: Measure[K] } & { documents: (number | null)[] };

export function measure(request: ChatRequest): Measure {
	const counts = newCounts();
	let units = 0;
	const visit = (text: string): void => {
		counts.textBytes += utf8Length(text);
		units += text.length;
	};
	for (const message of request.messages) {
		forEachTextOf(message, visit);
		count(message, counts);
	}
	forEachFixedText(request, visit);
	counts.ascii = counts.textBytes === units;
	return counts;
}

/** Of one message. */
export function measureMessage(message: Message): Measure {
	const counts = newCounts();
	forEachTextOf(message, (text) => {
		counts.textBytes += utf8Length(text);
	});
	count(message, counts);
	return counts;
}

const newCounts = (): Counts => ({
	textBytes: 0,
	ascii: true,
	messages: 0,
	answers: 0,
	toolCalls: 0,
	toolResults: 0,
	names: 0,
	files: 0,
	joints: 0,
	images: 0,
	originals: 0,
	audioBytes: 0,
	documents: [],
	textFileBytes: 0,
	foldedBytes: 0,
});

/** Every text a model gets to read. */
export function forEachText(request: ChatRequest, visit: (text: string) => void): void {
	for (const message of request.messages) forEachTextOf(message, visit);
	forEachFixedText(request, visit);
}

export function forEachFixedText({ tools, responseFormat: format }: ChatRequest, visit: (text: string) => void): void {
	for (const { name, description, parameters } of tools ?? []) {
		visit(name);
		if (description !== undefined) visit(description);
		if (!parameters) continue;
		visit(jsonText(parameters, 'tools'));
		visit(choicesText(parameters, 'tools'));
	}
	if (format?.type !== 'json-schema') return;
	visit(format.name);
	if (format.description !== undefined) visit(format.description);
	visit(jsonText(format.schema, 'responseFormat'));
	visit(choicesText(format.schema, 'responseFormat'));
}

export function forEachTextOf(message: Message, visit: (text: string) => void): void {
	if (message.role === 'user' && message.name !== undefined) visit(message.name);
	if (message.role === 'tool') visit(message.callId);
	for (const part of message.content) visitPart(part, visit);
}

function visitPart(part: Message['content'][number], visit: (text: string) => void): void {
	switch (part.type) {
		case 'text':
		case 'refusal':
			visit(part.text);
			return;
		case 'reasoning':
			visit(part.text);
			if (part.signature !== undefined) visit(part.signature);
			return;
		case 'tool-call':
			visit(part.id);
			visit(part.name);
			visit(part.arguments);
			return;
		case 'file':
			if (part.filename !== undefined) visit(part.filename);
	}
}

function count(message: Message, counts: Counts): void {
	counts.messages += followsAsUser(message) ? 2 : 1;
	counts.joints += jointsOf(message);
	if (message.role === 'assistant') counts.answers += 1;
	else if (message.role === 'tool') counts.toolResults += 1;
	else if (message.role === 'user' && message.name !== undefined) counts.names += 1;
	for (const part of message.content) {
		if (part.type === 'tool-call') counts.toolCalls += 1;
		else if (part.type === 'audio') counts.audioBytes += base64Bytes(part.data);
		else if (part.type === 'file') countFile(part, counts);
		else if (part.type === 'image') {
			counts.images += 1;
			if (part.detail === 'original') counts.originals += 1;
		}
	}
}

function countFile(file: FilePart, counts: Counts): void {
	counts.files += 1;
	if (file.source.kind !== 'data') counts.documents.push(null);
	else if (isImageFile(file)) counts.images += 1;
	else if (isTextFile(file)) countText(file.source.data, counts);
	else counts.documents.push(base64Bytes(file.source.data));
}

function countText(data: string, counts: Counts): void {
	const bytes = base64Bytes(data);
	counts.textFileBytes += bytes;
	if (!isAsciiBase64(data)) counts.foldedBytes += bytes;
}
