/** OpenAI's messages in the canonical form. */
import { invalid } from '../../errors';
import { present } from '../../http/present';
import type { AssistantPart, ImagePart, Message, ReasoningPart, TextPart, UserPart } from '../../language/message';
import { fileSource, imageSource } from './media';
import type { AssistantBody, ContentPart, MessageBody } from './schema';

type Marked = Extract<ContentPart, { type: 'text' | 'image_url' | 'file' }>;
type TextBody = Extract<ContentPart, { type: 'text' }>;
type ImageBody = Extract<ContentPart, { type: 'image_url' }>;
type FileBody = Extract<ContentPart, { type: 'file' }>;

const cached = (part: Marked): { cache?: true } =>
	part.cache_control || part.prompt_cache_breakpoint ? { cache: true } : {};

const textPart = (part: TextBody): TextPart => ({ type: 'text', text: part.text, ...cached(part) });

function imagePart(part: ImageBody, param: string): ImagePart {
	const source = imageSource(part.image_url.url, `${param}.image_url.url`);
	return { type: 'image', source, ...present({ detail: part.image_url.detail }), ...cached(part) };
}

function filePart(part: FileBody, param: string): UserPart {
	const { file_data: data, file_id: id, filename } = part.file;
	const named = present({ filename });
	if (data)
		return {
			type: 'file',
			source: fileSource(data, named.filename, `${param}.file.file_data`),
			...named,
			...cached(part),
		};
	if (id) return { type: 'file', source: { kind: 'file-id', id }, ...named, ...cached(part) };
	throw invalid(`${param}.file`, `${param}.file: expected file_data or file_id.`);
}

function userPart(part: ContentPart, param: string): UserPart {
	switch (part.type) {
		case 'text':
			return textPart(part);
		case 'image_url':
			return imagePart(part, param);
		case 'input_audio':
			return { type: 'audio', data: part.input_audio.data, format: part.input_audio.format };
		case 'file':
			return filePart(part, param);
	}
}

/**
 * Signed reasoning as `reasoning_details` says it, else the plain `reasoning_content`. A signature without a text
 * of its own belongs to that plain text.
 */
function reasoningParts(message: AssistantBody): ReasoningPart[] {
	const plain = message.reasoning_content ?? '';
	const details = (message.reasoning_details ?? []).flatMap((detail): ReasoningPart[] => {
		if (detail.type === 'reasoning.encrypted')
			return detail.data ? [{ type: 'reasoning', text: '', signature: detail.data, redacted: true }] : [];
		if (detail.type !== 'reasoning.text') return [];
		return [{ type: 'reasoning', text: detail.text || plain, ...present({ signature: detail.signature }) }];
	});
	if (details.length > 0) return details;
	return plain === '' ? [] : [{ type: 'reasoning', text: plain }];
}

function assistantParts(message: AssistantBody, param: string): AssistantPart[] {
	const calls = message.tool_calls ?? [];
	const parts: AssistantPart[] = reasoningParts(message);
	for (const part of message.content ?? []) {
		if (part.type === 'refusal') parts.push({ type: 'refusal', text: part.refusal });
		// An empty text beside tool calls is how some clients write "none".
		else if (part.text !== '' || calls.length === 0) parts.push(textPart(part));
	}
	if (message.refusal) parts.push({ type: 'refusal', text: message.refusal });
	for (const call of calls)
		parts.push({
			type: 'tool-call',
			id: call.id,
			name: call.function.name,
			arguments: call.function.arguments || '{}',
		});
	if (parts.length === 0)
		throw invalid(`${param}.content`, `${param}.content: an assistant message without tool_calls needs content.`);
	return parts;
}

/** Throws `invalid_request` naming the field, e.g. `messages[0].content[1].image_url.url`. */
export function messageOf(message: MessageBody, index: number): Message {
	const param = `messages[${index}]`;
	switch (message.role) {
		case 'system':
		case 'developer':
			return { role: 'system', content: message.content.map(textPart) };
		case 'user':
			return {
				role: 'user',
				content: message.content.map((part, at) => userPart(part, `${param}.content[${at}]`)),
				...present({ name: message.name }),
			};
		case 'assistant':
			return { role: 'assistant', content: assistantParts(message, param) };
		case 'tool':
			return {
				role: 'tool',
				callId: message.tool_call_id,
				content: message.content.map((part, at) =>
					part.type === 'text' ? textPart(part) : imagePart(part, `${param}.content[${at}]`),
				),
			};
	}
}
