/** What there is to count in a request, whoever will read it: lengths and numbers, no copies. */
import type { FilePart, Message } from '../language/message';
import type { ChatRequest } from '../language/request';
import { base64Bytes, utf8Length } from './text';

export interface Measure {
	/** UTF-8 bytes of all text: messages, names, tool calls, tools, schema. */
	readonly textBytes: number;
	/** All of it is ASCII: no normalization can change it. */
	readonly ascii: boolean;
	readonly messages: number;
	readonly toolCalls: number;
	/** Tools, and the schema of the answer as one more. */
	readonly schemas: number;
	readonly images: number;
	/** Those of the images whose full resolution is asked for. */
	readonly originals: number;
	readonly audioBytes: number;
	/** Bytes of each attached document; null: it is elsewhere. */
	readonly documents: readonly (number | null)[];
	/** Bytes of attached files that are plain text. */
	readonly textFileBytes: number;
}

type Counts = { -readonly [K in keyof Measure]: Measure[K] } & { documents: (number | null)[]; units: number };

export function measure(request: ChatRequest): Measure {
	const counts: Counts = {
		textBytes: 0,
		ascii: true,
		messages: request.messages.length,
		toolCalls: 0,
		schemas: (request.tools?.length ?? 0) + (request.responseFormat?.type === 'json-schema' ? 1 : 0),
		images: 0,
		originals: 0,
		audioBytes: 0,
		documents: [],
		textFileBytes: 0,
		units: 0,
	};
	forEachText(request, (text) => {
		counts.textBytes += utf8Length(text);
		counts.units += text.length;
	});
	for (const message of request.messages) countParts(message, counts);
	counts.ascii = counts.textBytes === counts.units;
	const { units: _, ...measured } = counts;
	return measured;
}

/** Every text a model gets to read. */
export function forEachText(request: ChatRequest, visit: (text: string) => void): void {
	for (const message of request.messages) {
		if (message.role === 'user' && message.name !== undefined) visit(message.name);
		if (message.role === 'tool') visit(message.callId);
		for (const part of message.content) visitPart(part, visit);
	}
	for (const { name, description, parameters } of request.tools ?? []) {
		visit(name);
		if (description !== undefined) visit(description);
		if (parameters) visit(JSON.stringify(parameters));
	}
	const format = request.responseFormat;
	if (format?.type !== 'json-schema') return;
	visit(format.name);
	if (format.description !== undefined) visit(format.description);
	visit(JSON.stringify(format.schema));
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

function countParts({ content }: Message, counts: Counts): void {
	for (const part of content) {
		if (part.type === 'tool-call') counts.toolCalls += 1;
		else if (part.type === 'audio') counts.audioBytes += base64Bytes(part.data);
		else if (part.type === 'file') countFile(part, counts);
		else if (part.type === 'image') {
			counts.images += 1;
			if (part.detail === 'original') counts.originals += 1;
		}
	}
}

function countFile({ source }: FilePart, counts: Counts): void {
	if (source.kind !== 'data') counts.documents.push(null);
	else if (/^(text\/|application\/json)/.test(source.mediaType)) counts.textFileBytes += base64Bytes(source.data);
	else counts.documents.push(base64Bytes(source.data));
}
